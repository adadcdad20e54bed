"""What a router has to say, in order, and the instants at which it must look at something again."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from contact_centre.facts import Fact, Kind
from queue_manager.commands import Command, Record

Due = tuple[Literal["wrap_up", "again"], int] | tuple[Literal["offer", "transfer", "wait", "callback"], str]
"""What is to be looked at: an agent's wrap-up, an agent who may be offered a call again, a silent offer or transfer, a
call whose wait has reached something (a step, an overflow, a limit), a callback that is silent or may be dialled."""


class Outbox:
    """Orders and facts pile up in `out` until the router takes them."""

    def __init__(self, run_id: str) -> None:
        """Begin with nothing. `run_id` makes the ids of this router's facts and offers unlike any other's."""
        self.out: list[Command] = []
        self.ignored: Counter[str] = Counter()
        """Events that changed nothing, by why."""
        self._run_id = run_id
        self._made = 0
        self._deadlines: list[tuple[datetime, int, Due]] = []

    def record(self, kind: Kind, now: datetime, call_id: str | None = None, agent_id: int | None = None, *,
               fact_id: str | None = None, **payload: Any) -> None:  # fmt: skip
        """Put a fact into the journal."""
        self.out.append(Record(Fact(kind, now, call_id, agent_id, payload, fact_id or self.new_id())))

    def new_id(self) -> str:
        """An id no other router makes."""
        self._made += 1
        return f"{self._run_id}-{self._made}"

    def wake_at(self, instant: datetime, due: Due) -> None:
        """Look at this again at this instant; whether it still matters is seen then."""
        self._made += 1
        heapq.heappush(self._deadlines, (instant, self._made, due))

    def next_deadline(self) -> datetime | None:
        """When something is due next."""
        return self._deadlines[0][0] if self._deadlines else None

    def take_due(self, now: datetime) -> Iterator[Due]:
        """What is due by now, each once."""
        while self._deadlines and self._deadlines[0][0] <= now:
            yield heapq.heappop(self._deadlines)[2]
