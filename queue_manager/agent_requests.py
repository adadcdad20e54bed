"""What each request of a console does in each state of the agent; refusals are sentences for people."""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.errors import Refused
from contact_centre.facts import Kind
from contact_centre.states import AgentState, CallState
from queue_manager import calls_out, surveys, transfer_requests, transfers
from queue_manager import requests as r
from queue_manager.commands import EndCall, WithdrawOffer
from queue_manager.floor import Floor
from queue_manager.roster import LiveAgent
from queue_manager.rules import EXTENSION_REASONS, PauseReason
from queue_manager.transfer_events import is_colleague

BUSY = (AgentState.OFFERED, AgentState.CALLING, AgentState.ON_CALL)


def perform(floor: Floor, request: r.Request, now: datetime) -> tuple[str, str]:
    """Do it; give a code and a sentence, both empty when there is nothing to add.

    Raises:
        Refused: nothing was changed.
    """
    agent = floor.roster.get(request.agent_id)
    if agent is None:
        raise Refused("unknown_agent", "There is no such agent.")
    if isinstance(request, r.SignIn):
        return _sign_in(floor, agent, now)
    if agent.state is AgentState.SIGNED_OUT:
        raise Refused("wrong_state", "Sign in first.")
    match request:
        case r.SignOut():
            return _sign_out(floor, agent, now)
        case r.SetReady():
            return _ready(floor, agent, now)
        case r.Pause():
            return _pause(floor, agent, request.reason, now)
        case r.EndCall():
            return _end_call(floor, agent, request.call_id, now)
        case r.Decline():
            return _decline(floor, agent, request.offer_id)
        case r.ExtendWrapUp():
            return _extend(floor, agent, request, now)
        case r.FinishWrapUp():
            if agent.state is not AgentState.WRAP_UP:
                raise Refused("wrong_state", "There is no wrap-up to finish.")
            floor.stand_ready(agent, now)
            return "", ""
        case r.TransferToQueue():
            return transfers.to_queue(floor, agent, request, now)
        case r.TransferToAgent():
            return transfer_requests.to_agent(floor, agent, request, now)
        case r.SteerTransfer():
            return transfer_requests.steer(floor, agent, request)
        case r.CallCitizen():
            return calls_out.call(floor, agent, request, now)
        case r.AskForHelp():
            return _ask_for_help(floor, agent, now)
        case r.EndHelp():
            return _end_help(floor, agent, request.account_id, now)


def _sign_in(floor: Floor, agent: LiveAgent, now: datetime) -> tuple[str, str]:
    if agent.state is not AgentState.SIGNED_OUT:
        return "took_over", "You were signed in elsewhere; that page was told."
    floor.record(Kind.AGENT_SIGNED_IN, now, agent_id=agent.id)
    floor.pause(agent, PauseReason.SIGNED_IN, now)
    return "", ""


def _sign_out(floor: Floor, agent: LiveAgent, now: datetime) -> tuple[str, str]:
    if agent.state in BUSY:
        raise Refused("wrong_state", "Finish the call first, then sign out.")
    floor.roster.move(agent, AgentState.SIGNED_OUT, now)
    floor.record(Kind.AGENT_SIGNED_OUT, now, agent_id=agent.id)
    return "", ""


def _ready(floor: Floor, agent: LiveAgent, now: datetime) -> tuple[str, str]:
    if agent.pause_next is not None and agent.state in BUSY:
        floor.record(Kind.PAUSE_ASKED, now, agent_id=agent.id)
    agent.pause_next = None
    if agent.state in (AgentState.PAUSED, AgentState.WRAP_UP):
        agent.missed = 0
        floor.stand_ready(agent, now)
    return "", ""


def _pause(floor: Floor, agent: LiveAgent, reason: str, now: datetime) -> tuple[str, str]:
    if reason not in floor.rules.pause_reasons:
        raise Refused("unknown_reason", "That is not one of the reasons for a pause.")
    if agent.state in (*BUSY, AgentState.WRAP_UP):
        agent.pause_next = reason
        floor.record(Kind.PAUSE_ASKED, now, agent_id=agent.id, reason=reason)
        return "after_call", "The pause begins when the call is finished."
    floor.pause(agent, reason, now)
    return "", ""


def _end_call(floor: Floor, agent: LiveAgent, call_id: str, now: datetime) -> tuple[str, str]:
    if agent.state is AgentState.CALLING:
        return calls_out.give_up(floor, agent, call_id)
    call = floor.calls.get(call_id)
    if call is None or agent.call_id != call_id or agent.state is not AgentState.ON_CALL:
        raise Refused("wrong_state", "That call is not with you.")
    if is_colleague(call, agent):  # only asked: the caller stays with the agent who asked
        transfer_requests.leave(floor, call, agent)
        return "", ""
    call.ended_by = "agent"
    if surveys.wanted(floor, call):
        surveys.ask(floor, call, agent, now)
    else:
        floor.out.append(EndCall(call.id, call.channel))
    return "", ""


def _decline(floor: Floor, agent: LiveAgent, offer_id: str) -> tuple[str, str]:
    call = floor.calls.get(agent.call_id or "")
    if call is not None and call.transfer is not None and call.transfer.id == offer_id and is_colleague(call, agent):
        transfer_requests.leave(floor, call, agent)
        return "", ""
    if call is None or call.state is not CallState.OFFERED or call.offer is None or call.offer.id != offer_id:
        raise Refused("wrong_state", "That call is not ringing any more.")
    call.declined = True
    floor.out.append(WithdrawOffer(offer_id, agent.agent.extension))
    return "", ""


def _extend(floor: Floor, agent: LiveAgent, request: r.ExtendWrapUp, now: datetime) -> tuple[str, str]:
    if agent.state is not AgentState.WRAP_UP or agent.wrap_up_until is None:
        raise Refused("wrong_state", "There is no wrap-up to extend.")
    latest = agent.since + timedelta(seconds=floor.rules.wrap_up_limit_s)
    if request.reason not in EXTENSION_REASONS:
        raise Refused("unknown_reason", "That is not one of the reasons for more time.")
    if request.seconds <= 0 or agent.wrap_up_until >= latest:
        raise Refused("limit", "The wrap-up cannot be extended any further; a pause can follow it.")
    until = agent.wrap_up_until = min(agent.wrap_up_until + timedelta(seconds=request.seconds), latest)
    floor.record(
        Kind.WRAP_UP_EXTENDED, now, agent.call_id, agent.id, until=until.isoformat(),
        reason=request.reason,
    )  # fmt: skip
    floor.wake_at(until, ("wrap_up", agent.id))
    return "", ""


def _ask_for_help(floor: Floor, agent: LiveAgent, now: datetime) -> tuple[str, str]:
    if agent.state not in (AgentState.ON_CALL, AgentState.WRAP_UP):
        raise Refused("wrong_state", "There is no call to be helped with.")
    if agent.help_since is None:
        agent.help_since = now
        floor.record(Kind.HELP_ASKED, now, agent.call_id, agent.id)
    return "", ""


def _end_help(floor: Floor, agent: LiveAgent, account_id: int, now: datetime) -> tuple[str, str]:
    if agent.help_since is not None:
        agent.help_since = None
        floor.record(Kind.HELP_ENDED, now, agent.call_id, agent.id, account_id=account_id)
    return "", ""
