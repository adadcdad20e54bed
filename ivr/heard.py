"""What a recogniser made of one utterance: the value that passes from the listeners to the dialogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["act", "confirm", "reject"]
"""What the menu may do with what was heard: act on it, ask "did you say …?", or ask again."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One phrase of the grammar and its share of the belief."""

    phrase: str
    confidence: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of one utterance."""

    phrase: str | None
    """The likeliest phrase of the grammar, or the words an engine that writes down everything has heard; None when it
    was nothing like any of them."""
    confidence: float
    """From 0 to 1: how probable it is that this phrase was said."""
    level: Level
    alternatives: tuple[Alternative, ...] = ()
    """The phrases in order of belief, the heard one first; they share 1 between them."""


NOTHING = Heard(None, 0.0, "reject")
"""Silence, or too little sound to judge."""
