"""English phones: from espeak-ng's IPA when the lexicon is built, and by rule for a word that is not in it."""

from __future__ import annotations

import re

from ivr.acoustic.phones import Phone

IPA: dict[str, list[Phone]] = {
    "tʃ": ["tS"],
    "dʒ": ["dZ"],
    "eɪ": ["eI"],
    "aɪ": ["aI"],
    "ɔɪ": ["OI"],
    "aʊ": ["aU"],
    "oʊ": ["oU"],
    "əʊ": ["oU"],
    "oː": ["o"],
    "eː": ["eI"],
    "aː": ["a"],
    "ɑː": ["a"],
    "ɑ": ["a"],
    "iː": ["i"],
    "i": ["i"],
    "uː": ["u"],
    "u": ["u"],
    "ʉː": ["u"],
    "ʉ": ["u"],
    "ɛ": ["e"],
    "e": ["e"],
    "ɔː": ["o"],
    "ɔ": ["o"],
    "o": ["o"],
    "ɪ": ["I"],
    "ᵻ": ["I"],
    "æ": ["A"],
    "a": ["A"],
    "ʌ": ["V"],
    "ɐ": ["@"],
    "ə": ["@"],
    "ɒ": ["O"],
    "ʊ": ["U"],
    "ɜː": ["3"],
    "ɜ": ["3"],
    "ɚ": ["3"],
    "ɡ": ["g"],
    "g": ["g"],
    "ɹ": ["r"],
    "r": ["r"],
    "ɾ": ["d"],
    "ʔ": ["t"],
    "ʃ": ["S"],
    "ʒ": ["Z"],
    "θ": ["T"],
    "ð": ["D"],
    "ŋ": ["N"],
    "x": ["h"],
    "ç": ["h"],
    "ɲ": ["J"],
    "ɫ": ["l"],
    "ɬ": ["l"],
    "ʍ": ["w"],
    **{letter: [letter] for letter in "pbtdkfvszhmnlwj"},
}
_SOUND = re.compile("|".join(sorted(map(re.escape, IPA), key=len, reverse=True)))

SPELLINGS: dict[str, list[Phone]] = {
    "tion": ["S", "@", "n"],
    "sion": ["S", "@", "n"],
    "ough": ["o"],
    "igh": ["aI"],
    "tch": ["tS"],
    "dge": ["dZ"],
    "ch": ["tS"],
    "sh": ["S"],
    "th": ["T"],
    "ph": ["f"],
    "wh": ["w"],
    "ck": ["k"],
    "ng": ["N"],
    "qu": ["k", "w"],
    "kn": ["n"],
    "wr": ["r"],
    "ee": ["i"],
    "ea": ["i"],
    "oo": ["u"],
    "ou": ["aU"],
    "ow": ["oU"],
    "oa": ["oU"],
    "ai": ["eI"],
    "ay": ["eI"],
    "oi": ["OI"],
    "oy": ["OI"],
    "au": ["o"],
    "aw": ["o"],
    "er": ["3"],
    "ir": ["3"],
    "ur": ["3"],
    "ar": ["a", "r"],
    "or": ["o", "r"],
    "a": ["A"],
    "e": ["e"],
    "i": ["I"],
    "o": ["O"],
    "u": ["V"],
    "c": ["k"],
    "j": ["dZ"],
    "q": ["k"],
    "x": ["k", "s"],
    "y": ["i"],
    "ce": ["s"],
    "ci": ["s", "I"],
    "ge": ["dZ"],
    **{letter: [letter] for letter in "bdfghklmnprstvwz"},
}
_PIECE = re.compile("|".join(sorted(SPELLINGS, key=len, reverse=True)))

KENYAN: dict[Phone, list[Phone]] = {
    "I": ["i"],
    "A": ["a"],
    "V": ["a"],
    "@": ["a"],
    "O": ["o"],
    "U": ["u"],
    "3": ["a"],
    "Z": ["S"],
    "eI": ["e"],
    "aI": ["a", "i"],
    "OI": ["o", "i"],
    "aU": ["a", "u"],
    "oU": ["o"],
}
"""How Kiswahili's five vowels stand for English ones in Kenya."""


def phones_of_ipa(ipa: str) -> list[Phone]:
    """Read espeak-ng's IPA; stress, length and pauses are passed over."""
    phones: list[Phone] = []
    for sound in _SOUND.findall(ipa.replace("ˈ", "").replace("ˌ", "")):
        for phone in IPA[sound]:
            if not phones or phones[-1] != phone:
                phones.append(phone)
    return phones


def guessed_phones(word: str) -> list[Phone]:
    """Guess a word's phones from its spelling: rough, for a word that no lexicon has."""
    word = word.lower()
    silent_e = len(word) > 3 and word.endswith("e") and word[-2] not in "aeiou"
    phones: list[Phone] = []
    for piece in _PIECE.findall(word[:-1] if silent_e and word[-2] not in "cg" else word):
        for phone in SPELLINGS[piece]:
            if not phones or phones[-1] != phone:
                phones.append(phone)
    return phones


def kenyan(phones: list[Phone]) -> list[Phone]:
    """Say English phones with Kiswahili's vowels."""
    said: list[Phone] = []
    for phone in phones:
        for sound in KENYAN.get(phone, [phone]):
            if not said or said[-1] != sound:
                said.append(sound)
    return said
