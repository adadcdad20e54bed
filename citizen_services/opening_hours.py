"""When people answer: opening hours and Kenya's public holidays.

`OpeningHours` is a value and knows no clock; `load_holidays` reads the calendar library and the Holiday table, which
holds the days that the government announces at short notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_centre.errors import SettingsMistake
from contact_centre.tables import Holiday

EVERY_DAY = frozenset(range(7))
LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The hours in which agents answer, in the centre's local time."""

    opens: time
    closes: time
    """The first minute in which nobody answers any more; later than `opens`."""
    weekdays: frozenset[int] = EVERY_DAY
    """0 = Monday … 6 = Sunday."""
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Closed days and their English names."""

    def is_open(self, now_local: datetime) -> bool:
        """Whether people answer at a local instant."""
        return self._works(now_local.date()) and self.opens <= now_local.time().replace(tzinfo=None) < self.closes

    def next_opening(self, now_local: datetime) -> datetime | None:
        """The next local instant at which people begin to answer; None when there is none within two months."""
        for ahead in range(LOOK_AHEAD_DAYS + 1):
            day = now_local.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, tzinfo=now_local.tzinfo)
            if opening > now_local and self._works(day):
                return opening
        return None

    def holiday(self, day: date) -> str | None:
        """The name of a closed day, or None."""
        return self.holidays.get(day)

    def _works(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays


def opening_hours(opens: str, closes: str, closed: Mapping[date, str] | None = None) -> OpeningHours:
    """Make opening hours from `HH:MM` texts.

    Raises:
        SettingsMistake: when they are no times, or the end is not after the beginning.
    """
    try:
        start, end = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError as error:
        raise SettingsMistake("opens and closes are local times such as 07:00") from error
    if end <= start:
        raise SettingsMistake("closes must be later than opens")
    return OpeningHours(start, end, holidays=dict(closed or {}))


def public_holidays(years: Iterable[int]) -> dict[date, str]:
    """Kenya's public holidays by the calendar library, with their English names, observed days included."""
    return dict(holidays.country_holidays("KE", years=list(years), language="en_US"))


def load_holidays(session: Session, year: int) -> dict[date, str]:
    """The closed days of a year and of the next: the calendar's and those in the Holiday table, which prevail."""
    gazetted = {row.day: row.name_en for row in session.scalars(select(Holiday))}
    return public_holidays((year, year + 1)) | gazetted
