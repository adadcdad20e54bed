"""The agents and calls of the plain router: what it knows of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queue_manager import events as e


@dataclass
class Agent:
    """One agent."""

    skills: Mapping[str, int]
    endpoint: str
    state: str = "signed_out"
    phones: set[str] = field(default_factory=set)
    ready_since: datetime | None = None
    call: str | None = None
    missed: int = 0
    pause_next: bool = False
    wrap_up_until: datetime | None = None


@dataclass
class Call:
    """One call."""

    wish: e.Wish
    queue: str
    skills: frozenset[str]
    state: str
    since: datetime
    preferred: int | None
    confirmed: bool = False
    entering: bool = True
    raised: int = 0
    hold_over: bool = False
    declined: bool = False
    agent: int | None = None
    offer_id: str = ""
    passed_over: dict[int, datetime] = field(default_factory=dict)
    uniqueid: str = ""
    number: int | None = None
    called_back: bool = False
    phone_free: bool = False
    attempts: int = 0
    attempt_id: str = ""
    not_before: datetime | None = None
    near: bool = False
