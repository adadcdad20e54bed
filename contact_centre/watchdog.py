"""A process that is stopped, or whose threads do not get on, is killed, so that its keeper starts another.

A frozen process is worse than a dead one: its sockets stay open, and whoever waits for an answer waits for ever. So a
program says again and again that it lives, on a pipe to a small guard beside it, which is this same file run as a
program. A guard that hears nothing for the limit kills the process (SIGSTOP does not hold SIGKILL off); the kernel then
closes its sockets, and what waited goes on. A guard whose process has ended hears that too, and ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading

BEATS = 5
"""So many signs of life within the limit."""
AGAIN_S = 1.0
"""A second look, for the case that the guard itself, or the machine, was stopped (s)."""


class Watchdog:
    """Keeps a guard over this process, from `start` to `stop`."""

    def __init__(self, limit_s: float) -> None:
        """Killed after `limit_s` (s) without a sign of life."""
        self._limit_s = limit_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin; the guard starts with it."""
        self._thread.start()

    def stop(self) -> None:
        """Let the guard go."""
        self._ended.set()
        self._thread.join(self._limit_s)

    def _live(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError):  # a guard that was killed has a successor; no process to spare: later
                self._beat()
            self._ended.wait(self._limit_s / BEATS)

    def _beat(self) -> None:
        hears, says = os.pipe()
        command = [sys.executable, "-IS", __file__, str(os.getpid()), str(self._limit_s)]
        try:
            with subprocess.Popen(command, stdin=hears, stdout=subprocess.DEVNULL) as guard:
                os.close(hears)
                hears = -1
                try:
                    while not self._ended.is_set():
                        os.write(says, b".")
                        self._ended.wait(self._limit_s / BEATS)
                finally:
                    os.close(says)
                    says = -1
                    guard.wait(self._limit_s + 2 * AGAIN_S)
        finally:
            for end in (hears, says):
                if end >= 0:
                    os.close(end)


def guard(pid: int, limit_s: float) -> None:
    """Watch over a process until it ends, or end it."""
    for number in (signal.SIGTERM, signal.SIGINT):  # meant for the process; its end is ours
        signal.signal(number, signal.SIG_IGN)
    while True:
        for patience in (limit_s, AGAIN_S):
            heard, _, _ = select.select([0], [], [], patience)
            if heard:
                break
        else:
            print(f"watchdog: process {pid} has not lived for {limit_s:g} s: it is killed", file=sys.stderr)
            os.kill(pid, signal.SIGKILL)
            return
        if not os.read(0, 4096):
            return


if __name__ == "__main__":
    guard(int(sys.argv[1]), float(sys.argv[2]))
