"""`huduma ivr check`, `huduma ivr draw`, `huduma ivr understand` and `huduma ivr render`."""

from __future__ import annotations

import argparse
from pathlib import Path

from citizen_services.catalogue_file import CATALOGUE_DIR, load_catalogue
from contact_centre.settings import load_settings
from ivr.drawing import mermaid, tree
from ivr.intents import Understood, intents_of
from ivr.meaning import Change, Go, Typed
from ivr.menu_file import load_menu
from ivr.nodes import Answer, Choice, Menu
from ivr.phrase_check import check_phrases
from ivr.prompts import render_all
from ivr.words_file import SHIPPED


def main(argv: list[str]) -> int:
    """Run one of them; mistakes are raised for `huduma` to tell in one line."""
    parser = argparse.ArgumentParser(prog="huduma ivr", description="the menu that callers hear")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (("check", "read a menu file and say what is wrong"), ("draw", "show a menu as a picture")):
        command = commands.add_parser(name, help=about)
        command.add_argument("file", type=Path, nargs="?", help="a menu file; left out: the one that is set")
        if name == "draw":
            command.add_argument("--mermaid", action="store_true", help="Mermaid text instead of a tree")
            command.add_argument("--language", choices=("en", "sw"), default="en")
    understand = commands.add_parser("understand", help="what the menu makes of a caller's words")
    understand.add_argument("words", help='such as "nataka ku-renew leseni"')
    understand.add_argument("--at", default=None, help="the node that asks; left out: the first menu")
    commands.add_parser("render", help="make every prompt that is missing or changed")
    given = parser.parse_args(argv)
    settings = load_settings()
    if given.command == "render":
        render_all(settings, print)
        return 0
    path = getattr(given, "file", None) or settings.menu
    menu = load_menu(path, load_catalogue(), settings.opens, settings.closes)
    if given.command == "draw":
        print((mermaid if given.mermaid else tree)(menu, given.language), end="")
        return 0
    if given.command == "understand":
        node = given.at or menu.start
        if node not in menu.nodes:
            parser.error(f"there is no node '{node}' in the menu")
        print(tell(intents_of(menu).understand(given.words, node), menu))
        return 0
    check_phrases(menu, [path, *sorted(CATALOGUE_DIR.glob("*.yaml")), SHIPPED])
    menus = sum(isinstance(node, Choice) for node in menu.nodes.values())
    answers = sum(isinstance(node, Answer) for node in menu.nodes.values())
    print(f"{path}: good. {menus} menus, {answers} answers, {len(menu.prompts)} prompts in two languages.")
    return 0


def tell(understood: Understood, menu: Menu) -> str:
    """What would be done with a caller's words, for people."""
    names: list[str] = []
    for meaning in understood.meanings:
        match meaning:
            case Go(node):
                names.append(f"{node} ({menu.name_of(node)['en']})")
            case Change(language):
                names.append({"en": "English", "sw": "Kiswahili"}[language])
            case Typed(digits):
                names.append(f"the digits {digits}")
            case _:
                names.append(f"key {meaning.key}")
    does = {"act": "goes to ", "confirm": "asks: did you mean " if len(names) > 1 else "asks: did you say "}
    return f"{does[understood.level]}{' or '.join(names)}" if names else "is not understood"
