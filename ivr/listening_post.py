"""Lets somebody on this machine, with this account, watch how one live call is understood: `huduma speech listen`.

Only calls of citizens who agreed to be recorded for good: the notice of the call itself is spoken after the menu.
It goes over a Unix socket that only this account may open; that a call was watched is in the audit log, what was said
is not.

The watcher says `{"call": ID or null}` in one line and gets lines of JSON: `{"type": "refused", "why": …}`, or
`{"type": "call", "call": ID}` and then what `watch.py` tells.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from citizen_services.citizens import consent
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import Refused
from contact_centre.settings import Settings
from contact_centre.tables import AuditEntry, CallRow
from ivr.eagi_connection import listen_for_bridges
from ivr.ear import Ear
from ivr.watch import Watch

log = logging.getLogger("ivr.server")

AT_ONCE = 4
LONGEST_LINE = 1000
ASK_S = 5.0
"""So long a watcher may take to say which call (s), and to take what it is told."""
NOBODY = "No call in the menu just now is listened to."
NOT_AGREED = (
    "This caller has not agreed to be recorded, so nobody may listen in. Only calls of citizens whose record says that "
    "they agreed can be watched (`huduma speech consent NUMBER yes`, when they were asked)."
)
NOBODY_AGREED = "No call in the menu just now is of a citizen whose record says that they agreed to be recorded."
NOT_THERE = "There is no such call in the menu just now, or it is not listened to."
RECORDING_OFF = "Recording is off in this house (recording = false), so no call may be watched."
WATCHED = "Somebody watches this call already."


def post_path(settings: Settings) -> Path:
    """The socket, beside the bridges'."""
    return settings.eagi_socket.with_name("listen.sock")


class ListeningPost:
    """Takes watchers until it is closed."""

    def __init__(self, settings: Settings, engine: Engine, ears: Callable[[], Mapping[str, Ear]]) -> None:
        """`ears`: calls that are in the menu and listened to, the newest last.

        Raises:
            OSError: the socket cannot be made.
        """
        self._recording, self._engine, self._ears = settings.recording, engine, ears
        self._ended = threading.Event()
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._listener = listen_for_bridges(post_path(settings))
        threading.Thread(target=self._accept, name="listening-post", daemon=True).start()

    def close(self) -> None:
        """Take nobody more, and let go of who is there."""
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def choose(self, wanted: str | None) -> tuple[str, Ear]:
        """The call to watch: this one, or the newest that may be.

        Raises:
            Refused: saying why in a sentence.
        """
        ears = self._ears()
        if not self._recording:
            raise Refused("not_allowed", RECORDING_OFF)
        if wanted is not None and wanted not in ears:
            raise Refused("not_found", NOT_THERE)
        if not ears:
            raise Refused("not_found", NOBODY)
        for call_id in [wanted] if wanted is not None else reversed(list(ears)):
            if self._agreed(call_id):
                if ears[call_id].watch is not None:
                    raise Refused("wrong_state", WATCHED)
                return call_id, ears[call_id]
        raise Refused("not_allowed", NOBODY_AGREED if wanted is None else NOT_AGREED)

    def _agreed(self, call_id: str) -> bool:
        with read_scope(self._engine) as session:
            call = session.get(CallRow, call_id)
            if call is None or call.citizen_id is None or call.recording == "refused":
                return False
            said = consent(session, call.citizen_id, "recording")
            return said is not None and said.given

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                watcher, _ = self._listener.accept()
            except OSError:
                return
            if not self._room.acquire(blocking=False):
                watcher.close()
                continue
            threading.Thread(target=self._serve, args=(watcher,), name="watched", daemon=True).start()

    def _serve(self, watcher: socket.socket) -> None:
        try:
            with watcher:
                watcher.settimeout(ASK_S)
                self._show(watcher)
        except (OSError, ValueError):
            log.debug("a watcher left")
        except SQLAlchemyError as error:
            log.warning("whether a call may be watched cannot be read: %s", type(error).__name__)
        finally:
            self._room.release()

    def _show(self, watcher: socket.socket) -> None:
        if not _is_ours(watcher):
            return
        asked = json.loads(_line(watcher))
        wanted = asked.get("call") if isinstance(asked, dict) else None
        try:
            call_id, ear = self.choose(wanted if isinstance(wanted, str) else None)
        except Refused as refused:
            _tell(watcher, {"type": "refused", "why": str(refused)})
            return
        with session_scope(self._engine) as session:
            session.add(
                AuditEntry(at=datetime.now(UTC), account_id=None, action="call_watched", subject=f"call:{call_id}")
            )
        watch = Watch(ear.hearing)
        try:
            _tell(watcher, {"type": "call", "call": call_id})
            ear.show(watch)
            for message in watch.messages():
                if self._ended.is_set():
                    return
                if not message and call_id not in self._ears():  # it left just before it was watched
                    message = {"type": "over"}
                _tell(watcher, message)
                if message.get("type") == "over":
                    return
        finally:
            ear.watch = None


def _is_ours(watcher: socket.socket) -> bool:
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", watcher.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return uid in {0, os.geteuid()}


def _line(watcher: socket.socket) -> bytes:
    taken = b""
    while b"\n" not in taken and len(taken) < LONGEST_LINE:
        more = watcher.recv(LONGEST_LINE)
        if not more:
            break
        taken += more
    return taken.partition(b"\n")[0]


def _tell(watcher: socket.socket, message: Mapping[str, object]) -> None:
    watcher.sendall(json.dumps(message, ensure_ascii=False).encode() + b"\n")
