"""A few human speakers become many: other throats, and words drawn out here and hurried there."""

from __future__ import annotations

import numpy as np

from ivr.acoustic.features import FFT, RATE, Floats, bank

COUNT = 160
LONGEST, SHORTEST = 0.84, 1.17
"""How far the whole scale is stretched."""
BEND = 0.035
"""How far a formant may lie from where this throat would put it (standard deviation, a part of its frequency)."""
KNOTS_HZ = (0.0, 500.0, 1000.0, 1700.0, 2600.0, 4000.0)
UNEVEN = 0.6
"""How often the pace changes within an utterance."""


def throats(chance: np.random.Generator, count: int = COUNT) -> list[Floats]:
    """Give so many banks of bands, each for a throat of another length and shape."""
    hz = np.arange(FFT // 2 + 1) * RATE / FFT
    stretched = np.linspace(LONGEST, SHORTEST, count)
    return [
        bank(np.asarray(length * np.interp(hz, KNOTS_HZ, chance.normal(1, BEND, len(KNOTS_HZ))), np.float32))
        for length in stretched
    ]


def at_uneven_pace(frames: Floats, chance: np.random.Generator) -> Floats:
    """Draw out some moments and hurry others: every sixth of a second has a pace of its own."""
    if len(frames) < 4 or chance.random() > UNEVEN:
        return frames
    paces = chance.uniform(0.7, 1.4, len(frames) // 16 + 2)
    steps = np.interp(np.arange(len(frames) - 1), np.arange(len(paces)) * 16, paces)
    heard_at = np.concatenate([[0.0], np.cumsum(1 / steps)])  # when each frame is heard now
    at = np.interp(np.arange(0, heard_at[-1]), heard_at, np.arange(len(frames)))
    before = np.minimum(at.astype(np.intp), len(frames) - 2)
    share = (at - before).astype(np.float32)[:, None]
    return np.asarray(frames[before] * (1 - share) + frames[before + 1] * share, np.float32)
