"""Keeps words that were not understood, for people to label: in memory until it is known that the caller agrees.

The recording notice is spoken after the menu, so for a while nobody knows. Nothing is written before the caller was
told and did not refuse; of whoever refuses, hangs up before, or is served by the machine alone, nothing ever is. A
process that ends forgets what it held.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from citizen_services.citizens import consent
from contact_centre.database import read_scope, session_scope
from contact_centre.states import CallState
from contact_centre.tables import CallRow, UtteranceRow
from ivr.misheard import Misheard, may_be_kept, signal_to_noise_db
from ivr.voice_activity import RATE

log = logging.getLogger("ivr.records")

LOOK_S = 1.0
"""How often calls that are waited for are looked at (s)."""
PATIENCE_S = 600.0
"""Of a call that has told nothing after so long, nothing is kept (s)."""
MOST_HELD = 200
"""So many calls' words are held at once (at most some 700 kB each); those that come then are not."""
MOST_TO_LABEL = 5000
"""Nobody labels more: until some are labelled, or too old, no more are kept."""


@dataclass(frozen=True, slots=True)
class _Held:
    misheard: Sequence[Misheard]
    until: float


class KeptWords:
    """One for the process; a thread of its own waits for the callers' answers."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        """Files go into this directory, each under the day it was said."""
        self._engine, self._directory = engine, directory
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._some, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=self._wait, name="kept-words", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Forget what is held."""
        self._ended = True
        self._some.set()
        self._thread.join(timeout=5)

    def offer(self, call_id: str, misheard: Sequence[Misheard]) -> None:
        """Words of a call that leaves the menu. Returns at once."""
        if not misheard:
            return
        with self._lock:
            if len(self._held) < MOST_HELD:
                self._held[call_id] = _Held(misheard, time.monotonic() + PATIENCE_S)
        self._some.set()

    @property
    def held(self) -> int:
        """Of how many calls it is not known yet."""
        with self._lock:
            return len(self._held)

    def _wait(self) -> None:
        while not self._ended:
            self._some.wait()
            self._some.clear()
            while self.held and not self._ended:
                try:
                    self._look()
                except SQLAlchemyError as error:
                    log.warning("whether words may be kept cannot be read: %s", type(error).__name__)
                if self.held:
                    self._some.wait(LOOK_S)
                    self._some.clear()

    def _look(self) -> None:
        with self._lock:
            held = dict(self._held)
        with read_scope(self._engine) as session:
            answers = {call_id: _answer(session, call_id) for call_id in held}
        for call_id, of_call in held.items():
            agrees = answers[call_id]
            if agrees is None and time.monotonic() < of_call.until:
                continue
            try:
                if agrees:
                    self._keep(call_id, of_call.misheard)
            except OSError as error:
                log.error("words that were not understood cannot be kept: %s", error.strerror)
            with self._lock:
                self._held.pop(call_id, None)

    def _keep(self, call_id: str, misheard: Sequence[Misheard]) -> None:
        with session_scope(self._engine) as session:
            waiting = session.scalar(select(func.count()).where(UtteranceRow.label.is_(None))) or 0
            if waiting >= MOST_TO_LABEL:
                return
            for number, one in enumerate(misheard):
                name = f"{one.at:%Y/%m/%d}/{call_id}-{number}.flac"
                _write(self._directory / name, one)
                session.add(
                    UtteranceRow(
                        call_id=call_id,
                        at=one.at,
                        language=one.language,
                        node=one.node,
                        heard=one.heard,
                        level=one.level,
                        confidence=one.confidence,
                        options={key: list(phrases) for key, phrases in one.options.items()},
                        path=name,
                        duration_s=len(one.sound) / RATE,
                        snr_db=signal_to_noise_db(one.sound),
                    )
                )


def _answer(session: Session, call_id: str) -> bool | None:
    call = session.get(CallRow, call_id)
    if call is None:
        return None
    said = consent(session, call.citizen_id, "recording") if call.citizen_id is not None else None
    return may_be_kept(call.recording, call.state == CallState.ENDED, said.given if said is not None else None)


def _write(path: Path, one: Misheard) -> None:
    """For this account alone; whole under its name, or not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.part")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        soundfile.write(file, one.sound, RATE, format="FLAC", subtype="PCM_16")
    draft.replace(path)
