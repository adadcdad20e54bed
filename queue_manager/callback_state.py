"""P. What the line keeps of a citizen who hung up and is to be called back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from queue_manager.hours import ALWAYS, Hours


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """When a callback is offered, and how often and how patiently it is tried."""

    offer_over_s: int = 180
    """Offered to who may have to wait longer than this, or has waited so long already (s)."""
    attempts: int = 3
    """How often one citizen is dialled, at most."""
    spacing_s: int = 300
    """From an attempt that failed to the next (s)."""
    ring_s: int = 30
    """How long their telephone rings (s)."""
    lead_s: int = 40
    """So long before the predicted turn they are dialled: ringing, listening and pressing takes its time (s)."""
    keep_h: int = 72
    """A place is kept so long (h): over a weekend."""
    most: int = 500
    """So many may be waited for at once; who asks then keeps queueing."""
    hours: Hours = ALWAYS
    """When citizens may be called, besides their queue's own hours: nobody is woken."""
    per_day: int = 3
    """So often a number may be called back within 24 hours, and so often one telephone may ask for it."""


@dataclass(slots=True)
class Callback:
    """One citizen's callback, while the citizen is not on the line."""

    number_id: int
    """Row id of the number to dial; the number itself stays in its table."""
    asked_at: datetime
    attempts: int = 0
    attempt_id: str | None = None
    """The attempt under way; None: nobody is being dialled."""
    dialled_at: datetime | None = None
    not_before: datetime | None = None
    """After an attempt that failed: not dialled again, and in nobody's way, before this instant."""
    turn_near: bool = False
    """The line was played forward, and an agent will probably be free by the time the citizen has answered."""
