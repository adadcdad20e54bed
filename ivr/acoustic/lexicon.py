"""How the phrases of a grammar are said: every way that is likely on a Kenyan line, as the network's outputs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from contact_centre.errors import BadInput, FileMistake
from contact_centre.model import Language
from ivr.acoustic.english import guessed_phones, kenyan
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import PLACE, Phone, places

SHIPPED = Path(__file__).parent / "data" / "english.txt"
"""A word a line: the word, tab, its phones in America, tab, in Britain; made by `python -m ivr.training lexicon`."""
PREFIXES = ("ku", "ni", "na", "una", "nime", "ime", "nita", "ha", "i")
"""Kiswahili verb beginnings that are put before English words: "ku-renew", "nimelose"."""
WEAK: dict[str, list[Phone]] = {
    "a": ["@"],
    "an": ["@", "n"],
    "for": ["f", "@"],
    "from": ["f", "r", "@", "m"],
    "has": ["@", "z"],
    "of": ["@", "v"],
    "to": ["t", "@"],
}
"""Small words as they are said within a sentence; the British way has them, the American one every word in full."""
_WORD = re.compile(r"[a-z'’]+")

Lexicon = dict[str, tuple[list[Phone], list[Phone]]]


@cache
def english_lexicon(path: Path = SHIPPED) -> Lexicon:
    """Read the lexicon.

    Raises:
        FileMistake: a line that is no entry.
    """
    entries: Lexicon = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, *said = line.split("\t")
        ways = [way.split() for way in said]
        if len(ways) != 2 or not all(ways) or not all(phone in PLACE for way in ways for phone in way):
            raise FileMistake(path, number, "expected a word and two pronunciations with a tab between them")
        entries[word] = (ways[0], ways[1])
    return entries


def pronunciations(phrase: str, language: Language) -> list[list[int]]:
    """Give the ways of saying a phrase, the language's own first.

    Raises:
        BadInput: nothing in it can be said.
    """
    words = [w for w in _WORD.findall(phrase.lower().replace("-", "").replace("’", "'")) if w.strip("'")]
    ways: list[list[Phone]] = []
    accents = ("us", "gb", "ke") if language == "en" else ("sw", "ke", "us")
    for accent in accents:
        way: list[Phone] = []
        for word in words:
            said = WEAK[word] if accent == "gb" and len(words) > 1 and word in WEAK else _said(word, accent)
            way += said[1:] if way and said and way[-1] == said[0] else said  # "ya afya": one long sound
        if way and way not in ways:
            ways.append(way)
    if not ways:
        raise BadInput(f"the phrase {phrase!r} cannot be said: write it in letters, numbers in words")
    return [places(way) for way in ways]


def _said(word: str, accent: str) -> list[Phone]:
    if accent == "sw":
        return kiswahili_phones(word)
    entry = english_lexicon().get(word)
    if entry is not None:
        return {"us": entry[0], "gb": entry[1], "ke": kenyan(entry[1])}[accent]
    for prefix in PREFIXES:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 2 and rest in english_lexicon():
            return [*kiswahili_phones(prefix), *_said(rest, accent)]
    return kiswahili_phones(word) if accent == "ke" else guessed_phones(word)
