"""What passes between the dialogue and whoever speaks and listens for it: inputs one way, actions the other.

Speech has its seam here: `Ask.choices` carries what may be said instead of each key, `Ask.phrases` the same as a
grammar for a recogniser, and what it heard comes back as `Said`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language
from ivr.heard import Heard
from ivr.sentences import Sentences

# ---- what is said


@dataclass(frozen=True, slots=True)
class Prompt:
    """A fixed prompt: a studio recording, or synthesised when the house is set up."""

    id: str
    language: Language


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that may change (a fee, an opening time): synthesised once for each wording."""

    text: str
    language: Language


Part = Prompt | Spoken

# ---- inputs: what happened


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys were pressed; empty: only `#`, to end or to repeat."""

    digits: str
    heard_s: float = 0.0
    """How long the words before it had been playing (s)."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words were said; one that was nothing like any phrase has the level `reject`."""

    heard: Heard
    heard_s: float = 0.0
    """How long the words before it had been playing (s)."""


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was pressed or said in time."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone."""

    heard_s: float = 0.0
    """How long the last thing said had been playing (s)."""


@dataclass(frozen=True, slots=True)
class CaseFound:
    """A case, for a caller who knew the check."""

    case_id: int
    agency: str
    service: str | None
    status: str


@dataclass(frozen=True, slots=True)
class CaseNotFound:
    """No such case, or the check was wrong: nobody learns which."""


@dataclass(frozen=True, slots=True)
class CaseUnavailable:
    """The records cannot be reached just now."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """The call has been with the machine for very long."""


@dataclass(frozen=True, slots=True)
class CannotSpeak:
    """Something that had to be said could not be made into sound."""


Input = Keys | Said | NoInput | HungUp | CaseFound | CaseNotFound | CaseUnavailable | Overdue | CannotSpeak

# ---- actions: what to do, in order


@dataclass(frozen=True, slots=True)
class Say:
    """Say this; a key stops it and means nothing else."""

    parts: tuple[Part, ...]
    whole: bool = False
    """No key stops it: it is the last thing before the call ends, and whoever presses a key is still there."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Say this, stop at the first key, and give back what was pressed."""

    parts: tuple[Part, ...]
    digits: int = 1
    """How many keys are collected; `#` ends sooner."""
    timeout_s: float = 5.0
    """How long to wait for the first key, and between two (s)."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys that lead somewhere, each with what may be said instead."""
    language: Language = "en"
    """In which an answer is expected; the words of the other one may come too."""
    sentences: Sentences | None = None
    """Whole sentences that may be said too, about anything in the menu and in either language."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """What may be said, each once: the grammar for a recogniser."""
        return tuple(dict.fromkeys(phrase for phrases in self.choices.values() for phrase in phrases))


@dataclass(frozen=True, slots=True)
class LookUpCase:
    """Find a case; the answer is CaseFound, CaseNotFound or CaseUnavailable."""

    reference: str
    id_last4: str


@dataclass(frozen=True, slots=True)
class Speak:
    """From here on the call is in this language (and the dialplan is told)."""

    language: Language


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the language for the next call from this number."""

    language: Language


@dataclass(frozen=True, slots=True)
class Record:
    """Put a fact into the journal."""

    kind: Kind
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leave:
    """The machine is done: tell the dialplan how it ended and what was learned."""

    result: IvrResult
    language: Language
    queue: str = "general"
    skills: tuple[str, ...] = ()
    priority: int = 0
    agency: str = ""
    service: str = ""
    case_id: int | None = None
    waiting_since: float | None = None
    """Since when the caller waits (seconds since 1970, UTC), where it is a place of an earlier call."""


Action = Say | Ask | LookUpCase | Speak | Remember | Record | Leave
