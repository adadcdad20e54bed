"""Tells the supervisors' board how callers are listened to: one row for this process, kept true while it runs.

`{"engines": {"en": "vosk", "sw": "ctc"}, "streams": 3, "most": 40, "late_ms": 85, "paused": false,
"servers": [{"language": "en", "address": "ws://host:2700", "well": true}]}`; no engines: callers press keys.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError

from contact_centre.database import session_scope
from contact_centre.model import Language
from contact_centre.tables import ListeningRow
from ivr.listening import Ears
from ivr.speech import Examined

log = logging.getLogger("ivr.house")

EVERY_S = 2.0
"""How often it is looked at (s); what did not change is not written."""
ALIVE_S = 15.0
"""It is written at least so often (s): a row much older is of a process that was killed."""
EXAMINE_S = 10.0
"""How often every vosk-server is asked whether it is well (s)."""


class ListeningReport:
    """Writes the row from a thread of its own."""

    def __init__(
        self,
        engine: Engine,
        process: str,
        ears: Ears | None,
        engines: Mapping[Language, str],
        servers: Examined | None = None,
    ) -> None:
        """`process` names this one among all IVRs; `engines`: who understands each language."""
        self._engine, self._process, self._ears, self._engines = engine, process[:80], ears, dict(engines)
        self._servers = servers
        self._examined: list[dict[str, Any]] = []
        self._examined_at = self._written_at = float("-inf")
        self._written: dict[str, Any] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_true, name="listening-report", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End, and take the row away."""
        self._ended.set()
        self._thread.join(timeout=5)
        try:
            with session_scope(self._engine) as session:
                session.execute(delete(ListeningRow).where(ListeningRow.process == self._process))
        except SQLAlchemyError:
            log.info("the board will learn from its age that this process does not listen any more")

    def now(self) -> dict[str, Any]:
        """What the row says."""
        places = self._ears.places if self._ears is not None else None
        late_s = places.late_p95_s if places is not None else None
        return {
            "engines": self._engines if places is not None else {},
            "streams": places.taken if places is not None else 0,
            "most": places.most if places is not None else 0,
            "late_ms": None if late_s is None else round(late_s * 1000),
            "paused": places is not None and places.paused,
            "servers": self._examined,
        }

    def _keep_true(self) -> None:
        while True:
            self._look(time.monotonic())
            if self._ended.wait(EVERY_S):
                return

    def _look(self, now: float) -> None:
        if self._servers is not None and now - self._examined_at >= EXAMINE_S:
            self._examined_at = now
            found = self._servers.examine()
            self._examined = [{"language": one, "address": where, "well": well} for one, where, well in found]
        report = self.now()
        if report == self._written and now - self._written_at < ALIVE_S:
            return
        try:
            with session_scope(self._engine) as session:
                session.merge(ListeningRow(process=self._process, at=datetime.now(UTC), report=report))
        except SQLAlchemyError as error:
            log.warning("the board cannot be told how callers are listened to: %s", type(error).__name__)
            return
        self._written, self._written_at = report, now
