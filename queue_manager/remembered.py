"""P. What the journal knew when this router started: agents, calls that had not ended, and what was ordered last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_centre.states import AgentState, CallState
from queue_manager.callback_events import RememberedCallback
from queue_manager.commands import TurnedAway
from queue_manager.promises import Promise


@dataclass(frozen=True, slots=True)
class RememberedAgent:
    """An agent's last state as the journal tells it."""

    agent_id: int
    state: AgentState
    since: datetime
    ready_since: datetime | None = None
    reason: str | None = None
    call_id: str | None = None
    offer_id: str | None = None
    wrap_up_until: datetime | None = None
    missed: int = 0
    pause_next: str | None = None
    """The reason of the pause that was asked for during the call."""
    help_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class SentTo:
    """A call that its agent gave to a queue."""

    queue: str
    agency: str | None
    agent_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AskedColleague:
    """A transfer that a colleague was rung for."""

    id: str
    asked_by: int
    to: int


@dataclass(frozen=True, slots=True)
class RememberedCall:
    """The last intents about an open call: their orders may have been lost with the router that gave them."""

    at_head: bool = False
    """Its agent was lost: before everybody who never had one."""
    sent_to: SentTo | None = None
    """Given to a queue, and offered to nobody since."""
    overflowed_to: str | None = None
    """The queue that it flowed over into."""
    turned_away: TurnedAway | None = None
    asked: AskedColleague | None = None
    """A transfer of which neither completion nor failure is known."""
    handed_to: tuple[str, int] | None = None
    """The transfer that was completed last, and the agent whose call it is by it."""
    outbound: bool = False
    """An agent called the citizen."""


NOTHING = RememberedCall()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the journal knew when this router started: agents' states, and the calls that had not ended."""

    agents: tuple[RememberedAgent, ...] = ()
    open_calls: Mapping[str, CallState] = field(default_factory=dict)
    promised: Mapping[str, Promise] = field(default_factory=dict)
    """What those in line were told of their wait: a new router must not quietly tell them a longer one."""
    passed_over: Mapping[str, Mapping[int, datetime]] = field(default_factory=dict)
    """Call -> agents who did not take it -> until when it is not offered to them again."""
    callbacks: tuple[RememberedCallback, ...] = ()
    calls: Mapping[str, RememberedCall] = field(default_factory=dict)
    surveyed: Mapping[str, int] = field(default_factory=dict)
    """Calls whose citizen was asked how it went and has not answered -> whose call it was."""
