"""What the dialogue does with words: act, ask "did you say …?", or ask again. A part of `menu.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from citizen_services.references import is_reference
from ivr.intents import decide, intents_of
from ivr.meaning import Change, Go, Meaning, Press, Typed
from ivr.nodes import AGAIN, BACK, NOT_UNDERSTOOD, PERSON, CaseStatus
from ivr.spoken_digits import said_digits
from ivr.turns import Ask, Input, Keys, Part, Prompt, Said, Spoken
from ivr.vocabulary import LANGUAGE_NAMES, NO, TOPICS, YES

if TYPE_CHECKING:
    from ivr.dialogue_state import State, Step
    from ivr.menu import Dialogue

HARMLESS = (Press(AGAIN), Press(BACK), *TOPICS)
"""Done even when it was only probably said: it costs the caller nothing."""


def said_step(dialogue: Dialogue, state: State, said: Said) -> Step:
    """What follows from words, at any prompt."""
    wording = dialogue.menu.wording
    phrase = said.heard.phrase or ""
    if state.doubt and (answered := _answer(dialogue, state, said)):
        return answered
    certain = replace(state, doubt=())
    here = state.node if state.node in dialogue.menu.nodes else None
    node = dialogue.menu.nodes.get(state.node)
    if isinstance(node, CaseStatus) and state.case is None and said.heard.level != "reject":
        digits = said_digits(phrase, wording.fillers)
        if digits is not None:
            return _digits(dialogue, certain, digits)
    understood = decide(dialogue.menu, said.heard, here, dialogue.may_say(certain))
    if understood.level == "reject":
        return dialogue.strike(certain, NOT_UNDERSTOOD)
    if understood.level == "act" or understood.meanings[0] in HARMLESS:
        return follow(dialogue, certain, understood.meanings[0])
    return ask_about(dialogue, replace(certain, doubt=understood.meanings))


def doubt_step(dialogue: Dialogue, state: State, event: Input) -> Step:
    """What follows from a key at "did you say …?"; one that answers nothing means what it does in the menu."""
    key = event.digits if isinstance(event, Keys) else ""
    certain = replace(state, doubt=())
    if key == YES:
        return follow(dialogue, certain, state.doubt[0])
    if key == NO and len(state.doubt) > 1:
        return follow(dialogue, certain, state.doubt[1])
    if key == NO:
        return dialogue.strike(certain, NOT_UNDERSTOOD)
    if isinstance(event, Keys) and not key.strip(AGAIN):
        return ask_about(dialogue, state)
    return dialogue.follow(certain, event)


def ask_about(dialogue: Dialogue, state: State, preface: tuple[Part, ...] = ()) -> Step:
    """Ask whether this was meant, or which of two."""
    language = state.language or "en"
    named = [_name(dialogue, state, meaning) for meaning in state.doubt]
    if isinstance(state.doubt[0], Typed):
        parts: tuple[Part, ...] = (Prompt("you-said", language), *named[0], Prompt("is-that-right", language))
    elif len(named) == 1:
        parts = (Prompt("did-you-say", language), *named[0], Prompt("yes-or-no", language))
    else:
        either = (Prompt("did-you-mean", language), *named[0], Prompt("or", language), *named[1])
        parts = (*either, Prompt("first-or-second", language))
    return state, (Ask((*preface, *parts)),)


def follow(dialogue: Dialogue, state: State, meaning: Meaning) -> Step:
    """Do what was meant."""
    match meaning:
        case Go(node):
            back = state.back if node == state.node else (*state.back, state.node)
            return dialogue.enter(replace(state, back=back), node)
        case Change(language):
            return dialogue.change_language(state, language)
        case Typed(digits):
            return dialogue.follow(state, Keys(digits))
        case Press(key):
            if state.node in dialogue.menu.nodes and (done := dialogue.command(state, key)):
                return done
            return dialogue.follow(state, Keys(key))


def _answer(dialogue: Dialogue, state: State, said: Said) -> Step | None:
    """Yes or no, the first or the second, or the name of one of them; None for anything else."""
    if said.heard.level == "reject":
        return None
    wording = dialogue.menu.wording
    text = said.heard.phrase or ""
    names = ("agree", "refuse") if len(state.doubt) == 1 else ("first", "second")
    for key, name in zip((YES, NO), names, strict=True):
        if any(text in phrases for phrases in wording.said[name].values()):
            return doubt_step(dialogue, state, Keys(key))
    if digits := said_digits(text, wording.fillers):
        if digits in {YES, NO} and not isinstance(state.doubt[0], Typed):
            return doubt_step(dialogue, state, Keys(digits))
        return None
    meant = intents_of(dialogue.menu).among(text, state.doubt)
    return follow(dialogue, replace(state, doubt=()), meant) if meant else None


def _digits(dialogue: Dialogue, state: State, digits: str) -> Step:
    """Digits are always said back; a reference that cannot exist was misheard, which is no attempt."""
    whole = len(digits) == 4 if state.reference else is_reference(digits)
    if not whole:
        return dialogue.strike(state, NOT_UNDERSTOOD)
    return ask_about(dialogue, replace(state, doubt=(Typed(digits),)))


def _name(dialogue: Dialogue, state: State, meaning: Meaning) -> tuple[Part, ...]:
    """The words for a meaning, all of them made into sound ahead; digits one by one, so that no file holds them."""
    language = state.language or "en"
    said = dialogue.menu.wording.said
    match meaning:
        case Typed(digits):
            return tuple(Spoken(f"{digit}.", language) for digit in digits)
        case Change(other):
            return (Spoken(f"{said[LANGUAGE_NAMES[other]][other][0].capitalize()}.", other),)
        case Press(key):
            name = "person" if key == PERSON else TOPICS.get(meaning, "again")
            return (Spoken(f"{said[name][language][0].capitalize()}.", language),)
        case Go(node):
            return (Spoken(f"{dialogue.menu.name_of(node)[language]}.", language),)
