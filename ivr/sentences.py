"""Whole sentences: everything that may be said where the menu takes more than its own options, in both languages and
with the words of both mixed, as people in Kenya speak.

Made from the phrases of all services, agencies and options, and from `ivr/menus/words.yaml`. A recogniser with a
grammar hears one of them; what it means is what `intents.py` makes of the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from contact_centre.model import LANGUAGES, Language
from ivr.intents import Understood, intents_of
from ivr.meaning import name_of
from ivr.nodes import Menu
from ivr.vocabulary import TOPICS
from ivr.words import Wording, sayable

Words = tuple[str, Language]
"""Some words, and the language whose rules say how they sound."""
ELSEWHERE = 0.05
"""How much rarer a sentence about something else is than one of a prompt's own options, behind the main menu."""
MOST_MIXED = 12
"""So many forms of one phrase with words of both languages."""
POSSESSIVES = {"i": "yangu", "ki": "changu", "li": "langu", "u": "wangu", "zi": "zangu", "vi": "vyangu", "ya": "yangu"}
"""What "my" is with a thing whose verb begins so: "kitambulisho changu kimepotea", "leseni yangu imeisha"."""
_THING_AND_VERB = re.compile(rf"(\S+) (({'|'.join(POSSESSIVES)})(?:me|ko|na|li)\S*.*)\Z")


@dataclass(frozen=True, slots=True, eq=False)
class Sentences:
    """What may be said at length. Two are never equal, so that an engine makes one ready once and for all calls."""

    names: Mapping[Words, str]
    """What things are called, each with a word for what is meant: the same for all names of one thing."""
    before: tuple[Words, ...]
    after: tuple[Words, ...]
    """What is said around them ("I want …", "… tafadhali")."""
    odds: float = 1.0
    """How likely any of them is, against each phrase of the prompt itself."""

    def meant_by(self, phrase: str, language: Language) -> str:
        """A word for what a phrase means, said with or without something around it; itself when it is not known."""
        starts = ("", *(f"{words} " for words, spoken_in in self.before if spoken_in == language))
        ends = ("", *(f" {words}" for words, spoken_in in self.after if spoken_in == language))
        for start, end in product(starts, ends):
            if phrase.startswith(start) and phrase.endswith(end):
                name = phrase[len(start) : len(phrase) - len(end)]
                if meant := self.names.get((name, language)):
                    return meant
        return phrase

    @property
    def phrases(self) -> tuple[str, ...]:
        """All of these, and each word of them alone, for an engine that writes down any words of a grammar."""
        every = [phrase for phrase, _ in (*self.names, *self.before, *self.after)]
        return tuple(dict.fromkeys([*every, *(word for phrase in every for word in phrase.split())]))


@lru_cache(maxsize=4)
def sentences_elsewhere(menu: Menu) -> Sentences:
    """The same where the caller has just heard a prompt with options of its own, and mostly answers that."""
    return replace(sentences_of(menu), odds=ELSEWHERE)


@lru_cache(maxsize=4)
def sentences_of(menu: Menu) -> Sentences:
    """Everything that may be said at length in a menu, made once."""
    intents = intents_of(menu)
    names: dict[Words, str] = {}
    for meaning, called in intents.called.items():
        if meaning in TOPICS:  # only after an answer, and among its own phrases
            continue
        for language, phrases in called.items():
            for phrase in filter(None, map(sayable, phrases)):
                meant = intents.understand(phrase, menu.start)
                if meant.level == "reject":
                    continue
                for form in forms(phrase, menu.wording):
                    if intents.understand(form, menu.start) == meant:
                        names.setdefault((form, language), _named(meant))
    around = menu.wording.at_length
    return Sentences(names, _all(around.get("before", {})), _all(around.get("after", {})))


def forms(phrase: str, wording: Wording) -> Iterator[str]:
    """A phrase, with the words of the other language in it that people mix in, and with "my" in Kiswahili."""
    for form in dict.fromkeys(_mixed(phrase, wording.mixed)):
        yield form
        if match := _THING_AND_VERB.match(form):
            yield f"{match[1]} {POSSESSIVES[match[3]]} {match[2]}"


def _mixed(phrase: str, mixed: Sequence[tuple[str, ...]]) -> list[str]:
    words = phrase.split()
    ways = [next((group for group in mixed if word in group), (word,)) for word in words]
    ways = [(word, *(other for other in way if other != word)) for word, way in zip(words, ways, strict=True)]
    return [" ".join(said) for said, _ in zip(product(*ways), range(MOST_MIXED), strict=False)]


def _named(understood: Understood) -> str:
    return "|".join(map(name_of, understood.meanings))


def _all(by_language: Mapping[Language, tuple[str, ...]]) -> tuple[Words, ...]:
    return tuple((words, language) for language in LANGUAGES for words in by_language.get(language, ()))
