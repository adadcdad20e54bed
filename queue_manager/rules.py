"""What the router goes by: the queues and a few limits. Read from a file by `routing_file.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contact_centre.model import Queue

GRACE_S = 5
"""How long after the ring time an offer may still be silent before Asterisk is asked what became of it (s)."""

PASSED_OVER_S = 10
"""How long a call is not offered again to an agent who just missed it (s)."""

HEAD_OF_LINE = 1000
"""Added to the priority of a call whose agent was lost: before everybody who never had one."""

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
