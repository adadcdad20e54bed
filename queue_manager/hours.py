"""When a queue takes new callers: hours of each weekday, in the centre's local time. A value that knows no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours by weekday."""

    days: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    """0 = Monday … 6 = Sunday -> (opens, the first minute in which nobody is taken any more); no day at all: always."""
    zone: tzinfo | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether new callers may wait at this instant (aware)."""
        if not self.days:
            return True
        local = now.astimezone(self.zone)
        hours = self.days.get(local.weekday())
        return hours is not None and hours[0] <= local.time() < hours[1]


ALWAYS = Hours()
