"""P. Is what a line brings only what was played into it, come back?

Telephones and far exchanges return what they are sent: later, fainter, coloured. A short filter on the played sound,
at the delay where the two are most alike, is fitted to what was heard; the part of the energy that it explains is echo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TAPS = 24
"""Length of the filter (samples, 3 ms): what a telephone and a hybrid do to sound."""
QUIET = 20.0
"""Below this (root mean square of 16 bits) there is nothing to compare."""
BLOCK, LEAST = 80, 2000
"""What was heard is compared from its first block of 10 ms that is no silence, when a quarter of a second is left
(samples): an echo may begin in the midst of a prompt, and the silence before it is not what was played."""
FAINT = 0.1
"""A block is silence below this share of the whole's loudness."""

Sound = NDArray[np.int16]


def share_of_echo(heard: Sound, played: Sound) -> float:
    """Give the share (0 to 1) of the heard energy that `played` explains.

    `played`: what was played, from the longest delay before the first heard sample until the last one; it is longer
    than `heard` by that delay at least.
    """
    begins = _first_sound(heard)
    heard, played = heard[begins:], played[begins:]
    late = len(played) - len(heard)
    if late < TAPS or len(heard) < 4 * TAPS:
        return 0.0
    y, x = heard.astype(np.float64), played.astype(np.float64)
    if np.sqrt(np.mean(y**2)) < QUIET or np.sqrt(np.mean(x**2)) < QUIET:
        return 0.0
    size = 1 << int(np.ceil(np.log2(len(played) + len(heard))))
    alike = np.fft.irfft(np.fft.rfft(x, size) * np.conj(np.fft.rfft(y, size)), size)[:late]
    energy = np.concatenate([[0.0], np.cumsum(x**2)])
    norm = np.sqrt(energy[len(y) : len(y) + late] - energy[:late] + len(y) * QUIET**2)
    at = min(max(int(np.argmax(np.abs(alike) / norm)) - TAPS // 2, 0), late - TAPS)
    near = x[at : at + len(y) + TAPS]
    own = np.array([near[: len(y)] @ near[lag : lag + len(y)] for lag in range(TAPS)])
    own[0] = own[0] * 1.01 + len(y) * QUIET**2
    lags = np.arange(TAPS)
    wanted = alike[at : at + TAPS]
    return float(np.clip(wanted @ np.linalg.solve(own[np.abs(lags[:, None] - lags)], wanted) / np.sum(y**2), 0.0, 1.0))


def _first_sound(heard: Sound) -> int:
    """Where the silence before the sound is over; 0 when too little would be left."""
    blocks = heard[: len(heard) // BLOCK * BLOCK].astype(np.float64).reshape(-1, BLOCK)
    loud = np.sqrt(np.mean(blocks**2, axis=1))
    sounds = np.flatnonzero(loud > max(QUIET, FAINT * np.sqrt(np.mean(loud**2)))) if len(loud) else loud
    begins = int(sounds[0]) * BLOCK if len(sounds) else 0
    return begins if len(heard) - begins >= LEAST else 0
