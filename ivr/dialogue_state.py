"""What a dialogue knows: what is so for the whole call, and where the call is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from citizen_services.catalogue import Text
from contact_centre.model import Language
from ivr.meaning import Meaning
from ivr.regained_place import Place
from ivr.turns import Action, CaseFound

LANGUAGE_NODE = "language"
"""Where a caller is who has not chosen a language yet; no node of the menu has this name."""
FALLBACK: Language = "en"
"""The language of a caller who never chose one; the dialplan's `[failed]` agrees."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is so for the whole call."""

    entry: str = "main"
    """`main`, or the two digits dialled behind the prefix."""
    today: date = date.min
    remembered: Language | None = None
    """The language of the last call from this number."""
    closed: Text | None = None
    """None: people answer now. Otherwise the sentence that says when they will."""
    emergency: Text | None = None
    """An announcement for everyone who calls just now."""
    place: Place | None = None
    """Where in line the last call from this number was cut off, a short time ago."""
    callbacks: bool = False
    """Who wants a person outside hours may ask to be called back."""
    listening: bool = False
    """Words are understood on this call, and callers are told so."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a call is in the dialogue."""

    node: str = LANGUAGE_NODE
    language: Language | None = None
    back: tuple[str, ...] = ()
    strikes: int = 0
    silences: int = 0
    """So often in a row nothing was said after an answer; a wrong key is a strike, not a silence."""
    turns: int = 0
    helped: bool = False
    """Something the caller asked for was told, as certain."""
    hearing: bool = False
    """A certain answer is being told: whoever hears enough of it is helped."""
    doubt: tuple[Meaning, ...] = ()
    """What the caller probably meant, while that is asked: one, or two that are near each other."""
    reference: str = ""
    """The case reference while the check is asked for."""
    callback_offered: bool = False
    """The caller was just asked whether to be called back."""
    case_tries: int = 0
    case: CaseFound | None = None
    left: bool = False


Step = tuple[State, tuple[Action, ...]]
