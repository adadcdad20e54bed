"""An AGI caller that shows whose turn it is, and the FastAGI connection under one."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import BinaryIO, Protocol

from ivr.agi_caller import AgiCaller

SILENCE_LIMIT_S = 240.0
"""Asterisk owes us an answer within this: the longest thing said, and the wait after it (s)."""


class Turn:
    """Whose turn it is: `ours_since` is None while Asterisk plays and listens."""

    ours_since: float | None = None


class WatchedCaller(AgiCaller):
    """An AgiCaller that shows whose turn it is."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO, turn: Turn) -> None:
        """Speak AGI on two files."""
        self._turn = turn
        turn.ours_since = None
        super().__init__(reader, writer)
        turn.ours_since = time.monotonic()

    def _line(self) -> str:
        self._turn.ours_since = None
        try:
            return super()._line()
        finally:
            self._turn.ours_since = time.monotonic()

    def close(self) -> None:
        """Let go of the connection's files."""
        for file in (self.stdin, self.stdout):
            with contextlib.suppress(OSError, ValueError):
                file.close()


class Connection(Protocol):
    """One call's way to Asterisk."""

    def caller(self, turn: Turn) -> WatchedCaller:
        """Begin to speak with it; once, by the thread that serves the call.

        Raises:
            LinkLost: it ended at once.
            OSError: it is broken.
        """

    def drop(self) -> None:
        """End it, from any thread; Asterisk sees the end even if that thread is stuck."""

    def close(self) -> None:
        """Give back what is left; by the thread that served the call, when it is done."""


class FastAgiConnection:
    """A call that Asterisk brings over TCP: keys only."""

    def __init__(self, line: socket.socket) -> None:
        """Over a socket that was accepted."""
        self._socket = line

    def caller(self, turn: Turn) -> WatchedCaller:
        """Begin to speak."""
        self._socket.settimeout(SILENCE_LIMIT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return WatchedCaller(self._socket.makefile("rb"), self._socket.makefile("wb"), turn)

    def drop(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def close(self) -> None:
        """Nothing is left after `drop`."""
        self.drop()
