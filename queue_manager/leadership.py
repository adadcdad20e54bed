"""One router leads, whoever else runs: a lock that dies with its holder, and a number that grows with each leader.

On PostgreSQL the lock is an advisory lock of a session of its own: the server lets it go when that session ends, in
whatever way, and a leader whose session has failed knows that another may lead. On SQLite it is a lock on a file beside
the database. The number (the epoch) goes with every offer; the dialplan sends back what an older leader ordered.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from contact_centre.database import session_scope
from contact_centre.tables import LeadershipRow

log = logging.getLogger(__name__)

LEADER_LOCK = 0x4855444C  # "HUDL": one number for PostgreSQL's advisory lock
LOOK_EVERY_S = 1.0
"""How often a leader makes sure that it still leads, and a standby tries to lead (s)."""
ANSWER_WITHIN_S = 5.0
"""A lock session that is silent for longer counts as failed (s)."""
PROMPT_DEATHS = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
"""The server notices within 11 s that a leader's machine is gone, not only its process (that it notices at once)."""
MEMORY = (None, "", ":memory:")


class Leadership:
    """The lock and the epoch, for one process. Every call may block; nothing here is shared between threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine`: the database that all routers of the centre share."""
        self._engine = engine
        self._session: Connection | None = None
        self._file: int | None = None

    def take(self) -> int | None:
        """Try to lead: the new epoch, or None while another leads.

        Raises:
            SQLAlchemyError: the database does not answer; nobody leads by it.
        """
        try:
            if not self._lock():
                self.give_up()
                return None
            return self._next_epoch()
        except (SQLAlchemyError, OSError):
            self.give_up()
            raise

    def held(self) -> bool:
        """Whether this process still leads."""
        if self._session is None:
            return True  # a lock on a file ends with its process and not before
        try:
            self._session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def give_up(self) -> None:
        """Let another lead."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(Exception):  # a session in doubt may be in the midst of a call that hangs
                session.close()
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    def _lock(self) -> bool:
        if self._engine.dialect.name == "postgresql":
            session = self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            session.detach()  # closing it ends the session, and with it the lock
            session.execute(text(PROMPT_DEATHS))
            return bool(session.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LEADER_LOCK}).scalar())
        database = self._engine.url.database
        if database in MEMORY:
            return True
        self._file = os.open(f"{database}.leader", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _next_epoch(self) -> int:
        now = datetime.now(UTC)
        with session_scope(self._engine) as session:
            row = session.get(LeadershipRow, 1, with_for_update=True)
            if row is None:
                row = LeadershipRow(id=1, epoch=0, taken_at=now)
                session.add(row)
            row.epoch, row.taken_at = row.epoch + 1, now
            return row.epoch


class Candidate:
    """Leads when it can, stands by when it cannot, and steps down at once when its lock is in doubt."""

    def __init__(
        self, leadership: Leadership, begin: Callable[[int], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        """`begin` is given the epoch and commands from then on; after `end` nothing may be commanded any more."""
        self._leadership, self._begin, self._end = leadership, begin, end
        self._task: asyncio.Task[None] | None = None
        self.leads = False
        self._said = False

    async def start(self) -> None:
        """Try once, then keep trying beside whatever else runs."""
        await self._try()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Step down for good; the next leader may begin."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._step_down()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._try()

    async def _try(self) -> None:
        try:
            await self._look()
        except Exception:  # whatever it was: nothing is commanded in doubt, and the next look may succeed
            log.exception("the lead could not be looked after")
            self.leads = True
            await self._step_down()

    async def _look(self) -> None:
        if self.leads:
            if not await self._still_leads():
                log.error("the lock of the leading router is lost: it stops commanding")
                await self._step_down()
            return
        try:
            epoch = await asyncio.to_thread(self._leadership.take)
        except (SQLAlchemyError, OSError) as error:
            log.warning("nobody can lead by this database now: %s", type(error).__name__)
            return
        if epoch is None:
            if not self._said:
                log.info("another router leads; this one stands by")
            self._said = True
            return
        log.info("this router leads, epoch %d", epoch)
        await self._begin(epoch)
        self.leads, self._said = True, False

    async def _still_leads(self) -> bool:
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._leadership.held), ANSWER_WITHIN_S)
        except TimeoutError:
            return False

    async def _step_down(self) -> None:
        led, self.leads = self.leads, False
        if led:
            await self._end()
        await asyncio.to_thread(self._leadership.give_up)
