"""Which option of a prompt a caller's words named: for words that a person wrote down without saying what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contact_centre.model import LANGUAGES
from ivr.intents import intents_of
from ivr.meaning import Change, Go, Meaning, Press
from ivr.nodes import AGAIN, BACK, PERSON, Choice, Menu
from ivr.vocabulary import LANGUAGE_NAMES, TOPICS

COMMANDS: dict[Meaning, str] = dict(
    [(Press(PERSON), "person"), (Press(AGAIN), "again"), (Press(BACK), "back"), *TOPICS.items()]
)
"""Their names in the file of words."""


def option_meant(menu: Menu, words: str, node: str, options: Mapping[str, Sequence[str]]) -> str | None:
    """The key of the option that the words named for certain; None: they named none of this prompt, or more than one.

    `options`: keys that could be pressed there, each with what could be said instead. They are asked for by their
    phrases, not by their keys: at "did you say …?" the 1 is yes, whatever it is in the menu.
    """
    said = words.lower()
    if exact := next((key for key, phrases in options.items() if said in phrases), None):
        return exact
    understood = intents_of(menu).understand(words, node if node in menu.nodes else None)
    keys = {_key(menu, node, meaning, options) for meaning in understood.meanings}
    return keys.pop() if len(keys) == 1 and (understood.level == "act" or len(understood.meanings) > 1) else None


def _key(menu: Menu, node: str, meaning: Meaning, options: Mapping[str, Sequence[str]]) -> str | None:
    named = set(_names(menu, node, meaning))
    return next((key for key, phrases in options.items() if named & set(phrases)), None)


def _names(menu: Menu, node: str, meaning: Meaning) -> Iterator[str]:
    """What a meaning is called at this prompt, in both languages."""
    here = menu.nodes.get(node)
    if isinstance(meaning, Go):
        for option in here.options if isinstance(here, Choice) else ():
            if meaning.node in _from(menu, option.to):
                for language in LANGUAGES:
                    yield from option.phrases.get(language, ())
    else:
        name = LANGUAGE_NAMES[meaning.language] if isinstance(meaning, Change) else COMMANDS.get(meaning, "")
        for phrases in menu.wording.said.get(name, {}).values():
            yield from phrases


def _from(menu: Menu, node: str) -> set[str]:
    """A node, and all that options lead to from there."""
    seen, ahead = {node}, [node]
    while ahead:
        here = menu.nodes[ahead.pop()]
        new = {option.to for option in here.options} - seen if isinstance(here, Choice) else set()
        seen |= new
        ahead += new
    return seen
