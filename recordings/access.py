"""Who may hear a recording, and the file to play."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_centre.errors import BadInput
from contact_centre.settings import load_settings
from contact_centre.tables import CallRow, Recording
from recordings import naming


def may_hear(role: str, agent_id: int | None, call: CallRow) -> bool:
    """Supervisors and administrators hear every call; an agent the calls they took themselves; nobody else any."""
    if role in {"supervisor", "administrator"}:
        return True
    return role == "agent" and agent_id is not None and call.agent_id == agent_id


def find(session: Session, call_id: str, archive: Path | None = None) -> Path | None:
    """The archived file of a call, or None: not archived, not a call's id, or not on the disk.

    `archive` is the archive's root (default: that of the settings). Whatever the row says, nothing outside is given.
    """
    root = archive or naming.archive_dir(load_settings().data_dir)
    try:
        naming.checked(call_id)
    except BadInput:
        return None
    name = session.scalar(select(Recording.path).where(Recording.call_id == call_id))
    if name is None:
        return None
    path = (root / name).resolve()
    return path if path.is_relative_to(root.resolve()) and path.is_file() else None
