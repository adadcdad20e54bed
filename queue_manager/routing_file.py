"""Reads the routing file. A mistake is refused with file, line and reason; nothing is guessed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from contact_centre.errors import FileMistake
from contact_centre.model import LANGUAGES, Language, Queue
from queue_manager.rules import PauseReason, Rules

SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")
REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")
SECONDS = {"ring_s": (3, 120), "wrap_up_s": (0, 3600), "service_level_s": (1, 3600), "short_abandon_s": (0, 60)}
TOP = {"defaults", "pause_reasons", "wrap_up_limit_s", "queues"}


def read_routing(path: Path, ring_s: int = 15, missed_offers_pause: int = 1) -> Rules:
    """Read and check the file; `ring_s` holds where a queue does not say.

    Raises:
        FileMistake: the first mistake, with its line.
    """
    try:
        source = path.read_text(encoding="utf-8")
        document = yaml.compose(source, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise FileMistake(path, None, f"cannot be read: {error.__class__.__name__}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "not valid YAML"
        raise FileMistake(path, mark.line + 1 if mark else None, str(reason)) from error
    return _Reader(path).rules(document, ring_s, missed_offers_pause)


class _Reader:
    """Walks YAML nodes rather than values, because only nodes know their line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rules(self, document: yaml.Node | None, ring_s: int, missed: int) -> Rules:
        if document is None:
            raise FileMistake(self._path, 1, "the file is empty")
        top = self.mapping(document, "the file", TOP)
        defaults: dict[str, Any] = {"ring_s": ring_s}
        if "defaults" in top:
            defaults |= self.numbers(self.mapping(top["defaults"], "defaults", {*SECONDS, "target"}))
        if "queues" not in top:
            raise self.wrong(document, "there are no queues")
        queues = {}
        for name, node in self.mapping(top["queues"], "queues").items():
            if not SLUG.fullmatch(name):
                raise self.wrong(node, f"queue '{name}': a name is lower-case letters, digits and hyphens")
            queues[name] = self.queue(name, node, defaults)
        if "general" not in queues:
            raise self.wrong(top["queues"], "there must be a queue named general")
        limit = self.number(top["wrap_up_limit_s"], "wrap_up_limit_s", 0, 7200) if "wrap_up_limit_s" in top else 600
        return Rules(queues, self.reasons(top, document), int(limit), missed)

    def queue(self, name: str, node: yaml.Node, defaults: dict[str, Any]) -> Queue:
        fields = self.mapping(node, f"queue '{name}'", {"title", "agencies", "target", *SECONDS})
        if "title" not in fields:
            raise self.wrong(node, f"queue '{name}' has no title")
        titles = self.mapping(fields.pop("title"), "title", set(LANGUAGES))
        title: dict[Language, str] = {}
        for language in LANGUAGES:
            if language not in titles or not self.word(titles[language]).strip():
                raise self.wrong(node, f"queue '{name}' has no title in '{language}'")
            title[language] = self.word(titles[language])
        agencies = self.words(fields.pop("agencies")) if "agencies" in fields else []
        for agency in agencies:
            if not SLUG.fullmatch(agency):
                raise self.wrong(node, f"queue '{name}': '{agency[:40]}' is not an agency's name")
        return Queue(name, title, tuple(agencies), **(defaults | self.numbers(fields)))

    def numbers(self, fields: dict[str, yaml.Node]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, node in fields.items():
            if name == "target":
                found[name] = self.number(node, name, 0.01, 1.0)
            else:
                found[name] = int(self.number(node, name, *SECONDS[name]))
        return found

    def reasons(self, top: dict[str, yaml.Node], document: yaml.Node) -> tuple[str, ...]:
        reasons = self.words(top["pause_reasons"]) if "pause_reasons" in top else ["break"]
        for reason in reasons:
            if not REASON.fullmatch(reason):
                raise self.wrong(top["pause_reasons"], f"'{reason[:40]}': a reason is lower-case letters, digits and _")
            if reason in set(PauseReason):
                raise self.wrong(top["pause_reasons"], f"'{reason}' is a reason the house itself uses")
        if not reasons:
            raise self.wrong(document, "there must be a reason for a pause")
        return tuple(reasons)

    def mapping(self, node: yaml.Node, what: str, allowed: set[str] | None = None) -> dict[str, yaml.Node]:
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

    def words(self, node: yaml.Node) -> list[str]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "expected a list")
        return [self.word(item) for item in node.value]

    def word(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "expected a single value")
        return str(node.value)

    def number(self, node: yaml.Node, name: str, least: float, most: float) -> float:
        try:
            value = float(self.word(node))
        except ValueError as error:
            raise self.wrong(node, f"{name}: expected a number") from error
        if not least <= value <= most:
            raise self.wrong(node, f"{name}: must be from {least} to {most}")
        return value

    def wrong(self, node: yaml.Node, reason: str) -> FileMistake:
        return FileMistake(self._path, node.start_mark.line + 1, reason)
