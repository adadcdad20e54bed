"""What simulated callers say, as sound files that their telephones can play."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.levels import RATE, for_telephone
from ivr.synthesis import Espeak, find_espeak, voices

SPEAKER = "f4"
"""Of espeak-ng, for callers. It says a word the same each time: said by the speaker of the prompts, a word that is in
the prompt just now is, sample for sample, the prompt come back, and is taken for its echo."""
AFTER_S = 1.0
"""Silence sent behind the words, as a telephone does: the end of speech is known by it (s)."""


@contextmanager
def said(settings: Settings, language: Language, sayings: Sequence[str]) -> Iterator[list[tuple[str, Path]]]:
    """Each saying with its file (8 kHz), in a caller's voice; gone at the end of the block.

    Raises:
        SetupFailed: a voice is missing.
        LinkLost: a voice failed.
    """
    if not sayings:
        yield []
        return
    folder = settings.data_dir / "carrier"
    folder.mkdir(parents=True, exist_ok=True)
    speaking = voices(settings)
    if isinstance(speaking["sw"], Espeak):
        speaking["sw"] = find_espeak(settings.cache_dir, SPEAKER)
    quiet = np.zeros(int(AFTER_S * RATE), np.int16)
    try:
        with tempfile.TemporaryDirectory(prefix="said-", dir=folder) as made:
            files = []
            for number, words in enumerate(sayings):
                path = Path(made) / f"{number}.wav"
                sound = np.concatenate([for_telephone(*speaking[language].speak(words)), quiet])
                soundfile.write(path, sound, RATE, subtype="PCM_16")
                files.append((words, path))
            yield files
    finally:
        for voice in speaking.values():
            voice.close()
