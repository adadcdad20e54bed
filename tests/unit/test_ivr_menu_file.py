"""A mistake in a menu file is refused with file, line, node and reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from ivr_menus import MENU_FILE, real_menu

from citizen_services.catalogue_file import load_catalogue
from contact_centre.errors import FileMistake
from contact_centre.model import LANGUAGES
from ivr.drawing import mermaid, tree
from ivr.menu_file import load_menu
from ivr.nodes import DIALPLAN_PROMPTS, NEEDED_PROMPTS, Choice

GOOD = MENU_FILE.read_text()
LABEL = "label: {en: Go, sw: Nenda}"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("        to: travel\n", "        to: travle\n", "node 'main': there is no node 'travle'"),
        ("      2:\n        to: travel", "      1:\n        to: travel", "'1' is given twice"),
        ("      2:\n        to: travel", "      9:\n        to: travel", "'9' is not known here"),
        ("        to: travel\n", "        service: nothing\n", "node 'main', key 2: there is no such service"),
        ("        to: travel\n", "        agency: nobody\n", "there is no agency 'nobody'"),
        ("        to: travel\n", "        to: travel\n        person: true\n", "one of agency, person, service, to"),
        ("        to: travel\n", "        to: main\n", "node 'travel' cannot be reached"),
        (
            "  case:\n    case_status: true",
            f"  case:\n    say: {{en: A, sw: B}}\n    options: {{1: {{to: case, {LABEL}}}}}",
            "circle",
        ),
        ("      sw: Tukusaidie vipi?\n", "", "'sw' is missing"),
        ("      sw: Tukusaidie vipi?\n", "      sw: ''\n", "is empty"),
        ("agencies_of: general", "agencies_of: nowhere", "no agency of the catalogue has the queue 'nowhere'"),
        ("start: main", "start: nowhere", "there is no node 'nowhere'"),
        ("start: main", "start: case", "must be a menu of options"),
        ("  goodbye:\n", "  good-bye:\n", "'good-bye' is not known here"),
        ("{place} kwenye", "{plaec} kwenye", "must have these blanks: {place}"),
        ("  welcome:\n    en: Welcome", "  welcome:\n    en: Welcome {name}", "must have these blanks: none"),
        ("  case:\n    case_status: true", "  case: {}", "node 'case': one of"),
        ("  case:\n", "  Case!:\n", "a name is lower-case letters"),
        ("  case:\n", "  person:\n", "this name is taken"),
        ("start: main", "start: [main", "not valid YAML"),
        ("nodes:\n", "nodes: []\nnothing:\n", "'nothing' is not known here"),
        ("case_status: true", "case_status: true\n    surprise: 1", "'surprise' is not known here"),
    ],
)
def test_each_mistake_is_told_where_it_is(old: str, new: str, reason: str, tmp_path: Path) -> None:
    assert old in GOOD
    path = tmp_path / "menu.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(FileMistake) as caught:
        load_menu(path, load_catalogue())
    assert reason in caught.value.reason
    assert caught.value.path == path
    assert caught.value.line


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- a\n- b\n", b"start: main\n", b"\x00"])
def test_what_is_no_menu_at_all_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "menu.yaml"
    path.write_bytes(content)
    with pytest.raises(FileMistake):
        load_menu(path, load_catalogue())
    with pytest.raises(FileMistake):
        load_menu(tmp_path / "absent.yaml", load_catalogue())


def test_the_menu_of_the_house_is_whole() -> None:
    menu = real_menu()
    assert menu.prompts.keys() >= NEEDED_PROMPTS | DIALPLAN_PROMPTS
    for agency in menu.catalogue.agencies:
        assert menu.agency_node(agency.code) in menu.nodes
    for text in menu.prompts.values():
        assert set(text) == set(LANGUAGES)
        assert not any("{" in words for words in text.values())
    assert all(len(n.options) <= 8 for n in menu.nodes.values() if isinstance(n, Choice))


def test_it_can_be_drawn() -> None:
    assert "main -- 2 --> travel" in mermaid(real_menu())
    assert "2  Pasipoti na usafiri" in tree(real_menu(), "sw")
