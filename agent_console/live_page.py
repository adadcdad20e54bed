"""One page's websocket, seen from the server: what is to be told to it, and the task that tells it.

A slow page holds nobody up: what it shows is merged until it can take more, so it gets the newest state and never a
backlog; and one that does not even take its answers is let go.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from agent_console.auth import Visitor
from agent_console.messages import Delta, Message, Snapshot

MOST_ANSWERS = 64
SEND_TIMEOUT_S = 20.0
SIGNED_OUT_CODE = 4401
TOO_SLOW_CODE = 4408


class LivePage:
    """One open page."""

    def __init__(self, socket: WebSocket, visitor: Visitor) -> None:
        """A page that has not said hello yet."""
        self.socket = socket
        self.visitor = visitor
        self.tab: str | None = None
        self.wants_snapshot = False
        self.after = 0
        """The journal position that the page shows already."""
        self.waits_until = 0.0
        """Until when (monotonic, s) it would rather keep what it shows than see an older state."""
        self._shown: dict[str, Any] = {}
        self._answers: deque[Message] = deque()
        self._state: Message | None = None
        self._wake = asyncio.Event()
        self._close_code: int | None = None

    def say(self, answer: Message) -> None:
        """Tell an answer, in order."""
        if len(self._answers) >= MOST_ANSWERS:
            self.close(TOO_SLOW_CODE)
            return
        self._answers.append(answer)
        self._wake.set()

    def show(self, snapshot: Snapshot) -> None:
        """Show this state: whole the first time, then what is new in it."""
        state = {name: getattr(snapshot, name) for name in ("me", "call", "board")}
        if self.wants_snapshot:
            self.wants_snapshot = False
            self._state = snapshot
        else:
            new = {name: value for name, value in state.items() if value != self._shown.get(name)}
            if not new:
                return
            self._state = self._merged(snapshot.position, new)
        self._shown = state
        self._wake.set()

    def _merged(self, position: int, new: dict[str, Any]) -> Message:
        waiting = self._state
        if isinstance(waiting, Snapshot):
            return waiting.model_copy(update={"position": position, **new})
        before = {name: getattr(waiting, name) for name in waiting.model_fields_set} if waiting is not None else {}
        return Delta.model_validate({**before, "type": "delta", "position": position, **new})

    def close(self, code: int) -> None:
        """End the socket with a code."""
        self._close_code = code
        self._wake.set()

    async def send_all(self) -> None:
        """Send what there is, as it comes, until the socket closes."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._close_code == TOO_SLOW_CODE:
                await self._close(TOO_SLOW_CODE)
                return
            while self._answers or self._state is not None:
                message: Message
                if self._answers:
                    message = self._answers.popleft()
                else:
                    assert self._state is not None
                    message, self._state = self._state, None
                unset = isinstance(message, Delta)
                try:
                    text = message.model_dump_json(exclude_unset=unset)
                    await asyncio.wait_for(self.socket.send_text(text), SEND_TIMEOUT_S)
                except (TimeoutError, WebSocketDisconnect, RuntimeError):
                    return
            if self._close_code is not None:
                await self._close(self._close_code)
                return

    async def _close(self, code: int) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the browser was faster
            await self.socket.close(code)
