"""Teaches the ear for digits: speech is spoiled and embedded once, then our own layers learn from what was embedded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ivr.acoustic.digit_ear import DEPTH, SPAN, STRIDE, TOP, UNIT, bank
from ivr.training.batches import DigitBatches
from ivr.training.corpus import Corpus
from ivr.training.digit_network import DigitNetwork
from ivr.training.learn import keep, learning_rate, losses_of, multiplies_halves
from ivr.training.line import Line, loudest
from ivr.training.throats import throats

BATCHES = 1100
"""Batches of 45 s that are embedded: 14 hours, each utterance some times on another line."""
FASTEST = 2e-3
"""Learning rate at its highest."""
EPOCHS, ROWS = 12, 64
WEIGHT_DECAY = 0.05
TELL_EVERY = 100
"""Batches."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """One utterance as the embedding hears it."""

    embedding: NDArray[np.float16]
    """(outputs, numbers)"""
    words: list[int]


def learn_digits(work: Path, weights: Path, batches: int = BATCHES, workers: int = 1) -> None:
    """Train on what is in `work` and write the weights."""
    torch.manual_seed(7)
    network = DigitNetwork()
    learn_from(network, list(embedded(network, work, batches, workers)))
    keep(network, weights)


def embedded(network: DigitNetwork, work: Path, batches: int, workers: int = 1, seed: int = 300) -> Iterator[Embedded]:
    """Draw so many batches, each row on a line of its own."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    listens = network.embedding.to(device, memory_format=torch.channels_last).eval()  # five times sooner
    half = multiplies_halves(device)
    bent = throats(np.random.default_rng(5), made=bank)
    line = Line(Corpus(work / "synthetic").samples, seed, device, bent)
    loader = DataLoader(
        DigitBatches(work, seed), batch_size=None, num_workers=workers, prefetch_factor=6 if workers else None
    )
    for number, (sound, lengths, words, counts) in enumerate(islice(loader, batches)):
        if number % TELL_EVERY == 0:
            print(f"embedded {number} of {batches} batches", flush=True)
        with torch.no_grad():
            frames, shown = line.frames(sound.to(device), lengths.to(device))
            with torch.autocast(device.type, torch.bfloat16, enabled=half):
                heard = listens(levelled(frames, shown)).float().cpu().numpy().astype(np.float16)
        outputs = (shown // STRIDE + 1).clamp(max=heard.shape[1])
        said = [row.tolist() for row in words.split(counts.tolist())]
        for row, length, digits in zip(heard, outputs.tolist(), said, strict=True):
            yield Embedded(row[:length].copy(), digits)


def learn_from(network: DigitNetwork, rows: Sequence[Embedded], epochs: int = EPOCHS) -> None:
    """Teach the layers behind the embedding."""
    chance, own = np.random.default_rng(7), [p for n, p in network.named_parameters() if not n.startswith("embedding")]
    optimiser = torch.optim.AdamW(own, lr=FASTEST, weight_decay=WEIGHT_DECAY)
    network.train()
    step, steps = 0, epochs * (len(rows) // ROWS)
    for epoch in range(epochs):
        losses = 0.0
        for batch in _batches(rows, chance):
            done = step / steps
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(FASTEST, done)
            lengths = torch.tensor([len(one.embedding) for one in batch])
            heard = nn.utils.rnn.pad_sequence(
                [torch.from_numpy(one.embedding.astype(np.float32)) for one in batch], batch_first=True
            )
            loss = ctc(network.of_embedded(heard), lengths, [one.words for one in batch])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(own, 5.0)
            optimiser.step()
            step += 1
            losses += loss.item()
        print(f"epoch {epoch + 1} of {epochs}: loss {losses / (len(rows) // ROWS):.3f}", flush=True)
    network.eval()


def levelled(frames: Tensor, counts: Tensor) -> Tensor:
    """Do for (rows, frames, bands) what `digit_ear.levelled` does for one utterance; `counts`: frames of each row."""
    within = torch.arange(frames.shape[1], device=frames.device) < counts[:, None]
    loudness = frames.amax(2)
    reference = loudest(loudness.masked_fill(~within, -math.inf), counts)
    level = ((frames - reference[:, :, None]) * float(UNIT) + TOP).clamp(min=TOP - DEPTH)
    rank = loudness.masked_fill(~within, math.inf).argsort(1).argsort(1)
    quietest = (rank < (counts // 10).clamp(min=1)[:, None])[:, :, None]
    quiet = ((level * quietest).sum(1) / quietest.sum(1))[:, None]
    level = torch.where(within[:, :, None], level, quiet)
    around = quiet.expand(-1, SPAN // 2, -1)
    return torch.cat([around, level, around], 1)


def ctc(scores: Tensor, outputs: Tensor, words: Sequence[Sequence[int]]) -> Tensor:
    """Give the mean loss of a word. `scores`: (rows, outputs, words); `outputs`: of each row."""
    counts = torch.tensor([len(said) for said in words])
    said = torch.tensor([word for row in words for word in row], dtype=torch.long)
    return losses_of(scores, outputs, said, counts).mean()


def _batches(rows: Sequence[Embedded], chance: np.random.Generator) -> Iterator[list[Embedded]]:
    """Every row once, beside others of like length."""
    order = sorted(chance.permutation(len(rows)).tolist(), key=lambda place: len(rows[place].embedding) // 4)
    batches = [order[first : first + ROWS] for first in range(0, len(order) - ROWS + 1, ROWS)]
    for place in chance.permutation(len(batches)):
        yield [rows[row] for row in batches[place]]
