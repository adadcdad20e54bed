"""A telephone line for a whole batch at once, and what the network sees of it, wherever PyTorch computes.

Every time another line: pace, room, handset, noise, level, coding, gaps; another throat; other moments hidden.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ivr.acoustic.features import (
    FFT,
    FLOOR,
    FLOOR_DB,
    HOP,
    LOUDEST_FRAMES,
    NATS_OF_A_DB,
    RATE,
    SPOKEN_DB,
    WINDOW,
    Floats,
)
from ivr.training.throats import throats

PACE = 0.16
"""By how much speed (and pitch with it) may differ as a whole."""
UNEVEN, PACES, PACE_FRAMES = 0.6, (0.7, 1.4), 16
"""How often the pace changes within an utterance; between what; how long each lasts (10 ms)."""
NOISE_DB = (3.0, 40.0)
"""Signal to noise."""
LEVEL_DB = (-26.0, -1.0)
"""Of the loudest sample, full scale being 0."""
ROOM_S = 0.35
"""The longest echo of a room."""
BABBLERS = 4
POINTS_HZ = (0, 500, 1200, 2200, 4000)
"""Where a handset's slope is bent."""


class Line:
    """Spoils batches, each row in its own way."""

    def __init__(
        self, babble: NDArray[np.int16], seed: int, device: torch.device, bands: Sequence[Floats] | None = None
    ) -> None:
        """`babble`: speech, pieces of which are other voices around the caller; `bands`: of each throat there is."""
        self._device = device
        self._chance = torch.Generator(device).manual_seed(seed)
        self._babble = torch.from_numpy(np.array(babble)).to(device)
        self._throats = torch.from_numpy(np.stack(bands or throats(np.random.default_rng(5)))).to(device)
        self._window = torch.from_numpy(np.hanning(WINDOW).astype(np.float32)).to(device)

    def seen(self, sound: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Give what the network sees, (rows, frames, bands), and the frames of each row.

        `sound`: (rows, samples); `lengths`: the samples of each row.
        """
        frames, counts = self.frames(sound, lengths)
        return self._hidden(without_the_line(frames, counts), counts), counts

    def frames(self, sound: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """As `log_mel`, by a throat of its own for each row, and the frames of each row."""
        heard, lengths = self.told(sound, lengths)
        pieces = heard.unfold(1, WINDOW, HOP) * self._window
        spectrum = torch.fft.rfft(pieces, FFT)
        power = spectrum.real**2 + spectrum.imag**2
        throat = self._throats[self._whole(0, len(self._throats), len(heard))]
        bands = torch.log(torch.bmm(power, throat) + FLOOR)
        return self._at_uneven_pace(bands, (lengths - WINDOW) // HOP + 1)

    def _hidden(self, frames: Tensor, counts: Tensor) -> Tensor:
        """Without a few bands and moments, so that no one of them is relied on, and all that is beyond the end."""
        rows, longest, bands = frames.shape
        band, now = torch.arange(bands, device=self._device), torch.arange(longest, device=self._device)
        shown = (now < counts[:, None])[:, :, None]
        for often in (2 / 3, 1 / 3):
            first, width = self._whole(0, bands - 6, rows)[:, None], self._whole(1, 7, rows)[:, None]
            covers = (band >= first) & (band < first + width) & (self._some(often, rows)[:, None])
            shown = shown & ~covers[:, None, :]
        begins = self._share(rows, longest) < self._share(rows, 1) / 75
        length = self._whole(1, 8, rows, longest)
        for later in range(7):
            covered = begins[:, : longest - later] & (length[:, : longest - later] > later)
            shown[:, later:] = shown[:, later:] & ~covered[:, :, None]
        return frames * shown

    def told(self, sound: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Give what arrives of what was said, and the samples of each row."""
        rows = len(sound)
        heard, lengths = self._said(sound, lengths)
        now = torch.arange(heard.shape[1], device=self._device)
        within = now < lengths[:, None]
        size = 1 << math.ceil(math.log2(heard.shape[1] + int(ROOM_S * RATE)))
        heard = self._through(heard, size) * within
        ratio = self._between(*NOISE_DB, rows)
        added = self._noise(rows, size, heard.shape[1])
        gain = torch.sqrt(_speech_power(heard, lengths)) * 10 ** (-ratio / 20) * self._some(0.92, rows)
        heard = (heard + added * gain[:, None]) * within
        heard = _times(heard, 10 ** (self._between(*LEVEL_DB, rows) / 20) / (heard.abs().amax(1) + 1e-6))
        louder = _times(heard, self._between(1.5, 6, rows)).clamp(-1, 1) * 0.6
        heard = torch.where(self._some(0.08, rows)[:, None], louder, heard)
        loses = self._some(0.06, rows)
        for often in (1.0, 2 / 3, 1 / 3):
            begins = (self._share(rows) * lengths).long()[:, None]
            lost = (now >= begins) & (now < begins + 160) & (loses & self._some(often, rows))[:, None]
            heard = heard * ~lost
        return torch.where(self._some(0.85, rows)[:, None], _mu_law(heard), heard), lengths

    def _said(self, sound: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """At a pace of its own, with stillness around it."""
        rows = len(sound)
        pace = self._between(1 - PACE, 1 + PACE, rows)
        stills = torch.tensor([0.05, 0.2, 0.5, 1.0], device=self._device) * RATE
        before, after = (stills[self._whole(0, 4, rows)] * self._between(0.5, 1, rows) for _ in range(2))
        whole = (before + (lengths - 1) / pace + after).long().clamp(min=WINDOW)
        at = (torch.arange(int(whole.max()), device=self._device) - before[:, None]) * pace[:, None]
        return _interpolated(sound[:, :, None], at, lengths)[:, :, 0], whole

    def _through(self, heard: Tensor, size: int) -> Tensor:
        """A handset's band and slope, and in some a small room."""
        rows = len(heard)
        hz = torch.fft.rfftfreq(size, 1 / RATE, device=self._device)
        low, high = self._between(80, 350, rows)[:, None], self._between(3000, 3900, rows)[:, None]
        band = 1 / torch.sqrt((1 + (low / hz.clamp(min=1)) ** 6) * (1 + (hz / high) ** 16))
        band = torch.where(self._some(0.8, rows)[:, None], band, torch.ones_like(band))
        slope = 10 ** (self._normal(rows, len(POINTS_HZ)) * 3 @ _between_points(size, self._device) / 20)
        t = torch.arange(int(ROOM_S * RATE), device=self._device)
        length = self._between(0.05, ROOM_S, rows)[:, None] * RATE
        echoes = self._normal(rows, len(t)) * torch.exp(-6.9 * t / length) * (t < length)
        echoes = echoes * (self._between(0.02, 0.12, rows) * self._some(0.4, rows))[:, None]
        echoes[:, 0] = 1
        spectrum = torch.fft.rfft(heard, size) * band * slope * torch.fft.rfft(echoes, size)
        return torch.fft.irfft(spectrum, size)[:, : heard.shape[1]]

    def _noise(self, rows: int, size: int, length: int) -> Tensor:
        """Line noise of one of several colours, hum, or voices; its mean power is 1."""
        hz = torch.fft.rfftfreq(size, 1 / RATE, device=self._device).clamp(min=40)
        colour = hz ** -self._between(0, 1.2, rows)[:, None]
        hiss = torch.fft.irfft(torch.fft.rfft(self._normal(rows, size)) * colour, size)[:, :length]
        hiss = _times(hiss, 1 / hiss.std(dim=1))
        t = torch.arange(length, device=self._device) * (2 * math.pi * 50 / RATE)
        hum = torch.sin(t) + torch.sin(3 * t)
        hiss = hiss + hum * (self._between(0.3, 2, rows) * self._some(0.1, rows))[:, None]
        if len(self._babble) > 2 * length:
            starts = self._whole(0, len(self._babble) - length, rows, BABBLERS)
            at = starts[:, :, None] + torch.arange(length, device=self._device)
            voices = self._babble[at].float().sum(1)
            hiss = torch.where(self._some(0.3, rows)[:, None], voices, hiss)
        return _times(hiss, 1 / (torch.sqrt((hiss**2).mean(1)) + 1e-9))

    def _at_uneven_pace(self, frames: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
        """Draw out some moments and hurry others."""
        rows, longest, _ = frames.shape
        longest = math.ceil(longest / PACES[0])
        paces = self._between(*PACES, rows, longest // PACE_FRAMES + 2)
        paces = torch.where(self._some(UNEVEN, rows)[:, None], paces, torch.ones_like(paces))
        steps = torch.nn.functional.interpolate(
            paces[:, None], size=(longest // PACE_FRAMES + 1) * PACE_FRAMES + 1, mode="linear", align_corners=True
        )[:, 0, :longest]
        at = torch.cumsum(steps, 1) - steps[:, :1]
        paced = (at < counts[:, None] - 1).sum(1)
        return _interpolated(frames, at[:, : int(paced.max())], counts), paced

    def _share(self, *size: int) -> Tensor:
        return torch.rand(size, generator=self._chance, device=self._device)

    def _between(self, low: float, high: float, *size: int) -> Tensor:
        return low + (high - low) * self._share(*size)

    def _some(self, often: float, *size: int) -> Tensor:
        return self._share(*size) < often

    def _normal(self, *size: int) -> Tensor:
        return torch.randn(size, generator=self._chance, device=self._device)

    def _whole(self, low: int, below: int, *size: int) -> Tensor:
        return torch.randint(low, below, size, generator=self._chance, device=self._device)


def without_the_line(frames: Tensor, counts: Tensor) -> Tensor:
    """Do for (rows, frames, bands) what `ivr.acoustic.features.without_the_line` does for one utterance."""
    within = torch.arange(frames.shape[1], device=frames.device) < counts[:, None]
    loudness = frames.amax(2).masked_fill(~within, -math.inf)
    reference = loudest(loudness, counts)
    floored = torch.logaddexp(frames, (reference - NATS_OF_A_DB * FLOOR_DB)[:, :, None])
    spoken = (loudness >= reference - NATS_OF_A_DB * SPOKEN_DB)[:, :, None]
    mean = (floored * spoken).sum(1) / spoken.sum(1)
    return (floored - mean[:, None]) * within[:, :, None]


def loudest(loudness: Tensor, counts: Tensor) -> Tensor:
    """Do for (rows, frames), -inf beyond each row's own, what `ivr.acoustic.features.loudest` does: (rows, 1)."""
    tops = loudness.topk(min(LOUDEST_FRAMES, loudness.shape[1]), dim=1).values
    return tops.gather(1, (counts.clamp(1, tops.shape[1]) - 1)[:, None])


@lru_cache(maxsize=16)
def _between_points(size: int, device: torch.device) -> Tensor:
    """How much each of POINTS_HZ counts at each frequency of a spectrum of so many samples."""
    hz = np.fft.rfftfreq(size, 1 / RATE)
    shares = [np.interp(hz, POINTS_HZ, one) for one in np.eye(len(POINTS_HZ))]
    return torch.from_numpy(np.stack(shares).astype(np.float32)).to(device)


def _interpolated(values: Tensor, at: Tensor, counts: Tensor) -> Tensor:
    """Give what lies at these places of (rows, places, n), nothing where that is outside a row's own."""
    inside = (at >= 0) & (at < counts[:, None] - 1)
    before = at.long().clamp(0, max(0, values.shape[1] - 2))
    share = (at - before)[:, :, None]
    wide = before[:, :, None].expand(-1, -1, values.shape[2])
    found = values.gather(1, wide) * (1 - share) + values.gather(1, (wide + 1).clamp(max=values.shape[1] - 1)) * share
    return found * inside[:, :, None]


def _speech_power(heard: Tensor, lengths: Tensor) -> Tensor:
    """As `ivr.training.telephone.speech_power`, of each row."""
    whole = heard.shape[1] // 160
    power = (heard[:, : whole * 160].reshape(len(heard), whole, 160) ** 2).mean(2)
    within = torch.arange(whole, device=heard.device) < (lengths // 160)[:, None]
    loud = torch.nanquantile(power.masked_fill(~within, math.nan), 0.95, dim=1, keepdim=True)
    spoken = within & (power >= loud * 10**-2.5)
    return (power * spoken).sum(1) / spoken.sum(1).clamp(min=1) + 1e-9


def _mu_law(heard: Tensor) -> Tensor:
    coded = torch.round(heard.sign() * torch.log1p(255 * heard.abs().clamp(max=1)) / math.log(256) * 127) / 127
    return coded.sign() * (256 ** coded.abs() - 1) / 255


def _times(rows: Tensor, by: Tensor) -> Tensor:
    return rows * by[:, None]
