"""Fits how confidence follows from the scores. The held-out speakers stay unseen: what is calibrated with is the rest.

A model is too sure of whom it learned from. So `--model` names one that learned without the speakers in `human-en`
(its corpora made by `prepare --held-out george jackson`); the numbers are then used for the model that is shipped.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from ivr.acoustic.belief import evidence
from ivr.acoustic.features import FrameStream, without_the_line
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.recogniser import with_stillness
from ivr.acoustic.scoring import phrase_scores, worth
from ivr.training.trials import english_digits, kiswahili_words, outside, synthetic

RATIOS = (25, 12)


def calibrate(work: Path, model_path: Path, size: int = 150) -> tuple[float, float, float]:
    """Print and give FIT, MARGIN and OFFSET for `ivr.acoustic.belief`."""
    model = AcousticModel(model_path)
    rows: list[tuple[float, float, bool]] = []
    for trial in itertools.chain(
        english_digits(work, False, RATIOS, size),
        kiswahili_words(work, False, RATIOS, model, size),
        synthetic(False, RATIOS, size),
        outside(work, False, RATIOS, size),
    ):
        stream = FrameStream()
        stream.accept(trial.pcm)
        log_probabilities = model.log_probabilities(without_the_line(with_stillness(stream.frames())))
        best, counts = [], []
        for phrase in trial.phrases:
            ways = pronunciations(phrase, trial.language)
            scores = phrase_scores(log_probabilities, ways)
            _, score, count = max((worth(s, len(way)), s, len(way)) for s, way in zip(scores, ways, strict=True))
            best.append(float(score))
            counts.append(count)
        if np.isfinite(max(best)):
            likeliest, fit, lead = evidence(best, counts)
            rows.append((fit, lead, trial.phrases[likeliest] == trial.truth))
    table = np.array(rows, dtype=np.float64)
    given = np.column_stack([table[:, :2], np.ones(len(table))])
    weights = np.zeros(3)
    for _ in range(50):  # Newton's method, with a little ridge
        believed = 1 / (1 + np.exp(-np.clip(given @ weights, -30, 30)))
        slope = given.T @ (table[:, 2] - believed) - 1e-3 * weights
        curve = (given * (believed * (1 - believed))[:, None]).T @ given + 1e-3 * np.eye(3)
        weights += np.linalg.solve(curve, slope)
    believed = 1 / (1 + np.exp(-np.clip(given @ weights, -30, 30)))
    print(f"FIT, MARGIN, OFFSET = {weights[0]:.2f}, {weights[1]:.2f}, {weights[2]:.2f}  (n={len(rows)})")
    for level in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95):
        taken = believed >= level
        wrong = float((1 - table[taken, 2]).mean()) if taken.any() else 0.0
        print(f"from {level}: {taken.mean():.1%} of trials taken, {wrong:.1%} of these wrong")
    return float(weights[0]), float(weights[1]), float(weights[2])
