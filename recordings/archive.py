"""Moves a finished call's sound into the archive: one stereo FLAC, citizen left, agent right.

The order makes a kill at any point harmless: the archive's file is whole under its own name before the row and the
fact are committed together, and the live files go only after that. Done again, each step ends as it did the first time.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path

import numpy as np
import soundfile
from sqlalchemy import Engine, select

from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.states import CallState
from contact_centre.tables import CallRow, Recording
from recordings import naming
from recordings.live import RATE, Condition, Live, Samples, look

log = logging.getLogger(__name__)

SETTLED_S = 2.0
"""A whole file that did not change for so long is finished."""
TORN_S = 30.0
"""A file whose sizes do not fit and that did not change for so long was left by a process that died."""


class Outcome(StrEnum):
    """What became of one call's sound."""

    ARCHIVED = "archived"
    NOT_YET = "not_yet"
    """Still being written, or the call is not known to have ended: ask again."""
    NOTHING = "nothing"
    """No sound was recorded: nobody was connected, or it is archived and cleared already."""
    DAMAGED = "damaged"
    """Nothing could be read; the files were set aside."""


@dataclass(frozen=True, slots=True)
class _Call:
    entered_at: datetime
    ended: bool
    answered: bool
    archived: bool


def archive(engine: Engine, data_dir: Path, call_id: str, now: datetime) -> Outcome:
    """Archive one call if its sound is complete.

    Raises:
        BadInput: `call_id` is not one.
        OSError: the disk does not let us; nothing was lost, try again.
    """
    files = naming.live_files(data_dir, call_id)
    call = _read(engine, call_id)
    if call is None or not call.ended:
        return Outcome.NOT_YET
    if call.archived:
        _delete(files)
        return Outcome.NOTHING
    sides = (look(files.caller), look(files.agent))
    if all(side.condition is Condition.ABSENT for side in sides):
        return _leave(data_dir, files, call, call_id)
    if not all(_finished(side, call, now.timestamp()) for side in sides):
        return Outcome.NOT_YET
    if not any(side.samples for side in sides):
        return _leave(data_dir, files, call, call_id)
    name = naming.archive_name(call_id, call.entered_at)
    path = naming.archive_dir(data_dir) / name
    samples = _write(path, sides)
    _commit(engine, call_id, name.as_posix(), path, samples / RATE, now)
    for side in sides:
        if side.condition in {Condition.OPEN, Condition.UNREADABLE}:
            log.warning("call %s: %s was torn; what could be read is archived", call_id, side.path.name)
            _set_aside(data_dir, side.path)
    _delete(files)
    return Outcome.ARCHIVED


def _read(engine: Engine, call_id: str) -> _Call | None:
    with read_scope(engine) as session:
        call = session.get(CallRow, call_id)
        if call is None:
            return None
        archived = session.scalar(select(Recording.id).where(Recording.call_id == call_id)) is not None
        ended = call.state == CallState.ENDED.value
        return _Call(call.entered_at, ended, call.answered_at is not None, archived)


def _finished(side: Live, call: _Call, now_s: float) -> bool:
    quiet_s = now_s - side.changed_at
    if side.condition in {Condition.ABSENT, Condition.UNREADABLE}:
        return side.condition is Condition.ABSENT or quiet_s >= TORN_S
    if side.condition is Condition.WHOLE and (side.samples or not call.answered):
        return quiet_s >= SETTLED_S
    return quiet_s >= TORN_S  # torn, or a header whose sound may still wait in a buffer


def _leave(data_dir: Path, files: naming.LiveFiles, call: _Call, call_id: str) -> Outcome:
    """End without an archive: harmless for a call that nobody answered, set aside otherwise."""
    present = [path for path in files.all() if path.exists()]
    if not present:
        if call.answered:
            log.warning("call %s: connected, yet no recording is there", call_id)
        return Outcome.NOTHING
    if not call.answered and all(look(path).samples == 0 for path in present):
        _delete(files)
        return Outcome.NOTHING
    log.error("call %s: its recording cannot be read; set aside in %s", call_id, naming.damaged_dir(data_dir).name)
    for path in present:
        _set_aside(data_dir, path)
    return Outcome.DAMAGED


def _write(path: Path, sides: tuple[Live, Live]) -> int:
    """Write the FLAC beside its place, make it durable, and move it there in one step. Returns its length (samples)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    samples = 0
    with draft.open("wb") as file:
        with soundfile.SoundFile(file, "w", RATE, 2, "PCM_16", format="FLAC") as flac:
            for left, right in zip_longest(_blocks(sides[0]), _blocks(sides[1])):
                stereo = _beside(left, right)
                samples += len(stereo)
                flac.write(stereo)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _make_durable(path.parent)
    return samples


def _blocks(side: Live) -> Iterator[Samples]:
    return side.blocks() if side.samples else iter(())


def _beside(left: Samples | None, right: Samples | None) -> Samples:
    """Two blocks as the columns of one, the shorter filled with silence: MixMonitor keeps both sides in step."""
    sides = [np.zeros(0, np.int16) if side is None else side for side in (left, right)]
    stereo = np.zeros((max(map(len, sides)), 2), np.int16)
    for column, side in enumerate(sides):
        stereo[: len(side), column] = side
    return stereo


def _commit(engine: Engine, call_id: str, name: str, path: Path, duration_s: float, now: datetime) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with session_scope(engine) as session:
        if session.scalar(select(Recording.id).where(Recording.call_id == call_id)) is not None:
            return
        row = Recording(call_id=call_id, path=name, sha256=digest, bytes=path.stat().st_size, duration_s=duration_s,
                        archived_at=now.astimezone(UTC))  # fmt: skip
        session.add(row)
        session.flush()
        fact = Fact(Kind.RECORDING_ARCHIVED, now, call_id, payload={"recording_id": row.id}, id=f"archived-{call_id}")
        append_in(session, [fact])


def _set_aside(data_dir: Path, path: Path) -> None:
    directory = naming.damaged_dir(data_dir)
    directory.mkdir(parents=True, exist_ok=True)
    place, number = directory / path.name, 1
    while place.exists():
        place, number = directory / f"{path.stem}.{number}{path.suffix}", number + 1
    path.replace(place)


def _delete(files: naming.LiveFiles) -> None:
    for path in files.all():
        with suppress(FileNotFoundError):
            path.unlink()


def _make_durable(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
