"""What the router orders, in the imperative.

All `Record`s of one batch are journalled before anything else of it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contact_centre.facts import Fact


@dataclass(frozen=True, slots=True)
class Record:
    """Append this fact to the journal."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class OfferCall:
    """Send the caller from `[waiting]` to `[offer]`, which rings the agent."""

    call_id: str
    channel: str
    offer_id: str
    endpoint: str
    ring_s: int
    epoch: int


@dataclass(frozen=True, slots=True)
class WithdrawOffer:
    """Stop ringing: hang up the agent's leg. The caller falls back to `[waiting]` by the dialplan."""

    offer_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up the caller; `Dial` then ends the agent's leg."""

    call_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class AnnouncePosition:
    """Tell the caller, between two slices of music, their place in line (1 = next)."""

    call_id: str
    channel: str
    position: int


@dataclass(frozen=True, slots=True)
class AnnounceWait:
    """Tell the caller, once, between two slices of music, how long it will probably take."""

    call_id: str
    channel: str
    low_min: int
    """0: "less than `high_min` minutes"."""
    high_min: int | None
    """None: "more than `low_min` minutes"."""
    longer: bool
    """Say first that it takes longer than was said before."""


@dataclass(frozen=True, slots=True)
class RaisePriority:
    """Keep a raised priority on the channel, so that it survives this router."""

    call_id: str
    channel: str
    priority: int


@dataclass(frozen=True, slots=True)
class SendToQueue:
    """Send a caller who talks with an agent back to `[waiting]`, with another wish; the agent's leg ends."""

    call_id: str
    channel: str
    queue: str
    agency: str | None
    skills: frozenset[str]
    priority: int
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """Ask Asterisk what is: an expected event did not come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer a request: done, or declined and why."""

    request_id: str
    accepted: bool
    reason: str = ""
    """A short code for programs; empty when there is nothing to say."""
    message: str = ""
    """A sentence for people."""


Command = (
    Record
    | OfferCall
    | WithdrawOffer
    | EndCall
    | AnnouncePosition
    | AnnounceWait
    | RaisePriority
    | SendToQueue
    | TakeSnapshot
    | Answer
)
