"""A mistake in a catalogue file is refused with the file, the line and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from citizen_services.catalogue_file import load_catalogue
from contact_centre.errors import FileMistake

GOOD = """\
agency: lands
code: "24"
name: {en: Lands, sw: Ardhi}
queue: justice-land
services:
  - slug: land-search
    title: {en: Land search, sw: Utafutaji}
    statements:
      - topic: what
        text: {en: A search., sw: Utafutaji.}
        source: someone
        valid_from: 2026-01-01
      - topic: fee
        text: {en: KSh 500., sw: KSh 500.}
        source: someone
        valid_from: 2026-01-01
        valid_to: 2026-12-31
"""

MISTAKES = [
    ('code: "24"', 'code: "7"', 2, "two digits"),
    ('code: "24"', "code: ", 2, "is expected"),
    ("queue: justice-land", "queue: nowhere", 4, "no queue"),
    ("slug: land-search", "slug: Land Search", 6, "lower-case"),
    ("slug: land-search", "slug: x\n    colour: red", 7, "'colour' is not known"),
    ("sw: Ardhi", "fr: Terres", 3, "not known"),
    ("topic: fee", "topic: price", 13, "no topic 'price'"),
    ("topic: fee", "topic: how_long", 9, "'fee' is missing"),
    ("sw: KSh 500.", "sw: KSh 600.", 14, "numbers differ"),
    ("sw: KSh 500.", "sw: '   '", 14, "empty"),
    ("valid_to: 2026-12-31", "valid_to: tomorrow", 17, "not a day"),
    ("valid_to: 2026-12-31", "valid_to: 2025-12-31", 17, "before valid_from"),
    ("valid_to: 2026-12-31", "valid_from: 2026-12-31", 17, "twice"),
    ("valid_to: 2026-12-31", "disputed: perhaps", 17, "true or false"),
    ("        text: {en: KSh 500., sw: KSh 500.}\n", "", 13, "'text' is missing"),
    (
        "source: someone\n        valid_from: 2026-01-01\n        valid_to",
        "valid_from: 2026-01-01\n        valid_to",
        13,
        "'source'",
    ),
    ("source: someone", "source: general knowledge", 11, "'general knowledge' is no source"),
    ("source: someone", "source: someone; General knowledge", 11, "is no source: name one"),
    ("source: someone", "source: no source found", 11, "or mark the statement unconfirmed"),
    ("services:", "services: [", 6, "not valid YAML"),
    ("  - slug: land-search", "  - text", 7, "not valid YAML"),
    ("en: A search.", 'en: "A \\0 search."', 10, "cannot be shown"),
    ("en: A search.", "en: " + "long " * 100, 10, "longer than"),
]


@pytest.mark.parametrize(("was", "becomes", "line", "reason"), MISTAKES)
def test_the_place_and_the_reason_are_named(tmp_path: Path, was: str, becomes: str, line: int, reason: str) -> None:
    assert was in GOOD
    (tmp_path / "lands.yaml").write_text(GOOD.replace(was, becomes, 1))
    with pytest.raises(FileMistake, match=reason) as mistake:
        load_catalogue(tmp_path)
    assert (mistake.value.path.name, mistake.value.line) == ("lands.yaml", line)


def test_the_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "lands.yaml").write_text(GOOD)
    assert [service.slug for service in load_catalogue(tmp_path).services] == ["land-search"]


def test_an_unconfirmed_statement_may_say_that_nobody_says_so(tmp_path: Path) -> None:
    (tmp_path / "lands.yaml").write_text(
        GOOD.replace("source: someone", "source: general knowledge\n        unconfirmed: true", 1)
    )
    what = load_catalogue(tmp_path).services[0].statements[0]
    assert what.doubt(what.valid_from) == "unconfirmed"


def test_two_files_may_not_share_a_slug_code_or_service(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    for change, reason in (
        (("code", "code"), "in another file"),
        (("agency: lands", "agency: plots"), "belongs to 'lands'"),
        (('agency: lands\ncode: "24"', 'agency: plots\ncode: "25"'), "in the catalogue already"),
    ):
        (tmp_path / "b.yaml").write_text(GOOD.replace(*change))
        with pytest.raises(FileMistake, match=reason) as mistake:
            load_catalogue(tmp_path)
        assert mistake.value.path.name == "b.yaml"


def test_two_statements_may_not_hold_on_one_day(tmp_path: Path) -> None:
    again = GOOD + GOOD[GOOD.index("      - topic: fee") :]
    (tmp_path / "lands.yaml").write_text(again)
    with pytest.raises(FileMistake, match="same day"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"- a\n- b\n", b"text", b"&a [*a]", b"!!python/object:os.system {}"]
)
def test_what_is_no_catalogue_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lands.yaml").write_bytes(content)
    with pytest.raises(FileMistake):
        load_catalogue(tmp_path)


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMistake, match="no catalogue file"):
        load_catalogue(tmp_path)
