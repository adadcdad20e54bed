"""What the dialogue does with words."""

from __future__ import annotations

from dataclasses import replace

from ivr_menus import TODAY, real_menu

from citizen_services.references import make_reference
from contact_centre.channel_vars import IvrResult
from ivr.heard import NOTHING, Heard, Level
from ivr.menu import Dialogue, Situation, State
from ivr.spoken_digits import ONES_EN
from ivr.turns import Action, Ask, Input, Keys, Leave, LookUpCase, Prompt, Remember, Said, Say

OPEN = Situation(today=TODAY)
REFERENCE = make_reference(1234567)


def words(phrase: str, level: Level = "act") -> Said:
    return Said(Heard(phrase, {"act": 0.95, "confirm": 0.6, "reject": 0.1}[level], level))


def walk(*inputs: Input, language: str | None = "en") -> tuple[State, tuple[Action, ...]]:
    dialogue = Dialogue(real_menu(), replace(OPEN, remembered=language))
    state, actions = dialogue.begin()
    for one in inputs:
        state, actions = dialogue.step(state, one)
    return state, actions


def asked(*inputs: Input, language: str | None = "en") -> list[str]:
    _, actions = walk(*inputs, language=language)
    ask = actions[-1]
    assert isinstance(ask, Ask)
    return [part.id if isinstance(part, Prompt) else part.text for part in ask.parts]


def test_a_whole_way_by_voice_is_the_way_by_keys() -> None:
    state, actions = walk(words("kiswahili"), words("pasipoti"), language=None)
    assert (state.node, state.language) == ("travel", "sw")
    assert state == replace(walk(Keys("2"), Keys("2"), language=None)[0], turns=state.turns)
    assert Remember("sw") in walk(words("kiswahili"), language=None)[1]
    assert isinstance(actions[-1], Ask)


def test_what_was_probably_said_is_asked_about_first() -> None:
    assert asked(words("passport", "confirm")) == ["did-you-say", "Passports and travel.", "yes-or-no"]
    for yes in (Keys("1"), words("yes"), words("yes", "confirm")):
        assert walk(words("passport", "confirm"), yes)[0].node == "travel"
    for no in (Keys("2"), words("no")):
        assert asked(words("passport", "confirm"), no) == ["not-understood-1", "menu-main"]
    assert walk(words("passport", "confirm"), Keys("4"))[0].node == "taxes-business"


def test_two_readings_are_both_named_and_one_is_chosen_by_key_number_or_name() -> None:
    either = words("licence")
    first, second = "service-business-permit", "agency-ntsa"
    names = asked(either)
    assert names == [
        "did-you-mean",
        "Single business permit.",
        "or",
        "Driving licences and logbooks.",
        "first-or-second",
    ]
    for one in (Keys("1"), words("the first one"), words("number one"), words("one")):
        assert walk(either, one)[0].node == first
    for two in (Keys("2"), words("the second one"), words("ya pili")):
        assert walk(either, two)[0].node == second
    assert walk(either, words("the business permit"))[0].node == first
    assert walk(either, words("driving licence please"))[0].node == second
    assert walk(either, words("no I lost my passport"))[0].node == "service-lost-passport"
    assert asked(either, Keys("")) == names, "hash asks again"


def test_a_sentence_goes_straight_to_the_service_and_back_leads_to_where_it_was_said() -> None:
    state, _ = walk(words("passport yangu imepotea"), language="sw")
    assert state.node == "service-lost-passport"
    assert walk(words("passport yangu imepotea"), words("rudi"), language="sw")[0].node == "main"
    assert walk(words("lost passport"), words("how much does it cost"))[0].node == "service-lost-passport"


def test_digits_are_said_back_before_they_count() -> None:
    reference = [ONES_EN[int(digit)] for digit in REFERENCE]
    said = words(" ".join(reference))
    assert asked(Keys("6"), said) == ["you-said", *(f"{digit}." for digit in REFERENCE), "is-that-right"]
    assert asked(Keys("6"), said, words("yes")) == ["case-check"]
    assert asked(Keys("6"), said, words("no")) == ["not-understood-1", "case-reference"]
    _, actions = walk(Keys("6"), said, Keys("1"), words("four seven one two"), words("ndiyo"))
    assert actions == (LookUpCase(REFERENCE, "4712"),)
    assert walk(Keys("6"), words("one two three"))[0].case_tries == 0, "misheard is no attempt"
    assert walk(Keys("6"), said, Keys("1"), words("four seven one two"), Keys("2"))[0].reference == REFERENCE


def test_at_the_wish_for_a_case_a_word_is_still_a_command() -> None:
    assert walk(Keys("6"), words("go back"))[0].node == "main"
    assert walk(Keys("6"), words("passport yangu imepotea"))[0].node == "service-lost-passport"


def test_what_nobody_understood_leads_to_a_person_at_the_third_time() -> None:
    assert asked(Said(NOTHING)) == ["not-understood-1", "menu-main"]
    assert asked(Said(NOTHING), words("nonsense")) == ["not-understood-2", "menu-main"]
    _, actions = walk(Said(NOTHING), Said(NOTHING), Said(NOTHING))
    assert isinstance(actions[-1], Leave)
    assert actions[-1].result is IvrResult.AGENT


def test_callers_are_told_that_they_may_speak_where_somebody_listens() -> None:
    heard = Dialogue(real_menu(), replace(OPEN, listening=True))
    state, actions = heard.begin()
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert [part.id for part in ask.parts if isinstance(part, Prompt)] == ["welcome"] * 2 + ["say-language"] * 2
    _, actions = heard.step(state, words("english"))
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert [part.id for part in ask.parts if isinstance(part, Prompt)] == ["you-may-speak", "menu-main"]
    assert "you-may-speak" not in asked(words("english"), language=None)


def test_the_names_that_are_asked_about_are_in_the_grammar_of_the_question() -> None:
    """Each said in sound leads to its own, and none that both could be called is listened for."""
    _, actions = walk(words("licence"))
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert {"the first one", "business permit", "i want business permit"} <= set(ask.choices["1"])
    assert {"the second one", "driving licence", "ntsa"} <= set(ask.choices["2"])
    assert not set(ask.choices["1"]) & set(ask.choices["2"])
    for key, node in (("1", "service-business-permit"), ("2", "agency-ntsa")):
        for phrase in ask.choices[key]:
            assert walk(words("licence"), words(phrase))[0].node == node, phrase
    _, actions = walk(words("passport", "confirm"))
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert {"yes", "passport"} <= set(ask.choices["1"])
    assert walk(words("passport", "confirm"), words("passport"))[0].node == "travel"


def test_more_than_one_way_of_each_command_is_in_the_grammar() -> None:
    for language, expected in (
        ("en", {"agent", "customer care", "repeat", "say that again", "previous menu", "kiswahili", "swahili"}),
        ("sw", {"mhudumu", "niunganishe na mhudumu", "rudia tena", "rudi nyuma", "english", "kiingereza", "kizungu"}),
    ):
        _, actions = walk(language=language)
        ask = actions[-1]
        assert isinstance(ask, Ask)
        assert expected <= set(ask.phrases)
    _, actions = walk(language=None)
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert {"kiingereza", "swahili", "english", "kiswahili", "mhudumu"} <= set(ask.phrases)
    _, actions = walk(words("lost passport"))
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert {"how much", "the fee", "which documents", "where do i go"} <= set(ask.phrases)


def test_a_language_is_asked_about_by_its_own_name_whichever_way_it_was_said() -> None:
    for said in ("kiingereza", "kizungu", "english"):
        assert asked(words(said, "confirm"), language="sw") == ["did-you-say", "English.", "yes-or-no"]
        assert walk(words(said, "confirm"), words("ndiyo"), language="sw")[0].language == "en"
        assert walk(words(said), language="sw")[0].language == "en"
    assert walk(words("swahili"))[0].language == "sw"
    assert walk(words("kiingereza"), language=None)[0].language == "en"


def test_menus_and_answers_take_whole_sentences_and_narrow_questions_do_not() -> None:
    def takes(*inputs: Input, language: str | None = "en") -> bool:
        _, actions = walk(*inputs, language=language)
        ask = actions[-1]
        assert isinstance(ask, Ask)
        return ask.sentences is not None

    assert takes()
    assert takes(Keys("2"))
    assert takes(words("lost passport"))
    assert not takes(language=None), "which language"
    assert not takes(Keys("6")), "digits"
    assert not takes(words("licence")), "one of two"
    assert not takes(words("passport", "confirm")), "yes or no"


def test_the_same_words_work_everywhere() -> None:
    for inputs in ((), (Keys("2"),), (Keys("2"), Keys("1")), (Keys("6"),), (words("passport", "confirm"),)):
        _, actions = walk(*inputs, words("agent"))
        assert isinstance(actions[-1], Leave)
        assert [part.id for a in actions if isinstance(a, Say) for part in a.parts if isinstance(part, Prompt)]
        assert walk(*inputs, words("kiswahili"))[0].language == "sw"
    assert walk(Keys("2"), words("go back"))[0].node == "main"
    assert asked(Keys("2"), words("repeat")) == ["menu-travel"]


def test_a_question_carries_the_words_that_answer_it() -> None:
    _, actions = walk(language="sw")
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert ask.language == "sw"
    assert {"pasipoti", "mhudumu", "english", "rudia"} <= set(ask.phrases)
    assert len(set(ask.phrases)) == len(ask.phrases)
