"""P. What the router orders about callbacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OfferCallback:
    """Let `[waiting]` say that the caller may ask to be called back, and listen for the key."""

    call_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class KeepPlace:
    """Tell the caller that the place is kept, and hang up. The fact was journalled before."""

    call_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class RefuseCallback:
    """Tell the caller why not; they go on waiting."""

    call_id: str
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class DialCallback:
    """Call the citizen: into `[callback]`, with everything that the call is known by."""

    call_id: str
    attempt_id: str
    number_id: int
    ring_s: int
    language: str
    queue: str
    skills: frozenset[str]
    priority: int
    agency: str | None
    service: str | None
    waiting_since: datetime


CallbackCommand = OfferCallback | KeepPlace | RefuseCallback | DialCallback
