"""`python -m bench.end_of_speech [STREAMS_A_CORE] [ROUNDS]`: end of speech → answer, our endpointer and Vosk's own.

The same Korean words, said at the same moments into the same pipes, are heard by Vosk with the same grammar in two
ways, round by round in turn: our endpointer ends the utterance and asks for `FinalResult`, as the IVR does; or the
decoder is given every batch of sound, speech or not, until `AcceptWaveform` itself says that an utterance is over.
Counted from the last audible sample, as it was put into the pipe, to the answer, with the silence that either way waits
for. After `PATIENCE_S` a word counts as not answered: the caller has begun to say it again.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import vosk

from bench import listening
from bench.stage import machine, print_table, quantile
from bench.vosk_listening import MOST, understood
from ivr.acoustic.model_file import AcousticModel
from ivr.heard import Heard
from ivr.listening import TICK_S, Ears
from ivr.onset import Onset
from ivr.speech import hearing
from ivr.utterance import BATCH, Question
from ivr.voice_activity import RATE
from ivr.vosk_recogniser import VoskHearing
from ivr.vosk_words import UNKNOWN, judge_words, words_of

from vosk_korean import KOREAN, korean, korean_model  # isort: skip

A_CORE, ROUNDS = 12, 3
"""Streams for each core, which is the rated load; rounds of each way."""
WORDS = 6
"""Words of each stream in a round."""
PATIENCE_S = 3.0
GOALS_MS = (650, 900)
"""Of our own way: median, and 95th percentile."""


@dataclass(eq=False)
class VoskEar:
    """One caller whom Vosk's endpointing hears. Has what `listening.speak` asks of an ear."""

    sound: int
    decoder: vosk.KaldiRecognizer
    notices: deque[Heard] = field(default_factory=deque)
    waiting: list[bytes] = field(default_factory=list)
    working: bool = False
    phrases: tuple[str, ...] = ()

    def attend(self, question: Question) -> bool:
        """The decoder goes on by itself."""
        self.phrases = question.phrases
        return True

    def notice(self) -> Heard | None:
        """The next answer."""
        return self.notices.popleft() if self.notices else None

    def close(self) -> None:
        """Give the sound up."""
        os.close(self.sound)
        self.sound = -1

    def work(self, sound: bytes) -> None:
        """Decode the next sound; Vosk says when an utterance is over."""
        if self.decoder.AcceptWaveform(sound):
            words = words_of(json.loads(self.decoder.Result()))
            if any(word.text not in UNKNOWN for word in words):
                self.notices.append(judge_words(self.phrases, words))
        self.working = False


class VoskEars:
    """All of them: read as often, and in as large batches, as the IVR does."""

    def __init__(self, model: vosk.Model, grammar: str, workers: int = 2) -> None:
        """Hear with this model."""
        self._model, self._grammar = model, grammar
        self._ears: list[VoskEar] = []
        self._pool = ThreadPoolExecutor(workers)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def open(self, sound: int, ring: Callable[[], None]) -> VoskEar:
        """Listen to a descriptor from now on."""
        decoder = vosk.KaldiRecognizer(self._model, RATE, self._grammar)
        decoder.SetWords(True)
        ear = VoskEar(sound, decoder)
        self._ears.append(ear)
        return ear

    def close(self) -> None:
        """Hear nothing more."""
        self._over.set()
        self._thread.join()
        self._pool.shutdown()

    def _listen(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            for ear in list(self._ears):
                try:
                    ear.waiting.append(os.read(ear.sound, 65536))
                except OSError:
                    continue
                if not ear.working and sum(map(len, ear.waiting)) >= 2 * BATCH:
                    sound, ear.waiting, ear.working = b"".join(ear.waiting), [], True
                    self._pool.submit(ear.work, sound)
            time.sleep(max(0.001, TICK_S - (time.monotonic() - began)))


@dataclass
class Way:
    """One of the two, and what came of it."""

    name: str
    ears: Callable[[], Ears | VoskEars]
    asked: int = 0
    right: int = 0
    took_ms: list[float] = field(default_factory=list)


def streams_of(ears: Ears | VoskEars, at_once: int, words: listening.Words, round_: int) -> list[listening.Stream]:
    """Callers who say words at their own moments, with a pause after each in which either way must answer."""
    made = []
    for seed in range(at_once):
        chance = random.Random(f"{round_}-{seed}")
        phrases = chance.choices(words.phrases, k=WORDS)
        pauses = [chance.uniform(PATIENCE_S + 0.5, PATIENCE_S + 1.5) for _ in phrases]
        made.append(listening.stream(ears, phrases, chance.uniform(0.5, 4.0), pauses, words))
    return made


def one_round(way: Way, at_once: int, words: listening.Words, round_: int) -> None:
    """So many streams at once, by one way."""
    ears = way.ears()
    streams = streams_of(ears, at_once, words, round_)
    listening.speak(streams, True, words)
    for stream in streams:
        way.asked += len(stream.phrases)
        for ended, phrase in zip(stream.ended_at, stream.phrases, strict=True):
            answer = next(((at, heard) for at, heard in stream.answers if ended < at < ended + PATIENCE_S), None)
            if answer is not None:
                way.took_ms.append((answer[0] - ended) * 1000)
                way.right += answer[1].phrase == phrase
        stream.ear.close()
        os.close(stream.writes)
    ears.close()


def main(arguments: list[str]) -> None:
    """Measure and print."""
    a_core, rounds = [*map(int, arguments), *(A_CORE, ROUNDS)[len(arguments) :]]
    at_once = a_core * (os.cpu_count() or 1)
    here = VoskHearing({"en": korean_model()}, hearing("ctc"), MOST)
    words = listening.Words(understood(here), "en", korean)
    grammar = json.dumps([*words.phrases, korean_model().unknown], ensure_ascii=False)
    theirs = vosk.Model(str(KOREAN))
    ways = [
        Way("our endpointer, `FinalResult`", lambda: Ears(here, Onset(AcousticModel()), MOST)),
        Way("Vosk's own endpointing", lambda: VoskEars(theirs, grammar)),
    ]
    for round_ in range(rounds):
        for way in ways:
            one_round(way, at_once, words, round_)
            print(way.name, len(way.took_ms), np.median(way.took_ms), file=sys.stderr, flush=True)
    print(f"End of speech → answer, {at_once} streams at once; {machine()}\n")
    head = ("way", "words", "answered", "right", "median ms", "p95 ms", "most ms", f"none in {PATIENCE_S:.0f} s")
    print_table(head, [row(way) for way in ways])
    median, p95 = quantile(ways[0].took_ms, 0.5), quantile(ways[0].took_ms, 0.95)
    met = median <= GOALS_MS[0] and p95 <= GOALS_MS[1]
    print(f"Goal of our way, median {GOALS_MS[0]} ms and p95 {GOALS_MS[1]} ms: {'met' if met else 'missed'}")


def row(way: Way) -> list[object]:
    """One way, for people."""
    shares = (f"{len(way.took_ms) / way.asked:.1%}", f"{way.right / way.asked:.1%}")
    spread = [f"{quantile(way.took_ms, share):.0f}" for share in (0.5, 0.95, 1.0)]
    return [way.name, way.asked, *shares, *spread, way.asked - len(way.took_ms)]


if __name__ == "__main__":
    main(sys.argv[1:])
