"""P. What the router hears of an agent's call to a citizen (`offer_id` is the attempt's id), and of a survey."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from queue_manager.events import OfferFailure, Wish


class OutPhase(StrEnum):
    """How far a call is that an agent makes."""

    AGENT = "agent"
    """The agent's own phone rings."""
    CITIZEN = "citizen"
    """The citizen's phone rings."""
    NOTICE = "notice"
    """The citizen hears who is calling, and of the recording."""
    JOINED = "joined"


NotReached = Literal["no_answer", "busy", "unreachable", "declined", "withdrawn", "lost", "left", "phone"]
"""Why nobody talked: as a failed offer, or `left`: the citizen hung up during the notice; `phone`: the agent's own
phone did not answer; `withdrawn`: the agent gave it up."""


@dataclass(frozen=True, slots=True)
class CitizenRings:
    """The agent's phone answered; the citizen's is dialled now."""

    call_id: str
    offer_id: str
    leg: str
    """The agent's channel."""


@dataclass(frozen=True, slots=True)
class CitizenAnswered:
    """The citizen picked up and hears who is calling; from here on this channel is the call's."""

    call_id: str
    offer_id: str
    channel: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class CitizenJoined:
    """The notice is over: citizen and agent are about to hear each other."""

    call_id: str
    offer_id: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class CitizenNotReached:
    """The citizen's phone was not answered."""

    call_id: str
    offer_id: str
    reason: OfferFailure


@dataclass(frozen=True, slots=True)
class SeenDial:
    """An agent's channel in a list of Asterisk's, that calls a citizen who has not answered."""

    call_id: str
    offer_id: str
    endpoint: str
    channel: str
    up: bool
    """The agent's phone answered."""
    wish: Wish


@dataclass(frozen=True, slots=True)
class SurveyAnswered:
    """After the call: how it went, from 1 to 5."""

    call_id: str
    score: int


OutEvent = SurveyAnswered | CitizenRings | CitizenAnswered | CitizenJoined | CitizenNotReached
