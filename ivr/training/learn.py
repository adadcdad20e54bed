"""The training loop: as many minutes as it is given; whenever it ends, the best weights so far are in the file."""

from __future__ import annotations

import copy
import math
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from contact_centre.model import Language
from ivr.acoustic.features import as_sound, log_mel, without_the_line
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import BLANK, places
from ivr.training.alignment import word_cuts
from ivr.training.batches import SECONDS, Batches, Cuts
from ivr.training.corpus import Corpus
from ivr.training.line import Line
from ivr.training.network import Network, frames_out

FASTEST = 3e-3
"""Learning rate at its highest; it rises for a twentieth of the time and then falls as a cosine does."""
GOING_ON = 1e-3
"""The same for weights that have learned before."""
TELL_EVERY = 150
"""Steps after which the loss is told and the weights are kept."""
ALIGN_AT = 0.3
"""The part of the time after which the Kiswahili sentences are cut into words."""


def learn(
    work: Path,
    minutes: float,
    weights: Path,
    workers: int = 1,
    seconds: float = SECONDS,
    begin_with: Path | None = None,
    language: Language | None = None,
) -> None:
    """Train for so many minutes and keep a running mean of the weights in `weights`; words are cut at ALIGN_AT.

    `workers`: processes that make batches; `seconds`: of speech in a batch; `begin_with`: weights to go on from, which
    cut the words at once; `language`: the only one that is learned. Where PyTorch finds a GPU, it learns there.
    """
    torch.manual_seed(7)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = Network().to(device)
    if begin_with is not None:
        network.load_state_dict(torch.load(begin_with, weights_only=True))
    smooth = copy.deepcopy(network).eval()
    fastest = FASTEST if begin_with is None else GOING_ON
    optimiser = torch.optim.AdamW(network.parameters(), lr=fastest, weight_decay=0.01)
    network.train()
    began, step, told, losses = time.monotonic(), 0, 0, torch.zeros((), device=device)
    cuts: Cuts | None = find_words(smooth, Corpus(work / "human-sw", language)) if begin_with is not None else None
    line, half = Line(Corpus(work / "synthetic").samples, 5, device), multiplies_halves(device)
    for part, until in enumerate((ALIGN_AT, 1.0) if cuts is None else (1.0,)):
        batches = Batches(work, cuts, 100 + part, seconds, language)
        for batch in DataLoader(batches, batch_size=None, num_workers=workers, prefetch_factor=6 if workers else None):
            done = (time.monotonic() - began) / 60 / minutes
            if done >= until:
                break
            sound, lengths, phones, counts = (tensor.to(device, non_blocking=True) for tensor in batch)
            rate = learning_rate(fastest, done)
            for group in optimiser.param_groups:
                group["lr"] = rate
            features, frames = line.seen(sound, lengths)
            with torch.autocast(device.type, torch.bfloat16, enabled=half):
                scores = network(features, mask_of(frames, features.shape[1]))
            loss = ctc(scores.float(), frames_out(frames), phones, counts)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            step += 1
            _follow(smooth, network, min(0.998, 1 - 1 / (step + 1)))
            losses += loss.detach()
            if step - told >= TELL_EVERY:
                print(f"{done:5.1%} step {step} loss {losses.item() / TELL_EVERY:.3f} rate {rate:.5f}", flush=True)
                told = step
                losses.zero_()
                keep(smooth, weights)
        keep(smooth, weights)
        if cuts is None:
            cuts = find_words(smooth, Corpus(work / "human-sw", language))
            print(f"cut {sum(len(c) for c in cuts.values())} words", flush=True)


def mask_of(frames: Tensor, longest: int) -> Tensor:
    """Give (rows, 1, frames / 3): 1 within each row's own frames."""
    now = torch.arange(frames_out(longest), device=frames.device)
    return (now < frames_out(frames)[:, None])[:, None].float()


def ctc(scores: Tensor, frames: Tensor, phones: Tensor, counts: Tensor) -> Tensor:
    """Give the mean loss for a phone, rows aside that are too hurried for theirs.

    `scores`: (rows, frames, phones), logarithms; `frames` and `counts`: of each row; `phones`: of all, end to end.
    """
    fits = frames > 1.2 * counts + 2
    return (losses_of(scores, frames, phones, counts) * fits).sum() / fits.sum().clamp(min=1)


def losses_of(scores: Tensor, outputs: Tensor, said: Tensor, counts: Tensor) -> Tensor:
    """Give each row's CTC loss for one of its phones or words, 0 where they do not fit in.

    `scores`: (rows, outputs, phones or words); `outputs` and `counts`: of each row; `said`: of all rows, end to end.
    """
    lost = nn.functional.ctc_loss(
        scores.transpose(0, 1), said, outputs, counts, blank=BLANK, reduction="none", zero_infinity=True
    )
    return lost / counts.clamp(min=1)


def learning_rate(fastest: float, done: float) -> float:
    """Give the rate when so much of the training is done (0 to 1)."""
    return fastest * min(1.0, done / 0.05 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * done) + 0.003)


def multiplies_halves(device: torch.device) -> bool:
    """Whether numbers of 16 bits (bfloat16) are multiplied at once, which takes a third of the time."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    told = Path("/proc/cpuinfo")
    return told.is_file() and "amx_bf16" in told.read_text(encoding="utf-8")


def keep(smooth: nn.Module, weights: Path) -> None:
    """Write the weights, whole or not at all."""
    torch.save({name: value.cpu() for name, value in smooth.state_dict().items()}, weights.with_suffix(".part"))
    weights.with_suffix(".part").replace(weights)


def find_words(network: Network, corpus: Corpus) -> Cuts:
    """Cut every sentence of a corpus into its words."""
    cuts: Cuts = {}
    device = next(network.parameters()).device
    for utterance, samples in corpus:
        frames = without_the_line(log_mel(as_sound(samples)))
        with torch.no_grad():
            mask = torch.ones(1, 1, frames_out(len(frames)), device=device)
            scores = network(torch.from_numpy(frames)[None].to(device), mask)[0].cpu().numpy()
        words = [(word, places(kiswahili_phones(word))) for word in utterance.text.split()]
        cuts[utterance.start] = word_cuts(scores, [w for w in words if w[1]])
    return cuts


def _follow(smooth: Network, network: Network, keep: float) -> None:
    for mean, now in zip(smooth.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.mul_(keep).add_(now.detach(), alpha=1 - keep)
        else:
            mean.copy_(now)
