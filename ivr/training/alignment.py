"""Finds where each word of a transcript is in its recording, with the network that is being trained."""

from __future__ import annotations

import numpy as np

from ivr.acoustic.features import HOP, STRIDE, WINDOW, Floats
from ivr.acoustic.phones import BLANK


def best_path(scores: Floats, phones: list[int]) -> list[int]:
    """Give for each phone the frame where it begins, then the frame after the last one, on the likeliest path.

    `scores`: (frames, phones), logarithms. An empty list when the phones do not fit into the frames.
    """
    states = np.full(2 * len(phones) + 1, BLANK)
    states[1::2] = phones
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(len(states), -np.inf)
    best[:2] = scores[0, states[:2]]
    came = np.zeros((len(scores), len(states)), np.int8)
    for frame in range(1, len(scores)):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(skips, np.concatenate([[-np.inf, -np.inf], best[:-2]]), -np.inf)
        ways = np.stack([best, one, two])
        came[frame] = ways.argmax(axis=0)
        best = ways.max(axis=0) + scores[frame, states]
    state = len(states) - 1 if best[-1] > best[-2] else len(states) - 2
    if not np.isfinite(best[state]):
        return []
    begins = [0] * len(phones)
    end = 0
    for frame in range(len(scores) - 1, -1, -1):
        if state % 2:
            begins[state // 2] = frame
            end = end or frame + 1
        state -= int(came[frame, state])
    return [*begins, end]


def sample_of(frame: int) -> int:
    """The sample at the middle of what a frame of the network hears."""
    return frame * STRIDE * HOP + WINDOW // 2


def word_cuts(scores: Floats, words: list[tuple[str, list[int]]]) -> list[tuple[str, int, int]]:
    """Give each word with its first and last sample."""
    begins = best_path(scores, [place for _, phones in words for place in phones])
    cuts, place = [], 0
    if not begins:
        return []
    for word, phones in words:
        last = place + len(phones) - 1
        # a spike of the network stands near a phone's middle: half a phone belongs before the first and after the last
        cuts.append((word, max(0, sample_of(begins[place]) - 400), sample_of(begins[last]) + 720))
        place += len(phones)
    return cuts
