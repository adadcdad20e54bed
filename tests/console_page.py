"""A page's websocket to a console, for tests: what it says and what it shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
from console_house import ConsoleHouse
from websockets.asyncio.client import ClientConnection, connect

from agent_console import auth


class Page:
    """A browser tab's websocket: keeps what it shows."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.shows: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def until(self, seen: Callable[[Page], Any]) -> Any:
        """Take messages until the page looks so."""
        async with asyncio.timeout(10):
            while not (found := seen(self)):
                message = json.loads(await self.socket.recv())
                if message["type"] in ("snapshot", "delta"):
                    self.shows |= {key: message[key] for key in ("me", "call", "board") if key in message}
                self.heard.append(message)
            return found

    async def ask(self, what: str, **more: Any) -> dict[str, Any]:
        identity = f"{what}-{len(self.heard):08d}"
        await self.say(type="ask", id=identity, what=what, **more)
        return dict(await self.until(lambda p: next((m for m in p.heard if m.get("id") == identity), None)))

    async def hello(self, tab: str = "one", **more: Any) -> None:
        await self.say(type="hello", tab=tab, **more)
        await self.until(lambda p: any(m["type"] == "snapshot" for m in p.heard))


def heard(kind: str) -> Callable[[Page], Any]:
    return lambda page: next((m for m in page.heard if m["type"] == kind), None)


def state(name: str) -> Callable[[Page], Any]:
    return lambda page: page.shows.get("me", {}).get("state") == name


def live(console: ConsoleHouse, browser: httpx.AsyncClient, origin: str | None = None) -> connect:
    cookie = f"{auth.COOKIE}={browser.cookies.get(auth.COOKIE, '')}"
    url = console.url.replace("http", "ws") + "/live"
    return connect(url, origin=origin or console.url, additional_headers={"Cookie": cookie})  # type: ignore[arg-type]
