"""What was said, as what the dialogue does: act, ask "did you say …?", or ask again. A part of `menu.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ivr.nodes import NOT_UNDERSTOOD, Choice
from ivr.turns import Ask, Input, Keys, Part, Prompt, Said, Spoken
from ivr.vocabulary import NO, YES

if TYPE_CHECKING:
    from ivr.menu import Dialogue, State, Step


def said_step(dialogue: Dialogue, state: State, said: Said) -> Step:
    """What follows from words, at any prompt."""
    heard = said.heard
    key = next((k for k, phrases in dialogue.may_say(state).items() if heard.phrase in phrases), None)
    if heard.level == "reject" or key is None:
        return dialogue.strike(replace(state, doubt=""), NOT_UNDERSTOOD)
    if state.node in dialogue.menu.nodes and (done := dialogue.command(replace(state, doubt=""), key)):
        return done
    if state.doubt or heard.level == "act" or not _name(dialogue, state, key):
        return dialogue.follow(state, Keys(key, said.heard_s))
    return ask_about(dialogue, replace(state, doubt=key))


def doubt_step(dialogue: Dialogue, state: State, event: Input) -> Step:
    """What follows from an answer to "did you say …?"; a key that answers nothing means what it does in the menu."""
    key = event.digits if isinstance(event, Keys) else ""
    certain = replace(state, doubt="")
    if key == YES:
        return dialogue.follow(certain, Keys(state.doubt))
    if key == NO:
        return dialogue.strike(certain, NOT_UNDERSTOOD)
    return dialogue.follow(certain, event)


def ask_about(dialogue: Dialogue, state: State, preface: tuple[Part, ...] = ()) -> Step:
    """Ask whether this was meant."""
    language = state.language or "en"
    name = Spoken(_name(dialogue, state, state.doubt), language)
    return state, (Ask((*preface, Prompt("did-you-say", language), name, Prompt("yes-or-no", language))),)


def _name(dialogue: Dialogue, state: State, key: str) -> str:
    node = dialogue.menu.nodes.get(state.node)
    options = node.options if isinstance(node, Choice) else ()
    return next((f"{o.label[state.language or 'en']}." for o in options if o.key == key), "")
