"""What Asterisk's own lists say of a transfer, made true here: after a restart, a lost link, or a silence.

The legs tell the truth: who is in the caller's conference has the caller. A caller who is alone there, with nobody on
the way, is brought back to the agent whose call it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager.commands import BringBack, EndLeg
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.transfer_events import all_three, hand_over, over, picked_up
from queue_manager.transfer_state import Phase, Transfer

ON_THE_WAY = timedelta(seconds=2)
"""An order younger than this may not have reached its channels yet."""


def settle(floor: Floor, call: LiveCall, seen: e.SeenCall, now: datetime) -> None:
    """Bring a connected or transferring call to what its legs say. The call has its agent already."""
    legs = {agent.id: leg for leg in seen.legs if (agent := floor.roster.at(leg.endpoint)) is not None}
    call.apart = call.apart or seen.in_conference
    call.legs = {agent_id: leg.channel for agent_id, leg in legs.items() if leg.up}
    call.in_room = {leg.channel for leg in legs.values() if leg.up and leg.place == "conference"}
    inside = {agent_id for agent_id, leg in legs.items() if leg.up and leg.place == "conference"}
    if call.transfer is None:
        call.transfer = _found(floor, call, seen, legs, now)
    transfer = call.transfer
    if transfer is not None:
        transfer.inside = inside & {transfer.asked_by, transfer.to}
        _follow(floor, call, transfer, legs, now)
    undone = seen.state is CallState.CONNECTED and not seen.in_conference and call.transfer is None
    if call.state is CallState.TRANSFERRING and (inside or undone):
        call.state, call.since = CallState.CONNECTED, now
    alone = seen.in_conference and not inside and not any(leg.place == "consulting" for leg in seen.legs)
    if alone and call.transfer is None and now - call.since >= ON_THE_WAY:
        floor.out.append(BringBack(call.id, call.channel, floor.epoch))
    for agent_id in inside - {call.agent_id, call.transfer.to if call.transfer else None}:
        floor.out.append(EndLeg(legs[agent_id].channel))


def _found(
    floor: Floor, call: LiveCall, seen: e.SeenCall, legs: dict[int, e.SeenLeg], now: datetime
) -> Transfer | None:
    """A transfer that another router began: its colleague rings, speaks, or is in the conference."""
    colleague = floor.roster.at(seen.transfer_to or "")
    if colleague is None or seen.transfer_id is None or colleague.id not in legs or call.agent_id is None:
        return None
    busy = colleague.call_id not in (None, call.id) and floor.calls.get(colleague.call_id or "") is not None
    if colleague.id == call.agent_id or busy:
        return None
    transfer = Transfer(seen.transfer_id, "warm" if seen.in_conference else "cold", call.agent_id, colleague.id, now)
    floor.roster.put(colleague, AgentState.OFFERED, now)
    colleague.call_id, colleague.offer_id = call.id, transfer.id
    return transfer


def _follow(floor: Floor, call: LiveCall, transfer: Transfer, legs: dict[int, e.SeenLeg], now: datetime) -> None:
    theirs = legs.get(transfer.to)
    if theirs is None:
        if now - transfer.since >= ON_THE_WAY:
            over(floor, call, "lost", now)
        return
    if theirs.up and transfer.phase is Phase.RINGING:
        picked_up(floor, call, transfer, theirs.channel, now)
    if transfer.how == "cold":
        return
    if transfer.inside == {transfer.asked_by, transfer.to}:
        all_three(floor, call, transfer, now)
    elif transfer.to in transfer.inside and transfer.asked_by not in legs:
        hand_over(floor, call, transfer, now)
