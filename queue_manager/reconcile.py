"""What the journal remembers and what Asterisk holds, made one: at the start, after the link was lost, and on doubt.

Asterisk is right about calls, the journal about agents. A call that Asterisk does not hold has ended; one that waits
goes into the line with the time it has waited all along; one that is connected keeps its agent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.facts import Kind
from contact_centre.model import Offer
from contact_centre.states import AgentState, CallState
from queue_manager import callbacks, calls_out, safety_net, transfer_reconcile, unfinished, waiting_rules
from queue_manager import events as e
from queue_manager.call_events import give_up_agent
from queue_manager.commands import EndLeg
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.remembered import NOTHING
from queue_manager.roster import LiveAgent
from queue_manager.transfer_events import is_colleague

ON_THE_WAY = timedelta(seconds=2)
"""An offer younger than this may not have reached its channel yet."""

TALKING = (CallState.CONNECTED, CallState.HELD, CallState.REJOINING, CallState.TRANSFERRING)


def remember(floor: Floor, event: e.Remembered, now: datetime) -> None:
    """Put agents into the states they had; keep the open calls until Asterisk says what became of them."""
    floor.open_calls = dict(event.open_calls)
    floor.promised = dict(event.promised)
    floor.passed_over = dict(event.passed_over)
    floor.intents = dict(event.calls)
    floor.surveyed = dict(event.surveyed)
    for call_id in event.surveyed:
        if call_id not in floor.open_calls:
            floor.is_over(call_id)
    callbacks.remember(floor, event, now)
    for past in event.agents:
        agent = floor.roster.get(past.agent_id)
        if agent is None:
            continue
        agent.ready_since = past.ready_since
        floor.roster.put(agent, past.state, past.since)
        agent.reason, agent.missed = past.reason, past.missed
        agent.call_id, agent.offer_id = past.call_id, past.offer_id
        agent.wrap_up_until, agent.pause_next = past.wrap_up_until, past.pause_next
        agent.help_since = past.help_since
        if past.wrap_up_until is not None:
            floor.wake_at(past.wrap_up_until, ("wrap_up", agent.id))


def snapshot(floor: Floor, event: e.Snapshot, now: datetime) -> None:
    """Believe Asterisk."""
    floor.link_up = True
    if floor.was_lost:
        floor.was_lost = False
        floor.record(Kind.ASTERISK_FOUND, now)
    _phones(floor, event, now)
    for dial in event.dials:
        calls_out.seen(floor, dial, now)
    seen = {call.call_id for call in event.calls} | {dial.call_id for dial in event.dials}
    for call in [call for call in floor.calls.values() if call.id not in seen]:
        if call.state is CallState.CALLBACK:
            callbacks.not_seen(floor, call, now)
        elif call.state is CallState.DIALLING:
            calls_out.unseen(floor, call, now)
        else:
            floor.end(call, now, "system")
    for call_id, state in list(floor.open_calls.items()):
        if call_id not in seen and call_id not in floor.calls:
            if state in (CallState.WAITING, CallState.OFFERED):
                phase = "waiting" if state is CallState.WAITING else "ringing"
                floor.record(Kind.CALL_ABANDONED, now, call_id, fact_id=f"abandoned-{call_id}", phase=phase)
            if state is CallState.DIALLING:
                floor.record(Kind.CITIZEN_NOT_REACHED, now, call_id, fact_id=f"not-reached-{call_id}", reason="lost")
            floor.close(call_id, now, "system", 0)
    # who talks has the agent, not who rings
    for one in sorted(event.calls, key=lambda call: call.state not in TALKING):
        _call(floor, one, now)
    floor.intents.clear()  # of a call that Asterisk does not hold nothing is left to order
    for agent in list(floor.roster):
        _agent(floor, agent, now)
    floor.out += [EndLeg(leg) for leg in event.stray_legs]


def link_lost(floor: Floor, event: e.LinkLost, now: datetime) -> None:
    """Nothing is known from here on; nothing is offered until a snapshot says what is."""
    if floor.link_up:
        floor.record(Kind.ASTERISK_LOST, now)
        floor.was_lost = True
    floor.link_up = False


def _phones(floor: Floor, event: e.Snapshot, now: datetime) -> None:
    for endpoint in {*event.contacts, *floor.roster.endpoints_with_contacts()}:
        there, known = event.contacts.get(endpoint, frozenset()), floor.roster.contacts_of(endpoint)
        changes = [(contact, True) for contact in there - known] + [(contact, False) for contact in known - there]
        for contact, here in changes:
            floor.phone_changed(floor.roster.contact(endpoint, contact, here), now)


def _call(floor: Floor, seen: e.SeenCall, now: datetime) -> None:
    if floor.has_ended(seen.call_id):
        floor.ignored["snapshot of an ended call"] += 1
        unfinished.ended(floor, seen)
        return
    before = floor.open_calls.pop(seen.call_id, None)
    call = floor.calls.get(seen.call_id)
    if call is not None and call.state is CallState.CALLBACK and not callbacks.seen(floor, call, seen, now):
        return
    past = floor.intents.pop(seen.call_id, NOTHING)
    if call is not None and past != NOTHING and call.state is CallState.WAITING:
        floor.line.remove(call.id)  # heard of before this first snapshot, and not yet as it was meant to be
        call.state = CallState.IVR
    if call is None:
        call = floor.admit(seen.call_id, seen.channel, seen.uniqueid, CallState.IVR, now)
    if past != NOTHING and call.state is CallState.IVR:
        intended = unfinished.as_intended(floor, call, seen, past, now)
        if intended is None:
            return
        seen = intended
    call.channel = seen.channel
    call.callback_offered = call.callback_offered or seen.callback_offered
    if call.state is CallState.DIALLING and seen.state not in (CallState.DIALLING, CallState.IVR):
        floor.comes_by(call, seen.channel, seen.uniqueid)  # they met unheard, whatever came then
        calls_out.connect(floor, call, seen.wish, now)
    safety_net.found(floor, call, seen, now)
    match seen.state:
        case CallState.WAITING:
            _waits(floor, call, seen, before, now)
        case CallState.OFFERED:
            if call.state is CallState.OFFERED and call.offer is not None and call.offer.id == seen.offer_id:
                call.offer_started = True
            elif call.state in (CallState.IVR, CallState.WAITING):
                _adopt(floor, call, seen, before, now)
        case CallState.CONNECTED | CallState.REJOINING | CallState.TRANSFERRING:
            _talks(floor, call, seen, before, now)
            if call.agent_id is not None and seen.state is not CallState.REJOINING:
                transfer_reconcile.settle(floor, call, seen, now)
            unfinished.transfer_unheard(floor, call, past, now)
        case CallState.DIALLING:
            calls_out.found(floor, call, seen, before, now)
        case CallState.TURNED_AWAY if call.state in (CallState.IVR, CallState.WAITING):
            floor.line.remove(call.id)
            call.state = CallState.TURNED_AWAY
            call.wish = call.wish or floor.wish_of(seen.wish, call.id, seen.channel, now)
        case _:
            pass


def _waits(floor: Floor, call: LiveCall, seen: e.SeenCall, before: CallState | None, now: datetime) -> None:
    if before is CallState.TURNED_AWAY:  # the journal knew, the order was lost
        call.wish, call.state = floor.wish_of(seen.wish, call.id, seen.channel, now), CallState.TURNED_AWAY
    if call.state is CallState.TURNED_AWAY:
        waiting_rules.still_waiting(floor, call, seen.channel, now)
        return
    if call.state is CallState.IVR:
        _enter_line(floor, call, seen, before, now)
        if before in TALKING:  # it lost its agent while nobody listened
            floor.line.remove(call.id)
            call.state = CallState.CONNECTED
            floor.requeue(call, now)
    elif call.state is CallState.OFFERED and call.offer is not None:
        if now - call.offer.offered_at < ON_THE_WAY:
            return
        floor.offer_failed(call, "lost", now)
    elif call.state in TALKING:
        give_up_agent(floor, call, now)
    if seen.netted:
        safety_net.out_of_reach(floor, call)
    else:
        floor.confirm_waiting(call, seen.channel)


def _talks(floor: Floor, call: LiveCall, seen: e.SeenCall, before: CallState | None, now: datetime) -> None:
    if call.state is CallState.WAITING and not call.confirmed and not seen.netted and now - call.since < ON_THE_WAY:
        return  # on its way to another queue
    if call.state in (CallState.IVR, CallState.WAITING):
        _adopt(floor, call, seen, before, now)
        return
    if call.offer is None or call.offer.id != seen.offer_id:
        return
    if call.state is CallState.OFFERED:
        floor.connect(call, now)
    if call.state is not seen.state and seen.state is CallState.REJOINING:
        floor.end_transfer(call, "lost", now)
        call.state, call.since = CallState.REJOINING, now
        floor.record(Kind.AGENT_LOST, now, call.id, call.agent_id, offer_id=call.offer.id)
    elif call.state is CallState.REJOINING and seen.state is CallState.CONNECTED:
        call.state, call.since = CallState.CONNECTED, now
        floor.record(Kind.CALL_REJOINED, now, call.id, call.agent_id, offer_id=call.offer.id)


def _enter_line(floor: Floor, call: LiveCall, seen: e.SeenCall, before: CallState | None, now: datetime, *,
                stands: bool = True) -> None:  # fmt: skip
    wish = floor.wish_of(seen.wish, call.id, seen.channel, now)
    known = before not in (None, CallState.IVR)
    call.called_back = seen.wish.callback_id is not None
    floor.begin_waiting(call, wish, now, known=known, stands=stands)
    if not known:
        floor.tell_recording(call.id, seen.wish, now)


def _adopt(floor: Floor, call: LiveCall, seen: e.SeenCall, before: CallState | None, now: datetime) -> None:
    """A call that another router offered or connected: take it over as it stands."""
    agent = floor.roster.at(seen.endpoint or "")
    busy = agent is not None and agent.call_id not in (None, call.id) and floor.calls.get(agent.call_id) is not None
    nobodys = agent is None or busy or seen.offer_id is None
    if call.state is CallState.IVR:  # whoever talks does not wait: no wait of theirs may come to its end
        _enter_line(floor, call, seen, before, now, stands=nobodys and seen.state is CallState.OFFERED)
    if agent is None or busy or seen.offer_id is None:
        if seen.state is not CallState.OFFERED:  # somebody not on the roster talks with them: leave them in peace
            floor.line.remove(call.id)
            call.state = seen.state
        return  # an offer of nobody's comes back to `[waiting]` by itself
    floor.line.remove(call.id)
    call.offer = Offer(seen.offer_id, call.id, agent.id, now)
    call.offer_started = True
    call.state, call.since = seen.state, now
    if before is CallState.HELD and seen.state is CallState.CONNECTED:  # of a hold the journal alone knows
        call.state = CallState.HELD
    state = AgentState.OFFERED if seen.state is CallState.OFFERED else AgentState.ON_CALL
    if agent.state is not state or agent.call_id != call.id:
        floor.roster.put(agent, state, now)
    agent.call_id, agent.offer_id = call.id, seen.offer_id
    if state is AgentState.OFFERED:
        floor.wake_at(now + timedelta(seconds=floor.queue_of(call).ring_s), ("offer", call.id))
    elif before not in TALKING:
        floor.record(Kind.CALL_CONNECTED, now, call.id, agent.id, offer_id=seen.offer_id)
    elif seen.state is CallState.REJOINING and before in (CallState.CONNECTED, CallState.HELD):  # lost unheard
        floor.record(Kind.AGENT_LOST, now, call.id, agent.id, offer_id=seen.offer_id)


def _agent(floor: Floor, agent: LiveAgent, now: datetime) -> None:
    """An agent whose call is not there any more is freed from it."""
    if agent.state not in (AgentState.OFFERED, AgentState.CALLING, AgentState.ON_CALL):
        return
    call = floor.calls.get(agent.call_id or "")
    if call is not None and (call.agent_id == agent.id or is_colleague(call, agent)):
        return
    if agent.state is AgentState.OFFERED:
        floor.stand_ready(agent, now)
    elif agent.state is AgentState.CALLING:
        calls_out.back(floor, agent, now)
    elif agent.call_id is not None:
        floor.wrap_up(agent, agent.call_id, floor.rules.queues[floor.rules.default_queue], now)
