"""Words that were not understood: their files, and how long they stay."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from contact_centre.database import read_scope, session_scope
from contact_centre.tables import UtteranceRow

log = logging.getLogger(__name__)

ORPHAN_S = 3600.0
"""A file that no row names goes after so long (s): its call was erased, or its writer died."""


def find(session: Session, utterance_id: int, root: Path) -> Path | None:
    """The file of one; None when it is gone. Whatever the row says, nothing outside `root` is given."""
    name = session.scalar(select(UtteranceRow.path).where(UtteranceRow.id == utterance_id))
    if name is None:
        return None
    path = (root / name).resolve()
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None


def forget_old(engine: Engine, root: Path, days: int, now: datetime) -> int:
    """Delete what is older than `days`, labelled or not, and files that no row names; give how many files went.

    Raises:
        OSError: a file cannot be deleted; the next time it is tried again.
    """
    with session_scope(engine) as session:
        session.execute(delete(UtteranceRow).where(UtteranceRow.at < now - timedelta(days=days)))
    with read_scope(engine) as session:
        named = set(session.scalars(select(UtteranceRow.path)))
    gone = 0
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir():
            with suppress(OSError):  # there is still something in it
                path.rmdir()
        elif str(path.relative_to(root)) not in named and _is_old(path, days, now):
            path.unlink(missing_ok=True)
            gone += 1
    if gone:
        log.info("%s files of words that were not understood are deleted", gone)
    return gone


def _is_old(path: Path, days: int, now: datetime) -> bool:
    with suppress(FileNotFoundError):
        return now.timestamp() - path.stat().st_mtime > min(ORPHAN_S, days * 86_400)
    return False
