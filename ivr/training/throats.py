"""A few human speakers become many: throats of other lengths and shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ivr.acoustic.features import FFT, RATE, Floats, bank

COUNT = 160
LONGEST, SHORTEST = 0.84, 1.17
"""How far the whole scale is stretched."""
BEND = 0.035
"""How far a formant may lie from where this throat would put it (standard deviation, a part of its frequency)."""
KNOTS_HZ = (0.0, 500.0, 1000.0, 1700.0, 2600.0, 4000.0)


def throats(chance: np.random.Generator, count: int = COUNT, made: Callable[[Floats], Floats] = bank) -> list[Floats]:
    """Give so many banks of bands, each for a throat of another length and shape.

    `made` gives the bank for a warp of the scale, a factor for each point of the spectrum.
    """
    hz = np.arange(FFT // 2 + 1) * RATE / FFT
    stretched = np.linspace(LONGEST, SHORTEST, count)
    return [
        made(np.asarray(length * np.interp(hz, KNOTS_HZ, chance.normal(1, BEND, len(KNOTS_HZ))), np.float32))
        for length in stretched
    ]
