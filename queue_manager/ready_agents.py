"""The agents who can be offered a call now, in the order in which each kind of call would choose them.

One sorted list for each need that calls have had: the first of it is the choice, without looking at the others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from queue_manager.steps import Need, fits, levels

MOST_NEEDS, MOST_SKILL_SETS = 2000, 20_000
"""Needs whose order is kept, and sets of skills that are remembered; beyond, all are forgotten and made anew."""

Rank = tuple[int, int, float, int]
"""Smaller is better: minus the level of what was wanted, minus that of what is required, ready since, agent id."""


Levels = tuple[int, int]


class ReadyAgent(Protocol):
    """What matching needs to know of an agent who could be offered a call now."""

    @property
    def id(self) -> int:
        """The agent's row id."""

    @property
    def skills(self) -> Mapping[str, int]:
        """Skill -> level 1 to 5."""

    @property
    def ready_since(self) -> datetime | None:
        """Since when the agent has been free for calls."""


@dataclass(slots=True)
class _Able:
    """What agents of one set of skills may take, as far as it was looked at."""

    needs: dict[Need, Levels] = field(default_factory=dict)
    looked_at: int = 0
    """How many of the known needs."""


class _Here(NamedTuple):
    """A ready agent."""

    skills: Mapping[str, int]
    since: float
    able: _Able


class ReadyAgents:
    """Keeps the orders true while agents come and go."""

    def __init__(self) -> None:
        """Nobody is ready."""
        self._here: dict[int, _Here] = {}
        self._by_need: dict[Need, list[Rank]] = {}
        self._needs: list[Need] = []
        """The known needs, in the order in which they became known."""
        self._able: dict[frozenset[tuple[str, int]], _Able] = {}

    def __len__(self) -> int:
        return len(self._here)

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._here

    def __iter__(self) -> Iterator[int]:
        return iter(self._here)

    def add(self, agent: ReadyAgent) -> None:
        """This agent can be offered a call from now on."""
        self.remove(agent.id)
        if len(self._able) >= MOST_SKILL_SETS:
            self._forget()
        since = agent.ready_since.timestamp() if agent.ready_since else 0.0
        here = self._here[agent.id] = _Here(agent.skills, since, self._able_by(agent.skills))
        for need, (wanted, required) in here.able.needs.items():
            insort(self._by_need[need], (-wanted, -required, since, agent.id))

    def remove(self, agent_id: int) -> None:
        """Not any more; one who could not is no mistake."""
        here = self._here.pop(agent_id, None)
        if here is None:
            return
        for need, (wanted, required) in here.able.needs.items():
            ranks = self._by_need[need]
            del ranks[bisect_left(ranks, (-wanted, -required, here.since, agent_id))]

    def may_take(self, agent_id: int, need: Need) -> bool:
        """Whether this agent is ready and may take such a call."""
        here = self._here.get(agent_id)
        if here is None:
            return False
        return need in here.able.needs if need in self._by_need else fits(here.skills, need)

    def ranked(self, need: Need) -> Sequence[Rank]:
        """Everybody who may take such a call, the best first."""
        if need not in self._by_need:
            self._know(need)
        return self._by_need[need]

    def _know(self, need: Need) -> None:
        if len(self._needs) >= MOST_NEEDS:
            self._forget()
        self._needs.append(need)
        ranks: list[Rank] = []
        for agent_id, here in self._here.items():
            found = self._look(here.able, here.skills).needs.get(need)
            if found is not None:
                ranks.append((-found[0], -found[1], here.since, agent_id))
        self._by_need[need] = sorted(ranks)

    def _able_by(self, skills: Mapping[str, int]) -> _Able:
        return self._look(self._able.setdefault(frozenset(skills.items()), _Able()), skills)

    def _look(self, able: _Able, skills: Mapping[str, int]) -> _Able:
        """Look at the needs that became known since these skills were looked at."""
        for need in self._needs[able.looked_at :]:
            if fits(skills, need):
                able.needs[need] = levels(skills, need)
        able.looked_at = len(self._needs)
        return able

    def _forget(self) -> None:
        self._needs.clear()
        self._by_need.clear()
        self._able.clear()
        self._here = {
            id_: _Here(here.skills, here.since, self._able_by(here.skills)) for id_, here in self._here.items()
        }
