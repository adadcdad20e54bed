"""The recogniser `ctc`: frames are made as sound arrives; at the end the network and the grammar take milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic import digit_ear, features
from ivr.acoustic.belief import judge, judge_digits
from ivr.acoustic.digit_ear import DigitEar, digits_heard, what_it_hears
from ivr.acoustic.digit_strings import Word, best_digits
from ivr.acoustic.features import BANDS, FLOOR, RATE, Floats, FrameStream, without_the_line
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.phones import VOWELS
from ivr.acoustic.scoring import EDGE_COST, in_common, sure_phones, worth
from ivr.acoustic.sentence_scoring import BESIDE_COST, Names, sentence_scores
from ivr.heard import NOTHING, Heard
from ivr.sentences import Sentences, Words
from ivr.spoken_digits import ONES_BY_LANGUAGE

LONGEST_S = 15.0
"""More sound than this in one utterance is passed over (s)."""

FEWEST_SYLLABLES = 2
"""What is shorter is not listened for among whole sentences: it is heard in any noise."""

SURE_OF_ITS_OWN = 0.4
FEWEST_SURE, FEWEST_OF_MANY = 1, 2
"""Before a phrase is acted on, so many of its own phones must be as probable as that, and where whole sentences may be
said too so many; otherwise it is asked about. A cough fits a short name well now and then, with hardly a sound that is
sure. Where little is expected one is enough: with two, "yes" itself would be asked about."""

CUT_FRAMES, STILL_FRAMES = 18, 20
"""A word that is loud before so many frames have gone by was cut out to its edge, and is given so much stillness; on
the line the endpointer leaves at least 20 frames, so nothing is added to what a caller says (10 ms each)."""


EAR = 5.0
"""How much a nat of the ear for digits counts beside one of the phones': which digit it was the ear decides, whether it
was one at all the phones."""
BOTH_BANKS = np.concatenate([features.bank(), digit_ear.bank()], axis=1)
"""The bands of the phones' network, and behind them those of the ear for digits."""


class CtcHearing:
    """One model and one ear for digits for all calls of a process."""

    def __init__(self, model: AcousticModel, ear: DigitEar | None = None) -> None:
        """Share them; without an ear the phones hear digits alone."""
        self.model, self._ear = model, ear

    def recogniser(self) -> CtcRecogniser:
        """Give a recogniser for one call."""
        return CtcRecogniser(self.model, self._ear)


class CtcRecogniser:
    """Listens to one caller."""

    def __init__(self, model: AcousticModel, ear: DigitEar | None = None) -> None:
        """Nothing is expected before `start`."""
        self._model, self._ear = model, ear
        self._asks_ear = self._one_digit = False
        self._grammars: list[_Grammar] = []
        self._heard = self._energy = self._digits = 0
        self._language: Language = "en"
        self._stream = FrameStream()

    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        """Begin an utterance, in which one of these phrases is expected, or so many digits, or a whole sentence."""
        self._digits, self._language = digits, language
        self._grammars = [_at_prompt(tuple(phrases), language, sentences)]
        if sentences is not None:
            self._grammars.append(_at_length(sentences))
        self._one_digit = not digit_ear.WORDS.keys().isdisjoint(phrases)
        self._asks_ear = self._ear is not None and (self._one_digit or digits > 1)
        self._begin()

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the next samples (8 kHz)."""
        some = pcm[: max(0, int(LONGEST_S * RATE) - self._heard)]
        self._heard += len(some)
        self._energy = max(self._energy, int(np.abs(some.astype(np.int32)).max(initial=0)))
        self._stream.accept(some)

    def finish(self) -> Heard:
        """Say what was heard; digital silence is nothing."""
        frames = self._stream.frames()
        seen = without_the_line(with_stillness(frames[:, :BANDS]))
        quiet = self._energy < 8
        self._begin()
        if quiet or not any(one.ways for one in self._grammars) or not len(seen):
            return NOTHING
        log_probabilities = self._model.log_probabilities(seen)
        told = self._ear.log_probabilities(frames[:, BANDS:]) if self._ear and self._asks_ear else None
        heard = _judged(self._grammars, log_probabilities, told if self._one_digit else None)
        if not self._digits:
            return heard
        said, score, phones = best_digits(log_probabilities, digit_words(self._language), self._digits)
        if told is not None and len(in_english := digits_heard(told)) == self._digits:
            said = in_english
        string = judge_digits(" ".join(ONES_BY_LANGUAGE[self._language][int(digit)] for digit in said), score, phones)
        return string if string.confidence > heard.confidence else heard

    def _begin(self) -> None:
        self._stream = FrameStream(BOTH_BANKS) if self._asks_ear else FrameStream()
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


@dataclass(frozen=True, slots=True)
class _Grammar:
    """Some of what may be said, made ready to be scored."""

    ways: tuple[tuple[str, str, tuple[int, ...]], ...]
    """Of every way of saying something: its phrase, what it means, its phones."""
    names: Names
    before: Names
    after: Names
    price: float = 0.0
    """What each of them costs before a sound is heard (nats)."""


def _judged(
    grammars: Sequence[_Grammar], log_probabilities: NDArray[np.float32], told: NDArray[np.float32] | None = None
) -> Heard:
    """Judge what was meant: the best phrase of each meaning stands for it; `told` is what the ear for digits gives.

    Of what is said around a name only the price counts, and not its phones: words that fit nearly everywhere must not
    make a name likelier.
    """
    best: dict[str, tuple[float, float, tuple[int, ...], str]] = {}
    beside_cost = EDGE_COST if len(grammars) == 1 else BESIDE_COST
    for grammar in grammars:
        scores = sentence_scores(log_probabilities, grammar.names, grammar.before, grammar.after, beside_cost)
        if told is not None:
            scores = scores + EAR * what_it_hears(told, [phrase for phrase, _, _ in grammar.ways])
        for score, (phrase, meant, way) in zip((scores - grammar.price).tolist(), grammar.ways, strict=True):
            if meant not in best or worth(score, len(way)) > best[meant][0]:
                best[meant] = (worth(score, len(way)), score, way, phrase)
    found = list(best.values())
    heard = judge([said for *_, said in found], [one[1] for one in found], [len(way) for _, _, way, _ in found])
    if heard.level == "act":
        sure = in_common(sure_phones(log_probabilities, SURE_OF_ITS_OWN), max(found)[2])
        fewest = FEWEST_SURE if len(grammars) == 1 else FEWEST_OF_MANY
        return heard if sure >= fewest else replace(heard, level="confirm")
    return heard


@lru_cache(maxsize=512)
def _at_prompt(phrases: tuple[str, ...], language: Language, sentences: Sentences | None) -> _Grammar:
    meant = {phrase: sentences.meant_by(phrase, language) if sentences else phrase for phrase in phrases}
    return _made({(phrase, language): means for phrase, means in meant.items()}, (), (), 1)


@lru_cache(maxsize=4)
def _at_length(sentences: Sentences) -> _Grammar:
    made = _made(sentences.names, sentences.before, sentences.after, FEWEST_SYLLABLES)
    return replace(made, price=-log(sentences.odds))


def _made(meant: Mapping[Words, str], before: Sequence[Words], after: Sequence[Words], syllables: int) -> _Grammar:
    ways = [(phrase, way) for phrase in meant for way in _ways(phrase) if _syllables(way) >= syllables]
    told = tuple((phrase[0], meant[phrase], way) for phrase, way in ways)
    sounds = [way for _, way in ways]
    return _Grammar(told, Names.of(sounds), Names.of(_all_ways(before)), Names.of(_all_ways(after)))


def _all_ways(words: Sequence[Words]) -> list[tuple[int, ...]]:
    return [way for one in words for way in _ways(one)]


@lru_cache(maxsize=8192)
def _ways(words: Words) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, pronunciations(*words)))


def _syllables(way: Sequence[int]) -> int:
    return sum(1 <= phone <= len(VOWELS) for phone in way)
