"""P. Asterisk's own queue, which catches callers while no router lives: its members, and what its calls mean here.

The router keeps the members as they should be for the moment in which it dies: one queue for each language, those who
have a phone and are ready unpaused, all others paused. A router that comes back leaves the calls in there alone,
because a Redirect out of `Queue()` would be written down as an abandoned call; it only knows whom they ring and with
whom they talk, so that nobody is rung twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contact_centre.channel_vars import NET_OFFER
from contact_centre.facts import Kind
from contact_centre.model import LANGUAGES, Offer, language_skill
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import calls_out, transfer_events
from queue_manager import events as e
from queue_manager.ami_outbound import Action
from queue_manager.call_events import give_up_agent
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent

QUEUES = {language: f"net-{language}" for language in LANGUAGES}
"""The queues of queues.conf by language; agencies are not told apart."""
FREE = (AgentState.READY, AgentState.WRAP_UP, AgentState.PAUSED)
"""The states of an agent whom a queue may have reached although it should not have."""


@dataclass(frozen=True, slots=True)
class Member:
    """How one agent stands in the queues."""

    queues: frozenset[str]
    paused: bool


def members(agents: Iterable[LiveAgent]) -> dict[str, Member]:
    """Who should be a member now, by endpoint: everybody signed in, by the languages that they speak."""
    found = {}
    for agent in agents:
        queues = frozenset(queue for language, queue in QUEUES.items() if language_skill(language) in agent.skills)
        if agent.state is not AgentState.SIGNED_OUT and queues:
            found[agent.agent.extension] = Member(queues, not agent.available)
    return found


def changes(known: Mapping[str, Member], wanted: Mapping[str, Member]) -> list[Action]:
    """The AMI actions that make the known members the wanted ones."""
    actions: list[Action] = []
    for endpoint in known.keys() | wanted.keys():
        before, after = known.get(endpoint), wanted.get(endpoint)
        if before == after:
            continue
        had, has = before.queues if before else frozenset(), after.queues if after else frozenset()
        actions += [_action("QueueRemove", endpoint, Queue=queue) for queue in sorted(had - has)]
        if after is not None:
            paused = "true" if after.paused else "false"
            for queue in sorted(has - had):
                actions.append(_action("QueueAdd", endpoint, Queue=queue, MemberName=endpoint, Paused=paused))
            if before is None or before.paused != after.paused:
                actions.append(_action("QueuePause", endpoint, Paused=paused))
    return actions


def unknown(agents: Iterable[LiveAgent]) -> dict[str, Member]:
    """The members that an Asterisk may have of whom nothing is known: everybody, in every queue."""
    everywhere = frozenset(QUEUES.values())
    return {
        agent.agent.extension: Member(everywhere, paused=True)
        for agent in agents
        if agent.state is AgentState.SIGNED_OUT
    }


def _action(name: str, endpoint: str, **more: str) -> Action:
    return {"Action": name, "Interface": f"PJSIP/{endpoint}", **more}


# ---- what is heard of its calls


def netted(floor: Floor, event: e.CallNetted, now: datetime) -> None:
    """Out of reach until it is heard from `[waiting]` again."""
    if floor.has_ended(event.call_id):
        floor.ignored["event of an ended call"] += 1
        return
    call = floor.calls.get(event.call_id)
    if call is None:
        call = floor.admit(event.call_id, event.channel, event.uniqueid, CallState.IVR, now)
    if call.netted or call.state not in (CallState.IVR, CallState.WAITING):
        floor.ignored["in the safety net twice"] += 1
        return
    if call.state is CallState.IVR:
        floor.begin_waiting(call, floor.wish_of(event.wish, call.id, event.channel, now), now)
    out_of_reach(floor, call)


def out_of_reach(floor: Floor, call: LiveCall) -> None:
    """It keeps its place in line, and is offered to nobody."""
    call.confirmed, call.netted = False, True
    if call.id in floor.line:
        floor.line.add(call)


def rings(floor: Floor, event: e.NetRings, now: datetime) -> None:
    """That agent is busy with that call."""
    call, agent = floor.calls.get(event.call_id), floor.roster.at(event.endpoint)
    if call is None or agent is None or call.state is not CallState.WAITING or agent.state is not AgentState.READY:
        floor.ignored["rung by the safety net while busy"] += 1
        return
    _pair(floor, call, agent, event.offer_id, AgentState.OFFERED, now)
    assert call.wish is not None
    floor.record(
        Kind.CALL_OFFERED, now, call.id, agent.id, offer_id=event.offer_id, queue=call.wish.queue,
        eligible=[agent.id], decided_by="safety_net",
    )  # fmt: skip


def answered(floor: Floor, event: e.NetAnswered, now: datetime) -> None:
    """They talk."""
    call, agent = floor.calls.get(event.call_id), floor.roster.at(event.endpoint)
    if call is None:
        floor.ignored["offer of an unknown call"] += 1
        return
    if call.state is CallState.OFFERED and call.offer is not None and call.offer.id == event.offer_id:
        floor.connect(call, now)
    elif call.state is CallState.WAITING and agent is not None and agent.state in FREE:
        _pair(floor, call, agent, event.offer_id, AgentState.ON_CALL, now)
        floor.record(Kind.CALL_CONNECTED, now, call.id, agent.id, offer_id=event.offer_id)
    else:
        floor.ignored["answered to the safety net while busy"] += 1
        return
    if agent is not None:
        call.legs[agent.id] = event.leg


def leg_ended(floor: Floor, event: e.LegEnded, now: datetime) -> None:
    """An agent whom the queue rang did not answer: it rings another. Any other leg is a matter of transfers."""
    call, agent = floor.calls.get(event.call_id), floor.roster.at(event.endpoint)
    if call is None:
        if not floor.has_ended(event.call_id):  # of one that is over, legs may end a moment later
            floor.ignored["leg of an unknown call"] += 1
        return
    if event.channel in call.legs_gone:
        floor.ignored["leg ended twice"] += 1
        return
    call.legs_gone.add(event.channel)
    if call.state is CallState.DIALLING:
        calls_out.leg_ended(floor, event, now)
        return
    if agent is None:
        floor.ignored["leg of an unknown agent"] += 1
        return
    ringing = call.offer if call.state is CallState.OFFERED else None
    if ringing is None or not ringing.id.startswith(NET_OFFER):
        transfer_events.leg_ended(floor, event, now)
    elif ringing.agent_id == agent.id:
        floor.offer_failed(call, "no_answer", now)


def served(floor: Floor, event: e.NetServed, now: datetime) -> None:
    """Take in what happened unheard; only what the journal does not have yet is written."""
    for call_id in event.connected:
        floor.open_calls[call_id] = CallState.CONNECTED
    for call_id in event.ended:
        call = floor.calls.get(call_id)
        if call is None:
            floor.close(call_id, now, "caller", 0)
            continue
        floor.line.remove(call_id)
        if call.state is CallState.WAITING:
            call.state = CallState.CONNECTED  # how it ended is in the journal: it is not abandoned now
        floor.end(call, now, "caller")
    for agent_id in event.agents:
        agent = floor.roster.get(agent_id)
        if agent is not None and agent.state is AgentState.READY:
            floor.record(Kind.AGENT_READY, now, agent_id=agent_id)


def found(floor: Floor, call: LiveCall, seen: e.SeenCall, now: datetime) -> None:
    """A snapshot found it in the net: out of reach, and parted from whomever the router thought it was with."""
    if not seen.netted:
        return
    if call.offer is not None and call.offer.id != seen.offer_id:
        if call.state is CallState.OFFERED:
            floor.offer_failed(call, "lost", now)
        elif call.state in (CallState.CONNECTED, CallState.HELD, CallState.REJOINING):
            give_up_agent(floor, call, now)
    if call.state is CallState.WAITING:
        out_of_reach(floor, call)


def _pair(floor: Floor, call: LiveCall, agent: LiveAgent, offer_id: str, to: AgentState, now: datetime) -> None:
    floor.line.remove(call.id)
    call.state = call_moves(call.state, CallState.OFFERED)
    if to is AgentState.ON_CALL:
        call.state = CallState.CONNECTED
    call.since, call.confirmed, call.offer_started, call.netted = now, False, True, True
    call.offer = Offer(offer_id, call.id, agent.id, now)
    floor.roster.put(agent, to, now)
    agent.call_id, agent.offer_id = call.id, offer_id
