"""What waiting does to a call: its place and stage, waiting for one agent, flowing over, and the end of patience.

Everything follows from when the call began to wait and from the rules, so a router that starts again finds each call
where the last one left it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from contact_centre.facts import Kind
from contact_centre.model import language_skill
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager.commands import OverflowCall, RaisePriority, TurnAway, TurnedAway
from queue_manager.line import LiveCall
from queue_manager.rules import TRANSFERRED, Routing
from queue_manager.steps import ladder, rung_at

if TYPE_CHECKING:
    from queue_manager.floor import Floor

AT_WORK = (AgentState.READY, AgentState.OFFERED, AgentState.CALLING, AgentState.ON_CALL, AgentState.WRAP_UP)
"""States of an agent who is worth being waited for."""

OPENS_S = 60
"""How often it is looked whether a closed queue has opened, for those who would flow over into it (s)."""
SAY_AGAIN_S = 5
"""How long a call that was turned away may still be heard from `[waiting]` before it is sent again (s)."""


def take_place(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Stand where the wait so far puts the call, and be looked at again when that changes."""
    routing = _routing(floor, call)
    if routing.overflow is not None and _overdue(floor, call, now):
        _is_due(floor, call, routing.overflow.to)
    know_needs(floor, call, now)
    away = call.state is CallState.CALLBACK
    call.held_for = None if away else _held_for(floor, call, routing, now)
    floor.line.add(call)
    soonest = _next_change(floor, call, routing, now)
    if soonest is not None and soonest != call.wakes_at:
        call.wakes_at = soonest
        floor.wake_at(soonest, ("wait", call.id))


def flow_due(floor: Floor, now: datetime) -> bool:
    """Over to another queue with those who have waited long enough, the first in line first.

    A queue that is closed or full takes nobody: they stay where they are and are looked at again with every event.
    True: somebody can be matched anew.
    """
    moved = False
    if not any(calls and _takes(floor, to, now) for to, calls in floor.overdue.items()):
        return False
    overdue, floor.overdue = floor.overdue, {}
    due = [id_ for calls in overdue.values() for id_ in calls if _target(floor, id_, now) is not None]
    for call in sorted((floor.calls[id_] for id_ in due), key=lambda call: call.key):
        before = call.wish
        while (to := _target(floor, call.id, now)) is not None and _takes(floor, to, now):
            flow_over(floor, call, to, "waited", now)
        if call.wish is not before:
            take_place(floor, call, now)
            floor.fresh[call.id] = floor.to_judge[call.id] = None
            moved = True
        elif to is not None:
            _is_due(floor, call, to)
    return moved


def _is_due(floor: Floor, call: LiveCall, to: str) -> None:
    floor.overdue.setdefault(to, {})[call.id] = None


def _target(floor: Floor, call_id: str, now: datetime) -> str | None:
    """Where a call in line flows over to by now; None: nowhere."""
    call = floor.calls.get(call_id)
    if call is None or call_id not in floor.line or not _overdue(floor, call, now):
        return None
    overflow = _routing(floor, call).overflow
    return overflow.to if overflow is not None else None


def _overdue(floor: Floor, call: LiveCall, now: datetime) -> bool:
    overflow = _routing(floor, call).overflow
    away = call.state is CallState.CALLBACK  # it flows over when its citizen is back
    return overflow is not None and _waited_s(call, now) >= overflow.after_s and not away


def _takes(floor: Floor, queue: str, now: datetime) -> bool:
    """Whether a queue takes one more who flows over: it is open and has room."""
    return floor.rules.routing_of(queue).hours.open_at(now) and not _is_full(floor, queue, 1)


def know_needs(floor: Floor, call: LiveCall, now: datetime) -> None:
    """What it requires by now."""
    assert call.wish is not None
    routing = _routing(floor, call)
    call.rungs = ladder(routing.levels, routing.steps, call.wish.skills)
    call.rung = rung_at(call.rungs, _waited_s(call, now))


def look_again(floor: Floor, call_id: str, now: datetime) -> None:
    """A step, an overflow, a limit or the end of a hold has come; whether it still matters is seen here."""
    call = floor.calls.get(call_id)
    if call is None or call_id not in floor.line:
        return
    before = (call.need, call.held_for, call.wish)
    take_place(floor, call, now)
    if before != (call.need, call.held_for, call.wish):
        floor.fresh[call.id] = None
    floor.to_judge[call.id] = None


def release(floor: Floor, agent_id: int) -> None:
    """An agent went away from work: whoever waits for them alone waits for anybody from now on."""
    for call_id in floor.line.held_for(agent_id):
        call = floor.calls[call_id]
        call.held_for, call.hold_over = None, True
        floor.line.add(call)
        floor.fresh[call_id] = None


def judge(floor: Floor, now: datetime) -> bool:
    """Turn away, or over to another queue, whoever found nobody and may not wait; True: somebody can be matched anew.

    Comes after matching: a call that is still in line had no ready agent, except one that waits for its last agent;
    that one may go to anybody before it is turned away.
    """
    matchable = False
    for call_id in list(floor.to_judge):
        del floor.to_judge[call_id]
        call = floor.calls.get(call_id)
        if call is None or call_id not in floor.line or not call.confirmed:
            continue
        reason = _why_not(floor, call, now)
        overflow = _routing(floor, call).overflow
        if reason is not None and call.held_for is not None:
            call.held_for, call.hold_over = None, True
            floor.line.add(call)
            floor.fresh[call_id] = floor.to_judge[call_id] = None
            return True
        call.entering = False
        if reason is None:
            continue
        if reason == "full" and overflow is not None and _takes(floor, overflow.to, now):
            flow_over(floor, call, overflow.to, "full", now)
            take_place(floor, call, now)
            floor.fresh[call_id] = None
            matchable = True
        else:
            turn_away(floor, call, reason, now)
    return matchable


def flow_over(floor: Floor, call: LiveCall, to: str, reason: str, now: datetime) -> None:
    """Into another queue's line, at the place of its whole wait; any agent with the language will do."""
    assert call.wish is not None
    before = call.wish.queue
    floor.positions.moved(call)
    skills = frozenset({language_skill(call.wish.language)})
    priority_before = call.wish.priority
    priority = max(priority_before, floor.rules.routing_of(to).priority)
    call.wish = replace(call.wish, queue=to, skills=skills, priority=priority, preferred_agent=None)
    floor.positions.moved(call)
    floor.record(
        Kind.CALL_OVERFLOWED,
        now,
        call.id,
        fact_id=f"overflow-{call.id}-{to}",
        queue=to,
        from_queue=before,
        reason=reason,
    )
    floor.out.append(OverflowCall(call.id, call.channel, to, call.wish.skills))
    if priority > priority_before:
        floor.out.append(RaisePriority(call.id, call.channel, priority + call.raised))


def turn_away(floor: Floor, call: LiveCall, reason: TurnedAway, now: datetime) -> None:
    """Say why nobody comes, then hang up. The fact goes out first: it is the intent."""
    assert call.wish is not None
    floor.positions.moved(call)
    floor.line.remove(call.id)
    call.state, call.since = call_moves(call.state, CallState.TURNED_AWAY), now
    call.turned_away = reason
    floor.record(
        Kind.CALL_TURNED_AWAY, now, call.id, fact_id=f"turned-away-{call.id}", queue=call.wish.queue, reason=reason
    )
    callback = _may_have_callback(floor, call)
    if callback and not call.callback_offered:
        call.callback_offered = True
        floor.record(Kind.CALLBACK_OFFERED, now, call.id, fact_id=f"callback-offered-{call.id}")
    floor.out.append(TurnAway(call.id, call.channel, reason, callback, _opens(floor, call, now)))


def _may_have_callback(floor: Floor, call: LiveCall) -> bool:
    return floor.rules.callback is not None and not call.called_back


def still_waiting(floor: Floor, call: LiveCall, channel: str, now: datetime) -> None:
    """A call that was turned away is heard from `[waiting]`: the order was lost, or has not arrived yet."""
    if (now - call.since).total_seconds() < SAY_AGAIN_S:
        floor.ignored["waiting while turned away"] += 1
        return
    call.channel, call.since = channel, now
    callback, opens = _may_have_callback(floor, call), _opens(floor, call, now)
    floor.out.append(TurnAway(call.id, channel, call.turned_away or "late", callback, opens))


def _opens(floor: Floor, call: LiveCall, now: datetime) -> str:
    return _routing(floor, call).hours.opens_next(now) if call.turned_away == "closed" else ""


def _why_not(floor: Floor, call: LiveCall, now: datetime) -> TurnedAway | None:
    routing = _routing(floor, call)
    limit = _limit(call, routing)
    if limit is not None and limit <= now:
        return "late"
    if not call.entering:
        return None
    if not routing.hours.open_at(now):
        return "closed"
    assert call.wish is not None
    return "full" if _is_full(floor, call.wish.queue, 0) else None


def _is_full(floor: Floor, queue: str, more: int) -> bool:
    full_at = floor.rules.routing_of(queue).full_at
    return full_at is not None and floor.line.waiting_in(queue) + more > full_at


def _limit(call: LiveCall, routing: Routing) -> datetime | None:
    """When this call's patience with us ends. Who was with an agent, or called back, begins to wait anew."""
    assert call.wish is not None
    if routing.longest_wait_s is None:
        return None
    if call.state is CallState.CALLBACK:
        return None
    anew = call.called_back or call.wish.priority + call.raised >= TRANSFERRED
    since = max(call.wish.waiting_since, call.since) if anew else call.wish.waiting_since
    return since + timedelta(seconds=routing.longest_wait_s)


def _held_for(floor: Floor, call: LiveCall, routing: Routing, now: datetime) -> int | None:
    """The agent this call waits for alone: its last one, for a while, as long as they are at work and may take it."""
    rule, wish = routing.last_agent, call.wish
    assert wish is not None
    agent = floor.roster.get(wish.preferred_agent)
    if rule is None or agent is None or call.hold_over or agent.agent.extension in rule.never:
        return None
    may = floor.may_take(agent, call) and agent.state in AT_WORK and bool(agent.contacts)
    if not may or agent.id in call.passed_over or _waited_s(call, now) >= rule.hold_s:
        call.hold_over = True
        return None
    return agent.id


def _next_change(floor: Floor, call: LiveCall, routing: Routing, now: datetime) -> datetime | None:
    assert call.wish is not None
    after: list[float] = [rung.after_s for rung in call.rungs[call.rung + 1 : call.rung + 2]]
    if routing.overflow is not None and call.state is not CallState.CALLBACK:
        after.append(routing.overflow.after_s)
        if _overdue(floor, call, now) and not floor.rules.routing_of(routing.overflow.to).hours.open_at(now):
            after.append(_waited_s(call, now) + OPENS_S)
    if call.held_for is not None and routing.last_agent is not None:
        after.append(routing.last_agent.hold_s)
    instants = [call.wish.waiting_since + timedelta(seconds=seconds) for seconds in after]
    limit = _limit(call, routing)
    if limit is not None:
        instants.append(limit)
    return min((instant for instant in instants if instant > now), default=None)


def _waited_s(call: LiveCall, now: datetime) -> float:
    assert call.wish is not None
    return (now - call.wish.waiting_since).total_seconds()


def _routing(floor: Floor, call: LiveCall) -> Routing:
    assert call.wish is not None
    return floor.rules.routing_of(call.wish.queue)
