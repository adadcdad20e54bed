"""Callers' words, as what they are about: spelling, endings, mixed languages and fillers aside.

"Nataka ku-renew leseni yangu" and "I want to renew my licence" are both `renew licence`. Endings are taken off only to
find a word that is known, so nothing is learned wrong: a word that stays unknown stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from contact_centre.model import Language

SUBJECTS = "ni u a tu m mu wa i ki zi li ya vi yu".split()
TENSES = "na li me ta mesha nge ka".split()
NEGATIONS = "si hatu ham hawa hai haki hazi hali haya ha".split()
RELATIVES = "yo cho zo vyo lo ye".split()
OBJECTS = ("", "ni", "ku", "ji", "i", "ki", "zi", "li")
BEGINNINGS = frozenset(
    {a + b for a, b in product(SUBJECTS, TENSES)}
    | {a + b + c for a, b, c in product(SUBJECTS, ("li", "na", "me"), RELATIVES)}
    | {a + b for a, b in product(NEGATIONS, ("", "ja", "ta", "ku", "wa"))}
    | {*SUBJECTS, "ku", "na", "hu"}
)
"""What may stand before a Kiswahili verb's stem, and in Kenya before an English verb: "ku-renew", "nime-lose"."""
SHORTEST_STEM = 3
_LETTERS = re.compile(r"[a-z]+(?:[ '-]+[a-z]+)*\Z")
_APART = re.compile(r"[^a-z0-9']+")
_REFUSED = re.compile(
    r"\b(?:(?:do not|don't|dont) (?:want|need)|sitaki|sihitaji)\b.*?"
    r"(?=\b(?:but|lakini|bali|i want|i need|nataka|ninataka|nahitaji)\b|$)"
)
"""What a caller says not to want: it must not be found."""


@dataclass(frozen=True)
class Wording:
    """The words that a house knows."""

    same: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """Words that mean the same, by one name; a key may be several words."""
    fillers: frozenset[str] = frozenset()
    said: Mapping[str, Mapping[Language, tuple[str, ...]]] = field(default_factory=dict)
    """What may be said at every prompt or at certain questions: name, language, phrases."""

    around: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    """What callers say around the name of a thing, which stands where `{}` is."""

    at_length: Mapping[str, Mapping[Language, tuple[str, ...]]] = field(default_factory=dict)
    """The same of whole sentences: what they say `before` it and `after` it."""

    mixed: tuple[tuple[str, ...], ...] = ()
    """Words of both languages that callers put in each other's place, whatever language the others are of."""

    @cached_property
    def longest(self) -> int:
        """Words in the longest of `same`."""
        return max(map(len, self.same), default=1)

    def subjects(self, text: str) -> list[str]:
        """What the words are about, in their order; fillers are left out."""
        words = list(tokens(text))
        found: list[str] = []
        place = 0
        while place < len(words):
            count, name = self._named(words[place:])
            place += count
            if name and (not found or found[-1] != name):
                found.append(name)
        return found

    def _named(self, words: list[str]) -> tuple[int, str]:
        for count in range(min(self.longest, len(words)), 1, -1):
            if name := self.same.get(tuple(words[:count])):
                return count, name
        word = words[0]
        if word in self.fillers:
            return 1, ""
        for known in shorter(word):
            if name := self.same.get((known,)):
                return 1, name
        return 1, singular(word)


def sayable(phrase: str) -> str:
    """A phrase as a grammar has it, in small letters without commas; empty when it is not letters alone."""
    plain = " ".join(re.sub(r"[.,:;?!]", " ", phrase.lower().replace("’", "'")).split())
    return plain if _LETTERS.match(plain) else ""


def tokens(text: str) -> Iterator[str]:
    """The words of a text in plain small letters; letters said one by one are one word, what is refused is none."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("-", " - "))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(rf"\b({'|'.join(sorted(BEGINNINGS, key=len, reverse=True))}) - (?=\w{{3}})", r"\1", plain)
    letters = ""
    for word in [w.strip("'") for w in _APART.split(_REFUSED.sub(" ", " ".join(plain.split())))]:
        if len(word) == 1 and word.isalpha():
            letters += word
            continue
        yield from _letters(letters)
        letters = ""
        if word:
            yield word
    yield from _letters(letters)


def _letters(letters: str) -> Iterable[str]:
    return [letters] if letters else []


def singular(word: str) -> str:
    """An English word without the ending of many."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def shorter(word: str) -> Iterator[str]:
    """The word, and what it may be without beginnings and endings, the likeliest first; most of these are no words."""
    yield word
    yield from _endings(word)
    for length in range(len(word) - SHORTEST_STEM, 0, -1):
        if word[:length] in BEGINNINGS:
            for object_ in OBJECTS:
                stem = word[length:].removeprefix(object_)
                if word[length:].startswith(object_) and len(stem) >= SHORTEST_STEM:
                    yield stem
                    yield from _endings(stem)


def _endings(word: str) -> Iterator[str]:
    yield singular(word)
    for ending in ("ing", "ed", "d", "es", "'s", "ni"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            yield word.removesuffix(ending)
            yield word.removesuffix(ending) + "e"
    if word[-1:] in {"e", "i"}:
        yield word[:-1] + "a"
