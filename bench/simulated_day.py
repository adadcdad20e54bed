"""`python -m bench.simulated_day [CALLS] [AGENTS]`: how long one simulated day takes on one core.

100,000 calls and 1,000 agents by default: eight kinds of call (two languages, four agencies), agents with some of the
skills, breaks and wrap-up, callers who give up, the load of a busy centre over 12 hours with two peaks. Everything is
routed by the router of the house. Goal: under 30 s.
"""

from __future__ import annotations

import sys
import time
from random import Random

from bench.stage import machine, print_table
from queue_manager.service_level import share
from simulation.distributions import Duration
from simulation.engine import Engine
from simulation.scenario import Break, CallKind, Desk, Scenario, one_queue, poisson

HOURS = 12
SHAPE = (0.5, 0.9, 1.4, 1.5, 1.2, 0.9, 1.0, 1.3, 1.2, 0.9, 0.7, 0.5)
"""Each hour's calls against the average hour's."""
AGENCIES = ("immigration", "kra", "ntsa", "civil-registration")
OCCUPANCY = 0.85


def staff(count: int, chance: Random) -> tuple[Desk, ...]:
    """Agents with one or two languages and one to four agencies, each with two short breaks and a long one."""
    desks = []
    for _ in range(count):
        languages = chance.choice((("en",), ("sw",), ("en", "sw"), ("en", "sw")))
        agencies = chance.sample(AGENCIES, chance.randint(1, len(AGENCIES)))
        skills = {f"language:{name}": chance.randint(1, 5) for name in languages}
        skills |= {f"agency:{name}": chance.randint(1, 5) for name in agencies}
        starts = (chance.uniform(1, 3), chance.uniform(4, 7), chance.uniform(8, 11))
        breaks = tuple(Break(at * 3600, length) for at, length in zip(starts, (900, 2700, 900), strict=True))
        desks.append(Desk(skills, breaks=breaks))
    return tuple(desks)


def main(calls: int = 100_000, agents: int = 1000) -> None:
    """Run one day and print what it took."""
    chance = Random(11)
    average = calls / HOURS
    rates = [(hour * 3600.0, average * weight / (sum(SHAPE) / HOURS)) for hour, weight in enumerate(SHAPE)]
    kinds = [CallKind(1, "general", lang, frozenset({f"agency:{a}"})) for lang in ("en", "sw") for a in AGENCIES]  # type: ignore[arg-type]
    arrivals = poisson(rates, HOURS * 3600, kinds, chance)
    handled_s = OCCUPANCY * agents * HOURS * 3600 / calls
    scenario = Scenario(
        one_queue(30), staff(agents, chance), HOURS * 3600, Duration("lognormal", handled_s - 45, handled_s / 2),
        Duration("fixed", 45), Duration("exponential", 240), Duration("lognormal", 6, 4),
    )  # fmt: skip
    started, cpu = time.perf_counter(), time.process_time()
    results = Engine(scenario, arrivals, seed=3).run()
    took, cpu = time.perf_counter() - started, time.process_time() - cpu
    total = results.total
    print(machine())
    print_table(
        ("calls", "agents", "wall s", "cpu s", "µs a call", "abandoned", "in 30 s", "occupancy"),
        [(
            f"{len(arrivals):,}", f"{agents:,}", f"{took:.1f}", f"{cpu:.1f}", f"{cpu / len(arrivals) * 1e6:.0f}",
            f"{share(total.abandoned, total.offered) or 0:.1%}",
            f"{share(total.answered_in_t, total.offered) or 0:.1%}",
            f"{results.occupancy or 0:.1%}",
        )],
    )  # fmt: skip
    print(f"goal, under 30 s of one core's time: {'met' if cpu < 30 else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
