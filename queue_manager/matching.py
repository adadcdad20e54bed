"""Who gets whom.

Among waiting calls that an agent may take: highest priority, then longest waiting. Among ready agents who may take a
call: the preferred one, then the best level, then the longest ready. Names break the last ties, so that the same
situation always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from contact_centre.model import Call

DecidedBy = Literal["preferred", "only_one", "level", "longest_ready"]

OrderKey = tuple[int, float, str]
"""Smaller is sooner: (minus priority, seconds since 1970 when it began to wait, call id)."""


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


@dataclass(frozen=True, slots=True)
class Decision:
    """One agent for one call, and why: kept with the offer, shown to the supervisor."""

    agent_id: int
    eligible: tuple[int, ...]
    """Every ready agent who could have had the call, the chosen one first."""
    decided_by: DecidedBy


def order_key(call: Call, raised: int = 0) -> OrderKey:
    """The call's place among others. `raised` is added to its priority (a call that lost its agent)."""
    return (-(call.priority + raised), call.waiting_since.timestamp(), call.id)


def may_take(skills: Mapping[str, int], call: Call) -> bool:
    """Whether someone with these skills may serve the call: every required skill, at any level."""
    return all(skill in skills for skill in call.skills)


def level(skills: Mapping[str, int], call: Call) -> int:
    """How well: the weakest of the required skills, which is what the caller notices. 0 when none is required."""
    return min((skills[skill] for skill in call.skills), default=0)


def choose_agent(call: Call, ready: Iterable[ReadyAgent]) -> Decision | None:
    """The agent for this call among the ready ones, or None when nobody may take it."""
    ranked = sorted(
        (agent.id != call.preferred_agent, -level(agent.skills, call), _moment(agent.ready_since), agent.id)
        for agent in ready
        if may_take(agent.skills, call)
    )
    if not ranked:
        return None
    decided: DecidedBy = "longest_ready"
    if len(ranked) == 1:
        decided = "only_one"
    elif not ranked[0][0]:
        decided = "preferred"
    elif ranked[0][1] != ranked[1][1]:
        decided = "level"
    return Decision(ranked[0][3], tuple(entry[3] for entry in ranked), decided)


def _moment(instant: datetime | None) -> float:
    return instant.timestamp() if instant else 0.0
