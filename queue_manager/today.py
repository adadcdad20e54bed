"""Today's tallies, kept up with the journal: every room's facts, each once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from contact_centre.database import read_scope
from contact_centre.journal import read_after
from contact_centre.model import Queue
from contact_centre.tables import FactRow
from queue_manager.tallies import Tallies


class Today:
    """Begins anew at each local midnight."""

    def __init__(self, engine: Engine, queues: Mapping[str, Queue], zone: ZoneInfo) -> None:
        """Nothing is read yet."""
        self._engine, self._queues, self._zone = engine, queues, zone
        self._day: datetime | None = None
        self._position = 0
        self._tallies = Tallies(queues)
        self._lock = threading.Lock()

    def catch_up(self, now: datetime) -> Tallies:
        """Fold what the journal got since the last time. Blocking; call it in a worker thread."""
        midnight = datetime.combine(now.astimezone(self._zone).date(), time(), self._zone).astimezone(UTC)
        with self._lock, read_scope(self._engine) as session:
            if self._day != midnight:
                self._day, self._tallies = midnight, Tallies(self._queues)
                first = session.scalar(select(func.min(FactRow.position)).where(FactRow.occurred_at >= midnight))
                last = session.scalar(select(func.max(FactRow.position))) or 0
                self._position = last if first is None else first - 1
            while facts := read_after(session, self._position):
                for recorded in facts:
                    self._tallies.apply(recorded.fact)
                self._position = facts[-1].position
            return self._tallies
