"""Who waits for whom while callers are listened to, and what is never held; sound comes by pipes, as from Asterisk."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken_words import line_of, spoken

from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.__main__ import keeps_words, listeners
from ivr.ear import Ear, Notice, Sign
from ivr.heard import Alternative, Heard
from ivr.listening import Ears
from ivr.onset import Playing
from ivr.processors import processors
from ivr.speech import KeysOnly, Recogniser
from ivr.utterance import Question
from ivr.vosk_recogniser import A_CORE, VoskHearing

WAIT_S = 15.0
Spoken = tuple[tuple[str, ...], Language, NDArray[np.int16]]
"""What may be said, in which language, and the sound."""


class Line:
    """A call's sound, all of it at once, and what its thread is told."""

    def __init__(self, ears: Ears, phrases: tuple[str, ...], language: Language, sound: NDArray[np.int16]) -> None:
        reads, self._writes = os.pipe()
        os.set_blocking(reads, False)
        self._bell = threading.Event()
        self.ear: Ear = ears.open(reads, self._bell.set)
        assert self.ear.attend(Question(phrases, language, Playing(())))
        self.ear.prompt_is_over()
        os.write(self._writes, sound.tobytes())

    def heard(self) -> Heard | None:
        """What was understood; None when nothing was in time."""
        while self._bell.wait(WAIT_S):
            self._bell.clear()
            while notice := self.ear.notice():
                if isinstance(notice, Heard):
                    return notice
        return None

    def told(self) -> list[Notice]:
        """All that its thread was told by now, beside that somebody speaks."""
        return [notice for notice in iter(self.ear.notice, None) if notice is not Sign.SPEECH]

    def close(self) -> None:
        self.ear.close()
        os.close(self._writes)


@contextmanager
def lines(ears: Ears | None, *calls: Spoken) -> Iterator[list[Line]]:
    assert ears is not None
    opened = [Line(ears, *call) for call in calls]
    yield opened
    for line in opened:
        line.close()
    ears.close()


class Doubts(KeysOnly):
    """Understands nothing for certain."""

    answer = Heard("pasipoti", 0.5, "confirm", (Alternative("pasipoti", 1.0),))

    def recogniser(self) -> Recogniser:
        return self  # type: ignore[return-value]

    def start(self, phrases: object, language: object, digits: int = 0, sentences: object = None) -> None:
        """Expect anything."""

    def accept(self, pcm: object) -> None:
        """Take it."""

    def finish(self) -> Heard:
        return self.answer


def test_dead_servers_of_some_callers_do_not_delay_another(tmp_path: Path) -> None:
    """Four callers wait for servers that take the connection and never say a word; the fifth is heard meanwhile."""
    passport = line_of(0.3, spoken("passport", "en"), 1.0)
    kitambulisho = line_of(0.3, spoken("kitambulisho", "sw"), 1.0)
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        servers = [f"ws://127.0.0.1:{one.getsockname()[1]}" for one in silent]
        ears, far = listeners(Settings(data_dir=tmp_path, speech="vosk-server", vosk_servers_en=servers))
        assert far is not None
        waiting: list[Spoken] = [(("passport", "taxes"), "en", passport)] * 4
        *stuck, other = stack.enter_context(lines(ears, *waiting, (("kitambulisho", "pasipoti"), "sw", kitambulisho)))
        heard = other.heard()
        assert heard is not None
        assert (heard.phrase, heard.level) == ("kitambulisho", "act")
        assert [line.told() for line in stuck] == [[]] * 4, "they wait still: nobody was heard because they were done"


def test_more_processors_bring_more_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)), raising=True)
    assert processors() == 3
    engine = VoskHearing({}, otherwise=None)  # type: ignore[arg-type]
    assert engine._most == 3 * A_CORE
    ears = Ears(engine, onset=None, most=1)  # type: ignore[arg-type]
    together = threading.Barrier(4)
    for _ in range(3):
        ears._submit(lambda: together.wait(WAIT_S))
    together.wait(WAIT_S)  # broken, and raised, unless three work at once
    ears.close()


@pytest.mark.parametrize(("recording", "days", "keeps"), [(True, 30, True), (False, 30, False), (True, 0, False)])
def test_without_recording_no_sound_is_held_beyond_an_utterance(
    recording: bool, days: int, keeps: bool, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, recording=recording, utterances_days=days)
    assert keeps_words(settings) is keeps
    ears, _ = listeners(settings)
    assert ears is not None
    ears.hearing = Doubts()
    said = line_of(0.3, spoken("kitambulisho", "sw"), 1.0)
    with lines(ears, (("kitambulisho", "pasipoti"), "sw", said)) as (line,):
        assert line.heard() == Doubts.answer
        assert (line.ear.not_understood is not None) is keeps
