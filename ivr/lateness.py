"""How late words are understood lately: a window of answers, and its 95th percentile."""

from __future__ import annotations

import math
from collections import deque

WINDOW_S = 300.0
"""Answers of so long ago still count (s)."""
MOST = 2000
"""And no more than so many."""


class Lateness:
    """Answers by voice, each with how long it came after the silence that ended the words. Time is an argument."""

    def __init__(self) -> None:
        """Nobody has spoken."""
        self._answers: deque[tuple[float, float]] = deque(maxlen=MOST)

    def add(self, now: float, late_s: float) -> None:
        """An answer came, so late (s)."""
        self._answers.append((now, late_s))

    def p95_s(self, now: float) -> float | None:
        """Of twenty answers nineteen were no later than this (s); None when nobody spoke in the window."""
        while self._answers and self._answers[0][0] < now - WINDOW_S:
            self._answers.popleft()
        late = sorted(seconds for _, seconds in self._answers)
        return late[math.ceil(0.95 * len(late)) - 1] if late else None
