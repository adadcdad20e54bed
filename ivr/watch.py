"""What somebody who tunes the line sees of one call while it is listened to: told by its ear, worked out elsewhere.

The ear's thread only puts what happens into a short queue, and drops it when nobody takes it: watching costs callers
nothing. Nothing is written anywhere.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.heard import Heard
from ivr.speech import Hearing
from ivr.utterance import Question
from ivr.voice_activity import RATE

SHOWN_EVERY = RATE // 10
"""The level is shown so often (samples)."""
PARTIAL_EVERY = int(0.3 * RATE)
"""After so much more of an utterance it is asked again what was said so far (samples)."""
MOST_SHOWN = 3
"""Alternatives that are shown."""

Message = dict[str, Any]
Happened = tuple[str, Any, float]


class Watch:
    """One watcher of one call. The first five methods belong to the ear and its pool, and never wait."""

    def __init__(self, hearing: Hearing) -> None:
        """Partial results come from recognisers of the same engine, made for them alone."""
        self._hearing = hearing
        self._happened: queue.Queue[Happened] = queue.Queue(maxsize=500)
        self._question: Question | None = None
        self._said: list[NDArray[np.int16]] | None = None
        self._shown = self._new = 0

    def asked(self, question: Question) -> None:
        """A question is listened for."""
        self._put("asked", question)

    def sound(self, pcm: NDArray[np.int16], speech: list[bool]) -> None:
        """The caller's next samples, and which pieces of 20 ms are speech."""
        self._put("sound", (pcm, any(speech)))

    def began(self, before: list[NDArray[np.int16]]) -> None:
        """An utterance began a little before now."""
        self._put("began", before)

    def heard(self, heard: Heard, late_s: float, taken: bool) -> None:
        """What was understood, how long after the end of speech; not `taken`: no words, as if nothing had been."""
        self._put("heard", (heard, late_s, taken))

    def tell(self, what: str) -> None:
        """`certain`: words, the prompt stops; `ended`: the end of speech; `silence`: nothing in time; `over`."""
        self._put(what, None)

    def messages(self, patience_s: float = 1.0) -> Iterator[Message]:
        """What to show, as it happens; an empty one when nothing did for a while; ends when the call is over.

        `at` in it: when it happened (seconds since 1970), however late it is shown.
        """
        while True:
            try:
                what, value, at = self._happened.get(timeout=patience_s)
            except queue.Empty:
                yield {}
                continue
            for message in self._shown_of(what, value):
                yield message | {"at": at}
            if self._happened.empty() and (partial := self._partial()) is not None:
                yield partial
            if what == "over":
                return

    def _put(self, what: str, value: Any) -> None:
        with suppress(queue.Full):
            self._happened.put_nowait((what, value, time.time()))

    def _shown_of(self, what: str, value: Any) -> Iterator[Message]:
        match what:
            case "asked":
                self._question, self._said = value, None
                digits = value.digits
                phrases = [] if digits else list(value.phrases)
                yield {"type": "asked", "language": value.language, "phrases": phrases, "digits": digits}
            case "sound":
                pcm, speech = value
                if self._said is not None:
                    self._said.append(pcm)
                    self._new += len(pcm)
                self._shown += len(pcm)
                if self._shown >= SHOWN_EVERY:
                    self._shown = 0
                    yield {"type": "level", "db": round(level_db(pcm), 1), "speech": speech}
            case "began":
                self._said, self._new = list(value), 0
                yield {"type": "began"}
            case "heard":
                heard, late_s, taken = value
                self._said = None
                yield self._of(heard) | {"type": "heard", "late_ms": round(late_s * 1000), "taken": taken}
            case _:
                if what in {"ended", "silence"}:
                    self._said = None
                yield {"type": what}

    def _partial(self) -> Message | None:
        if self._said is None or self._question is None or self._new < PARTIAL_EVERY:
            return None
        self._new = 0
        recogniser = self._hearing.recogniser()
        question = self._question
        recogniser.start(question.phrases, question.language, question.digits, question.sentences)
        recogniser.accept(np.concatenate(self._said))
        return self._of(recogniser.finish()) | {"type": "partial"}

    def _of(self, heard: Heard) -> Message:
        """Digits may be an ID: that some were heard is enough to see."""
        digits = self._question is not None and self._question.digits
        others = [] if digits else [[one.phrase, round(one.confidence, 3)] for one in heard.alternatives[:MOST_SHOWN]]
        phrase = "(digits)" if digits and heard.phrase else heard.phrase
        return {"phrase": phrase, "confidence": round(heard.confidence, 3), "level": heard.level, "others": others}


def level_db(pcm: NDArray[np.int16]) -> float:
    """Loudness (dB, full scale is 0)."""
    if not len(pcm):
        return -99.0
    return float(10 * np.log10(np.mean((pcm / 32768.0) ** 2) + 1e-10))
