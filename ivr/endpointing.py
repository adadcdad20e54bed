"""When a caller began and stopped speaking: `(seconds, is_speech)` in, events out. No clock: time is what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Endpoint(StrEnum):
    """What was noticed."""

    SPEECH_STARTED = "speech_started"
    """Stop the prompt: the caller speaks."""
    SPEECH_ENDED = "speech_ended"
    """The utterance is complete."""
    NO_INPUT = "no_input"
    """Nobody said anything in time."""
    TOO_LONG = "too_long"
    """The caller still speaks, and enough was heard."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each thing is waited for."""

    speech_s: float = 0.1
    """So much speech, not interrupted for `gap_s`, is a caller and no click (s)."""
    gap_s: float = 0.06
    """A pause within the first word that does not count (s)."""
    silence_s: float = 0.5
    """So much silence after speech ends the utterance (s)."""
    no_input_s: float = 4.5
    """So much silence before any speech, from when the prompt is over (s)."""
    longest_s: float = 8.0
    """The longest utterance (s)."""


MENU = Patience()
DIGITS = Patience(silence_s=1.1, longest_s=14.0)
"""People pause between groups of digits, and read eight of them out slowly."""


class Endpointer:
    """Follows one prompt: gives each event once, and nothing after the last one."""

    def __init__(self, patience: Patience = MENU) -> None:
        """Begin with no speech heard; while a prompt plays, `waiting` is False and silence does not count."""
        self.waiting = True
        self.started = False
        self.over = False
        self._patience = patience
        self._speech_s = self._silence_s = self._utterance_s = self._waited_s = 0.0

    @property
    def utterance_s(self) -> float:
        """How long ago the utterance began (s); 0 before it did. Sound from a little earlier belongs to it."""
        return self._utterance_s

    def process(self, chunk_seconds: float, is_speech: bool) -> Endpoint | None:
        """Take the next piece of sound: its length (s, above 0) and whether it was speech."""
        if self.over or chunk_seconds <= 0:
            return None
        if is_speech:
            self._speech_s += chunk_seconds
            self._silence_s = 0.0
        else:
            self._silence_s += chunk_seconds
        return self._within(chunk_seconds) if self.started else self._before(chunk_seconds)

    def _before(self, chunk_seconds: float) -> Endpoint | None:
        patience = self._patience
        if self._silence_s > patience.gap_s + 1e-9:
            self._speech_s = 0.0
        if self._speech_s >= patience.speech_s - 1e-9:
            self.started, self._utterance_s = True, self._speech_s
            return Endpoint.SPEECH_STARTED
        if self.waiting:
            self._waited_s += chunk_seconds
            if self._waited_s >= patience.no_input_s - 1e-9 and self._speech_s == 0.0:
                self.over = True
                return Endpoint.NO_INPUT
        return None

    def _within(self, chunk_seconds: float) -> Endpoint | None:
        self._utterance_s += chunk_seconds
        if self._silence_s >= self._patience.silence_s - 1e-9:
            self.over = True
            return Endpoint.SPEECH_ENDED
        if self._utterance_s >= self._patience.longest_s - 1e-9:
            self.over = True
            return Endpoint.TOO_LONG
        return None
