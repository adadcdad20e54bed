"""The time of day, in one place, so that a test can stop it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, UTC and aware."""
    return datetime.now(UTC)
