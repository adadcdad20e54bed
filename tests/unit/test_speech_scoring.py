"""The grammar's scores against a reference that tries every path one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.acoustic.belief import judge
from ivr.acoustic.phones import BLANK
from ivr.acoustic.scoring import phrase_scores


def random_log_probabilities(frames: int, phones: int, seed: int) -> NDArray[np.float32]:
    raw = np.random.default_rng(seed).normal(0, 2, (frames, phones))
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)), dtype=np.float32)


def collapsed(path: tuple[int, ...]) -> list[int]:
    return [phone for phone, _ in itertools.groupby(path) if phone != BLANK]


def every_path(log_probabilities: NDArray[np.float32], phrase: list[int]) -> float:
    frames, phones = log_probabilities.shape
    best = max(
        sum(float(log_probabilities[t, p]) for t, p in enumerate(path))
        for path in itertools.product(range(phones), repeat=frames)
        if collapsed(path) == phrase
    )
    greedy = float(log_probabilities.max(axis=1).sum())
    return best - greedy


@pytest.mark.parametrize("seed", range(5))
def test_all_phrases_at_once_score_as_one_path_after_the_other(seed: int) -> None:
    given = random_log_probabilities(5, 4, seed)
    phrases = [[1], [2, 3], [1, 1], [3, 2, 1], [2, 2, 2]]
    scores = phrase_scores(given, phrases, edge_cost=math.inf)
    assert scores == pytest.approx([every_path(given, phrase) for phrase in phrases], abs=1e-4)


def test_a_phrase_longer_than_the_sound_does_not_fit() -> None:
    assert phrase_scores(random_log_probabilities(2, 4, 1), [[1, 2, 3]]).tolist() == [-math.inf]
    assert phrase_scores(random_log_probabilities(0, 4, 1), [[1]]).tolist() == [-math.inf]
    assert phrase_scores(random_log_probabilities(3, 4, 1), []).size == 0


def test_words_beside_the_phrase_cost_less_than_another_phrase() -> None:
    given = np.full((12, 5), -8.0, np.float32)
    for frame, phone in enumerate([4, 0, 4, 0, 1, 0, 2, 0, 3, 0, 0, 0]):
        given[frame, phone] = -0.01
    strict = phrase_scores(given, [[1, 2, 3]], edge_cost=math.inf)[0]
    beside, other = phrase_scores(given, [[1, 2, 3], [2, 1, 2]])
    assert beside > strict
    assert beside > other + 3


def test_a_short_name_wins_by_what_was_heard_and_not_by_being_short() -> None:
    """An unsure network loses something at each phone: "three" lost a little more than "eight", and has one more."""
    heard = judge(["eight", "three"], [-3.2, -3.6], [2, 3])
    assert heard.alternatives[0].phrase == "three"
    assert judge(["eight", "three"], [-0.2, -3.6], [2, 3]).alternatives[0].phrase == "eight"


def test_a_clear_lead_acts_and_nothing_alike_is_rejected() -> None:
    sure = judge(["ndiyo", "hapana"], [-0.2, -40.0], [5, 6])
    assert (sure.phrase, sure.level) == ("ndiyo", "act")
    lost = judge(["ndiyo", "hapana"], [-60.0, -62.0], [5, 6])
    assert (lost.phrase, lost.level) == (None, "reject")
    assert lost.alternatives[0].phrase == "ndiyo"
    assert judge([], [], []).level == "reject"
    assert sum(a.confidence for a in sure.alternatives) == pytest.approx(1)
