"""How well each phrase of a grammar explains what the network heard.

The probability of the best path through the phrase's phones, all phrases at once, against the best that any string of
phones could have had (the greedy path): 0 is a perfect match, and every phone that is not there costs some nats. Sound
before and after the phrase ("erm … passport, please") may be passed over at a price for each frame.

A path loses something at every phone that has to be heard, so phrases are compared by what is lost and by how much was
heard for it (`worth`).

The best path and not the sum of all paths: in long noise there are so many weak paths that their sum looks like speech.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.phones import BLANK

EDGE_COST = 2.0
"""The price of passing over one frame (30 ms) in which the network heard a phone (nats)."""

HEARD = 1.0
"""What every phone of a phrase is worth when phrases are compared (nats): without it the shortest name wins whenever
the network is unsure, and "three" is heard as "eight". The word insertion bonus of CTC decoding (Hannun et al.,
"First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional Recurrent DNNs", 2014)."""

SURE = 0.6
"""A phone as probable as this is sure: enough to stop a prompt for."""

Scores = NDArray[np.float64]


def phrase_scores(
    log_probabilities: NDArray[np.float32], phrases: Sequence[Sequence[int]], edge_cost: float = EDGE_COST
) -> Scores:
    """Give each phrase's score (nats), -inf where it does not fit into the frames.

    `log_probabilities`: (frames, phones). `phrases`: each some phones (at least one) by their places.
    `edge_cost`: inf to allow nothing beside the phrase.
    """
    frames = len(log_probabilities)
    if not len(phrases):
        return np.zeros(0)
    if not frames:
        return np.full(len(phrases), -np.inf)
    relative = np.exp(log_probabilities - log_probabilities.max(axis=1, keepdims=True)).astype(np.float64)
    rows = np.arange(len(phrases))
    counts = np.array([len(phrase) for phrase in phrases])
    states = np.full((len(phrases), 2 * int(counts.max()) + 1), BLANK)
    for row, phrase in enumerate(phrases):
        states[row, 1 : 2 * len(phrase) : 2] = phrase
    skips = np.zeros(states.shape)
    skips[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    emitted = relative[:, states]
    beside = np.maximum(relative[:, BLANK], np.exp(-edge_cost))[:, None]
    emitted[:, rows, 0] = beside
    emitted[:, rows, 2 * counts] = beside
    forward = np.zeros(states.shape)
    forward[:, :2] = emitted[0][:, :2]
    log_scale = np.zeros(len(phrases))
    following = np.empty_like(forward)
    with np.errstate(divide="ignore"):
        for now in emitted[1:]:
            np.copyto(following, forward)
            np.maximum(following[:, 1:], forward[:, :-1], out=following[:, 1:])
            np.maximum(following[:, 2:], forward[:, :-2] * skips[:, 2:], out=following[:, 2:])
            following *= now
            largest = following.max(axis=1)
            largest[largest == 0] = 1.0
            log_scale += np.log(largest)
            np.divide(following, largest[:, None], out=forward)
        return np.asarray(np.log(np.maximum(forward[rows, 2 * counts], forward[rows, 2 * counts - 1])) + log_scale)


def worth(score: float, phones: int) -> float:
    """Give what phrases are compared by, for a score and a number of phones (nats)."""
    return score + HEARD * phones


def sure_phones(log_probabilities: NDArray[np.float32], least: float = SURE) -> list[int]:
    """Give the phones, one after another, that were at least as probable as this.

    `log_probabilities`: (frames, phones).
    """
    best, sure = log_probabilities.argmax(axis=1), log_probabilities.max(axis=1) > np.log(least)
    before = np.concatenate([[BLANK], best[:-1]])
    return [int(phone) for phone in best[(best != before) & (best != BLANK) & sure]]


def in_common(some: Sequence[int], others: Sequence[int]) -> int:
    """Count the phones that both have in the same order (the longest common subsequence)."""
    counts = [0] * (len(others) + 1)
    for one in some:
        before = 0
        for place, other in enumerate(others, 1):
            before, counts[place] = counts[place], before + 1 if one == other else max(counts[place], counts[place - 1])
    return counts[-1]
