"""One utterance on its way through a recogniser: sound is added by one thread, worked on by another, in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.endpointing import MENU, Patience
from ivr.heard import NOTHING, Heard
from ivr.onset import LOOKED_AT, Onset, Playing
from ivr.sentences import Sentences
from ivr.speech import Hearing, Recogniser
from ivr.voice_activity import RATE

log = logging.getLogger("ivr.listening")

BATCH = int(0.15 * RATE)
"""Samples that are given to a recogniser at once; smaller pieces cost more than they bring."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is listened for."""

    phrases: tuple[str, ...]
    language: Language
    playing: Playing
    patience: Patience = MENU
    digits: int = 0
    """So many digits may be said one after another; 0: none."""
    sentences: Sentences | None = None
    """Whole sentences that may be said too."""


class Utterance:
    """From the first sound of a word to what was heard. `add`, `work` and `end` belong to the listening thread."""

    def __init__(
        self,
        hearing: Hearing,
        onset: Onset,
        question: Question,
        submit: Callable[[Callable[[], None]], None],
        understood: Callable[[Utterance, Heard], None],
        certain: Callable[[Utterance], None],
        keep: bool = False,
    ) -> None:
        """`submit` runs something elsewhere, soon; `certain` and `understood` are called there, once each at most.

        `keep`: have the whole sound at the end, for words that are not understood.
        """
        self._kept: list[NDArray[np.int16]] | None = [] if keep else None
        self._hearing, self._onset, self._question = hearing, onset, question
        self._submit, self._understood, self._certain = submit, understood, certain
        self._recogniser: Recogniser | None = None
        self._lock = threading.Lock()
        self._sound: list[NDArray[np.int16]] = []
        self._latest = np.zeros(0, np.int16)
        self._latest_at = 0.0
        self._waiting = self._batches = self._echoes = 0
        self._working = self._over = self._forgotten = False
        self._ended_at: float | None = None
        self.certain = False
        """Somebody said words, whatever they were."""

    def add(self, pcm: NDArray[np.int16]) -> None:
        """The next samples."""
        with self._lock:
            if not self._over:
                self._sound.append(pcm)
                self._waiting += len(pcm)
                self._latest_at = time.monotonic()

    def end(self, now: float) -> None:
        """No more will come; `now` counts seconds."""
        with self._lock:
            self._over, self._ended_at = True, now
        self.work()

    def forget(self) -> None:
        """Nobody wants to know any more."""
        with self._lock:
            self._over = self._forgotten = True
            self._sound.clear()
            self._kept = None

    @property
    def sound(self) -> NDArray[np.int16] | None:
        """All of it, once it was understood, if it was to be kept."""
        return np.concatenate(self._kept) if self._kept else None

    def waits_s(self, now: float) -> float:
        """How long ago it ended (s); 0 while it goes on."""
        return 0.0 if self._ended_at is None else now - self._ended_at

    def work(self) -> None:
        """Have a batch worked on, when there is one and nobody is at it."""
        with self._lock:
            if self._working or self._forgotten or not (self._over or self._waiting >= BATCH):
                return
            self._working = True
        self._submit(self._work)

    def _work(self) -> None:
        while True:
            with self._lock:
                sound, self._sound, self._waiting = self._sound, [], 0
                over, forgotten = self._over, self._forgotten
                if forgotten or not (sound or over):
                    self._working = False
                    return
            try:
                heard = self._hear(sound, over)
            except Exception:  # whatever a recogniser does, the call goes on: it is asked again
                log.exception("a recogniser failed")
                heard = NOTHING
            if heard is not None:
                self._understood(self, heard)
                return

    def _hear(self, sound: list[NDArray[np.int16]], over: bool) -> Heard | None:
        question = self._question
        if self._recogniser is None:
            self._recogniser = self._hearing.recogniser()
            self._recogniser.start(question.phrases, question.language, question.digits, question.sentences)
        pcm = np.concatenate(sound) if sound else np.zeros(0, np.int16)
        self._recogniser.accept(pcm)
        if self._kept is not None:
            self._kept.append(pcm)
        self._latest = np.concatenate([self._latest, pcm])[-LOOKED_AT:]
        if not over:
            if not self.certain and question.playing.matters(self._latest_at):
                self._judge()
            return None
        heard = self._recogniser.finish()
        if 2 * self._echoes > self._batches:  # its words may be the prompt's; who spoke into it is asked
            return replace(heard, level="confirm") if self.certain and heard.level == "act" else NOTHING
        if heard.level != "act" and not self.certain:  # words that nobody understood, or no words at all
            self.certain = self._onset.is_words(self._latest, question.phrases, question.language)
            if not self.certain and question.playing.until is None:  # a cough, music: only like a phrase
                return NOTHING
        return heard

    def _judge(self) -> None:
        self._batches += 1
        if self._onset.is_echo(self._latest, self._question.playing, self._latest_at):
            self._echoes += 1
        elif self._onset.is_words(self._latest, self._question.phrases, self._question.language):
            self.certain = True
            self._certain(self)
