"""Strings of digits: found in one search, told from words that are none, and the same as trying every string."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from ivr_menus import real_menu
from spoken_words import line_of, spoken

from contact_centre.model import Language
from ivr.acoustic.digit_strings import BESIDE_COST, best_digits
from ivr.acoustic.phones import BLANK
from ivr.acoustic.scoring import worth
from ivr.dialogue_state import Situation
from ivr.heard import Heard
from ivr.menu import Dialogue, State
from ivr.speech import hearing
from ivr.spoken_digits import ONES_BY_LANGUAGE, said_digits

PAUSE_S = 0.15


def heard(language: Language, *pieces: np.ndarray | float, digits: int = 4) -> Heard:
    dialogue = Dialogue(real_menu(), Situation(remembered=language))
    choices = dialogue.may_say(State(node="case", language=language))
    recogniser = hearing().recogniser()
    recogniser.start([phrase for of_one in choices.values() for phrase in of_one], language, digits)
    recogniser.accept(line_of(0.2, *pieces, 0.4))
    return recogniser.finish()


def said(language: Language, digits: str, spoken_in: Language | None = None) -> list[np.ndarray | float]:
    words = ONES_BY_LANGUAGE[spoken_in or language]
    return [piece for digit in digits for piece in (spoken(words[int(digit)], spoken_in or language), PAUSE_S)]


@pytest.mark.parametrize("language", ["en", "sw"])
@pytest.mark.parametrize("digits", ["4712", "0866", "13579024"])
def test_digits_are_heard_one_after_another(language: Language, digits: str) -> None:
    found = heard(language, *said(language, digits), digits=len(digits))
    understood = said_digits(found.phrase or "") or ""
    assert len(understood) == len(digits)
    wrong = sum(one != other for one, other in zip(understood, digits, strict=True))
    assert wrong <= len(digits) // 8, "they are said back to the caller anyway"


def test_english_digits_are_heard_within_kiswahili() -> None:
    assert said_digits(heard("sw", *said("sw", "4712", "en")).phrase or "") == "4712"


def test_a_command_is_still_heard_where_digits_are_asked_for() -> None:
    assert heard("sw", spoken("mhudumu", "sw")).phrase == "mhudumu"
    assert heard("en", spoken("go back", "en")).phrase == "go back"


@pytest.mark.parametrize("digits", [4, 8])
def test_what_is_no_string_of_digits_is_rejected(digits: int) -> None:
    assert heard("en", spoken("I have forgotten my number completely", "en"), digits=digits).level == "reject"
    assert heard("sw", spoken("sijui namba ya kesi yangu kabisa", "sw"), digits=digits).level == "reject"


def test_too_few_digits_are_not_filled_up() -> None:
    found = heard("sw", *said("sw", "47"), digits=8)
    assert len(said_digits(found.phrase or "") or "") < 8


WORDS = [("1", [1]), ("2", [2, 3]), ("3", [3, 1])]


def every_string(log_probabilities: np.ndarray, digits: tuple[int, ...]) -> float:
    """The best path of one string, the slow way: phones and blanks in a row, what is between two words at a price."""
    relative = log_probabilities - log_probabilities.max(axis=1, keepdims=True)
    beside = np.maximum(relative[:, BLANK], -BESIDE_COST)
    states: list[tuple[str, int]] = [("beside", BLANK)]
    for digit in digits:
        phones = WORDS[digit][1]
        for place, phone in enumerate(phones):
            states += [("phone", phone)] + ([("blank", BLANK)] if place + 1 < len(phones) else [])
        states.append(("beside", BLANK))
    score = np.full(len(states), -np.inf)
    for frame, row in enumerate(relative):
        following = np.full(len(states), -np.inf)
        for at, (kind, phone) in enumerate(states):
            came = [score[at]] + ([score[at - 1]] if at else []) + ([0.0] if frame == 0 and at < 2 else [])
            if at > 1 and kind == "phone":
                came.append(score[at - 2])
            following[at] = max(came) + (beside[frame] if kind == "beside" else row[phone])
        score = following
    return float(max(score[-1], score[-2]))


@pytest.mark.parametrize("seed", range(6))
def test_one_search_finds_what_trying_every_string_finds(seed: int) -> None:
    chance = np.random.default_rng(seed)
    given = np.log(chance.dirichlet(np.ones(4) * 0.4, size=9)).astype(np.float32)
    found, score, phones = best_digits(given, WORDS, 2)
    scores = {"".join(WORDS[d][0] for d in two): every_string(given, two) for two in product(range(3), repeat=2)}
    counts = {
        "".join(WORDS[d][0] for d in two): sum(len(WORDS[d][1]) for d in two) for two in product(range(3), repeat=2)
    }
    assert worth(score, phones) == pytest.approx(max(worth(scores[two], counts[two]) for two in scores), abs=1e-4)
    assert (scores[found], counts[found]) == (pytest.approx(score, abs=1e-4), phones)


def test_too_little_sound_holds_no_digits() -> None:
    assert best_digits(np.zeros((0, 4), np.float32), WORDS, 2)[0] == ""
    assert best_digits(np.log(np.full((1, 4), 0.25, np.float32)), WORDS, 2)[0] == ""
