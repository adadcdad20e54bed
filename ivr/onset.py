"""When it is certain that a caller says words: what may stop a prompt, and what may not.

A cough, a door, music or noise can be as loud as a word and as long. So the acoustic model is asked: some phones in
a row of which it is sure, or the beginning of a phrase that is expected here, are words. What the caller's line only
gives back of the prompt itself is not.
"""

from __future__ import annotations

import logging
import time
import wave
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from contact_centre.errors import BadInput
from contact_centre.model import Language
from ivr.acoustic.features import as_sound, log_mel, without_the_line
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.scoring import phrase_scores, sure_phones
from ivr.echo import share_of_echo
from ivr.voice_activity import RATE

if TYPE_CHECKING:  # a house without onnxruntime has keys
    from ivr.acoustic.model_file import AcousticModel

log = logging.getLogger("ivr.listening")

LOOKED_AT = RATE
"""So much of the latest sound is judged (samples)."""
PHONES = 4
"""So many phones that are sure are words."""
BEGINNING, FITS = 4, -0.5
"""So many first phones of an expected phrase are words when they fit this well (nats for each phone, 0 is perfect)."""
ECHO = 0.75
"""A share of the energy from which sound is the prompt's own."""
LONGEST_ECHO_S, AHEAD_S = 3.0, 0.15
"""The longest delay of an echo, with a busy machine's in playing and in reading, and by how much earlier than our own
clock says something may have been played (s)."""


@dataclass
class Playing:
    """What is being played to the caller: files (without extension), one behind another from now on."""

    files: tuple[str, ...]
    began_at: float = field(default_factory=time.monotonic)
    until: float | None = None
    """When it was over, by itself or stopped."""
    _sound: NDArray[np.int16] | None = None

    def over(self) -> None:
        """It plays no more."""
        self.until = self.until or time.monotonic()

    def matters(self, now: float) -> bool:
        """Whether there is a prompt to be stopped, or its echo may still come."""
        return self.until is None or now < self.until + LONGEST_ECHO_S + LOOKED_AT / RATE

    def until_now(self, seconds: float, now: float) -> NDArray[np.int16]:
        """What was played in the last seconds, and would be in the next `AHEAD_S`; silence where nothing was."""
        if self._sound is None:
            self._sound = np.concatenate([_read(file) for file in self.files]) if self.files else _NOTHING
        first = round((now - self.began_at - seconds) * RATE)
        last = first + round((seconds + AHEAD_S) * RATE)
        played = np.zeros(last - first, np.int16)
        end = len(self._sound) if self.until is None else round((self.until - self.began_at) * RATE)
        piece = self._sound[max(0, first) : max(0, min(last, end))]
        start = max(0, -first)
        played[start : start + len(piece)] = piece
        return played


class Onset:
    """Judges the sound of callers. Safe to use from several threads."""

    def __init__(self, model: AcousticModel) -> None:
        """Ask this model."""
        self._model = model

    def is_words(self, sound: NDArray[np.int16], phrases: tuple[str, ...], language: Language) -> bool:
        """Whether words are among the latest sound (8 kHz)."""
        frames = without_the_line(log_mel(as_sound(sound[-LOOKED_AT:])))
        if not len(frames):
            return False
        found = self._model.log_probabilities(frames)
        if len(sure_phones(found)) >= PHONES:
            return True
        expected = _beginnings(phrases, language)
        scores = phrase_scores(found, expected)
        return any(score / len(phones) > FITS for score, phones in zip(scores, expected, strict=True))

    def is_echo(self, sound: NDArray[np.int16], playing: Playing, now: float) -> bool:
        """Whether the latest sound is what was played; `now`: when its last sample came (s, monotonic)."""
        latest = sound[-LOOKED_AT:]
        played = playing.until_now(len(latest) / RATE + LONGEST_ECHO_S, now)
        return share_of_echo(latest, played) > ECHO


_NOTHING = np.zeros(0, np.int16)


@lru_cache(maxsize=512)
def _beginnings(phrases: tuple[str, ...], language: Language) -> tuple[tuple[int, ...], ...]:
    found: dict[tuple[int, ...], None] = {}
    for phrase in phrases:
        try:
            ways = pronunciations(phrase, language)
        except BadInput:  # the recogniser says so where it matters
            continue
        found |= dict.fromkeys(tuple(way[:BEGINNING]) for way in ways if len(way) >= BEGINNING)
    return tuple(found)


def _read(file: str) -> NDArray[np.int16]:
    try:
        with wave.open(f"{file}.wav", "rb") as sound:
            if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE):
                return np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    except (OSError, EOFError, wave.Error):
        log.warning("a prompt cannot be read: its echo is not known")
    return _NOTHING
