"""What each event about a call means in each state. An event that does not fit changes nothing and is counted."""

from __future__ import annotations

from datetime import datetime

from contact_centre.facts import Kind
from contact_centre.states import AgentState, CallState
from queue_manager import callbacks, calls_out, waiting_rules
from queue_manager import events as e
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.rules import PauseReason


def entered(floor: Floor, event: e.CallEntered, now: datetime) -> None:
    """A new call, in conversation with the machine."""
    if event.call_id in floor.calls or floor.has_ended(event.call_id):
        floor.ignored["call entered twice"] += 1
        return
    floor.admit(event.call_id, event.channel, event.uniqueid, CallState.IVR, now)


def failed(floor: Floor, event: e.CallFailed, now: datetime) -> None:
    """The conversation broke. Its server may not have lived to say so, so the journal hears it from here."""
    if floor.has_ended(event.call_id):
        floor.ignored["event of an ended call"] += 1
        return
    call = floor.calls.get(event.call_id)
    if call is None:
        call = floor.admit(event.call_id, event.channel, event.uniqueid, CallState.IVR, now)
    if call.state is not CallState.IVR or call.machine_failed:
        floor.ignored["conversation failed twice"] += 1
        return
    call.machine_failed = True
    floor.record(Kind.IVR_FAILED, now, event.call_id, fact_id=f"failed-{event.call_id}")


def waiting(floor: Floor, event: e.CallWaiting, now: datetime) -> None:
    """Heard from `[waiting]`: a new wish, the confirmation after an offer that failed, or the same as a slice ago."""
    if floor.has_ended(event.call_id):
        floor.ignored["event of an ended call"] += 1
        return
    call = floor.calls.get(event.call_id)
    if call is None:
        call = floor.admit(event.call_id, event.channel, event.uniqueid, CallState.IVR, now)
    if call.state is CallState.TURNED_AWAY:
        waiting_rules.still_waiting(floor, call, event.channel, now)
        return
    if call.state is CallState.CALLBACK and not callbacks.still_there(floor, call, event, now):
        return
    if call.state is CallState.IVR:
        call.called_back = event.wish.callback_id is not None
        floor.begin_waiting(call, floor.wish_of(event.wish, call.id, event.channel, now), now)
        floor.tell_recording(call.id, event.wish, now)
    elif call.state is not CallState.WAITING and call.offer is None:  # connected to somebody who is not on the roster
        floor.requeue(call, now)
    if call.state is not CallState.WAITING:
        # Said before our Redirect reached it, or an older event: the call's own next event tells what became of it.
        floor.ignored["waiting while offered or connected"] += 1
        return
    if not call.confirmed:
        floor.confirm_waiting(call, event.channel)
    floor.out += floor.positions.far(call)


def offer_started(floor: Floor, event: e.OfferStarted, now: datetime) -> None:
    """The Redirect arrived."""
    call = _offered(floor, event)
    if call is None:
        return
    if call.state is not CallState.OFFERED or call.offer_started:
        floor.ignored["offer started twice"] += 1
        return
    call.offer_started = True


def offer_answered(floor: Floor, event: e.OfferAnswered, now: datetime) -> None:
    """The agent's phone answered, for the first time or after it was lost."""
    call = _offered(floor, event)
    if call is None:
        return
    if call.state not in (CallState.OFFERED, CallState.REJOINING):
        floor.ignored["answered twice"] += 1
        return
    if call.agent_id is not None and event.channel:
        call.legs[call.agent_id] = event.channel
    if call.state is CallState.OFFERED:
        floor.connect(call, now)
    elif call.offer is not None:
        call.state, call.since = CallState.CONNECTED, now
        floor.record(Kind.CALL_REJOINED, now, call.id, call.agent_id, offer_id=call.offer.id)


def offer_failed(floor: Floor, event: e.OfferFailed | e.OfferRefused, now: datetime) -> None:
    """Nobody answered, or the Redirect was refused: the next agent, same place."""
    call = _offered(floor, event)
    if call is None:
        return
    if call.state is not CallState.OFFERED:
        floor.ignored["offer ended twice"] += 1
        return
    floor.offer_failed(call, event.reason if isinstance(event, e.OfferFailed) else "lost", now)


def agent_lost(floor: Floor, event: e.AgentLost, now: datetime) -> None:
    """The agent's leg is gone; the agent keeps the call, the caller hears music."""
    call = _offered(floor, event)
    if call is None:
        return
    if call.state not in (CallState.CONNECTED, CallState.HELD, CallState.TRANSFERRING):
        floor.ignored["lost while not connected"] += 1
        return
    if call.transfer is not None and call.transfer.how == "cold":
        floor.ignored["lost while handed on"] += 1  # the leg ended as the caller was sent to the colleague
        return
    floor.end_transfer(call, "lost", now)
    call.state, call.since = CallState.REJOINING, now
    floor.record(Kind.AGENT_LOST, now, call.id, call.agent_id, offer_id=event.offer_id)


def rejoin_failed(floor: Floor, event: e.RejoinFailed, now: datetime) -> None:
    """The agent did not come back: the caller to the head of the line, the agent visibly paused."""
    call = _offered(floor, event)
    if call is None:
        return
    if call.state is not CallState.REJOINING:
        floor.ignored["rejoin ended twice"] += 1
        return
    give_up_agent(floor, call, now)


def give_up_agent(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Part a call from an agent who is gone."""
    agent = floor.roster.get(call.agent_id)
    floor.requeue(call, now)
    if agent is not None and agent.call_id == call.id and agent.state is AgentState.ON_CALL:
        floor.pause(agent, PauseReason.LOST, now)


def caller_left(floor: Floor, event: e.CallerLeft, now: datetime) -> None:
    """The end of a call, whatever it was doing."""
    call = floor.find(event.call_id, event.uniqueid)
    if call is not None and call.state is CallState.CALLBACK:
        callbacks.channel_gone(floor, call, event.uniqueid, now)
    elif call is not None:
        if call.uniqueid != event.uniqueid:
            floor.ignored["another channel of a known call"] += 1
            return
        if call.state is CallState.DIALLING:
            calls_out.not_reached(floor, call, "left", now)
            return
        floor.end(call, now, "caller", event.cause)
    elif event.call_id in floor.open_calls and floor.link_up:  # the journal knows it; it was in no snapshot of ours
        floor.close(event.call_id, now, "caller", event.cause)
    else:
        floor.ignored["end of an ended or unknown call"] += 1


def held(floor: Floor, event: e.AgentHeld | e.AgentResumed, now: datetime) -> None:
    """The agent's phone put the caller on hold, or took the caller back."""
    agent = floor.roster.at(event.endpoint)
    call = floor.calls.get(agent.call_id or "") if agent is not None else None
    before, after, kind = CallState.CONNECTED, CallState.HELD, Kind.CALL_HELD
    if isinstance(event, e.AgentResumed):
        before, after, kind = CallState.HELD, CallState.CONNECTED, Kind.CALL_RESUMED
    if agent is None or call is None or call.state is not before or call.agent_id != agent.id:
        floor.ignored["hold without a call"] += 1
        return
    call.state, call.since = after, now
    floor.record(kind, now, call.id, agent.id)


def phone(floor: Floor, event: e.PhoneRegistered | e.PhoneUnregistered, now: datetime) -> None:
    """A phone came or went. An agent without one is not offered calls, and everybody sees it."""
    there = isinstance(event, e.PhoneRegistered)
    floor.phone_changed(floor.roster.contact(event.endpoint, event.contact, there), now)


def _offered(floor: Floor, event: e.OfferStarted | e.OfferAnswered | e.OfferFailed | e.OfferRefused | e.AgentLost
             | e.RejoinFailed) -> LiveCall | None:  # fmt: skip
    call = floor.calls.get(event.call_id)
    if call is None:
        floor.ignored["offer of an unknown call"] += 1
        return None
    if call.offer is None or call.offer.id != event.offer_id:
        floor.ignored["another offer"] += 1
        return None
    return call
