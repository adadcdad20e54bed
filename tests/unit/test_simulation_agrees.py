"""The simulator, which drives the house's router, against the exact formulas: inside the 95 % interval."""

from __future__ import annotations

import pytest

from bench.erlang_agreement import CASES, simulated


@pytest.mark.parametrize("name", CASES)
def test_the_exact_value_lies_in_the_interval(name: str) -> None:
    case = CASES[name]
    found = simulated(case, runs=12)
    for figure, interval in found.items():
        exact = getattr(case.exact, figure)
        assert interval.holds(exact), f"{figure}: {interval}, exactly {exact}"
    assert found["in_t"].half_width < 0.1  # an interval that says something
