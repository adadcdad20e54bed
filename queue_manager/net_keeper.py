"""Keeps the safety net ready while the router lives, and learns afterwards what it did while the router did not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from contact_centre.database import read_scope
from contact_centre.errors import LinkLost
from contact_centre.facts import Kind
from contact_centre.journal import Journal
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, FactRow
from queue_manager import safety_net
from queue_manager.ami_link import AmiLink
from queue_manager.events import NetServed
from queue_manager.queue_log import Reading, calls_in, read_log
from queue_manager.roster import LiveAgent

log = logging.getLogger(__name__)

LARGEST_LOG = 8 * 1024 * 1024
"""A log longer than this is erased even while a call of it is not over (bytes)."""
MOST_CALLS = 10_000
ERASE_EVERY_S = 600.0
GAP_S = 0.2
"""Members are brought up to date at most this often (s)."""


class NetKeeper:
    """The safety net of one router."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, link: AmiLink) -> None:
        """Nothing is known of Asterisk's members yet."""
        self._engine, self._journal, self._link = engine, journal, link
        self._log = settings.data_dir / "logs" / "asterisk" / "queue_log"
        self._known: dict[str, safety_net.Member] | None = None
        self._swept = 0.0

    def forget(self) -> None:
        """Asterisk may have other members than it was told: begin anew."""
        self._known = None

    def keep(self, agents: Iterable[LiveAgent]) -> None:
        """Bring the members up to date; without a link nothing happens."""
        agents = list(agents)
        known = safety_net.unknown(agents) if self._known is None else self._known
        wanted = safety_net.members(agents)
        try:
            for action in safety_net.changes(known, wanted):
                self._link.send(action)
        except LinkLost:
            self._known = None
            return
        self._known = wanted

    async def run(self, changed: asyncio.Event, agents: Callable[[], Iterable[LiveAgent]]) -> None:
        """Keep the members until cancelled, after every change; erase the log now and then."""
        while True:
            try:
                await asyncio.wait_for(changed.wait(), ERASE_EVERY_S)
            except TimeoutError:
                await self._sweep()
            changed.clear()
            if self._link.up:
                self.keep(agents())
                if asyncio.get_running_loop().time() - self._swept > ERASE_EVERY_S:
                    await self._sweep()
            await asyncio.sleep(GAP_S)

    async def _sweep(self) -> None:
        """Asterisk writes each pause of a member into the log; what concerns calls was heard live."""
        self._swept = asyncio.get_running_loop().time()
        if self._link.up:
            await self.learn()

    async def learn(self) -> NetServed | None:
        """Journal what the log of Asterisk's own queue says, then erase it; None when it says nothing of a call."""
        try:
            return await asyncio.to_thread(self._learn)
        except (OSError, SQLAlchemyError) as error:
            log.warning("the log of Asterisk's own queue could not be read in: %s", type(error).__name__)
            return None

    def _learn(self) -> NetServed | None:
        if not self._log.exists():
            return None
        text = self._log.read_bytes()
        lines = text.decode("ascii", "replace").splitlines()
        calls = calls_in(lines)
        reading = read_log(lines, self._agents(), self._answers_known(calls), self._moved(calls))
        if reading.facts and not self._journal.append(*reading.facts):
            return None  # safe on disk; the log is read again, which changes nothing
        self._erase(len(text), reading)
        if not reading.facts:
            return None
        log.info("learnt of %d calls that Asterisk's own queue had", len(reading.connected | reading.ended))
        return NetServed(frozenset(reading.connected), frozenset(reading.ended), frozenset(reading.agents))

    def _erase(self, size: int, reading: Reading) -> None:
        """Numbers of callers are in it. Calls that are not over are kept, so that their end is understood later."""
        if (reading.connected or reading.inside) and size < LARGEST_LOG:
            return
        with self._log.open("r+b") as file:  # Asterisk appends: what it writes next is the first line
            if file.seek(0, 2) == size:
                file.truncate(0)

    def _agents(self) -> dict[str, int]:
        with read_scope(self._engine) as session:
            return {extension: id_ for id_, extension in session.execute(select(AgentRow.id, AgentRow.extension))}

    def _answers_known(self, calls: set[str]) -> set[str]:
        found = select(FactRow.payload).where(
            FactRow.kind == Kind.CALL_CONNECTED.value, FactRow.call_id.in_(list(calls)[-MOST_CALLS:])
        )
        with read_scope(self._engine) as session:
            return {str(payload.get("offer_id")) for payload in session.scalars(found)} if calls else set()

    def _moved(self, calls: set[str]) -> dict[str, list[datetime]]:
        """When each call was handed on, as the journal has it."""
        found = select(FactRow.call_id, FactRow.occurred_at).where(
            FactRow.kind == Kind.TRANSFER_ASKED.value, FactRow.call_id.in_(list(calls)[-MOST_CALLS:])
        )
        moved: dict[str, list[datetime]] = {}
        if calls:
            with read_scope(self._engine) as session:
                for call_id, at in session.execute(found):
                    moved.setdefault(str(call_id), []).append(at)
        return moved
