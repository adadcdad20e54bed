"""A call whose three descriptors `agi_scripts/eagi_bridge.py` hands over: keys, and the caller's sound."""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path

from ivr.eagi_answers import Answers, Bell
from ivr.eagi_caller import HearingCaller
from ivr.ear import Ear
from ivr.listening import Ears
from ivr.watched_caller import SILENCE_LIMIT_S, Turn

COUNT = 3
"""Asterisk's answers, our commands, the caller's sound."""
HAND_OVER_S = 2.0
"""The bridge sends them at once (s)."""


class NotABridge(OSError):
    """Whoever connected gave no call."""


class EagiConnection:
    """One call from a bridge, which waits until its socket is closed."""

    def __init__(self, bridge: socket.socket, ears: Ears | None) -> None:
        """Over a socket that was accepted; without ears nobody is listened to."""
        self._bridge, self._ears = bridge, ears
        self._lock = threading.Lock()
        self._bell = Bell()
        self._numbers: list[int] = []
        """Answers and commands, while they are open."""
        self._ear: Ear | None = None
        self._dropped = False

    def caller(self, turn: Turn) -> HearingCaller:
        """Take the descriptors and begin to speak.

        Raises:
            NotABridge: it belongs to another user, or did not send what a bridge sends.
        """
        taken = _taken(self._bridge)
        with self._lock:
            if self._dropped:
                for number in taken:
                    os.close(number)
                raise NotABridge("dropped")
            *self._numbers, sound = taken
            if self._ears is None:
                os.close(sound)
            else:
                os.set_blocking(sound, False)
                self._ear = self._ears.open(sound, self._bell.ring)
        answers = Answers(self._numbers[0], self._bell, SILENCE_LIMIT_S)
        commands = os.fdopen(self._numbers[1], "wb", closefd=False)
        return HearingCaller(answers, commands, turn, self._ear)

    def drop(self) -> None:
        """End it. The descriptors become those of nothing first: a thread that still uses them finds nobody else's."""
        with self._lock:
            dropped, self._dropped = self._dropped, True
            if dropped:
                return
            if self._numbers:
                nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
                for number in self._numbers:
                    os.dup2(nothing, number, inheritable=False)
                os.close(nothing)
        self._bell.ring(for_ever=True)
        if self._ear is not None:
            self._ear.close()
        with suppress(OSError):
            self._bridge.shutdown(socket.SHUT_RDWR)
        self._bridge.close()

    def close(self) -> None:
        """Give back what is left; only the thread that serves the call, when it is done."""
        self.drop()
        with self._lock:
            for number in self._numbers:
                os.close(number)
            self._numbers = []
        self._bell.close()


def listen_for_bridges(path: Path) -> socket.socket:
    """Listen where the bridges connect; what an earlier process left there is taken away.

    Raises:
        OSError: it cannot be done there.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def _taken(bridge: socket.socket) -> list[int]:
    bridge.settimeout(HAND_OVER_S)
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", bridge.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    if uid not in {0, os.geteuid()}:
        raise NotABridge("another user's program")
    _, numbers, _, _ = socket.recv_fds(bridge, 1, COUNT)
    if len(numbers) != COUNT:
        for number in numbers:
            os.close(number)
        raise NotABridge("not three descriptors")
    return list(numbers)
