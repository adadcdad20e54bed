"""A router so plain that it is obviously right: lists, sorts, and everything worked out anew at every event.

It hears the same events as the real one and says what it would order. It knows no snapshots, colleagues or restarts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from reference_parts import Agent, Call

from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.callback_events import CallbackAsked, CallbackFailed
from queue_manager.rules import Rules

Decision = tuple[str, str, str]
"""("offer", call, agent id) · ("overflow", call, queue) · ("turn away", call, reason) · ("keep" or "dial", call, "")
· ("refuse", call, reason) · ("send", call, queue)."""


class ReferenceRouter:
    """Decides by looking at everything."""

    def __init__(self, rules: Rules, agents: Mapping[int, Mapping[str, int]]) -> None:
        """Everybody is signed out."""
        self.rules = rules
        self.agents = {id_: Agent(skills, f"agent-{id_:03d}") for id_, skills in agents.items()}
        self.calls: dict[str, Call] = {}
        self.ended: set[str] = set()
        self.now = datetime.min
        self.decided: list[Decision] = []

    def handle(self, event: object, now: datetime) -> list[Decision]:
        """Take an event; give what is decided."""
        self.now, self.decided = now, []
        if isinstance(event, r._Request):
            self.asked(event, self.agents[event.agent_id])
        else:
            self.heard(event)
        for agent in self.agents.values():
            if agent.state == "wrap_up" and agent.wrap_up_until is not None and agent.wrap_up_until <= now:
                self.free(agent)
        self.flow_over()
        self.match()
        while self.judge() | self.flow_over():
            self.match()
        self.dial()
        return self.decided

    # ---- what happened

    def heard(self, event: object) -> None:
        if isinstance(event, e.PhoneRegistered | e.PhoneUnregistered):
            agent = next(a for a in self.agents.values() if a.endpoint == event.endpoint)
            (agent.phones.add if isinstance(event, e.PhoneRegistered) else agent.phones.discard)(event.contact)
        elif isinstance(event, e.CallWaiting):
            self.waiting(event)
        elif isinstance(event, e.CallerLeft) and event.call_id in self.calls:
            call = self.calls[event.call_id]
            if event.uniqueid == call.uniqueid and call.state == "callback":
                call.phone_free, call.uniqueid = True, ""
            elif event.uniqueid == call.uniqueid:
                self.left(event.call_id)
        elif isinstance(event, e.AgentHeld | e.AgentResumed):
            self.held_or_back(event)
        elif isinstance(event, CallbackAsked):
            self.keep(event)
        elif isinstance(event, CallbackFailed):
            self.not_reached(event)
        elif isinstance(event, e.WaitsForecast) and self.rules.callback is not None:
            for call_id, call in self.calls.items():
                found = event.ranges.get(call_id)
                call.near = call.state == "callback" and found is not None and found.low_s <= self.rules.callback.lead_s
        elif isinstance(event, e.OfferAnswered | e.OfferFailed | e.AgentLost | e.RejoinFailed):
            call = self.calls.get(event.call_id)
            if call is not None and call.agent is not None and call.offer_id == event.offer_id:
                self.about_offer(event, call, self.agents[call.agent])

    def held_or_back(self, event: e.AgentHeld | e.AgentResumed) -> None:
        before, after = ("connected", "held") if isinstance(event, e.AgentHeld) else ("held", "connected")
        for call in self.calls.values():
            if call.agent and self.agents[call.agent].endpoint == event.endpoint and call.state == before:
                call.state = after
                return

    def waiting(self, event: e.CallWaiting) -> None:
        if event.call_id in self.ended:
            return
        if event.call_id not in self.calls:
            wish = event.wish
            queue = wish.queue if wish.queue in self.rules.queues else self.rules.default_queue
            rule, preferred = self.rules.routing_of(queue).last_agent, None
            if rule is not None and wish.last_agent is not None and wish.waiting_since is not None:
                agent_id, talked = wish.last_agent
                known = agent_id in self.agents and self.agents[agent_id].endpoint not in rule.never
                if known and (wish.waiting_since - talked).total_seconds() <= rule.within_s:
                    preferred = agent_id
            wish = replace(wish, priority=max(wish.priority, self.rules.routing_of(queue).priority))
            self.calls[event.call_id] = Call(wish, queue, wish.skills, "waiting", self.now, preferred)
        call = self.calls[event.call_id]
        if call.state == "callback" and event.wish.callback_id:
            call.state, call.since, call.called_back, call.entering = "waiting", self.now, True, False
            call.number, call.attempt_id = None, ""
        elif call.state == "callback" and (self.now - call.since).total_seconds() >= 5:
            call.since = self.now
            self.decided.append(("keep", event.call_id, ""))
        call.uniqueid = event.uniqueid
        if call.state == "waiting":
            call.confirmed = True

    def keep(self, event: CallbackAsked) -> None:
        call, rules = self.calls.get(event.call_id), self.rules.callback
        assert rules is not None
        asking = call is not None and (call.state == "turned_away" or (call.state == "waiting" and call.confirmed))
        if call is None or call.uniqueid != event.uniqueid or not asking:
            return
        numbers = [other.number for other in self.calls.values() if other.state == "callback"]
        refused = event.refused or ("again" if call.called_back else "")
        refused = refused or ("full" if len(numbers) >= rules.most else "")
        refused = refused or ("already" if event.number_id in numbers else "")
        if refused:
            self.decided.append(("refuse", event.call_id, refused))
            return
        call.state, call.since, call.confirmed, call.preferred = "callback", self.now, False, None
        call.number, call.attempts, call.attempt_id, call.not_before = event.number_id, 0, "", None
        call.phone_free = call.near = False
        self.decided.append(("keep", event.call_id, ""))

    def not_reached(self, event: CallbackFailed) -> None:
        call, rules = self.calls.get(event.call_id), self.rules.callback
        assert rules is not None
        if call is None or call.state != "callback" or call.attempt_id != event.attempt_id:
            return
        call.attempt_id, call.near, call.not_before = "", False, self.now + timedelta(seconds=rules.spacing_s)
        if event.reason == "declined" or call.attempts >= rules.attempts:
            del self.calls[event.call_id]
            self.ended.add(event.call_id)

    def kept(self) -> list[tuple[str, Call]]:
        """Callbacks that stand in line: not between two attempts."""
        there = (
            (i, c) for i, c in self.calls.items()
            if c.state == "callback" and (c.attempt_id or c.not_before is None or c.not_before <= self.now)
        )  # fmt: skip
        return sorted(there, key=lambda one: self.order(*one))

    def dial(self) -> None:
        idle = sorted(id_ for id_, agent in self.agents.items() if agent.state == "ready" and agent.phones)
        not_yet: list[tuple[dict[str, int], frozenset[str]]] = []
        for call_id, call in self.kept():
            hours = self.rules.routing_of(call.queue).hours
            if not call.attempt_id and not (call.phone_free and hours.open_at(self.now)):
                continue
            taker = next((id_ for id_ in idle if self.may(self.agents[id_], call)), None)
            if taker is not None:
                idle.remove(taker)
            need = (self.required(call), call.skills)
            if not call.attempt_id and (need in not_yet or not (taker is not None or call.near)):
                not_yet.append(need)
            elif not call.attempt_id:
                call.attempts, call.attempt_id, call.near = call.attempts + 1, "being dialled", False
                self.decided.append(("dial", call_id, ""))

    def about_offer(self, event: object, call: Call, agent: Agent) -> None:
        if isinstance(event, e.OfferAnswered) and call.state in ("offered", "rejoining"):
            if call.state == "offered":
                call.raised, call.passed_over, agent.missed = 0, {}, 0
            call.state, agent.state, agent.ready_since = "connected", "on_call", None
        elif isinstance(event, e.OfferFailed) and call.state == "offered":
            reason = "declined" if call.declined else event.reason
            if reason != "withdrawn":
                call.passed_over[call.agent or 0] = self.now + timedelta(seconds=10)
            self.back_in_line(call)
            agent.missed += reason in ("no_answer", "busy")
            if reason in ("declined", "unreachable") or (
                reason in ("no_answer", "busy") and agent.missed >= self.rules.missed_offers_pause
            ):
                self.pause(agent)
            else:
                self.free(agent)
        elif isinstance(event, e.AgentLost) and call.state in ("connected", "held"):
            call.state = "rejoining"
        elif isinstance(event, e.RejoinFailed) and call.state == "rejoining":
            call.raised = 1000
            self.back_in_line(call)
            self.pause(agent)

    def back_in_line(self, call: Call) -> None:
        call.state, call.since, call.agent, call.offer_id = "waiting", self.now, None, ""
        call.confirmed = call.declined = False

    def left(self, call_id: str) -> None:
        call = self.calls.pop(call_id)
        self.ended.add(call_id)
        if call.agent is None:
            return
        agent = self.agents[call.agent]
        if call.state == "offered":
            self.free(agent)
        else:
            self.wrap_up(agent, call.queue)

    def wrap_up(self, agent: Agent, queue: str) -> None:
        agent.state, agent.ready_since = "wrap_up", None
        agent.wrap_up_until = self.now + timedelta(seconds=self.rules.queues[queue].wrap_up_s)

    def send(self, request: r.TransferToQueue, agent: Agent) -> None:
        call = self.calls.get(request.call_id)
        if call is None or call.agent != request.agent_id or call.state not in ("connected", "held"):
            return
        if request.queue not in self.rules.queues or not self.rules.routing_of(request.queue).hours.open_at(self.now):
            return
        self.wrap_up(agent, call.queue)
        self.back_in_line(call)
        agency = {f"agency:{request.agency}"} if request.agency else set()
        call.queue, call.skills, call.preferred = (
            request.queue,
            frozenset({f"language:{call.wish.language}"} | agency),
            None,
        )
        call.wish = replace(call.wish, waiting_since=self.now, priority=max(call.wish.priority, 500))
        call.raised, call.passed_over[request.agent_id] = 0, self.now + timedelta(seconds=600)
        self.decided.append(("send", request.call_id, request.queue))

    def asked(self, request: r._Request, agent: Agent) -> None:
        if isinstance(request, r.SignIn) and agent.state == "signed_out":
            self.pause(agent)
        elif isinstance(request, r.SignOut) and agent.state in ("ready", "wrap_up", "paused"):
            self.pause(agent)
            agent.state = "signed_out"
        elif isinstance(request, r.SetReady) and agent.state != "signed_out":
            agent.pause_next = False
            if agent.state in ("paused", "wrap_up"):
                agent.missed = 0
                self.free(agent)
        elif isinstance(request, r.Pause) and agent.state in ("offered", "on_call", "wrap_up"):
            agent.pause_next = True
        elif isinstance(request, r.Pause) and agent.state != "signed_out":
            self.pause(agent)
        elif isinstance(request, r.TransferToQueue):
            self.send(request, agent)
        elif isinstance(request, r.FinishWrapUp) and agent.state == "wrap_up":
            self.free(agent)

    def free(self, agent: Agent) -> None:
        if agent.pause_next:
            self.pause(agent)
        else:
            agent.state, agent.call, agent.ready_since = "ready", None, agent.ready_since or self.now

    def pause(self, agent: Agent) -> None:
        agent.state, agent.call, agent.ready_since, agent.missed, agent.pause_next = "paused", None, None, 0, False

    # ---- what follows

    def in_line(self) -> list[tuple[str, Call]]:
        """Everybody who waits, the first first."""
        return sorted(((i, c) for i, c in self.calls.items() if c.state == "waiting"), key=lambda one: self.order(*one))

    def order(self, call_id: str, call: Call) -> tuple[float, float, str]:
        assert call.wish.waiting_since is not None
        points, since = call.wish.priority + call.raised, call.wish.waiting_since.timestamp()
        if self.rules.point_s == 0:
            return (-points, since, call_id)
        return (0 if points >= 1000 else 1 if points >= 500 else 2, since - points * self.rules.point_s, call_id)

    def waited_s(self, call: Call) -> float:
        assert call.wish.waiting_since is not None
        return (self.now - call.wish.waiting_since).total_seconds()

    def flow_over(self) -> bool:
        moved = False
        for call_id, call in self.in_line():
            while (
                (rule := self.rules.routing_of(call.queue).overflow)
                and self.waited_s(call) >= rule.after_s
                and self.takes(rule.to)
            ):
                self.over_to(call_id, call, rule.to)
                moved = True
        return moved

    def over_to(self, call_id: str, call: Call, queue: str) -> None:
        call.queue, call.skills, call.preferred = queue, frozenset({f"language:{call.wish.language}"}), None
        call.wish = replace(call.wish, priority=max(call.wish.priority, self.rules.routing_of(queue).priority))
        self.decided.append(("overflow", call_id, queue))

    def required(self, call: Call) -> dict[str, int]:
        """Skill -> least level, after this wait."""
        routing = self.rules.routing_of(call.queue)
        least = dict(routing.levels)
        needs = {skill: least.get(skill, least.get(skill.split(":")[0], 1)) for skill in call.skills}
        for step in routing.steps:
            if self.waited_s(call) >= step.after_s:
                if step.relax == "level":
                    needs = {skill: min(level, step.to_level) for skill, level in needs.items()}
                else:
                    needs = {skill: level for skill, level in needs.items() if not skill.startswith(step.relax)}
        return needs

    def may(self, agent: Agent, call: Call) -> bool:
        return all(agent.skills.get(skill, 0) >= level for skill, level in self.required(call).items())

    def held(self, call: Call) -> bool:
        """Whether it waits for its last agent alone."""
        rule = self.rules.routing_of(call.queue).last_agent
        if call.preferred is None or rule is None or call.hold_over:
            return False
        agent = self.agents[call.preferred]
        at_work = agent.state in ("ready", "offered", "on_call", "wrap_up") and agent.phones and self.may(agent, call)
        call.hold_over = not at_work or call.preferred in call.passed_over or self.waited_s(call) >= rule.hold_s
        return not call.hold_over

    def match(self) -> None:
        for call_id, call in self.in_line():
            held = self.held(call)
            if not call.confirmed:
                continue
            fitting = [
                id_ for id_, agent in self.agents.items()
                if agent.state == "ready" and agent.phones and self.may(agent, call)
                and call.passed_over.get(id_, self.now) <= self.now and (not held or id_ == call.preferred)
            ]  # fmt: skip
            if fitting:
                self.offer(call_id, call, min(fitting, key=lambda id_: self.how_good(id_, call)))

    def how_good(self, id_: int, call: Call) -> tuple[int, int, datetime, int]:
        agent = self.agents[id_]
        assert agent.ready_since is not None
        wanted = min((agent.skills.get(skill, 0) for skill in call.skills), default=0)
        needed = min((agent.skills.get(skill, 0) for skill in self.required(call)), default=0)
        return (-wanted, -needed, agent.ready_since, id_)

    def offer(self, call_id: str, call: Call, id_: int) -> None:
        agent = self.agents[id_]
        agent.state, agent.call, call.state, call.agent = "offered", call_id, "offered", id_
        call.entering = call.confirmed = False
        self.decided.append(("offer", call_id, agent.endpoint))

    def judge(self) -> bool:
        for call_id, call in self.in_line():
            if not call.confirmed:
                continue
            reason, routing = self.why_not(call), self.rules.routing_of(call.queue)
            if reason is not None and self.held(call):
                call.hold_over = True
                return True
            call.entering = False
            if reason == "full" and routing.overflow and self.takes(routing.overflow.to):
                self.over_to(call_id, call, routing.overflow.to)
                self.flow_over()
                return True
            if reason is not None:
                call.state = "turned_away"
                self.decided.append(("turn away", call_id, reason))
        return False

    def why_not(self, call: Call) -> str | None:
        routing = self.rules.routing_of(call.queue)
        since = call.wish.waiting_since
        assert since is not None
        if call.called_back or call.wish.priority + call.raised >= 500:
            since = max(since, call.since)
        if routing.longest_wait_s is not None and self.now >= since + timedelta(seconds=routing.longest_wait_s):
            return "late"
        if call.entering and not routing.hours.open_at(self.now):
            return "closed"
        return "full" if call.entering and self.is_full(call.queue, 0) else None

    def takes(self, queue: str) -> bool:
        """Whether one more may flow over into a queue."""
        return self.rules.routing_of(queue).hours.open_at(self.now) and not self.is_full(queue, 1)

    def is_full(self, queue: str, more: int) -> bool:
        full_at = self.rules.routing_of(queue).full_at
        there = self.in_line() + self.kept()
        return full_at is not None and sum(call.queue == queue for _, call in there) + more > full_at
