"""Endless batches of telephone speech, each different: what is drawn, and how it is spoiled, are by chance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from contact_centre.model import Language
from ivr.acoustic.features import RATE, Floats, as_sound, log_mel, without_the_line
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import places
from ivr.training.corpus import Corpus, Utterance, exists
from ivr.training.network import frames_out
from ivr.training.telephone import telephone
from ivr.training.throats import at_uneven_pace, throats
from ivr.training.wordless import nobody

Cuts = dict[int, list[tuple[str, int, int]]]
"""For an utterance's start in its corpus: its words, each with first and last sample."""
Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
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
THROATS = throats(np.random.default_rng(5))
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
        """Give (features, mask, phones, frames of each, phones of each)."""
        worker = get_worker_info()
        self._chance = np.random.default_rng([self._seed, worker.id if worker else 0])
        there = {name: Corpus(self._work / name, self._language) for name in SHARES if exists(self._work / name)}
        self._corpora = {name: corpus for name, corpus in there.items() if corpus.utterances}
        lengths = {name: float(np.mean([u.length for u in c.utterances])) for name, c in self._corpora.items()}
        if self._cuts:
            lengths["human-sw"] = 2.5 * RATE
        lengths["human-en"] = 1.3 * RATE
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
                    yield self._batch(batches[place])

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
        same = [u for u in corpus.utterances if u.speaker == first.speaker]
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

    def _babble(self) -> Floats:
        corpus = self._corpora["synthetic"]
        voices = [corpus.utterances[i] for i in self._chance.integers(len(corpus.utterances), size=4)]
        mixed = np.zeros(max(u.length for u in voices), np.float32)
        for u in voices:
            mixed += np.resize(corpus.samples[u.start : u.start + u.length], len(mixed)).astype(np.float32)
        return mixed

    def _batch(self, drawn: list[tuple[Floats, list[str]]]) -> Batch:
        seen, targets = [], []
        for samples, phones in drawn:
            heard = log_mel(telephone(samples, self._chance, self._babble(), pace=0.16), self._throat())
            frames = without_the_line(at_uneven_pace(heard, self._chance))
            self._hide(frames)
            if frames_out(len(frames)) > 1.2 * len(phones) + 2:
                seen.append(frames)
                targets.append(places(phones))
        longest = max(len(f) for f in seen)
        features = np.zeros((len(seen), longest, seen[0].shape[1]), np.float32)
        mask = np.zeros((len(seen), 1, frames_out(longest)), np.float32)
        for row, frames in enumerate(seen):
            features[row, : len(frames)] = frames
            mask[row, 0, : frames_out(len(frames))] = 1
        return (
            torch.from_numpy(features),
            torch.from_numpy(mask),
            torch.tensor([p for t in targets for p in t]),
            torch.tensor([frames_out(len(f)) for f in seen]),
            torch.tensor([len(t) for t in targets]),
        )

    def _throat(self) -> Floats:
        """Give the bands of a longer or shorter vocal tract: a few human speakers become many."""
        return THROATS[int(self._chance.integers(len(THROATS)))]

    def _hide(self, frames: Floats) -> None:
        """Hide a few bands and moments, so that no one of them is relied on."""
        for _ in range(int(self._chance.integers(0, 3))):
            band = int(self._chance.integers(0, frames.shape[1] - 6))
            frames[:, band : band + int(self._chance.integers(1, 7))] = 0
        for _ in range(int(len(frames) / 150 * self._chance.random() * 2)):
            start = int(self._chance.integers(0, len(frames)))
            frames[start : start + int(self._chance.integers(1, 8))] = 0
