"""A cough may fit a short word, and is not acted on for that."""

from __future__ import annotations

import numpy as np
import pytest
from ivr_menus import real_menu
from numpy.typing import NDArray
from spoken_words import cough, line_of, noisy, spoken

from contact_centre.model import LANGUAGES, Language
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.recogniser import CtcHearing
from ivr.heard import Heard
from ivr.menu import sentences_of
from ivr.vocabulary import at_doubt, at_prompt

HEARING = CtcHearing(AcousticModel())


def heard(sound: NDArray[np.int16], language: Language) -> Heard:
    """At the main menu."""
    menu = real_menu()
    phrases = [phrase for of_one in at_prompt(menu, menu.start, language).values() for phrase in of_one]
    recogniser = HEARING.recogniser()
    recogniser.start(phrases, language, sentences=sentences_of(menu))
    recogniser.accept(sound)
    return recogniser.finish()


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_forty_coughs_one_at_most_is_acted_on(language: Language) -> None:
    coughs = [noisy(line_of(0.4, cough(seed), 0.5), 15 + seed % 2 * 15) for seed in range(40)]
    assert sum(heard(one, language).level == "act" for one in coughs) <= 1


@pytest.mark.parametrize(("text", "language"), [("yes", "en"), ("no", "en"), ("ndio", "sw"), ("hapana", "sw")])
def test_at_did_you_say_yes_and_no_are_acted_on(text: str, language: Language) -> None:
    recogniser = HEARING.recogniser()
    asked = at_doubt(real_menu().wording, language, [("passport",)])
    recogniser.start([phrase for of_one in asked.values() for phrase in of_one], language)
    recogniser.accept(noisy(line_of(0.4, spoken(text, language), 0.6), 15))
    said = recogniser.finish()
    assert (said.phrase, said.level) == (text, "act")


@pytest.mark.parametrize(("text", "language"), [("id", "en"), ("agent", "en"), ("polisi", "sw"), ("nyuma", "sw")])
def test_a_short_word_is(text: str, language: Language) -> None:
    said = heard(noisy(line_of(0.4, spoken(text, language), 0.5)), language)
    assert (said.phrase, said.level) == (text, "act")
