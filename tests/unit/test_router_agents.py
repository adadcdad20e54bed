"""An agent's day: signing in, pausing, wrapping up, losing a call and coming back to it."""

from __future__ import annotations

import pytest
from router_drill import Drill

from contact_centre.facts import Kind
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import RaisePriority

EN = {"language:en": 3}


def on_a_call() -> Drill:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1)
    drill.waits("a", ago_s=60)
    drill.answers("a")
    return drill


def offer_of(drill: Drill, call_id: str = "a") -> str:
    return drill.call(call_id).offer_id or ""


def test_signing_in_is_a_visible_pause_until_ready() -> None:
    drill = Drill()
    drill.plug_in(1)
    assert drill.ask(r.SignIn, 1).accepted
    assert (drill.agent(1).state, drill.agent(1).reason) == ("paused", "signed_in")
    assert drill.ask(r.SetReady, 1).accepted
    assert drill.agent(1).state == "ready"


def test_a_second_sign_in_takes_over_and_changes_nothing() -> None:
    drill = on_a_call()
    answer = drill.ask(r.SignIn, 1)
    assert (answer.accepted, answer.reason) == (True, "took_over")
    assert drill.agent(1).state == "on_call"


@pytest.mark.parametrize("kind", [r.SetReady, r.SignOut, r.FinishWrapUp])
def test_nothing_but_signing_in_is_possible_when_signed_out(kind: type[r.Request]) -> None:
    assert Drill().ask(kind, 1).reason == "wrong_state"


def test_an_unknown_agent_is_refused() -> None:
    assert Drill().ask(r.SignIn, 99).reason == "unknown_agent"


def test_a_request_asked_twice_is_done_once() -> None:
    drill = Drill()
    drill.ready(1)
    request = r.Pause("same", 1, 1, "break")
    first = drill.hear(request)
    drill.ask(r.SetReady, 1)
    assert drill.hear(request)[-1] == first[-1]
    assert drill.agent(1).state == "ready"


def test_a_pause_has_a_reason_of_the_list() -> None:
    drill = Drill()
    drill.ready(1)
    assert not drill.ask(r.Pause, 1, reason="golf").accepted
    assert drill.ask(r.Pause, 1, reason="lunch").accepted
    drill.waits("a")
    assert drill.offers() == []
    assert drill.agent(1).reason == "lunch"


def test_a_call_is_followed_by_wrap_up_that_ends_by_itself() -> None:
    drill = on_a_call()
    drill.leaves("a")
    assert drill.agent(1).state == "wrap_up"
    assert drill.agent(1).call_id == "a"
    drill.pass_time(44)
    assert drill.agent(1).state == "wrap_up"
    drill.pass_time(2)
    assert drill.agent(1).state == "ready"


def test_wrap_up_is_extended_with_a_reason_and_within_a_limit() -> None:
    drill = on_a_call()
    assert not drill.ask(r.ExtendWrapUp, 1, seconds=60, reason="notes").accepted, "there is none yet"
    drill.leaves("a")
    assert not drill.ask(r.ExtendWrapUp, 1, seconds=60, reason="his number is 0712").accepted
    assert drill.ask(r.ExtendWrapUp, 1, seconds=60, reason="notes").accepted
    drill.pass_time(100)
    assert drill.agent(1).state == "wrap_up"
    assert drill.ask(r.ExtendWrapUp, 1, seconds=10_000, reason="notes").accepted
    assert not drill.ask(r.ExtendWrapUp, 1, seconds=1, reason="notes").accepted
    drill.pass_time(501)
    assert drill.agent(1).state == "ready"


def test_finishing_wrap_up_makes_ready_and_the_next_call_rings() -> None:
    drill = on_a_call()
    drill.waits("b")
    drill.leaves("a")
    assert drill.ask(r.FinishWrapUp, 1).accepted
    assert drill.call("b").agent_id == 1


def test_a_pause_asked_for_during_the_call_begins_after_it() -> None:
    drill = on_a_call()
    assert drill.ask(r.Pause, 1, reason="lunch").reason == "after_call"
    assert drill.agent(1).state == "on_call"
    drill.leaves("a")
    assert drill.agent(1).state == "wrap_up"
    drill.ask(r.FinishWrapUp, 1)
    assert (drill.agent(1).state, drill.agent(1).reason) == ("paused", "lunch")


def test_a_pause_asked_for_can_be_taken_back() -> None:
    drill = on_a_call()
    drill.ask(r.Pause, 1, reason="lunch")
    drill.ask(r.SetReady, 1)
    drill.leaves("a")
    drill.pass_time(46)
    assert drill.agent(1).state == "ready"


def test_nobody_signs_out_of_a_call() -> None:
    drill = on_a_call()
    assert not drill.ask(r.SignOut, 1).accepted
    drill.leaves("a")
    assert drill.ask(r.SignOut, 1).accepted
    drill.pass_time(100)
    assert drill.agent(1).state == "signed_out"


def test_a_lost_agent_who_comes_back_has_the_same_call() -> None:
    drill = on_a_call()
    offer = offer_of(drill)
    drill.hear(e.AgentLost("a", offer))
    assert drill.call("a").state == "rejoining"
    assert drill.agent(1).state == "on_call"
    drill.hear(e.OfferAnswered("a", offer))
    assert drill.call("a").state == "connected"
    assert [f.kind for f in drill.facts(Kind.AGENT_LOST, Kind.CALL_REJOINED, Kind.CALL_CONNECTED)] == [
        Kind.CALL_CONNECTED, Kind.AGENT_LOST, Kind.CALL_REJOINED,
    ]  # fmt: skip


def test_a_lost_agent_who_stays_away_gives_the_call_to_the_next_at_the_head_of_the_line() -> None:
    drill = on_a_call()
    drill.waits("older", ago_s=500, priority=5)
    since = drill.call("a").waiting_since
    offer = offer_of(drill)
    drill.hear(e.AgentLost("a", offer))
    drill.hear(e.RejoinFailed("a", offer))
    assert (drill.agent(1).state, drill.agent(1).reason) == ("paused", "lost")
    assert drill.call("a").waiting_since == since
    assert drill.call("a").position == 1
    assert any(isinstance(c, RaisePriority) for c in drill.commands), "the place survives this router"
    drill.again("a")
    drill.ready(2)
    assert drill.offers()[-1] == ("a", "agent-002")
    assert drill.answers("a") == 2


def test_a_caller_who_hangs_up_while_the_agent_is_away_leaves_a_wrap_up() -> None:
    drill = on_a_call()
    drill.hear(e.AgentLost("a", offer_of(drill)))
    drill.leaves("a")
    assert drill.agent(1).state == "wrap_up"
    assert not drill.facts(Kind.CALL_ABANDONED)


def test_hold_is_what_the_phone_says() -> None:
    drill = on_a_call()
    drill.hear(e.AgentHeld("agent-001"))
    assert drill.call("a").state == "held"
    drill.hear(e.AgentHeld("agent-001"))
    drill.hear(e.AgentResumed("agent-001"))
    assert drill.call("a").state == "connected"
    assert [f.kind for f in drill.facts(Kind.CALL_HELD, Kind.CALL_RESUMED)] == [Kind.CALL_HELD, Kind.CALL_RESUMED]


def test_new_skills_hold_from_the_next_match() -> None:
    drill = Drill({1: EN})
    drill.ready(1)
    drill.waits("a", "agency:immigration")
    assert drill.offers() == []
    drill._agents = {1: EN | {"agency:immigration": 1}}
    drill.load()
    assert drill.offers() == [("a", "agent-001")]
