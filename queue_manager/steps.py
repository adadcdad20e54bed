"""What a call requires of an agent, and how that relaxes with its wait.

A queue asks for skills at least levels at first; each of its steps then drops one kind of requirement. A step only ever
widens who may take the call, so nobody who could have it loses it by waiting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Relaxed = Literal["level", "agency", "language"]
"""What a step drops: least levels, the agency's skills, the language's."""

RELAXED: tuple[Relaxed, ...] = ("level", "agency", "language")


@dataclass(frozen=True, slots=True)
class Step:
    """After this wait, ask for less."""

    after_s: int
    relax: Relaxed
    to_level: int = 1
    """With `level`: the least level from here on."""


class Need(NamedTuple):
    """What an agent must have to take a call. Calls of equal needs stand in one line: its head answers for all."""

    required: frozenset[tuple[str, int]]
    """(skill, least level), each of which the agent must have."""
    wanted: frozenset[str]
    """The skills first asked for: whoever has them is still the better choice when they are required no more."""


class Rung(NamedTuple):
    """One stage of a wait."""

    after_s: int
    """Seconds of waiting from which it holds."""
    need: Need
    relax: Relaxed | None
    """What was dropped to come here; None: nothing, the first stage."""


@lru_cache(maxsize=4096)
def ladder(levels: frozenset[tuple[str, int]], steps: tuple[Step, ...], skills: frozenset[str]) -> tuple[Rung, ...]:
    """The stages of a call that asks for these skills. `levels`: (skill or its kind, least level)."""
    least = dict(levels)
    required = {skill: least.get(skill, least.get(kind_of(skill), 1)) for skill in skills}
    rungs = [Rung(0, Need(frozenset(required.items()), skills), None)]
    for step in steps:
        if step.relax == "level":
            required = {skill: min(level, step.to_level) for skill, level in required.items()}
        else:
            required = {skill: level for skill, level in required.items() if kind_of(skill) != step.relax}
        need = Need(frozenset(required.items()), skills)
        if need != rungs[-1].need:  # a step that drops nothing of this call's is none
            rungs.append(Rung(step.after_s, need, step.relax))
    return tuple(rungs)


def kind_of(skill: str) -> str:
    """`agency` of `agency:immigration`."""
    return skill.partition(":")[0]


def rung_at(rungs: Sequence[Rung], waited_s: float) -> int:
    """The index of the stage that holds after a wait."""
    return max(0, sum(rung.after_s <= waited_s for rung in rungs) - 1)


def fits(skills: Mapping[str, int], need: Need) -> bool:
    """Whether someone with these skills may take a call of this need."""
    return all(skills.get(skill, 0) >= least for skill, least in need.required)


def levels(skills: Mapping[str, int], need: Need) -> tuple[int, int]:
    """How well: the weakest of the skills first asked for, which is what the caller notices; then of those required."""
    return (
        min((skills.get(skill, 0) for skill in need.wanted), default=0),
        min((skills.get(skill, 0) for skill, _ in need.required), default=0),
    )


def in_words(need: Need) -> list[str]:
    """The requirements as short texts, sorted: `agency:immigration>=3`."""
    return sorted(f"{skill}>={least}" if least > 1 else skill for skill, least in need.required)
