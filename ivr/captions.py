"""What the machine says to a citizen who calls from the page, as words for that page.

Kept in memory, for calls from the page alone, while they are with the machine and a little longer: a case's status may
be among the words. The console asks over a Unix socket that only this account may open: `{"call": ID, "after": N}` in
one line is answered with a list of `{"n", "language", "text"}`, in one line, and closed.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Protocol, TypedDict

from citizen_services.catalogue import Text
from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.eagi_connection import listen_for_bridges
from ivr.turns import Part, Prompt

log = logging.getLogger("ivr.server")

MOST = 50
"""Lines of one call that are kept; the oldest go first."""
KEPT_S = 60.0
"""The last words can be read so long after the machine has said them (s)."""
ASK_S = 1.0
"""So long the console may take to ask, and to take the answer (s)."""
LONGEST_QUESTION = 1000
NOTICE = "recording-notice"


class Line(TypedDict):
    """What was said in one breath, in one language."""

    n: int
    """Counts from 1 in each call."""
    language: Language
    text: str


class Voice(Protocol):
    """Where sound comes from; `prompts.Prompts` is one."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...] | None:
        """Sound files; None: impossible."""

    def one_moment(self, language: Language) -> tuple[str, ...]:
        """What fills the time until there are some."""


class Captions:
    """The words of the calls that the page shows. Safe to use from several threads."""

    def __init__(
        self, texts: Mapping[str, Text], *, recording: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`texts`: the fixed prompts by id; `recording`: calls are recorded after a notice; `clock` counts seconds."""
        self._texts, self.recording, self._clock = texts, recording, clock
        self._lock = threading.Lock()
        self._lines: dict[str, list[Line]] = {}
        self._spoke_at: dict[str, float] = {}

    def say(self, call_id: str, parts: tuple[Part, ...]) -> None:
        """These words are played now."""
        with self._lock:
            self._forget()
            lines = self._lines.setdefault(call_id, [])
            self._spoke_at[call_id] = self._clock()
            for language, said in groupby(parts, key=lambda part: part.language):
                text = " ".join(self._text(part) for part in said)
                lines.append({"n": (lines[-1]["n"] if lines else 0) + 1, "language": language, "text": text})
            del lines[:-MOST]

    def after(self, call_id: str, seen: int) -> list[Line]:
        """What was said since line `seen`."""
        with self._lock:
            self._forget()
            return [line for line in self._lines.get(call_id, []) if line["n"] > seen]

    def _text(self, part: Part) -> str:
        return self._texts[part.id][part.language] if isinstance(part, Prompt) else part.text

    def _forget(self) -> None:
        for call_id in [one for one, at in self._spoke_at.items() if self._clock() - at > KEPT_S]:
            del self._spoke_at[call_id], self._lines[call_id]


class CaptionedVoice:
    """A voice whose every word is also kept for one call's page."""

    def __init__(self, voice: Voice, captions: Captions, call_id: str) -> None:
        """`voice` makes the sound."""
        self._voice, self._captions, self._call_id = voice, captions, call_id

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...] | None:
        """As the voice gives them; asked for just before they are played."""
        files = self._voice.files(parts, waiting)
        if files:
            self._captions.say(self._call_id, parts)
        return files

    def notice(self, language: Language) -> None:
        """What the dialplan says next, before the caller waits for a person: that they are recorded and may refuse."""
        if self._captions.recording:
            self._captions.say(self._call_id, (Prompt(NOTICE, language),))

    def one_moment(self, language: Language) -> tuple[str, ...]:
        """As the voice gives it; said too often to be read."""
        return self._voice.one_moment(language)


def captions_path(settings: Settings) -> Path:
    """The socket, beside the bridges'."""
    return settings.eagi_socket.with_name("captions.sock")


class CaptionsDoor:
    """Answers the console until it is closed. One question at a time: each is answered at once."""

    def __init__(self, path: Path, captions: Captions) -> None:
        """Begin to listen.

        Raises:
            OSError: the socket cannot be made.
        """
        self._captions = captions
        self._ended = threading.Event()
        self._listener = listen_for_bridges(path)
        threading.Thread(target=self._serve, name="captions", daemon=True).start()

    def close(self) -> None:
        """Answer nobody more."""
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                asker, _ = self._listener.accept()
            except OSError:
                return
            with asker, suppress(OSError, ValueError):
                asker.settimeout(ASK_S)
                self._answer(asker)

    def _answer(self, asker: socket.socket) -> None:
        with asker.makefile("rb") as questions:
            asked = json.loads(questions.readline(LONGEST_QUESTION))
        call_id, after = (asked.get("call"), asked.get("after")) if isinstance(asked, dict) else (None, None)
        lines = self._captions.after(call_id, after) if isinstance(call_id, str) and isinstance(after, int) else []
        asker.sendall(json.dumps(lines, ensure_ascii=False).encode() + b"\n")
