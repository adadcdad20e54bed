"""P. What the router hears of callbacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from queue_manager.events import Wish

CallbackFailure = Literal[
    "no_answer", "busy", "unreachable", "not_taken", "left", "declined", "lost", "no_number", "expired"
]
"""Why an attempt came to nothing. `not_taken`: something answered and pressed no key, as voicemail does; `left`: hung
up after pressing; `lost`: nothing is known of it; `no_number`: the number is gone, or may not be dialled any more."""


@dataclass(frozen=True, slots=True)
class CallbackWanted:
    """A caller asked and confirmed; the number is looked at before the router hears of it."""

    call_id: str
    channel: str
    uniqueid: str
    wish: Wish
    number: str = field(repr=False)
    caller: str = field(repr=False)
    """The number they call from; empty when it is withheld."""


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """A caller in line, or one for whom nobody is there, wants to be called back."""

    call_id: str
    uniqueid: str
    number_id: int | None
    refused: str = ""
    """Why this number is not called back; empty: it may be."""
    channel: str = ""
    wish: Wish | None = None
    """What the call needs, where it has not waited yet."""


@dataclass(frozen=True, slots=True)
class CallbackFailed:
    """An attempt ended without the citizen in line."""

    call_id: str
    attempt_id: str
    reason: CallbackFailure


@dataclass(frozen=True, slots=True)
class RememberedCallback:
    """A callback that the journal knows and that is not done."""

    call_id: str
    wish: Wish
    number_id: int
    asked_at: datetime
    attempts: int = 0
    attempt_id: str | None = None
    """An attempt whose result is not known."""
    dialled_at: datetime | None = None
    not_before: datetime | None = None


CallbackEvent = CallbackAsked | CallbackFailed
