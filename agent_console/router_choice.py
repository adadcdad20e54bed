"""Which router a console uses: its own while it leads, otherwise whoever does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine

from agent_console.router_door import RouterDoor
from contact_centre.settings import Settings
from queue_manager.far_router import FarRouter
from queue_manager.requests import Outcome, Request
from queue_manager.runner import Runner
from queue_manager.view import View


def chosen_router(settings: Settings, engine: Engine) -> RouterDoor:
    """The router that the settings ask for.

    Raises:
        FileMistake: the routing file is wrong.
    """
    return FarRouter(settings) if settings.router == "apart" else NearOrFar(settings, engine)


class NearOrFar:
    """A router of the console's own that leads or stands by; while it stands by, its console asks the leader."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Nothing is started."""
        self.near = Runner(settings, engine)
        self._far = FarRouter(settings, wanted=lambda: not self.near.candidate.leads)
        self.rules = self.near.rules

    @property
    def _leader(self) -> Runner | FarRouter:
        return self.near if self.near.candidate.leads else self._far

    async def start(self) -> None:
        """Lead, or stand by."""
        await self.near.start()
        await self._far.start()

    async def stop(self) -> None:
        """Let another lead."""
        await self._far.stop()
        await self.near.stop()

    async def request(self, request: Request) -> Outcome:
        """Ask whoever leads."""
        return await self._leader.request(request)

    async def ami(self, action: Mapping[str, str]) -> Mapping[str, Any]:
        """Send one AMI action; an Asterisk that is away raises `LinkLost`."""
        return await self._leader.ami(action)

    async def reload_agents(self) -> None:
        """Take in agents that were changed."""
        await self._leader.reload_agents()

    def view(self) -> View:
        """How everything is now."""
        return self._leader.view()

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[asyncio.Event]:
        """An event that is set after every change."""
        with self.near.subscribe() as changed, self._far.subscribe(changed):
            yield changed
