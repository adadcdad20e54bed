"""Words that a real Vosk model is to hear in calls: English ones where there is an English model, else Korean digits.

An English model is the directory that HUDUMA_TEST_VOSK_EN names, or one that `huduma models fetch` brought.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ivr_menus import MENU_FILE
from numpy.typing import NDArray
from spoken_words import spoken
from vosk_korean import KOREAN, korean, korean_menu

from contact_centre.settings import load_settings
from operations.models import MODELS


@dataclass(frozen=True)
class SaidToVosk:
    """A model, and what callers say to it."""

    model: Path
    entries: tuple[tuple[str, str], ...]
    """Names of entries of the main menu, and the nodes they lead to."""
    say: Callable[[str], NDArray[np.int16]]
    menu: Callable[[Path], Path]
    """Makes the menu in a folder."""

    @property
    def words(self) -> list[str]:
        """The names."""
        return [word for word, _ in self.entries]


def english_model() -> Path | None:
    """Where one is, if there is any."""
    named = os.environ.get("HUDUMA_TEST_VOSK_EN")
    if named:
        return Path(named)
    fetched = [load_settings().cache_dir / "models" / model.name for model in MODELS if model.language == "en"]
    return next((directory for directory in fetched if directory.is_dir()), None)


def said_to_vosk() -> SaidToVosk:
    """What is said to the model that there is."""
    model = english_model()
    if model is None:
        korean_entries = (("하나", "identity"), ("삼", "transport"), ("여덟", "social"))
        return SaidToVosk(KOREAN, korean_entries, korean, korean_menu)
    entries = (("birth certificate", "identity"), ("passport", "travel"), ("health insurance", "social"))
    return SaidToVosk(model, entries, lambda text: spoken(text, "en"), lambda _: MENU_FILE)
