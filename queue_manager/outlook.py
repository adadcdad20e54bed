"""The floor as an expected wait is made of it, and what a forecast means for the calls in line."""

from __future__ import annotations

import math
from datetime import datetime

from contact_centre.facts import Kind
from contact_centre.model import language_skill
from contact_centre.states import AgentState, CallState
from queue_manager import callbacks
from queue_manager import events as e
from queue_manager.commands import AnnounceWait
from queue_manager.expected_wait import LONGEST_LINE, AtWork, InLine, Outlook, Stage
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.promises import next_promise
from queue_manager.roster import LiveAgent
from queue_manager.steps import Need


def outlook(floor: Floor, now: datetime) -> Outlook:
    """The line in its order and everybody who is signed in with a phone; nothing while Asterisk does not answer."""
    if not floor.link_up or not len(floor.line):
        return Outlook((), ())
    calls = sorted(floor.line, key=lambda call: call.key)[:LONGEST_LINE]
    line = tuple(in_line(floor, call, now) for call in calls)
    return Outlook(line, tuple(at_work(floor, agent, now) for agent in floor.roster if is_here(agent)))


def in_line(floor: Floor, call: LiveCall, now: datetime) -> InLine:
    """One call, with what its queue's rules will make of it if it waits on."""
    assert call.wish is not None
    waited_s = (now - call.wish.waiting_since).total_seconds()
    routing = floor.rules.routing_of(call.wish.queue)
    stages = [Stage(0.0, call.need)]
    stages += [Stage(max(0.0, rung.after_s - waited_s), rung.need) for rung in call.rungs[call.rung + 1 :]]
    away = call.state is CallState.CALLBACK
    if routing.overflow is not None and not away:
        least = Need(frozenset({(language_skill(call.wish.language), 1)}), call.wish.skills)
        stages.append(Stage(max(0.0, routing.overflow.after_s - waited_s), least))
    limit_s = math.inf if routing.longest_wait_s is None or away else max(0.0, routing.longest_wait_s - waited_s)
    return InLine(call.id, call.wish.queue, tuple(stages), limit_s)


def is_here(agent: LiveAgent) -> bool:
    """Whether the agent can be counted on, now or after what is being done."""
    return agent.state is not AgentState.SIGNED_OUT and bool(agent.contacts)


def at_work(floor: Floor, agent: LiveAgent, now: datetime) -> AtWork:
    """One agent, as seen now."""
    call = floor.calls.get(agent.call_id or "")
    queue = call.wish.queue if call is not None and call.wish is not None else ""
    for_s = (now - agent.since).total_seconds()
    left_s = (agent.wrap_up_until - now).total_seconds() if agent.wrap_up_until is not None else float("inf")
    match agent.state:
        case AgentState.READY:
            return AtWork(agent.skills, "ready")
        case AgentState.OFFERED:
            return AtWork(agent.skills, "offered", queue, for_s, pauses_next=agent.pause_next is not None)
        case AgentState.CALLING | AgentState.ON_CALL:
            return AtWork(agent.skills, "on_call", queue, for_s, pauses_next=agent.pause_next is not None)
        case AgentState.WRAP_UP:
            pauses = agent.pause_next is not None
            return AtWork(agent.skills, "wrap_up", queue, for_s, max(0.0, left_s), pauses)
        case _:
            return AtWork(agent.skills, "paused", for_s=for_s)


def promise(floor: Floor, event: e.WaitsForecast, now: datetime) -> None:
    """Tell those in line what is worth telling; who was reached by an agent meanwhile is told nothing."""
    for call in floor.line:
        told = next_promise(call.promised, event.ranges.get(call.id), now) if call.confirmed else None
        if told is None:
            continue
        call.promised = told
        low_min, high_min = told.spoken.low_min, told.spoken.high_min
        high_s = round(told.range.high_s, 1) if math.isfinite(told.range.high_s) else None
        floor.record(
            Kind.WAIT_PROMISED, now, call.id, low_s=round(told.range.low_s, 1), high_s=high_s,
            low_min=low_min, high_min=high_min, longer=told.longer,
        )  # fmt: skip
        floor.out.append(AnnounceWait(call.id, call.channel, low_min, high_min, told.longer))
    callbacks.offer(floor, event.ranges, now, to_all=event.emergency)
