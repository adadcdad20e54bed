"""Processor time of processes, from /proc: their own, and that of the children they have waited for."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
QUIET = 0.02
"""A process that uses less of one core than this is idle."""


def used_s(pids: Sequence[int]) -> float:
    """Seconds of processor time so far: user and system, children that were waited for included (proc(5))."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    return total / TICKS_PER_S


def idle_rate(pids: Sequence[int], over_s: float) -> float:
    """Seconds of processor time per second while nothing is asked of them."""
    before, since = used_s(pids), time.monotonic()
    time.sleep(over_s)
    return (used_s(pids) - before) / (time.monotonic() - since)


def wait_until_idle(pids: Sequence[int], timeout_s: float = 900) -> None:
    """Wait until the processes have done what they do at their start (the IVR makes prompts).

    Raises:
        SystemExit: they stay busy.
    """
    deadline = time.monotonic() + timeout_s
    while idle_rate(pids, 2) > QUIET * len(pids):
        if time.monotonic() > deadline:
            raise SystemExit("the processes do not come to rest")
