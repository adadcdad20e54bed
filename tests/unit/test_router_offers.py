"""Who is offered what, and what follows."""

from __future__ import annotations

from typing import Literal

import pytest
from router_drill import RULES, Drill

from contact_centre.facts import Kind
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import AnnouncePosition, EndCall, OfferCall, Record, TakeSnapshot, WithdrawOffer

EN = {"language:en": 3}


@pytest.mark.parametrize(("said", "kind"), [("armed", Kind.RECORDING_ARMED), ("refused", Kind.RECORDING_REFUSED)])
def test_what_a_caller_chose_about_the_recording_is_written_once(said: Literal["armed", "refused"], kind: Kind) -> None:
    drill = Drill()
    for _ in range(3):
        drill.hear(e.CallWaiting("a", "PJSIP/trunk-a", "u-a", e.Wish(recording=said)))
    assert [fact.call_id for fact in drill.facts(Kind.RECORDING_ARMED, Kind.RECORDING_REFUSED)] == ["a"]
    assert drill.facts(kind)


def test_a_waiting_call_goes_to_the_agent_who_becomes_ready() -> None:
    drill = Drill()
    drill.waits("a")
    drill.ready(1)
    assert drill.offers() == [("a", "agent-001")]
    assert drill.call("a").state == "offered"
    assert drill.agent(1).state == "offered"


def test_the_intent_is_recorded_before_the_order_and_says_why() -> None:
    drill = Drill({1: EN, 2: {"language:en": 5}})
    drill.ready(1, 2)
    drill.waits("a")
    last = drill.commands[-2:]
    assert isinstance(last[0], Record)
    assert isinstance(last[1], OfferCall)
    payload = last[0].fact.payload
    assert payload["eligible"] == [2, 1]
    assert payload["decided_by"] == "level"
    assert payload["offer_id"] == last[1].offer_id


def test_priority_then_the_longest_waiting() -> None:
    drill = Drill()
    drill.waits("young", ago_s=5)
    drill.waits("old", ago_s=50)
    drill.waits("urgent", priority=1)
    drill.ready(1)
    for expected in ("urgent", "old", "young"):
        assert drill.offers()[-1][0] == expected
        drill.answers(expected)
        drill.leaves(expected)
        drill.ask(r.FinishWrapUp, 1)


def test_the_best_level_then_the_longest_ready() -> None:
    drill = Drill({1: EN, 2: EN, 3: {"language:en": 4}})
    for agent_id in (2, 1, 3):
        drill.ready(agent_id)
        drill.pass_time(1)
    for call in "abc":
        drill.waits(call)
    assert [endpoint for _, endpoint in drill.offers()] == ["agent-003", "agent-002", "agent-001"]


def test_a_call_waits_for_somebody_with_its_skills() -> None:
    drill = Drill({1: EN, 2: EN | {"agency:immigration": 2}})
    drill.ready(1)
    drill.waits("a", "agency:immigration")
    drill.waits("b")
    assert drill.offers() == [("b", "agent-001")]
    drill.ready(2)
    assert drill.offers()[-1] == ("a", "agent-002")


def test_no_answer_sends_the_call_on_and_pauses_the_agent_visibly() -> None:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1, 2)
    drill.waits("a", ago_s=30)
    since = drill.call("a").waiting_since
    missed = drill.fails("a")
    assert drill.agent(missed).state == "paused"
    assert drill.agent(missed).reason == "missed"
    assert drill.call("a").waiting_since == since
    assert drill.call("a").agent_id == 3 - missed


def test_the_next_offer_waits_until_the_call_is_back_in_waiting() -> None:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1, 2)
    drill.waits("a")
    drill.rings("a")
    drill.hear(e.OfferFailed("a", drill.call("a").offer_id or "", "no_answer"))
    assert len(drill.offers()) == 1
    drill.again("a")
    assert len(drill.offers()) == 2


def test_several_misses_may_be_allowed_but_not_the_same_call_at_once() -> None:
    drill = Drill({1: EN}, rules=type(RULES)(RULES.queues, missed_offers_pause=2))
    drill.ready(1)
    drill.waits("a")
    drill.waits("b")
    drill.fails("a")
    assert drill.offers()[-1] == ("b", "agent-001"), "another call may ring"
    drill.leaves("b")
    assert len(drill.offers()) == 2
    drill.pass_time(11)
    assert drill.offers()[-1] == ("a", "agent-001"), "nobody else came"
    drill.fails("a")
    assert drill.agent(1).reason == "missed"


@pytest.mark.parametrize(
    ("reason", "state", "why"),
    [
        ("busy", "paused", "missed"),
        ("unreachable", "paused", "phone"),
        ("withdrawn", "ready", None),
        ("lost", "ready", None),
    ],
)
def test_why_an_offer_failed_decides_what_the_agent_does_next(reason: e.OfferFailure, state: str, why: str) -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("a")
    drill.rings("a")
    drill.hear(e.OfferFailed("a", drill.call("a").offer_id or "", reason))
    assert (drill.agent(1).state, drill.agent(1).reason) == (state, why)


def test_a_declined_call_goes_on_and_the_agent_is_paused() -> None:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1, 2)
    drill.waits("a")
    first = drill.rings("a")
    offer_id = drill.call("a").offer_id or ""
    assert drill.ask(r.Decline, first, offer_id=offer_id).accepted
    assert [c for c in drill.commands if isinstance(c, WithdrawOffer)] == [WithdrawOffer(offer_id, f"agent-00{first}")]
    drill.fails("a", "unreachable")
    assert drill.agent(first).reason == "declined"
    assert drill.facts(Kind.OFFER_FAILED)[0].payload["reason"] == "declined"
    assert drill.call("a").agent_id == 3 - first
    assert not drill.ask(r.Decline, first, offer_id=offer_id).accepted


def test_an_agent_without_a_phone_is_not_offered_calls_and_everybody_sees_it() -> None:
    drill = Drill({1: EN})
    drill.ready(1)
    drill.hear(e.PhoneUnregistered("agent-001", "sip:there"))
    assert drill.facts(Kind.PHONE_UNREGISTERED)
    drill.waits("a")
    assert drill.offers() == []
    assert not drill.agent(1).phone_registered
    drill.plug_in(1)
    assert drill.offers() == [("a", "agent-001")]


def test_a_phone_that_registers_anew_is_never_gone() -> None:
    drill = Drill()
    drill.ready(1)
    drill.hear(e.PhoneRegistered("agent-001", "sip:new"))
    drill.hear(e.PhoneUnregistered("agent-001", "sip:there"))
    assert drill.agent(1).phone_registered
    assert not drill.facts(Kind.PHONE_UNREGISTERED)


def test_hanging_up_while_waiting_is_an_abandoned_call() -> None:
    drill = Drill()
    drill.waits("a")
    drill.leaves("a")
    kinds = [fact.kind for fact in drill.facts()][-2:]
    assert kinds == [Kind.CALL_ABANDONED, Kind.CALL_ENDED]
    assert drill.facts(Kind.CALL_ABANDONED)[0].payload["phase"] == "waiting"
    drill.ready(1)
    assert drill.offers() == []


def test_hanging_up_while_ringing_frees_the_agent_with_their_place() -> None:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1)
    drill.pass_time(5)
    drill.ready(2)
    drill.waits("a")
    assert drill.rings("a") == 1
    drill.leaves("a")
    assert drill.facts(Kind.CALL_ABANDONED)[0].payload["phase"] == "ringing"
    assert drill.agent(1).state == "ready"
    drill.waits("b")
    assert drill.call("b").agent_id == 1, "still the longest ready"


def test_a_redirect_that_asterisk_refused_leaves_the_call_in_line() -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("a")
    drill.hear(e.OfferRefused("a", drill.call("a").offer_id or ""))
    assert drill.call("a").state == "waiting"
    assert drill.agent(1).state == "ready"
    drill.again("a")
    assert len(drill.offers()) == 2


def test_an_offer_gone_silent_makes_the_router_ask_asterisk() -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("a")
    assert not any(isinstance(c, TakeSnapshot) for c in drill.pass_time(19))
    assert any(isinstance(c, TakeSnapshot) for c in drill.pass_time(2))


def test_ending_hangs_up_the_caller_and_says_who_ended() -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("a")
    assert not drill.ask(r.EndCall, 1, call_id="a").accepted, "not connected yet"
    drill.answers("a")
    assert drill.ask(r.EndCall, 1, call_id="a").accepted
    assert any(isinstance(c, EndCall) for c in drill.commands)
    drill.leaves("a")
    assert drill.facts(Kind.CALL_ENDED)[0].payload["by"] == "agent"


def test_places_are_told_when_they_change_and_only_then() -> None:
    drill = Drill()
    for call in "abc":
        drill.waits(call)
        drill.pass_time(1)
    told = [(c.call_id, c.position) for c in drill.commands if isinstance(c, AnnouncePosition)]
    assert told == [("a", 1), ("b", 2), ("c", 3)]
    drill.commands.clear()
    drill.again("b")
    assert not drill.commands
    drill.leaves("a")
    told = [(c.call_id, c.position) for c in drill.commands if isinstance(c, AnnouncePosition)]
    assert told == [("b", 1), ("c", 2)]


def test_far_back_in_line_is_told_once() -> None:
    drill = Drill()
    for number in range(25):
        drill.waits(f"c{number:02d}")
    drill.commands.clear()
    drill.again("c24")
    assert [c.position for c in drill.commands if isinstance(c, AnnouncePosition)] in ([21], [])
    drill.commands.clear()
    drill.again("c24")
    assert not drill.commands


def test_a_call_that_ends_in_the_menu_is_closed_once() -> None:
    drill = Drill()
    drill.hear(e.CallEntered("a", "PJSIP/trunk-a", "u-a"))
    assert drill.call("a").state == "ivr"
    drill.leaves("a")
    drill.leaves("a")
    assert [fact.kind for fact in drill.facts(Kind.CALL_ENDED, Kind.CALL_ABANDONED)] == [Kind.CALL_ENDED]


def test_a_broken_conversation_is_recorded_by_the_router() -> None:
    drill = Drill()
    drill.hear(e.CallEntered("a", "PJSIP/trunk-a", "u-a"))
    drill.hear(e.CallFailed("a", "PJSIP/trunk-a", "u-a"))
    assert [fact.kind for fact in drill.facts(Kind.IVR_FAILED)] == [Kind.IVR_FAILED]


def test_a_queue_that_does_not_exist_becomes_the_general_one() -> None:
    drill = Drill()
    drill.waits("a", queue="nonsense")
    assert drill.call("a").queue == "general"
