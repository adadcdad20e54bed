"""P. Where a call's sound lies: while it is being recorded, in the archive, and set aside.

Every path is made from a checked call id, so no id from outside can lead out of these directories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from contact_centre.errors import BadInput

CALL_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LIVE_NAME = re.compile(rf"({CALL_ID.pattern})(?:-caller|-agent)?\.wav")


@dataclass(frozen=True, slots=True)
class LiveFiles:
    """What MixMonitor writes for one call: 8 kHz, mono, 16 bits."""

    caller: Path
    agent: Path
    mix: Path

    def all(self) -> tuple[Path, Path, Path]:
        """The three, the two sides first."""
        return self.caller, self.agent, self.mix


def checked(call_id: str) -> str:
    """The call id, if it is one.

    Raises:
        BadInput: not a UUID in lower case, as `UUID()` of the dialplan makes it.
    """
    if not CALL_ID.fullmatch(call_id):
        raise BadInput("not a call's id")
    return call_id


def is_call_id(text: str) -> bool:
    """Whether `checked` would let it pass."""
    return CALL_ID.fullmatch(text) is not None


def live_dir(data_dir: Path) -> Path:
    """Where MixMonitor writes."""
    return data_dir / "recordings" / "live"


def archive_dir(data_dir: Path) -> Path:
    """The archive's root."""
    return data_dir / "recordings" / "archive"


def damaged_dir(data_dir: Path) -> Path:
    """Where files are set aside that could not be archived whole, for a person to look at."""
    return data_dir / "recordings" / "damaged"


def live_files(data_dir: Path, call_id: str) -> LiveFiles:
    """The live files of a call, whether or not they exist."""
    directory, name = live_dir(data_dir), checked(call_id)
    return LiveFiles(directory / f"{name}-caller.wav", directory / f"{name}-agent.wav", directory / f"{name}.wav")


def archive_name(call_id: str, entered_at: datetime) -> PurePosixPath:
    """The archived file relative to the archive's root: `2026/11/23/CALL_ID.flac`, by the day (UTC) the call arrived.

    The same call always gets the same name, so archiving it again replaces the file by an equal one.
    """
    day = entered_at.astimezone(UTC)
    return PurePosixPath(f"{day:%Y/%m/%d}") / f"{checked(call_id)}.flac"


def call_of(live_name: str) -> str | None:
    """The call that a file in the live directory belongs to; None when it is not one of ours."""
    match = LIVE_NAME.fullmatch(live_name)
    return match[1] if match else None
