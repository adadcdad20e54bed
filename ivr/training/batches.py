"""Endless batches of speech, drawn by chance, as clean as it was recorded; `ivr.training.line` spoils them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from contact_centre.model import Language
from ivr.acoustic.features import RATE, Floats, as_sound
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import places
from ivr.training.corpus import Corpus, Utterance, exists
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


class Batches(IterableDataset[Batch]):
    """Draws utterances of like length, so that little of a batch is padding."""

    def __init__(
        self, work: Path, cuts: Cuts | None, seed: int, seconds: float = SECONDS, language: Language | None = None
    ) -> None:
        """`work`: where the corpora are; `cuts`: words of `human-sw`, once they were aligned; `seconds`: of a batch.

        `language`: the only one that is spoken; None: both.
        """
        super().__init__()
        self._work, self._cuts, self._seed, self._seconds, self._language = work, cuts, seed, seconds, language

    def __iter__(self) -> Iterator[Batch]:
        """Give (sound, samples of each, phones, phones of each); sound: (rows, samples)."""
        worker = get_worker_info()
        self._chance = np.random.default_rng([self._seed, worker.id if worker else 0])
        there = {name: Corpus(self._work / name, self._language) for name in SHARES if exists(self._work / name)}
        self._corpora = {name: corpus for name, corpus in there.items() if corpus.utterances}
        lengths = {name: float(np.mean([u.length for u in c.utterances])) for name, c in self._corpora.items()}
        if self._cuts:
            lengths["human-sw"] = 2.5 * RATE
        lengths["human-en"] = 1.3 * RATE
        self._speakers: dict[str, list[Utterance]] = defaultdict(list)
        for one in self._corpora["human-en"].utterances if "human-en" in self._corpora else ():
            self._speakers[one.speaker].append(one)
        weights = np.array([SHARES[name] / lengths[name] for name in self._corpora])
        self._names, self._weights = list(self._corpora), weights / weights.sum()
        while True:
            pool = sorted(
                (self._draw() for _ in range(int(300 * self._seconds / SECONDS))), key=lambda drawn: len(drawn[0])
            )
            batches: list[list[tuple[Floats, list[str]]]] = [[]]
            for drawn in pool:
                if (len(batches[-1]) + 1) * len(drawn[0]) > self._seconds * RATE:
                    batches.append([])
                batches[-1].append(drawn)
            for place in self._chance.permutation(len(batches)):
                if len(batches[place]) > 1:
                    yield _batch(batches[place])

    def _draw(self) -> tuple[Floats, list[str]]:
        if self._chance.random() < NOBODY:
            return nobody(self._chance), []
        name = self._names[int(self._chance.choice(len(self._names), p=self._weights))]
        corpus = self._corpora[name]
        utterance = corpus.utterances[int(self._chance.integers(len(corpus.utterances)))]
        samples = corpus.samples[utterance.start : utterance.start + utterance.length]
        if name == "human-en":
            return self._digits(corpus, utterance)
        if name == "human-sw" and self._cuts:
            return self._cut(samples, utterance, self._cuts)
        return as_sound(samples), utterance.phones

    def _digits(self, corpus: Corpus, first: Utterance) -> tuple[Floats, list[str]]:
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
        return np.concatenate(pieces), [phone for digit in said for phone in digit.phones]

    def _cut(self, samples: NDArray[np.int16], utterance: Utterance, cuts: Cuts) -> tuple[Floats, list[str]]:
        spoken = cuts.get(utterance.start)
        if not spoken:
            return as_sound(samples), utterance.phones
        count = int(self._chance.choice([1, 1, 2, 3, 4, 6, 10, 16]))
        first = int(self._chance.integers(0, max(1, len(spoken) - count + 1)))
        some = spoken[first : first + count]
        margin = int(0.03 * RATE)
        piece = as_sound(samples[max(0, some[0][1] - margin) : some[-1][2] + margin])
        return piece, [phone for word, _, _ in some for phone in kiswahili_phones(word)]


def _batch(drawn: list[tuple[Floats, list[str]]]) -> Batch:
    sound = np.zeros((len(drawn), max(len(samples) for samples, _ in drawn)), np.float32)
    for row, (samples, _) in zip(sound, drawn, strict=True):
        row[: len(samples)] = samples
    targets = [places(phones) for _, phones in drawn]
    return (
        torch.from_numpy(sound),
        torch.tensor([len(samples) for samples, _ in drawn]),
        torch.tensor([phone for target in targets for phone in target]),
        torch.tensor([len(target) for target in targets]),
    )
