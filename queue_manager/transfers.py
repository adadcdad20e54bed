"""Giving a call to somebody else. To a queue: back in line with another wish, before those who had nobody yet.

The fact goes out first: it is the intent. The caller's own channel is moved, never the agent's alone, and a call that
was not heard of from its new place in time is looked for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contact_centre.errors import Refused
from contact_centre.facts import Kind
from contact_centre.model import agency_skill, language_skill
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import requests as r
from queue_manager.commands import EndLeg, SendToQueue, TakeSnapshot
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent
from queue_manager.rules import NOT_BACK_S, TRANSFERRED
from queue_manager.transfer_state import SILENT_S, Phase

TALKING = (CallState.CONNECTED, CallState.HELD)


def to_queue(floor: Floor, agent: LiveAgent, request: r.TransferToQueue, now: datetime) -> tuple[str, str]:
    """Send the caller to another queue; the agent wraps up while they wait.

    Raises:
        Refused: it is not this agent's call, or there is no such queue.
    """
    call = own_call(floor, agent, request.call_id)
    if request.queue not in floor.rules.queues:
        raise Refused("unknown_queue", "There is no such queue.")
    if not floor.rules.routing_of(request.queue).hours.open_at(now):
        raise Refused("queue_closed", "Nobody is there just now: that queue is closed.")
    assert call.wish is not None
    before = floor.queue_of(call)
    skills = {language_skill(call.wish.language)} | ({agency_skill(request.agency)} if request.agency else set())
    wish = call.wish = replace(
        call.wish,
        queue=request.queue,
        agency=request.agency,
        skills=frozenset(skills),
        waiting_since=now,
        priority=max(call.wish.priority, TRANSFERRED),
        preferred_agent=None,
    )
    call.state, call.since = call_moves(call.state, CallState.WAITING), now
    call.offer, call.offer_started, call.raised = None, False, 0
    leg = call.legs.pop(agent.id, None)
    until = call.passed_over[agent.id] = now + timedelta(seconds=NOT_BACK_S)
    floor.wake_at(until, ("again", agent.id))
    about: dict[str, Any] = {"queue": request.queue} | ({"agency": request.agency} if request.agency else {})
    floor.record(
        Kind.TRANSFER_ASKED, now, call.id, agent.id, transfer_id=floor.new_id(), how="cold", **about
    )  # fmt: skip
    floor.record(Kind.CALL_REQUEUED, now, call.id, **about)
    floor.out.append(
        SendToQueue(
            call.id, call.channel, wish.queue, wish.agency, wish.skills, wish.priority, wish.waiting_since, floor.epoch
        )
    )
    if leg is not None:  # in a conference it would stay
        floor.out.append(EndLeg(leg))
    floor.stand_in_line(call, now)
    floor.wake_at(now + timedelta(seconds=SILENT_S), ("transfer", call.id))
    floor.wrap_up(agent, call.id, before, now)
    return "", ""


def own_call(floor: Floor, agent: LiveAgent, call_id: str) -> LiveCall:
    """The call that this agent talks with.

    Raises:
        Refused: there is none, or it is another, or it is on its way somewhere.
    """
    call = floor.calls.get(call_id)
    if call is None or call.agent_id != agent.id or agent.state is not AgentState.ON_CALL:
        raise Refused("wrong_state", "That call is not with you.")
    if call.state not in TALKING or call.transfer is not None:
        raise Refused("wrong_state", "The citizen is not on the line with you just now.")
    return call


def look_again(floor: Floor, call_id: str) -> None:
    """Ask Asterisk about a call that was moved and not heard of since."""
    call = floor.calls.get(call_id)
    if call is None or not floor.link_up:
        return
    ringing = call.transfer is not None and call.transfer.phase is Phase.RINGING
    silent = call.state is CallState.DIALLING or (call.state is CallState.TRANSFERRING and call.transfer is None)
    if ringing or silent or (call.state is CallState.WAITING and not call.confirmed):
        floor.out.append(TakeSnapshot())
