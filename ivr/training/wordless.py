"""Sounds on a line that are no words, so that the network learns to hear nothing in them: music, and coughs."""

from __future__ import annotations

import numpy as np

from ivr.acoustic.features import RATE, Floats

Chance = np.random.Generator
STEPS = np.array([0, 2, 3, 5, 7, 8, 10, 12, 14, 15, 17, 19])
"""Of a scale, in semitones."""


def nobody(chance: Chance) -> Floats:
    """A while in which nobody says a word: stillness, music, or coughs."""
    kind = chance.random()
    if kind < 0.4:
        return np.zeros(int(chance.uniform(0.5, 4) * RATE), np.float32)
    return music(chance) if kind < 0.75 else coughs(chance)


def music(chance: Chance) -> Floats:
    """Some notes at a time, plucked or blown, in a scale and at a pace of their own, with or without a beat."""
    pace, voices, overtones = chance.uniform(0.12, 0.9), int(chance.integers(1, 6)), int(chance.integers(1, 9))
    lowest, falls, dull = chance.uniform(90, 500), chance.uniform(0, 7), chance.uniform(0.6, 2.2)
    t = np.arange(int(pace * RATE)) / RATE
    beat = chance.normal(0, 1, len(t)) * np.exp(-t * 40) * (chance.random() < 0.4) * chance.uniform(0.2, 1)
    bars = []
    for _ in range(int(chance.uniform(0.6, 4) / pace) + 1):
        bar = beat.copy()
        for _ in range(voices):
            pitch = lowest * 2 ** (chance.choice(STEPS) / 12) * chance.choice([1, 1, 2])
            trembling = 1 + chance.uniform(0, 0.006) * np.sin(2 * np.pi * chance.uniform(4, 7) * t)
            phase = 2 * np.pi * pitch * np.cumsum(trembling) / RATE
            bar += sum(
                np.sin(over * phase) / over**dull for over in range(1, overtones + 1) if over * pitch < RATE / 2
            ) * np.exp(-falls * t)
        bars.append(bar * np.minimum(1, t * chance.uniform(20, 400)))
    sound = np.concatenate(bars)
    return np.asarray(sound / (np.abs(sound).max() + 1e-6), np.float32)


def coughs(chance: Chance) -> Floats:
    """One to three bursts of breath through a throat, some with a hoarse voice at the end; clearing it, or sneezing."""
    pieces: list[Floats] = []
    for _ in range(int(chance.integers(1, 4))):
        t = np.arange(int(RATE * chance.uniform(0.12, 0.6))) / RATE
        spectrum, hz = np.fft.rfft(chance.normal(0, 1, len(t))), np.fft.rfftfreq(len(t), 1 / RATE)
        shape = 0.2 + sum(
            chance.uniform(1, 6) * np.exp(-(((hz - chance.uniform(250, 3000)) / chance.uniform(80, 500)) ** 2))
            for _ in range(int(chance.integers(1, 4)))
        )
        breath = np.fft.irfft(spectrum * shape, len(t))
        second, fades = chance.uniform(0.05, 0.3), chance.uniform(0.02, 0.12)
        breath *= np.exp(-t / fades) + chance.uniform(0, 0.8) * np.exp(-(((t - second) / 0.07) ** 2))
        pitch = np.cumsum(chance.uniform(80, 350) * (1 - chance.uniform(-0.2, 0.5) * t / t[-1])) / RATE
        voice = np.sign(np.sin(2 * np.pi * pitch)) + chance.normal(0, 0.5, len(t))
        at = chance.uniform(0.3, 0.95) * t[-1]
        hoarse = voice * np.exp(-(((t - at) / chance.uniform(0.03, 0.1)) ** 2)) * chance.choice([0, 0.3, 0.8])
        pieces += [
            np.asarray(breath / (breath.std() * 4 + 1e-6) + hoarse, np.float32),
            np.zeros(int(RATE * chance.uniform(0.05, 0.5)), np.float32),
        ]
    sound = np.concatenate(pieces)
    return np.asarray(sound / (np.abs(sound).max() + 1e-6), np.float32)
