"""How the floor looks to the live pages: plain immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contact_centre.states import AgentState, CallState
from queue_manager.events_out import NotReached, OutPhase
from queue_manager.transfer_state import How, Phase


@dataclass(frozen=True, slots=True)
class TransferView:
    """A call that is being handed to a colleague."""

    id: str
    how: How
    phase: Phase
    asked_by: int
    to: int


@dataclass(frozen=True, slots=True)
class CallView:
    """One call."""

    id: str
    state: CallState
    since: datetime
    """Since when it has been in this state."""
    queue: str | None
    waiting_since: datetime | None
    """When it first began to wait."""
    language: str | None
    agency: str | None
    service: str | None
    agent_id: int | None
    """Who is rung for it or talks with it."""
    offer_id: str | None
    position: int | None
    """Place in its queue, 1 = next; None unless it waits."""
    channel: str = ""
    """Asterisk's name of the caller's channel now."""
    transfer: TransferView | None = None
    """To a colleague, while it goes on."""
    outbound: OutPhase | None = None
    """Of a call that an agent makes: how far it is."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent."""

    id: int
    endpoint: str
    state: AgentState
    since: datetime
    reason: str | None
    """Why paused."""
    call_id: str | None
    offer_id: str | None
    wrap_up_until: datetime | None
    pause_next: str | None
    """A pause that begins after the call."""
    phone_registered: bool
    help_since: datetime | None = None
    """Since when they have asked for a supervisor."""
    not_reached: NotReached | None = None
    """Why the citizen whom they called last was not reached."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that happens now."""

    at: datetime
    link_up: bool
    """Whether Asterisk answers; while it does not, nothing here is sure."""
    calls: tuple[CallView, ...]
    agents: tuple[AgentView, ...]
    ignored: int = 0
    """Messages of Asterisk that changed nothing since the router began: doubled, out of order, of unknown calls."""
