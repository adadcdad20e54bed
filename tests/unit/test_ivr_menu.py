"""The dialogue, path by path, without a telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest
from ivr_menus import TODAY, real_menu

from citizen_services.references import make_reference
from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import LANGUAGES
from ivr.heard import NOTHING
from ivr.menu import Dialogue, Situation
from ivr.nodes import NO_INPUT, NOT_UNDERSTOOD, WRONG_KEY, Choice, at_first_question, menu_prompt
from ivr.turns import (
    Action,
    Ask,
    CannotSpeak,
    CaseFound,
    CaseNotFound,
    CaseUnavailable,
    HungUp,
    Input,
    Keys,
    Leave,
    LookUpCase,
    NoInput,
    Overdue,
    Prompt,
    Record,
    Remember,
    Said,
    Say,
    Speak,
    Spoken,
)

OPEN = Situation(today=TODAY)
ENGLISH = replace(OPEN, remembered="en")
CLOSED = replace(ENGLISH, closed={"en": "Nobody is here until seven.", "sw": "Hakuna mtu hadi saa moja."})
A = TypeVar("A")
REFERENCE = make_reference(1234567)


def walk(situation: Situation, *inputs: Input | str) -> list[Action]:
    """Everything that was done from the beginning; a text is keys pressed one after another."""
    dialogue = Dialogue(real_menu(), situation)
    state, actions = dialogue.begin()
    done = list(actions)
    for one in inputs:
        for event in [Keys(key) for key in one] if isinstance(one, str) else [one]:
            state, actions = dialogue.step(state, event)
            done += actions
    return done


def last(actions: list[Action], kind: type[A]) -> A:
    return [action for action in actions if isinstance(action, kind)][-1]


def said(action: Ask | Say) -> list[str]:
    return [part.id if isinstance(part, Prompt) else part.text for part in action.parts]


def facts(actions: list[Action]) -> list[tuple[Kind, dict[str, object]]]:
    return [(a.kind, dict(a.payload)) for a in actions if isinstance(a, Record)]


def test_the_language_is_asked_first_in_both() -> None:
    ask = last(walk(OPEN), Ask)
    assert {part.language for part in ask.parts} == {"en", "sw"}
    chosen = walk(OPEN, "2")
    assert Speak("sw") in chosen
    assert Remember("sw") in chosen
    assert {part.language for part in last(chosen, Ask).parts} == {"sw"}


def test_a_remembered_language_is_not_asked_again_but_can_be_changed() -> None:
    begun = walk(replace(OPEN, remembered="sw"))
    assert said(last(begun, Ask)) == ["welcome", "change-language", "menu-main"]
    assert last(begun, Ask).parts[1].language == "en", "who does not understand Kiswahili must understand this"
    assert Remember("en") in walk(replace(OPEN, remembered="sw"), "9")


def test_two_one_three_gives_the_passport_and_where_to_go() -> None:
    done = walk(OPEN, "1213")
    service = real_menu().catalogue.service("new-passport")
    assert service
    texts = {s.topic: s.text["en"] for s in service.statements if s.text}
    assert said(last(done, Ask))[0] == texts["where"]
    assert (Kind.SERVICE_CHOSEN, {"agency": "immigration", "service": "new-passport"}) in facts(done)


def test_what_does_not_hold_today_is_never_spoken() -> None:
    for service in real_menu().catalogue.services:
        for today in (TODAY, date(2020, 1, 1), date(2040, 1, 1)):
            dialogue = Dialogue(real_menu(), replace(ENGLISH, today=today))
            state, _ = dialogue.begin()
            _, actions = dialogue.enter(state, f"service-{service.slug}")
            spoken = {part.text for part in last(list(actions), Ask).parts if isinstance(part, Spoken)}
            holding = {s.text["en"] for s in service.statements if s.holds(today)}
            assert spoken == (holding or {f"{service.title['en']}."}), "all that holds; if nothing does, its name"
            if any(
                not any(s.holds(today) for s in service.statements if s.topic is t.topic) for t in service.statements
            ):
                assert "must-be-confirmed" in said(last(list(actions), Ask))


def test_zero_leads_to_a_person_with_what_is_known() -> None:
    leave = last(walk(OPEN, "2210"), Leave)
    assert leave == Leave(
        IvrResult.AGENT, "sw", "travel", ("language:sw", "agency:immigration"), 0, "immigration", "new-passport"
    )
    assert last(walk(OPEN, "0"), Leave) == Leave(IvrResult.AGENT, "en", "general", ("language:en",))


def test_an_agencys_code_opens_its_menu_and_an_unknown_one_the_main_menu() -> None:
    code = real_menu().catalogue.agency("immigration")
    assert code
    assert said(last(walk(replace(ENGLISH, entry=code.code)), Ask))[-1] == "menu-agency-immigration"
    assert said(last(walk(replace(ENGLISH, entry=code.code), "*"), Ask))[-1] == "menu-main"
    assert said(last(walk(replace(ENGLISH, entry="00")), Ask))[-2:] == ["unknown-agency", "menu-main"]


def test_back_and_again() -> None:
    assert said(last(walk(ENGLISH, "2*"), Ask)) == ["menu-main"]
    assert said(last(walk(ENGLISH, "2", Keys("")), Ask)) == ["menu-travel"]
    assert said(last(walk(ENGLISH, "*"), Ask)) == ["menu-main"]


def test_three_strikes_lead_to_a_person_with_other_words_each_time() -> None:
    done = [said(a)[0] for a in walk(ENGLISH, NoInput(), NoInput(), NoInput()) if isinstance(a, (Ask, Say))]
    assert done[1:] == ["no-input-1", "no-input-2", "three-strikes"]
    wrong = [said(a)[0] for a in walk(ENGLISH, "2", "888") if isinstance(a, (Ask, Say))]
    assert wrong[2:] == ["wrong-key-1", "wrong-key-2", "three-strikes"]
    assert last(walk(OPEN, NoInput(), "7", NoInput()), Leave).result is IvrResult.AGENT


@pytest.mark.parametrize(
    ("what", "words"), [(NoInput(), "no-input"), (Keys("7"), "wrong-key"), (Said(NOTHING), "not-understood")]
)
@pytest.mark.parametrize("listening", [False, True])
def test_at_the_first_question_too_other_words_are_said_each_time_in_both_languages(
    what: Input, words: str, listening: bool
) -> None:
    asks = "say-language" if listening else "choose-language"
    done = walk(replace(OPEN, listening=listening), what, what, what)
    _, first, second = (
        [(p.id, p.language) for p in a.parts if isinstance(p, Prompt)] for a in done if isinstance(a, Ask)
    )
    for times, heard in ((1, first), (2, second)):
        said_why = f"language-{words}-{times}"
        assert heard == [(said_why, "en"), (asks, "en"), (said_why, "sw"), (asks, "sw")]
    assert said(last(done, Say)) == ["three-strikes"]


def test_at_the_first_question_hash_asks_again_and_is_no_strike() -> None:
    done = walk(OPEN, "7", "7", Keys(""), "7", "7")
    assert [said(a)[0] for a in done if isinstance(a, Ask)][3] == "choose-language"
    assert not [a for a in done if isinstance(a, Leave)]


def test_no_two_ways_of_going_wrong_sound_alike() -> None:
    prompts = real_menu().prompts
    wrong = [*NO_INPUT, *WRONG_KEY, *NOT_UNDERSTOOD]
    for ids in (wrong, [at_first_question(id_) for id_ in wrong]):
        for language in LANGUAGES:
            assert len({prompts[id_][language] for id_ in ids}) == len(ids)


def test_a_key_that_is_right_forgives_what_went_wrong_before() -> None:
    assert not [a for a in walk(ENGLISH, NoInput(), NoInput(), "2", NoInput(), NoInput()) if isinstance(a, Leave)]


def confirmed_service() -> str:
    catalogue = real_menu().catalogue
    for service in catalogue.services:
        if all(any(s.holds(TODAY) for s in service.statements if s.topic is t.topic) for t in service.statements):
            return service.slug
    pytest.fail("no service is wholly confirmed")


def test_who_hears_an_answer_and_hangs_up_was_helped() -> None:
    dialogue = Dialogue(real_menu(), ENGLISH)
    state, _ = dialogue.begin()
    state, actions = dialogue.enter(state, f"service-{confirmed_service()}")
    assert (Kind.SERVICE_ANSWERED, {"service": confirmed_service(), "confirmed": True}) in facts(list(actions))
    _, soon = dialogue.step(state, HungUp(1.0))
    assert last(list(soon), Leave).result is IvrResult.HANGUP
    _, later = dialogue.step(state, HungUp(12.0))
    assert facts(list(later)) == [(Kind.CALL_CONTAINED, {})]
    state, silent = dialogue.step(state, NoInput())
    assert said(last(list(silent), Ask))[0] == "still-there"
    _, gone = dialogue.step(state, NoInput())
    assert last(list(gone), Leave).result is IvrResult.CONTAINED
    assert last(list(gone), Say).whole
    assert not last(walk(OPEN, "0"), Say).whole


def test_a_wrong_key_after_an_answer_never_ends_the_call() -> None:
    dialogue = Dialogue(real_menu(), ENGLISH)
    state, _ = dialogue.begin()
    state, _ = dialogue.enter(state, f"service-{confirmed_service()}")
    state, _ = dialogue.step(state, Keys("8", 12.0))
    assert state.helped
    state, silent = dialogue.step(state, NoInput())
    assert said(last(list(silent), Ask))[0] == "still-there"
    state, _ = dialogue.step(state, Keys("8", 1.0))
    state, silent = dialogue.step(state, NoInput())
    assert said(last(list(silent), Ask))[0] == "still-there"
    _, third = dialogue.step(state, Keys("8", 1.0))
    assert last(list(third), Leave).result is IvrResult.AGENT


def test_below_the_main_menu_nothing_is_read_out_for_long() -> None:
    menu = real_menu()
    for node in menu.nodes.values():
        if isinstance(node, Choice) and node.name != menu.start:
            assert len(node.options) <= 6, node.name
            for read_out in menu.prompts[menu_prompt(node.name)].values():
                assert len(read_out.split()) <= 45, node.name
                assert len(read_out) <= 270, node.name


def test_every_service_is_reached_by_keys() -> None:
    menu = real_menu()
    reached, ahead = set(), [menu.start]
    while ahead:
        node = menu.nodes[ahead.pop()]
        for option in node.options if isinstance(node, Choice) else ():
            if option.to not in reached:
                reached.add(option.to)
                ahead.append(option.to)
    assert {f"service-{service.slug}" for service in menu.catalogue.services} <= reached


def test_every_agency_of_a_queue_is_named_in_its_menu() -> None:
    menu = real_menu()
    for name in ("identity", "transport", "social", "justice-land"):
        node = menu.nodes[name]
        assert isinstance(node, Choice)
        named = {option.to for option in node.options}
        assert named == {f"agency-{a.slug}" for a in menu.catalogue.agencies if a.queue == name}
        assert all(option.phrases for option in node.options)


def test_outside_hours_the_menu_works_and_nobody_is_put_in_line() -> None:
    done = walk(CLOSED, "20", "0", NoInput(), NoInput(), NoInput())
    assert "Nobody is here until seven." in said(last(walk(CLOSED, "20"), Ask))
    assert last(done, Leave).result is IvrResult.HANGUP
    assert said(last(walk(CLOSED, "21"), Ask))[-1] == "answer-keys"


CALLS_BACK = replace(CLOSED, callbacks=True)


def test_outside_hours_who_wants_a_person_may_be_called_back_about_what_they_chose() -> None:
    asked = last(walk(CALLS_BACK, "20"), Ask)
    assert said(asked) == ["Nobody is here until seven.", "callback-closed"]
    assert set(asked.choices) == {"1", "2"}
    leave = last(walk(CALLS_BACK, "201"), Leave)
    assert leave.result is IvrResult.CALLBACK
    about = last(walk(ENGLISH, "20"), Leave)
    assert (leave.queue, leave.skills, leave.agency) == (about.queue, about.skills, about.agency)


@pytest.mark.parametrize("other", [NoInput(), Keys("2"), Keys("7"), Keys("0")])
def test_who_does_not_want_that_has_the_menu_again(other: Input) -> None:
    done = walk(CALLS_BACK, "20", other)
    assert said(last(done, Ask)) == said(last(walk(CALLS_BACK, "2"), Ask))[-1:]
    assert not [action for action in done if isinstance(action, Leave)]


def test_an_emergency_is_announced_right_after_the_language() -> None:
    emergency = replace(OPEN, emergency={"en": "Offices in Kisumu are closed.", "sw": "Ofisi za Kisumu zimefungwa."})
    assert said(last(walk(emergency, "2"), Ask)) == ["Ofisi za Kisumu zimefungwa.", "menu-main"]
    half = replace(OPEN, emergency={"en": "Only in English."})
    assert said(last(walk(half, "2"), Ask)) == ["menu-main"]


def test_a_case_needs_reference_and_check() -> None:
    found = CaseFound(7, "immigration", "new-passport", "in_progress")
    done = walk(ENGLISH, "6", Keys(REFERENCE), Keys("4821"))
    assert last(done, LookUpCase) == LookUpCase(REFERENCE, "4821")
    told = walk(ENGLISH, "6", Keys(REFERENCE), Keys("4821"), found)
    assert "case-status-in-progress" in said(last(told, Ask))
    assert (Kind.CASE_STATUS_GIVEN, {"case_id": 7}) in facts(told)
    person = last(walk(ENGLISH, "6", Keys(REFERENCE), Keys("4821"), found, "0"), Leave)
    assert (person.case_id, person.agency, person.queue) == (7, "immigration", "travel")
    gone = walk(ENGLISH, "6", Keys(REFERENCE), Keys("4821"), found, HungUp(9))
    assert last(gone, Leave).result is IvrResult.CONTAINED


def test_guessing_a_check_is_bounded_over_the_whole_call() -> None:
    guess: tuple[Input, ...] = (Keys(REFERENCE), Keys("0001"), CaseNotFound())
    done = walk(ENGLISH, "6", *guess, Keys("*"), "6", *guess, Keys("*"), "6", *guess)
    assert last(done, Leave).result is IvrResult.AGENT
    shut = walk(CLOSED, "6", *guess, *guess, *guess, "6", Keys(REFERENCE))
    assert sum(isinstance(a, LookUpCase) for a in shut) == 3


def test_a_mistyped_reference_is_not_looked_up() -> None:
    done = walk(ENGLISH, "6", Keys("12345678"), Keys("123"))
    assert said(last(done, Ask)) == ["case-mistyped", "case-reference"]
    assert not [a for a in done if isinstance(a, LookUpCase)]
    assert last(walk(ENGLISH, "6", Keys("0")), Leave).result is IvrResult.AGENT


@pytest.mark.parametrize("trouble", [Overdue(), CannotSpeak()])
def test_trouble_leads_to_a_person(trouble: Input) -> None:
    assert last(walk(ENGLISH, "2", trouble), Leave).result is IvrResult.AGENT
    assert last(walk(CLOSED, "2", trouble), Leave).result is IvrResult.HANGUP


def test_records_that_are_away_lead_to_a_person() -> None:
    done = walk(ENGLISH, "6", Keys(REFERENCE), Keys("4821"), CaseUnavailable())
    assert said(last(done, Say)) == ["case-unavailable"]
    assert last(done, Leave).result is IvrResult.AGENT
