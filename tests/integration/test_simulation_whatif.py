"""`huduma whatif` as people run it: its output, its picture, yesterday's journal, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from contact_centre.cli import main
from contact_centre.database import connect
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.settings import load_settings
from contact_centre.tables import Base
from simulation.scenario import Desk
from simulation.staffing import scaled

pytestmark = pytest.mark.gives_way

NAIROBI = ZoneInfo("Africa/Nairobi")


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HUDUMA_DATA_DIR", str(tmp_path))
    load_settings.cache_clear()
    yield tmp_path
    load_settings.cache_clear()


def test_a_rate_with_so_many_agents_prints_every_figure_and_draws(
    own_directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "whatif --rate 08:00=60,09:00=120 --agents 8 --hours 2 --runs 2 --seed 3".split()
    assert main([*words, "--png", str(own_directory / "day.png")]) == 0
    said = capsys.readouterr().out
    for word in (
        "service level (strict)", "answered or abandoned in T", "of answered", "abandonment", "occupancy",
        "average speed of answer", "50%", "99%", "09:45",
    ):  # fmt: skip
        assert word in said
    assert (own_directory / "day.png").read_bytes().startswith(b"\x89PNG")
    assert main(words) == 0
    assert capsys.readouterr().out == said[: said.index("the picture")]


def test_the_staffing_for_a_target_is_the_fewest_that_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = "whatif --rate 100 --find-agents --target 80/20 --runs 3 --hours 4 --patience none --ringing 0".split()
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    tried = {int(line.split()[0]): float(line.split()[2]) for line in lines if " agents  " in line}
    answer = next(int(line.split()[0]) for line in lines if "agents for 80%" in line)
    assert tried[answer] >= 80 > tried[answer - 1]


def test_a_day_with_peaks_has_a_roster(own_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix = own_directory / "mix.csv"
    mix.write_text("weight,language,skills\n1,en,agency:kra\n3,sw,agency:ntsa\n")
    words = "whatif --rate 08:00=40,09:00=160,10:00=40 --hours 3 --find-agents --target 80/30 --runs 3"
    assert main([*words.split(), "--mix", str(mix)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(" 08:00"))
    agents = [int(line.split()[1]) for line in lines[start : start + 3]]
    levels = [float(line.split()[3]) for line in lines[start : start + 3]]
    assert agents[0] < agents[1] > agents[2]
    assert min(levels) >= 80
    mix.write_text("weight\n-1\n")
    assert main([*words.split(), "--mix", str(mix)]) == 1
    assert f"{mix}:2: weight: must be from 0" in capsys.readouterr().err


def test_files_of_callers_and_agents(own_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls, agents = own_directory / "calls.csv", own_directory / "agents.csv"
    calls.write_text("at,queue,language,handling_s\n" + "".join(f"09:{m:02d},travel,sw,60\n" for m in range(60)))
    agents.write_text("count,skills\n2,language:sw=3\n")
    assert main(["whatif", "--calls", str(calls), "--agents-file", str(agents), "--runs", "1"]) == 0
    said = capsys.readouterr().out
    assert "60 calls in a run" in said
    assert "100.0 %" in said
    agents.write_text("count,skills\n2,swahili\n")
    assert main(["whatif", "--calls", str(calls), "--agents-file", str(agents)]) == 1
    assert f"{agents}:2: 'swahili' is not a skill" in capsys.readouterr().err


def test_the_staffing_is_found_in_the_shares_of_a_mix(own_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agents, mix = own_directory / "agents.csv", own_directory / "mix.csv"
    agents.write_text("count,skills\n1,language:en=3\n2,language:sw=3\n")
    mix.write_text("weight,language\n1,en\n2,sw\n")
    words = "whatif --rate 90 --hours 2 --find-agents --target 80/30 --runs 2 --agents-file".split()
    assert main([*words, str(agents), "--mix", str(mix)]) == 0
    said = capsys.readouterr().out
    tried = {int(line.split()[0]): float(line.split()[2]) for line in said.splitlines() if " agents  " in line}
    answer = next(int(line.split()[0]) for line in said.splitlines() if "agents for 80%" in line)
    assert tried[answer] >= 80 > tried[answer - 1]


def test_a_mix_keeps_its_shares_however_many_work() -> None:
    english, kiswahili = Desk({"language:en": 3}), Desk({"language:sw": 3})
    mix = [english, kiswahili, kiswahili]
    assert scaled(mix, 3) == mix
    assert [scaled(mix, 12).count(desk) for desk in (english, kiswahili)] == [4, 8]
    assert scaled(mix, 2) == [english, kiswahili]
    assert scaled(mix, 1) == [english]


def test_yesterday_again(own_directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = load_settings()
    engine = connect(settings.url)
    Base.metadata.create_all(engine)
    nine = (datetime.now(NAIROBI) - timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    facts = []
    for i in range(30):
        at, call = nine + timedelta(minutes=2 * i), f"y{i}"
        wish = {"queue": "travel", "language": "en", "skills": ["language:en", "agency:immigration"], "priority": 0}
        facts += [
            Fact(Kind.CALL_WAITING, at, call, None, wish),
            Fact(Kind.CALL_CONNECTED, at + timedelta(seconds=5), call, 1, {"offer_id": call}),
            Fact(Kind.CALL_ENDED, at + timedelta(seconds=95), call, None, {"by": "caller", "cause": 16}),
        ]
    assert Journal(engine, own_directory / "spool").append(*facts)
    assert main(["whatif", "--day", "yesterday", "--agents", "2", "--runs", "1"]) == 0
    said = capsys.readouterr().out
    assert "talk 90 s observed" in said
    assert "patience 180 s exponential" in said, "nobody gave up"
    assert "30 calls in a run" in said
    gave_up = [
        Fact(Kind.CALL_WAITING, nine, "g", None, {"queue": "travel", "language": "en", "skills": [], "priority": 0}),
        Fact(Kind.CALL_ABANDONED, nine + timedelta(seconds=250), "g", None, {"phase": "waiting"}),
    ]
    assert Journal(engine, own_directory / "spool").append(*gave_up)
    assert main(["whatif", "--day", "yesterday", "--agents", "2", "--runs", "1"]) == 0
    assert "patience 400 s exponential" in capsys.readouterr().out, "30 waits of 5 s and one of 250 s, for one who left"
    assert main(["whatif", "--day", "yesterday", "--agents", "2", "--runs", "1", "--patience", "none"]) == 0
    assert "patience never" in capsys.readouterr().out
    assert main(["whatif", "--day", "2001-01-01", "--agents", "2"]) == 1
    assert "nobody asked for a person on 2001-01-01" in capsys.readouterr().err
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("--rate many --agents 1", "--rate: 'many'"),
        ("--rate -5 --agents 1", "0 or more"),
        ("--rate 10=5 --agents 1", "not a time"),
        ("--rate 9:00=1,8:00=2 --agents 1", "in the order of their times"),
        ("--rate 1e12 --agents 1", "calls"),
        ("--rate 10 --agents 0", "--agents"),
        ("--rate 10 --agents -3", "--agents"),
        ("--rate 10 --agents 1 --runs 0", "--runs"),
        ("--rate 10 --agents 1 --hours 99", "--hours"),
        ("--rate 10 --agents 1 --from noon", "--from"),
        ("--rate 10 --agents 1 --warm-up 999", "--warm-up"),
        ("--rate 10 --agents 1 --handling soon", "no length of time"),
        ("--rate 10 --find-agents --target 80", "--target"),
        ("--rate 10 --find-agents --target 100/20", "--target"),
        ("--rate 0 --find-agents", "nobody calls"),
        ("--calls nothing.csv --agents 1", "cannot be read"),
        ("--day tomorrow --agents 1", "--day"),
        ("--rate 10", "who works?"),
        ("--rate 10 --agents 3 --find-agents", "one or the other"),
        ("--day yesterday --agents 1", "the journal cannot be read"),
        ("--rate 10 --agents 1 --png nowhere/day.png", "--png"),
        ("--rate 10 --agents 1 --png day.doc", "--png"),
        ("--calls nothing.csv --mix mix.csv --agents 1", "--mix"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    words: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["whatif", *words.split()]) == 1
    error = capsys.readouterr().err
    assert error.startswith("huduma: ")
    assert reason in error
    assert error.count("\n") == 1
