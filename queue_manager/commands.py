"""What the router orders, in the imperative.

All `Record`s of one batch are journalled before anything else of it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contact_centre.facts import Fact
from contact_centre.model import Call
from queue_manager.callback_commands import CallbackCommand


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
class CallOut:
    """Ring the agent's own phone; when it answers, `[call-out]` dials the citizen."""

    call_id: str
    offer_id: str
    endpoint: str
    number: str
    """E.164."""
    wish: Call
    """What the call is about, should the agent be lost and another take it."""
    ring_s: int
    epoch: int


@dataclass(frozen=True, slots=True)
class AskSurvey:
    """Send the citizen from the agent to `[survey]`; the agent's leg ends."""

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
    """None: "more than `low_min` minutes", or with a `low_min` of 0 nothing but what `longer` says."""
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
    epoch: int


@dataclass(frozen=True, slots=True)
class SendToColleague:
    """Send the caller to `[transfer]`, which rings a colleague; not answered, it rings the agent who asked."""

    call_id: str
    channel: str
    transfer_id: str
    endpoint: str
    ring_s: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Consult:
    """Part caller and agent without losing either: the caller to the conference, the agent to ring a colleague."""

    call_id: str
    channel: str
    leg: str
    transfer_id: str
    endpoint: str
    ring_s: int
    epoch: int


@dataclass(frozen=True, slots=True)
class JoinAll:
    """Bring both agents into the caller's conference."""

    call_id: str
    transfer_id: str
    leg: str
    colleague: str
    epoch: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Bring the colleague into the caller's conference, and let go of the agent who asked."""

    call_id: str
    transfer_id: str
    leg: str
    colleague: str
    epoch: int


@dataclass(frozen=True, slots=True)
class BackToCaller:
    """Bring the agent back into the caller's conference; what rang or was spoken with ends."""

    call_id: str
    transfer_id: str
    leg: str
    epoch: int


@dataclass(frozen=True, slots=True)
class NameAgent:
    """Say on the caller's channel whose call it is now: that is who is rung when the leg is lost."""

    call_id: str
    channel: str
    offer_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class BringBack:
    """A caller who is alone in the conference goes to `[rejoin]`."""

    call_id: str
    channel: str
    epoch: int


@dataclass(frozen=True, slots=True)
class EndLeg:
    """Hang up one agent's leg."""

    leg: str


@dataclass(frozen=True, slots=True)
class OverflowCall:
    """Keep on the channel that the call waits in another queue now, and what it still requires."""

    call_id: str
    channel: str
    queue: str
    skills: frozenset[str]


TurnedAway = Literal["full", "late", "closed"]
"""Why a caller cannot wait: the queue is full, the longest wait is over, it is not open."""


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Send the caller from `[waiting]` to `[turned-away]`, which says why and hangs up."""

    call_id: str
    channel: str
    reason: TurnedAway
    callback: bool = False
    """The caller may ask to be called back instead."""
    opens: str = ""
    """When the queue opens, for example `tomorrow-0800`, local time; empty: that is not said."""


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
    | CallOut
    | AskSurvey
    | EndCall
    | AnnouncePosition
    | AnnounceWait
    | RaisePriority
    | SendToQueue
    | SendToColleague
    | Consult
    | JoinAll
    | HandOver
    | BackToCaller
    | NameAgent
    | BringBack
    | EndLeg
    | OverflowCall
    | TurnAway
    | CallbackCommand
    | TakeSnapshot
    | Answer
)
