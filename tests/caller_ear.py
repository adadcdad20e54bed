"""What one caller hears on a real call: prompts and sentences, looked for in the recording while it grows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from running_house import eventually

from contact_centre.model import Language
from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.listening import RATE, SURE, Samples, find
from ivr.prompts import digest
from ivr.speaking import spoken
from ivr.synthesis import voices


def begun_at(heard: Samples, path: Path) -> float | None:
    """When this sound began to be played (s); None: it was not, or is still in the making.

    Any clean second of its first three is enough: on a machine at its limit the telephone's network loses packets.
    """
    if not path.exists():
        return None
    sound = sound_files.read(path)
    found = [(*find(heard, sound[from_s * RATE :], 1.0), from_s) for from_s in range(3)]
    at_s, score, from_s = max(found, key=lambda one: one[1])
    return at_s - from_s if score >= SURE else None


class Ear:
    """What one caller hears, and the sentences to be found in it."""

    def __init__(self, settings: Settings, heard: Path) -> None:
        """`heard`: the recording, which may not be there yet."""
        self._settings, self._recording = settings, sound_files.Growing(heard)
        self._heard: Samples = np.zeros(0, np.float32)
        speaking = voices(settings)
        self._voices = {language: voice.name for language, voice in speaking.items()}
        for voice in speaking.values():
            voice.close()

    def at(self, path: Path) -> float | None:
        """When this sound began to be heard (s); None: not yet."""
        return begun_at(self._heard, path)

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
            self._listen()
            return self.at(path)

        return await eventually(look, 40, lambda: path.stem)

    async def hears_until(self, at_s: float) -> None:
        """Wait until so much of the call was heard (s), silence too."""
        await eventually(lambda: self._listen() > at_s * RATE or None, 40, lambda: f"{at_s} s are not heard")

    def forget(self) -> None:
        """Begin anew from here."""
        self._heard = self._heard[len(self._heard) :]

    def _listen(self) -> int:
        self._heard = np.concatenate([self._heard, self._recording.more()])
        return len(self._heard)
