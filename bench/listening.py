"""`python -m bench.listening [AT_ONCE …]`: how late words are understood when so many callers speak at once.

Each stream is a pipe that is filled as Asterisk fills it, 20 ms at a time, and an ear that is asked the same question
again and again: a phrase of twelve, a pause, the next one. Each says other words at other times. Counted from the last
sample of a phrase to its answer: the silence that ends an utterance (500 ms) and what comes on top, which is the
lateness. Words over a prompt cost more than words after it, because they are judged again and again until it is
certain that they are words and may stop it. A row is carried while the 95th percentile of the lateness is at most
`BOUND_MS`.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bench.stage import machine, print_table, quantile
from contact_centre.model import Language
from ivr.acoustic.model_file import AcousticModel
from ivr.ear import Notice
from ivr.endpointing import MENU
from ivr.heard import Heard
from ivr.listening import Ears
from ivr.onset import Onset, Playing
from ivr.speech import hearing
from ivr.training.trials import MENUS
from ivr.utterance import Question

from spoken_words import line_of, spoken  # isort: skip

AT_ONCE = (12, 40, 60, 80, 120)
LASTS_S = 20.0
FRAME = 320
BOUND_MS = 150.0
AUDIBLE = 300
"""A sample beyond this (16 bits) is still speech."""


@dataclass(frozen=True, slots=True)
class Words:
    """What callers say, and the voice that says it."""

    phrases: tuple[str, ...]
    language: Language
    said: Callable[[str], NDArray[np.int16]]


KISWAHILI = Words(MENUS["sw"], "sw", lambda phrase: spoken(phrase, "sw"))


@dataclass(frozen=True, slots=True)
class Taken:
    """How one step went."""

    asked: int
    answered: float
    right: float
    """Shares of what was asked."""
    late_ms: float
    late_p95_ms: float
    cores: float


class Hears(Protocol):
    """What is asked of an ear; `Ear` is one."""

    def attend(self, question: Question) -> bool:
        """Listen for an answer."""

    def notice(self) -> Notice | None:
        """The next thing to know."""

    def close(self) -> None:
        """Give the sound up."""


class Opens(Protocol):
    """What gives an ear for a descriptor; `Ears` is one."""

    def open(self, sound: int, ring: Callable[[], None]) -> Hears:
        """Listen to it from now on."""


@dataclass
class Stream:
    """One caller."""

    sound: bytes
    ends: list[int]
    """Where each phrase ends (samples)."""
    phrases: list[str]
    ear: Hears
    writes: int
    sent: int = 0
    ended_at: list[float] = field(default_factory=list)
    answers: list[tuple[float, Heard]] = field(default_factory=list)


def made(ears: Ears, seed: int, words: Words) -> Stream:
    """A caller who says the phrases in an order of their own."""
    chance = random.Random(seed)
    phrases = chance.choices(words.phrases, k=int(LASTS_S / 3))
    first_s = chance.uniform(0.5, 2.5)
    return stream(ears, phrases, first_s, [chance.uniform(1.5, 2.0) for _ in phrases], words)


def stream(ears: Opens, phrases: list[str], first_s: float, pauses_s: list[float], words: Words) -> Stream:
    """A caller who says these phrases, the first after so long, each with a pause after it (s)."""
    pieces, ends = [line_of(first_s)], []
    for phrase, pause_s in zip(phrases, pauses_s, strict=True):
        sound = words.said(phrase)
        pieces.append(sound[: int(np.flatnonzero(np.abs(sound) > AUDIBLE)[-1])])  # the voice adds a silence
        ends.append(sum(map(len, pieces)))
        pieces.append(line_of(pause_s))
    reads, writes = os.pipe()
    for number in (reads, writes):
        os.set_blocking(number, False)
    return Stream(np.concatenate(pieces).tobytes(), ends, phrases, ears.open(reads, lambda: None), writes)


def speak(streams: Sequence[Stream], after_prompt: bool, words: Words, core: int | None = None) -> None:
    """Fill every pipe in real time, and ask again after each answer; on this core alone, if one is named."""
    if core is not None:
        os.sched_setaffinity(0, {core})  # this thread
    question = Question(
        words.phrases, words.language, Playing((), until=time.monotonic() if after_prompt else None), MENU
    )
    for stream in streams:
        stream.ear.attend(question)
    began, frame = time.monotonic(), 0
    while any(stream.sent < len(stream.sound) for stream in streams):
        for stream in streams:
            with suppress(BlockingIOError):  # a full pipe: Asterisk passes it over, too
                os.write(stream.writes, stream.sound[stream.sent : stream.sent + FRAME])
            stream.sent += FRAME
            while len(stream.ended_at) < len(stream.ends) and stream.sent >= 2 * stream.ends[len(stream.ended_at)]:
                stream.ended_at.append(time.monotonic())
            while notice := stream.ear.notice():
                if isinstance(notice, Heard):
                    stream.answers.append((time.monotonic(), notice))
                if isinstance(notice, Heard) or notice.value == "no_input":
                    stream.ear.attend(question)
        frame += 1
        time.sleep(max(0.0, began + frame * 0.02 - time.monotonic()))


def step(ears: Ears, at_once: int, after_prompt: bool, words: Words = KISWAHILI, feeds_on: int | None = None) -> Taken:
    """So many streams for `LASTS_S`; `feeds_on`: the core of the callers."""
    streams = [made(ears, seed, words) for seed in range(at_once)]
    before, since = time.process_time(), time.monotonic()
    speaking = threading.Thread(target=speak, args=(streams, after_prompt, words, feeds_on))
    speaking.start()
    speaking.join()
    cores = (time.process_time() - before) / (time.monotonic() - since)
    late, right, asked = [], 0, 0
    for stream in streams:
        asked += len(stream.phrases)
        for ended, phrase in zip(stream.ended_at, stream.phrases, strict=False):
            answer = next(((at, heard) for at, heard in stream.answers if ended < at < ended + 1.4), None)
            if answer is not None:
                late.append((answer[0] - ended - MENU.silence_s) * 1000)
                right += answer[1].phrase == phrase
        stream.ear.close()
        os.close(stream.writes)
    shares = (len(late) / asked, right / asked)
    return Taken(asked, *shares, quantile(late, 0.5), quantile(late, 0.95), cores)


def row(at_once: int, after_prompt: bool, taken: Taken) -> list[object]:
    """One step, for people."""
    told = (f"{taken.answered:.0%}", f"{taken.right:.0%}", f"{taken.late_ms:.0f}", f"{taken.late_p95_ms:.0f}")
    carried = "yes" if taken.late_p95_ms <= BOUND_MS else "no"
    return [at_once, "is over" if after_prompt else "plays", taken.asked, *told, f"{taken.cores:.2f}", carried]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    ears = Ears(hearing("ctc"), Onset(AcousticModel()), most=10_000)
    rows = []
    for at_once in [int(one) for one in arguments] or AT_ONCE:
        for after_prompt in (True, False):
            rows.append(row(at_once, after_prompt, step(ears, at_once, after_prompt)))
            print(*rows[-1], file=sys.stderr, flush=True)
    ears.close()
    print(f"Streams that are listened to at once, {LASTS_S:.0f} s each; {machine()}\n")
    head = (
        "streams",
        "the prompt",
        "phrases",
        "answered",
        "right",
        "late ms, median",
        "late ms, p95",
        "cores",
        "carried",
    )
    print_table(head, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
