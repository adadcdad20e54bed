"""One transfer of a call to a colleague, from the asking to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

SILENT_S = 5
"""How long a moved call may be silent before Asterisk is asked what became of it (s)."""

How = Literal["cold", "warm"]
"""`cold`: the caller is sent to the colleague at once. `warm`: the agents speak first."""


class Phase(StrEnum):
    """How far it is. What was ordered and not yet heard of has a phase of its own (`…ing` of a move)."""

    RINGING = "ringing"
    CONSULTING = "consulting"
    """The agents speak, the caller hears music."""
    JOINING = "joining"
    JOINED = "joined"
    """All three hear each other."""
    COMPLETING = "completing"
    RETURNING = "returning"


@dataclass(slots=True)
class Transfer:
    """Owned by the router, changed by it alone."""

    id: str
    how: How
    asked_by: int
    """The agent whose call it is until it is completed."""
    to: int
    """The agent who is asked to take it."""
    since: datetime
    phase: Phase = Phase.RINGING
    inside: set[int] = field(default_factory=set)
    """Agents in the call's conference."""
    declined: bool = False
