"""Reads how a queue's calls find their agent: levels, steps, last agent, overflow, limits and hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, tzinfo
from pathlib import Path
from typing import Any

import yaml

from contact_centre.model import LANGUAGES
from queue_manager.callback_state import CallbackRules
from queue_manager.hours import ALWAYS, WEEKDAYS, Hours
from queue_manager.rules import LastAgent, Overflow, Routing
from queue_manager.steps import RELAXED, Step
from queue_manager.yaml_walk import Walk

ROUTING = frozenset({"levels", "steps", "last_agent", "overflow", "full_at", "longest_wait_s", "hours", "priority"})
MOST_PRIORITY = 100
"""More than this is for calls that lost their agent or were handed on."""
KINDS = ("language", "agency")
LONGEST_S = 86_400
CALLBACK: Mapping[str, tuple[int, int]] = {
    "offer_over_s": (0, LONGEST_S),
    "attempts": (1, 10),
    "spacing_s": (30, LONGEST_S),
    "ring_s": (10, 120),
    "lead_s": (0, 600),
    "keep_h": (1, 24 * 14),
    "most": (1, 10_000),
    "per_day": (1, 100),
}
"""What may be said of callbacks, and within which bounds."""


class RoutingReader(Walk):
    """Gives the nodes of one queue's routing their meaning."""

    def __init__(self, path: Path, queues: frozenset[str], agencies: frozenset[str] | None,
                 endpoints: frozenset[str] | None, zone: tzinfo | None) -> None:  # fmt: skip
        """What may be named: queues, agencies, endpoints (None: not checked)."""
        super().__init__(path)
        self._queues, self._agencies, self._endpoints, self._zone = queues, agencies, endpoints, zone

    def routing(self, what: str, fields: Mapping[str, yaml.Node], plain: Routing, name: str = "") -> Routing:
        """The routing of one queue; `plain` holds where it does not say. `none` takes back what is common to all."""
        changes: dict[str, Any] = {}
        for field, node in fields.items():
            if isinstance(node, yaml.ScalarNode) and node.value == "none":
                changes[field] = getattr(Routing(), field)
            else:
                changes[field] = getattr(self, f"_{field}")(what, node)
        found = replace(plain, **changes)
        if found.overflow is not None and found.overflow.to == name:  # the common overflow's own target
            if "overflow" in fields:
                raise self.wrong(fields["overflow"], f"{what}: it overflows to itself")
            found = replace(found, overflow=None)
        return found

    def callback(self, node: yaml.Node) -> CallbackRules | None:
        """When and how citizens are called back; `none`: nobody is."""
        if isinstance(node, yaml.ScalarNode) and node.value == "none":
            return None
        fields = self.mapping(node, "callback", {*CALLBACK, "hours"})
        hours = self._hours("callback", fields.pop("hours")) if "hours" in fields else ALWAYS
        numbers = {name: self.whole(value, name, *CALLBACK[name]) for name, value in fields.items()}
        return CallbackRules(hours=hours, **numbers)

    def refuse_circles(self, routing: Mapping[str, Routing], nodes: Mapping[str, yaml.Node]) -> None:
        """A call that flows over must end somewhere."""
        for name in routing:
            seen, at = {name}, routing[name].overflow
            while at is not None:
                if at.to in seen:
                    raise self.wrong(nodes[name], f"queue '{name}': overflow goes round in a circle")
                seen.add(at.to)
                at = routing[at.to].overflow

    def _levels(self, what: str, node: yaml.Node) -> frozenset[tuple[str, int]]:
        found = set()
        for skill, level in self.mapping(node, f"{what}, levels").items():
            self._skill(level, skill)
            found.add((skill, self.whole(level, skill, 1, 5)))
        return frozenset(found)

    def _skill(self, node: yaml.Node, skill: str) -> None:
        kind, colon, name = skill.partition(":")
        if kind not in KINDS:
            raise self.wrong(node, f"skill '{skill[:40]}' is not known; a skill is of {' or '.join(KINDS)}")
        if not colon:
            return
        known = frozenset(LANGUAGES) if kind == "language" else self._agencies
        if known is not None and name not in known:
            raise self.wrong(node, f"skill '{skill[:40]}' is not known: there is no such {kind}")

    def _steps(self, what: str, node: yaml.Node) -> tuple[Step, ...]:
        steps: list[Step] = []
        for item in self.items(node):
            fields = self.mapping(item, f"{what}, step", {"after_s", "relax", "to"})
            if not {"after_s", "relax"} <= set(fields):
                raise self.wrong(item, f"{what}: a step has after_s and relax")
            relax = next((kind for kind in RELAXED if kind == self.word(fields["relax"])), None)
            if relax is None:
                raise self.wrong(item, f"{what}: a step relaxes one of {', '.join(RELAXED)}")
            if "to" in fields and relax != "level":
                raise self.wrong(item, f"{what}: only a step that relaxes the level has 'to'")
            after_s = self.whole(fields["after_s"], "after_s", 1, LONGEST_S)
            if steps and after_s <= steps[-1].after_s:
                raise self.wrong(item, f"{what}: steps come in the order of their times")
            steps.append(Step(after_s, relax, self.whole(fields["to"], "to", 1, 5) if "to" in fields else 1))
        return tuple(steps)

    def _overflow(self, what: str, node: yaml.Node) -> Overflow:
        fields = self.mapping(node, f"{what}, overflow", {"after_s", "to"})
        if set(fields) != {"after_s", "to"}:
            raise self.wrong(node, f"{what}: overflow has after_s and to")
        to = self.word(fields["to"])
        if to not in self._queues:
            raise self.wrong(fields["to"], f"{what}: there is no queue '{to[:40]}' to overflow to")
        return Overflow(self.whole(fields["after_s"], "after_s", 1, LONGEST_S), to)

    def _last_agent(self, what: str, node: yaml.Node) -> LastAgent:
        fields = self.mapping(node, f"{what}, last_agent", {"hold_s", "within_h", "never"})
        if not {"hold_s", "within_h"} <= set(fields):
            raise self.wrong(node, f"{what}: last_agent has hold_s and within_h")
        never = self.words(fields["never"]) if "never" in fields else []
        for endpoint in never:
            if self._endpoints is not None and endpoint not in self._endpoints:
                raise self.wrong(fields["never"], f"{what}: there is no agent '{endpoint[:40]}'")
        within_h = self.number(fields["within_h"], "within_h", 0.1, 24 * 90)
        return LastAgent(self.whole(fields["hold_s"], "hold_s", 1, 600), int(within_h * 3600), frozenset(never))

    def _full_at(self, what: str, node: yaml.Node) -> int:
        return self.whole(node, f"{what}, full_at", 1, 100_000)

    def _longest_wait_s(self, what: str, node: yaml.Node) -> int:
        return self.whole(node, f"{what}, longest_wait_s", 1, LONGEST_S)

    def _priority(self, what: str, node: yaml.Node) -> int:
        return self.whole(node, f"{what}, priority", 0, MOST_PRIORITY)

    def _hours(self, what: str, node: yaml.Node) -> Hours:
        days: dict[int, tuple[time, time]] = {}
        for name, hours in self.mapping(node, f"{what}, hours").items():
            first, _, last = name.partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                raise self.wrong(hours, f"{what}: '{name[:20]}' is no day; days are {', '.join(WEEKDAYS)}")
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            if end < begin:
                raise self.wrong(hours, f"{what}: '{name[:20]}' ends before it begins")
            opens, _, closes = self.word(hours).partition("-")
            try:
                times = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
            except ValueError as error:
                raise self.wrong(hours, f"{what}: hours are written 08:00-17:00") from error
            if times[1] <= times[0]:
                raise self.wrong(hours, f"{what}: it closes before it opens")
            days |= dict.fromkeys(range(begin, end + 1), times)
        if not days:
            raise self.wrong(node, f"{what}: there are no hours")
        return Hours(days, self._zone)
