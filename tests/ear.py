"""What one caller hears on a real call, and the sentences to be found in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from running_house import eventually

from contact_centre.model import Language
from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.listening import MARK_S, SURE, Samples, find
from ivr.prompts import digest
from ivr.speaking import spoken
from ivr.synthesis import voices


class Ear:
    """Listens in on one caller's line."""

    def __init__(self, settings: Settings, heard: Path) -> None:
        """`heard`: where the caller's telephone writes what it hears."""
        self._settings, self._recording = settings, sound_files.Growing(heard)
        self._heard: Samples = np.zeros(0, np.float32)
        speaking = voices(settings)
        self._voices = {language: voice.name for language, voice in speaking.items()}
        for voice in speaking.values():
            voice.close()

    def at(self, path: Path) -> float | None:
        """When this sound began to be heard (s); None: not yet."""
        if not path.exists():
            return None
        at_s, score = find(self._heard, sound_files.read(path), MARK_S)  # a packet lost later in it changes nothing
        return at_s if score >= SURE else None

    def prompt(self, name: str) -> Path:
        """A prompt of the menu, `LANGUAGE/ID`."""
        return self._settings.data_dir / "prompts" / f"{name}.wav"

    def sentence(self, language: Language, text: str) -> Path:
        """A sentence that is in no file."""
        key = digest(self._voices[language], spoken(text, language))
        return self._settings.data_dir / "prompts" / language / f"said-{key}.wav"

    async def hears(self, path: Path) -> float:
        """Wait until it is heard; when (s)."""

        def look() -> float | None:
            self._heard = np.concatenate([self._heard, self._recording.more()])
            return self.at(path)

        return await eventually(look, 40, lambda: path.stem)

    def forget(self) -> None:
        """Begin anew from here."""
        self._heard = self._heard[len(self._heard) :]
