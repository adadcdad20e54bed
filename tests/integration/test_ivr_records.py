"""What the line writes while callers talk: facts wait for company, but for nobody who needs them, and none is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from running_ivr import JournalWatch
from sqlalchemy import Engine, event

from citizen_services.citizens import NewCitizen, create_citizen, find_or_add_number
from contact_centre.database import connect, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow
from ivr import call_records
from ivr.call_records import CallRecords, Known, LineRecords
from queue_manager.ami_inbound import last_agent

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/huduma.db")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    migrate(settings.url)
    made = connect(settings.url)
    yield made
    made.dispose()


@pytest.fixture
def journal(settings: Settings, engine: Engine) -> Iterator[JournalWatch]:
    watch = JournalWatch(settings)
    yield watch
    watch.engine.dispose()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts wait for company as good as for ever."""
    monkeypatch.setattr(call_records, "BATCH_S", 3600.0)


@pytest.mark.usefixtures("patient")
def test_what_an_agent_will_see_is_written_at_once(engine: Engine, journal: JournalWatch, tmp_path: Path) -> None:
    line = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    call = CallRecords(line, "c1", None)
    call.note(Kind.CALL_ENTERED, {"entry": "main"})
    call.note(Kind.MENU_VISITED, {"node": "travel"})
    call.flush()
    journal.fact(Kind.MENU_VISITED, node="travel")
    call.note(Kind.IVR_FAILED, {})
    call.flush()
    journal.fact(Kind.IVR_FAILED)
    line.close()


@pytest.mark.usefixtures("patient")
def test_the_end_writes_what_waits_in_one_transaction(engine: Engine, journal: JournalWatch, tmp_path: Path) -> None:
    commits: list[int] = []
    event.listen(engine, "commit", lambda _: commits.append(1))
    line = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    for number in range(20):
        CallRecords(line, f"c{number}", None).note(Kind.MENU_VISITED, {"node": str(number)})
    line.close()
    for number in range(20):
        journal.fact(Kind.MENU_VISITED, node=str(number))
    assert len(commits) == 1


def test_a_fact_that_is_refused_costs_the_others_nothing(engine: Engine, journal: JournalWatch, tmp_path: Path) -> None:
    line = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    bad = Fact(Kind.LANGUAGE_CHOSEN, NOW, "c")  # which one?
    for fact in (Fact(Kind.CALL_ENTERED, NOW, "c", payload={"entry": "main"}), bad, Fact(Kind.IVR_FAILED, NOW, "c")):
        line.note(fact)
    line.close()
    journal.fact(Kind.CALL_ENTERED)
    journal.fact(Kind.IVR_FAILED)
    assert bad.id in (tmp_path / "spool.refused").read_text()


def test_a_number_tells_its_language_or_its_citizens(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine) as session:
        number = find_or_add_number(session, "0712000001", NOW)
        assert number is not None
        create_citizen(session, NewCitizen("Wanjiku Test", language="sw"), NOW, number.id)
    line = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    known = line.known("+254 712 000 001")
    assert (known.number_id, known.language) == (number.id, "sw")
    new = line.known("0712000002")
    assert new.number_id not in {None, number.id}
    assert new.language is None
    assert new.number_id is not None
    line.remember(10**9, "en")  # erased meanwhile
    line.remember(new.number_id, "en")
    line.close()
    again = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    assert again.known("0712000002") == Known(new.number_id, "en")
    assert again.known("anonymous") == Known()
    again.close()


def test_the_writer_outlives_whatever_goes_wrong(engine: Engine, journal: JournalWatch, tmp_path: Path) -> None:
    line = LineRecords(engine, Journal(engine, tmp_path / "spool"))
    line.remember(1, "de")  # type: ignore[arg-type]
    ran = threading.Event()
    line._waiting.put(lambda _: ran.set())
    line.flush()
    assert ran.wait(10), "a write that fails does not stop the one beside it"
    line.note(Fact(Kind.IVR_FAILED, NOW, "c"))
    line.close()
    journal.fact(Kind.IVR_FAILED)


def test_who_talked_with_a_number_last(engine: Engine, tmp_path: Path) -> None:
    journal = Journal(engine, tmp_path / "spool")
    with session_scope(engine) as session:
        number = find_or_add_number(session, "0712000009", NOW)
        assert number is not None
        session.add_all(AgentRow(id=seat, extension=f"agent-{seat:03d}", name=f"Agent {seat}") for seat in (901, 902))
    for call, seat in (("first", 901), ("second", 902), ("nobody", None)):
        journal.append(Fact(Kind.CALL_ENTERED, NOW, call, None, {"entry": "main", "number_id": number.id}))
        if seat is not None:
            at = NOW + timedelta(seconds=seat)
            journal.append(Fact(Kind.CALL_CONNECTED, at, call, seat, {"offer_id": f"offer-{seat}"}))
    line = LineRecords(engine, journal)
    assert line.last_agent(number.id) == f"902@{int(NOW.timestamp()) + 902}"
    assert last_agent(line.last_agent(number.id)) == (902, (NOW + timedelta(seconds=902)).replace(microsecond=0))
    assert line.last_agent(None) == line.last_agent(10**9) == ""
    line.close()


@pytest.mark.parametrize("value", [None, "", "7", "@1", "7@", "x@1790000000", "7@soon", "0@1790000000"])
def test_what_is_not_a_last_agent_is_none(value: str | None) -> None:
    assert last_agent(value) is None


def call_of(number_id: int, call_id: str, ago_s: float, *, abandoned: bool = True) -> list[Fact]:
    """A call that waited, and was cut off (or answered) so long ago."""
    ended = datetime.now(UTC) - timedelta(seconds=ago_s)
    began, wish = ended - timedelta(seconds=90), {"queue": "identity", "language": "sw", "skills": [], "priority": 0}
    left = Fact(Kind.CALL_ABANDONED, ended, call_id, payload={"phase": "waiting"})
    return [
        Fact(Kind.CALL_ENTERED, began, call_id, payload={"entry": "main", "number_id": number_id, "web": False}),
        Fact(Kind.CALL_WAITING, began, call_id, payload=wish),
        left if abandoned else Fact(Kind.CALL_CONNECTED, ended, call_id, payload={"offer_id": "o"}),
        Fact(Kind.CALL_ENDED, ended, call_id, payload={"by": "caller", "cause": 16}),
    ]


def test_a_place_in_line_is_kept_for_a_while_and_only_the_last_one(engine: Engine, tmp_path: Path) -> None:
    journal = Journal(engine, tmp_path / "spool")
    line = LineRecords(engine, journal)
    with session_scope(engine) as session:
        found = [find_or_add_number(session, f"071200055{n}", NOW) for n in range(5)]
        mine, late, helped, office, nobody = (row.id for row in found if row is not None)
    journal.append(*call_of(mine, "m1", 900), *call_of(mine, "m2", 20), *call_of(late, "l1", 700))
    journal.append(*call_of(helped, "h1", 300), *call_of(helped, "h2", 20, abandoned=False))
    for number in range(6):
        journal.append(*call_of(office, f"o{number}", 60 - number))
    place = line.lost_place(mine, "now", 600)
    assert place is not None
    assert (place.call_id, place.language, place.queue, place.shared) == ("m2", "sw", "identity", False)
    assert place.waiting_since == pytest.approx(datetime.now(UTC).timestamp() - 110, abs=30)
    assert line.lost_place(late, "now", 600) is None
    assert line.lost_place(helped, "now", 600) is None
    assert line.lost_place(nobody, "now", 600) is None
    assert line.lost_place(None, "now", 600) is None
    assert line.lost_place(mine, "now", 0) is None
    shared = line.lost_place(office, "now", 600)
    assert shared is not None
    assert shared.shared
    line.close()
