"""An agent calls a known citizen back: the agent's own phone is rung first, then the citizen's.

The fact goes out before anything is dialled: it is the intent. The number passes through the request and the order and
is kept nowhere here. From the moment in which the two hear each other it is a call like any other, in its conference.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from contact_centre.errors import Refused
from contact_centre.facts import Kind
from contact_centre.model import Call, Offer, agency_skill, language_skill
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.allowed_numbers import Allowed, judge
from queue_manager.commands import CallOut, EndCall, EndLeg, TakeSnapshot, WithdrawOffer
from queue_manager.events_out import OutPhase
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent
from queue_manager.rules import GRACE_S, TRANSFERRED, PauseReason

AGENT_RINGS_S = 15
"""How long the agent's own phone rings (s)."""
LOOK_AGAIN_S = (AGENT_RINGS_S + GRACE_S, 120)
"""When Asterisk is asked what became of an attempt that is still silent (s)."""
ON_THE_WAY = timedelta(seconds=2)
"""An attempt younger than this may not have reached Asterisk yet."""


def call(floor: Floor, agent: LiveAgent, request: r.CallCitizen, now: datetime) -> tuple[str, str]:
    """Ring the agent's phone, then the citizen's.

    Raises:
        Refused: the agent is busy or has no phone, Asterisk is away, or the number may not be dialled.
    """
    if agent.state not in (AgentState.READY, AgentState.PAUSED):
        raise Refused("wrong_state", "Finish the call and its wrap-up first.")
    if not agent.contacts:
        raise Refused("no_phone", "Your phone is not connected just now.")
    if not floor.link_up:
        raise Refused("not_reachable", "The telephone exchange does not answer just now.")
    allowed = judge(request.number)
    if not isinstance(allowed, Allowed):
        raise Refused("number_not_allowed", "That number may not be called from here.")
    if request.call_id in floor.calls or floor.has_ended(request.call_id):
        raise Refused("wrong_state", "That call was made already.")
    queue = request.queue if request.queue in floor.rules.queues else floor.rules.default_queue
    skills = {language_skill(request.language)} | ({agency_skill(request.agency)} if request.agency else set())
    paused = agent.reason if agent.state is AgentState.PAUSED else None
    live = floor.admit(request.call_id, "", f"out-{request.call_id}", CallState.DIALLING, now)
    live.wish = Call(
        live.id, "", request.language, queue, frozenset(skills), now, TRANSFERRED, request.agency
    )  # fmt: skip
    live.offer, live.apart, live.outbound = Offer(floor.new_id(), live.id, agent.id, now), True, OutPhase.AGENT
    floor.roster.move(agent, AgentState.CALLING, now)
    agent.call_id, agent.offer_id, agent.reason = live.id, live.offer.id, paused
    about: dict[str, Any] = {"case_id": request.case_id, "agency": request.agency, "paused": paused}
    floor.record(
        Kind.CITIZEN_DIALLED, now, live.id, agent.id, offer_id=live.offer.id, number_id=request.number_id,
        account_id=request.account_id, queue=queue, language=request.language,
        **{key: value for key, value in about.items() if value is not None},
    )  # fmt: skip
    floor.out.append(
        CallOut(live.id, live.offer.id, agent.agent.extension, allowed.e164, live.wish, AGENT_RINGS_S, floor.epoch)
    )
    for seconds in LOOK_AGAIN_S:
        floor.wake_at(now + timedelta(seconds=seconds), ("transfer", live.id))
    return "", ""


def give_up(floor: Floor, agent: LiveAgent, call_id: str) -> tuple[str, str]:
    """The agent does not want to reach the citizen any more: hang up whoever was reached.

    Raises:
        Refused: it is not this agent's call.
    """
    live = floor.calls.get(call_id)
    if live is None or agent.call_id != call_id or live.offer is None:
        raise Refused("wrong_state", "That call is not with you.")
    live.ended_by = "agent"
    if live.channel:
        floor.out.append(EndCall(live.id, live.channel))
    floor.out.append(WithdrawOffer(live.offer.id, agent.agent.extension))
    return "", ""


def rings(floor: Floor, event: out.CitizenRings, now: datetime) -> None:
    """The agent's phone answered."""
    live = _dialling(floor, event)
    if live is None:
        return
    if live.agent_id is None or live.outbound is not OutPhase.AGENT:
        floor.ignored["citizen rings twice"] += 1
        return
    live.legs[live.agent_id] = event.leg
    live.outbound, live.since = OutPhase.CITIZEN, now


def answered(floor: Floor, event: out.CitizenAnswered, now: datetime) -> None:
    """The citizen picked up: from here on the call lives as long as their channel."""
    live = _dialling(floor, event)
    if live is None:
        return
    if live.outbound is OutPhase.NOTICE:
        floor.ignored["citizen answered twice"] += 1
        return
    floor.comes_by(live, event.channel, event.uniqueid)
    live.outbound, live.since = OutPhase.NOTICE, now
    if live.ended_by is not None:  # given up a moment ago
        floor.out.append(EndCall(live.id, live.channel))


def joined(floor: Floor, event: out.CitizenJoined, now: datetime) -> None:
    """They hear each other."""
    live = _dialling(floor, event)
    if live is not None:
        connect(floor, live, event.wish, now)


def connect(floor: Floor, live: LiveCall, wish: e.Wish, now: datetime) -> None:
    """As `joined`, however it was found out."""
    assert live.offer is not None
    live.state, live.since = call_moves(live.state, CallState.CONNECTED), now
    live.outbound = OutPhase.JOINED
    floor.record(Kind.CALL_CONNECTED, now, live.id, live.agent_id, offer_id=live.offer.id, outbound=True)
    floor.tell_recording(live.id, wish, now)
    agent = floor.roster.get(live.agent_id)
    if agent is not None and agent.state is AgentState.CALLING:
        floor.roster.move(agent, AgentState.ON_CALL, now)


def failed(floor: Floor, event: out.CitizenNotReached, now: datetime) -> None:
    """The citizen's phone was not answered."""
    live = _dialling(floor, event)
    if live is not None:
        not_reached(floor, live, event.reason, now)


def leg_ended(floor: Floor, event: e.LegEnded, now: datetime) -> None:
    """The agent's own phone did not answer, or the agent went before the citizen had answered.

    During the notice the dialplan looks itself whether the agent is still there.
    """
    live = floor.calls[event.call_id]
    if live.outbound is not OutPhase.NOTICE:
        not_reached(floor, live, "phone" if live.outbound is OutPhase.AGENT else "lost", now)
    elif live.agent_id is not None:
        live.legs.pop(live.agent_id, None)


def not_reached(floor: Floor, live: LiveCall, reason: out.NotReached, now: datetime) -> None:
    """The attempt is over; the agent is what they were before."""
    if live.ended_by == "agent":
        reason = "withdrawn"
    assert live.offer is not None
    agent = floor.roster.get(live.agent_id)
    floor.record(Kind.CITIZEN_NOT_REACHED, now, live.id, live.agent_id, offer_id=live.offer.id, reason=reason)
    floor.close(live.id, now, live.ended_by or ("caller" if reason == "left" else "system"), 0)
    floor.forget(live)
    floor.out += [EndLeg(leg) for leg in live.legs.values()]
    if agent is not None and agent.call_id == live.id and agent.state is AgentState.CALLING:
        back(floor, agent, now, phone_fails=reason == "phone")
        agent.not_reached = reason


def back(floor: Floor, agent: LiveAgent, now: datetime, *, phone_fails: bool = False) -> None:
    """Ready, or paused as before the attempt; a phone that could not be rung pauses its agent visibly."""
    reason = PauseReason.PHONE if phone_fails else agent.pause_next or agent.reason
    if reason is not None:
        floor.pause(agent, reason, now)
    else:
        floor.stand_ready(agent, now)


def seen(floor: Floor, dial: out.SeenDial, now: datetime) -> None:
    """A snapshot shows an attempt that goes on: known, or begun by a router before this one."""
    known = floor.calls.get(dial.call_id)
    before = floor.open_calls.pop(dial.call_id, None)
    agent = floor.roster.at(dial.endpoint)
    if known is None and before is CallState.DIALLING and agent is not None and agent.call_id in (None, dial.call_id):
        known = floor.admit(dial.call_id, "", f"out-{dial.call_id}", CallState.DIALLING, now)
        known.wish = floor.wish_of(dial.wish, dial.call_id, "", now)
        known.offer, known.apart = Offer(dial.offer_id, dial.call_id, agent.id, now), True
        if agent.state is not AgentState.CALLING:
            floor.roster.put(agent, AgentState.CALLING, now)
        agent.call_id, agent.offer_id = known.id, dial.offer_id
    if known is None or known.state is not CallState.DIALLING:
        if known is None:
            floor.out.append(EndLeg(dial.channel))
        return
    if known.agent_id is not None and dial.up:
        known.legs[known.agent_id] = dial.channel
    if known.outbound is not OutPhase.NOTICE:
        known.outbound = OutPhase.CITIZEN if dial.up else OutPhase.AGENT


def found(floor: Floor, live: LiveCall, one: e.SeenCall, before: CallState | None, now: datetime) -> None:
    """A snapshot shows the citizen's channel during the notice."""
    agent = floor.roster.at(one.endpoint or "")
    if live.state is CallState.IVR:
        if before is not CallState.DIALLING or agent is None or one.offer_id is None:
            floor.out.append(EndCall(one.call_id, one.channel))
            return
        live.state, live.since = CallState.DIALLING, now
        live.wish = floor.wish_of(one.wish, live.id, one.channel, now)
        live.offer, live.apart = Offer(one.offer_id, live.id, agent.id, now), True
        for leg in one.legs:
            live.legs[agent.id] = leg.channel
    if live.state is CallState.DIALLING:
        floor.comes_by(live, one.channel, one.uniqueid)
        live.outbound = OutPhase.NOTICE
        if live.ended_by is not None:  # given up a moment ago
            floor.out.append(EndCall(live.id, live.channel))


def unseen(floor: Floor, live: LiveCall, now: datetime) -> None:
    """A snapshot does not show it: it is over, unless it is too young to be there."""
    if now - live.since >= ON_THE_WAY:
        not_reached(floor, live, "lost", now)


def _dialling(
    floor: Floor, event: out.CitizenRings | out.CitizenAnswered | out.CitizenJoined | out.CitizenNotReached
) -> LiveCall | None:
    live = floor.calls.get(event.call_id)
    if live is not None and live.state is CallState.DIALLING and live.offer and live.offer.id == event.offer_id:
        return live
    floor.ignored["another attempt to call out"] += 1
    if isinstance(event, out.CitizenAnswered):  # somebody is on a line of whom nothing is known
        floor.out.append(TakeSnapshot())
    return None
