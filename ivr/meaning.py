"""What words can mean to the dialogue."""

from __future__ import annotations

from dataclasses import dataclass

from contact_centre.model import Language


@dataclass(frozen=True, slots=True)
class Press:
    """As if this key were pressed: a command that works everywhere, or a part of an answer."""

    key: str


@dataclass(frozen=True, slots=True)
class Go:
    """To this node of the menu, an option of the prompt or not."""

    node: str


@dataclass(frozen=True, slots=True)
class Change:
    """From here on in this language."""

    language: Language


@dataclass(frozen=True, slots=True)
class Typed:
    """These digits, said one after another."""

    digits: str


Meaning = Press | Go | Change | Typed


def name_of(meaning: Meaning) -> str:
    """Give its node, key or language; digits have no name."""
    match meaning:
        case Go(node):
            return node
        case Press(key):
            return key
        case Change(language):
            return language
    raise AssertionError("digits are no name")
