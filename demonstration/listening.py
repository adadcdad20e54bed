"""P. Finds what was played in what was heard: prompts by normalised cross-correlation, tones, loudness.

Samples are 8 kHz mono. The telephone path (µ-law, jitter) leaves a prompt's correlation with itself at 0.9 or more;
two different sentences of one voice stay below about 0.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8000
SURE = 0.8
"""A score from which a prompt counts as heard."""
SHORTEST_S = 0.25
"""Prompts shorter than this are not looked for: too little to be told apart."""
MARK_S = 1.0
"""How much of a prompt's beginning is looked for."""
WINDOW = 32768
"""Samples looked through at once (4 s); a mark may be at most half of it."""
STEP = RATE // 10
AGREES = 0.6
"""A step of 100 ms with at least this correlation still belongs to the prompt."""
FORGIVEN = 2
"""So many steps in a row may disagree: a lost packet, or a telephone event, is not the end of a prompt."""
QUIET = 60.0
"""Below this root mean square, of 32768, there is nothing to compare."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt that was heard."""

    name: str
    at_s: float
    """Where it begins in the recording (s)."""
    score: float
    """Correlation of its beginning, 0 to 1."""
    lasted_s: float
    """How much of it was played (s): less than its length when it was cut short."""


def find(heard: Samples, prompt: Samples, mark_s: float = 2.0) -> tuple[float, float]:
    """Where `prompt` fits best in `heard` by its first `mark_s` seconds: (at_s, score); score 0 when too short."""
    mark = prompt[: int(mark_s * RATE)]
    best = (0.0, 0.0)
    if len(mark) > len(heard) or len(mark) < SHORTEST_S * RATE:
        return best
    size = min(WINDOW, 1 << (len(heard) - 1).bit_length())
    ready, hop = _Mark(mark, size), WINDOW - len(mark)
    for start in range(0, len(heard) - len(mark) + 1, hop):
        window = heard[start : start + WINDOW]
        scores = ready.scores(np.fft.rfft(window, size), _squares(window))
        if len(scores):
            at = int(np.argmax(scores))
            best = max(best, ((start + at) / RATE, float(scores[at])), key=lambda found: found[1])
    return best


def played_for(heard: Samples, prompt: Samples, at: int) -> int:
    """How many samples of `prompt`, begun at sample `at`, were played before something else was."""
    length = min(len(prompt), len(heard) - at)
    lasted = wrong = 0
    for start in range(0, length, STEP):
        ours, theirs = prompt[start : start + STEP], heard[at + start : at + start + STEP]
        count = min(len(ours), len(theirs))
        if loudness(ours) < QUIET:
            continue  # a pause tells nothing
        if _correlation(ours[:count], theirs[:count]) >= AGREES:
            lasted, wrong = start + count, 0
        elif (wrong := wrong + 1) > FORGIVEN:
            return lasted
    return length if not wrong else lasted


def loudness(samples: Samples) -> float:
    """Root mean square, of 32768; 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def tone_share(samples: Samples, hz: float) -> float:
    """Which share of the sound's energy is a tone of `hz`, 0 to 1 (Goertzel's sum as one product)."""
    energy = float(np.sum(np.square(samples, dtype=np.float64)))
    if energy == 0.0:
        return 0.0
    wave = np.exp(-2j * np.pi * hz / RATE * np.arange(len(samples)))
    return min(1.0, 2 * abs(complex(np.dot(samples, wave))) ** 2 / (len(samples) * energy))


class Listener:
    """Names prompts while the recording still grows: give it what is new, it says what it has recognised."""

    def __init__(self, prompts: Mapping[str, Samples]) -> None:
        """`prompts`: by name; those too short to be told apart are left out."""
        self._prompts = {name: sound for name, sound in prompts.items() if len(sound) >= SHORTEST_S * RATE}
        self._marks = {name: _Mark(sound[: int(MARK_S * RATE)]) for name, sound in self._prompts.items()}
        self._heard: Samples = np.zeros(0, np.float32)
        self._from = 0
        self._offset = 0
        self.playing: Heard | None = None
        """What seems to be playing just now; it may still turn out to be another with the same beginning."""

    def hear(self, samples: Samples, *, end: bool = False) -> list[Heard]:
        """Take in what followed; gives each prompt once it is over or cut short. `end`: nothing more will come."""
        self._heard = np.concatenate([self._heard, samples])
        self.playing = None
        found = []
        while (one := self._next(end)) is not None:
            found.append(one)
        spare = self._from - RATE
        if spare > 10 * RATE:  # what is behind us is not needed again
            self._heard, self._from, self._offset = self._heard[spare:], self._from - spare, self._offset + spare
        return found

    def _next(self, end: bool) -> Heard | None:
        ahead = self._heard[self._from :]
        if len(ahead) < (SHORTEST_S if end else MARK_S + 0.5) * RATE:
            return None
        window = ahead[:WINDOW]
        first: dict[str, tuple[int, float]] = {}
        if loudness(window) >= QUIET / 2:
            spectrum, squares = np.fft.rfft(window, WINDOW), _squares(window)
            for name, mark in self._marks.items():
                scores = mark.scores(spectrum, squares)
                sure = np.flatnonzero(scores >= SURE)
                if len(sure):
                    near = scores[sure[0] : sure[0] + STEP]
                    first[name] = (int(sure[0] + np.argmax(near)), float(near.max()))
        if not first:
            behind = len(window) - int((MARK_S + 0.5) * RATE)
            self._from += max(behind, 0)
            return self._next(end) if len(ahead) > len(window) else None
        start = min(at for at, _ in first.values())
        rivals = {name: found for name, found in first.items() if found[0] - start < STEP}
        lasted = {name: played_for(ahead, self._prompts[name], at) for name, (at, _) in rivals.items()}
        name = max(rivals, key=lambda rival: (lasted[rival], rivals[rival][1]))
        at, score = rivals[name]
        heard = Heard(name, (self._offset + self._from + at) / RATE, score, lasted[name] / RATE)
        if not end and at + lasted[name] >= len(ahead) - (FORGIVEN + 1) * STEP and heard.lasted_s < self.length_s(name):
            self.playing = heard  # what it is, and for how long, is known when it is over
            return None
        self._from += at + max(lasted[name] - STEP, STEP)  # the last step may be the next prompt's first already
        return heard

    def length_s(self, name: str) -> float:
        """How long a prompt is when nobody cuts it short (s)."""
        return len(self._prompts[name]) / RATE


class _Mark:
    """A prompt's beginning, ready to be looked for in a window of so many samples (a power of two) or fewer."""

    def __init__(self, sound: Samples, window: int = WINDOW) -> None:
        self._window, self._length = window, len(sound)
        self._norm = max(float(np.linalg.norm(sound)), 1.0)
        self._spectrum = np.conj(np.fft.rfft(sound, window))

    def scores(self, spectrum: NDArray[np.complexfloating], squares: NDArray[np.float64]) -> Samples:
        """Normalised correlation at every place of the window where the mark fits whole; empty when it fits nowhere.

        `squares`: the running sum of the window's squares.
        """
        places = len(squares) - self._length
        if places < 1:
            return np.zeros(0, np.float32)
        product = np.fft.irfft(spectrum * self._spectrum, self._window)[:places]
        energy = squares[self._length :] - squares[:places]
        return np.asarray(product / (np.sqrt(np.maximum(energy, self._length * QUIET**2 / 4)) * self._norm), np.float32)


def _squares(window: Samples) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.square(window, dtype=np.float64))])


def _correlation(ours: Samples, theirs: Samples) -> float:
    norm = float(np.linalg.norm(ours) * np.linalg.norm(theirs))
    return float(np.dot(ours, theirs)) / norm if norm else 0.0
