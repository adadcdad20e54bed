"""The append-only log of facts: one serialised append, so that `position > N` never misses one.

Positions are given at commit: SQLite has one writer at a time, and on PostgreSQL every append takes the same
transaction lock. The rows that people read (calls, segments, offers) are folded in the same transaction by
`projection.py`, so they cannot disagree with the journal. While the database is away, facts go to a spool on disk and
are written, in order, when it is back; a fact's id makes writing it twice harmless.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from contact_centre import projection
from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.tables import Base, CallRow, FactRow

FACTS = Base.metadata.tables[FactRow.__tablename__]
APPEND_LOCK = 0x48554455  # "HUDU": one number for PostgreSQL's advisory lock


class Journal:
    """A writer's door to the journal. Safe to use from several threads."""

    def __init__(self, engine: Engine, spool: Path) -> None:
        """Write to `engine`; keep facts in the file `spool` while it cannot be reached."""
        self._engine = engine
        self._spool = spool
        self._lock = threading.Lock()

    def append(self, *facts: Fact) -> bool:
        """Write the facts in order, all or none. True: in the database; False: safe on disk until it is back."""
        with self._lock:
            try:
                waiting = self._spooled()
                with session_scope(self._engine) as session:
                    append_in(session, [*waiting, *facts])
            except (OperationalError, InterfaceError, NoFreeConnection):
                self._keep(facts)
                return False
            if waiting:
                self._spool.unlink()
            return True

    def _spooled(self) -> list[Fact]:
        if not self._spool.exists():
            return []
        lines = self._spool.read_text(errors="replace").splitlines()
        return [fact for line in lines if (fact := _from_line(line)) is not None]

    def _keep(self, facts: Sequence[Fact]) -> None:
        self._spool.parent.mkdir(parents=True, exist_ok=True)
        with self._spool.open("a") as file:
            file.write("\n")  # ends a line that a power cut tore
            for fact in facts:
                file.write(_to_line(fact) + "\n")
            file.flush()
            os.fsync(file.fileno())


def append_in(session: Session, facts: Sequence[Fact]) -> None:
    """Append and fold within a transaction of the caller's (one that also writes a case, say)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": APPEND_LOCK})
    connection = session.connection()
    asked = select(FACTS.c.id).where(FACTS.c.id.in_([fact.id for fact in facts]))
    seen = set(connection.scalars(asked)) if facts else set()
    new = {fact.id: fact for fact in facts if fact.id not in seen}
    if not new:
        return
    connection.execute(FACTS.insert(), [_row(fact) for fact in new.values()])  # one after the other: so the positions
    calls = {fact.call_id for fact in new.values() if fact.call_id is not None}
    # A session forgets rows that nobody holds: held, each call is read once and written once for all of its facts.
    held: list[CallRow | None] = [*session.scalars(select(CallRow).where(CallRow.id.in_(calls)))] if calls else []
    for fact in new.values():
        held.append(projection.apply(session, fact))
    session.flush()


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
