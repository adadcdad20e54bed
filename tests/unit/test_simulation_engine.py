"""What the simulated callers and agents do, seen through the facts of the house's router."""

from __future__ import annotations

import math
from random import Random

import pytest

from contact_centre.errors import BadInput
from contact_centre.facts import Fact, Kind
from simulation.distributions import Duration, read_duration
from simulation.engine import Engine
from simulation.measures import Results
from simulation.scenario import Arrival, Break, CallKind, Desk, Scenario, desks, one_queue, poisson

EN = {"language:en": 3}


def fixed(seconds: float) -> Duration:
    return Duration("fixed", seconds)


def played(arrivals: list[Arrival], *staff: Desk, wrap_up: Duration | None = None, ringing_s: float = 0
           ) -> tuple[Results, list[tuple[float, Kind, int | None]]]:  # fmt: skip
    """Run it; the results, and (second, kind, agent) of every fact."""
    scenario = Scenario(one_queue(), staff, 1000, fixed(100), wrap_up or fixed(0), ringing=fixed(ringing_s))
    engine, facts = Engine(scenario, arrivals), []

    def hear(fact: Fact) -> None:
        facts.append(((fact.occurred_at - scenario.begins).total_seconds(), fact.kind, fact.agent_id))

    engine.listeners.append(hear)
    return engine.run(), facts


def when(facts: list[tuple[float, Kind, int | None]], kind: Kind) -> list[float]:
    return [at for at, found, _ in facts if found is kind]


def test_the_second_caller_waits_for_talk_and_wrap_up() -> None:
    results, facts = played([Arrival(10), Arrival(20)], Desk(EN), wrap_up=fixed(30), ringing_s=5)
    assert when(facts, Kind.CALL_CONNECTED) == [15, 150]  # 10+5; 15+100 talk +30 wrap-up +5
    assert results.waits == {"general": [5, 130]}
    assert results.total.wrap_up_s == 60
    assert results.occupancy == pytest.approx(260 / 1000)


def test_a_wrap_up_that_is_drawn_ends_when_the_agent_says_so() -> None:
    _, facts = played([Arrival(0), Arrival(1)], Desk(EN), wrap_up=fixed(2.5))
    assert when(facts, Kind.CALL_CONNECTED) == [0, 102.5]


def test_who_gives_up_is_gone() -> None:
    results, facts = played([Arrival(0), Arrival(1, patience_s=50), Arrival(2, patience_s=150)], Desk(EN))
    assert when(facts, Kind.CALL_ABANDONED) == [51]
    assert results.abandoned_waits == [50]
    assert results.total.answered == 2


def test_breaks_and_the_way_home_wait_for_the_end_of_the_call() -> None:
    desk = Desk(EN, begins_s=50, ends_s=400, breaks=(Break(80, 60),))
    results, facts = played([Arrival(0), Arrival(60), Arrival(310)], desk)
    # 50-150 talk, the break that was due at 80 until 210, 210-310 talk, 310-410 talk, home
    assert when(facts, Kind.CALL_CONNECTED) == [50, 210, 310]
    assert when(facts, Kind.AGENT_SIGNED_OUT) == [410]
    assert results.left_in_line == 0


def test_nobody_with_the_skill_ever_comes() -> None:
    results, _ = played([Arrival(0, language="sw"), Arrival(1, skills=frozenset({"agency:kra"}))], Desk(EN))
    assert (results.total.offered, results.total.answered, results.left_in_line) == (2, 0, 2)


def test_equal_seeds_give_equal_runs_and_others_do_not() -> None:
    def run(seed: int) -> list[float]:
        arrivals = poisson([(0, 300)], 3600, [CallKind(), CallKind(0.5, language="sw")], Random(seed))
        scenario = Scenario(one_queue(), desks(4), 3600, Duration("lognormal", 60, 40), fixed(5), read_duration("90"))
        return Engine(scenario, arrivals, seed).run().all_waits

    assert run(1) == run(1) != run(2)


def test_lengths_are_drawn_with_their_mean() -> None:
    chance = Random(1)
    for text, mean in (("exponential:200", 200), ("lognormal:240,180", 240), ("fixed:12.5", 12.5), ("7", 7)):
        length = read_duration(text)
        assert sum(length.draw(chance) for _ in range(20_000)) / 20_000 == pytest.approx(mean, rel=0.03)
    assert read_duration("none").draw(chance) == math.inf


@pytest.mark.parametrize(
    "text", ["", "normal:3,4", "exponential:0", "exponential:x", "lognormal:5", "fixed:-1", "1e9", "nan", "fixed:1,2"]
)
def test_lengths_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_duration(text)


def test_rates_hold_from_their_time_on() -> None:
    found = poisson([(0, 3600), (1000, 0), (2000, 7200)], 3000, [CallKind()], Random(5))
    counts = [sum(start <= a.at_s < start + 1000 for a in found) for start in (0, 1000, 2000)]
    assert counts[1] == 0
    assert counts[0] == pytest.approx(1000, abs=130)
    assert counts[2] == pytest.approx(2000, abs=180)
    for wrong in ([(0.0, -1.0)], [(5.0, 1.0), (5.0, 2.0)], [(0.0, math.inf)]):
        with pytest.raises(BadInput):
            poisson(wrong, 10, [CallKind()], Random(1))
