"""A second network that knows ten English words, the digits, as whole words.

The network of phones learned English digits from four people, and misses those of whoever speaks otherwise. This one
begins with layers that others trained on a great many speakers, the speech embedding by Google (Lin et al., "Training
Keyword Spotters with Limited and Synthesized Speech Data", 2020; Apache-2.0), and only its last layers are ours. It
gives the probability of each digit every 80 ms, blank in between (CTC); every other word is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.acoustic.features import FFT, RATE, Floats, loudest, triangles
from ivr.acoustic.model_file import session_of
from ivr.acoustic.phones import BLANK
from ivr.acoustic.scoring import EDGE_COST, phrase_scores
from ivr.spoken_digits import ONES, ONES_EN

WORDS: dict[str, int] = {word: place for place, word in enumerate((*ONES_EN, "oh"), 1)}
"""The network's output for each word; 0 is the blank."""
_FIGURES = {place: ONES[word] for word, place in WORDS.items()}

SHIPPED = Path(__file__).parent / "data" / "huduma-digits.onnx"
BANDS, LOWEST_HZ, HIGHEST_HZ = 32, 60.0, 3800.0
SPAN, STRIDE = 76, 8
"""Frames that one of its outputs has seen, and frames between two (10 ms each)."""
TOP, DEPTH = 11.7, 8.0
"""Where the loudest sound lies and how far below it silence, in the embedding's own unit (10 dB)."""
MADE_FOR = {"huduma.words": " ".join(WORDS), "huduma.level": f"Slaney {BANDS} bands, loudest {TOP}, depth {DEPTH}"}
"""What the file's own metadata must say."""
UNIT = np.float32(1 / np.log(10))
"""Of a natural logarithm of power."""


def bank(warp: float | Floats = 1.0) -> Floats:
    """Give the weights of the embedding's bands (points of the spectrum, bands); `warp` as in `features.bank`.

    Slaney's scale ("Auditory Toolbox", 1998: even steps up to 1 kHz, logarithmic above) with bands of one area.
    """
    edges = _hz(np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2))
    area = (edges[2:] - edges[:-2]) / 200
    return np.asarray(triangles(np.arange(FFT // 2 + 1) * RATE / FFT * warp, edges) / area, dtype=np.float32)


def _mel(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))


def _hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((mel - 15) / 27))


def levelled(frames: Floats) -> Floats:
    """Bring the loudest sound of (frames, bands), natural logarithms of power, to where the embedding expects it.

    The line's own noise, the mean of the quietest tenth, is put around it, so that every output has its whole span.
    """
    loudness = frames.max(axis=1)
    level = np.maximum((frames - loudest(loudness)) * UNIT + TOP, TOP - DEPTH)
    quiet = level[np.argsort(loudness)[: max(1, len(frames) // 10)]].mean(axis=0)
    around = np.tile(quiet, (SPAN // 2, 1))
    return np.concatenate([around, level, around]).astype(np.float32)


def what_it_hears(log_probabilities: NDArray[np.float32], phrases: Sequence[str]) -> NDArray[np.float64]:
    """Give each phrase's score by the ear (nats, 0 is perfect): a digit's own, or that there is no digit.

    `log_probabilities`: (outputs, words).
    """
    relative = log_probabilities - log_probabilities.max(axis=1, keepdims=True)
    nothing = float(np.maximum(relative[:, 0], -EDGE_COST).sum())
    digits = phrase_scores(log_probabilities, [(place,) for place in WORDS.values()])
    score = dict(zip(WORDS, digits.tolist(), strict=True))
    score["zero"] = max(score["zero"], score["oh"])
    return np.array([score.get(phrase, nothing) for phrase in phrases])


def digits_heard(log_probabilities: NDArray[np.float32]) -> str:
    """Give the digits one after another, each where it is likelier than anything else.

    `log_probabilities`: (outputs, words).
    """
    best = log_probabilities.argmax(axis=1)
    new = (best != BLANK) & (best != np.concatenate([[BLANK], best[:-1]]))
    return "".join(_FIGURES[place] for place in best[new])


class DigitEar:
    """The network. Safe to call from several threads."""

    def __init__(self, path: Path = SHIPPED) -> None:
        """Load it.

        Raises:
            FileMistake: it is missing, damaged, too large, or not made for this program.
        """
        self._session = session_of(path, MADE_FOR)

    def log_probabilities(self, frames: Floats) -> NDArray[np.float32]:
        """Give (outputs, words), an output for every 80 ms, for (frames, bands) by `bank`."""
        if not len(frames):
            return np.zeros((0, len(WORDS) + 1), np.float32)
        return self.of_level(levelled(frames))

    def of_level(self, level: Floats) -> NDArray[np.float32]:
        """The same for what `levelled` gives."""
        (given,) = self._session.run(None, {"level": level[None]})
        return np.asarray(given[0], dtype=np.float32)
