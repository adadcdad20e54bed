"""Human voices for tests: recordings that lie beside the project, and a menu whose entries have digits for names."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ivr_menus import MENU_FILE
from numpy.typing import NDArray

from contact_centre.settings import PROJECT_ROOT

AUDIO = Path(os.environ.get("HUDUMA_TEST_AUDIO", PROJECT_ROOT.parent / "shared" / "audio"))
"""Recordings that may not be copied into the project: `english-digits/DIGIT_SPEAKER_N.flac` (CC BY-SA 4.0)."""
ENTRIES = {"five": ("health insurance", "social"), "six": ("my case", "case"), "eight": ("something else", "other")}
"""Digits, each the key of an entry of the main menu, with that entry's first English phrase and where it leads."""
DIGITS = {"five": 5, "six": 6, "eight": 8}


def human_digit(name: str, speaker: str, take: int) -> NDArray[np.int16]:
    """One digit as somebody said it (8 kHz), as loud as the line's other voices."""
    path = AUDIO / "english-digits" / f"{DIGITS[name]}_{speaker}_{take}.flac"
    if not path.is_file():
        pytest.skip(f"no human recordings here: {path.parent} (HUDUMA_TEST_AUDIO names another place)")
    sound, rate = soundfile.read(path)
    assert rate == 8000
    return np.asarray(sound / np.abs(sound).max() * 9000, np.int16)


def digit_menu(folder: Path) -> Path:
    """The menu that the house ships with; some entries of the main menu have their key's digit as another name."""
    text = MENU_FILE.read_text()
    for digit, (phrase, _) in ENTRIES.items():
        assert f"[{phrase}, " in text
        text = text.replace(f"[{phrase}, ", f"[{phrase}, {digit}, ", 1)
    path = folder / "digits.yaml"
    path.write_text(text)
    return path
