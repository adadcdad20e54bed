"""Some digits said one after another: the best string of so many digit words, of all there are, in one search.

As in `scoring.py` a path costs what it lacks to the greedy one, and sound between two digits ("erm") may be passed over
at a price. The strings need not be listed: eight digits have a hundred million of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.phones import BLANK
from ivr.acoustic.scoring import Scores, worth

BESIDE_COST = 3.0
"""The price of passing over one frame (30 ms) in which the network heard a phone (nats): dearer than beside a phrase,
because a digit that was passed over is a wrong number."""
Word = tuple[str, Sequence[int]]
"""A digit, and the phones of one way of saying it."""


def best_digits(log_probabilities: NDArray[np.float32], words: Sequence[Word], count: int) -> tuple[str, float, int]:
    """Give the likeliest `count` digits, the path's score (nats, 0 is perfect) and its number of phones.

    `log_probabilities`: (frames, phones). Nothing fits into too few frames: no digits, and a score of -inf.
    """
    frames = len(log_probabilities)
    if not frames or not words or count < 1:
        return "", -np.inf, 0
    worths = np.array([worth(0.0, len(phones)) for _, phones in words])
    relative = (log_probabilities - log_probabilities.max(axis=1, keepdims=True)).astype(np.float64)
    states, ends, skips = _states([phones for _, phones in words])
    emitted = relative[:, states]
    emitted[:, :, 0] = np.maximum(relative[:, BLANK], -BESIDE_COST)[:, None]
    over, word, began = _search(emitted, count, ends, skips, worths)
    tail = np.maximum(relative[:, BLANK], -BESIDE_COST)[::-1].cumsum()[::-1]
    whole = over[-1] + np.append(tail, 0.0)
    at = int(np.argmax(whole))
    if not np.isfinite(whole[at]):
        return "", -np.inf, 0
    score, digits, phones = float(whole[at]), "", 0
    for place in reversed(range(count)):
        which = int(word[place, at])
        digits, phones, at = words[which][0] + digits, phones + len(words[which][1]), int(began[place, at])
    return digits, score - worth(0.0, phones), phones


def _states(ways: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The words as rows: blank, phone, blank, phone …; where each ends; where a blank may be left out (0, not -inf)."""
    ends = np.array([2 * len(way) - 1 for way in ways])
    states = np.full((len(ways), int(ends.max()) + 1), BLANK)
    for row, way in enumerate(ways):
        states[row, 1 : 2 * len(way) : 2] = way
    skips = np.full(states.shape, -np.inf)
    skips[:, 3::2] = np.where(states[:, 3::2] != states[:, 1:-2:2], 0.0, -np.inf)
    return states, ends, skips


def _search(
    emitted: Scores, count: int, ends: NDArray[np.int64], skips: Scores, worths: Scores
) -> tuple[Scores, NDArray[np.int64], NDArray[np.int64]]:
    """By place in the string and the frame before which its digit is over: worth, word, and the frame it began at."""
    frames, rows, width = emitted.shape
    over = np.full((count, frames + 1), -np.inf)
    word, starts = np.zeros(over.shape, np.int64), np.zeros(over.shape, np.int64)
    score = np.full((count, rows, width), -np.inf)
    began = np.zeros(score.shape, np.int64)
    places, every = np.arange(count), np.arange(rows)
    entered = np.full(count, -np.inf)
    for frame in range(frames):
        entered[0] = 0.0 if frame == 0 else -np.inf
        entered[1:] = over[:-1, frame]
        best, since = score.copy(), began.copy()
        for step, price in ((1, 0.0), (2, skips[:, 2:])):
            moved = score[:, :, :-step] + price
            better = moved > best[:, :, step:]
            np.copyto(best[:, :, step:], moved, where=better)
            np.copyto(since[:, :, step:], began[:, :, :-step], where=better)
        fresh = entered[:, None, None] > best[:, :, :2]
        np.copyto(best[:, :, :2], entered[:, None, None], where=fresh)
        np.copyto(since[:, :, :2], frame, where=fresh)
        score, began = best + emitted[frame], since
        ending = score[:, every, ends] + worths
        found = ending.argmax(axis=1)
        over[:, frame + 1], word[:, frame + 1] = ending[places, found], found
        starts[:, frame + 1] = began[places, found, ends[found]]
    return over, word, starts
