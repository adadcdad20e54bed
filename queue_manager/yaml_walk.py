"""Walks the nodes of a YAML file. Whatever is not expected is refused, with its line."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

import yaml

from contact_centre.errors import FileMistake


class Walk:
    """Steps from node to value; every mistake names the file and the line."""

    def __init__(self, path: Path) -> None:
        """Of the file at this path."""
        self._path = path

    def mapping(self, node: yaml.Node, what: str, allowed: AbstractSet[str] | None = None) -> dict[str, yaml.Node]:
        """Names with values, each once and known."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what}: expected names with values")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.word(key)
            if name in found:
                raise self.wrong(key, f"'{name[:40]}' is there twice")
            if allowed is not None and name not in allowed:
                raise self.wrong(key, f"{what}: '{name[:40]}' is not known; known are {', '.join(sorted(allowed))}")
            found[name] = value
        return found

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "expected a list")
        return list(node.value)

    def words(self, node: yaml.Node) -> list[str]:
        """A list of single values."""
        return [self.word(item) for item in self.items(node)]

    def word(self, node: yaml.Node) -> str:
        """A single value as text."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "expected a single value")
        return str(node.value)

    def number(self, node: yaml.Node, name: str, least: float, most: float) -> float:
        """A number within bounds."""
        try:
            value = float(self.word(node))
        except ValueError as error:
            raise self.wrong(node, f"{name}: expected a number") from error
        if not least <= value <= most:
            raise self.wrong(node, f"{name}: must be from {least} to {most}")
        return value

    def whole(self, node: yaml.Node, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.number(node, name, least, most)
        if value != int(value):
            raise self.wrong(node, f"{name}: expected a whole number")
        return int(value)

    def wrong(self, node: yaml.Node, reason: str) -> FileMistake:
        """A mistake at this place."""
        return FileMistake(self._path, node.start_mark.line + 1, reason)
