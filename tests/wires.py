"""The websockets of one page, to be cut as a bad network cuts them: the page sees its end go, the server does not."""

from __future__ import annotations

import re

from playwright.async_api import BrowserContext, WebSocketRoute

SIP, LIVE = re.compile(r"/ws$"), re.compile(r"/live$")


class Wires:
    """All of them, the phone's and the live board's."""

    def __init__(self) -> None:
        """Nothing is plugged in yet."""
        self._open: list[WebSocketRoute] = []
        self._down: tuple[re.Pattern[str], ...] = ()

    async def plug_into(self, context: BrowserContext) -> None:
        """From now on every websocket of these pages goes through here."""
        await context.route_web_socket(re.compile("."), self._take)

    async def _take(self, wire: WebSocketRoute) -> None:
        if any(kind.search(wire.url) for kind in self._down):
            await wire.close(code=1001)
            return
        server = wire.connect_to_server()
        wire.on_message(server.send)
        server.on_message(wire.send)
        wire.on_close(lambda _code, _reason: None)  # the server is not told: its end stays, and leads nowhere
        self._open.append(wire)

    async def cut(self, *kinds: re.Pattern[str]) -> None:
        """Cut these, and let no new one through until `mend`."""
        self._down = kinds
        cut = [wire for wire in self._open if any(kind.search(wire.url) for kind in kinds)]
        assert cut, "nothing to cut"
        self._open = [wire for wire in self._open if wire not in cut]
        for wire in cut:
            await wire.close(code=1001)

    def mend(self) -> None:
        """The network is back."""
        self._down = ()
