"""Callers' words for tests, synthesised by voices that the model was never trained on, as files for a line to play."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.english import kenyan
from ivr.training import voices
from ivr.training.telephone import noise, with_noise

RATE = 8000
NOISE_DB = 22.0
"""A telephone line's noise is so much below what is said on it."""


def spoken(text: str, language: Language, variant: str = "m6") -> NDArray[np.int16]:
    """The words alone (8 kHz)."""
    chance = random.Random(text)
    sound = voices.espeak(text, language, variant, chance, accent=None if language == "sw" else "en-gb").samples
    return np.asarray(sound / np.abs(sound).max() * 9000, np.int16)


def code_switched(text: str, variant: str = "m6") -> NDArray[np.int16]:
    """Kiswahili with English words between stars in it ("*passport* yangu imepotea"), said as in Kenya (8 kHz)."""
    said = []
    for word in text.split():
        groups = voices.english_words(word.strip("*"), "en-gb") if word.startswith("*") else []
        phones = [phone for group in groups for phone in kenyan(group)]
        said.append("".join(voices.SPELLED.get(phone, phone) for phone in phones) or word)
    return spoken(" ".join(said), "sw", variant)


def read_by_piper(text: str) -> NDArray[np.int16]:
    """English words alone (8 kHz), by a voice that was learned from a person."""
    (said,) = voices.piper([text], "en", random.Random(text))
    return np.asarray(said.samples / np.abs(said.samples).max() * 9000, np.int16)


def noisy(sound: NDArray[np.int16], below_db: float = NOISE_DB) -> NDArray[np.int16]:
    """The same line with noise under all of it, the words too."""
    under = noise(len(sound), np.random.default_rng(2))
    return np.asarray(np.clip(with_noise(sound.astype(np.float32), under, below_db), -32768, 32767), np.int16)


def line_of(*pieces: NDArray[np.int16] | float) -> NDArray[np.int16]:
    """Pieces of sound behind one another; a number is so long a silence (s), which is never quite silent."""
    chance = np.random.default_rng(1)
    made = [
        chance.normal(0, 12, int(piece * RATE)).astype(np.int16) if isinstance(piece, float) else piece
        for piece in pieces
    ]
    return np.concatenate(made)


def saved(path: Path, sound: NDArray[np.int16]) -> Path:
    """Write it; the path is without `.wav`, as a line plays it."""
    soundfile.write(path.with_suffix(".wav"), sound, RATE, subtype="PCM_16")
    return path.with_suffix("")


def cough(seed: int) -> NDArray[np.int16]:
    """A burst of breath, a weaker one, and a hoarse end: as long as a short word, and louder."""
    chance = np.random.default_rng(seed)
    t = np.arange(int(RATE * chance.uniform(0.25, 0.5))) / RATE
    spectrum, hz = np.fft.rfft(chance.normal(0, 1, len(t))), np.fft.rfftfreq(len(t), 1 / RATE)
    for centre, width, gain in ((chance.uniform(400, 700), 150, 4), (chance.uniform(1000, 1800), 250, 3)):
        spectrum *= 1 + gain * np.exp(-(((hz - centre) / width) ** 2))
    breath = np.fft.irfft(spectrum, len(t))
    breath *= (np.exp(-t / 0.03) + 0.5 * np.exp(-(((t - 0.12) / 0.08) ** 2))) / breath.std()
    pitch = np.cumsum(chance.uniform(150, 300) * (1 - 0.3 * t / t[-1])) / RATE
    hoarse = 0.6 * np.sign(np.sin(2 * np.pi * pitch)) * np.exp(-(((t - 0.75 * t[-1]) / 0.06) ** 2))
    sound = breath + hoarse
    return np.asarray(sound / np.abs(sound).max() * 12000, np.int16)


def music(seconds: float) -> NDArray[np.int16]:
    """Four notes at a time, half a second each, with overtones."""
    chance = np.random.default_rng(7)
    t = np.arange(RATE // 2) / RATE
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    bars = []
    for _ in range(int(seconds * 2)):
        notes = chance.choice(scale, 4) * chance.choice([1, 2], 4)
        bars.append(
            sum(np.sin(2 * np.pi * hz * over * t) / over for hz in notes for over in (1, 2, 3)) * np.exp(-2 * t)
        )
    sound = np.concatenate(bars)
    return np.asarray(sound / np.abs(sound).max() * 9000, np.int16)


def hiss(seconds: float, level: float = 2000.0) -> NDArray[np.int16]:
    """Noise of a bad line that comes and goes twice a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(np.random.default_rng(3).normal(0, level, len(t)) * (np.sin(4 * np.pi * t) > 0), np.int16)
