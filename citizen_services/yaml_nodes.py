"""Typed reading of a YAML file that people write: every mistake names the file, the line and the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from contact_centre.errors import FileMistake
from contact_centre.model import LANGUAGES, Language
from contact_centre.yaml_file import compose

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
LONGEST_SLUG = 60
LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class At:
    """One node of a YAML file."""

    path: Path
    node: yaml.Node

    def mistake(self, reason: str) -> FileMistake:
        """A mistake at this node, to be raised."""
        return FileMistake(self.path, self.node.start_mark.line + 1, reason)

    def mapping(self, required: set[str], optional: frozenset[str] = frozenset()) -> dict[str, At]:
        """The node as a mapping with exactly these keys."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.mistake("here a mapping of names to values is expected")
        found: dict[str, At] = {}
        for key_node, value in self.node.value:
            key = At(self.path, key_node).text("a name")
            if key in found:
                raise At(self.path, key_node).mistake(f"'{key}' is given twice")
            if key not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise At(self.path, key_node).mistake(f"'{key}' is not known here (known: {known})")
            found[key] = At(self.path, value)
        for key in sorted(required - found.keys()):
            raise self.mistake(f"'{key}' is missing")
        return found

    def items(self, what: str) -> list[At]:
        """The node as a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.mistake(f"here a list of {what} is expected")
        return [At(self.path, node) for node in self.node.value]

    def text(self, what: str, longest: int = LONGEST_TEXT) -> str:
        """The node as a line of text: not empty, bounded, nothing that cannot be spoken or shown."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag == "tag:yaml.org,2002:null":
            raise self.mistake(f"here {what} is expected")
        value = " ".join(self.node.value.split())
        if not value:
            raise self.mistake(f"{what} is empty")
        if len(value) > longest:
            raise self.mistake(f"{what} is longer than {longest} characters")
        if not value.isprintable():
            raise self.mistake(f"{what} has a character that cannot be shown")
        return value

    def slug(self, what: str) -> str:
        """The node as a slug: lower-case letters, digits and hyphens."""
        value = self.text(what, LONGEST_SLUG)
        if not SLUG.match(value):
            raise self.mistake(f"{what} '{value}' must be lower-case letters, digits and single hyphens")
        return value

    def day(self, what: str) -> date:
        """The node as a calendar day, YYYY-MM-DD."""
        value = self.text(what)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.mistake(f"{what} '{value}' is not a day such as 2026-11-23") from None

    def flag(self, what: str) -> bool:
        """The node as true or false."""
        value = self.text(what)
        if value not in {"true", "false"}:
            raise self.mistake(f"{what} must be true or false")
        return value == "true"

    def both_languages(self, what: str) -> Mapping[Language, str]:
        """The node as the same text in every language of the line."""
        found = self.mapping(set(LANGUAGES))
        return {language: found[language].text(f"{what} ({language})") for language in LANGUAGES}

    def phrases(self) -> Mapping[Language, tuple[str, ...]]:
        """The node as lists of phrases by language; a language may be absent."""
        found = self.mapping(set(), frozenset(LANGUAGES))
        return {
            language: tuple(item.text("a phrase", 80).lower() for item in found[language].items("phrases"))
            for language in LANGUAGES
            if language in found
        }


def read_yaml(path: Path) -> At:
    """Read one YAML document.

    Raises:
        FileMistake: when the file cannot be read, is not UTF-8, not YAML, or empty.
    """
    return At(path, compose(path))
