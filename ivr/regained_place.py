"""A caller who was cut off in the line and calls again is welcomed back to their place. A part of `menu.py`.

Whoever shares the number with others (a kiosk, an office) has no right to somebody else's place: there a key must be
pressed for it, and a silence leads to the menu.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language, agency_skill, language_skill
from ivr.nodes import AGAIN, PERSON
from ivr.turns import Action, Ask, Input, Keys, Leave, Part, Prompt, Record, Said, Speak, Spoken
from ivr.vocabulary import NO, YES, Choices

if TYPE_CHECKING:
    from ivr.dialogue_state import State, Step
    from ivr.menu import Dialogue
    from ivr.words import Wording

NODE = "welcome-back"
"""Where a caller is who may have a place back; no node of the menu has this name."""
PATIENCE_S = 3.0
"""How long a key is waited for after the words (s)."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a call had in line when it was cut off."""

    call_id: str
    language: Language
    queue: str
    waiting_since: float
    """Seconds since 1970, UTC."""
    agency: str = ""
    service: str = ""
    case_id: int | None = None
    shared: bool = False
    """Many call from this number: the place is given to whoever asks for it by key."""


def welcome_back(dialogue: Dialogue, state: State, place: Place) -> Step:
    """Say that the place is kept, and how to have the menu instead."""
    language = place.language
    emergency = dialogue.situation.emergency
    preface: tuple[Part, ...] = (
        (Spoken(emergency[language], language),) if emergency and emergency.get(language) else ()
    )
    words = Prompt("welcome-back-shared" if place.shared else "welcome-back", language)
    chosen: tuple[Action, ...] = (Speak(language), Record(Kind.LANGUAGE_CHOSEN, {"language": language}))
    asked = Ask((*preface, words), timeout_s=PATIENCE_S)
    return replace(state, node=NODE, language=language), (*chosen, asked)


def may_say(wording: Wording, language: Language) -> Choices:
    """Yes or no, and a person, who is behind the place in line."""
    yes, no, person = (wording.said[name][language][:2] for name in ("agree", "refuse", "person"))
    return {YES: yes, NO: no, PERSON: person}


def welcome_back_step(dialogue: Dialogue, state: State, place: Place, event: Input) -> Step:
    """Into the line at the old place, or on with the menu."""
    key = event.digits if isinstance(event, Keys) else ""
    if isinstance(event, Said) and event.heard.level != "reject":
        said = may_say(dialogue.menu.wording, place.language)
        key = next((key for key, phrases in said.items() if event.heard.phrase in phrases), "")
    if isinstance(event, Keys) and not key.strip(AGAIN):
        return welcome_back(dialogue, state, place)
    wanted = key in (YES, PERSON) if place.shared else key != NO
    return _regained(state, place) if wanted else dialogue.enter_first(state)


def _regained(state: State, place: Place) -> Step:
    skills = (language_skill(place.language), *((agency_skill(place.agency),) if place.agency else ()))
    leave = Leave(
        IvrResult.AGENT,
        place.language,
        queue=place.queue,
        skills=skills,
        agency=place.agency,
        service=place.service,
        case_id=place.case_id,
        waiting_since=place.waiting_since,
    )
    return replace(state, left=True), (Record(Kind.PLACE_REGAINED, {"from_call": place.call_id}), leave)
