"""What an agent may ask about handing a call to a colleague: ring or speak first, join, complete, take back.

Facts go out first: they are the intent. An order that moves both agents is one order (a dual Redirect), so that neither
leg's end takes the other along; nothing is taken for done before Asterisk said so (`transfer_events.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.errors import Refused
from contact_centre.facts import Kind
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import requests as r
from queue_manager.commands import (
    BackToCaller,
    Consult,
    EndLeg,
    HandOver,
    JoinAll,
    SendToColleague,
    WithdrawOffer,
)
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent
from queue_manager.rules import GRACE_S
from queue_manager.transfer_state import Phase, Transfer
from queue_manager.transfers import own_call

NOT_NOW = ("wrong_state", "There is nobody to do that with just now.")


def to_agent(floor: Floor, agent: LiveAgent, request: r.TransferToAgent, now: datetime) -> tuple[str, str]:
    """Ring a ready colleague for this call, with the caller on the line or (speak first) with the agent.

    Raises:
        Refused: it is not this agent's call, the colleague is not ready, or the agent's own leg is not known.
    """
    call = own_call(floor, agent, request.call_id)
    colleague = floor.roster.get(request.to_agent_id)
    if colleague is None or colleague.id == agent.id or not colleague.available:
        raise Refused("not_ready", "That colleague is not ready just now.")
    leg = call.legs.get(agent.id)
    if request.speak_first and leg is None:
        raise Refused("wrong_state", "Your phone's line is not known just now; try again in a moment.")
    how = "warm" if request.speak_first else "cold"
    transfer = call.transfer = Transfer(floor.new_id(), "warm" if request.speak_first else "cold", agent.id,
                                        colleague.id, now)  # fmt: skip
    call.state, call.since = call_moves(call.state, CallState.TRANSFERRING), now
    floor.roster.move(colleague, AgentState.OFFERED, now)
    colleague.call_id, colleague.offer_id = call.id, transfer.id
    floor.record(
        Kind.TRANSFER_ASKED, now, call.id, agent.id, transfer_id=transfer.id, how=how, to_agent=colleague.id
    )  # fmt: skip
    ring_s, endpoint = floor.queue_of(call).ring_s, colleague.agent.extension
    if request.speak_first:
        assert leg is not None
        call.apart = True
        call.in_room.discard(leg)
        floor.out.append(Consult(call.id, call.channel, leg, transfer.id, endpoint, ring_s, floor.epoch))
    else:
        call.legs.pop(agent.id, None)
        floor.out.append(SendToColleague(call.id, call.channel, transfer.id, endpoint, ring_s, floor.epoch))
        if leg is not None:
            floor.out.append(EndLeg(leg))
    floor.wake_at(now + timedelta(seconds=ring_s + GRACE_S), ("transfer", call.id))
    return "", ""


def steer(floor: Floor, agent: LiveAgent, request: r.SteerTransfer) -> tuple[str, str]:
    """Join, complete or take back a transfer that goes on.

    Raises:
        Refused: it is not this agent's transfer, or not far enough.
    """
    call, transfer = asked_by(floor, agent, request.call_id)
    mine, theirs = call.legs.get(transfer.asked_by), call.legs.get(transfer.to)
    match request.to, transfer.phase:
        case "join", Phase.CONSULTING if mine and theirs:
            transfer.phase = Phase.JOINING
            floor.out.append(JoinAll(call.id, transfer.id, mine, theirs, floor.epoch))
        case "complete", Phase.CONSULTING if mine and theirs:
            transfer.phase = Phase.COMPLETING
            floor.out.append(HandOver(call.id, transfer.id, mine, theirs, floor.epoch))
        case "complete", Phase.JOINED if mine:
            floor.out.append(EndLeg(mine))
        case "return", Phase.RINGING | Phase.CONSULTING if mine and transfer.how == "warm":
            transfer.phase = Phase.RETURNING
            floor.out.append(BackToCaller(call.id, transfer.id, mine, floor.epoch))
        case "return", Phase.JOINED if theirs:
            transfer.phase = Phase.RETURNING
            floor.out.append(EndLeg(theirs))
        case _:
            raise Refused(*NOT_NOW)
    return "", ""


def leave(floor: Floor, call: LiveCall, colleague: LiveAgent) -> None:
    """The colleague who was asked goes: the caller stays with the agent who asked.

    Raises:
        Refused: on the way somewhere; in a moment it is clear where.
    """
    transfer = call.transfer
    assert transfer is not None
    leg = call.legs.get(colleague.id)
    if transfer.phase is Phase.RINGING:
        transfer.declined = True
        floor.out.append(WithdrawOffer(transfer.id, colleague.agent.extension))
    elif leg is not None and transfer.phase in (Phase.CONSULTING, Phase.JOINED):
        floor.out.append(EndLeg(leg))
    else:
        raise Refused(*NOT_NOW)


def asked_by(floor: Floor, agent: LiveAgent, call_id: str) -> tuple[LiveCall, Transfer]:
    """The transfer that this agent asked for.

    Raises:
        Refused: there is none.
    """
    call = floor.calls.get(call_id)
    if call is None or call.transfer is None or call.transfer.asked_by != agent.id or call.agent_id != agent.id:
        raise Refused(*NOT_NOW)
    return call, call.transfer
