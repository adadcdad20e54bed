"""How many processors this process has."""

from __future__ import annotations

import os


def processors() -> int:
    """Those it may run on, which a container or a `CPUAffinity` may have made fewer than the machine's."""
    return max(1, len(os.sched_getaffinity(0)))
