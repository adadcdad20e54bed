"""From what was heard to what was meant: an option of the prompt, a service anywhere in the menu, or one of two.

An engine with a grammar gives back one of the prompt's phrases, with the others it might have been; an engine that
writes down everything gives a sentence. A sentence is compared with every phrase by what both are about
(`words.py`): how much of the phrase was said, and how much of what was said the phrase explains.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from citizen_services.catalogue import Phrases, Text
from contact_centre.model import LANGUAGES, Language
from ivr.heard import Heard, Level
from ivr.meaning import Change, Go, Meaning, Press
from ivr.nodes import AGAIN, BACK, PERSON, Answer, Choice, Menu, agency_node, service_node
from ivr.spoken_digits import said_digits
from ivr.vocabulary import LANGUAGE_NAMES, TOPICS, Choices
from ivr.words import sayable

ACT_FROM, CONFIRM_FROM = 0.7, 0.45
"""Likeness from which a sentence is acted on, and from which it is asked about (0 to 1)."""
NEAR = 0.1
"""Readings whose likeness differs by less are near each other: the caller is asked which was meant."""
EQUAL = 0.02
"""Readings whose likeness differs by less are equal: of a menu and one service in it, the service was meant."""
UNKNOWN = 1.0
"""Weight of a word that no phrase has; those of phrases weigh about 2 to 4."""
HALF_AS_LIKELY = 0.5
"""A second phrase of the grammar with at least this part of the first one's belief is near it."""

Subjects = frozenset[str]


@dataclass(frozen=True, slots=True)
class Understood:
    """What to do with what was heard."""

    level: Level
    meanings: tuple[Meaning, ...] = ()
    """One, or two that are near each other and must be asked about; none at the level `reject`."""


NOT_UNDERSTOOD = Understood("reject")


class Intents:
    """Every phrase of a menu, made ready once; used by all its calls."""

    def __init__(self, menu: Menu) -> None:
        """Make the phrases of a menu ready."""
        self._menu = menu
        self.called: dict[Meaning, dict[Language, list[str]]] = {}
        """What everything is called, in each language."""
        self._phrases: dict[Meaning, list[Subjects]] = {}
        for meaning, called in _targets(menu):
            of_this = self.called.setdefault(meaning, {language: [] for language in LANGUAGES})
            for language, phrases in called.items():
                of_this[language].extend(phrases)
                subjects = (frozenset(menu.wording.subjects(phrase)) for phrase in phrases)
                self._phrases.setdefault(meaning, []).extend(s for s in subjects if s)
        count = Counter(one for of_one in self._phrases.values() for one in set().union(*of_one))
        self._weights = {one: math.log(1 + len(self._phrases) / n) for one, n in count.items()}
        self._phrase_weights = {s: self._weight(s) for of_one in self._phrases.values() for s in of_one}
        self._order = {meaning: place for place, meaning in enumerate(self._phrases)}
        self._about: dict[str, set[Meaning]] = {}
        for meaning, of_one in self._phrases.items():
            for one in set().union(*of_one):
                self._about.setdefault(one, set()).add(meaning)
        self._topics = frozenset().union(*(s for topic in TOPICS for s in self._phrases[topic] if len(s) == 1))
        self._below = {name: frozenset(_below(menu, name)) for name in menu.nodes}

    def understand(self, text: str, node: str | None) -> Understood:
        """What a sentence means at a node; None: at the first question, which language it is to be."""
        here = self._menu.nodes.get(node or "")
        number = said_digits(text, self._menu.wording.fillers)
        if number and isinstance(here, Choice):
            named = [Go(option.to) for option in here.options if option.key == number]
            return Understood("act", tuple(named)) if named else NOT_UNDERSTOOD
        subjects = frozenset(self._menu.wording.subjects(text))
        if not isinstance(here, Answer):  # "how much is a passport" is about a passport
            subjects -= self._topics
        readings = self._readings(subjects, node)
        again = readings.pop(Go(node or ""), 0.0)
        near = self._near(readings, here)
        if len(near) > 2:
            near = self._together(near)
        within = any(self._is_below(meaning, Go(node or "")) and near[meaning] >= ACT_FROM for meaning in near)
        if again >= ACT_FROM and again > max(near.values(), default=0.0) - EQUAL and not within:
            return Understood("act", (Press(AGAIN),))
        if not near:
            return NOT_UNDERSTOOD
        sure = len(near) == 1 and next(iter(near.values())) >= ACT_FROM
        return Understood("act" if sure else "confirm", tuple(near))

    def among(self, text: str, meanings: tuple[Meaning, ...]) -> Meaning | None:
        """Which of some meanings a sentence names; None when it is none of them, or both."""
        subjects = frozenset(self._menu.wording.subjects(text))
        said = self._weight(subjects)
        scores = {
            meaning: max(
                (self._likeness(subjects, phrase, said) for phrase in self._phrases.get(meaning, ())), default=0
            )
            for meaning in meanings
        }
        best = max(scores.values(), default=0.0)
        found = [meaning for meaning, score in scores.items() if score > best - NEAR]
        return found[0] if best >= ACT_FROM and len(found) == 1 else None

    def names_apart(self, meanings: tuple[Meaning, ...], language: Language) -> tuple[tuple[str, ...], ...]:
        """For each of some meanings what it is called in a language, without what could be another one of them."""
        found = []
        for meaning in meanings:
            phrases = dict.fromkeys(map(sayable, self.called.get(meaning, {}).get(language, ())))
            found.append(tuple(p for p in phrases if p and self.among(p, meanings) == meaning))
        return tuple(found)

    def closer(self, meaning: Go, phrase: str) -> Go:
        """The service within a menu that its phrase names, or the menu itself; a number is a key of the menu before."""
        if said_digits(phrase, self._menu.wording.fillers):
            return meaning
        found = self.understand(phrase, meaning.node)
        here = [m for m in found.meanings if isinstance(m, Go) and self._is_below(m, meaning)]
        return here[0] if found.level == "act" and here else meaning

    def one_way(self, meaning: Meaning, other: Meaning) -> bool:
        """Whether two meanings are one, or the second is on the way to the first, or behind it."""
        return meaning == other or self._is_below(meaning, other) or self._is_below(other, meaning)

    def _readings(self, subjects: Subjects, node: str | None) -> dict[Meaning, float]:
        said = self._weight(subjects)
        readings: dict[Meaning, float] = {}
        about = {meaning for one in subjects for meaning in self._about.get(one, ())}
        for meaning in sorted(about, key=self._order.__getitem__):
            if node is None and not (isinstance(meaning, Change) or meaning == Press(PERSON)):
                continue
            if meaning in TOPICS and not isinstance(self._menu.nodes.get(node or ""), Answer):
                continue
            likeness = max(self._likeness(subjects, phrase, said) for phrase in self._phrases[meaning])
            if likeness >= CONFIRM_FROM:
                readings[meaning] = likeness
        return readings

    def _likeness(self, subjects: Subjects, phrase: Subjects, said: float) -> float:
        """The harmonic mean of the part of the phrase that was said, and of what was said that is of the phrase."""
        common = subjects & phrase
        return 2 * self._weight(common) / (said + self._phrase_weights[phrase]) if common else 0.0

    def _weight(self, subjects: Subjects) -> float:
        return sum(self._weights.get(one, UNKNOWN) for one in subjects)

    def _near(self, readings: Mapping[Meaning, float], here: object) -> dict[Meaning, float]:
        """The best readings; of a menu and a service in it one; what this prompt leads to before what is elsewhere."""
        best = max(readings.values(), default=0.0)
        near = {meaning: score for meaning, score in readings.items() if score > best - NEAR}
        own = {Go(option.to) for option in here.options} if isinstance(here, Choice) else set()
        named = {meaning for meaning in near.keys() & own if near[meaning] > best - EQUAL}
        if named:
            near = {m: score for m, score in near.items() if m in own or any(self._is_below(m, one) for one in named)}
        for menu in sorted(near, key=self._size):
            below = [meaning for meaning in near if self._is_below(meaning, menu)]
            ends = [one for one in below if not any(self._is_below(other, one) for other in below)]
            as_good = all(near[one] > max(near[menu] - EQUAL, 0 if len(ends) == 1 else ACT_FROM) for one in ends)
            if ends and len(ends) <= 2 and as_good:
                del near[menu]
            elif below and near[menu] > max(near[one] for one in below) - EQUAL:
                near = {meaning: score for meaning, score in near.items() if meaning not in below}
            elif below:
                del near[menu]
        return dict(sorted(near.items(), key=lambda one: -one[1]))

    def _size(self, meaning: Meaning) -> int:
        return len(self._below[meaning.node]) if isinstance(meaning, Go) else 0

    def _is_below(self, meaning: Meaning, other: Meaning) -> bool:
        return isinstance(meaning, Go) and isinstance(other, Go) and meaning.node in self._below.get(other.node, ())

    def _together(self, near: Mapping[Meaning, float]) -> dict[Meaning, float]:
        """The smallest menu that leads to all of them, to be asked about."""
        wanted = {meaning.node for meaning in near if isinstance(meaning, Go)}
        if len(wanted) < len(near):
            return {}
        menus = [name for name, below in self._below.items() if wanted <= below and name != self._menu.start]
        smallest = min(menus, key=lambda name: len(self._below[name]), default=None)
        return {Go(smallest): CONFIRM_FROM} if smallest else {}


@lru_cache(maxsize=4)
def intents_of(menu: Menu) -> Intents:
    """Give what is made ready of a menu; the calls of a process share it."""
    return Intents(menu)


def decide(menu: Menu, heard: Heard, node: str | None, choices: Choices) -> Understood:
    """What to do with what a recogniser heard at a prompt.

    `choices`: what may be said there by the key that does the same; `node`: as for `Intents.understand`.
    """
    if heard.level == "reject" or not heard.phrase:
        return NOT_UNDERSTOOD
    first = _meant(menu, heard.phrase, node, choices)
    if first.level != "act":
        return first
    (meaning,) = first.meanings
    share = next((a.confidence for a in heard.alternatives if a.phrase == heard.phrase), 1.0)
    for alternative in heard.alternatives:  # the likeliest first
        if alternative.phrase == heard.phrase or alternative.confidence < HALF_AS_LIKELY * share:
            continue
        other = _meant(menu, alternative.phrase, node, choices)
        if other.level == "act" and not intents_of(menu).one_way(meaning, other.meanings[0]):
            return Understood("confirm", (meaning, *other.meanings))
    return Understood(heard.level, (meaning,))


def _meant(menu: Menu, phrase: str, node: str | None, choices: Choices) -> Understood:
    exact = _exact(menu, phrase, node, choices)
    return Understood("act", (exact,)) if exact else intents_of(menu).understand(phrase, node)


def _exact(menu: Menu, phrase: str, node: str | None, choices: Choices) -> Meaning | None:
    for key, phrases in choices.items():
        if phrase in phrases:
            return meaning_of(menu, key, node, phrase)
    return None


def meaning_of(menu: Menu, key: str, node: str | None, phrase: str) -> Meaning:
    """What a key means at a node."""
    for language, name in LANGUAGE_NAMES.items():  # called so in either of them
        if any(phrase in of_one for of_one in menu.wording.said[name].values()):
            return Change(language)
    here = menu.nodes.get(node or "")
    for option in here.options if isinstance(here, Choice) else ():
        if option.key == key:
            return intents_of(menu).closer(Go(option.to), phrase)
    return Press(key)


def _targets(menu: Menu) -> Iterator[tuple[Meaning, Phrases]]:
    for service in menu.catalogue.services:
        yield Go(service_node(service.slug)), _called(service.title, service.phrases)
    for agency in menu.catalogue.agencies:
        yield Go(agency_node(agency.slug)), _called(agency.name, agency.phrases)
    for node in menu.nodes.values():
        for option in node.options if isinstance(node, Choice) else ():
            if not isinstance(menu.nodes[option.to], Answer):
                yield Go(option.to), _called(option.label, option.phrases)
    said = menu.wording.said
    for meaning, name in ((Press(PERSON), "person"), (Press(AGAIN), "again"), (Press(BACK), "back")):
        yield meaning, said[name]
    yield Change("en"), said["english"]
    yield Change("sw"), said["kiswahili"]
    for meaning, name in TOPICS.items():
        yield meaning, said[name]


def _called(title: Text, phrases: Phrases) -> Phrases:
    return {language: (title[language], *phrases.get(language, ())) for language in LANGUAGES}


def _below(menu: Menu, name: str) -> set[str]:
    """Every node that options lead to from here, itself aside."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        node = menu.nodes[ahead.pop()]
        for option in node.options if isinstance(node, Choice) else ():
            if option.to not in seen:
                seen.add(option.to)
                ahead.append(option.to)
    return seen - {name}
