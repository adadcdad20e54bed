"""The sound of one call as it is on the wire: RTP with µ-law, each packet with the moment the kernel took it in.

Nothing stands between the sound and the clock, so what is measured here is no later because this process was.
"""

from __future__ import annotations

import secrets
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PACKET_S = 0.02
SAMPLES = 160
TIMESTAMPS = 35
"""SO_TIMESTAMPNS of Linux, which Python has no name for."""
_CODES = np.arange(256)
_MAGNITUDES = ((((~_CODES & 0x0F) << 3) + 0x84) << ((~_CODES >> 4) & 0x07)) - 0x84
DECODED: NDArray[np.int16] = np.where(~_CODES & 0x80, -_MAGNITUDES, _MAGNITUDES).astype(np.int16)
"""G.711: the sample of each µ-law code."""
_ORDER = np.argsort(DECODED, kind="stable")


def coded(sound: NDArray[np.int16]) -> bytes:
    """The nearest µ-law code of each sample."""
    levels = DECODED[_ORDER].astype(np.int32)
    places = np.searchsorted((levels[1:] + levels[:-1]) / 2, sound)
    return _ORDER[places].astype(np.uint8).tobytes()


@dataclass(eq=False)
class RtpLine:
    """One call's way for sound."""

    _socket: socket.socket
    arrivals: list[float] = field(default_factory=list)
    """When each packet of sound came (seconds since 1970)."""
    _over: threading.Event = field(default_factory=threading.Event)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[RtpLine]:
        """A line on a free port, until the block ends."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
            made.bind(("127.0.0.1", 0))
            made.setsockopt(socket.SOL_SOCKET, TIMESTAMPS, 1)
            made.settimeout(0.2)
            line = cls(made)
            listening = threading.Thread(target=line._listen)
            listening.start()
            try:
                yield line
            finally:
                line._over.set()
                listening.join()

    @property
    def port(self) -> int:
        """Where sound is wanted."""
        return int(self._socket.getsockname()[1])

    def say(self, sound: NDArray[np.int16], port: int) -> threading.Thread:
        """Send sound to a port of this machine in real time; the thread ends with it."""

        def send() -> None:
            codes, source = coded(sound), secrets.token_bytes(4)
            began = time.monotonic()
            for number in range(len(codes) // SAMPLES):
                head = struct.pack("!BBHI", 0x80, 0x80 if number == 0 else 0, number, number * SAMPLES) + source
                packet = head + codes[number * SAMPLES : (number + 1) * SAMPLES]
                self._socket.sendto(packet, ("127.0.0.1", port))
                time.sleep(max(0.0, began + (number + 1) * PACKET_S - time.monotonic()))

        sender = threading.Thread(target=send)
        sender.start()
        return sender

    def falls_silent(self, since: float, for_s: float) -> float | None:
        """The end of the sound after which none came for so long, the first after `since`; None: not yet."""
        arrivals = [at for at in self.arrivals if at > since - for_s]
        for at, following in zip(arrivals, [*arrivals[1:], time.time()], strict=True):
            if following - at > for_s:
                return at + PACKET_S
        return None

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                packet, extra, _, _ = self._socket.recvmsg(2048, 128)
            except TimeoutError:
                continue
            if len(packet) == 12 + SAMPLES and packet[1] & 0x7F == 0:
                seconds, nanoseconds = struct.unpack("qq", extra[0][2])
                self.arrivals.append(seconds + nanoseconds / 1e9)
