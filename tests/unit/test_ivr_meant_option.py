"""Words that a person wrote down find the option they named, by its phrases and never by its key alone."""

from __future__ import annotations

import pytest
from ivr_menus import real_menu

from ivr.meant_option import option_meant
from ivr.vocabulary import at_doubt, at_language, at_prompt

MENU = real_menu()


@pytest.mark.parametrize(
    ("words", "node", "phrase"),
    [
        ("passport", "main", "passport"),
        ("I want to renew my driving licence", "main", "driving licence"),
        ("nataka ku-renew leseni ya udereva", "main", "driving licence"),
        ("my passport is lost", "main", "passport"),  # a service below that option
        ("please let me talk to a person", "main", "agent"),
        ("Kiswahili", "main", "kiswahili"),
        ("I want to eat pizza", "main", None),
        ("leseni", "main", "driving licence"),  # two kinds of them, and one option leads to both
        ("renew my passport", "main", None),  # two options
        ("how much is it", "service-lost-passport", "the fee"),
    ],
)
def test_words_name_an_option_of_the_prompt(words: str, node: str, phrase: str | None) -> None:
    options = at_prompt(MENU, node, "en")
    key = option_meant(MENU, words, node, options)
    assert (key is not None) == (phrase is not None)
    if key is not None:
        assert any(phrase in said.lower() for said in options[key]), options[key]


def test_a_key_means_what_is_asked_and_not_what_the_menu_there_gives_it() -> None:
    doubt = at_doubt(MENU.wording, "en", [("my case",)])
    assert option_meant(MENU, doubt["1"][0], "main", doubt) == "1"
    assert option_meant(MENU, "I want to renew my identity card", "main", doubt) is None
    assert option_meant(MENU, "Kiswahili tafadhali", "no such node", at_language(MENU.wording)) == "2"
