"""What the router goes by: the queues and a few limits. Read from a file by `routing_file.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from contact_centre.model import Queue
from queue_manager.callback_state import CallbackRules
from queue_manager.hours import ALWAYS, Hours
from queue_manager.steps import Step

GRACE_S = 5
"""How long after the ring time an offer may still be silent before Asterisk is asked what became of it (s)."""

PASSED_OVER_S = 10
"""How long a call is not offered again to an agent who just missed it (s)."""

HEAD_OF_LINE = 1000
"""Added to the priority of a call whose agent was lost: before everybody who never had one."""

TRANSFERRED = 500
"""The least priority of a call that an agent handed on: before everybody who had nobody yet."""

NOT_BACK_S = 600
"""How long a call is not offered to the agent who handed it on (s)."""

EXTENSION_REASONS = ("notes", "follow_up", "slow_system", "other")
"""Why an agent may need more time after a call: codes, so that nothing personal enters the journal."""


class PauseReason(StrEnum):
    """Pauses that the house itself begins, each visible by this name."""

    SIGNED_IN = "signed_in"
    """Just signed in, not yet ready."""
    MISSED = "missed"
    """Did not answer an offer."""
    DECLINED = "declined"
    """Declined an offer."""
    PHONE = "phone"
    """The phone could not be rung."""
    LOST = "lost"
    """Lost a call and did not come back to it."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """To another queue, whose callers anybody with the language may take."""

    after_s: int
    to: str


@dataclass(frozen=True, slots=True)
class LastAgent:
    """Whoever talked with this caller last is waited for, a little."""

    hold_s: int
    """How long the call waits for this agent alone, at most and only while the agent is at work (s)."""
    within_s: int
    """How long ago they may have talked (s)."""
    never: frozenset[str] = frozenset()
    """Endpoints whose agents are not waited for."""


@dataclass(frozen=True, slots=True)
class Routing:
    """How the calls of one queue find their agent, and what becomes of those that find none."""

    levels: frozenset[tuple[str, int]] = frozenset()
    """(skill, or a kind of skills such as `agency`, the least level at first)."""
    steps: tuple[Step, ...] = ()
    overflow: Overflow | None = None
    last_agent: LastAgent | None = None
    full_at: int | None = None
    """With this many waiting, a new caller whom nobody could take at once flows over or is turned away."""
    longest_wait_s: int | None = None
    """Who waited this long is told so and turned away (s)."""
    hours: Hours = ALWAYS
    """When new callers may wait."""
    priority: int = 0
    """The least priority of its calls; more is sooner."""


PLAIN = Routing()


@dataclass(frozen=True, slots=True)
class Rules:
    """Queues and limits."""

    queues: Mapping[str, Queue]
    pause_reasons: tuple[str, ...] = ("break",)
    """What an agent may choose, in the order of the menu."""
    wrap_up_limit_s: int = 600
    """How long wrap-up may last in all, extensions included (s)."""
    missed_offers_pause: int = 1
    """Missed offers in a row before an agent is paused."""
    default_queue: str = "general"
    """Where a call goes whose queue does not exist."""
    routing: Mapping[str, Routing] = field(default_factory=dict)
    """Queue -> its routing; a queue that is not named here is first come, first served."""
    point_s: int = 0
    """Ageing: waiting this long is worth one point of priority, in every queue alike (s); 0: it is worth none."""
    callback: CallbackRules | None = None
    """None: nobody is called back."""

    survey: bool = False
    """Whether a citizen is asked how it went when the agent ends the call."""

    def routing_of(self, queue: str) -> Routing:
        """The routing of a queue."""
        return self.routing.get(queue, PLAIN)

    def closed_on(self, days: frozenset[date]) -> Rules:
        """The same rules with these closed days."""
        routing = {name: replace(one, hours=replace(one.hours, closed=days)) for name, one in self.routing.items()}
        return replace(self, routing=routing)

    def always_open(self) -> Rules:
        """The same rules without the hours of queues."""
        return replace(self, routing={name: replace(one, hours=ALWAYS) for name, one in self.routing.items()})
