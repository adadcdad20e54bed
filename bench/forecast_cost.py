"""`python -m bench.forecast_cost`: what one playing forward of the line costs.

It is done in a worker thread, when somebody begins to wait (at most once a second) and every 10 s while somebody waits.
Every caller needs an agency's skill for another 50 s and the language alone after that, the dearest case; every agent
has about half of the agencies. Median of five.
"""

from __future__ import annotations

import time
from random import Random

from bench.stage import machine, print_table, quantile
from queue_manager.expected_wait import AtWork, InLine, Outlook, Stage, forecast
from queue_manager.handling_history import Lengths
from queue_manager.steps import Need

SIZES = ((60, 5, 4), (60, 50, 8), (60, 200, 16), (300, 100, 16), (1000, 200, 16))
"""agents, callers in line, agencies"""
LANGUAGE = ("language:en", 1)
ROUNDS = 5


def stage(agents: int, callers: int, agencies: int, chance: Random) -> Outlook:
    """One situation."""
    names = [f"agency:a{i}" for i in range(agencies)]
    line = [
        InLine(f"c{i}", "general", (
            Stage(0.0, Need(frozenset({LANGUAGE, (names[i % agencies], 1)}), frozenset())),
            Stage(50.0, Need(frozenset({LANGUAGE}), frozenset())),
        ))
        for i in range(callers)
    ]  # fmt: skip
    at_work = [
        AtWork({"language:en": 3} | {name: 3 for name in names if chance.random() < 0.5}, "on_call", "general",
               chance.uniform(0, 200))
        for _ in range(agents)
    ]  # fmt: skip
    return Outlook(line, at_work)


def main() -> None:
    """Print the table."""
    chance = Random(5)
    talks = {"general": tuple(chance.expovariate(1 / 240) for _ in range(300))}
    seen = Lengths(talks, (45.0,) * 500, (5.0,) * 500, (600.0,) * 100, 0.1, 300.0)
    rows = []
    for agents, callers, agencies in SIZES:
        outlook, took = stage(agents, callers, agencies, chance), []
        for seed in range(ROUNDS):
            started = time.thread_time()
            forecast(outlook, seen, seed)
            took.append((time.thread_time() - started) * 1000)
        rows.append((agents, callers, agencies, f"{quantile(took, 0.5):.0f}"))
    print(machine())
    print_table(("agents", "callers in line", "agencies", "processor ms"), rows)


if __name__ == "__main__":
    main()
