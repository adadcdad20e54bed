"""Who wants a person when nobody is there may ask to be called back; else the menu goes on. A part of `menu.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_centre.channel_vars import IvrResult
from ivr.turns import Ask, Input, Keys, Prompt, Said, Spoken
from ivr.vocabulary import NO, YES, Choices

if TYPE_CHECKING:
    from ivr.dialogue_state import State, Step
    from ivr.menu import Dialogue
    from ivr.words import Wording

PATIENCE_S = 3.0
"""How long a key is waited for after the words (s)."""


def offer(dialogue: Dialogue, state: State) -> Step:
    """Say when there will be somebody, and that the house can call then."""
    language, closed = state.language, dialogue.situation.closed
    assert language is not None
    assert closed is not None
    words = (Spoken(closed[language], language), Prompt("callback-closed", language))
    return replace(state, callback_offered=True, strikes=0), (Ask(words, timeout_s=PATIENCE_S),)


def may_say(wording: Wording, state: State) -> Choices:
    """Yes or no."""
    language = state.language or "en"
    return {YES: wording.said["agree"][language][:2], NO: wording.said["refuse"][language][:2]}


def step(dialogue: Dialogue, state: State, event: Input) -> Step:
    """On to confirm the number, which the dialplan does; anything but yes leads back to where the caller was."""
    key = event.digits if isinstance(event, Keys) else ""
    if isinstance(event, Said) and event.heard.level != "reject":
        said = may_say(dialogue.menu.wording, state)
        key = next((key for key, phrases in said.items() if event.heard.phrase in phrases), "")
    state = replace(state, callback_offered=False)
    if key != YES:
        return dialogue.repeat(state)
    return replace(state, left=True), (dialogue.leave_for(state, IvrResult.CALLBACK),)
