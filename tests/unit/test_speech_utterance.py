"""What an utterance comes to when its recogniser is not sure: over a prompt, what is long must be words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.heard import NOTHING, Heard, Level
from ivr.onset import Onset, Playing
from ivr.utterance import BATCH, Question, Utterance
from ivr.voice_activity import RATE


class Engine:
    """Hears always the same."""

    def __init__(self, level: Level, confidence: float) -> None:
        self.heard = Heard("pension", confidence, level)

    def recogniser(self) -> Engine:
        return self

    def start(self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: object = None) -> None:
        return None

    def accept(self, pcm: NDArray[np.int16]) -> None:
        return None

    def finish(self) -> Heard:
        return self.heard


class Judge:
    """Says always the same of what might be words, and takes the first batches for the prompt's echo."""

    def __init__(self, words: bool, echoes: int = 0) -> None:
        self.words, self.echoes = words, echoes

    def is_words(self, *told: object) -> bool:
        return self.words

    def is_echo(self, *told: object) -> bool:
        self.echoes -= 1
        return self.echoes >= 0


def comes_to(level: Level, words: bool, plays: bool, seconds: int = 3, confidence: float = 0.75) -> tuple[Heard, Heard]:
    """What the recogniser heard, and what the utterance says was heard."""
    engine, heard = Engine(level, confidence), list[Heard]()
    question = Question(("pension",), "en", Playing((), until=None if plays else 1.0))
    utterance = Utterance(
        engine, cast(Onset, Judge(words)), question, lambda work: work(), lambda _, said: heard.append(said),
        lambda _: None,
    )  # fmt: skip
    utterance.add(np.zeros(seconds * RATE, np.int16))
    utterance.work()
    utterance.end(0.0)
    return engine.heard, heard[0]


@pytest.mark.parametrize(
    ("level", "words", "plays", "seconds"),
    [
        ("act", False, True, 3),
        ("confirm", True, True, 3),
        ("act", False, True, 1),  # a short word is over before anybody is certain
        ("confirm", False, False, 3),
        ("act", False, False, 3),
    ],
)
def test_what_was_said_is_handed_on(level: Level, words: bool, plays: bool, seconds: int) -> None:
    said, heard = comes_to(level, words, plays, seconds)
    assert heard == said


def test_over_a_prompt_what_is_long_and_no_words_and_only_like_a_phrase_is_nothing() -> None:
    _, heard = comes_to("confirm", words=False, plays=True)
    assert heard == NOTHING


def test_over_a_prompt_a_cough_that_is_a_little_like_a_short_word_is_nothing() -> None:
    _, heard = comes_to("confirm", words=False, plays=True, seconds=1, confidence=0.65)
    assert heard == NOTHING
    said, heard = comes_to("confirm", words=False, plays=False, seconds=1, confidence=0.65)
    assert heard == said, "asked in silence, a short word is asked back"


@pytest.mark.parametrize(("echoes", "comes"), [(1, "act"), (5, "confirm"), (6, None)])
def test_words_of_the_prompt_that_end_as_a_callers_own_are_asked_back(echoes: int, comes: Level | None) -> None:
    engine, heard = Engine("act", 0.97), list[Heard]()
    utterance = Utterance(
        engine, cast(Onset, Judge(True, echoes)), Question(("pension",), "en", Playing(())), lambda work: work(),
        lambda _, said: heard.append(said), lambda _: None,
    )  # fmt: skip
    for _ in range(6):
        utterance.add(np.zeros(BATCH, np.int16))
        utterance.work()
    utterance.end(0.0)
    assert heard == [NOTHING if comes is None else replace(engine.heard, level=comes)]
