"""The append-only log of facts: one serialised append, so that `position > N` never misses one.

Positions are given at commit: SQLite has one writer at a time, and on PostgreSQL every append takes the same
transaction lock. The rows that people read (calls, segments, offers) are folded in the same transaction by
`projection.py`, so they cannot disagree with the journal. While the database is away, facts go to a spool on disk and
are written, in order, when it is back; a fact's id makes writing it twice harmless.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from contact_centre import projection
from contact_centre.database import read_scope
from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.tables import Base, CallRow, FactRow, OfferRow, QueueSegment

log = logging.getLogger("contact_centre.journal")
FACTS = Base.metadata.tables[FactRow.__tablename__]
APPEND_LOCK = 0x48554455  # "HUDU": one number for PostgreSQL's advisory lock


AWAY = (OperationalError, InterfaceError, NoFreeConnection)
"""The database cannot be reached, or cannot write just now; anything else means that it refuses a fact."""

REPLAYED_AT_ONCE = 500
"""Facts of the spool in one transaction: a statement has room for some thousand values."""


class Journal:
    """A writer's door to the journal. Safe to use from several threads."""

    def __init__(self, engine: Engine, spool: Path) -> None:
        """Write to `engine`; keep facts in the file `spool` while it cannot be reached."""
        self._engine = engine.execution_options(writes=True)
        self._spool = spool
        self._refused = spool.with_name(f"{spool.name}.refused")
        self._lock = threading.Lock()

    def append(self, *facts: Fact) -> bool:
        """Write the facts in order, all or none. True: in the database; False: safe on disk until it is back."""
        with self._lock:
            try:
                self._replay()
                self._write(facts)
            except AWAY:
                add_lines(self._spool, facts)
                return False
            return True

    def set_aside(self, fact: Fact) -> None:
        """Keep a fact that the database refuses in a file beside the spool, for people to look at."""
        log.error("the database refuses fact %s (%s): it is kept in %s", fact.id, fact.kind, self._refused)
        add_lines(self._refused, [fact])

    def _write(self, facts: Sequence[Fact]) -> None:
        with self._engine.begin() as connection:
            _append(connection, facts)

    def _replay(self) -> None:
        """Write what waits on disk, first. One fact that is refused must not keep the others there for ever."""
        if not self._spool.exists():
            return
        waiting = self._spooled()
        for start in range(0, len(waiting), REPLAYED_AT_ONCE):
            some = waiting[start : start + REPLAYED_AT_ONCE]
            try:
                self._write(some)
            except AWAY:
                raise
            except Exception:
                self._write_each(some)
        self._spool.unlink()

    def _write_each(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            try:
                self._write([fact])
            except AWAY:
                raise
            except Exception:
                self.set_aside(fact)

    def _spooled(self) -> list[Fact]:
        lines = self._spool.read_text(errors="replace").splitlines()
        return [fact for line in lines if (fact := _from_line(line)) is not None]


def append_in(session: Session, facts: Sequence[Fact]) -> None:
    """Append and fold within a transaction of the caller's (one that also writes a case, say)."""
    session.flush()
    _append(session.connection(), facts)
    for row in list(session.identity_map.values()):  # what the session has read before is read again
        if isinstance(row, CallRow | QueueSegment | OfferRow):
            session.expire(row)


def _append(connection: Connection, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": APPEND_LOCK})
    seen = set(connection.scalars(select(FACTS.c.id).where(FACTS.c.id.in_([fact.id for fact in facts]))))
    new = list({fact.id: fact for fact in facts if fact.id not in seen}.values())
    if new:
        connection.execute(FACTS.insert(), [_row(fact) for fact in new])  # one after the other: so the positions
        projection.apply(connection, new)


def add_lines(path: Path, facts: Sequence[Fact]) -> None:
    """Put facts at the end of a file, one a line, and see them on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write("\n")  # ends a line that a power cut tore
        for fact in facts:
            file.write(_to_line(fact) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _row(fact: Fact) -> dict[str, object]:
    return {
        "id": fact.id,
        "kind": fact.kind.value,
        "occurred_at": fact.occurred_at,
        "call_id": fact.call_id,
        "agent_id": fact.agent_id,
        "payload": dict(fact.payload),
    }


def last_position(session: Session) -> int:
    """The position of the newest fact; 0 for an empty journal."""
    return session.scalar(select(func.max(FactRow.position))) or 0


def read_after(session: Session, position: int, limit: int = 1000) -> list[Recorded]:
    """The facts after a position, oldest first, at most `limit`."""
    rows = session.scalars(select(FactRow).where(FactRow.position > position).order_by(FactRow.position).limit(limit))
    return [_recorded(row) for row in rows]


def of_call(session: Session, call_id: str) -> list[Recorded]:
    """Everything that happened to one call, in order."""
    rows = session.scalars(select(FactRow).where(FactRow.call_id == call_id).order_by(FactRow.position))
    return [_recorded(row) for row in rows]


def since(engine: Engine, instant: datetime) -> Iterator[Recorded]:
    """Every fact that occurred at or after an instant, in order."""
    with read_scope(engine) as session:
        rows = session.scalars(
            select(FactRow)
            .where(FactRow.occurred_at >= instant)
            .order_by(FactRow.position)
            .execution_options(yield_per=500)
        )
        yield from map(_recorded, rows)


def _recorded(row: FactRow) -> Recorded:
    fact = Fact(
        kind=Kind(row.kind),
        occurred_at=row.occurred_at,
        call_id=row.call_id,
        agent_id=row.agent_id,
        payload=row.payload,
        id=row.id,
    )
    return Recorded(row.position, fact)


def _to_line(fact: Fact) -> str:
    return json.dumps(
        {
            "id": fact.id,
            "kind": fact.kind,
            "occurred_at": fact.occurred_at.isoformat(),
            "call_id": fact.call_id,
            "agent_id": fact.agent_id,
            "payload": dict(fact.payload),
        }
    )


def _from_line(line: str) -> Fact | None:
    """The fact of a line; None for one that a power cut tore."""
    try:
        raw = json.loads(line)
        return Fact(
            kind=Kind(raw["kind"]),
            occurred_at=datetime.fromisoformat(raw["occurred_at"]),
            call_id=raw["call_id"],
            agent_id=raw["agent_id"],
            payload=raw["payload"],
            id=raw["id"],
        )
    except (ValueError, KeyError, TypeError):
        return None
