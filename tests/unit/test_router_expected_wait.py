"""The expected wait: its range, what is said of it and when, and whether it came true."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from router_drill import RULES, START, Drill

from contact_centre.facts import Fact, Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import AnnounceWait
from queue_manager.expected_wait import AtWork, InLine, Outlook, Stage, WaitRange, forecast
from queue_manager.handling_history import HandlingHistory
from queue_manager.kept_promises import KeptPromises
from queue_manager.promises import Promise, Spoken, last_promises, next_promise, spoken
from queue_manager.rules import Overflow, Routing
from queue_manager.steps import Need, Step

EN, KRA = frozenset({"language:en"}), frozenset({"language:en", "agency:kra"})
LOW_SKILLS = {"language:en": 3}


def history(talks: list[float], wrap_up_s: float = 0.0, ringing_s: float = 0.0) -> HandlingHistory:
    """What was seen, told as facts."""
    seen, at = HandlingHistory(), START
    for i, talk_s in enumerate(talks):
        call = f"h{i}"
        for kind, after_s, agent, payload in (
            (Kind.CALL_WAITING, 0.0, None, {"queue": "general"}),
            (Kind.CALL_OFFERED, 0.0, 1, {}),
            (Kind.CALL_CONNECTED, ringing_s, 1, {}),
            (Kind.CALL_ENDED, talk_s, None, {}),
            (Kind.AGENT_WRAPPING_UP, 0.0, 1, {}),
            (Kind.AGENT_READY, wrap_up_s, 1, {}),
        ):
            at += timedelta(seconds=after_s)
            seen.apply(Fact(kind, at, None if kind is Kind.AGENT_READY else call, agent, payload))
    return seen


def need(skills: frozenset[str]) -> Need:
    return Need(frozenset((skill, 1) for skill in skills), skills)


def line(*needs: frozenset[str]) -> tuple[InLine, ...]:
    return tuple(InLine(f"c{i}", "general", (Stage(0.0, need(skills)),)) for i, skills in enumerate(needs, 1))


def busy(for_s: float, skills: dict[str, int] = LOW_SKILLS, **more: object) -> AtWork:
    return AtWork(skills, "on_call", "general", for_s, **more)  # type: ignore[arg-type]


def test_fixed_lengths_give_the_wait_exactly() -> None:
    seen = history([100.0] * 30, wrap_up_s=20, ringing_s=5)
    ranges = forecast(Outlook(line(EN, EN, EN), (busy(40), busy(90))), seen.lengths(), seed=1)
    # free in 10+20 and 60+20; the third comes after the first caller: 30 + 5 + 100 + 20 + 5
    assert {call: (found.low_s, found.high_s) for call, found in ranges.items()} == {
        "c1": (35, 35), "c2": (85, 85), "c3": (160, 160),
    }  # fmt: skip


def test_who_may_not_take_the_call_does_not_count() -> None:
    seen = history([100.0] * 30)
    agents = (busy(90), busy(10, {"language:en": 3, "agency:kra": 1}))
    ranges = forecast(Outlook(line(KRA, EN), agents), seen.lengths(), seed=1)
    assert (ranges["c1"].low_s, ranges["c2"].low_s) == (90, 10)
    assert "c1" not in forecast(Outlook(line(KRA, EN), agents[:1]), seen.lengths(), seed=1)


def test_what_is_asked_for_relaxes_with_the_wait() -> None:
    seen = history([100.0] * 30).lengths()
    plain, expert = busy(90), busy(0, {"language:en": 3, "agency:kra": 1})  # free in 10 and in 100
    call = InLine("c1", "general", (Stage(0.0, need(KRA)), Stage(40.0, need(EN))))
    assert forecast(Outlook((call,), (plain, expert)), seen, seed=1)["c1"].low_s == 40
    assert forecast(Outlook((call,), (busy(30), expert)), seen, seed=1)["c1"].low_s == 70
    late = InLine("c1", "general", (Stage(0.0, need(KRA)), Stage(400.0, need(EN))))
    assert forecast(Outlook((late,), (plain, expert)), seen, seed=1)["c1"].low_s == 100


def test_a_call_that_will_be_turned_away_takes_nobody() -> None:
    seen = history([100.0] * 30).lengths()
    first, second = line(EN, EN)
    limited = InLine(first.call_id, "general", first.stages, leaves_in_s=30)
    assert forecast(Outlook((limited, second), (busy(50),)), seen, seed=1)["c2"].low_s == 50


@pytest.mark.parametrize("talks", [0, 19])
def test_too_little_seen_is_not_known(talks: int) -> None:
    assert forecast(Outlook(line(EN), (busy(1),)), history([100.0] * talks).lengths(), seed=1) == {}


def test_nobody_at_work_is_not_known_and_a_pause_without_history_never_ends() -> None:
    seen = history([100.0] * 30)
    assert forecast(Outlook(line(EN), ()), seen.lengths(), seed=1) == {}
    relaxing = InLine("c2", "general", (Stage(0.0, need(KRA)), Stage(30.0, need(EN))))
    assert forecast(Outlook((*line(EN), relaxing), ()), seen.lengths(), seed=1) == {}
    assert forecast(Outlook(line(EN), (AtWork(LOW_SKILLS, "paused"),)), seen.lengths(), seed=1) == {}
    ranges = forecast(Outlook(line(EN, EN), (busy(50, pauses_next=True),)), seen.lengths(), seed=1)
    assert ranges == {}  # the only agent asked for a pause, and nothing is known of pauses


def test_the_longer_a_call_has_lasted_the_more_is_left_of_long_tails() -> None:
    seen = history([30.0] * 50 + [600.0] * 50)
    short = forecast(Outlook(line(EN), (busy(0),)), seen.lengths(), seed=1)["c1"]
    long = forecast(Outlook(line(EN), (busy(31),)), seen.lengths(), seed=1)["c1"]
    assert (short.low_s, short.high_s) == (30, 600)
    assert (long.low_s, long.high_s) == (569, 569)
    beyond = forecast(Outlook(line(EN), (busy(700),)), seen.lengths(), seed=1)["c1"]
    assert 0 < beyond.low_s < beyond.high_s < math.inf


def test_a_wrap_up_ends_when_it_must() -> None:
    seen = history([100.0] * 30, wrap_up_s=300)
    agent = AtWork(LOW_SKILLS, "wrap_up", "general", 10, left_s=20)
    assert forecast(Outlook(line(EN), (agent,)), seen.lengths(), seed=1)["c1"] == WaitRange(20, 20)


def test_callers_ahead_may_give_up() -> None:
    seen = history([100.0] * 30)
    patient = forecast(Outlook(line(EN, EN, EN), (busy(0),)), seen.lengths(), seed=1)["c3"]
    for i in range(60):
        seen.apply(Fact(Kind.CALL_WAITING, START, f"left{i}", None, {"queue": "general"}))
        seen.apply(Fact(Kind.CALL_ABANDONED, START + timedelta(seconds=60), f"left{i}"))
    assert 55 < seen.patience_s < 65
    hasty = forecast(Outlook(line(EN, EN, EN), (busy(0),)), seen.lengths(), seed=1)["c3"]
    assert hasty.low_s < patient.low_s == 300


@pytest.mark.parametrize(
    ("low_s", "high_s", "words"),
    [
        (5, 50, Spoken(0, 1)),
        (60, 61, Spoken(1, 2)),
        (185, 290, Spoken(3, 5)),
        (120, 120, Spoken(2, 3)),
        (0, 0, Spoken(0, 1)),
        (700, 4000, Spoken(10, None)),
        (3600, 3600, Spoken(60, None)),
        (10, 9000, None),
    ],
)
def test_ranges_are_rounded_outwards_to_what_can_be_said(low_s: float, high_s: float, words: Spoken | None) -> None:
    assert spoken(WaitRange(low_s, high_s)) == words


def told(low_s: float, high_s: float) -> Promise:
    found = next_promise(None, WaitRange(low_s, high_s), START)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("after_s", "found", "said"),
    [
        (300, None, None),  # not known any more, but the five minutes are not over
        (331, None, (Spoken(0, None), True)),
        (120, WaitRange(10, 9000), (Spoken(0, None), True)),
        (30, WaitRange(900, 1500), None),  # not before a minute has passed
        (120, WaitRange(60, 170), None),  # 3 to 5 minutes, two minutes later: as promised
        (120, WaitRange(60, 240), (Spoken(1, 5), True)),  # it was to end in three minutes at most
        (90, WaitRange(10, 50), (Spoken(0, 1), False)),  # much sooner
    ],
)
def test_when_it_is_said_again(after_s: float, found: WaitRange | None, said: tuple[Spoken, bool] | None) -> None:
    again = next_promise(told(185, 290), found, START + timedelta(seconds=after_s))
    assert (again and (again.spoken, again.longer)) == said


def test_more_than_is_not_broken_by_more() -> None:
    before = told(3000, 9000)
    assert next_promise(before, WaitRange(4000, 9000), START + timedelta(seconds=100)) is None
    sooner = next_promise(before, WaitRange(600, 900), START + timedelta(seconds=100))
    assert sooner is not None
    assert not sooner.longer


def test_the_router_tells_only_those_in_line_and_writes_it_down() -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("talks")
    drill.answers("talks")
    drill.waits("a")
    drill.waits("b", "agency:kra")
    ranges = {name: WaitRange(130, 280) for name in ("a", "talks", "nobody")}
    drill.hear(e.WaitsForecast(ranges))
    assert [c for c in drill.commands if isinstance(c, AnnounceWait)] == [
        AnnounceWait("a", "PJSIP/trunk-a", 2, 5, False)
    ]
    (fact,) = drill.facts(Kind.WAIT_PROMISED)
    assert fact.call_id == "a"
    assert fact.payload == {"low_s": 130, "high_s": 280, "low_min": 2, "high_min": 5, "longer": False}
    drill.hear(e.WaitsForecast(ranges))
    assert len(drill.facts(Kind.WAIT_PROMISED)) == 1


def test_the_outlook_is_the_line_in_its_order_and_who_is_at_work() -> None:
    drill = Drill({1: LOW_SKILLS, 2: LOW_SKILLS, 3: LOW_SKILLS})
    drill.ready(1, 2)
    drill.waits("talks")
    drill.answers("talks")
    drill.ask(r.Pause, 2, reason="break")
    drill.pass_time(7)
    drill.waits("young", queue="travel")
    drill.waits("old", ago_s=5)
    seen = drill.router.outlook(drill.now)
    assert [call.call_id for call in seen.line] == ["old", "young"]
    assert [(a.doing, a.queue, a.for_s) for a in seen.agents] == [("on_call", "general", 7), ("paused", "", 7)]
    drill.hear(e.LinkLost())
    assert drill.router.outlook(drill.now) == Outlook((), ())


def test_kept_promises_are_those_first_told() -> None:
    kept = KeptPromises()
    for call, low_s, high_s, took_s in (("a", 10, 50, 30), ("b", 10, 50, 60), ("c", 10, 50, 5)):
        payload = {"low_s": low_s, "high_s": high_s}
        kept.apply(Fact(Kind.WAIT_PROMISED, START, call, None, payload))
        later = {"low_s": 0, "high_s": 999}
        kept.apply(Fact(Kind.WAIT_PROMISED, START + timedelta(seconds=4), call, None, later))
        kept.apply(Fact(Kind.CALL_CONNECTED, START + timedelta(seconds=took_s), call, 1, {}))
    kept.apply(Fact(Kind.WAIT_PROMISED, START, "gone", None, payload))
    kept.apply(Fact(Kind.CALL_ABANDONED, START, "gone"))
    kept.apply(Fact(Kind.CALL_CONNECTED, START, "never told", 1, {}))
    assert (kept.answered, kept.inside, kept.sooner, kept.later) == (3, 1, 1, 1)
    assert kept.share == pytest.approx(1 / 3)


def test_a_new_router_knows_what_was_told_and_does_not_quietly_tell_a_longer_wait() -> None:
    before = Drill()
    before.waits("a")
    before.waits("b")
    before.hear(e.WaitsForecast({"a": WaitRange(130, 280), "b": WaitRange(130, 280)}))
    facts = [*before.facts(), Fact(Kind.CALL_CONNECTED, before.now, "b", 1, {"offer_id": "o"})]
    told_before = last_promises(facts)
    assert told_before == {"a": Promise(START, WaitRange(130, 280), Spoken(2, 5))}
    after = Drill()
    after.hear(e.Remembered((), {"a": CallState.WAITING}, told_before))
    after.pass_time(200)
    after.waits("a", ago_s=200)
    after.hear(e.WaitsForecast({"a": WaitRange(130, 280)}))
    (told,) = [c for c in after.commands if isinstance(c, AnnounceWait)]
    assert told.longer


def test_the_outlook_foresees_what_the_rules_will_do() -> None:
    routing = Routing(steps=(Step(90, "agency"),), overflow=Overflow(200, "travel"), longest_wait_s=3600)
    drill = Drill(rules=replace(RULES, routing={"general": routing}))
    drill.waits("a", "agency:kra", ago_s=30)
    (call,) = drill.router.outlook(drill.now).line
    assert [(stage.in_s, stage.need.required) for stage in call.stages] == [
        (0, {("language:en", 1), ("agency:kra", 1)}), (60, {("language:en", 1)}), (170, {("language:en", 1)}),
    ]  # fmt: skip
    assert call.leaves_in_s == 3570


def test_who_was_promised_an_end_that_passed_hears_so_even_when_nothing_is_known() -> None:
    drill = Drill()
    drill.waits("a")
    drill.hear(e.WaitsForecast({"a": WaitRange(70, 100)}))
    drill.pass_time(200)
    drill.hear(e.WaitsForecast({}))
    told = [c for c in drill.commands if isinstance(c, AnnounceWait)]
    assert [(c.low_min, c.high_min, c.longer) for c in told] == [(1, 2, False), (0, None, True)]
    kept = KeptPromises()
    for fact in drill.facts():
        kept.apply(fact)
    assert last_promises(drill.facts())["a"].spoken == Spoken(0, None)
    drill.pass_time(200)
    drill.hear(e.WaitsForecast({}))
    assert len([c for c in drill.commands if isinstance(c, AnnounceWait)]) == 2, "once is enough"
