"""`python -m bench.erlang_agreement [RUNS]`: the simulator against Erlang's exact formulas on textbook cases.

Each case is simulated several times from an empty centre; the first hour fills it and is not counted. A figure agrees
when the exact value lies in the 95 % interval of the simulated mean. One of twenty such intervals misses by chance.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from bench.stage import print_table
from queue_manager.service_level import share
from simulation.distributions import Duration
from simulation.erlang import Line, impatient_line
from simulation.replications import Estimate, each, repeat
from simulation.scenario import CallKind, Scenario, desks, one_queue, poisson

WITHIN_S = 20
WARM_UP_S = 3600.0


@dataclass(frozen=True)
class Case:
    """One textbook centre."""

    per_hour: float
    handling_s: float
    agents: int
    patience_s: float
    hours: float
    """Of each run."""

    @property
    def exact(self) -> Line:
        """What the formula says."""
        return impatient_line(self.per_hour / 3600, self.handling_s, self.agents, self.patience_s, WITHIN_S)


CASES: Mapping[str, Case] = {
    "M/M/1, three quarters busy": Case(27, 100, 1, math.inf, 40),
    "Erlang C: 200 calls an hour of 3 min, 14 agents": Case(200, 180, 14, math.inf, 4),
    "Erlang A: 396 an hour of 3 min, 20 agents, patience 2 min": Case(396, 180, 20, 120, 3),
    "Erlang A, overloaded: 216 an hour of 5 min, 15 agents, patience 1 min": Case(216, 300, 15, 60, 3),
}
FIGURES = {"in_t": "answered in T", "abandons": "give up", "answer_s": "ASA s", "occupancy": "occupancy"}


def simulated(case: Case, runs: int, seed: int = 7) -> dict[str, Estimate]:
    """Each figure of a case with its interval."""
    patience = Duration("never", math.inf)
    if case.patience_s < math.inf:
        patience = Duration("exponential", case.patience_s)
    length_s = WARM_UP_S + case.hours * 3600
    scenario = Scenario(
        one_queue(WITHIN_S), desks(case.agents), length_s, Duration("exponential", case.handling_s),
        patience=patience, warm_up_s=WARM_UP_S,
    )  # fmt: skip
    found = repeat(scenario, lambda chance: poisson([(0, case.per_hour)], length_s, [CallKind()], chance), runs, seed)
    estimates = {
        "in_t": each(found, lambda run: share(run.total.answered_in_t, run.total.offered)),
        "abandons": each(found, lambda run: share(run.total.abandoned, run.total.offered)),
        "answer_s": each(found, lambda run: share(run.total.answered_wait_s, run.total.answered)),
        "occupancy": each(found, lambda run: run.occupancy),
    }
    return {name: figure for name, figure in estimates.items() if figure is not None}


def main(runs: int = 30) -> None:
    """Print every case and figure."""
    rows, agree = [], 0
    for name, case in CASES.items():
        for figure, found in simulated(case, runs).items():
            exact = getattr(case.exact, figure)
            agree += found.holds(exact)
            scale, places = (1, 2) if figure == "answer_s" else (100, 2)
            unit = "" if figure == "answer_s" else " %"
            rows.append((
                name, FIGURES[figure], f"{exact * scale:.{places}f}{unit}",
                f"{found.mean * scale:.{places}f} ± {found.half_width * scale:.{places}f}{unit}",
                "yes" if found.holds(exact) else "no",
            ))  # fmt: skip
    print_table(("case", "figure", "exact", "simulated, 95 %", "inside"), rows)
    print(f"{agree} of {len(rows)} inside")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
