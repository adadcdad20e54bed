"""What Asterisk tells of a transfer, and what follows. Whatever fails, the caller is with one of the two agents, or
comes back to the one who asked by the dialplan's own next step; the router only follows, and mends what it finds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.facts import Kind
from contact_centre.model import Offer
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import events as e
from queue_manager.commands import BringBack, EndLeg, NameAgent, TakeSnapshot
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent
from queue_manager.transfer_state import SILENT_S, Phase, Transfer


def answered(floor: Floor, event: e.TransferAnswered, now: datetime) -> None:
    """The colleague picked up: cold, the call is theirs; warm, the agents speak."""
    call, transfer = _of(floor, event.call_id, event.transfer_id)
    if call is None or transfer is None or transfer.phase not in (Phase.RINGING, Phase.RETURNING):
        floor.ignored["another transfer"] += 1
        if event.call_id in floor.calls:  # somebody talks with this caller, and not as was thought
            floor.out.append(TakeSnapshot())
        return
    picked_up(floor, call, transfer, event.channel, now)


def picked_up(floor: Floor, call: LiveCall, transfer: Transfer, channel: str, now: datetime) -> None:
    """As `answered`, however it was found out."""
    colleague = floor.roster.get(transfer.to)
    if colleague is not None and colleague.state is AgentState.OFFERED:
        floor.roster.move(colleague, AgentState.ON_CALL, now)
        colleague.missed = 0
    call.legs[transfer.to] = channel
    _tell(floor, Kind.TRANSFER_ANSWERED, call, transfer, transfer.to, now)
    if transfer.how == "cold":
        hand_over(floor, call, transfer, now)
    elif transfer.phase is Phase.RINGING:
        transfer.phase = Phase.CONSULTING


def failed(floor: Floor, event: e.TransferFailed | e.ConsultEnded | e.TransferRefused, now: datetime) -> None:
    """The colleague did not pick up, or went: the caller is on the way back to the agent who asked."""
    call, transfer = _of(floor, event.call_id, event.transfer_id)
    if call is None or transfer is None:
        floor.ignored["another transfer"] += 1
        return
    if isinstance(event, e.TransferRefused):
        _refused(floor, call, transfer, now)
        return
    over(floor, call, event.reason if isinstance(event, e.TransferFailed) else "lost", now)


def _refused(floor: Floor, call: LiveCall, transfer: Transfer, now: datetime) -> None:
    """Asterisk did not do it: everybody is where they were."""
    if transfer.phase in (Phase.JOINING, Phase.COMPLETING, Phase.RETURNING) and transfer.to in call.legs:
        transfer.phase = Phase.CONSULTING
        return
    if transfer.phase in (Phase.CONSULTING, Phase.JOINED):
        floor.ignored["another transfer"] += 1
        return
    over(floor, call, "lost", now)
    if call.state is CallState.TRANSFERRING:
        call.state, call.since = CallState.CONNECTED, now


def joined(floor: Floor, event: e.ConferenceJoined, now: datetime) -> None:
    """An agent is with the caller."""
    call, agent = floor.calls.get(event.call_id), floor.roster.at(event.endpoint)
    if call is None or agent is None:
        floor.ignored["conference of an unknown call"] += 1
        return
    if event.channel in call.in_room or event.channel in call.legs_gone:
        floor.ignored["in the conference twice"] += 1
        return
    call.in_room.add(event.channel)
    call.legs[agent.id] = event.channel
    transfer = call.transfer
    if transfer is None or agent.id not in (transfer.asked_by, transfer.to):
        if agent.id == call.agent_id:
            _hears_the_caller(call, now)
        else:  # of a transfer that came to nothing meanwhile
            floor.out.append(EndLeg(event.channel))
        return
    transfer.inside.add(agent.id)
    _hears_the_caller(call, now)
    if transfer.phase is Phase.COMPLETING and agent.id == transfer.to:
        hand_over(floor, call, transfer, now)
    elif transfer.inside == {transfer.asked_by, transfer.to}:
        all_three(floor, call, transfer, now)
    elif agent.id == transfer.to and transfer.asked_by not in call.legs:
        hand_over(floor, call, transfer, now)
    elif agent.id == transfer.asked_by and transfer.phase is Phase.RETURNING:
        over(floor, call, "returned", now)


def all_three(floor: Floor, call: LiveCall, transfer: Transfer, now: datetime) -> None:
    """They hear each other."""
    if transfer.phase is not Phase.JOINED:
        transfer.phase = Phase.JOINED
        _tell(floor, Kind.TRANSFER_JOINED, call, transfer, transfer.asked_by, now)


def _hears_the_caller(call: LiveCall, now: datetime) -> None:
    if call.state is CallState.TRANSFERRING:
        call.state, call.since = call_moves(call.state, CallState.CONNECTED), now


def leg_ended(floor: Floor, event: e.LegEnded, now: datetime) -> None:
    """An agent's leg is gone. Outside a transfer the caller's own channel tells what follows."""
    call, agent = floor.calls.get(event.call_id), floor.roster.at(event.endpoint)
    if call is None or agent is None or call.legs.get(agent.id) != event.channel:
        return  # a leg that was not answered, or was left on purpose
    del call.legs[agent.id]
    call.in_room.discard(event.channel)
    transfer = call.transfer
    if transfer is None:
        return
    transfer.inside.discard(agent.id)
    if transfer.phase is Phase.COMPLETING:
        if not call.legs:  # the colleague fell away between the two moves
            over(floor, call, "lost", now)
            floor.out.append(BringBack(call.id, call.channel, floor.epoch))
    elif agent.id == transfer.to:
        over(floor, call, "returned" if transfer.phase is Phase.RETURNING else "lost", now)
    elif transfer.to in transfer.inside:
        hand_over(floor, call, transfer, now)
    elif transfer.phase is not Phase.JOINING:  # the caller is sent to [rejoin] by the leg's last act
        over(floor, call, "lost", now)
        floor.wake_at(now + timedelta(seconds=SILENT_S), ("transfer", call.id))


def hand_over(floor: Floor, call: LiveCall, transfer: Transfer, now: datetime) -> None:
    """The call is the colleague's; who asked goes on to wrap-up."""
    before, after = floor.roster.get(transfer.asked_by), floor.roster.get(transfer.to)
    call.transfer = None
    call.offer = Offer(transfer.id, call.id, transfer.to, now)
    call.state, call.since = CallState.CONNECTED, now
    _tell(floor, Kind.TRANSFER_COMPLETED, call, transfer, transfer.to, now, from_agent=transfer.asked_by)
    if after is not None:
        if transfer.how == "warm":  # a cold one says so in the dialplan
            floor.out.append(NameAgent(call.id, call.channel, transfer.id, after.agent.extension))
        after.offer_id = transfer.id
    if before is not None and before.call_id == call.id and before.state is AgentState.ON_CALL:
        floor.wrap_up(before, call.id, floor.queue_of(call), now)


def _tell(
    floor: Floor, kind: Kind, call: LiveCall, transfer: Transfer, agent_id: int, now: datetime, **more: int
) -> None:
    """Once for each transfer, whichever router says so."""
    fact_id = f"{kind}-{transfer.id}"
    floor.record(kind, now, call.id, agent_id, fact_id=fact_id, transfer_id=transfer.id, **more)


def over(floor: Floor, call: LiveCall, reason: e.TransferEnd, now: datetime) -> None:
    """The transfer came to nothing; the colleague is free, or visibly paused, and the call stays whose it was."""
    floor.end_transfer(call, reason, now)
    if call.state is CallState.HELD:  # by who asked, while all three spoke: to readers a transfer's end ends a hold
        floor.record(Kind.CALL_HELD, now, call.id, call.agent_id)


def _of(floor: Floor, call_id: str, transfer_id: str) -> tuple[LiveCall | None, Transfer | None]:
    call = floor.calls.get(call_id)
    transfer = call.transfer if call is not None else None
    return (call, transfer) if transfer is not None and transfer.id == transfer_id else (None, None)


def is_colleague(call: LiveCall, agent: LiveAgent) -> bool:
    """Whether this agent is the one who is asked to take the call."""
    return call.transfer is not None and call.transfer.to == agent.id
