"""Who may be listened to: so many at once, and nobody new for a while after answers came late."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

from ivr.lateness import Lateness

TOO_LATE_S, PAUSE_S = 0.6, 3.0
"""After an answer that came so late (s) nobody new is listened to for a while (s): keys are better than waiting."""


class Places:
    """Places for callers. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        """`most`: at once."""
        self.most = most
        self._lock = threading.Lock()
        self._lateness = Lateness()
        self._attending: set[Hashable] = set()
        self._staying: set[Hashable] = set()
        """Who has a place until the call is over, listened to at this moment or not."""
        self._paused_until = 0.0

    @property
    def taken(self) -> int:
        """How many are taken just now: by calls that are listened to, or by single questions."""
        with self._lock:
            return len(self._attending | self._staying)

    @property
    def paused(self) -> bool:
        """Whether nobody new is listened to for the moment, because answers came late."""
        return time.monotonic() < self._paused_until

    @property
    def late_p95_s(self) -> float | None:
        """The 95th percentile of how late the last minutes' answers came (s); None when nobody spoke."""
        with self._lock:
            return self._lateness.p95_s(time.monotonic())

    def admit(self, caller: Hashable, stays: bool = False) -> bool:
        """Whether one more may be listened to: it has a place, or there is room and answers come in time.

        `stays`: for the whole call; otherwise for one question.
        """
        with self._lock:
            if caller not in self._staying:
                others = len((self._attending | self._staying) - {caller})
                if others >= self.most or time.monotonic() < self._paused_until:
                    return False
            (self._staying if stays else self._attending).add(caller)
        return True

    def dismiss(self, caller: Hashable) -> None:
        """The question is over: there is room for another, unless this one stays."""
        with self._lock:
            self._attending.discard(caller)

    def leave(self, caller: Hashable) -> None:
        """The call is over."""
        with self._lock:
            self._attending.discard(caller)
            self._staying.discard(caller)

    def late(self, seconds: float) -> None:
        """An answer, or the reading of sound, came so late."""
        if seconds > TOO_LATE_S:
            with self._lock:
                self._paused_until = time.monotonic() + PAUSE_S

    def answered(self, late_s: float) -> None:
        """Words were understood, so long after the silence that ended them (s)."""
        with self._lock:
            self._lateness.add(time.monotonic(), late_s)
        self.late(late_s)
