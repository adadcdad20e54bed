"""Words that were not understood, on the disk: of whom, for how long, and what leaves the house."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from ivr_menus import real_menu
from sqlalchemy import Engine, delete, select

from citizen_services.citizens import NewCitizen, create_citizen, record_consent
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.errors import BadInput
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.tables import AuditEntry, CallRow, UtteranceRow
from ivr.kept_words import KeptWords
from ivr.labelled import export, read_manifest
from ivr.misheard import Misheard
from recordings.utterances import find, forget_old

NOW = datetime.now(UTC)
OPTIONS = {"1": ("pasipoti", "nataka pasipoti"), "2": ("ushuru",)}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


def words(at: datetime = NOW) -> Misheard:
    sound = np.random.default_rng(1).normal(0, 2000, 8000).astype(np.int16)
    return Misheard(at, "sw", "main", "pasipoti", "confirm", 0.55, OPTIONS, sound)


def happen(engine: Engine, tmp_path: Path, call_id: str, *kinds: Kind) -> None:
    facts = [Fact(kind, NOW, call_id, payload={"entry": "main"}) for kind in kinds]
    assert Journal(engine, tmp_path / "spool.jsonl").append(*facts)


def kept(engine: Engine) -> list[str]:
    with read_scope(engine) as session:
        return sorted(session.scalars(select(UtteranceRow.call_id)))


def settled(keeper: KeptWords) -> None:
    until = time.monotonic() + 15
    while keeper.held and time.monotonic() < until:
        time.sleep(0.02)
    assert not keeper.held


def test_nothing_is_written_before_a_caller_agrees_and_nothing_ever_of_who_refuses(
    engine: Engine, tmp_path: Path
) -> None:
    clips, keeper = tmp_path / "utterances", KeptWords(engine, tmp_path / "utterances")
    for call in ("agrees", "refuses", "leaves"):
        happen(engine, tmp_path, call, Kind.CALL_ENTERED)
        keeper.offer(call, [words(), words()])
    assert keeper.held == 3
    assert not clips.exists(), "it is not known yet"
    happen(engine, tmp_path, "agrees", Kind.RECORDING_ARMED)
    happen(engine, tmp_path, "refuses", Kind.RECORDING_REFUSED)
    happen(engine, tmp_path, "leaves", Kind.CALL_ENDED)
    settled(keeper)
    keeper.close()
    assert kept(engine) == ["agrees", "agrees"]
    files = [path for path in clips.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == ["agrees-0.flac", "agrees-1.flac"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_consent_of_another_day_does_not_stand_for_the_notice(engine: Engine, tmp_path: Path) -> None:
    clips, keeper = tmp_path / "utterances", KeptWords(engine, tmp_path / "utterances")
    happen(engine, tmp_path, "regular", Kind.CALL_ENTERED)
    with session_scope(engine) as session:
        citizen = create_citizen(session, NewCitizen(name="Regular"), NOW)
        record_consent(session, citizen.id, "recording", True, "centre", NOW)
        session.get_one(CallRow, "regular").citizen_id = citizen.id
    keeper.offer("regular", [words()])
    happen(engine, tmp_path, "regular", Kind.CALL_ENDED)  # served by the machine: never told of a recording
    settled(keeper)
    keeper.close()
    assert kept(engine) == []
    assert not clips.exists()


def test_a_process_that_ends_forgets_what_it_held(engine: Engine, tmp_path: Path) -> None:
    happen(engine, tmp_path, "someone", Kind.CALL_ENTERED)
    keeper = KeptWords(engine, tmp_path / "utterances")
    keeper.offer("someone", [words()])
    keeper.close()
    happen(engine, tmp_path, "someone", Kind.RECORDING_ARMED)
    assert kept(engine) == []
    assert not (tmp_path / "utterances").exists()


def test_what_is_too_old_goes_and_so_does_what_no_call_owns(engine: Engine, tmp_path: Path) -> None:
    clips, keeper = tmp_path / "utterances", KeptWords(engine, tmp_path / "utterances")
    for call, at in (("new", NOW), ("old", NOW - timedelta(days=31)), ("erased", NOW)):
        happen(engine, tmp_path, call, Kind.CALL_ENTERED, Kind.RECORDING_ARMED)
        keeper.offer(call, [words(at)])
    settled(keeper)
    keeper.close()
    with session_scope(engine) as session:
        session.execute(delete(CallRow).where(CallRow.id == "erased"))
    assert forget_old(engine, clips, 30, NOW) == 0, "a file may be of a row that is being written"
    assert forget_old(engine, clips, 30, NOW + timedelta(hours=2)) == 2
    assert [path.name for path in clips.rglob("*.flac")] == ["new-0.flac"]
    assert forget_old(engine, clips, 0, NOW + timedelta(hours=2)) == 1, "0: none are kept"
    assert list(clips.iterdir()) == []
    assert kept(engine) == []


def test_labelled_words_leave_with_what_evaluation_needs_and_nobodys_name(engine: Engine, tmp_path: Path) -> None:
    clips, keeper = tmp_path / "utterances", KeptWords(engine, tmp_path / "utterances")
    for call in ("first", "second"):
        happen(engine, tmp_path, call, Kind.CALL_ENTERED, Kind.RECORDING_ARMED)
        keeper.offer(call, [words() for _ in range(3)])
    settled(keeper)
    keeper.close()
    labels = [
        ("option", "2", None),
        ("words", None, "nataka pasipoti"),
        ("nothing", None, None),
        ("skipped", None, None),
    ]
    with session_scope(engine) as session:
        for row, (label, option, said) in zip(session.scalars(select(UtteranceRow)), labels, strict=False):
            row.label, row.option, row.words = label, option, said
        outside = session.scalars(select(UtteranceRow).where(UtteranceRow.label.is_(None)).limit(1)).one()
        outside.path = "../secret"
        session.flush()
        (tmp_path / "secret").write_text("secret")
        assert find(session, outside.id, clips) is None
    out = tmp_path / "export"
    assert export(engine, clips, out, NOW, real_menu()) == 3
    rows = read_manifest(out)
    assert [(row.option, row.text) for row in rows] == [("ushuru", ""), ("pasipoti", "nataka pasipoti"), ("-", "")]
    assert {row.speaker for row in rows} <= {"s0001", "s0002"}
    assert rows[0].options == {"pasipoti": ("pasipoti", "nataka pasipoti"), "ushuru": ("ushuru",)}
    assert "first" not in (out / "manifest.tsv").read_text()
    with pytest.raises(BadInput, match="another directory"):
        export(engine, clips, out, NOW, real_menu())
    with read_scope(engine) as session:
        assert session.scalars(select(AuditEntry.subject)).all() == ["clips:3"]
