"""The router: `handle(event or request, now) -> commands`. All routing state lives behind it, and nothing else does.

It reads no clock, opens nothing and waits for nothing, so tests and the simulator drive the very object that runs.
After every event it matches: only calls and agents that this event made available can make a new pair, because no
eligible pair was left before it (work conservation).
"""

from __future__ import annotations

import heapq
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from contact_centre.errors import Refused
from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import (
    agent_requests,
    call_events,
    callbacks,
    calls_out,
    outlook,
    reconcile,
    safety_net,
    surveys,
    transfer_events,
    transfers,
    waiting_rules,
)
from queue_manager import callback_events as b
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager.commands import Answer, Command, TakeSnapshot
from queue_manager.expected_wait import Outlook
from queue_manager.floor import Floor
from queue_manager.hours import ClosedDays
from queue_manager.line import LiveCall, can_be_offered
from queue_manager.matching import OrderKey, choose
from queue_manager.outbox import Due
from queue_manager.requests import Request
from queue_manager.roster import LiveAgent
from queue_manager.rules import Rules
from queue_manager.view import AgentView, CallView, TransferView, View

ANSWERS_KEPT = 2000

NOBODY = 0
"""Stands for the agent where a call comes to be matched by itself."""


def _closed_days(floor: Floor, event: ClosedDays, now: datetime) -> None:
    """The days on which its queues are closed, as far as they keep hours."""
    floor.rules = floor.rules.closed_on(event.days)


MEANING: Mapping[type[Any], Callable[[Floor, Any, datetime], None]] = {
    e.CallEntered: call_events.entered,
    e.CallFailed: call_events.failed,
    e.CallWaiting: call_events.waiting,
    e.OfferStarted: call_events.offer_started,
    e.OfferAnswered: call_events.offer_answered,
    e.OfferFailed: call_events.offer_failed,
    e.OfferRefused: call_events.offer_failed,
    e.AgentLost: call_events.agent_lost,
    e.RejoinFailed: call_events.rejoin_failed,
    e.TransferAnswered: transfer_events.answered,
    e.TransferFailed: transfer_events.failed,
    e.ConsultEnded: transfer_events.failed,
    e.TransferRefused: transfer_events.failed,
    e.ConferenceJoined: transfer_events.joined,
    e.LegEnded: safety_net.leg_ended,
    out.SurveyAnswered: surveys.answered,
    out.CitizenRings: calls_out.rings,
    out.CitizenAnswered: calls_out.answered,
    out.CitizenJoined: calls_out.joined,
    out.CitizenNotReached: calls_out.failed,
    e.CallerLeft: call_events.caller_left,
    b.CallbackAsked: callbacks.asked,
    b.CallbackFailed: callbacks.failed,
    e.AgentHeld: call_events.held,
    e.AgentResumed: call_events.held,
    e.PhoneRegistered: call_events.phone,
    e.PhoneUnregistered: call_events.phone,
    e.Snapshot: reconcile.snapshot,
    e.LinkLost: reconcile.link_lost,
    e.Remembered: reconcile.remember,
    e.CallNetted: safety_net.netted,
    e.NetRings: safety_net.rings,
    e.NetAnswered: safety_net.answered,
    e.NetServed: safety_net.served,
    e.WaitsForecast: outlook.promise,
    ClosedDays: _closed_days,
}


class Router:
    """One inbox in, commands out."""

    def __init__(self, rules: Rules, run_id: str, epoch: int = 1) -> None:
        """Begin empty. `run_id` (a few letters and digits, new for every run) makes this run's ids unique."""
        self._floor = Floor(rules, run_id, epoch)
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._started = False

    @property
    def ignored(self) -> Counter[str]:
        """Events that changed nothing, by why: stale, doubled, of unknown calls."""
        return self._floor.ignored

    @property
    def rules(self) -> Rules:
        """The queues and limits it goes by."""
        return self._floor.rules

    def next_deadline(self) -> datetime | None:
        """When it wants to be given `TimePassed`; None: nothing is due."""
        return self._floor.next_deadline()

    def handle(self, event: e.Event | Request, now: datetime) -> list[Command]:
        """Take one event or request and give what is to be done, in order."""
        floor = self._floor
        meaning = MEANING.get(type(event))
        if meaning is not None:
            meaning(floor, event, now)
        elif isinstance(event, e.AgentsLoaded):
            floor.roster.load(event.agents, now)
        elif not isinstance(event, e.TimePassed):
            self._answer(event, now)  # type: ignore[arg-type]
        for due in floor.take_due(now):
            self._look_at(due, now)
        for agent_id in floor.roster.gone:
            waiting_rules.release(floor, agent_id)
        floor.roster.gone.clear()
        waiting_rules.flow_due(floor, now)
        if floor.link_up:
            self._match(now)
            # both: a match or a goodbye may have made room
            while bool(floor.to_judge and waiting_rules.judge(floor, now)) | waiting_rules.flow_due(floor, now):
                self._match(now)
            if floor.callbacks:
                callbacks.dial_whose_turn_is_near(floor, now)
            floor.out += floor.positions.news()
        if isinstance(event, e.Snapshot):
            self._mark_start(now)
        out, floor.out = floor.out, []
        return out

    def _answer(self, request: Request, now: datetime) -> None:
        answer = self._answers.get(request.id)
        if answer is None:
            try:
                reason, message = agent_requests.perform(self._floor, request, now)
                answer = Answer(request.id, True, reason, message)
            except Refused as refusal:
                answer = Answer(request.id, False, refusal.reason, str(refusal))
            self._answers[request.id] = answer
            if len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        self._floor.out.append(answer)

    def _look_at(self, due: Due, now: datetime) -> None:
        floor = self._floor
        if due[0] == "offer":
            call = floor.calls.get(due[1])
            if call is not None and call.offer is not None and call.state is CallState.OFFERED:
                ring_s = floor.queue_of(call).ring_s
                if (now - call.offer.offered_at).total_seconds() >= ring_s and floor.link_up:
                    floor.out.append(TakeSnapshot())
            return
        if due[0] == "wait":
            waiting_rules.look_again(floor, due[1], now)
            return
        if due[0] == "callback":
            callbacks.look_again(floor, due[1], now)
            return
        if due[0] == "transfer":
            transfers.look_again(floor, due[1])
            return
        agent = floor.roster.get(due[1])
        if agent is None:
            return
        if due[0] == "again" and agent.available:
            floor.roster.freed[agent.id] = None
        elif due[0] == "wrap_up" and agent.wrap_up_until is not None and agent.wrap_up_until <= now:
            floor.stand_ready(agent, now)

    def _match(self, now: datetime) -> None:
        """Pair calls and agents, the first call in line first.

        A call is looked at when it can be offered anew or to more agents; an agent who became free brings the first
        call that they may take.
        """
        floor, line, roster = self._floor, self._floor.line, self._floor.roster
        if not floor.fresh and not roster.freed:
            return
        heads: list[tuple[OrderKey, int]] = []

        def look(agent_id: int) -> None:
            agent = roster.get(agent_id)
            if agent is not None and agent.available:
                call = line.for_agent(agent.id, roster.ready.may_take, now)
                if call is not None:
                    heapq.heappush(heads, (call.key, agent.id))

        for call_id in floor.fresh:
            if call_id in line and floor.calls[call_id].confirmed:
                heapq.heappush(heads, (floor.calls[call_id].key, NOBODY))
        for agent_id in roster.freed:
            look(agent_id)
        roster.freed.clear()
        floor.fresh.clear()
        while heads:
            key, brought_by = heapq.heappop(heads)
            gone = key[2] not in line or self._offer(floor.calls[key[2]], now)
            if brought_by != NOBODY and gone:
                look(brought_by)

    def _offer(self, call: LiveCall, now: datetime) -> bool:
        def may(agent_id: int) -> bool:
            return can_be_offered(call, agent_id, now)

        decision = choose(self._floor.roster.ready, call.rungs[call.rung], may, call.held_for)
        if decision is not None:
            self._floor.offer(call, decision, now)
        return decision is not None

    def _mark_start(self, now: datetime) -> None:
        if not self._started:
            self._started = True
            self._floor.record(Kind.ROUTER_STARTED, now, epoch=self._floor.epoch, calls=len(self._floor.line))

    @property
    def agents(self) -> Iterable[LiveAgent]:
        """Everybody who works here; changed by the router alone."""
        return self._floor.roster

    def outlook(self, now: datetime) -> Outlook:
        """The line and the agents as an expected wait is made of them."""
        return outlook.outlook(self._floor, now)

    def view(self, now: datetime) -> View:
        """How everything is now."""
        floor = self._floor
        return View(
            now,
            floor.link_up,
            tuple(_call_view(floor, call) for call in floor.calls.values()),
            tuple(
                AgentView(
                    a.id, a.agent.extension, a.state, a.since, a.reason, a.call_id, a.offer_id,
                    a.wrap_up_until, a.pause_next, bool(a.contacts), a.help_since, a.not_reached,
                )
                for a in floor.roster
            ),
            floor.ignored.total(),
        )  # fmt: skip


def _call_view(floor: Floor, call: LiveCall) -> CallView:
    wish = call.wish
    position = floor.line.position(call.id) if call.id in floor.line else None
    offer_id = call.offer.id if call.offer else None
    t = call.transfer
    transfer = TransferView(t.id, t.how, t.phase, t.asked_by, t.to) if t is not None else None
    if wish is None:
        return CallView(call.id, call.state, call.since, *(None,) * 8, channel=call.channel)
    return CallView(
        call.id, call.state, call.since, wish.queue, wish.waiting_since, wish.language, wish.agency, wish.service,
        call.agent_id, offer_id, position, call.channel, transfer, call.outbound,
    )  # fmt: skip
