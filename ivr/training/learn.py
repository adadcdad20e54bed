"""The training loop: as many minutes as it is given; whenever it ends, the best weights so far are in the file."""

from __future__ import annotations

import copy
import math
import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from ivr.acoustic.features import as_sound, log_mel, without_the_line
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import BLANK, places
from ivr.training.alignment import word_cuts
from ivr.training.batches import Batches, Cuts
from ivr.training.corpus import Corpus
from ivr.training.network import Network, frames_out

FASTEST = 3e-3
"""Learning rate at its highest; it rises for a twentieth of the time and then falls as a cosine does."""
ALIGN_AT = 0.3
"""The part of the time after which the Kiswahili sentences are cut into words."""


def learn(work: Path, minutes: float, weights: Path, workers: int = 1, resume: bool = False) -> None:
    """Train for so many minutes and keep a running mean of the weights in `weights`; words are cut at ALIGN_AT."""
    torch.manual_seed(7)
    network = Network()
    if resume and weights.exists():
        network.load_state_dict(torch.load(weights, weights_only=True))
    smooth = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=FASTEST, weight_decay=0.01)
    criterion = nn.CTCLoss(blank=BLANK, zero_infinity=True)
    fastest = FASTEST / 2 if resume else FASTEST
    began, step, cuts = time.monotonic(), 0, None
    threads_file = work / "threads"
    for part in range(10_000):
        network.train()
        loss_sum = 0.0
        beside = workers if threads_file.exists() else 0
        batches = Batches(work, cuts, 100 + part, 150)
        loader = DataLoader(batches, batch_size=None, num_workers=beside, prefetch_factor=6 if beside else None)
        for features, mask, phones, frames, counts in loader:
            done = (time.monotonic() - began) / 60 / minutes
            if done >= 1:
                break
            rate = fastest * min(1.0, done / 0.05 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * done) + 0.003)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = criterion(network(features, mask).transpose(0, 1), phones, frames, counts)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            step += 1
            _follow(smooth, network, min(0.998, 1 - 1 / (step + 1)))
            loss_sum += loss.item()
        torch.save(smooth.state_dict(), weights.with_suffix(".part"))
        weights.with_suffix(".part").replace(weights)
        print(f"{done:5.1%} step {step} loss {loss_sum / 150:.3f} rate {rate:.5f}", flush=True)
        if done >= 1:
            return
        if threads_file.exists():
            torch.set_num_threads(int(threads_file.read_text()))
        if cuts is None and (done > ALIGN_AT or resume):
            cuts = find_words(smooth, Corpus(work / "human-sw"))
            print(f"cut {sum(len(c) for c in cuts.values())} words", flush=True)


def find_words(network: Network, corpus: Corpus) -> Cuts:
    """Cut every sentence of a corpus into its words."""
    cuts: Cuts = {}
    for utterance, samples in corpus:
        frames = without_the_line(log_mel(as_sound(samples)))
        with torch.no_grad():
            scores = network(torch.from_numpy(frames)[None], torch.ones(1, 1, frames_out(len(frames))))[0].numpy()
        words = [(word, places(kiswahili_phones(word))) for word in utterance.text.split()]
        cuts[utterance.start] = word_cuts(scores, [w for w in words if w[1]])
    return cuts


def _follow(smooth: Network, network: Network, keep: float) -> None:
    for mean, now in zip(smooth.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.mul_(keep).add_(now.detach(), alpha=1 - keep)
        else:
            mean.copy_(now)
