"""Follows the journal for calls that ended, and archives each when its sound is complete."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.journal import last_position, read_after
from contact_centre.tables import CallRow
from recordings import naming
from recordings.archive import Outcome, archive

log = logging.getLogger(__name__)


class Watch:
    """The calls whose sound is still to be archived. `begin` once, then `step` every second or so."""

    def __init__(self, engine: Engine, data_dir: Path) -> None:
        """Nothing is read yet."""
        self._engine = engine
        self._data_dir = data_dir
        self._position = 0
        self.due: dict[str, None] = {}
        """Call ids, oldest first."""

    def begin(self) -> None:
        """Note the journal's end, then take up whatever an earlier run left: its live files are still there."""
        with read_scope(self._engine) as session:
            self._position = last_position(session)
        directory = naming.live_dir(self._data_dir)
        directory.mkdir(parents=True, exist_ok=True)
        for path in sorted(directory.iterdir()):
            if call_id := naming.call_of(path.name):
                self.due[call_id] = None

    def step(self, now: datetime) -> dict[str, Outcome]:
        """Read what is new, try each call that is due, and give what came of it. One bad call stops no other."""
        self._read()
        outcomes: dict[str, Outcome] = {}
        for call_id in list(self.due):
            try:
                outcome = archive(self._engine, self._data_dir, call_id, now)
            except OSError as error:
                log.error("call %s: not archived yet: %s", call_id, error.strerror)
                continue
            outcomes[call_id] = outcome
            if outcome is not Outcome.NOT_YET:
                del self.due[call_id]
            if outcome is Outcome.ARCHIVED:
                log.info("call %s: archived", call_id)
        return outcomes

    def _read(self) -> None:
        with read_scope(self._engine) as session:
            while facts := read_after(session, self._position):
                self._position = facts[-1].position
                for recorded in facts:
                    call_id = recorded.fact.call_id
                    if recorded.fact.kind is not Kind.CALL_ENDED or call_id is None or not naming.is_call_id(call_id):
                        continue
                    if self._was_recorded(session.get(CallRow, call_id), call_id):
                        self.due[call_id] = None

    def _was_recorded(self, call: CallRow | None, call_id: str) -> bool:
        """The files themselves are the evidence: a call whose arming nobody journalled is archived all the same."""
        files = naming.live_files(self._data_dir, call_id)
        return (call is not None and call.recording == "armed") or any(path.exists() for path in files.all())
