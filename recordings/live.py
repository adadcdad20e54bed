"""What is in a live recording: whole, still being written, torn, or not a recording at all.

Asterisk writes a WAV's sizes only when it closes the file, and flushes before: sizes that fit the file mean that it is
complete. A process that was killed leaves sizes of zero before all the sound, which is then still there to be had.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples a second of what MixMonitor writes."""
BLOCK = 60 * RATE

Samples = NDArray[np.int16]


class Condition(StrEnum):
    """How a live file is."""

    ABSENT = "absent"
    WHOLE = "whole"
    """The header's sizes fit the file."""
    OPEN = "open"
    """Sizes do not fit: being written, or torn if nobody writes any more."""
    UNREADABLE = "unreadable"
    """Not 8 kHz mono 16-bit WAV."""


@dataclass(frozen=True, slots=True)
class Live:
    """One live file as it is now."""

    path: Path
    condition: Condition
    changed_at: float = 0.0
    """Last change of the file (seconds since 1970)."""
    start: int = 0
    """Where the samples begin (bytes)."""
    samples: int = 0
    """How many samples the file holds, whatever its header says."""

    def blocks(self) -> Iterator[Samples]:
        """The samples, a minute at a time."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.samples
            while left > 0:
                block = np.frombuffer(file.read(2 * min(left, BLOCK)), "<i2")
                if not len(block):
                    return
                left -= len(block)
                yield block.astype(np.int16)


def look(path: Path) -> Live:
    """Read the header and say how the file is; never raises for what the file holds."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0, 2)
            size = file.tell()
        changed_at = path.stat().st_mtime
    except FileNotFoundError:
        return Live(path, Condition.ABSENT)
    if size < 44:
        return Live(path, Condition.OPEN, changed_at)  # the header itself waits in a buffer, or never came
    found = _data_chunk(head)
    if found is None:
        return Live(path, Condition.UNREADABLE, changed_at)
    start, told = found
    held = size - start
    whole = told in {held, held - 1} and struct.unpack_from("<I", head, 4)[0] in {size - 8, size - 9}
    return Live(path, Condition.WHOLE if whole else Condition.OPEN, changed_at, start, held // 2)


def _data_chunk(head: bytes) -> tuple[int, int] | None:
    """Where the samples begin and how many bytes the header tells of; None when this is not our kind of WAV."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    at, fits = 12, False
    while at + 8 <= len(head):
        name, length = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if name == b"fmt " and at + 24 <= len(head):
            coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at + 8)
            fits = (coding, channels, rate, bits) == (1, 1, RATE, 16)
        elif name == b"data":
            return (at + 8, length) if fits else None
        at += 8 + length + length % 2
    return None
