"""Words that were not understood for certain, and when they may be kept: only of callers who agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.heard import Level
from ivr.voice_activity import RATE

LOUD, QUIET = 0.9, 0.1
"""Quantiles of the frames' power that stand for speech and for the line."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """One utterance."""

    at: datetime
    language: Language
    node: str
    """Where in the menu it was said."""
    heard: str | None
    """The likeliest phrase, however unlikely."""
    level: Level
    confidence: float
    options: Mapping[str, tuple[str, ...]]
    """Keys that could be pressed there, each with what may be said instead."""
    sound: NDArray[np.int16]
    """8 kHz."""


def may_be_kept(recording: str, ended: bool, agreed: bool | None) -> bool | None:
    """Whether a call's words may be kept; None: it is not known yet.

    `recording`: as the call's row says it: who was told of the recording on this call and did not refuse is `armed`.
    `agreed`: what the citizen said for good, if they are known and were asked. A refusal counts, whenever it was said;
    a consent of another day does not stand for the notice, which says who records this call, what for, and that one
    may refuse.
    """
    if recording == "refused" or agreed is False:
        return False
    if recording in {"armed", "archived"}:
        return True
    return False if ended else None


def signal_to_noise_db(sound: NDArray[np.int16]) -> float | None:
    """How much louder the speech is than the line (dB), by the power of pieces of 20 ms; None for too little sound."""
    size = RATE // 50
    frames = sound[: len(sound) // size * size].reshape(-1, size).astype(np.float64)
    if len(frames) < 5:
        return None
    power = (frames**2).mean(axis=1) + 1.0
    speech, line = np.quantile(power, LOUD), np.quantile(power, QUIET)
    return float(10 * np.log10(speech / line))
