"""Digits said one after another, in either language or both: "four seven double one", "mbili mbili sifuri tisa"."""

from __future__ import annotations

from collections.abc import Collection

from contact_centre.model import Language
from ivr.kiswahili_numbers import ONES as ONES_SW
from ivr.kiswahili_numbers import TENS as TENS_SW
from ivr.words import tokens

ONES_EN = tuple("zero one two three four five six seven eight nine".split())
TENS_EN = ("", "ten", *"twenty thirty forty fifty sixty seventy eighty ninety".split())
TEENS_EN = tuple("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())

ONES_BY_LANGUAGE: dict[Language, tuple[str, ...]] = {"en": ONES_EN, "sw": ONES_SW}
ONES = {word: str(value) for words in (ONES_EN, ONES_SW) for value, word in enumerate(words)}
ONES |= {"oh": "0", "o": "0", "nought": "0", "ziro": "0", "sufuri": "0"}
TENS = {word: str(value) for words in (TENS_EN, TENS_SW) for value, word in enumerate(words) if word}
TEENS = {word: str(value) for value, word in enumerate(TEENS_EN, 10)}
TIMES = {"double": 2, "triple": 3, "treble": 3}
"""Before a digit."""
TIMES_SW = {"mbili": 2, "tatu": 3}
"""After a digit and "mara" (times)."""


def said_digits(text: str, fillers: Collection[str] = ()) -> str | None:
    """Give the digits of a text that is nothing but digits and fillers; None for any other.

    A number below a hundred is its two digits ("forty seven" is 47), "kumi na mbili" is 12.
    """
    words = [word for word in tokens(text) if word in _NUMBER_WORDS or word.isdigit() or word not in fillers]
    digits = ""
    times = 1
    tens = ""
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if word == "na":
            continue
        if word == "mara" and digits and place < len(words) and words[place] in TIMES_SW:
            digits += digits[-1] * (TIMES_SW[words[place]] - 1)
            place += 1
            continue
        if word in ONES:
            digits += tens + ("0" if tens and ONES[word] == "0" else "") + ONES[word] * times
            tens, times = "", 1
            continue
        digits += tens and tens + "0"
        tens = ""
        if word in TIMES:
            times = TIMES[word]
        elif word in TEENS:
            digits += TEENS[word]
        elif word in TENS:
            tens = TENS[word]
        elif word.isdigit():
            digits += word
        elif set(word) == {"o"}:
            digits += "0" * len(word)
        else:
            return None
    digits += tens and tens + "0"
    return digits or None


_NUMBER_WORDS = frozenset({*ONES, *TENS, *TEENS, *TIMES, "na", "mara"})
