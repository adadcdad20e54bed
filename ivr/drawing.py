"""A menu as a picture: Mermaid text for a document, a tree for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from contact_centre.model import Language
from ivr.nodes import Answer, CaseStatus, Choice, Menu, Node


def mermaid(menu: Menu, language: Language = "en") -> str:
    """The menu as a Mermaid flowchart; keys 0, 9, * and # work everywhere and are left out."""
    names = list(_reached(menu))
    lines = ["flowchart LR", "  call([call]) --> language{{language}}", f"  language --> {menu.start}"]
    for name in names:
        shape = ("[[", "]]") if isinstance(menu.nodes[name], Answer) else ("(", ")")
        lines.append(f'  {name}{shape[0]}"{_title(menu, menu.nodes[name], language)}"{shape[1]}')
    for name in names:
        node = menu.nodes[name]
        if isinstance(node, Choice):
            lines += [f"  {name} -- {option.key} --> {option.to}" for option in node.options]
    return "\n".join(lines) + "\n"


def tree(menu: Menu, language: Language = "en") -> str:
    """The menu as lines with indents; a node is opened where it is met first."""
    lines = [menu.start]
    seen = {menu.start}

    def walk(name: str, indent: str) -> None:
        node = menu.nodes[name]
        if not isinstance(node, Choice):
            return
        for place, option in enumerate(node.options, 1):
            last = place == len(node.options)
            again = " ↺" if option.to in seen and isinstance(menu.nodes[option.to], Choice) else ""
            lines.append(f"{indent}{'└─' if last else '├─'} {option.key}  {option.label[language]}{again}")
            if option.to not in seen:
                seen.add(option.to)
                walk(option.to, indent + ("   " if last else "│  "))

    walk(menu.start, "")
    return "\n".join(lines) + "\n"


def _reached(menu: Menu) -> Iterator[str]:
    seen: dict[str, None] = {}
    ahead = [menu.start]
    while ahead:
        name = ahead.pop(0)
        if name in seen:
            continue
        seen[name] = None
        node = menu.nodes[name]
        if isinstance(node, Choice):
            ahead += [option.to for option in node.options]
    return iter(seen)


def _title(menu: Menu, node: Node, language: Language) -> str:
    if isinstance(node, Answer):
        service = menu.catalogue.service(node.service)
        return service.title[language].replace('"', "'") if service else node.name
    if isinstance(node, CaseStatus):
        return {"en": "status of a case", "sw": "hali ya kesi"}[language]
    return node.name
