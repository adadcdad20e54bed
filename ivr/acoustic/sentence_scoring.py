"""How well each of many sentences explains what the network heard: a few words before, the name of a thing, some after.

As in `scoring.py` a score is the best path's, less the greedy one (0 is perfect), and what is beside the words may be
passed over at a price. All names lie behind one another in one row, so a thousand of them cost some milliseconds; what
is said around them ("I want …", "… tafadhali") is scored once, and not once for each name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.phones import BLANK

BESIDE_COST = 4.0
"""The price of passing over one frame (30 ms) in which the network heard a phone, where whole sentences are expected
(nats): dearer than beside a phrase, because what is beside a name there mostly belongs to what is meant."""
WORDS_COST = 1.0
"""The price of each of the words around a name (nats): who says only the name is not heard to have said more."""
MOST_BEFORE = 2
"""So many of them may be said before a name: "hello … I want …"."""

Row = NDArray[np.float32]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Names:
    """Strings of phones behind one another; two equal phones never touch within one (`pronunciations` sees to it)."""

    phones: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    """Where the last phone of each is."""

    @classmethod
    def of(cls, ways: Sequence[Sequence[int]]) -> Names:
        """Put some strings of phones, each of at least one, behind one another."""
        counts = np.array([len(way) for way in ways], np.int64)
        last = counts.cumsum() - 1
        flat = [phone for way in ways for phone in way]
        return cls(np.array(flat, np.int64), last - counts + 1, last)

    def backwards(self) -> Names:
        """Each from its end to its beginning, as they are met when sound is read from its end."""
        phones = np.concatenate(
            [self.phones[a : b + 1][::-1] for a, b in zip(self.starts, self.ends, strict=True)] or [self.phones]
        )
        return Names(phones, self.starts, self.ends)


def sentence_scores(
    log_probabilities: NDArray[np.float32],
    names: Names,
    before: Names,
    after: Names,
    beside_cost: float,
) -> NDArray[np.float64]:
    """Give each name's score (nats), -inf where it does not fit into the frames.

    `log_probabilities`: (frames, phones). `before`, `after`: words that may be said around a name, or none.
    `beside_cost`: inf to allow nothing else beside it.
    """
    frames = len(log_probabilities)
    if not frames or not len(names.ends):
        return np.full(len(names.ends), -np.inf)
    relative = (log_probabilities - log_probabilities.max(axis=1, keepdims=True)).astype(np.float32)
    beside = np.maximum(relative[:, BLANK], np.float32(-beside_cost))
    entered = _passed(beside)
    for _ in range(MOST_BEFORE):
        entered = _around(relative, beside, before, entered)
    left = _around(relative[::-1], beside[::-1], after.backwards(), _passed(beside[::-1]))[::-1]
    ended = _ended(relative, names, entered)
    return np.asarray((ended + left[1:, None]).max(axis=0), np.float64)


def _passed(beside: Row) -> Row:
    """Before each frame, and after the last: the price of having passed over everything."""
    return np.concatenate([np.zeros(1, np.float32), beside.cumsum(dtype=np.float32)])


def _around(relative: Matrix, beside: Row, words: Names, entered: Row) -> Row:
    """The same, when one of some words may have been said."""
    if not len(words.ends):
        return entered
    said = _ended(relative, words, entered).max(axis=1) - np.float32(WORDS_COST)
    best = entered.copy()
    for frame, price in enumerate(beside):
        best[frame + 1] = max(best[frame + 1], said[frame], best[frame] + price)
    return best


def _ended(relative: Matrix, names: Names, entered: Row) -> Matrix:
    """For each frame and name: the best path whose last phone is in that frame.

    `entered`: the score with which a name may begin in each frame.
    """
    found = np.empty((len(relative), len(names.ends)), np.float32)
    in_phone = np.full(len(names.phones), -np.inf, np.float32)
    behind = in_phone.copy()
    """In the blank behind each phone."""
    following = in_phone.copy()
    for frame, now in enumerate(relative):
        np.maximum(in_phone, behind, out=behind)
        np.maximum(in_phone[1:], behind[:-1], out=following[1:])
        following[names.starts] = np.maximum(in_phone[names.starts], entered[frame])
        following += now[names.phones]
        behind += now[BLANK]
        in_phone, following = following, in_phone
        found[frame] = in_phone[names.ends]
    return found
