"""The parts of a telephone line that measurements are made with: noise, and G.711 coding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.features import RATE, Floats

Chance = np.random.Generator


def noise(length: int, chance: Chance) -> Floats:
    """Give line noise of one of several colours, or hum."""
    size = 1 << (length - 1).bit_length()  # a transform of any other length may take many times as long
    spectrum = np.fft.rfft(chance.standard_normal(size, np.float32))
    hz = np.fft.rfftfreq(size, 1 / RATE)
    spectrum *= np.maximum(hz, 40) ** -float(chance.uniform(0, 1.2))
    coloured = np.fft.irfft(spectrum, size)[:length]
    if chance.random() < 0.1:
        hum = np.sin(2 * np.pi * 50 * np.arange(length) / RATE) + np.sin(2 * np.pi * 150 * np.arange(length) / RATE)
        coloured = coloured + hum * coloured.std() * chance.uniform(0.3, 2)
    return coloured.astype(np.float32)


def with_noise(samples: Floats, added: Floats, ratio_db: float) -> Floats:
    """Add noise at a signal-to-noise ratio; the signal is measured where somebody speaks."""
    gain = np.sqrt(speech_power(samples) / (float(np.mean(added**2)) + 1e-12)) * 10 ** (-ratio_db / 20)
    return np.asarray(samples + added * np.float32(gain), dtype=np.float32)


def speech_power(samples: Floats) -> float:
    """Mean power of the frames (20 ms) that are less than 25 dB below the loudest ones."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    if not len(frames):
        return 1e-9
    power = (frames**2).mean(axis=1)
    return float(power[power >= np.quantile(power, 0.95) * 10**-2.5].mean()) + 1e-9


def mu_law(samples: Floats) -> Floats:
    """Code with G.711 µ-law, and decode."""
    clipped = np.clip(samples, -1, 1)
    coded = np.round(np.sign(clipped) * np.log1p(255 * np.abs(clipped)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255, dtype=np.float32)


def as_pcm(samples: Floats) -> NDArray[np.int16]:
    """Give 16-bit samples."""
    return np.asarray(np.clip(samples, -1, 1) * 32767, dtype=np.int16)
