"""The moves of agents between their states, each said with its fact in one place."""

from __future__ import annotations

from datetime import datetime, timedelta

from contact_centre.facts import Kind
from contact_centre.model import Queue
from contact_centre.states import AgentState
from queue_manager.events import OfferFailure
from queue_manager.outbox import Outbox
from queue_manager.roster import LiveAgent, Roster
from queue_manager.rules import PauseReason, Rules


class AgentMoves(Outbox):
    """Everybody who may take calls."""

    def __init__(self, rules: Rules, run_id: str) -> None:
        """Begin with nobody."""
        super().__init__(run_id)
        self.rules = rules
        self.roster = Roster()

    def stand_ready(self, agent: LiveAgent, now: datetime, *, said: bool = True) -> None:
        """Free for calls. `said=False`: another fact tells it (the offer's end)."""
        pause_next = agent.pause_next
        if pause_next is not None:
            self.pause(agent, pause_next, now)
            return
        self.roster.move(agent, AgentState.READY, now)
        if said:
            self.record(Kind.AGENT_READY, now, agent_id=agent.id)

    def pause(self, agent: LiveAgent, reason: str, now: datetime) -> None:
        """Take no calls, for a reason that everybody sees. A new reason begins a new pause."""
        if agent.state is not AgentState.PAUSED:
            self.roster.move(agent, AgentState.PAUSED, now)
        agent.reason, agent.since, agent.missed = reason, now, 0
        self.record(Kind.AGENT_PAUSED, now, agent_id=agent.id, reason=reason)

    def wrap_up(self, agent: LiveAgent, call_id: str, queue: Queue, now: datetime) -> None:
        """The call is over; the agent has its work to finish."""
        self.roster.move(agent, AgentState.WRAP_UP, now)
        agent.offer_id = None
        until = agent.wrap_up_until = now + timedelta(seconds=queue.wrap_up_s)
        self.record(Kind.AGENT_WRAPPING_UP, now, call_id, agent.id, until=until.isoformat())
        self.wake_at(until, ("wrap_up", agent.id))

    def phone_changed(self, agent: LiveAgent | None, now: datetime) -> None:
        """Say that a signed-in agent has a phone now, or has none any more."""
        if agent is not None and agent.state is not AgentState.SIGNED_OUT:
            kind = Kind.PHONE_REGISTERED if agent.contacts else Kind.PHONE_UNREGISTERED
            self.record(kind, now, agent_id=agent.id)

    def after_ringing(self, agent: LiveAgent, reason: OfferFailure, now: datetime, *, said: bool = False) -> None:
        """Nobody talks with the agent who was rung: ready again, or visibly paused."""
        if reason in ("no_answer", "busy"):
            agent.missed += 1
            if agent.missed >= self.rules.missed_offers_pause:
                self.pause(agent, PauseReason.MISSED, now)
                return
        elif reason in ("declined", "unreachable"):
            self.pause(agent, PauseReason.DECLINED if reason == "declined" else PauseReason.PHONE, now)
            return
        self.stand_ready(agent, now, said=said)
