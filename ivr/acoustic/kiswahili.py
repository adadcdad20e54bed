"""Kiswahili's phones from its spelling: the language is written as it is said."""

from __future__ import annotations

import re

from ivr.acoustic.phones import Phone

SPELLINGS: dict[str, list[Phone]] = {
    "ng'": ["N"],
    "ng": ["N", "g"],
    "ny": ["J"],
    "ch": ["tS"],
    "sh": ["S"],
    "th": ["T"],
    "dh": ["D"],
    "gh": ["G"],
    "kh": ["h"],
    "ph": ["f"],
    "ck": ["k"],
    "c": ["k"],
    "q": ["k"],
    "x": ["k", "s"],
    "j": ["dZ"],
    "y": ["j"],
    **{letter: [letter] for letter in "abdefghiklmnoprstuvwz"},
}
_PIECE = re.compile("|".join(sorted(map(re.escape, SPELLINGS), key=len, reverse=True)))


def kiswahili_phones(word: str) -> list[Phone]:
    """Give a word's phones; what is no letter is passed over, and a doubled phone is one long one."""
    phones: list[Phone] = []
    for piece in _PIECE.findall(word.lower().replace("’", "'")):
        for phone in SPELLINGS[piece]:
            if not phones or phones[-1] != phone:
                phones.append(phone)
    return phones
