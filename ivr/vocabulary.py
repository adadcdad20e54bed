"""What may be said at each prompt, by the key that does the same: short, because what a prompt offers is likelier than
all that is listened for besides (`sentences.py`). What an engine that writes down everything hears is understood by
`intents.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from contact_centre.model import LANGUAGES, Language
from ivr.meaning import Press
from ivr.nodes import AGAIN, BACK, LANGUAGE, PERSON, Answer, CaseStatus, Choice, Menu, Node
from ivr.spoken_digits import ONES_BY_LANGUAGE
from ivr.words import Wording

Choices = Mapping[str, tuple[str, ...]]
"""Keys, each with what may be said instead."""

MOST_PHRASES = 18
"""Phrases of the options in one grammar, each option's first before any one's second; four commands come to them."""
OF_EACH = 3
"""So many of the ways to say a command are in a grammar, the first ones of `ivr/menus/words.yaml`."""
TOPICS = {Press("1"): "requirements", Press("2"): "fee", Press("3"): "where", Press("4"): "how-long"}
"""After an answer: the keys of its parts, and their names in the file of words."""
YES, NO = "1", "2"
LANGUAGE_NAMES: dict[Language, str] = {"en": "english", "sw": "kiswahili"}


def at_language(wording: Wording) -> Choices:
    """At the first question, which language it is to be."""
    named = {**dict(zip("12", LANGUAGE_NAMES.values(), strict=True)), PERSON: "person"}
    first = {
        name: [p for language in LANGUAGES for p in said[language][:OF_EACH]] for name, said in wording.said.items()
    }
    return {key: tuple(dict.fromkeys(first[name])) for key, name in named.items()}


def everywhere(wording: Wording, language: Language) -> Choices:
    """At every prompt."""
    said = wording.said
    other = LANGUAGE_NAMES["sw" if language == "en" else "en"]
    named = {PERSON: "person", BACK: "back", AGAIN: "again", LANGUAGE: other}
    return {key: said[name][language][:OF_EACH] for key, name in named.items()}


def at_doubt(wording: Wording, language: Language, called: Sequence[tuple[str, ...]]) -> Choices:
    """At "did you say …?", and at "did you mean … or …?".

    `called`: of the one thing or the two that are asked about, what they are called.
    """
    answers = ("first", "second") if len(called) > 1 else ("agree", "refuse")
    found = {key: wording.said[name][language][:OF_EACH] for key, name in zip((YES, NO), answers, strict=True)}
    names = in_sentences(dict(zip((YES, NO), called, strict=False)), wording, language)
    answered = {key: (*phrases, *names.get(key, ())) for key, phrases in found.items()}
    return {**answered, **everywhere(wording, language)}


@lru_cache(maxsize=1024)
def at_prompt(menu: Menu, name: str, language: Language) -> Choices:
    """At a node of a menu, made once: the phrases of its grammar and what callers say around them."""
    node = menu.nodes[name]
    choices = at_node(node, menu.wording, language)
    return choices if isinstance(node, CaseStatus) else in_sentences(choices, menu.wording, language)


def at_node(node: Node, wording: Wording, language: Language) -> Choices:
    """At a prompt of the menu, each phrase alone."""
    common = everywhere(wording, language)
    if isinstance(node, Answer):
        return {**{press.key: wording.said[name][language][:OF_EACH] for press, name in TOPICS.items()}, **common}
    if isinstance(node, CaseStatus):
        digits = dict(enumerate(ONES_BY_LANGUAGE[language]))
        keys = {*map(str, digits), *common}
        return {key: (*((digits[int(key)],) if key.isdigit() else ()), *common.get(key, ())) for key in sorted(keys)}
    options = node.options if isinstance(node, Choice) else ()
    phrases = {option.key: option.phrases.get(language, ()) for option in options}
    turns = zip_longest(*([(key, phrase) for phrase in of_one] for key, of_one in phrases.items()))
    chosen = [one for turn in turns for one in turn if one][: max(MOST_PHRASES, len(phrases))]
    return {**{key: tuple(phrase for k, phrase in chosen if k == key) for key in phrases}, **common}


def in_sentences(choices: Choices, wording: Wording, language: Language) -> Choices:
    """The same, each phrase also with what callers say around the name of a thing; commands are said alone."""
    patterns = ("{}", *wording.around.get(language, ()))
    alone = {BACK, AGAIN, LANGUAGE}
    return {
        key: phrases if key in alone else tuple(pattern.replace("{}", p) for p in phrases for pattern in patterns)
        for key, phrases in choices.items()
    }
