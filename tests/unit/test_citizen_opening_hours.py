"""When people answer, in the centre's local time."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from citizen_services.opening_hours import OpeningHours, opening_hours, public_holidays
from contact_centre.errors import SettingsMistake

NAIROBI = ZoneInfo("Africa/Nairobi")
HOURS = opening_hours("07:00", "21:00", public_holidays((2026, 2027)))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NAIROBI)


@pytest.mark.parametrize(
    ("now", "is_open", "opens"),
    [
        ("2026-11-23T06:59:59", False, "2026-11-23T07:00"),
        ("2026-11-23T07:00:00", True, "2026-11-24T07:00"),
        ("2026-11-23T20:59:59", True, "2026-11-24T07:00"),
        ("2026-11-23T21:00:00", False, "2026-11-24T07:00"),
        ("2026-12-12T10:00:00", False, "2026-12-13T07:00"),  # Jamhuri Day
        ("2026-12-24T22:00:00", False, "2026-12-27T07:00"),  # Christmas and Boxing Day lie between
    ],
)
def test_hours_and_holidays(now: str, is_open: bool, opens: str) -> None:
    assert HOURS.is_open(local(now)) is is_open
    assert HOURS.next_opening(local(now)) == local(opens)


def test_holidays_have_names() -> None:
    assert HOURS.holiday(date(2026, 12, 12)) == "Jamhuri Day"
    assert HOURS.holiday(date(2026, 11, 23)) is None


def test_a_line_that_never_opens_says_so() -> None:
    never = OpeningHours(HOURS.opens, HOURS.closes, weekdays=frozenset())
    assert never.next_opening(local("2026-11-23T10:00")) is None


@pytest.mark.parametrize(("opens", "closes"), [("7", "late"), ("21:00", "07:00"), ("07:00", "07:00")])
def test_impossible_hours_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(SettingsMistake):
        opening_hours(opens, closes)
