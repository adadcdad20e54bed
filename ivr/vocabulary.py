"""What may be said at each prompt, by the key that does the same."""

from __future__ import annotations

from collections.abc import Mapping

from contact_centre.model import Language
from ivr.nodes import AGAIN, BACK, LANGUAGE, PERSON, Choice, Node

Choices = Mapping[str, tuple[str, ...]]
"""Keys, each with what may be said instead."""

LANGUAGES_SAID: Choices = {"1": ("english", "kiingereza"), "2": ("kiswahili", "swahili")}
EVERYWHERE: dict[Language, Choices] = {
    "en": {PERSON: ("agent", "an agent"), BACK: ("go back",), AGAIN: ("repeat",), LANGUAGE: ("kiswahili", "swahili")},
    "sw": {PERSON: ("mhudumu",), BACK: ("rudi",), AGAIN: ("rudia",), LANGUAGE: ("english", "kiingereza")},
}
YES, NO = "1", "2"
YES_OR_NO: dict[Language, Choices] = {
    "en": {YES: ("yes", "yes please"), NO: ("no",)},
    "sw": {YES: ("ndiyo", "ndio"), NO: ("hapana", "la")},
}


def at_language() -> Choices:
    """At the first question, which language it is to be."""
    return {**LANGUAGES_SAID, PERSON: (*EVERYWHERE["en"][PERSON], *EVERYWHERE["sw"][PERSON])}


def at_doubt(language: Language) -> Choices:
    """At "did you say …?"."""
    return {**YES_OR_NO[language], **EVERYWHERE[language]}


def at_node(node: Node, language: Language) -> Choices:
    """At a prompt of the menu."""
    options = node.options if isinstance(node, Choice) else ()
    return {**{o.key: tuple(o.phrases.get(language, ())) for o in options}, **EVERYWHERE[language]}
