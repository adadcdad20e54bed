"""Makes any speech fit for a telephone line: 8 kHz, trimmed, one loudness, never clipped. Pure arithmetic."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 8000
"""Samples per second of every prompt."""
TARGET_DBFS = -20.0
"""Loudness of the speech itself, pauses left out (RMS, dB under full scale)."""
PEAK_DBFS = -3.0
"""No sample is louder (dB under full scale)."""
LEAD_S, TAIL_S = 0.06, 0.18
"""Silence kept before and after (s)."""
FADE_S = 0.005
FRAME_S = 0.02
QUIET_DB = 40.0
"""A frame so far under the loudest one is silence (dB)."""

Samples = NDArray[np.float64]


def for_telephone(samples: Samples, rate: int) -> NDArray[np.int16]:
    """Give mono samples (-1 … 1) at any rate as 16-bit samples at 8 kHz; nothing audible gives a short silence."""
    at_8k = np.asarray(soxr.resample(samples, rate, RATE, quality="HQ"), dtype=np.float64) if rate != RATE else samples
    kept = _trimmed(at_8k - (at_8k.mean() if at_8k.size else 0.0))
    if kept.size == 0:
        return np.zeros(int(0.1 * RATE), dtype=np.int16)
    levelled = _limited(kept * 10 ** ((TARGET_DBFS - loudness(kept)) / 20))
    fade = np.linspace(0, 1, int(FADE_S * RATE))
    levelled[: fade.size] *= fade
    levelled[-fade.size :] *= fade[::-1]
    padded = np.concatenate([np.zeros(int(LEAD_S * RATE)), levelled, np.zeros(int(TAIL_S * RATE))])
    return np.asarray(np.round(padded * 32767), dtype=np.int16)


def loudness(samples: Samples) -> float:
    """RMS of the frames that hold speech (dBFS); -inf for silence."""
    power = _frame_power(samples)
    if power.size == 0 or power.max() <= 0:
        return float("-inf")
    speech = power[power > power.max() * 10 ** (-QUIET_DB / 10)]
    return float(10 * np.log10(speech.mean()))


def peak(samples: Samples) -> float:
    """The loudest sample (dBFS)."""
    top = float(np.abs(samples).max()) if samples.size else 0.0
    return float(20 * np.log10(top)) if top > 0 else float("-inf")


def _frame_power(samples: Samples) -> Samples:
    size = int(FRAME_S * RATE)
    frames = samples[: samples.size // size * size].reshape(-1, size)
    return np.asarray((frames**2).mean(axis=1), dtype=np.float64)


def _trimmed(samples: Samples) -> Samples:
    power = _frame_power(samples)
    if power.size == 0 or power.max() <= 1e-10:
        return np.zeros(0)
    heard = np.flatnonzero(power > power.max() * 10 ** (-QUIET_DB / 10))
    size = int(FRAME_S * RATE)
    return samples[max(0, heard[0] - 1) * size : (heard[-1] + 2) * size].copy()


def _limited(samples: Samples) -> Samples:
    """Peaks above the knee are bent, not cut: the ceiling is approached and never reached."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    knee = ceiling * 0.6
    over = np.abs(samples) > knee
    bent = knee + (ceiling - knee) * np.tanh((np.abs(samples) - knee) / (ceiling - knee))
    return np.asarray(np.where(over, np.sign(samples) * bent, samples), dtype=np.float64)
