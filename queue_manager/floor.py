"""The floor: every call and agent there is, and the moves that keep the two in step.

Each move changes state and says so with facts, in one place, so that no path through the router can forget half of it.
What happens *when* is decided in `call_events.py`, `agent_requests.py` and `reconcile.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contact_centre.facts import Kind
from contact_centre.model import Call, Offer, Queue
from contact_centre.states import AgentState, CallState, call_moves
from queue_manager import waiting_rules
from queue_manager.agent_moves import AgentMoves
from queue_manager.commands import EndLeg, OfferCall, RaisePriority
from queue_manager.events import OfferFailure, TransferEnd, Wish
from queue_manager.line import Line, LiveCall
from queue_manager.matching import Decision, explain
from queue_manager.positions import Positions
from queue_manager.promises import Promise
from queue_manager.remembered import RememberedCall
from queue_manager.roster import LiveAgent
from queue_manager.rules import GRACE_S, HEAD_OF_LINE, PASSED_OVER_S, Rules
from queue_manager.steps import fits
from queue_manager.transfer_state import Phase

REMEMBERED_ENDINGS = 20_000


class Floor(AgentMoves):
    """All routing state."""

    def __init__(self, rules: Rules, run_id: str, epoch: int) -> None:
        """Begin with nothing."""
        super().__init__(rules, run_id)
        self.epoch = epoch
        self.calls: dict[str, LiveCall] = {}
        self.line = Line()
        self.positions = Positions(self.line)
        self.link_up = False
        self.was_lost = False
        self.open_calls: dict[str, CallState] = {}
        self.promised: dict[str, Promise] = {}
        self.passed_over: dict[str, Mapping[int, datetime]] = {}
        """Of calls that the journal knew and Asterisk has not shown yet."""
        self.intents: dict[str, RememberedCall] = {}
        """What was ordered last about each of them."""
        self.callbacks: dict[str, None] = {}
        """The calls that wait without a channel."""
        self.turns_near = False
        """One of them may be due by the last forecast."""
        self.surveyed: dict[str, int] = {}
        """Calls whose citizen is asked how it went -> whose call it was."""
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._by_uniqueid: dict[str, str] = {}
        self.fresh: dict[str, None] = {}
        """Calls that can be offered, or to more agents, since the last matching."""
        self.to_judge: dict[str, None] = {}
        """Calls that may find after matching that they cannot wait."""
        self.overdue: dict[str, dict[str, None]] = {}
        """Queue -> calls that have waited long enough to flow over into it."""

    # ---- calls

    def find(self, call_id: str | None, uniqueid: str = "") -> LiveCall | None:
        """The call with this id, or else with this channel."""
        found = self.calls.get(call_id) if call_id else None
        return found or self.calls.get(self._by_uniqueid.get(uniqueid, ""))

    def has_ended(self, call_id: str) -> bool:
        """Whether this call is known to be over."""
        return call_id in self._ended

    def admit(self, call_id: str, channel: str, uniqueid: str, state: CallState, now: datetime) -> LiveCall:
        """A call that was not known: in the conversation, or found by a snapshot."""
        call = LiveCall(call_id, channel, uniqueid, state, now, point_s=self.rules.point_s)
        self._by_uniqueid[uniqueid] = call_id
        self.know(call)
        return call

    def know(self, call: LiveCall) -> None:
        """Take a call in, with what the journal remembers of it."""
        self.calls[call.id] = call
        call.promised = self.promised.pop(call.id, None)
        for agent_id, until in self.passed_over.pop(call.id, {}).items():
            call.passed_over[agent_id] = until
            self.wake_at(until, ("again", agent_id))

    def comes_by(self, call: LiveCall, channel: str, uniqueid: str) -> None:
        """The caller is on another channel now, or on none."""
        self._by_uniqueid.pop(call.uniqueid, None)
        call.channel, call.uniqueid = channel, uniqueid
        if uniqueid:
            self._by_uniqueid[uniqueid] = call.id

    def wish_of(self, seen: Wish, call_id: str, channel: str, now: datetime) -> Call:
        """The call as the line keeps it; a queue that does not exist becomes the general one, so nobody is lost.

        It has its queue's priority at least. Where that is news to the channel it is told, so that Asterisk's own queue
        goes by it too, and a later router.
        """
        queue = seen.queue if seen.queue in self.rules.queues else self.rules.default_queue
        since = min(seen.waiting_since or now, now)
        priority = max(seen.priority, self.rules.routing_of(queue).priority)
        if channel and priority > seen.priority:
            self.out.append(RaisePriority(call_id, channel, priority))
        return Call(
            call_id, channel, seen.language, queue, seen.skills, since, priority, seen.agency, seen.service,
            self._last_agent(seen, queue, since),
        )  # fmt: skip

    def _last_agent(self, seen: Wish, queue: str, since: datetime) -> int | None:
        """Whom the caller talked with last, if that was not too long ago."""
        rule, last = self.rules.routing_of(queue).last_agent, seen.last_agent
        if rule is None or last is None or (since - last[1]).total_seconds() > rule.within_s:
            return None
        return last[0]

    def may_take(self, agent: LiveAgent, call: LiveCall) -> bool:
        """Whether the agent has what the call requires now."""
        return fits(agent.skills, call.need)

    def begin_waiting(self, call: LiveCall, wish: Call, now: datetime, *, known: bool = False,
                      stands: bool = True) -> None:  # fmt: skip
        """The call asks for a person for the first time.

        `known`: the journal has it already; `stands`: it waits now (one that was found with an agent does not).
        """
        call.state, call.since, call.wish = CallState.WAITING, now, wish
        call.entering = not known
        if not known:
            payload: dict[str, Any] = {
                "queue": wish.queue,
                "language": wish.language,
                "skills": sorted(wish.skills),
                "priority": wish.priority,
            }
            payload |= {k: v for k, v in (("agency", wish.agency), ("service", wish.service)) if v}
            # it happened when the caller began to wait, however late we heard of it
            self.record(Kind.CALL_WAITING, wish.waiting_since, call.id, fact_id=f"waiting-{call.id}", **payload)
        if stands:
            self.stand_in_line(call, now)

    def tell_recording(self, call_id: str, seen: Wish, now: datetime) -> None:
        """The dialplan armed the recording, or the caller refused it: once for each call."""
        if seen.recording is not None:
            kind = Kind.RECORDING_ARMED if seen.recording == "armed" else Kind.RECORDING_REFUSED
            self.record(kind, now, call_id, fact_id=f"recording-{call_id}")

    def confirm_waiting(self, call: LiveCall, channel: str) -> None:
        """It was heard from `[waiting]`: from here on it may be redirected."""
        call.channel = channel
        call.confirmed, call.netted = True, False
        self.line.add(call)
        self.fresh[call.id] = self.to_judge[call.id] = None
        self.positions.moved(call)

    def requeue(self, call: LiveCall, now: datetime) -> None:
        """Its agent did not come back: the head of the line, with the time it has waited all along."""
        assert call.wish is not None
        self.end_transfer(call, "lost", now)
        call.state, call.since = call_moves(call.state, CallState.WAITING), now
        call.offer, call.offer_started, call.raised = None, False, HEAD_OF_LINE
        self.record(Kind.CALL_REQUEUED, now, call.id, queue=call.wish.queue)
        self.out.append(RaisePriority(call.id, call.channel, call.wish.priority + HEAD_OF_LINE))
        self.stand_in_line(call, now)

    def end(self, call: LiveCall, now: datetime, by: str, cause: int = 0) -> None:
        """The caller's channel is gone: close the call, free the agent."""
        state, agent = call.state, self.roster.get(call.agent_id)
        if call.apart or call.transfer is not None:
            self.out += [EndLeg(leg) for leg in call.legs.values()]
        self.end_transfer(call, "withdrawn", now)
        call.state = CallState.ENDED
        self.line.remove(call.id)
        self.positions.moved(call)
        if state is CallState.OFFERED and call.offer is not None:
            self.record(Kind.OFFER_FAILED, now, call.id, call.agent_id, offer_id=call.offer.id, reason="withdrawn")
        if state in (CallState.WAITING, CallState.OFFERED):
            phase = "waiting" if state is CallState.WAITING else "ringing"
            self.record(Kind.CALL_ABANDONED, now, call.id, fact_id=f"abandoned-{call.id}", phase=phase)
        self.close(call.id, now, call.ended_by or by, cause)
        self.forget(call)
        if agent is None or agent.call_id != call.id:
            return
        if agent.state is AgentState.OFFERED:
            self.stand_ready(agent, now, said=False)
        elif agent.state is AgentState.ON_CALL:
            self.wrap_up(agent, call.id, self.queue_of(call), now)

    def close(self, call_id: str, now: datetime, by: str, cause: int) -> None:
        """Write that a call is over, once and for all."""
        self.record(Kind.CALL_ENDED, now, call_id, fact_id=f"ended-{call_id}", by=by, cause=cause)
        self.is_over(call_id)

    def is_over(self, call_id: str) -> None:
        """Remember that a call is over; its channel may live a little longer."""
        self._ended[call_id] = None
        self.open_calls.pop(call_id, None)
        while len(self._ended) > REMEMBERED_ENDINGS:
            self._ended.popitem(last=False)

    def forget(self, call: LiveCall) -> None:
        """It is over and was written down."""
        self.calls.pop(call.id, None)
        self.callbacks.pop(call.id, None)
        for calls in self.overdue.values():
            calls.pop(call.id, None)
        self._by_uniqueid.pop(call.uniqueid, None)

    # ---- offers

    def offer(self, call: LiveCall, decision: Decision, now: datetime) -> None:
        """Ring one agent for one call. The fact goes out first: it is the intent."""
        why = self._why(call, now)
        agent = self.roster.get(decision.agent_id)
        assert agent is not None
        assert call.wish is not None
        self.roster.move(agent, AgentState.OFFERED, now)
        call.state, call.since = call_moves(call.state, CallState.OFFERED), now
        call.offer = Offer(self.new_id(), call.id, agent.id, now)
        call.offer_started = call.confirmed = call.declined = call.entering = False
        agent.call_id, agent.offer_id = call.id, call.offer.id
        self.line.remove(call.id)
        self.positions.moved(call)
        ring_s = self.queue_of(call).ring_s
        self.record(
            Kind.CALL_OFFERED, now, call.id, agent.id, offer_id=call.offer.id, queue=call.wish.queue,
            eligible=list(decision.eligible), decided_by=decision.decided_by, why=why,
        )  # fmt: skip
        self.out.append(OfferCall(call.id, call.channel, call.offer.id, agent.agent.extension, ring_s, self.epoch))
        self.wake_at(now + timedelta(seconds=ring_s + GRACE_S), ("offer", call.id))

    def _why(self, call: LiveCall, now: datetime) -> dict[str, Any]:
        """What the decision was made of, told before it changes anything: ids only, bounded."""
        assert call.wish is not None
        passed = sorted(agent_id for agent_id, until in call.passed_over.items() if until > now)
        return {
            "waited_s": round((now - call.wish.waiting_since).total_seconds(), 1),
            "priority": call.wish.priority + call.raised,
            "position": self.line.position(call.id),
            "waiting": len(self.line),
            "steps": explain(self.roster.ready, call.rungs, call.rung, passed),
            **({"held_for": call.held_for} if call.held_for is not None else {}),
            **({"passed_over": passed} if passed else {}),
        }

    def offer_failed(self, call: LiveCall, reason: OfferFailure, now: datetime) -> None:
        """Back in line, same place; the agent who was rung is ready again, or visibly paused."""
        assert call.offer is not None
        offer, agent = call.offer, self.roster.get(call.offer.agent_id)
        if call.declined:
            reason = "declined"
        call.state, call.since = call_moves(call.state, CallState.WAITING), now
        call.offer, call.offer_started, call.declined = None, False, False
        self.record(Kind.OFFER_FAILED, now, call.id, offer.agent_id, offer_id=offer.id, reason=reason)
        if reason not in ("withdrawn", "lost"):
            until = call.passed_over[offer.agent_id] = now + timedelta(seconds=PASSED_OVER_S)
            self.wake_at(until, ("again", offer.agent_id))
        self.stand_in_line(call, now)
        if agent is not None and agent.offer_id == offer.id:
            self.after_ringing(agent, reason, now)

    def end_transfer(self, call: LiveCall, reason: TransferEnd, now: datetime) -> None:
        """A transfer came to nothing, if there was one: the colleague is free, or visibly paused."""
        transfer, call.transfer = call.transfer, None
        if transfer is None:
            return
        colleague = self.roster.get(transfer.to)
        if transfer.declined and reason != "returned":
            reason = "declined"
        self.record(Kind.TRANSFER_FAILED, now, call.id, transfer.to, transfer_id=transfer.id, reason=reason)
        if colleague is None or colleague.offer_id != transfer.id:
            return
        if colleague.state is AgentState.OFFERED:
            self.after_ringing(colleague, "withdrawn" if reason == "returned" else reason, now, said=True)
        elif transfer.phase is Phase.JOINED:
            self.wrap_up(colleague, call.id, self.queue_of(call), now)
        elif colleague.state is AgentState.ON_CALL:  # only spoke with a colleague: nothing to write down
            self.stand_ready(colleague, now)

    def connect(self, call: LiveCall, now: datetime) -> None:
        """The agent answered."""
        assert call.offer is not None
        agent = self.roster.get(call.offer.agent_id)
        call.state, call.since = call_moves(call.state, CallState.CONNECTED), now
        call.raised, call.promised = 0, None
        call.passed_over.clear()
        self.record(Kind.CALL_CONNECTED, now, call.id, call.offer.agent_id, offer_id=call.offer.id)
        if agent is not None:
            self.roster.move(agent, AgentState.ON_CALL, now)
            agent.missed = 0

    # ---- places in line

    def queue_of(self, call: LiveCall) -> Queue:
        """The queue the call stands in, or the general one."""
        name = call.wish.queue if call.wish else self.rules.default_queue
        return self.rules.queues[name]

    def stand_in_line(self, call: LiveCall, now: datetime) -> None:
        """Take a place in line; it may be offered once it was heard from `[waiting]`."""
        call.confirmed, call.position = False, 0
        waiting_rules.take_place(self, call, now)
        self.positions.moved(call)

    def keep(self, call: LiveCall, now: datetime) -> None:
        """Keep the place of a call without a channel, for which nobody is rung."""
        self.callbacks[call.id] = None
        self.stand_in_line(call, now)
