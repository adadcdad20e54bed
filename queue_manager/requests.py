"""What consoles ask of the router. Each is answered accepted or refused; the same `id` twice is done once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contact_centre.model import Language


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request was answered."""

    accepted: bool
    reason: str = ""
    """A short code; empty when there is nothing to say."""
    message: str = ""
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class _Request:
    id: str
    """Made by the console, unique; asking again with it gives the same answer and does nothing more."""
    account_id: int
    """Who asks."""
    agent_id: int
    """Whom it is about."""


@dataclass(frozen=True, slots=True)
class SignIn(_Request):
    """Begin to work; a second sign-in of one agent takes over from the first (`reason` is `took_over`)."""


@dataclass(frozen=True, slots=True)
class SignOut(_Request):
    """Stop working; refused while ringing or talking."""


@dataclass(frozen=True, slots=True)
class SetReady(_Request):
    """Take calls. During wrap-up it ends the wrap-up; during a call it takes back a requested pause."""


@dataclass(frozen=True, slots=True)
class Pause(_Request):
    """Take no calls; during a call, from its end on."""

    reason: str
    """One of the pause reasons in the routing file."""


@dataclass(frozen=True, slots=True)
class EndCall(_Request):
    """Hang up the citizen: the agent's End button."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Decline(_Request):
    """Do not take the call that is ringing; the next agent gets it and this one is paused."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class ExtendWrapUp(_Request):
    """Need more time after the call."""

    seconds: int
    reason: str
    """One of `rules.EXTENSION_REASONS`."""


@dataclass(frozen=True, slots=True)
class FinishWrapUp(_Request):
    """The work after the call is done: ready, or paused when a pause was asked for."""


@dataclass(frozen=True, slots=True)
class TransferToQueue(_Request):
    """Give the call to whoever of another queue takes it next; the agent goes on to wrap-up at once."""

    call_id: str
    queue: str
    agency: str | None = None
    """Whose questions it is about now; None: any agent who speaks the language."""


@dataclass(frozen=True, slots=True)
class TransferToAgent(_Request):
    """Hand the call to a ready colleague: at once, or after speaking with them while the citizen hears music."""

    call_id: str
    to_agent_id: int
    speak_first: bool = False


@dataclass(frozen=True, slots=True)
class SteerTransfer(_Request):
    """Go on with a transfer: all three together, leave it to the colleague, or take it back."""

    call_id: str
    to: Literal["join", "complete", "return"]


@dataclass(frozen=True, slots=True)
class CallCitizen(_Request):
    """Call a known citizen: this agent's own phone first. Who may, and whom, was decided before; the number is judged
    once more."""

    call_id: str
    """Made by the console: a UUID."""
    number: str
    number_id: int
    language: Language
    queue: str
    agency: str | None = None
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class AskForHelp(_Request):
    """Show on the supervisors' board that this agent needs one of them; it ends with the call's work at the latest."""


@dataclass(frozen=True, slots=True)
class EndHelp(_Request):
    """A supervisor is there, or the agent needs none any more."""


Request = (
    SignIn
    | SignOut
    | SetReady
    | Pause
    | EndCall
    | Decline
    | ExtendWrapUp
    | FinishWrapUp
    | TransferToQueue
    | TransferToAgent
    | SteerTransfer
    | CallCitizen
    | AskForHelp
    | EndHelp
)
