"""The simulator, which drives the house's router, against the exact formulas: inside the 95 % interval."""

from __future__ import annotations

import math

import pytest

from queue_manager.service_level import share
from simulation.distributions import Duration
from simulation.erlang import Line, impatient_line
from simulation.replications import Estimate, each, repeat
from simulation.scenario import CallKind, Scenario, desks, one_queue, poisson

WITHIN_S = 20
CASES = {
    "M/M/1, three quarters busy": (0.0075, 100, 1, math.inf, 40),
    "Erlang C, a small desk": (100 / 1800, 180, 14, math.inf, 4),
    "Erlang A, busy": (0.11, 180, 20, 120, 3),
    "Erlang A, overloaded": (0.06, 300, 15, 60, 3),
}
"""calls a second, handling (s), agents, patience (s), hours of each run"""


def simulated(name: str) -> dict[str, Estimate]:
    rate, handling_s, agents, patience_s, hours = CASES[name]
    warm_up_s = 3600.0
    patience = Duration("exponential", patience_s) if patience_s < math.inf else Duration("never", math.inf)
    scenario = Scenario(
        one_queue(WITHIN_S), desks(agents), warm_up_s + hours * 3600, Duration("exponential", handling_s),
        patience=patience, warm_up_s=warm_up_s,
    )  # fmt: skip
    runs = repeat(
        scenario, lambda chance: poisson([(0, rate * 3600)], scenario.length_s, [CallKind()], chance), 12, seed=7
    )
    figures = {
        "in_t": each(runs, lambda run: share(run.total.answered_in_t, run.total.offered)),
        "abandons": each(runs, lambda run: share(run.total.abandoned, run.total.offered)),
        "answer_s": each(runs, lambda run: share(run.total.answered_wait_s, run.total.answered)),
        "occupancy": each(runs, lambda run: run.occupancy),
    }
    return {name: figure for name, figure in figures.items() if figure is not None}


@pytest.mark.parametrize("name", CASES)
def test_the_exact_value_lies_in_the_interval(name: str) -> None:
    rate, handling_s, agents, patience_s, _ = CASES[name]
    exact: Line = impatient_line(rate, handling_s, agents, patience_s, WITHIN_S)
    found = simulated(name)
    for figure, interval in found.items():
        assert interval.holds(getattr(exact, figure)), f"{figure}: {interval}, exactly {getattr(exact, figure)}"
    assert found["in_t"].half_width < 0.1  # an interval that says something
