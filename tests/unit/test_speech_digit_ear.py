"""The ear for digits: what it is shown, and what it adds to the network of phones, by voices that neither has heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken_words import line_of, noisy, read_by_piper, spoken

from contact_centre.errors import FileMistake
from contact_centre.model import Language
from ivr.acoustic import model_file
from ivr.acoustic.digit_ear import (
    BANDS,
    SPAN,
    STRIDE,
    TOP,
    WORDS,
    DigitEar,
    bank,
    digits_heard,
    levelled,
    what_it_hears,
)
from ivr.acoustic.features import FrameStream, as_sound, log_mel
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.recogniser import CtcHearing
from ivr.heard import Heard
from ivr.kiswahili_numbers import ONES
from ivr.spoken_digits import ONES_EN as DIGITS
from ivr.spoken_digits import said_digits

EAR = DigitEar()
HEARING = CtcHearing(AcousticModel(), EAR)
COMMANDS = ("a person", "go back", "say it again")
SURE = np.log(0.9)


def heard_in(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    return EAR.log_probabilities(log_mel(as_sound(pcm), bank()))


def understood(pcm: NDArray[np.int16], phrases: tuple[str, ...] = DIGITS, digits: int = 0) -> Heard:
    recogniser = HEARING.recogniser()
    recogniser.start(phrases, "en", digits)
    for start in range(0, len(pcm), 160):
        recogniser.accept(pcm[start : start + 160])
    return recogniser.finish()


def told(*words: str) -> NDArray[np.float32]:
    """What the ear would give for these words, a pause (an empty word) among them if need be."""
    rows = np.full((2 * len(words) + 1, len(WORDS) + 1), np.log(0.1 / len(WORDS)), np.float32)
    for row in range(len(rows)):
        rows[row, WORDS.get(words[row // 2], 0) if row % 2 else 0] = SURE
    return rows


def test_loudness_and_silence_around_do_not_matter() -> None:
    frames = np.random.default_rng(1).normal(-6, 2, (90, BANDS)).astype(np.float32)
    level = levelled(frames)
    assert len(level) == 90 + 2 * (SPAN // 2)
    assert levelled(frames + 3) == pytest.approx(level, abs=1e-4)
    assert level.max() >= TOP
    assert (level[: SPAN // 2] == level[0]).all()
    assert len(EAR.of_level(level)) == 90 // STRIDE + 1


def test_no_sound_is_no_digit() -> None:
    assert heard_in(np.zeros(0, np.int16)).shape == (0, len(WORDS) + 1)
    assert digits_heard(heard_in(np.zeros(0, np.int16))) == ""
    assert digits_heard(heard_in(np.zeros(8000, np.int16))) == ""


def test_one_digit_twice_is_two_and_oh_is_zero() -> None:
    assert digits_heard(told("four", "four", "oh", "seven")) == "4407"
    assert digits_heard(told("")) == ""
    assert digits_heard(np.repeat(told("four"), 3, axis=0)) == "4"


def test_a_digit_speaks_for_itself_and_no_digit_for_everything_else() -> None:
    four = dict(zip((*DIGITS, "person"), what_it_hears(told("four"), (*DIGITS, "person")), strict=True))
    assert four["four"] == pytest.approx(0.0)
    assert max(score for phrase, score in four.items() if phrase != "four") < -1.5
    none = dict(zip(("four", "person"), what_it_hears(told(""), ("four", "person")), strict=True))
    assert none["person"] == pytest.approx(0.0)
    assert none["four"] < -1.5
    assert what_it_hears(told("oh"), ("zero",))[0] == pytest.approx(0.0)


@pytest.mark.parametrize("digit", DIGITS)
def test_digits_are_heard_in_noise(digit: str) -> None:
    said = noisy(line_of(0.4, spoken(digit, "en", "f4"), 0.6), 15)
    assert understood(said).phrase == digit
    assert understood(said, (*DIGITS, *COMMANDS)).phrase == digit


def test_what_is_no_digit_is_still_heard_among_digits() -> None:
    said = noisy(line_of(0.4, spoken("a person", "en", "f4"), 0.6))
    assert understood(said, (*DIGITS, *COMMANDS)).phrase == "a person"


@pytest.mark.parametrize(
    "digits", ["four seven one two", "nine oh five three", "two two six eight one zero three seven"]
)
def test_strings_of_digits_are_heard(digits: str) -> None:
    said = noisy(line_of(0.4, read_by_piper(digits), 0.8), 18)
    assert understood(said, COMMANDS, len(digits.split())).phrase == digits.replace("oh", "zero")


def test_where_no_english_digit_is_expected_the_ear_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("the ear was asked")

    monkeypatch.setattr(EAR, "log_probabilities", asked)
    assert understood(noisy(line_of(0.4, spoken("a person", "en", "f4"), 0.6)), COMMANDS).phrase == "a person"
    recogniser = HEARING.recogniser()
    recogniser.start(ONES, "sw")
    recogniser.accept(noisy(line_of(0.4, spoken("saba", "sw", "f4"), 0.6)))
    assert recogniser.finish().phrase == "saba"


@pytest.mark.parametrize(("digits", "language"), [("saba tatu nne sita", "sw"), ("seven four nine one", "en")])
def test_a_kiswahili_prompt_takes_strings_in_both_languages(digits: str, language: Language) -> None:
    said = spoken(digits, "sw", "f4") if language == "sw" else read_by_piper(digits)
    recogniser = HEARING.recogniser()
    recogniser.start(ONES, "sw", 4)
    recogniser.accept(noisy(line_of(0.4, said, 0.8)))
    heard = recogniser.finish().phrase
    assert heard is not None
    assert said_digits(heard) == said_digits(digits)


def test_frames_are_the_same_however_the_sound_arrives() -> None:
    pcm = np.random.default_rng(1).integers(-9000, 9000, 8111).astype(np.int16)
    stream = FrameStream(bank())
    for start in range(0, len(pcm), 161):
        stream.accept(pcm[start : start + 161])
    assert stream.frames() == pytest.approx(log_mel(as_sound(pcm), bank()), abs=1e-4)


def test_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMistake, match="not made for this program"):
        DigitEar(model_file.SHIPPED)
    with pytest.raises(FileMistake, match="not there"):
        DigitEar(tmp_path / "none.onnx")
