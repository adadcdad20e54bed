"""Cut off in the line, and back again: the place, the menu, and numbers that many share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ivr_menus import TODAY, real_menu

from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language
from ivr.heard import Heard
from ivr.menu import Dialogue, Situation
from ivr.regained_place import Place
from ivr.turns import Action, Ask, Input, Keys, Leave, NoInput, Prompt, Record, Said

PLACE = Place("call-before", "sw", "identity", 1790000000.25, "national-registration", "first-national-id", 7)
BACK = Situation(today=TODAY, remembered="sw", place=PLACE)
SHARED = replace(BACK, place=replace(PLACE, shared=True))
CLOSED: dict[Language, str] = {"en": "Nobody is here.", "sw": "Hakuna mtu."}


def after(situation: Situation, event: Input) -> tuple[Action, ...]:
    """What follows from the first input."""
    dialogue = Dialogue(real_menu(), situation)
    state, _ = dialogue.begin()
    return dialogue.step(state, event)[1]


def said(phrase: str) -> Said:
    return Said(Heard(phrase, 0.95, "act"))


def test_the_caller_is_welcomed_back_in_the_language_of_the_call_that_was_cut_off() -> None:
    _, actions = Dialogue(real_menu(), BACK).begin()
    asked = actions[-1]
    assert isinstance(asked, Ask)
    assert asked.parts == (Prompt("welcome-back", "sw"),)
    assert set(asked.choices) == {"1", "2", "0"}


@pytest.mark.parametrize("event", [NoInput(), Keys("1"), Keys("0"), Keys("7"), said("ndiyo")])
def test_whoever_stays_on_has_the_place_with_its_time_and_its_wish(event: Input) -> None:
    *before, leave = after(BACK, event)
    assert leave == Leave(
        IvrResult.AGENT,
        "sw",
        "identity",
        ("language:sw", "agency:national-registration"),
        agency="national-registration",
        service="first-national-id",
        case_id=7,
        waiting_since=1790000000.25,
    )
    assert Record(Kind.PLACE_REGAINED, {"from_call": "call-before"}) in before


@pytest.mark.parametrize("event", [Keys("2"), said("hapana")])
def test_the_menu_is_there_for_whoever_prefers_it(event: Input) -> None:
    actions = after(BACK, event)
    assert Record(Kind.MENU_VISITED, {"node": "main"}) in actions
    assert isinstance(actions[-1], Ask)


@pytest.mark.parametrize(
    ("event", "given"), [(NoInput(), False), (Keys("9"), False), (Keys("2"), False), (Keys("1"), True)]
)
def test_a_number_that_many_share_gives_the_place_only_by_key(event: Input, given: bool) -> None:
    assert isinstance(after(SHARED, event)[-1], Leave) is given


def test_hash_says_it_again_and_outside_hours_nobody_is_put_in_line() -> None:
    assert isinstance(after(BACK, Keys(""))[-1], Ask)
    _, actions = Dialogue(real_menu(), replace(BACK, closed=CLOSED)).begin()
    assert Record(Kind.MENU_VISITED, {"node": "main"}) in actions
