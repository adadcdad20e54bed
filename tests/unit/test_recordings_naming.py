"""Paths come from checked ids alone."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path, PurePosixPath

import pytest

from contact_centre.errors import BadInput
from recordings import naming

CALL = "0b0e7a52-3c1f-4a40-9f0e-7d1d6a1c9b11"


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "../../etc/passwd",
        f"{CALL}/../x",
        f"{CALL}\n",
        f"{CALL}\0",
        CALL.upper(),
        CALL[:-1],
        "x" * 4096,
        "${SHELL(id)}",
        f" {CALL}",
        CALL.replace("0", "٠"),
    ],
)
def test_what_is_no_call_id_makes_no_path(hostile: str) -> None:
    assert not naming.is_call_id(hostile)
    with pytest.raises(BadInput):
        naming.live_files(Path("/data"), hostile)
    with pytest.raises(BadInput):
        naming.archive_name(hostile, datetime.now(UTC))


def test_the_archive_is_ordered_by_the_day_of_arrival_in_utc() -> None:
    nairobi = timezone(timedelta(hours=3))
    assert naming.archive_name(CALL, datetime(2026, 11, 24, 1, 30, tzinfo=nairobi)) == PurePosixPath(
        f"2026/11/23/{CALL}.flac"
    )


def test_a_live_file_tells_its_call() -> None:
    files = naming.live_files(Path("/data"), CALL)
    assert {naming.call_of(path.name) for path in files.all()} == {CALL}
    assert naming.call_of("notes.txt") is None
    assert naming.call_of(f"{CALL}-other.wav") is None
