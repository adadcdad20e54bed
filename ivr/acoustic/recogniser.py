"""The recogniser `ctc`: frames are made as sound arrives; at the end the network and the grammar take milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.belief import judge, judge_digits
from ivr.acoustic.digit_strings import Word, best_digits
from ivr.acoustic.features import FLOOR, RATE, Floats, FrameStream, without_the_line
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.scoring import phrase_scores
from ivr.heard import NOTHING, Heard
from ivr.spoken_digits import ONES_BY_LANGUAGE

LONGEST_S = 15.0
"""More sound than this in one utterance is passed over (s)."""

CUT_FRAMES, STILL_FRAMES = 18, 20
"""A word that is loud before so many frames have gone by was cut out to its edge, and is given so much stillness; on
the line the endpointer leaves at least 20 frames, so nothing is added to what a caller says (10 ms each)."""


class CtcHearing:
    """One model for all calls of a process."""

    def __init__(self, model: AcousticModel) -> None:
        """Share this model."""
        self.model = model

    def recogniser(self) -> CtcRecogniser:
        """Give a recogniser for one call."""
        return CtcRecogniser(self.model)


class CtcRecogniser:
    """Listens to one caller."""

    def __init__(self, model: AcousticModel) -> None:
        """Nothing is expected before `start`."""
        self._model = model
        self._phrases: tuple[str, ...] = ()
        self._ways: list[list[int]] = []
        self._owners: list[int] = []
        self._heard = self._energy = self._digits = 0
        self._language: Language = "en"
        self._stream = FrameStream()

    def start(self, phrases: Sequence[str], language: Language, digits: int = 0) -> None:
        """Begin an utterance, in which one of these phrases is expected, or so many digits."""
        self._digits, self._language = digits, language
        self._phrases = tuple(phrases)
        ways = [_ways(phrase, language) for phrase in phrases]
        self._ways = [way for of_one in ways for way in of_one]
        self._owners = [place for place, of_one in enumerate(ways) for _ in of_one]
        self._begin()

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the next samples (8 kHz)."""
        some = pcm[: max(0, int(LONGEST_S * RATE) - self._heard)]
        self._heard += len(some)
        self._energy = max(self._energy, int(np.abs(some.astype(np.int32)).max(initial=0)))
        self._stream.accept(some)

    def finish(self) -> Heard:
        """Say what was heard; digital silence is nothing."""
        features = without_the_line(with_stillness(self._stream.frames()))
        quiet = self._energy < 8
        self._begin()
        if quiet or not self._ways or not len(features):
            return NOTHING
        log_probabilities = self._model.log_probabilities(features)
        scores = phrase_scores(log_probabilities, self._ways)
        best: list[tuple[float, int]] = [(-np.inf, 1)] * len(self._phrases)
        for score, way, owner in zip(scores, self._ways, self._owners, strict=True):
            best[owner] = max(best[owner], (float(score), len(way)))
        heard = judge(self._phrases, [score for score, _ in best], [count for _, count in best])
        if not self._digits:
            return heard
        said, score, phones = best_digits(log_probabilities, digit_words(self._language), self._digits)
        string = judge_digits(" ".join(ONES_BY_LANGUAGE[self._language][int(digit)] for digit in said), score, phones)
        return string if string.confidence > heard.confidence else heard

    def _begin(self) -> None:
        self._stream = FrameStream()
        self._heard = self._energy = 0


def with_stillness(frames: Floats) -> Floats:
    """Put stillness before and after words that were cut out to their very edges (frames, bands).

    On a line there is always some before a word and after it; the network learned words so, and loses the first and
    the last sound of a word that has none.
    """
    if not len(frames):
        return frames
    loudness = frames.max(axis=1)
    between = (np.quantile(loudness, 0.1) + np.quantile(loudness, 0.95)) / 2
    spoken = np.flatnonzero(loudness >= between)
    first, last = int(spoken[0]), len(frames) - 1 - int(spoken[-1])
    still = np.full((STILL_FRAMES, frames.shape[1]), np.log(FLOOR), np.float32)
    before, after = (still if edge < CUT_FRAMES else still[:0] for edge in (first, last))
    return np.concatenate([before, frames, after])


@lru_cache(maxsize=2)
def digit_words(language: Language) -> tuple[Word, ...]:
    """The digits and every way of saying them; in Kenya English ones are heard within Kiswahili too."""
    others = ONES_BY_LANGUAGE["en"] if language == "sw" else ()
    found: dict[tuple[str, ...], Word] = {}
    for words, spoken_in in ((ONES_BY_LANGUAGE[language], language), (others, "en")):
        for value, word in [*enumerate(words), *([(0, "oh")] if spoken_in == "en" and words else [])]:
            for way in pronunciations(word, spoken_in)[: 1 if spoken_in == "sw" else None]:
                found[(str(value), *map(str, way))] = (str(value), way)
    return tuple(found.values())


@lru_cache(maxsize=4096)
def _ways(phrase: str, language: Language) -> tuple[list[int], ...]:
    return tuple(pronunciations(phrase, language))
