"""Endless batches of speech, drawn by chance, as clean as it was recorded; `ivr.training.line` spoils them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from contact_centre.model import Language
from ivr.acoustic.digit_ear import WORDS
from ivr.acoustic.features import RATE, Floats, as_sound
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import places
from ivr.training.corpus import Corpus, Utterance, exists
from ivr.training.sentences import words
from ivr.training.wordless import nobody

Cuts = dict[int, list[tuple[str, int, int]]]
"""For an utterance's start in its corpus: its words, each with first and last sample."""
Batch = tuple[Tensor, Tensor, Tensor, Tensor]
SECONDS = 45.0
"""Speech in a batch."""
SHARES = {
    "synthetic": 0.36,
    "kokoro-en": 0.16,
    "kokoro-sw": 0.10,
    "human-sw": 0.22,
    "human-en": 0.14,
    "prompts-en": 0.08,
    "labelled": 0.10,
}
"""How much of the time each corpus speaks, beside those that are there."""
NOBODY = 0.12
"""The share of utterances in which nobody speaks, so that noise, music and coughs are heard as nothing."""
DIGIT_SHARES = {
    "human-en": 0.36,
    "digits-en": 0.36,
    "kokoro-en": 0.05,
    "synthetic": 0.10,
    "prompts-en": 0.04,
    "kokoro-sw": 0.08,
    "human-sw": 0.09,
    "labelled": 0.05,
}
"""The same for the ear for digits."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Some speech and what is said in it."""

    sound: Floats
    words: list[str]
    phones: list[str]


class Batches(IterableDataset[Batch]):
    """Draws utterances of like length, so that little of a batch is padding."""

    def __init__(
        self,
        work: Path,
        cuts: Cuts | None,
        seed: int,
        seconds: float = SECONDS,
        language: Language | None = None,
        shares: Mapping[str, float] = SHARES,
    ) -> None:
        """`work`: where the corpora are; `cuts`: words of `human-sw`, once they were aligned; `seconds`: of a batch.

        `language`: the only one that is spoken; None: both.
        """
        super().__init__()
        self._shares = shares
        self._work, self._cuts, self._seed, self._seconds, self._language = work, cuts, seed, seconds, language

    def __iter__(self) -> Iterator[Batch]:
        """Give (sound, samples of each, phones, phones of each); sound: (rows, samples)."""
        worker = get_worker_info()
        self._chance = np.random.default_rng([self._seed, worker.id if worker else 0])
        there = {name: Corpus(self._work / name, self._language) for name in self._shares if exists(self._work / name)}
        self._corpora = {name: corpus for name, corpus in there.items() if corpus.utterances}
        lengths = {name: float(np.mean([u.length for u in c.utterances])) for name, c in self._corpora.items()}
        if self._cuts:
            lengths["human-sw"] = 2.5 * RATE
        lengths["human-en"] = 1.3 * RATE
        self._speakers: dict[str, list[Utterance]] = defaultdict(list)
        for one in self._corpora["human-en"].utterances if "human-en" in self._corpora else ():
            self._speakers[one.speaker].append(one)
        weights = np.array([self._shares[name] / lengths[name] for name in self._corpora])
        self._names, self._weights = list(self._corpora), weights / weights.sum()
        while True:
            pool = sorted(
                (self._draw() for _ in range(int(300 * self._seconds / SECONDS))), key=lambda drawn: len(drawn.sound)
            )
            batches: list[list[Drawn]] = [[]]
            for drawn in pool:
                if (len(batches[-1]) + 1) * len(drawn.sound) > self._seconds * RATE:
                    batches.append([])
                batches[-1].append(drawn)
            for place in self._chance.permutation(len(batches)):
                if len(batches[place]) > 1:
                    yield self._batch(batches[place])

    def targets(self, drawn: Drawn) -> list[int]:
        """What the network is to give for it."""
        return places(drawn.phones)

    def _draw(self) -> Drawn:
        if self._chance.random() < NOBODY:
            return Drawn(nobody(self._chance), [], [])
        name = self._names[int(self._chance.choice(len(self._names), p=self._weights))]
        corpus = self._corpora[name]
        utterance = corpus.utterances[int(self._chance.integers(len(corpus.utterances)))]
        samples = corpus.samples[utterance.start : utterance.start + utterance.length]
        if name == "human-en":
            return self._digits(corpus, utterance)
        if name == "human-sw" and self._cuts:
            return self._cut(samples, utterance, self._cuts)
        return Drawn(as_sound(samples), words(utterance.text), utterance.phones)

    def _digits(self, corpus: Corpus, first: Utterance) -> Drawn:
        same = self._speakers[first.speaker]
        said = [
            first,
            *(same[i] for i in self._chance.integers(len(same), size=int(self._chance.choice([0, 0, 1, 3])))),
        ]
        pieces: list[Floats] = []
        for digit in said:
            samples = corpus.samples[digit.start : digit.start + digit.length].astype(np.float32)
            pieces += [
                np.asarray(samples / (np.abs(samples).max() + 1), np.float32),
                np.zeros(int(self._chance.uniform(0, 0.25) * RATE), np.float32),
            ]
        phones = [phone for digit in said for phone in digit.phones]
        return Drawn(np.concatenate(pieces), [digit.text for digit in said], phones)

    def _cut(self, samples: NDArray[np.int16], utterance: Utterance, cuts: Cuts) -> Drawn:
        spoken = cuts.get(utterance.start)
        if not spoken:
            return Drawn(as_sound(samples), words(utterance.text), utterance.phones)
        count = int(self._chance.choice([1, 1, 2, 3, 4, 6, 10, 16]))
        first = int(self._chance.integers(0, max(1, len(spoken) - count + 1)))
        some = spoken[first : first + count]
        margin = int(0.03 * RATE)
        piece = as_sound(samples[max(0, some[0][1] - margin) : some[-1][2] + margin])
        cut = [word for word, _, _ in some]
        return Drawn(piece, cut, [phone for word in cut for phone in kiswahili_phones(word)])

    def _batch(self, drawn: list[Drawn]) -> Batch:
        sound = np.zeros((len(drawn), max(len(one.sound) for one in drawn)), np.float32)
        for row, one in zip(sound, drawn, strict=True):
            row[: len(one.sound)] = one.sound
        targets = [self.targets(one) for one in drawn]
        return (
            torch.from_numpy(sound),
            torch.tensor([len(one.sound) for one in drawn]),
            torch.tensor([place for target in targets for place in target], dtype=torch.long),
            torch.tensor([len(target) for target in targets]),
        )


class DigitBatches(Batches):
    """Mostly digits, whole words of English; all other words are nothing."""

    def __init__(self, work: Path, seed: int, seconds: float = SECONDS) -> None:
        """As above."""
        super().__init__(work, None, seed, seconds, shares=DIGIT_SHARES)

    def targets(self, drawn: Drawn) -> list[int]:
        """The digits among its words."""
        return [WORDS[word] for word in drawn.words if word in WORDS]
