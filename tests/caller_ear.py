"""What one caller hears on a real call: prompts and sentences, looked for in the recording while it grows."""

from __future__ import annotations

from collections.abc import Iterable
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

FIRST_SECONDS = tuple(second * RATE for second in range(3))
"""Any clean second of these is enough: on a machine at its limit the telephone's network loses packets."""
LAST_S = 4
"""Any clean second of so many last ones is enough to know when a prompt ended."""


class Hearing:
    """A recording while it grows. Each of its samples is looked through once for each second that is looked for, so
    that many who listen at the same time leave the processor to the house."""

    def __init__(self, recording: Path) -> None:
        """`recording`: the file, which may not be there yet."""
        self._recording = sound_files.Growing(recording)
        self.heard: Samples = np.zeros(0, np.float32)
        self._sounds: dict[Path, Samples] = {}
        self._found: dict[tuple[Path, int], tuple[int, float, float]] = {}
        """(sound, place in it) -> (looked through up to this sample, best score, where in what was heard in s)."""

    def listen(self) -> Samples:
        """Everything heard so far."""
        more = self._recording.more()
        if len(more):
            self.heard = np.concatenate([self.heard, more])
        return self.heard

    def forget(self) -> None:
        """Begin anew from here."""
        self.heard = self.heard[len(self.heard) :]
        self._found.clear()

    def begun_at(self, path: Path) -> float | None:
        """When this sound began to be played (s); None: it was not, or is still in the making."""
        found = self._surest(path, FIRST_SECONDS)
        return found and found[0] - found[1] / RATE

    def ended_at(self, path: Path) -> float | None:
        """When this sound was over (s); None: not yet, or it ended before its last words."""
        if (sound := self._sound(path)) is None:
            return None
        places = range(len(sound) - RATE, max(len(sound) - LAST_S * RATE, 0) - 1, -RATE // 2)
        found = self._surest(path, places)
        return found and found[0] + (len(sound) - found[1]) / RATE

    def _surest(self, path: Path, places: Iterable[int]) -> tuple[float, int] | None:
        """Which of these seconds of a sound was heard most surely: when, and its place in the sound."""
        if (sound := self._sound(path)) is None:
            return None
        score, at_s, place = max((*self._look_for(path, sound, place), place) for place in places)
        return (at_s, place) if score >= SURE else None

    def _look_for(self, path: Path, sound: Samples, place: int) -> tuple[float, float]:
        """The best score so far, and where (s)."""
        mark = sound[place : place + RATE]
        upto, best, best_s = self._found.get((path, place), (0, 0.0, 0.0))
        at_s, score = find(self.heard[upto:], mark, 1.0)
        best, best_s = max((best, best_s), (score, upto / RATE + at_s))
        upto = max(upto, len(self.heard) - len(mark) + 1)  # from there on it did not fit whole yet
        self._found[path, place] = upto, best, best_s
        return best, best_s

    def _sound(self, path: Path) -> Samples | None:
        if path not in self._sounds and path.exists():
            self._sounds[path] = sound_files.read(path)
        return self._sounds.get(path)


class Ear:
    """What one caller hears, and the sentences to be found in it."""

    def __init__(self, settings: Settings, heard: Path) -> None:
        """`heard`: the recording, which may not be there yet."""
        self._settings, self._hearing = settings, Hearing(heard)
        speaking = voices(settings)
        self._voices = {language: voice.name for language, voice in speaking.items()}
        for voice in speaking.values():
            voice.close()

    def at(self, path: Path) -> float | None:
        """When this sound began to be heard (s); None: not yet."""
        return self._hearing.begun_at(path)

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
            self._hearing.listen()
            return self.at(path)

        return await eventually(look, 40, lambda: path.stem)

    async def hears_until(self, at_s: float) -> None:
        """Wait until so much of the call was heard (s), silence too."""
        heard = self._hearing
        await eventually(lambda: len(heard.listen()) > at_s * RATE or None, 40, lambda: f"{at_s} s are not heard")

    def forget(self) -> None:
        """Begin anew from here."""
        self._hearing.forget()
