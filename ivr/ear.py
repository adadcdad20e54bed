"""One caller's sound: what is said in it, as notices for the call's own thread.

Sound is held from a little before an utterance until it was recognised, and no longer; that of words which were not
understood can be had until the next question (`Ear.not_understood`).
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.endpointing import Endpoint, Endpointer
from ivr.heard import NOTHING, Heard
from ivr.listening_places import Places
from ivr.speech import Hearing
from ivr.utterance import Question, Utterance
from ivr.voice_activity import FRAME, RATE, VoiceActivity
from ivr.watch import Watch

log = logging.getLogger("ivr.listening")

READ_BYTES = 65536
"""All that a pipe can hold."""
FRAME_BYTES = 2 * FRAME
BEFORE = int(0.3 * RATE)
"""Samples kept from before an utterance was certain: its first sounds are among them."""
LATE_S = 1.5
"""A recogniser that has not answered so long after the end of speech is not waited for (s)."""


class Sign(Enum):
    """What a call's thread is told besides words."""

    SPEECH = "speech"
    """The caller certainly speaks: stop the prompt."""
    NO_INPUT = "no_input"
    """Nothing was said in time."""


Notice = Sign | Heard


class Listeners(Protocol):
    """What an ear asks of all the ears (`ivr.listening.Ears`)."""

    places: Places
    hearing: Hearing

    def utterance(
        self, question: Question, understood: Callable[[Utterance, Heard], None], certain: Callable[[Utterance], None]
    ) -> Utterance:
        """Begin an utterance that answers a question."""

    def forget(self, ear: Ear) -> None:
        """Close it, unless it was closed already."""


class Ear:
    """One caller's sound. `attend`, `prompt_is_over`, `ignore` and `notice` belong to the call's thread."""

    def __init__(self, ears: Listeners, sound: int, ring: Callable[[], None]) -> None:
        """Made by `Ears.open`. `ring` is called, from any thread, when there is a notice."""
        self._ears, self._sound, self._ring = ears, sound, ring
        self._places = ears.places
        self._lock = threading.Lock()
        self._notices: deque[Notice] = deque()
        self._activity = VoiceActivity()
        self._question: Question | None = None
        self._endpointer = Endpointer()
        self._utterance: Utterance | None = None
        self._before: deque[NDArray[np.int16]] = deque(maxlen=BEFORE // FRAME)
        self._rest = b""
        self.not_understood: NDArray[np.int16] | None = None
        """The sound of the last words, when they were not understood for certain; only while the ears keep it."""
        self.watch: Watch | None = None
        """Who is shown how this call is understood, if anybody is."""
        self._refused = False
        self.lateness_s = 0.0
        """How long after the end of speech the last answer came (s), beside the silence that ends it."""

    def stay(self) -> bool:
        """Take a place for the whole call, before anything is said; False when there is none.

        Who got none is never listened to: a caller who was told nothing of speaking presses keys.
        """
        self._refused = not self._places.admit(self, stays=True)
        return not self._refused

    def attend(self, question: Question) -> bool:
        """Listen for an answer from now on, while a prompt plays; False when too many callers are listened to."""
        if self._refused or not self._places.admit(self):
            return False
        with self._lock:
            self._notices.clear()
            self.not_understood = None
            self._question = question
            self._begin(waiting=False)
            if watch := self.watch:
                watch.asked(question)
        return True

    def prompt_is_over(self) -> None:
        """From now on silence counts."""
        with self._lock:
            if self._question is not None:
                self._question.playing.over()
            self._endpointer.waiting = True

    def ignore(self) -> None:
        """Listen no more; what was held is let go."""
        with self._lock:
            self._question = None
            self._drop_utterance()
            self._before.clear()
            self._notices.clear()
        self._places.dismiss(self)

    def notice(self) -> Notice | None:
        """The next thing to know."""
        with self._lock:
            return self._notices.popleft() if self._notices else None

    @property
    def hears_somebody(self) -> bool:
        """An utterance has begun and is not yet understood."""
        with self._lock:
            return self._utterance is not None

    def close(self) -> None:
        """Give the sound up; Asterisk goes on without."""
        self.ignore()
        self._ears.forget(self)
        if watch := self.watch:
            watch.tell("over")

    def show(self, watch: Watch) -> None:
        """Let somebody watch from now on, beginning with what is asked just now."""
        with self._lock:
            self.watch = watch
            if self._question is not None:
                watch.asked(self._question)

    @property
    def hearing(self) -> Hearing:
        """The engine that understands this call."""
        return self._ears.hearing

    # ---- the ears' thread

    def listen(self) -> bool:
        """Take what has come; False when nothing ever will."""
        try:
            raw = os.read(self._sound, READ_BYTES)
        except BlockingIOError:
            raw = None
        except OSError:
            return False
        if raw == b"":
            return False
        with self._lock:
            if raw and self._question is not None:
                whole = self._rest + raw
                size = len(whole) // FRAME_BYTES * FRAME_BYTES
                self._rest = whole[size:]
                self._take(np.frombuffer(whole[:size], np.int16))
            late = self._utterance
            if late is not None and late.waits_s(time.monotonic()) > LATE_S:
                log.warning("a recogniser is late: the caller is asked again")
                self._places.answered(LATE_S)
                self._tell(NOTHING)
        return True

    def release(self) -> None:
        """Close the descriptor."""
        os.close(self._sound)

    def _take(self, pcm: NDArray[np.int16]) -> None:
        speech = self._activity.accept(pcm)
        if watch := self.watch:
            watch.sound(pcm, speech)
        for place, is_speech in enumerate(speech):
            frame = pcm[place * FRAME : (place + 1) * FRAME]
            if self._utterance is None:
                self._before.append(frame)
            else:
                self._utterance.add(frame)
            event = self._endpointer.process(FRAME / RATE, is_speech)
            if event is not None:
                self._notice(event)
        if self._utterance is not None:
            self._utterance.work()

    def _notice(self, event: Endpoint) -> None:
        assert self._question is not None
        watch = self.watch
        if event is Endpoint.NO_INPUT:
            self._tell(Sign.NO_INPUT)
            if watch:
                watch.tell("silence")
        elif event is Endpoint.SPEECH_STARTED:
            self._utterance = self._ears.utterance(self._question, self._understood, self._certain)
            for frame in self._before:
                self._utterance.add(frame)
            if watch:
                watch.began(list(self._before))
            self._before.clear()
        elif self._utterance is not None:
            self._utterance.end(time.monotonic())
            if watch:
                watch.tell("ended")

    # ---- the pool

    def _certain(self, utterance: Utterance) -> None:
        with self._lock:
            if utterance is self._utterance:
                if watch := self.watch:
                    watch.tell("certain")
                self._notices.append(Sign.SPEECH)
                self._ring()

    def _understood(self, utterance: Utterance, heard: Heard) -> None:
        with self._lock:
            if utterance is not self._utterance:
                return
            self.lateness_s = utterance.waits_s(time.monotonic())
            self._places.answered(self.lateness_s)
            taken = heard.level != "reject" or utterance.certain
            if watch := self.watch:
                watch.heard(heard, self.lateness_s, taken)
            if not taken:
                self._begin(self._endpointer.waiting)  # a cough, an echo: as if nothing had been
            else:
                self.not_understood = utterance.sound if heard.level != "act" else None
                self._tell(heard)

    # ---- with the lock held

    def _tell(self, notice: Notice) -> None:
        self._drop_utterance()
        self._question = None
        self._notices.append(notice)
        self._ring()

    def _begin(self, waiting: bool) -> None:
        assert self._question is not None
        self._drop_utterance()
        self._before.clear()
        self._endpointer = Endpointer(self._question.patience)
        self._endpointer.waiting = waiting

    def _drop_utterance(self) -> None:
        if self._utterance is not None:
            self._utterance.forget()
        self._utterance = None
