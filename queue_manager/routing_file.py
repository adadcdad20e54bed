"""Reads the routing file. A mistake is refused with file, line and reason; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import yaml

from contact_centre.model import LANGUAGES, Language, Queue
from contact_centre.yaml_file import compose
from queue_manager.hours import ALWAYS, Hours
from queue_manager.routing_steps import ROUTING, RoutingReader
from queue_manager.rules import PauseReason, Routing, Rules
from queue_manager.yaml_walk import Walk

SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")
REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")
SECONDS = {"ring_s": (3, 120), "wrap_up_s": (0, 3600), "service_level_s": (1, 3600), "short_abandon_s": (0, 60)}
TOP = {"routing", "callback", "ageing_s", "defaults", "pause_reasons", "wrap_up_limit_s", "queues"}


@dataclass(frozen=True, slots=True)
class Known:
    """What a routing file may name; None: that is not checked."""

    agencies: frozenset[str] | None = None
    """Slugs of the catalogue; a skill is `language:` and a language, or `agency:` and one of these."""
    endpoints: frozenset[str] | None = None
    """The agents' endpoints there are."""


ANYTHING = Known()


def read_routing(path: Path, ring_s: int = 15, missed_offers_pause: int = 1, *, known: Known = ANYTHING,
                 zone: tzinfo | None = None, hours: Hours = ALWAYS) -> Rules:  # fmt: skip
    """Read and check the file; `ring_s` and `hours` hold where a queue does not say, hours are local to `zone`.

    Raises:
        FileMistake: the first mistake, with its line.
    """
    return _Reader(path, known, zone).rules(compose(path), ring_s, missed_offers_pause, hours)


class _Reader(Walk):
    """Gives the nodes their meaning."""

    def __init__(self, path: Path, known: Known, zone: tzinfo | None) -> None:
        super().__init__(path)
        self._known, self._zone = known, zone

    def rules(self, document: yaml.Node, ring_s: int, missed: int, hours: Hours) -> Rules:
        top = self.mapping(document, "the file", TOP)
        defaults: dict[str, Any] = {"ring_s": ring_s}
        if "defaults" in top:
            defaults |= self.numbers(self.mapping(top["defaults"], "defaults", {*SECONDS, "target"}))
        if "queues" not in top:
            raise self.wrong(document, "there are no queues")
        queues, routing = {}, {}
        nodes = self.mapping(top["queues"], "queues")
        reader = RoutingReader(self._path, frozenset(nodes), self._known.agencies, self._known.endpoints, self._zone)
        common = top.get("routing")
        plain = Routing(hours=hours)
        if common is not None:
            plain = reader.routing("routing", self.mapping(common, "routing", ROUTING), plain)
        for name, node in nodes.items():
            if not SLUG.fullmatch(name):
                raise self.wrong(node, f"queue '{name}': a name is lower-case letters, digits and hyphens")
            queues[name] = self.queue(name, node, defaults)
            mine = {k: v for k, v in self.mapping(node, f"queue '{name}'").items() if k in ROUTING}
            routing[name] = reader.routing(f"queue '{name}'", mine, plain, name)
        if "general" not in queues:
            raise self.wrong(top["queues"], "there must be a queue named general")
        limit = self.number(top["wrap_up_limit_s"], "wrap_up_limit_s", 0, 7200) if "wrap_up_limit_s" in top else 600
        reader.refuse_circles(routing, nodes)
        point_s = self.whole(top["ageing_s"], "ageing_s", 0, 86_400) if "ageing_s" in top else 0
        callback = reader.callback(top["callback"]) if "callback" in top else None
        return Rules(
            queues, self.reasons(top, document), int(limit), missed, routing=routing, point_s=point_s,
            callback=callback,
        )  # fmt: skip

    def queue(self, name: str, node: yaml.Node, defaults: dict[str, Any]) -> Queue:
        fields = self.mapping(node, f"queue '{name}'", {"title", "notice", "agencies", "target", *SECONDS, *ROUTING})
        asked = dict(fields)
        if "title" not in fields:
            raise self.wrong(node, f"queue '{name}' has no title")
        title = self.both(name, "title", fields.pop("title"), node)
        notice = self.both(name, "notice", fields.pop("notice"), node) if "notice" in fields else None
        agencies = self.words(fields.pop("agencies")) if "agencies" in fields else []
        for agency in agencies:
            if not SLUG.fullmatch(agency):
                raise self.wrong(node, f"queue '{name}': '{agency[:40]}' is not an agency's name")
        if (known := self._known.agencies) is not None and "agencies" in asked:
            for item in self.items(asked["agencies"]):
                if self.word(item) not in known:
                    raise self.wrong(item, f"queue '{name}': there is no such agency: '{self.word(item)[:40]}'")
        numbers = {name: node for name, node in fields.items() if name not in ROUTING}
        return Queue(name, title, tuple(agencies), notice=notice, **(defaults | self.numbers(numbers)))

    def both(self, name: str, what: str, said: yaml.Node, node: yaml.Node) -> dict[Language, str]:
        """A text of a queue in every language."""
        texts = self.mapping(said, what, set(LANGUAGES))
        for language in LANGUAGES:
            if language not in texts or not self.word(texts[language]).strip():
                raise self.wrong(node, f"queue '{name}' has no {what} in '{language}'")
        return {language: self.word(texts[language]) for language in LANGUAGES}

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
