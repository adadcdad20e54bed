"""A place that is kept: who may ask, when the citizen is called, how often, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from router_drill import RULES as PLAIN
from router_drill import Drill

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.callback_commands import DialCallback, KeepPlace, OfferCallback, RefuseCallback
from queue_manager.callback_events import CallbackAsked, CallbackFailed, CallbackFailure
from queue_manager.callback_memory import remembered_callbacks
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import OfferCall, TurnAway
from queue_manager.expected_wait import WaitRange
from queue_manager.hours import Hours
from queue_manager.rules import Routing, Rules

RULES = replace(PLAIN, callback=CallbackRules(offer_over_s=120, attempts=2, spacing_s=60, ring_s=20, lead_s=30, most=3))


def keeps(drill: Drill, call_id: str, number: int = 1) -> None:
    """Wait, ask, be told, hang up."""
    drill.waits(call_id)
    drill.hear(CallbackAsked(call_id, f"u-{call_id}", number))
    drill.leaves(call_id)


def dialled(drill: Drill) -> list[DialCallback]:
    return [command for command in drill.commands if isinstance(command, DialCallback)]


def fails(drill: Drill, reason: CallbackFailure = "no_answer") -> None:
    last = dialled(drill)[-1]
    drill.hear(CallbackFailed(last.call_id, last.attempt_id, reason))


def presses_one(drill: Drill, attempt: DialCallback | None = None) -> None:
    """The citizen dialled last answers, presses 1 and is in `[waiting]`."""
    last = attempt or dialled(drill)[-1]
    wish = e.Wish("en", last.queue, last.skills, last.priority, None, None, last.waiting_since, None, None,
                  last.attempt_id)  # fmt: skip
    drill.hear(e.CallWaiting(last.call_id, "PJSIP/trunk-0000000a", last.attempt_id, wish))


def forecast(drill: Drill, call_id: str, low_s: float, high_s: float) -> None:
    drill.hear(e.WaitsForecast({call_id: WaitRange(low_s, high_s)}))


def test_it_is_offered_once_to_who_may_wait_too_long_or_has() -> None:
    drill = Drill(rules=RULES)
    drill.waits("soon")
    drill.waits("late", ago_s=121)
    drill.waits("foreseen")
    for _ in range(2):
        drill.hear(e.WaitsForecast({"soon": WaitRange(10, 120), "foreseen": WaitRange(10, 121)}))
    offered = [command.call_id for command in drill.commands if isinstance(command, OfferCallback)]
    assert offered == ["late", "foreseen"]
    assert [fact.call_id for fact in drill.facts(Kind.CALLBACK_OFFERED)] == offered


def test_in_an_emergency_it_is_offered_once_to_everybody_in_line() -> None:
    drill = Drill(rules=RULES)
    drill.waits("a")
    for emergency in (False, True, True):
        drill.waits("b")
        drill.hear(e.WaitsForecast({}, emergency))
    offered = [command.call_id for command in drill.commands if isinstance(command, OfferCallback)]
    assert offered == ["a", "b"]
    assert [fact.call_id for fact in drill.facts(Kind.CALLBACK_OFFERED)] == offered


def test_without_rules_nobody_is_offered_it_and_who_asks_goes_on_waiting() -> None:
    drill = Drill()
    drill.waits("c", ago_s=5000)
    drill.hear(e.WaitsForecast({}))
    drill.hear(CallbackAsked("c", "u-c", 1))
    assert drill.call("c").state is CallState.WAITING
    assert [c.reason for c in drill.commands if isinstance(c, RefuseCallback)] == ["off"]


def test_the_place_is_kept_and_the_fact_goes_out_before_the_caller_is_hung_up() -> None:
    drill = Drill(rules=RULES)
    drill.waits("before")
    since = drill.call("before").waiting_since
    drill.pass_time(5)
    drill.waits("after")
    commands = drill.hear(CallbackAsked("before", "u-before", 7))
    assert [type(command).__name__ for command in commands[:2]] == ["Record", "KeepPlace"]
    drill.leaves("before")
    assert (drill.call("before").state, drill.call("before").position) == (CallState.CALLBACK, 1)
    assert drill.call("after").position == 2
    assert not drill.facts(Kind.CALL_ENDED, Kind.CALL_ABANDONED)
    drill.ready(1)
    assert drill.offers() == [("after", "agent-001")], "who is on the line is not kept waiting by who is not"
    assert drill.call("before").waiting_since == since


def test_an_idle_agent_is_not_reserved_and_the_citizen_comes_in_with_the_time_of_before() -> None:
    drill = Drill({1: {"language:en": 3}, 2: {"language:en": 3}}, RULES)
    keeps(drill, "kept")
    since = drill.call("kept").waiting_since
    drill.pass_time(30)
    drill.ready(1)
    assert [one.call_id for one in dialled(drill)] == ["kept"]
    drill.waits("holds")
    assert drill.offers() == [("holds", "agent-001")], "the idle agent takes who is there"
    drill.waits("later")
    presses_one(drill)
    assert drill.call("kept").waiting_since == since
    assert (drill.call("kept").position, drill.call("later").position) == (1, 2)
    drill.ready(2)
    assert drill.offers()[-1] == ("kept", "agent-002")
    assert [f.kind for f in drill.facts() if f.call_id == "kept"][-3:] == [
        Kind.CALLBACK_DIALLED, Kind.CALLBACK_REACHED, Kind.CALL_OFFERED,
    ]  # fmt: skip


def test_no_more_are_dialled_than_agents_are_idle_and_the_first_first() -> None:
    drill = Drill({1: {"language:en": 3}, 2: {"language:en": 3}}, RULES)
    for number, call_id in enumerate(("a", "b", "c")):
        keeps(drill, call_id, number)
        drill.pass_time(1)
    drill.ready(1)
    assert [one.call_id for one in dialled(drill)] == ["a"]
    drill.ready(2)
    assert [one.call_id for one in dialled(drill)] == ["a", "b"]


def test_one_who_cannot_be_reached_holds_nobody_up() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "away", 1)
    keeps(drill, "there", 2)
    drill.ready(1)
    fails(drill)
    assert [one.call_id for one in dialled(drill)] == ["away", "there"]
    drill.waits("later")  # takes the agent
    assert drill.call("away").position is None


def test_before_the_turn_nobody_is_dialled_and_then_shortly_before_it() -> None:
    drill = Drill(rules=RULES)
    drill.ready(1)
    drill.waits("talks")
    drill.answers("talks")
    keeps(drill, "kept")
    forecast(drill, "kept", 31, 200)
    assert not dialled(drill)
    forecast(drill, "kept", 30, 200)
    assert [one.call_id for one in dialled(drill)] == ["kept"]
    forecast(drill, "kept", 5, 20)
    assert len(dialled(drill)) == 1, "an attempt is under way"


def test_attempts_are_spaced_and_bounded_and_then_the_call_is_over() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.ready(1)
    fails(drill, "busy")
    drill.pass_time(59)
    assert len(dialled(drill)) == 1
    drill.pass_time(1)
    assert len(dialled(drill)) == 2
    fails(drill, "not_taken")
    drill.pass_time(5000)
    assert len(dialled(drill)) == 2
    assert "next_at" not in drill.facts(Kind.CALLBACK_FAILED)[-1].payload
    assert [fact.payload["by"] for fact in drill.facts(Kind.CALL_ENDED)] == ["system"]
    assert not drill.router.view(drill.now).calls


def test_who_declines_is_not_called_again() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.ready(1)
    fails(drill, "declined")
    drill.pass_time(5000)
    assert len(dialled(drill)) == 1


def test_their_own_telephone_is_not_called_while_they_still_hold_it() -> None:
    drill = Drill(rules=RULES)
    drill.waits("kept")
    drill.hear(CallbackAsked("kept", "u-kept", 1))
    drill.ready(1)
    assert not dialled(drill)
    drill.leaves("kept")
    assert len(dialled(drill)) == 1


def test_outside_the_queues_hours_nobody_is_called() -> None:
    hours = Hours({0: (time(9, 0), time(10, 0))}, ZoneInfo("Africa/Nairobi"))
    drill = Drill(rules=replace(RULES, routing={"general": Routing(hours=hours)}))
    drill.pass_time(60)  # 09:01 in Nairobi
    keeps(drill, "kept")
    drill.pass_time(2 * 3600)
    drill.ready(1)
    drill.pass_time(60)
    assert not dialled(drill)


def test_nobody_is_woken() -> None:
    nine_to_ten = Hours({0: (time(9), time(10))}, ZoneInfo("Africa/Nairobi"))
    assert RULES.callback is not None
    drill = Drill(rules=replace(RULES, callback=replace(RULES.callback, hours=nine_to_ten)))
    keeps(drill, "kept")  # at 09:00
    drill.pass_time(3600)
    drill.ready(1)
    assert not dialled(drill)
    drill.now += timedelta(days=7, hours=-1)
    drill.hear(e.TimePassed())
    assert not dialled(drill), "after so long the place is not kept any more"


def test_what_was_promised_before_the_file_changed_is_kept() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    after = restarted(drill, rules=replace(RULES, callback=None))
    after.ready(1)
    assert [one.call_id for one in dialled(after)] == ["kept"]


def test_the_longest_wait_is_counted_anew_for_who_was_called_back() -> None:
    drill = Drill(rules=replace(RULES, routing={"general": Routing(longest_wait_s=300)}))
    keeps(drill, "kept")
    drill.pass_time(1000)
    assert drill.call("kept").state is CallState.CALLBACK
    drill.ready(1)
    drill.waits("other")
    presses_one(drill)
    assert not [command for command in drill.commands if isinstance(command, TurnAway)]
    drill.pass_time(301)
    assert [c.call_id for c in drill.commands if isinstance(c, TurnAway)] == ["kept"]


@pytest.mark.parametrize("number", [1, 2])
def test_one_callback_for_a_number_and_so_many_in_all(number: int) -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "first", 1)
    if number == 2:
        keeps(drill, "second", 3)
        keeps(drill, "third", 4)
    drill.waits("asks")
    drill.hear(CallbackAsked("asks", "u-asks", number))
    reasons = [command.reason for command in drill.commands if isinstance(command, RefuseCallback)]
    assert reasons == ["already" if number == 1 else "full"]
    assert drill.call("asks").state is CallState.WAITING


def test_who_is_offered_to_an_agent_while_asking_has_the_agent() -> None:
    drill = Drill(rules=RULES)
    drill.waits("c")
    drill.ready(1)
    commands = drill.hear(CallbackAsked("c", "u-c", 1))
    assert not [command for command in commands if isinstance(command, KeepPlace)]
    assert drill.call("c").state is CallState.OFFERED


def test_an_order_to_hang_up_that_was_lost_is_given_again() -> None:
    drill = Drill(rules=RULES)
    drill.waits("c")
    drill.hear(CallbackAsked("c", "u-c", 1))
    drill.again("c")
    drill.pass_time(6)
    drill.again("c")
    assert len([command for command in drill.commands if isinstance(command, KeepPlace)]) == 2


def restarted(drill: Drill, calls: tuple[e.SeenCall, ...] = (), rules: Rules = RULES) -> Drill:
    """Another router, from the facts and from what Asterisk holds."""
    after = Drill(rules=rules)
    after.router = type(after.router)(rules, "after")
    after.now, after.commands = drill.now, []
    after.load()
    states = {"kept": CallState.CALLBACK}
    after.hear(e.Remembered((), states, callbacks=remembered_callbacks(drill.facts())))
    after.hear(e.Snapshot(calls, {}))
    return after


def on_the_way(drill: Drill) -> e.SeenCall:
    last = dialled(drill)[-1]
    wish = e.Wish("en", "general", last.skills, 0, None, None, last.waiting_since, None, None, last.attempt_id)
    return e.SeenCall("kept", "PJSIP/trunk-0000000a", last.attempt_id, CallState.CALLBACK, wish)


def test_a_router_killed_while_it_rings_finds_the_channel_and_dials_nobody() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.ready(1)
    after = restarted(drill, (on_the_way(drill),))
    after.ready(1)
    after.pass_time(20)
    assert not dialled(after)
    presses_one(after, dialled(drill)[-1])
    assert after.offers() == [("kept", "agent-001")]


def test_an_attempt_that_left_no_channel_counts_and_the_next_is_spaced() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.ready(1)
    after = restarted(drill)
    after.ready(1)
    after.pass_time(6)  # it might have been on its way
    after.hear(e.Snapshot((), {"agent-001": frozenset({"sip:there"})}))
    assert [fact.payload["reason"] for fact in after.facts(Kind.CALLBACK_FAILED)] == ["lost"]
    after.pass_time(59)
    assert not dialled(after)
    after.pass_time(2)
    assert len(dialled(after)) == 1
    assert after.facts(Kind.CALLBACK_DIALLED)[0].payload["attempt"] == 2


def test_a_place_is_not_kept_for_ever() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.pass_time(timedelta(hours=72).total_seconds() + 1)
    assert [fact.payload for fact in drill.facts(Kind.CALLBACK_FAILED)] == [{"reason": "expired"}]
    assert not drill.router.view(drill.now).calls


def test_who_is_not_in_line_because_nobody_is_there_may_ask_too() -> None:
    drill = Drill(rules=RULES)
    drill.hear(e.CallEntered("night", "PJSIP/trunk-1", "u-night"))
    wish = e.Wish("sw", "travel", frozenset({"language:en"}), 0, "immigration", None, drill.now)
    drill.hear(CallbackAsked("night", "u-night", 1, "", "PJSIP/trunk-1", wish))
    assert [f.kind for f in drill.facts()][-2:] == [Kind.CALL_WAITING, Kind.CALLBACK_ASKED]
    drill.leaves("night")
    drill.pass_time(9 * 3600)
    drill.ready(1)
    assert [(one.call_id, one.queue, one.language) for one in dialled(drill)] == [("night", "travel", "sw")]


def test_who_is_turned_away_may_ask_instead_of_calling_again() -> None:
    drill = Drill(rules=replace(RULES, routing={"general": Routing(full_at=1)}))
    drill.waits("first")
    drill.waits("second")
    assert [c.callback for c in drill.commands if isinstance(c, TurnAway)] == [True]
    drill.hear(CallbackAsked("second", "u-second", 1))
    drill.leaves("second")
    assert drill.call("second").state is CallState.CALLBACK
    assert not drill.facts(Kind.CALL_ENDED)


def test_another_attempts_end_changes_nothing() -> None:
    drill = Drill(rules=RULES)
    keeps(drill, "kept")
    drill.ready(1)
    for event in (CallbackFailed("kept", "callback-other", "busy"), CallbackFailed("nobody", "x", "busy")):
        assert not drill.hear(event)
    assert not [c for c in drill.commands if isinstance(c, OfferCall)]
