"""Checks on a whole menu that no single node shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr.nodes import Choice, Node


def find_unreachable(nodes: Mapping[str, Node], start: str, among: Iterable[str]) -> Iterator[str]:
    """Names among the given ones that no way from the start leads to."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        node = nodes[name]
        if isinstance(node, Choice):
            ahead += [option.to for option in node.options]
    yield from (name for name in among if name not in seen)


def find_circle(nodes: Mapping[str, Node], among: Iterable[str]) -> Iterator[str]:
    """Names among the given ones from which no answer, case or person is ever reached by an option."""
    useful = {name for name, node in nodes.items() if not isinstance(node, Choice)}
    grew = True
    while grew:
        more = {
            name
            for name, node in nodes.items()
            if name not in useful and isinstance(node, Choice) and any(o.to in useful for o in node.options)
        }
        useful |= more
        grew = bool(more)
    yield from (name for name in among if name not in useful)
