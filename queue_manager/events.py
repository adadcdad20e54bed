"""What the router hears: past tense or state, immutable, already checked at the door (`ami_inbound.py`, `snapshot.py`).

Instants are UTC and aware. `endpoint` is the name of an agent's SIP endpoint, for example `agent-007`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contact_centre.model import Agent, Language
from contact_centre.states import CallState
from queue_manager.callback_events import CallbackEvent
from queue_manager.events_out import OutEvent, SeenDial
from queue_manager.expected_wait import WaitRange
from queue_manager.hours import ClosedDays
from queue_manager.remembered import Remembered as Remembered
from queue_manager.remembered import RememberedAgent as RememberedAgent

OfferFailure = Literal["no_answer", "busy", "unreachable", "declined", "withdrawn", "lost"]
"""Why an offer ended without an answer."""
TransferEnd = OfferFailure | Literal["returned"]
"""Why a transfer came to nothing; `returned`: the agent who asked took the call back."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller needs, as the conversation left it in the channel's variables."""

    language: Language = "en"
    queue: str = "general"
    skills: frozenset[str] = frozenset()
    priority: int = 0
    agency: str | None = None
    service: str | None = None
    waiting_since: datetime | None = None
    """When the call first began to wait; None when the channel does not say: then it is now."""
    recording: Literal["armed", "refused"] | None = None
    """What the caller heard and chose about the recording; None: nothing is recorded."""
    last_agent: tuple[int, datetime] | None = None
    """Who talked with this caller last (agent id), and when; None: nobody, or not known."""
    callback_id: str | None = None
    """The channel is one that calls the citizen back, at this attempt."""


@dataclass(frozen=True, slots=True)
class CallEntered:
    """Asterisk answered a call; the conversation begins."""

    call_id: str
    channel: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The conversation broke; the caller heard the apology and goes on to a person."""

    call_id: str
    channel: str
    uniqueid: str
    entry: str = "main"
    number_id: int | None = None


@dataclass(frozen=True, slots=True)
class CallWaiting:
    """The call is in `[waiting]`: said at every slice of music, and the only state from which it is offered."""

    call_id: str
    channel: str
    uniqueid: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class OfferStarted:
    """`[offer]` is about to ring the agent."""

    call_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """The agent's phone answered: the first time, or again after it was lost."""

    call_id: str
    offer_id: str
    channel: str = ""
    """The agent's leg."""


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The agent did not take the call; the caller is on the way back to `[waiting]`."""

    call_id: str
    offer_id: str
    reason: OfferFailure


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """Asterisk answered the Redirect with an error: the caller was never sent to `[offer]`."""

    call_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The agent's leg ended while the caller lives: the call is in `[rejoin]`."""

    call_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class RejoinFailed:
    """The agent did not come back in time: the call goes to the head of the line."""

    call_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class TransferAnswered:
    """The colleague who was asked picked up."""

    call_id: str
    transfer_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The colleague did not pick up; the caller, or the agent, is on the way back."""

    call_id: str
    transfer_id: str
    reason: OfferFailure


@dataclass(frozen=True, slots=True)
class ConsultEnded:
    """The colleague's leg ended while the agents spoke; the agent who asked is on the way back to the caller."""

    call_id: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class TransferRefused:
    """Asterisk answered a transfer's order with an error: everybody is where they were."""

    call_id: str
    transfer_id: str


@dataclass(frozen=True, slots=True)
class ConferenceJoined:
    """An agent enters the call's conference."""

    call_id: str
    endpoint: str
    channel: str


@dataclass(frozen=True, slots=True)
class LegEnded:
    """An agent's leg of a call is gone."""

    call_id: str
    endpoint: str
    channel: str


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller's own channel is gone: the one thing that ends a call."""

    call_id: str | None
    """None when the channel's variables did not say; then `uniqueid` must be known."""
    uniqueid: str
    cause: int = 0
    """Q.850 cause code; 0: not known."""


@dataclass(frozen=True, slots=True)
class AgentHeld:
    """The agent's phone put its call on hold."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class AgentResumed:
    """The agent's phone took its call off hold."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class PhoneRegistered:
    """A phone registered for an endpoint; `contact` tells two phones of one endpoint apart."""

    endpoint: str
    contact: str


@dataclass(frozen=True, slots=True)
class PhoneUnregistered:
    """A contact of an endpoint is gone or does not answer."""

    endpoint: str
    contact: str


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """One agent's leg as Asterisk lists it."""

    endpoint: str
    channel: str
    up: bool
    """It was answered; otherwise it rings."""
    place: Literal["", "consulting", "conference"] = ""
    """Which context it is in; empty: bridged by another channel's `Dial`."""


@dataclass(frozen=True, slots=True)
class CallNetted:
    """No router lived: the call went into Asterisk's own queue, out of which nobody is redirected."""

    call_id: str
    channel: str
    uniqueid: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class NetRings:
    """Asterisk's own queue rings an agent."""

    call_id: str
    offer_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class NetAnswered:
    """The agent whom Asterisk's own queue rang answered."""

    call_id: str
    offer_id: str
    endpoint: str
    leg: str
    """The agent's channel."""


@dataclass(frozen=True, slots=True)
class NetServed:
    """What Asterisk's own queue did while no router listened; the journal has it already."""

    connected: frozenset[str] = frozenset()
    """Calls that were answered and were not over when the log was read."""
    ended: frozenset[str] = frozenset()
    """Calls that are over."""
    agents: frozenset[int] = frozenset()
    """Who had one of the calls that are over."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """One caller's channel as Asterisk lists it."""

    call_id: str
    channel: str
    uniqueid: str
    state: CallState
    wish: Wish
    offer_id: str | None = None
    endpoint: str | None = None
    """The agent's endpoint of the present or last offer."""
    legs: tuple[SeenLeg, ...] = ()
    in_conference: bool = False
    """The caller is in the call's conference, or alone in it with music."""
    transfer_id: str | None = None
    transfer_to: str | None = None
    """The endpoint of the last transfer's colleague."""
    netted: bool = False
    """It is in Asterisk's own queue."""
    callback_offered: bool = False
    """The caller was told that they may be called back, or is about to be."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that Asterisk holds just now: what is not in it has ended."""

    calls: tuple[SeenCall, ...]
    contacts: Mapping[str, frozenset[str]]
    """Endpoint -> its contacts."""
    stray_legs: tuple[str, ...] = ()
    """Channels of agents that speak or wait although their caller is gone."""
    dials: tuple[SeenDial, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkLost:
    """Nothing is heard of Asterisk until the next snapshot; nothing is offered meanwhile."""


@dataclass(frozen=True, slots=True)
class AgentsLoaded:
    """Who works here, with their skills: at the start, and again whenever it changed."""

    agents: tuple[Agent, ...]


@dataclass(frozen=True, slots=True)
class WaitsForecast:
    """The line was played forward: in how long each call will probably be answered."""

    ranges: Mapping[str, WaitRange]
    """By call id; calls of which nothing is known are not in it."""
    emergency: bool = False
    """The emergency announcement is on: everybody who waits is offered to be called back."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The instant that `Router.next_deadline` named has come."""


Event = (
    CallEntered
    | CallFailed
    | CallWaiting
    | OfferStarted
    | OfferAnswered
    | OfferFailed
    | OfferRefused
    | AgentLost
    | RejoinFailed
    | TransferAnswered
    | TransferFailed
    | ConsultEnded
    | TransferRefused
    | ConferenceJoined
    | LegEnded
    | CallerLeft
    | CallbackEvent
    | AgentHeld
    | AgentResumed
    | PhoneRegistered
    | PhoneUnregistered
    | Snapshot
    | LinkLost
    | AgentsLoaded
    | Remembered
    | WaitsForecast
    | ClosedDays
    | CallNetted
    | NetRings
    | NetAnswered
    | NetServed
    | TimePassed
    | OutEvent
)
