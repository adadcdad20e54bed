"""Real WAV files and a real database: what goes in by two files comes out as one, whatever dies on the way."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import shutil
import signal
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import Engine, select

from contact_centre.database import connect, read_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal, of_call
from contact_centre.migrate import migrate
from contact_centre.tables import CallRow, Recording
from recordings import archive as archive_module
from recordings import naming
from recordings.access import find, may_hear
from recordings.archive import Outcome, archive
from recordings.watch import Watch

CALL = "0b0e7a52-3c1f-4a40-9f0e-7d1d6a1c9b11"
BEGAN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RATE = 8000


def tone(hz: float, seconds: float) -> np.ndarray[Any, np.dtype[np.int16]]:
    """A sine at a quarter of full scale."""
    return (8000 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


def loudest(samples: np.ndarray[Any, Any]) -> float:
    """The frequency that is strongest (Hz)."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    return float(np.argmax(spectrum) * RATE / len(samples))


def write_live(data_dir: Path, caller: Any, agent: Any, call_id: str = CALL) -> naming.LiveFiles:
    files = naming.live_files(data_dir, call_id)
    files.mix.parent.mkdir(parents=True, exist_ok=True)
    for path, samples in ((files.caller, caller), (files.agent, agent), (files.mix, caller)):
        soundfile.write(path, samples, RATE, "PCM_16")
    return files


def a_call(
    engine: Engine,
    data_dir: Path,
    *,
    answered: bool = True,
    ended: bool = True,
    armed: bool = True,
    call_id: str = CALL,
) -> None:
    kinds = [
        Kind.CALL_ENTERED,
        *[Kind.RECORDING_ARMED] * armed,
        *[Kind.CALL_CONNECTED] * answered,
        *[Kind.CALL_ENDED] * ended,
    ]
    payloads: dict[Kind, dict[str, Any]] = {
        Kind.CALL_ENTERED: {"entry": "main"},
        Kind.CALL_CONNECTED: {"offer_id": "o-1"},
        Kind.CALL_ENDED: {"by": "caller", "cause": 16},
    }
    Journal(engine, data_dir / "spool").append(
        *(
            Fact(kind, BEGAN + timedelta(seconds=n), call_id, payload=payloads.get(kind, {}))
            for n, kind in enumerate(kinds)
        )
    )


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "huduma.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def engine(tmp_path: Path, empty_database: Path) -> Any:
    shutil.copy(empty_database, tmp_path / "huduma.db")
    engine = connect(f"sqlite:///{tmp_path / 'huduma.db'}")
    yield engine
    engine.dispose()


def later(seconds: float = 60) -> datetime:
    """A moment after the files were written, without waiting for it."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_the_citizen_is_left_and_the_agent_right(tmp_path: Path, engine: Engine) -> None:
    files = write_live(tmp_path, tone(440, 2.0), tone(1000, 1.5))
    a_call(engine, tmp_path)
    assert archive(engine, tmp_path, CALL, later(3)) is Outcome.ARCHIVED
    with read_scope(engine) as session:
        row = session.scalars(select(Recording)).one()
        path = find(session, CALL, naming.archive_dir(tmp_path))
        call = session.get(CallRow, CALL)
        facts = [recorded.fact for recorded in of_call(session, CALL)]
        session.expunge_all()
    assert path == naming.archive_dir(tmp_path) / f"2026/11/23/{CALL}.flac"
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (row.bytes, row.duration_s) == (path.stat().st_size, 2.0)
    sound, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    assert loudest(sound[:, 0]) == pytest.approx(440, abs=2)
    assert loudest(sound[: int(1.5 * RATE), 1]) == pytest.approx(1000, abs=2)
    assert not sound[int(1.5 * RATE) :, 1].any()
    assert np.array_equal(sound[:, 0], tone(440, 2.0))
    assert not any(live.exists() for live in files.all())
    assert call is not None
    assert call.recording == "archived"
    assert facts[-1].kind is Kind.RECORDING_ARCHIVED
    assert facts[-1].payload == {"recording_id": row.id}


def test_a_call_that_goes_on_and_a_file_that_grows_are_left_alone(tmp_path: Path, engine: Engine) -> None:
    files = write_live(tmp_path, tone(440, 1), tone(1000, 1))
    a_call(engine, tmp_path, ended=False)
    assert archive(engine, tmp_path, CALL, later()) is Outcome.NOT_YET
    a_call(engine, tmp_path)
    assert archive(engine, tmp_path, CALL, datetime.now(UTC)) is Outcome.NOT_YET, "changed a moment ago"
    with files.caller.open("ab") as file:
        file.write(b"\0\1" * 800)  # the header does not tell of these: Asterisk has not closed it
    assert archive(engine, tmp_path, CALL, later(10)) is Outcome.NOT_YET
    assert files.caller.exists()


def test_a_recording_torn_by_a_dead_process_is_archived_and_kept(tmp_path: Path, engine: Engine) -> None:
    files = write_live(tmp_path, tone(440, 2), tone(1000, 2))
    whole = files.caller.read_bytes()
    files.caller.write_bytes(whole[:4] + struct.pack("<I", 36) + whole[8:40] + struct.pack("<I", 0) + whole[44:-1])
    a_call(engine, tmp_path)
    assert archive(engine, tmp_path, CALL, later(10)) is Outcome.NOT_YET
    assert archive(engine, tmp_path, CALL, later(60)) is Outcome.ARCHIVED
    sound, _ = soundfile.read(naming.archive_dir(tmp_path) / f"2026/11/23/{CALL}.flac", dtype="int16")
    assert loudest(sound[:, 0]) == pytest.approx(440, abs=2)
    assert [path.name for path in naming.damaged_dir(tmp_path).iterdir()] == [files.caller.name]


def test_one_side_that_cannot_be_read_does_not_cost_the_other(tmp_path: Path, engine: Engine) -> None:
    files = write_live(tmp_path, tone(440, 1), tone(1000, 1))
    files.caller.write_bytes(os.urandom(5000))
    a_call(engine, tmp_path)
    assert archive(engine, tmp_path, CALL, later()) is Outcome.ARCHIVED
    sound, _ = soundfile.read(naming.archive_dir(tmp_path) / f"2026/11/23/{CALL}.flac", dtype="int16")
    assert not sound[:, 0].any()
    assert loudest(sound[:, 1]) == pytest.approx(1000, abs=2)
    assert (naming.damaged_dir(tmp_path) / files.caller.name).exists()


def test_what_cannot_be_read_is_set_aside_without_a_fact(
    tmp_path: Path, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    files = write_live(tmp_path, tone(440, 1), tone(1000, 1))
    files.caller.write_bytes(b"")
    files.agent.write_bytes(b"RIFF not really" * 20)
    a_call(engine, tmp_path)
    with caplog.at_level(logging.ERROR):
        assert archive(engine, tmp_path, CALL, later()) is Outcome.DAMAGED
    assert CALL in caplog.text
    assert {path.name for path in naming.damaged_dir(tmp_path).iterdir()} == {path.name for path in files.all()}
    with read_scope(engine) as session:
        assert session.scalars(select(Recording)).all() == []
        assert Kind.RECORDING_ARCHIVED not in {recorded.fact.kind for recorded in of_call(session, CALL)}


def test_a_caller_who_met_nobody_leaves_nothing(tmp_path: Path, engine: Engine) -> None:
    files = write_live(tmp_path, np.zeros(0, np.int16), np.zeros(0, np.int16))
    a_call(engine, tmp_path, answered=False)
    assert archive(engine, tmp_path, CALL, later(3)) is Outcome.NOTHING
    assert not any(path.exists() for path in files.all())
    assert not naming.damaged_dir(tmp_path).exists()


def test_only_those_who_may_find_it(tmp_path: Path, engine: Engine) -> None:
    write_live(tmp_path, tone(440, 1), tone(1000, 1))
    a_call(engine, tmp_path)
    archive(engine, tmp_path, CALL, later(3))
    root = naming.archive_dir(tmp_path)
    with read_scope(engine) as session:
        assert find(session, "../" + CALL, root) is None
        assert find(session, CALL.replace("0", "1"), root) is None
        row = session.scalars(select(Recording)).one()
        (tmp_path / "secrets.json").write_text("{}")
        row.path = "../../secrets.json"
        session.flush()
        assert find(session, CALL, root) is None, "a row does not lead out of the archive"
        call = session.get(CallRow, CALL)
        assert call is not None
        call.agent_id = 7
        assert may_hear("supervisor", None, call)
        assert may_hear("agent", 7, call)
        assert not may_hear("agent", 8, call)
        assert not may_hear("agent", None, call)
        assert not may_hear("visitor", 7, call)


def test_the_watch_takes_up_what_was_left_and_what_ends(tmp_path: Path, engine: Engine) -> None:
    other = CALL.replace("0b0e", "1c1f")
    write_live(tmp_path, tone(440, 1), tone(1000, 1))
    a_call(engine, tmp_path)
    watch = Watch(engine, tmp_path)
    watch.begin()
    assert watch.step(later(3)) == {CALL: Outcome.ARCHIVED}
    write_live(tmp_path, tone(440, 1), tone(1000, 1), other)
    assert watch.step(later(3)) == {}
    a_call(engine, tmp_path, call_id=other)
    assert watch.step(later(3)) == {other: Outcome.ARCHIVED}
    assert not watch.due


def test_a_call_whose_arming_was_never_journalled_is_archived_all_the_same(tmp_path: Path, engine: Engine) -> None:
    watch = Watch(engine, tmp_path)
    watch.begin()
    write_live(tmp_path, tone(440, 1), tone(1000, 1))
    a_call(engine, tmp_path, armed=False)
    assert watch.step(later(3)) == {CALL: Outcome.ARCHIVED}


def die_at(line: int, data_dir: str) -> None:
    """In a process of its own: archive, and be killed at the given line of archive.py."""
    left = [line]

    def count(frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename != archive_module.__file__:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    engine = connect(f"sqlite:///{data_dir}/huduma.db")
    sys.settrace(count)
    archive(engine, Path(data_dir), CALL, later(3))


def test_killed_at_any_line_and_run_again_it_ends_the_same(tmp_path: Path, empty_database: Path) -> None:
    """Each turn kills the archiver two lines later, until it lives to the end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["recordings.archive", "contact_centre.migrate"])
    for line in range(1, 400, 2):
        data_dir = tmp_path / str(line)
        data_dir.mkdir()
        shutil.copy(empty_database, data_dir / "huduma.db")
        engine = connect(f"sqlite:///{data_dir}/huduma.db")
        files = write_live(data_dir, tone(440, 0.2), tone(1000, 0.2))
        a_call(engine, data_dir)
        process = context.Process(target=die_at, args=(line, str(data_dir)))
        process.start()
        process.join(30)
        assert process.exitcode in {0, -signal.SIGKILL}
        again = archive(engine, data_dir, CALL, later(3))
        assert again in {Outcome.ARCHIVED, Outcome.NOTHING}
        with read_scope(engine) as session:
            row = session.scalars(select(Recording)).one()
            kinds = [recorded.fact.kind for recorded in of_call(session, CALL)]
            session.expunge_all()
        engine.dispose()
        path = naming.archive_dir(data_dir) / row.path
        assert kinds.count(Kind.RECORDING_ARCHIVED) == 1
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
        assert np.array_equal(soundfile.read(path, dtype="int16")[0][:, 1], tone(1000, 0.2))
        assert not any(live.exists() for live in files.all())
        assert [found.name for found in path.parent.iterdir()] == [path.name]
        if process.exitcode == 0:
            assert line > 40
            return
    pytest.fail("the archiver never came to its end")
