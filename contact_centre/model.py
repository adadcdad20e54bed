"""The nouns: what a call, an agent, a queue and an offer are, for every room.

Pure values; instants are UTC and aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Language = Literal["en", "sw"]
"""The two languages the line speaks: English and Kiswahili (ISO 639-1)."""

LANGUAGES: tuple[Language, ...] = ("en", "sw")

OUTBOUND = "outbound"
"""The entry of a call that an agent made; every other call was made by a citizen."""


WAIT_STEPS_MIN = (0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""The steps in which an expected wait is told (minutes): what the router rounds to and what there are prompts for."""


def language_skill(language: Language) -> str:
    """The skill an agent needs to serve a call in this language: `language:sw`."""
    return f"language:{language}"


def agency_skill(agency: str) -> str:
    """The skill an agent needs for an agency's questions: `agency:immigration`."""
    return f"agency:{agency}"


@dataclass(frozen=True, slots=True)
class Queue:
    """A waiting line and its rules."""

    name: str
    """A slug: lower-case letters, digits and hyphens."""
    title: Mapping[Language, str]
    """What people read and hear."""
    agencies: tuple[str, ...]
    """Slugs of the agencies whose callers wait here."""
    ring_s: int = 15
    """How long one agent's phone rings before the next is tried (s)."""
    wrap_up_s: int = 45
    """How long wrap-up lasts unless it is saved or extended (s)."""
    service_level_s: int = 30
    """The answer threshold T of this queue's service level (s)."""
    short_abandon_s: int = 5
    """The short-abandon limit S (s)."""
    target: float = 0.80
    """Share of calls to be answered within `service_level_s`."""
    notice: Mapping[Language, str] | None = None
    """What its agents read before and during each call, or None."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who answers calls."""

    id: int
    extension: str
    """Name of the agent's SIP endpoint, for example `agent-007`."""
    name: str
    skills: Mapping[str, int] = field(default_factory=dict)
    """Skill -> level, 1 (learning) to 5 (expert)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One contact of one citizen as the line knows it when it asks for a person."""

    id: str
    channel: str
    """Asterisk's channel name now: evidence and an address for commands, never the key."""
    language: Language
    queue: str
    skills: frozenset[str]
    """What an agent must have to take it."""
    waiting_since: datetime
    """When it first began to wait; kept over every offer that failed."""
    priority: int = 0
    agency: str | None = None
    service: str | None = None
    preferred_agent: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One agent being rung for one call."""

    id: str
    call_id: str
    agent_id: int
    offered_at: datetime
