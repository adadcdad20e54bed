"""The agents who can be offered a call now, in the order in which each kind of call would choose them.

One sorted list for each need that calls have had: the first of it is the choice, without looking at the others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from queue_manager.steps import Need, fits, levels

MOST_NEEDS = 2000
"""Needs whose order is kept; beyond, all are forgotten and made again as they are asked for."""

Rank = tuple[int, int, float, int]
"""Smaller is better: minus the level of what was wanted, minus that of what is required, ready since, agent id."""


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


class ReadyAgents:
    """Keeps the orders true while agents come and go."""

    def __init__(self) -> None:
        """Nobody is ready."""
        self._here: dict[int, tuple[Mapping[str, int], float]] = {}
        self._by_need: dict[Need, list[Rank]] = {}

    def __len__(self) -> int:
        return len(self._here)

    def __contains__(self, agent_id: int) -> bool:
        return agent_id in self._here

    def __iter__(self) -> Iterator[int]:
        return iter(self._here)

    def add(self, agent: ReadyAgent) -> None:
        """This agent can be offered a call from now on."""
        self.remove(agent.id)
        entry = self._here[agent.id] = (agent.skills, agent.ready_since.timestamp() if agent.ready_since else 0.0)
        for need, ranks in self._by_need.items():
            if fits(agent.skills, need):
                insort(ranks, _rank(agent.id, entry, need))

    def remove(self, agent_id: int) -> None:
        """Not any more; one who could not is no mistake."""
        entry = self._here.pop(agent_id, None)
        if entry is None:
            return
        for need, ranks in self._by_need.items():
            if fits(entry[0], need):
                del ranks[bisect_left(ranks, _rank(agent_id, entry, need))]

    def may_take(self, agent_id: int, need: Need) -> bool:
        """Whether this agent is ready and may take such a call."""
        entry = self._here.get(agent_id)
        return entry is not None and fits(entry[0], need)

    def ranked(self, need: Need) -> Sequence[Rank]:
        """Everybody who may take such a call, the best first."""
        ranks = self._by_need.get(need)
        if ranks is None:
            if len(self._by_need) >= MOST_NEEDS:
                self._by_need.clear()
            ranks = self._by_need[need] = sorted(
                _rank(agent_id, entry, need) for agent_id, entry in self._here.items() if fits(entry[0], need)
            )
        return ranks


def _rank(agent_id: int, entry: tuple[Mapping[str, int], float], need: Need) -> Rank:
    wanted, required = levels(entry[0], need)
    return (-wanted, -required, entry[1], agent_id)
