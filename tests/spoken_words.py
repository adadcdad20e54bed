"""Callers' words for tests, synthesised by voices that the model was never trained on, as files for a line to play."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.training import voices

RATE = 8000


def spoken(text: str, language: Language, variant: str = "m6") -> NDArray[np.int16]:
    """The words alone (8 kHz)."""
    chance = random.Random(text)
    sound = voices.espeak(text, language, variant, chance, accent=None if language == "sw" else "en-gb").samples
    return np.asarray(sound / np.abs(sound).max() * 9000, np.int16)


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
