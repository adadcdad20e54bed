"""P. Today's numbers: a fold over the journal from local midnight on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.model import Queue
from queue_manager.callback_tally import CallbackTally
from queue_manager.kept_promises import KeptPromises
from queue_manager.service_level import Tally
from queue_manager.surveys import SurveyTally
from queue_manager.tallies import Tallies

MISSED = ("no_answer", "busy", "unreachable")


@dataclass(slots=True)
class AgentDay:
    """One agent's work today."""

    answered: int = 0
    missed: int = 0
    handled: int = 0
    handling_s: float = 0.0
    """Talk, hold and wrap-up together (s)."""
    busy_since: datetime | None = None

    @property
    def average_s(self) -> float | None:
        """Average handling time (s)."""
        return self.handling_s / self.handled if self.handled else None


@dataclass(slots=True)
class Answers:
    """How the machine's questions were answered today, over all calls."""

    voice: int = 0
    key: int = 0
    none: int = 0
    """Not at all."""
    unheard: int = 0
    """Of all of them: asked while nobody could be listened to."""

    def add(self, payload: Mapping[str, Any]) -> None:
        """Count one call's."""
        self.voice += payload.get("voice", 0)
        self.key += payload.get("key", 0)
        self.none += payload.get("none", 0)
        self.unheard += payload.get("unheard", 0)


class Today:
    """Fold facts in order; each once. Queues are counted by `queue_manager.tallies`, which defines each metric."""

    def __init__(self, queues: Mapping[str, Queue], position: int = 0) -> None:
        """Begin at a position, with nothing counted."""
        self.position = position
        self._tallies = Tallies(queues)
        self._agents: dict[int, AgentDay] = {}
        self.answers = Answers()
        self.callbacks = CallbackTally()
        self.survey = SurveyTally()
        self.promises = KeptPromises()
        """Whether the waits that callers were told came true."""

    def add(self, recorded: Iterable[Recorded]) -> None:
        """Count what happened since."""
        for one in recorded:
            if one.position > self.position:
                self.position = one.position
                self._tallies.apply(one.fact)
                self.promises.apply(one.fact)
                self.callbacks.apply(one.fact)
                self.survey.apply(one.fact)
                if one.fact.kind is Kind.PROMPTS_ANSWERED:
                    self.answers.add(one.fact.payload)
                if one.fact.agent_id is not None:
                    self._count(self.agent(one.fact.agent_id), one.fact)

    def queue(self, name: str) -> Tally:
        """A queue's day."""
        return self._tallies.of_queue(name)

    def agent(self, agent_id: int) -> AgentDay:
        """An agent's day."""
        return self._agents.setdefault(agent_id, AgentDay())

    def _count(self, agent: AgentDay, fact: Fact) -> None:
        match fact.kind:
            case Kind.CALL_CONNECTED:
                agent.answered += not fact.payload.get("outbound")
                agent.busy_since = fact.occurred_at
            case Kind.TRANSFER_COMPLETED:
                agent.answered += 1
                agent.busy_since = agent.busy_since or fact.occurred_at
            case Kind.OFFER_FAILED | Kind.TRANSFER_FAILED if fact.payload.get("reason") in MISSED:
                agent.missed += 1
            case Kind.AGENT_READY | Kind.AGENT_PAUSED | Kind.AGENT_SIGNED_OUT if agent.busy_since is not None:
                agent.handled += 1
                agent.handling_s += max(0.0, (fact.occurred_at - agent.busy_since).total_seconds())
                agent.busy_since = None
            case _:
                pass
