"""Makes studio sound into a telephone call: pace, room, band, noise, level, coding, gaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.features import RATE, Floats

Chance = np.random.Generator


def telephone(
    samples: Floats,
    chance: Chance,
    babble: Floats | None = None,
    pace: float = 0.12,
    noise_db: tuple[float, float] = (3, 40),
) -> Floats:
    """Give one of the ways in which these samples may arrive.

    `pace`: by how much speed (and pitch with it) may differ; `noise_db`: the range of the signal-to-noise ratio;
    `babble`: other voices, which may be the noise.
    """
    sound = at_pace(samples, float(chance.uniform(1 - pace, 1 + pace)))
    before, after = (int(RATE * chance.choice([0.05, 0.2, 0.5, 1.0]) * chance.uniform(0.5, 1)) for _ in range(2))
    sound = np.concatenate([np.zeros(before, np.float32), sound, np.zeros(after, np.float32)])
    sound = through(sound, chance, room=chance.random() < 0.4)
    if chance.random() < 0.92:
        sound = with_noise(sound, noise(len(sound), chance, babble), float(chance.uniform(*noise_db)))
    sound = sound * np.float32(10 ** (chance.uniform(-26, -1) / 20) / (np.abs(sound).max() + 1e-6))
    if chance.random() < 0.08:
        sound = np.clip(sound * np.float32(chance.uniform(1.5, 6)), -1, 1) * np.float32(0.6)
    if chance.random() < 0.06:
        _lose_packets(sound, chance)
    return mu_law(sound) if chance.random() < 0.85 else sound


def at_pace(samples: Floats, pace: float) -> Floats:
    """Play faster (above 1) or slower."""
    at = np.arange(0, len(samples) - 1, pace)
    return np.asarray(np.interp(at, np.arange(len(samples)), samples), dtype=np.float32)


def through(samples: Floats, chance: Chance, room: bool) -> Floats:
    """Send sound through a handset's band and slope and, if asked, a small room."""
    size = 1 << int(np.ceil(np.log2(len(samples) + RATE // 2)))
    spectrum = np.fft.rfft(samples, size)
    hz = np.fft.rfftfreq(size, 1 / RATE)
    if chance.random() < 0.8:
        low, high = chance.uniform(80, 350), chance.uniform(3000, 3900)
        spectrum *= 1 / np.sqrt(1 + (low / np.maximum(hz, 1)) ** 6) / np.sqrt(1 + (hz / high) ** 16)
    slope = chance.normal(0, 3.0, 5)  # dB at five points of the band
    spectrum *= 10 ** (np.interp(hz, [0, 500, 1200, 2200, 4000], slope) / 20)
    if room:
        length = int(RATE * chance.uniform(0.05, 0.35))
        echoes = chance.normal(0, 1, length) * np.exp(-6.9 * np.arange(length) / length) * chance.uniform(0.02, 0.12)
        echoes[0] = 1.0
        spectrum *= np.fft.rfft(echoes, size)
    return np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32)


def noise(length: int, chance: Chance, babble: Floats | None = None) -> Floats:
    """Give line noise of one of several colours, hum, or voices."""
    if babble is not None and len(babble) > RATE and chance.random() < 0.3:
        start = int(chance.integers(0, len(babble)))
        return np.take(babble, np.arange(start, start + length), mode="wrap").astype(np.float32)
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


def _lose_packets(samples: Floats, chance: Chance) -> None:
    for start in chance.integers(0, max(1, len(samples) - 160), size=int(chance.integers(1, 4))):
        samples[start : start + 160] = 0
