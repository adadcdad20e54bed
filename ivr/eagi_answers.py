"""Asterisk's lines from a descriptor, and a bell that ends the wait for one."""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress

from ivr.agi_caller import LONGEST_LINE


class Bell:
    """Wakes the thread of one call from any other thread."""

    def __init__(self) -> None:
        """Nothing has rung."""
        self.number = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.for_ever = False
        """The call is over: whoever waits is to stop."""
        self._lock = threading.Lock()

    def ring(self, *, for_ever: bool = False) -> None:
        """Wake it; harmless when the call is over."""
        with self._lock:
            self.for_ever = self.for_ever or for_ever
            if self.number >= 0:
                with suppress(BlockingIOError):
                    os.eventfd_write(self.number, 1)

    def quiet(self) -> None:
        """Heard."""
        with suppress(BlockingIOError):
            os.eventfd_read(self.number)

    def close(self) -> None:
        """Give it up."""
        with self._lock:
            number, self.number = self.number, -1
        if number >= 0:
            os.close(number)


class Answers:
    """Asterisk's lines, as `AgiCaller` reads them; the wait for one can be ended by the bell."""

    def __init__(self, number: int, bell: Bell, patience_s: float) -> None:
        """Read descriptor `number`; no single wait is longer than `patience_s` (s)."""
        self._number, self._bell, self.patience_s = number, bell, patience_s
        self._buffer = b""
        self._over = False
        self._poll = select.poll()
        for one in (number, bell.number):
            self._poll.register(one, select.POLLIN)

    def readline(self, limit: int = LONGEST_LINE) -> bytes:
        """The next line with its end; without one when the connection ended, or the line is too long.

        Raises:
            OSError: it was dropped, or no line came in time.
        """
        until = time.monotonic() + self.patience_s
        while not self.waits():
            self.wait(until - time.monotonic())
        head, mark, tail = self._buffer.partition(b"\n")
        if not mark or len(head) >= limit:
            return self._buffer[: limit - 1].replace(b"\n", b" ")
        self._buffer = tail
        return head + mark

    def waits(self) -> bool:
        """Whether `readline` would return at once."""
        return self._over or b"\n" in self._buffer or len(self._buffer) >= LONGEST_LINE

    def wait(self, at_most_s: float) -> None:
        """Wait until more has come, or the bell was rung.

        Raises:
            OSError: it was dropped; or neither happened in time (TimeoutError).
        """
        happened = self._poll.poll(max(0.0, at_most_s) * 1000)
        if not happened:
            raise TimeoutError("Asterisk says nothing")
        for number, _ in happened:
            if number == self._bell.number:
                self._bell.quiet()
        if self._bell.for_ever:
            raise OSError("the call was dropped")
        if any(number == self._number for number, _ in happened):
            more = os.read(self._number, LONGEST_LINE)
            self._buffer += more
            self._over = not more

    def close(self) -> None:
        """The descriptor is the connection's: nothing is to be done."""
