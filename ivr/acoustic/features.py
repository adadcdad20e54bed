"""What the network sees: 40 log-mel bands from 100 to 3,800 Hz, every 10 ms, of 8 kHz sound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples a second."""
HOP, WINDOW, FFT, BANDS = 80, 200, 256, 40
"""Samples between frames, samples in a frame, points of its spectrum, bands."""
LOWEST_HZ, HIGHEST_HZ = 100.0, 3800.0
STRIDE = 3
"""Frames of features for one of the network's."""
FLOOR = 1e-7
"""Power below which a band is silent (full scale is 1)."""

LOUDEST_FRAMES = 10
FLOOR_DB, SPOKEN_DB = 38.0, 20.0
"""Below the loudest: where silence begins, and down to where a frame counts as speech (dB)."""
NATS_OF_A_DB = np.float32(np.log(10) / 10)

Floats = NDArray[np.float32]


def _mel(hz: Any) -> Any:
    return 1127.0 * np.log1p(hz / 700.0)


def bank(warp: float | Floats = 1.0) -> Floats:
    """Give the bands' weights (points of the spectrum, bands).

    `warp` stretches the scale as another throat would; one for each point bends it.
    """
    edges = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2)
    return np.asarray(triangles(_mel(np.arange(FFT // 2 + 1) * RATE / FFT * warp), edges), dtype=np.float32)


def triangles(at: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (places, bands): each band rises from its edge to the next one and falls to the one behind that."""
    rising = (at[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - at[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling))


_BANK = bank()
_SHAPE = np.hanning(WINDOW).astype(np.float32)


def as_sound(pcm: NDArray[np.int16]) -> Floats:
    """Give 16-bit samples as numbers from -1 to 1."""
    return np.asarray(pcm, dtype=np.float32) / np.float32(32768)


def log_mel(samples: Floats, bands: Floats = _BANK) -> Floats:
    """Give (frames, bands) for samples from -1 to 1; whole frames only."""
    if len(samples) < WINDOW:
        return np.zeros((0, bands.shape[1]), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] * _SHAPE
    spectrum = np.fft.rfft(frames, FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(np.log(power @ bands + FLOOR), dtype=np.float32)


def without_the_line(features: Floats) -> Floats:
    """Take away what the line and the loudness add, which is the same in every frame.

    The reference is the loudest tenth of a second. What lies FLOOR_DB below it is silence, so that a clean line looks
    like a noisy one; and each band's mean is taken over the frames in which somebody speaks, so that it does not
    matter how much silence stands around the words.
    """
    if not len(features):
        return features
    loudness = features.max(axis=1)
    reference = loudest(loudness)
    floored = np.logaddexp(features, reference - NATS_OF_A_DB * FLOOR_DB)
    spoken = floored[loudness >= reference - NATS_OF_A_DB * SPOKEN_DB]
    return np.asarray(floored - spoken.mean(axis=0, keepdims=True), dtype=np.float32)


def loudest(loudness: Floats) -> np.float32:
    """Give what the loudest tenth of a second reaches, of the loudness of each frame (one at least)."""
    place = min(LOUDEST_FRAMES, len(loudness))
    return np.float32(np.partition(loudness, -place)[-place])


class FrameStream:
    """Makes frames as sound arrives, so that nothing is left to do when the caller stops."""

    def __init__(self, bands: Floats = _BANK) -> None:
        """Begin with no sound. `bands`: the weights of the bands that are made (points of the spectrum, bands)."""
        self._bands = bands
        self._rest: Floats = np.zeros(0, np.float32)
        self._frames: list[Floats] = []

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the next samples (8 kHz)."""
        self._rest = np.concatenate([self._rest, as_sound(pcm)])
        frames = log_mel(self._rest, self._bands)
        if len(frames):
            self._frames.append(frames)
            self._rest = self._rest[len(frames) * HOP :]

    def frames(self) -> Floats:
        """Give (frames, bands) as they are; no frames when there was too little sound."""
        return np.concatenate(self._frames) if self._frames else np.zeros((0, self._bands.shape[1]), np.float32)

    def features(self) -> Floats:
        """Give (frames, bands), each band's mean taken away."""
        return without_the_line(self.frames())
