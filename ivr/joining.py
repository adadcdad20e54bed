"""One sound file for several that are heard one behind another.

Asterisk plays one file for a command, and a key that arrives between two commands is lost; so what is said in one go
is one file. It is put together when it is said for the first time, which takes milliseconds.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
import wave
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("ivr.prompts")

KEPT_DAYS = 7
"""What was put together longer ago is deleted at the next start: words change, and it is quickly made again."""


class Joining:
    """Keeps what was put together in a directory. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        """Make the directory, and delete in it what is old."""
        self._directory = directory
        self._joined: dict[tuple[str, ...], str] = {}
        directory.mkdir(parents=True, exist_ok=True)
        for path in directory.glob("*.wav"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEPT_DAYS * 86400:
                    path.unlink()

    def joined(self, files: tuple[str, ...]) -> tuple[str, ...]:
        """The one file (paths are without extension); the given ones when they cannot be put together."""
        if len(files) < 2:
            return files
        if files not in self._joined:
            try:
                self._joined[files] = str(self._join([Path(f"{file}.wav") for file in files]))
            except (OSError, EOFError, wave.Error) as error:
                log.warning("sounds could not be put together: %s", type(error).__name__)
                return files
        return (self._joined[files],)

    def _join(self, parts: Sequence[Path]) -> Path:
        path = self._directory / _digest(parts)
        wanted = path.with_suffix(".wav")
        if not wanted.exists():
            draft = self._directory / f".{path.name}.{os.getpid()}.{threading.get_ident()}"
            try:
                _write(draft, parts)
                draft.replace(wanted)
            finally:
                draft.unlink(missing_ok=True)
        return path


def _digest(parts: Sequence[Path]) -> str:
    """What was put together: a part that was made anew gives another name."""
    known = [(str(part), (found := part.stat()).st_size, found.st_mtime_ns) for part in parts]
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def _write(draft: Path, parts: Sequence[Path]) -> None:
    with wave.open(str(draft), "wb") as whole:
        for number, part in enumerate(parts):
            with wave.open(str(part), "rb") as sound:
                kind = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
                if number == 0:
                    whole.setparams((*kind, 0, "NONE", ""))
                elif kind != (whole.getnchannels(), whole.getsampwidth(), whole.getframerate()):
                    raise wave.Error("sounds of different kinds")
                whole.writeframes(sound.readframes(sound.getnframes()))
