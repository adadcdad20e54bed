"""When a queue takes new callers: hours of each weekday and closed days, in the centre's local time. Knows no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 6
"""So far ahead an opening can be named by its weekday."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours by weekday."""

    days: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    """0 = Monday … 6 = Sunday -> (opens, the first minute in which nobody is taken any more); no day at all: always."""
    zone: tzinfo | None = None
    closed: frozenset[date] = frozenset()
    """Public holidays and other closed days; they do not close what is always open."""

    def open_at(self, now: datetime) -> bool:
        """Whether new callers may wait at this instant (aware)."""
        if not self.days:
            return True
        local = now.astimezone(self.zone)
        hours = self._of(local.date())
        return hours is not None and hours[0] <= local.time() < hours[1]

    def opens_next(self, now: datetime) -> str:
        """When it opens after this instant, such as `mon-0800`; empty: always open, or not in a week."""
        local = now.astimezone(self.zone)
        for ahead in range(LOOK_AHEAD_DAYS + 1 if self.days else 0):
            day = local.date() + timedelta(days=ahead)
            hours = self._of(day)
            if hours is not None and (ahead or local.time() < hours[0]):
                name = ("today", "tomorrow")[ahead] if ahead < 2 else WEEKDAYS[day.weekday()]
                return f"{name}-{hours[0]:%H%M}"
        return ""

    def _of(self, day: date) -> tuple[time, time] | None:
        return None if day in self.closed else self.days.get(day.weekday())


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Heard by the router: the days on which the house is closed. They take the place of those known before."""

    days: frozenset[date]


ALWAYS = Hours()
