"""Is this speech? WebRTC's detector, with a guard: what is no louder than the line's own noise is none."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque

import numpy as np
import webrtcvad
from numpy.typing import NDArray

RATE, FRAME = 8000, 160
"""Samples a second; samples judged at once (20 ms)."""
STRICTNESS = 3
"""WebRTC's mode: 0 takes almost any sound for speech, 3 the least."""
ABOVE_NOISE_DB = 6.0
"""Speech is so much louder than the quietest tenth of the last seconds."""
REMEMBERED = 150
"""Frames by which the line's noise is known (3 s)."""
UNKNOWN_DB, KNOWN_AFTER = -30.0, 10
"""The line's noise before it is known, and the frames after which it is."""
QUIETEST_DB = -55.0
"""Below this (full scale is 0) nobody speaks."""


class VoiceActivity:
    """Follows one caller's sound."""

    def __init__(self, above_noise_db: float = ABOVE_NOISE_DB) -> None:
        """Begin with a line of which nothing is known."""
        self._detector = webrtcvad.Vad(STRICTNESS)
        self._levels: deque[float] = deque()
        self._by_level: list[float] = []
        self._rest = np.zeros(0, np.int16)
        self._above_noise_db = above_noise_db

    def accept(self, pcm: NDArray[np.int16]) -> list[bool]:
        """Take the next samples (8 kHz); give for each whole frame of 20 ms whether it is speech."""
        sound = np.concatenate([self._rest, pcm])
        whole = len(sound) // FRAME * FRAME
        self._rest = sound[whole:]
        return [self._is_speech(sound[at : at + FRAME]) for at in range(0, whole, FRAME)]

    def _is_speech(self, frame: NDArray[np.int16]) -> bool:
        # heard even where it is too quiet to matter: the detector learns the line's noise from every frame, and what
        # hears the loud ones alone takes the noise after the words for more words
        sounds_like_speech = bool(self._detector.is_speech(frame.tobytes(), RATE))
        level = float(10 * np.log10(np.mean((frame / 32768.0) ** 2) + 1e-12))
        noise = self._noise_with(level)
        return sounds_like_speech and level > max(QUIETEST_DB, min(noise, -25.0) + self._above_noise_db)

    def _noise_with(self, level: float) -> float:
        """Remember this frame's level; give the quietest tenth's of those that are remembered."""
        if len(self._levels) == REMEMBERED:
            del self._by_level[bisect_left(self._by_level, self._levels.popleft())]
        self._levels.append(level)
        insort(self._by_level, level)
        if len(self._levels) < KNOWN_AFTER:
            return UNKNOWN_DB
        return self._by_level[(len(self._by_level) - 1) // 10]
