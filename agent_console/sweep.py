"""Ends what nobody ended: sessions whose time is over, the seats of agents who are signed in nowhere any more, and the
SIP passwords of those who signed out while Asterisk was away.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from agent_console import auth
from agent_console.clock import now
from agent_console.parts import Parts
from agent_console.seats import leave_seat, shut_seat
from contact_centre.database import session_scope
from contact_centre.errors import HudumaError, Refused
from contact_centre.states import AgentState

log = logging.getLogger(__name__)
EVERY_S = 30.0


class Sweep:
    """A task beside the others. An agent on a call keeps the seat until the call and its wrap-up are over."""

    def __init__(self, parts: Parts) -> None:
        """Nothing is swept yet."""
        self._parts = parts
        self._task: asyncio.Task[None] | None = None
        self._shut: set[int] = set()
        """Signed-out agents whose phones were seen shut out; those of others may still be let in."""

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def once(self) -> None:
        """Look at every seat now."""
        here = await self._parts.work(self._agents_here)
        await self._parts.router.reload_agents()  # skills and people that `huduma accounts` changed
        for agent in self._parts.router.view().agents:
            if agent.state in (AgentState.READY, AgentState.PAUSED) and agent.id not in here:
                try:
                    await leave_seat(self._parts, 0, agent.id)
                    log.info("agent %d is signed in nowhere any more: signed out", agent.id)
                except Refused:
                    continue  # a call came in between; next time
        await self._shut_out()

    async def _shut_out(self) -> None:
        """Shut out, once, each phone whose agent is signed out: at the first look, and whenever Asterisk is back."""
        signed_out = {a.id for a in self._parts.router.view().agents if a.state is AgentState.SIGNED_OUT}
        self._shut &= signed_out
        for agent_id in sorted(signed_out - self._shut):
            if not await shut_seat(self._parts, agent_id):
                return  # Asterisk is away; next time
            self._shut.add(agent_id)

    def _agents_here(self) -> set[int]:
        with session_scope(self._parts.engine) as session:
            auth.end_expired(session, now())
            return auth.agents_with_sessions(session, now())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.once()
            except (HudumaError, SQLAlchemyError) as error:
                log.warning("old sessions could not be swept: %s", type(error).__name__)
