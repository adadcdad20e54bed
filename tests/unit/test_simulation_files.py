"""Callers and agents from files: what is read, and how each mistake is refused with its line."""

from __future__ import annotations

import math
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contact_centre.errors import FileMistake
from simulation.arrivals_file import read_agents, read_callers
from simulation.roster import shifts
from simulation.scenario import Arrival, Break, Desk

NAIROBI = ZoneInfo("Africa/Nairobi")
QUEUES = {"general": 1, "travel": 2}


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_callers_in_the_order_of_their_times(tmp_path: Path) -> None:
    file = written(
        tmp_path / "calls.csv",
        "at,queue,language,skills,priority,handling_s,patience_s\n"
        "08:30:15,travel,sw,agency:immigration|agency:kra,2,300,\n"
        "\n"
        "2026-03-02T05:00:00+00:00,,,,,,60.5\n",
    )
    assert read_callers(file, QUEUES, NAIROBI) == [
        Arrival(8 * 3600, patience_s=60.5),
        Arrival(30615, "travel", "sw", frozenset({"agency:immigration", "agency:kra"}), 2, 300.0),
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no column 'at'"),
        ("at\n", None, "no calls"),
        ("at,colour\n", 1, "'colour' is not known"),
        ("at,at\n", 1, "twice"),
        ("at\n8 o'clock\n", 2, "neither a time"),
        ("at\n24:30\n", 2, "after midnight"),
        ("at,queue\n08:00,general\n08:01,tax\n", 3, "no queue 'tax'; there are general, travel"),
        ("at,language\n08:00,fr\n", 2, "not a language"),
        ("at,skills\n08:00,Agency Kra\n", 2, "not a skill"),
        ("at,handling_s\n08:00,-1\n", 2, "from 0 to"),
        ("at,handling_s\n08:00,nan\n", 2, "from 0 to"),
        ("at,patience_s\n08:00,long\n", 2, "not a number"),
        ("at,priority\n08:00\n", 2, "1 values for 2 columns"),
        ("at\n2026-03-02T08:00:00\n2026-03-03T08:00:00\n", 3, "one day at a time"),
        ('at\n"08:00\n', 2, "not CSV"),
    ],
)
def test_a_mistake_in_the_callers_is_named_with_its_line(
    text: str, line: int | None, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(FileMistake, match=reason) as refused:
        read_callers(written(tmp_path / "calls.csv", text), QUEUES, NAIROBI)
    assert refused.value.line == line


def test_agents_who_work_alike_share_a_line(tmp_path: Path) -> None:
    file = written(
        tmp_path / "agents.csv",
        "count,skills,begins,ends,breaks\n2,language:sw=4|agency:kra,07:00,15:00,12:30+45|10:00+15\n1,,,,\n",
    )
    early = Desk(
        {"language:sw": 4, "agency:kra": 3}, 25200, 54000, (Break(36000, 900), Break(45000, 2700))
    )  # fmt: skip
    assert read_agents(file) == [early, early, Desk({"language:en": 3, "language:sw": 3})]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("count\n0\n", 2, "from 1 to"),
        ("count\n", None, "no agents"),
        ("count\n9000\n9000\n", 3, "more than"),
        ("count,skills\n1,swahili\n", 2, "not a skill"),
        ("count,skills\n1,language:sw=9\n", 2, "from 1 to 5"),
        ("count,begins,ends\n1,15:00,07:00\n", 2, "ends before it begins"),
        ("count,begins,breaks\n1,08:00,07:00+10\n", 2, "outside the working time"),
        ("count,breaks\n1,10:00\n", 2, "not a number"),
    ],
)
def test_a_mistake_in_the_agents_is_named_with_its_line(
    text: str, line: int | None, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(FileMistake, match=reason) as refused:
        read_agents(written(tmp_path / "agents.csv", text))
    assert refused.value.line == line


def test_shifts_add_up_to_what_is_wanted() -> None:
    like = Desk({"language:en": 3})
    found = shifts((0, 10, 20, 30), (1, 3, 0, 2), 40, like)
    assert sorted((desk.begins_s, desk.ends_s) for desk in found) == [
        (0, 20), (10, 20), (10, 20), (30, math.inf), (30, math.inf),
    ]  # fmt: skip


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(FileMistake, match="cannot be read"):
        read_agents(tmp_path / "nothing.csv")
    (tmp_path / "binary.csv").write_bytes(b"count\n\xff\xfe\x00")
    with pytest.raises(FileMistake, match="cannot be read"):
        read_agents(tmp_path / "binary.csv")
