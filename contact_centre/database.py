"""The engine and the session scope, for SQLite (WAL) and PostgreSQL alike.

Writers take SQLite's write lock at once (`BEGIN IMMEDIATE`): a transaction that reads first and writes later would
otherwise fail with "database is locked" instead of waiting its turn.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, DateTime, Dialect, Engine, TypeDecorator, create_engine, event
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 10_000


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused (SQLite would lose the zone silently)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Mark as UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EndsItsQueries(sqlite3.Connection):
    """Ends every query with its transaction.

    A query that an exception cut off half read lives on as long as the exception's frames do, and SQLite keeps its old
    snapshot as long as the query lives: whoever wrote next on this connection would hear "database is locked".
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open the database; no query runs."""
        super().__init__(*args, **kwargs)
        self._queries: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Begin a query, and remember it."""
        query = super().cursor(*args, **kwargs)
        self._queries.add(query)
        return query

    def commit(self) -> None:
        """Keep what was written."""
        self._end_queries()
        super().commit()

    def rollback(self) -> None:
        """Forget what was written."""
        self._end_queries()
        super().rollback()

    def _end_queries(self) -> None:
        for query in list(self._queries):
            query.close()
        self._queries.clear()


def connect(url: str) -> Engine:
    """Make the engine for a database URL; SQLite gets WAL, foreign keys and a busy timeout."""
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            hide_parameters=True,  # errors are logged: no names, no numbers
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            pool_timeout=5,
            connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},  # s, ms: calls go on, facts are spooled
        )
    arguments = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "factory": EndsItsQueries}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        _write_ahead(cursor)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Turn WAL on, waiting for who writes.

    SQLite itself does not wait here: it reads the file's header first, and who reads and then wants to write is told
    "database is locked" at once (`sqlite3BtreeSetVersion`), as when two processes make the file together.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """A session that writes: committed at the end, rolled back on any exception."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def read_scope(engine: Engine) -> Iterator[Session]:
    """A session for reading: one consistent snapshot, nothing is committed."""
    if engine.dialect.name == "postgresql":  # whose default shows each statement a newer state
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
