"""How far a case is: reference, check, status. The part of `menu.py` that needs several keys at once.

A `0` belongs to a reference, so here it means a person only when it stands alone. Attempts are counted over the whole
call, so that going back and coming again gives nobody more guesses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from citizen_services.references import DIGITS, is_reference
from contact_centre.facts import Kind
from ivr.nodes import AGAIN, BACK, NO_INPUT, PERSON, WRONG_KEY
from ivr.turns import (
    Action,
    Ask,
    CaseFound,
    CaseNotFound,
    CaseUnavailable,
    Input,
    Keys,
    LookUpCase,
    NoInput,
    Part,
    Prompt,
    Record,
    Spoken,
)

if TYPE_CHECKING:
    from ivr.dialogue_state import State, Step
    from ivr.menu import Dialogue

CASE_TRIES = 3
"""Wrong references or checks in one call before a person takes over."""
CHECK_DIGITS = 4
KEYPAD_TIMEOUT_S = 6.0
"""People read a reference from a paper (s)."""


def case_asks(dialogue: Dialogue, state: State, preface: tuple[Part, ...]) -> Step:
    """Ask for what is still missing, or tell the status again."""
    language = state.language or "en"
    if state.case_tries >= CASE_TRIES:
        return _tries_used_up(dialogue, state)
    if state.case is not None:
        return state, (*_status(dialogue, state, state.case, preface),)
    if state.reference:
        ask = Ask((*preface, Prompt("case-check", language)), CHECK_DIGITS, KEYPAD_TIMEOUT_S)
    else:
        ask = Ask((*preface, Prompt("case-reference", language)), DIGITS, KEYPAD_TIMEOUT_S)
    return state, (ask,)


def case_step(dialogue: Dialogue, state: State, event: Input) -> Step:
    """What follows from an input while a case is asked for or told."""
    match event:
        case CaseFound():
            state = replace(state, case=event, strikes=0, silences=0, hearing=True)
            given = Record(Kind.CASE_STATUS_GIVEN, {"case_id": event.case_id})
            return state, (given, *_status(dialogue, state, event, ()))
        case CaseNotFound():
            return _wrong(dialogue, state, "case-unknown")
        case CaseUnavailable():
            return dialogue.person(replace(state, reference=""), "case-unavailable")
        case Keys():
            return _keys(dialogue, state, event.digits or AGAIN)
        case NoInput() if state.case is not None:
            return dialogue.silence_after_answer(state, "case-keys")
        case _:
            return dialogue.strike(state, NO_INPUT)


def _keys(dialogue: Dialogue, state: State, digits: str) -> Step:
    if digits == PERSON:
        return dialogue.person(state)
    if BACK in digits:
        return dialogue.go_back(state)
    if digits == AGAIN:
        return dialogue.repeat(replace(state, strikes=0, hearing=state.case is not None))
    if state.case is not None:
        return dialogue.strike(state, WRONG_KEY)
    if not state.reference:
        if not is_reference(digits):
            return _wrong(dialogue, state, "case-mistyped")
        return dialogue.repeat(replace(state, reference=digits, strikes=0))
    if len(digits) != CHECK_DIGITS:
        return _wrong(dialogue, state, "case-unknown")
    return state, (LookUpCase(state.reference, digits),)


def _wrong(dialogue: Dialogue, state: State, words: str) -> Step:
    state = replace(state, case_tries=state.case_tries + 1, reference="", strikes=0)
    if state.case_tries >= CASE_TRIES:
        return _tries_used_up(dialogue, state)
    return case_asks(dialogue, state, (Prompt(words, state.language or "en"),))


def _tries_used_up(dialogue: Dialogue, state: State) -> Step:
    if dialogue.situation.closed is None:
        return dialogue.person(state, "case-too-many")
    closed = Spoken(dialogue.situation.closed[state.language or "en"], state.language or "en")
    return dialogue.enter(replace(state, back=()), dialogue.menu.start, (closed,))


def _status(dialogue: Dialogue, state: State, case: CaseFound, preface: tuple[Part, ...]) -> tuple[Action, ...]:
    language = state.language or "en"
    about = dialogue.menu.catalogue.service(case.service)
    agency = dialogue.menu.catalogue.agency(case.agency)
    title = about.title if about else agency.name if agency else None
    named: tuple[Part, ...] = (Spoken(f"{title[language]}.", language),) if title else ()
    status = Prompt(f"case-status-{case.status.replace('_', '-')}", language)
    return (Ask((*preface, *named, status, Prompt("case-keys", language))),)
