"""Messages that do not fit (doubled, out of order, of unknown calls) change nothing and are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from router_drill import RULES, Drill

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.callback_events import CallbackAsked, CallbackFailed
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import TakeSnapshot

EN = {"language:en": 3}
LEG = {seat: f"PJSIP/agent-00{seat}-0000000{seat}" for seat in range(1, 8)}


def busy() -> Drill:
    """One call talks, one rings, one waits, one is with the machine, one is over; and one of every other kind."""
    drill = Drill(dict.fromkeys(range(1, 8), EN), replace(RULES, survey=True, callback=CallbackRules()))
    drill.hear(e.CallFailed("broke", "PJSIP/trunk-broke", "u-broke"))
    handed_on(drill)
    called(drill)
    surveyed(drill)
    drill.ready(1)
    for call in ("over", "talks"):
        drill.waits(call)
        drill.answers(call)
        if call == "over":
            drill.leaves(call)
            drill.pass_time(46)
    drill.ready(2)
    drill.waits("rings")
    drill.rings("rings")
    drill.waits("waits")
    drill.hear(e.CallEntered("menu", "PJSIP/trunk-menu", "u-menu"))
    drill.hear(e.CallNetted("netted", "PJSIP/trunk-netted", "u-netted", WISH))
    drill.waits("kept")
    drill.hear(CallbackAsked("kept", "u-kept", 1))
    drill.leaves("kept")
    return drill


def talks(drill: Drill, call_id: str, seat: int) -> str:
    """A call that this agent answered; give the offer."""
    drill.ready(seat)
    drill.waits(call_id)
    drill.rings(call_id)
    drill.hear(e.OfferAnswered(call_id, offer(drill, call_id), LEG[seat]))
    return offer(drill, call_id)


def handed_on(drill: Drill) -> None:
    """Agents 3 and 4 are in the conference of `three` with its caller; a transfer of `back` came to nothing."""
    for call_id, seat in (("three", 3), ("back", 5)):
        talks(drill, call_id, seat)
        drill.ready(4)
        assert drill.ask(r.TransferToAgent, seat, call_id=call_id, to_agent_id=4, speak_first=True).accepted
        if call_id == "back":
            drill.hear(e.TransferFailed(call_id, transfer(drill, call_id), "busy"))
            drill.hear(e.ConferenceJoined(call_id, f"agent-00{seat}", LEG[seat]))
            drill.ask(r.Pause, 4, reason="lunch")
            continue
        drill.hear(e.TransferAnswered(call_id, transfer(drill, call_id), LEG[4]))
        assert drill.ask(r.SteerTransfer, seat, call_id=call_id, to="join").accepted
        for joins in (seat, 4):
            drill.hear(e.ConferenceJoined(call_id, f"agent-00{joins}", LEG[joins]))
        drill.hear(e.LegEnded(call_id, "agent-004", LEG[4]))
        drill.ask(r.FinishWrapUp, 4)
        drill.ask(r.Pause, 4, reason="lunch")


def called(drill: Drill) -> None:
    """Agent 6 calls a citizen, who hears the notice."""
    drill.ready(6)
    about = {"number": "+254722000123", "number_id": 7, "language": "en", "queue": "general"}
    assert drill.ask(r.CallCitizen, 6, call_id="out", **about).accepted
    drill.hear(out.CitizenRings("out", offer(drill, "out"), LEG[6]))
    drill.hear(out.CitizenAnswered("out", offer(drill, "out"), "PJSIP/trunk-out", "u-out"))


def surveyed(drill: Drill) -> None:
    """Two citizens were asked how it went; one of them has answered."""
    for call_id in ("answered", "asked"):
        talks(drill, call_id, 7)
        assert drill.ask(r.EndCall, 7, call_id=call_id).accepted
        drill.ask(r.FinishWrapUp, 7)
        drill.ask(r.Pause, 7, reason="lunch")
    drill.hear(out.SurveyAnswered("answered", 4))


def transfer(drill: Drill, call_id: str) -> str:
    [asked] = [fact for fact in drill.facts(Kind.TRANSFER_ASKED) if fact.call_id == call_id]
    return str(asked.payload["transfer_id"])


def offer(drill: Drill, call_id: str) -> str:
    return drill.call(call_id).offer_id or ""


WISH = e.Wish(skills=frozenset(EN))
BAD: dict[str, Callable[[Drill], e.Event]] = {
    "the call enters twice": lambda d: e.CallEntered("menu", "PJSIP/trunk-menu", "u-menu"),
    "a call that is over enters": lambda d: e.CallEntered("over", "PJSIP/trunk-over", "u-over"),
    "a call that is over waits": lambda d: e.CallWaiting("over", "PJSIP/trunk-over", "u-over", WISH),
    "a call that is over fails": lambda d: e.CallFailed("over", "PJSIP/trunk-over", "u-over"),
    "a call that is over leaves": lambda d: e.CallerLeft("over", "u-over", 16),
    "a call that talks waits": lambda d: e.CallWaiting("talks", "PJSIP/trunk-talks", "u-talks", WISH),
    "an unknown call starts to ring": lambda d: e.OfferStarted("unknown", "offer"),
    "an unknown call is answered": lambda d: e.OfferAnswered("unknown", "offer"),
    "an unknown call is not answered": lambda d: e.OfferFailed("unknown", "offer", "busy"),
    "an unknown call loses its agent": lambda d: e.AgentLost("unknown", "offer"),
    "an unknown call does not rejoin": lambda d: e.RejoinFailed("unknown", "offer"),
    "another offer is answered": lambda d: e.OfferAnswered("rings", "another"),
    "another offer fails": lambda d: e.OfferFailed("rings", "another", "no_answer"),
    "an offer is answered again": lambda d: e.OfferAnswered("talks", offer(d, "talks")),
    "an offer that was answered fails": lambda d: e.OfferFailed("talks", offer(d, "talks"), "busy"),
    "a call that rings loses its agent": lambda d: e.AgentLost("rings", offer(d, "rings")),
    "a call that talks does not rejoin": lambda d: e.RejoinFailed("talks", offer(d, "talks")),
    "a waiting call is answered": lambda d: e.OfferAnswered("waits", "none"),
    "an unknown call leaves": lambda d: e.CallerLeft("unknown", "u-unknown", 16),
    "an unknown channel leaves": lambda d: e.CallerLeft(None, "u-unknown", 16),
    "another channel of a call leaves": lambda d: e.CallerLeft("waits", "u-unknown", 16),
    "an unknown phone holds": lambda d: e.AgentHeld("agent-099"),
    "a phone without a call holds": lambda d: e.AgentHeld("agent-002"),
    "a phone that does not hold resumes": lambda d: e.AgentResumed("agent-001"),
    "a call fails again": lambda d: e.CallFailed("broke", "PJSIP/trunk-broke", "u-broke"),
    "a call that waits fails": lambda d: e.CallFailed("waits", "PJSIP/trunk-waits", "u-waits"),
    "an offer starts again": lambda d: e.OfferStarted("rings", offer(d, "rings")),
    "an offer that was answered starts": lambda d: e.OfferStarted("talks", offer(d, "talks")),
    "an offer is answered again by another leg": lambda d: e.OfferAnswered("talks", offer(d, "talks"), "PJSIP/other"),
    "an unknown call's colleague answers": lambda d: e.TransferAnswered("unknown", "transfer", LEG[4]),
    "an unknown call's colleague does not answer": lambda d: e.TransferFailed("unknown", "transfer", "busy"),
    "an unknown call's consultation ends": lambda d: e.ConsultEnded("unknown", "transfer"),
    "an unknown call's transfer is refused": lambda d: e.TransferRefused("unknown", "transfer"),
    "a colleague answers a transfer that is over": lambda d: e.TransferAnswered("back", transfer(d, "back"), LEG[4]),
    "a transfer fails again": lambda d: e.TransferFailed("back", transfer(d, "back"), "busy"),
    "a consultation ends that is over": lambda d: e.ConsultEnded("back", transfer(d, "back")),
    "a transfer that is over is refused": lambda d: e.TransferRefused("back", transfer(d, "back")),
    "an unknown call's conference is joined": lambda d: e.ConferenceJoined("unknown", "agent-003", LEG[3]),
    "an unknown agent joins": lambda d: e.ConferenceJoined("back", "agent-099", LEG[3]),
    "an agent joins again": lambda d: e.ConferenceJoined("back", "agent-005", LEG[5]),
    "an agent whose leg ended joins": lambda d: e.ConferenceJoined("three", "agent-004", LEG[4]),
    "a leg of an unknown call ends": lambda d: e.LegEnded("unknown", "agent-003", LEG[3]),
    "a leg of an unknown agent ends": lambda d: e.LegEnded("talks", "agent-099", "PJSIP/agent-099-00000001"),
    "a leg ends again": lambda d: e.LegEnded("three", "agent-004", LEG[4]),
    "an unknown call's citizen rings": lambda d: out.CitizenRings("unknown", "offer", LEG[6]),
    "an unknown call's citizen answers": lambda d: out.CitizenAnswered("unknown", "offer", "PJSIP/trunk-x", "u-x"),
    "an unknown call's citizen joins": lambda d: out.CitizenJoined("unknown", "offer", WISH),
    "an unknown call's citizen is not reached": lambda d: out.CitizenNotReached("unknown", "offer", "busy"),
    "a citizen rings again": lambda d: out.CitizenRings("out", offer(d, "out"), LEG[1]),
    "a citizen answers again": lambda d: out.CitizenAnswered("out", offer(d, "out"), "PJSIP/trunk-x", "u-x"),
    "another attempt's citizen joins": lambda d: out.CitizenJoined("out", "another", WISH),
    "another attempt's citizen is not reached": lambda d: out.CitizenNotReached("out", "another", "busy"),
    "an unknown call answers the survey": lambda d: out.SurveyAnswered("unknown", 5),
    "a call that was not asked answers": lambda d: out.SurveyAnswered("talks", 5),
    "the survey is answered again": lambda d: out.SurveyAnswered("answered", 1),
    "a call is netted again": lambda d: e.CallNetted("netted", "PJSIP/trunk-netted", "u-netted", WISH),
    "a call that talks is netted": lambda d: e.CallNetted("talks", "PJSIP/trunk-talks", "u-talks", WISH),
    "a call that is over is netted": lambda d: e.CallNetted("over", "PJSIP/trunk-over", "u-over", WISH),
    "an unknown call is rung by the net": lambda d: e.NetRings("unknown", "net-1", "agent-007"),
    "the net rings an agent who talks": lambda d: e.NetRings("netted", "net-1", "agent-001"),
    "an unknown call is answered by the net": lambda d: e.NetAnswered("unknown", "net-1", "agent-007", LEG[7]),
    "the net is answered by an agent who talks": lambda d: e.NetAnswered("netted", "net-1", "agent-001", LEG[1]),
    "a callback is asked for again": lambda d: CallbackAsked("kept", "u-kept", 1),
    "an unknown call asks for a callback": lambda d: CallbackAsked("unknown", "u-unknown", 1),
    "a call that talks asks for a callback": lambda d: CallbackAsked("talks", "u-talks", 1),
    "another attempt to call back fails": lambda d: CallbackFailed("kept", "another", "busy"),
    "an unknown callback fails": lambda d: CallbackFailed("unknown", "attempt", "busy"),
    "a kept call's first channel leaves again": lambda d: e.CallerLeft("kept", "u-kept", 16),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_does_not_fit_changes_nothing_and_is_counted(name: str) -> None:
    drill = busy()
    event = BAD[name](drill)
    for times in (1, 2):
        before, ignored = standing(drill), drill.router.ignored.total()
        assert all(order == TakeSnapshot() for order in drill.hear(event)), "at most Asterisk is asked what is"
        assert standing(drill) == before
        assert drill.router.ignored.total() == ignored + 1, f"heard {times} times"
        assert drill.router.view(drill.now).ignored == drill.router.ignored.total()


def test_what_is_answered_once_is_not_refused() -> None:
    drill = busy()
    drill.hear(out.SurveyAnswered("asked", 2))
    facts = drill.facts(Kind.SURVEY_ANSWERED)
    assert [(fact.call_id, fact.agent_id, fact.payload["score"]) for fact in facts] == [
        ("answered", 7, 4), ("asked", 7, 2),
    ]  # fmt: skip


def test_the_legs_of_a_call_that_is_over_are_no_surprise() -> None:
    drill = busy()
    ignored = drill.router.ignored.total()
    drill.leaves("three")
    drill.hear(e.LegEnded("three", "agent-003", LEG[3]))
    assert drill.router.ignored.total() == ignored


def test_the_floor_it_is_tried_on_has_a_call_of_every_kind() -> None:
    states = {call.state for call in busy().router.view(busy().now).calls}
    assert states >= {
        CallState.IVR, CallState.WAITING, CallState.OFFERED, CallState.CONNECTED, CallState.CALLBACK,
        CallState.DIALLING,
    }  # fmt: skip


def standing(drill: Drill) -> object:
    """Everything that is known of calls and agents."""
    floor, view = drill.router._floor, drill.router.view(drill.now)
    inside = {
        call.id: (call.since, dict(call.legs), call.confirmed, call.netted, call.callback, call.outbound)
        for call in floor.calls.values()
    }
    return view.calls, view.agents, view.link_up, inside, dict(floor.surveyed), len(floor.line)
