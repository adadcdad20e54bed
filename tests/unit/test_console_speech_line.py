"""What the board says of speech: several processes as one, a day's answers, and how late words are understood."""

from __future__ import annotations

from typing import Any

from router_drill import RULES, START

from agent_console.speech_line import speech
from agent_console.today import Answers, Today
from contact_centre.facts import Fact, Kind, Recorded
from ivr.lateness import WINDOW_S, Lateness


def report(**changed: Any) -> dict[str, Any]:
    of_one = {"engines": {"en": "vosk", "sw": "ctc"}, "streams": 3, "most": 40, "late_ms": 80, "paused": False}
    return of_one | {"servers": []} | changed


def test_nobody_listens_and_nobody_says_so_are_told_apart() -> None:
    nobody_says, keys = speech([], Answers()), speech([report(engines={}, streams=0, most=0, late_ms=None)], Answers())
    assert (nobody_says.known, nobody_says.engines, nobody_says.late_ms) == (False, {}, None)
    assert (keys.known, keys.engines, keys.keys_only) == (True, {}, False)


def test_processes_are_shown_as_one() -> None:
    ill = [{"language": "en", "address": "ws://b:2700", "well": False}]
    well = [{"language": "en", "address": one, "well": True} for one in ("ws://a:2700", "ws://b:2700")]
    shown = speech([report(servers=well), report(streams=40, late_ms=190, servers=ill)], Answers())
    assert (shown.streams, shown.most, shown.late_ms) == (43, 80, 190)
    assert not shown.keys_only, "there is room in one of them"
    assert [(one.address, one.well) for one in shown.servers] == [("ws://a:2700", True), ("ws://b:2700", False)]
    assert speech([report(paused=True), report(streams=40)], Answers()).keys_only


def test_todays_questions_are_counted_over_all_calls() -> None:
    today = Today(RULES.queues)
    for position, counted in enumerate(({"voice": 2, "key": 1, "none": 0, "unheard": 1}, {"key": 3}), 1):
        today.add([Recorded(position, Fact(Kind.PROMPTS_ANSWERED, START, f"call-{position}", payload=counted))])
    shown = speech([], today.answers)
    assert (shown.by_voice, shown.by_key, shown.not_answered, shown.unheard) == (2, 4, 0, 1)


def test_lateness_is_of_the_last_minutes() -> None:
    lateness = Lateness()
    assert lateness.p95_s(0.0) is None
    lateness.add(0.0, 9.0)
    for second in range(1, 101):
        lateness.add(float(second), second / 1000)
    assert lateness.p95_s(100.0) == 0.096, "nineteen of twenty were no later"
    assert lateness.p95_s(WINDOW_S + 0.5) == 0.095, "the first is forgotten"
    assert lateness.p95_s(WINDOW_S + 101) is None
