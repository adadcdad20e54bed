"""Erlang's formulas against their definitions: the chain of states, solved plainly."""

from __future__ import annotations

import math
import warnings

import pytest

from contact_centre.errors import BadInput
from simulation.erlang import agents_needed, erlang_b, erlang_c, impatient_line, patient_line


def chain(rate: float, handling_s: float, agents: int, patience_s: float) -> list[float]:
    """Chance of n callers in the centre, from the balance of each state with the next, in logarithms."""
    logs = [0.0]
    for n in range(1, 6 * agents + 4000):
        down = min(n, agents) / handling_s + max(0, n - agents) / patience_s
        logs.append(logs[-1] + math.log(rate / down))
        if n > agents and logs[-1] < max(logs) - 60:
            break
    top = max(logs)
    weights = [math.exp(x - top) for x in logs]
    total = sum(weights)
    return [w / total for w in weights]


CASES = [
    (1 / 30, 180, 8, 120),
    (0.5, 240, 130, 60),
    (2.0, 300, 500, 200),  # overloaded: 600 erlangs for 500
    (0.2, 100, 1, 30),
    (5.0, 300, 100, 30),  # fifteen times too many callers
    (100 / 3600, 300, 12, 600),
]


@pytest.mark.parametrize(("rate", "handling_s", "agents", "patience_s"), CASES)
def test_erlang_a_is_the_chain_of_states(rate: float, handling_s: float, agents: int, patience_s: float) -> None:
    p = chain(rate, handling_s, agents, patience_s)
    line = impatient_line(rate, handling_s, agents, patience_s, 20)
    in_line = sum((n - agents) * share for n, share in enumerate(p) if n > agents)
    busy = sum(min(n, agents) * share for n, share in enumerate(p))
    assert line.waits == pytest.approx(sum(p[agents:]), rel=1e-6)
    assert line.abandons == pytest.approx(in_line / patience_s / rate, rel=1e-6)
    assert line.wait_s == pytest.approx(in_line / rate, rel=1e-6)
    assert line.occupancy == pytest.approx(busy / agents, rel=1e-6)
    assert 1 - line.waits <= line.in_t <= 1 - line.abandons + 1e-12


def test_erlang_a_without_impatience_becomes_erlang_c() -> None:
    patient, nearly = patient_line(0.1, 200, 24, 20), impatient_line(0.1, 200, 24, 1e9, 20)
    for name in ("waits", "answer_s", "wait_s", "occupancy", "in_t"):
        assert getattr(nearly, name) == pytest.approx(getattr(patient, name), rel=1e-5)
    assert impatient_line(0.1, 200, 24, math.inf, 20) == patient


def test_known_values() -> None:
    # one agent, half busy: M/M/1 has 1/2 waiting, and the wait of everybody is load/(1-load) × handling
    line = patient_line(0.5, 1, 1, 0)
    assert (line.waits, line.wait_s, line.in_t) == pytest.approx((0.5, 1.0, 0.5))
    assert erlang_b(2.0, 2) == pytest.approx(0.4)  # (2²/2) / (1 + 2 + 2)
    assert erlang_c(2.0, 3) == pytest.approx(4 / 9)
    assert erlang_b(0.0, 3) == 0.0
    assert erlang_b(0.0, 0) == 1.0


@pytest.mark.parametrize("load", [10, 1000, 50_000])
def test_large_centres_stay_finite(load: int) -> None:
    assert 0 < erlang_b(load, load) < 1
    assert 0 < erlang_c(load, load + 10) < 1
    assert erlang_c(load, load) == 1.0
    line = impatient_line(float(load), 1.0, load, 0.5, 0.01)
    assert 0 < line.abandons < line.waits < 1


def test_the_fewest_agents() -> None:
    for patience_s in (math.inf, 120.0):
        n = agents_needed(0.5, 240, patience_s, 0.8, 20)
        assert impatient_line(0.5, 240, n, patience_s, 20).in_t >= 0.8
        assert impatient_line(0.5, 240, n - 1, patience_s, 20).in_t < 0.8


@pytest.mark.parametrize("case", [(0, 1, 1), (1, 0, 1), (1, 1, 0), (math.inf, 1, 1)])
def test_what_makes_no_sense_is_refused(case: tuple[float, float, int]) -> None:
    with pytest.raises(BadInput):
        patient_line(*case, within_s=20)


def test_erlang_c_as_pyworkforce_computes_it() -> None:
    with warnings.catch_warnings():  # its own dependencies warn while they are imported
        warnings.simplefilter("ignore")
        from pyworkforce.queuing import ErlangC
    for per_half_hour, handling_min, asa_s, agents in ((100, 3, 20, 14), (900, 4, 30, 130), (20, 5, 20, 5)):
        theirs = ErlangC(transactions=per_half_hour, aht=handling_min, asa=asa_s / 60, interval=30)
        ours = patient_line(per_half_hour / 1800, handling_min * 60, agents, asa_s)
        assert ours.waits == pytest.approx(theirs.waiting_probability(agents), rel=1e-9)
        assert ours.in_t == pytest.approx(theirs.service_level(agents), rel=1e-9)
        assert ours.occupancy == pytest.approx(theirs.achieved_occupancy(agents), rel=1e-9)
        needed = agents_needed(per_half_hour / 1800, handling_min * 60, math.inf, 0.8, asa_s)
        assert needed == theirs.required_positions(service_level=0.8)["raw_positions"]
