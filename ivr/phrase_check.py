"""Checks on what may be said at each prompt: a recogniser can only tell apart what sounds apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from contact_centre.errors import BadInput, FileMistake
from contact_centre.model import LANGUAGES, Language
from contact_centre.yaml_file import LOADER
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.phones import VOWELS
from ivr.nodes import Choice, Menu, Option
from ivr.vocabulary import everywhere

FEWEST_SYLLABLES = 2
"""A word of one syllable is heard in any noise."""
LETTERS = re.compile(r"[a-z]+(?:[ '-][a-z]+)*\Z")


def check_phrases(menu: Menu, files: Iterable[Path]) -> None:
    """Refuse what cannot be heard. `files`: those in which the phrases are written, to tell the line of a mistake.

    Raises:
        FileMistake: a phrase is missing in a language, cannot be said, is too short, or sounds like one of another
            option or a command at the same prompt.
    """
    places = list(files)
    for language in LANGUAGES:
        for key, phrases in everywhere(menu.wording, language).items():
            _check_each(phrases, f"the command of key {key}", language, places)
        for node in menu.nodes.values():
            if isinstance(node, Choice):
                _check_node(menu, node, language, places)


def _check_node(menu: Menu, node: Choice, language: Language, files: list[Path]) -> None:
    for option in node.options:
        what = f"node '{node.name}', key {option.key}"
        if not option.phrases.get(language) and not _leads_on(node, option):
            written = [*option.phrases.values(), (option.label["en"],)]
            raise _mistake(written[0][0], f"{what} has no phrase in '{language}'", files)
        _check_each(option.phrases.get(language, ()), what, language, files)
    heard: dict[object, tuple[str, str]] = {}
    options = {option.key: option.phrases.get(language, ()) for option in node.options}
    for key, phrases in [*everywhere(menu.wording, language).items(), *options.items()]:
        for phrase in phrases:
            about = frozenset(menu.wording.subjects(phrase))
            for same in (*map(tuple, pronunciations(phrase, language)), about):
                other, first = heard.setdefault(same or phrase, (key, phrase))
                if other != key:
                    alike = "means the same as" if same is about else "sounds like"
                    reason = f"'{phrase}' of key {key} {alike} '{first}' of key {other}"
                    raise _mistake(phrase, f"node '{node.name}' ({language}): {reason}", files)


def _leads_on(node: Choice, option: Option) -> bool:
    """Whether it is the last key of a long menu, which leads to the rest: that is pressed, not said."""
    return option.to.startswith(f"{node.name.rstrip('-0123456789')}-")


def _check_each(phrases: Iterable[str], what: str, language: Language, files: list[Path]) -> None:
    for phrase in phrases:
        if not LETTERS.match(phrase):
            reason = f"{what} ({language}): '{phrase}' must be letters only, numbers in words"
            raise _mistake(phrase, reason, files)
        try:
            count = syllables(phrase, language)
        except BadInput as error:
            raise _mistake(phrase, f"{what} ({language}): {error}", files) from error
        if count < FEWEST_SYLLABLES:
            reason = f"{what} ({language}): '{phrase}' is too short to be heard: two syllables are needed"
            raise _mistake(phrase, reason, files)


def syllables(phrase: str, language: Language) -> int:
    """How many syllables it has as it is mostly said: as many as vowels.

    Raises:
        BadInput: it cannot be said.
    """
    vowels = range(1, len(VOWELS) + 1)
    ways = pronunciations(phrase, language)
    mostly = ways[:1] if language == "en" else [ways[0], ways[-1]]  # an English word among Kiswahili is said as English
    return max(sum(phone in vowels for phone in said) for said in mostly)


def _mistake(phrase: str, reason: str, files: list[Path]) -> FileMistake:
    for path in files:
        for line in _lines(path, phrase):
            return FileMistake(path, line, reason)
    return FileMistake(files[0], None, reason)


def _lines(path: Path, text: str) -> Iterator[int]:
    """Where a text stands in a file, from its last place to its first: phrases come after titles."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    found = [
        node.start_mark.line + 1 for node in _scalars(root) if " ".join(node.value.split()).lower() == text.lower()
    ]
    yield from reversed(found)


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
