"""P. How often something may happen: a sliding window for each key."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

REMEMBERED_KEYS = 10_000


class SlidingWindow:
    """At most `most` marks for one key within `within_s` seconds. Old keys are forgotten, so memory is bounded."""

    def __init__(self, most: int, within_s: float) -> None:
        """Nothing has happened yet."""
        self.most = most
        self.within = timedelta(seconds=within_s)
        self._marks: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_s(self, key: str, now: datetime) -> float:
        """Seconds until one more is allowed; 0 when it is allowed now."""
        marks = self._marks.get(key)
        if marks is None:
            return 0.0
        while marks and marks[0] <= now - self.within:
            marks.popleft()
        if len(marks) < self.most:
            return 0.0
        return (marks[0] + self.within - now).total_seconds()

    def mark(self, key: str, now: datetime) -> None:
        """It happened once more."""
        marks = self._marks.setdefault(key, deque(maxlen=self.most))
        marks.append(now)
        self._marks.move_to_end(key)
        while len(self._marks) > REMEMBERED_KEYS:
            self._marks.popitem(last=False)

    def forget(self, key: str) -> None:
        """Begin anew for a key."""
        self._marks.pop(key, None)


class SignInLimits:
    """Wrong passwords allowed in five minutes: few for one account from one place, more for either alone.

    A stranger elsewhere can therefore not lock an agent out with a handful of guesses, and a centre whose desks share
    one address can still begin its shift.
    """

    def __init__(self) -> None:
        """Nobody has tried yet."""
        self._here = SlidingWindow(5, 300)
        self._account = SlidingWindow(50, 300)
        self._address = SlidingWindow(50, 300)

    def wait_s(self, username: str, address: str, now: datetime) -> float:
        """Seconds to wait before another try; 0: go on."""
        return max(
            self._here.wait_s(f"{username}\n{address}", now),
            self._account.wait_s(username, now),
            self._address.wait_s(address, now),
        )

    def failed(self, username: str, address: str, now: datetime) -> None:
        """Count a wrong password, whether or not there is such an account."""
        self._here.mark(f"{username}\n{address}", now)
        self._account.mark(username, now)
        self._address.mark(address, now)

    def succeeded(self, username: str, address: str) -> None:
        """The right password clears what was counted for this account from this place."""
        self._here.forget(f"{username}\n{address}")
