"""What the console needs of `queue_manager.runner.Runner`; tests put a router without Asterisk here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from queue_manager.requests import Outcome, Request
from queue_manager.rules import Rules
from queue_manager.view import View


class RouterDoor(Protocol):
    """Requests go in, views and changes come out. Everything runs on the console's event loop."""

    rules: Rules

    async def start(self) -> None:
        """Begin to route; returns before Asterisk is reached."""

    async def stop(self) -> None:
        """Let go of Asterisk; calls stay where they are."""

    async def request(self, request: Request) -> Outcome:
        """Ask, and wait for the answer, which comes after the journal has it."""

    async def ami(self, action: Mapping[str, str]) -> Mapping[str, Any]:
        """Send one AMI action; an Asterisk that is away raises `LinkLost`."""

    async def reload_agents(self) -> None:
        """Take in agents and skills that were changed in the database."""

    def view(self) -> View:
        """How everything is now."""

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """An event that is set after every change."""
