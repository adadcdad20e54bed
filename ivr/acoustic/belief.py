"""From the phrases' scores to what may be done with them: act, confirm, reject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.scoring import worth
from ivr.heard import NOTHING, Alternative, Heard, Level

ACT_FROM, CONFIRM_FROM = 0.85, 0.45
"""Confidence from which the menu acts, and from which it asks "did you say …?"."""
FIT, MARGIN, OFFSET = 1.95, 0.55, 3.12
"""How confidence follows from the score for each phone, and from the lead over the next phrase (logistic; fitted by
`python -m ivr.training calibrate` with the model before it learned from nicolas and theo, on these two)."""
MOST_LEAD = 3.0
"""A lead for each phone beyond this says nothing more (nats)."""


def judge(phrases: Sequence[str], scores: Sequence[float], phones: Sequence[int]) -> Heard:
    """Say what was heard.

    `scores`: of each phrase (nats, 0 is perfect); `phones`: how many phones it has.
    """
    if not np.isfinite(scores).any():
        return NOTHING
    best, *measures = evidence(scores, phones)
    confidence = confidence_of(*measures)
    worths = _worths(scores, phones)
    shares = np.exp((worths - worths[best]) / 2)
    shares /= shares.sum()
    alternatives = tuple(Alternative(phrases[i], float(shares[i])) for i in np.argsort(worths)[::-1][:5])
    level: Level = "act" if confidence >= ACT_FROM else "confirm" if confidence >= CONFIRM_FROM else "reject"
    return Heard(phrases[best] if level != "reject" else None, confidence, level, alternatives)


def judge_digits(words: str, score: float, phones: int) -> Heard:
    """Say whether some digits were heard; `score` and `phones` as above, of the whole string.

    Nobody knows by how much it leads over the next string, so no lead is claimed.
    """
    if not phones or not np.isfinite(score):
        return NOTHING
    confidence = confidence_of(score / phones, 0.0)
    level: Level = "act" if confidence >= ACT_FROM else "confirm" if confidence >= CONFIRM_FROM else "reject"
    return Heard(words if level != "reject" else None, confidence, level)


def evidence(scores: Sequence[float], phones: Sequence[int]) -> tuple[int, float, float]:
    """Give the best phrase's place, its score, and by how much more it is worth than the next (nats for a phone)."""
    worths = _worths(scores, phones)
    best, *others = np.argsort(worths)[::-1].tolist()
    lead = (worths[best] - worths[others[0]]) / phones[best] if others else MOST_LEAD
    return best, float(scores[best]) / phones[best], min(float(lead), MOST_LEAD)


def _worths(scores: Sequence[float], phones: Sequence[int]) -> NDArray[np.float64]:
    return np.array([worth(score, count) for score, count in zip(scores, phones, strict=True)])


def confidence_of(fit: float, lead: float) -> float:
    """Give the probability (0 to 1) that the phrase was said."""
    return float(1 / (1 + np.exp(-np.clip(FIT * fit + MARGIN * lead + OFFSET, -30, 30))))
