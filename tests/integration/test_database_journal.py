"""The journal on both databases: positions, the spool, and the rows folded from a call's facts."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import StatementError

from contact_centre import journal
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.tables import AgentRow, CallRow, Citizen, OfferRow, QueueSegment

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_position_seen_is_never_followed_by_a_lower_one(engine: Engine, tmp_path: Path) -> None:
    writers, each = 4, 25
    done = threading.Event()
    seen: list[int] = []

    def write(writer: int) -> None:
        log = Journal(engine, tmp_path / f"spool-{writer}")
        for number in range(each):
            assert log.append(Fact(Kind.MENU_VISITED, at(number), f"call-{writer}", payload={"node": str(number)}))

    def follow() -> None:
        while True:
            last = done.is_set()
            with read_scope(engine) as session:
                seen.extend(r.position for r in journal.read_after(session, seen[-1] if seen else 0))
            if last:
                return

    reader = threading.Thread(target=follow)
    threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    assert seen == sorted(set(seen))
    assert len(seen) == writers * each, "a reader that asks for position > N missed a fact"
    with read_scope(engine) as session:
        assert journal.last_position(session) == seen[-1]
        for writer in range(writers):
            nodes = [r.fact.payload["node"] for r in journal.of_call(session, f"call-{writer}")]
            assert nodes == [str(n) for n in range(each)]


def test_facts_wait_on_disk_while_the_database_is_away(database_url: str, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    away = connect(
        "sqlite:////nonexistent/huduma.db"
        if database_url.startswith("sqlite")
        else database_url.replace("?host=", "?host=/nonexistent")
    )
    first, second = Fact(Kind.ROUTER_STARTED, NOON), Fact(Kind.ASTERISK_LOST, at(1))
    assert Journal(away, spool).append(first) is False
    assert Journal(away, spool).append(second) is False
    away.dispose()
    kept = spool.read_text()
    engine = connect(database_url)
    log = Journal(engine, spool)
    assert log.append(Fact(Kind.ASTERISK_FOUND, at(2))) is True
    assert not spool.exists()
    spool.write_text(kept)  # a crash between the commit and the removal of the spool
    assert log.append(first) is True
    with read_scope(engine) as session:
        kinds = [r.fact.kind for r in journal.read_after(session, 0)]
    engine.dispose()
    assert kinds == [Kind.ROUTER_STARTED, Kind.ASTERISK_LOST, Kind.ASTERISK_FOUND]


def test_a_line_torn_by_a_power_cut_does_not_stop_the_replay(engine: Engine, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.write_text('{"id": "torn", "payload": {}\n')
    assert Journal(engine, spool).append(Fact(Kind.ROUTER_STARTED, NOON)) is True
    with read_scope(engine) as session:
        assert journal.last_position(session) == 1


def test_a_fact_that_the_database_refuses_is_set_aside_and_the_others_go_on(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool, log = tmp_path / "spool", Journal(engine, tmp_path / "spool")
    nodes = [Fact(Kind.MENU_VISITED, at(n), "c", payload={"node": str(n)}) for n in range(1200)]
    bad = Fact(Kind.LANGUAGE_CHOSEN, at(1), "c", payload={"said": "+254712345678"})  # a language is missing
    journal.add_lines(spool, [*nodes[:700], bad, *nodes[700:]])
    assert log.append(Fact(Kind.ROUTER_STARTED, NOON)) is True
    assert not spool.exists()
    with read_scope(engine) as session:
        assert [r.fact.payload["node"] for r in journal.of_call(session, "c")] == [str(n) for n in range(1200)]
        assert session.get_one(CallRow, "c").path == [str(n) for n in range(1200)]
    assert bad.id in (tmp_path / "spool.refused").read_text()
    assert bad.id in caplog.text
    assert "254712345678" not in caplog.text
    assert log.append(Fact(Kind.ROUTER_STARTED, NOON)) is True, "the journal goes on"


def test_rows_that_a_session_has_read_show_what_it_appends(engine: Engine, tmp_path: Path) -> None:
    Journal(engine, tmp_path / "spool").append(Fact(Kind.CALL_ENTERED, at(0), "c", payload={"entry": "main"}))
    with session_scope(engine) as session:
        call = session.get_one(CallRow, "c")
        call.note = "typed"
        journal.append_in(session, [Fact(Kind.DISPOSITION_SAVED, at(1), "c", payload={"code": "answered"})])
        assert (call.note, call.disposition) == ("typed", "answered")


def test_a_whole_call_becomes_its_rows(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine) as session:
        agent = AgentRow(extension="agent-001", name="Agent", auto_answer=False)
        session.add(agent)
        session.flush()
        agent_id = agent.id
    call = "0b1c"
    log = Journal(engine, tmp_path / "spool")
    log.append(
        Fact(Kind.CALL_ENTERED, at(0), call, payload={"entry": "12", "linkedid": "1.1"}),
        Fact(Kind.LANGUAGE_CHOSEN, at(3), call, payload={"language": "sw"}),
        Fact(Kind.MENU_VISITED, at(4), call, payload={"node": "immigration"}),
        Fact(Kind.SERVICE_CHOSEN, at(6), call, payload={"agency": "immigration", "service": "new-passport"}),
        Fact(Kind.RECORDING_ARMED, at(8), call),
        Fact(
            Kind.CALL_WAITING, at(9), call, payload={"queue": "travel", "language": "sw", "skills": [], "priority": 0}
        ),
        Fact(Kind.CALL_OFFERED, at(10), call, agent_id, {"offer_id": "o1", "queue": "travel", "eligible": [agent_id]}),
        Fact(Kind.OFFER_FAILED, at(25), call, agent_id, {"offer_id": "o1", "reason": "no_answer"}),
        Fact(Kind.CALL_OFFERED, at(26), call, agent_id, {"offer_id": "o2", "queue": "travel", "eligible": [agent_id]}),
        Fact(Kind.CALL_CONNECTED, at(30), call, agent_id, {"offer_id": "o2"}),
        Fact(Kind.CALL_ENDED, at(90), call, agent_id, {"by": "caller", "cause": 16}),
        Fact(Kind.DISPOSITION_SAVED, at(95), call, agent_id, {"code": "answered"}),
    )
    with read_scope(engine) as session:
        row = session.get_one(CallRow, call)
        assert (row.entry, row.language, row.agency, row.service) == ("12", "sw", "immigration", "new-passport")
        assert (row.state, row.outcome, row.recording, row.path) == ("ended", "handled", "armed", ["immigration"])
        assert (row.waiting_since, row.answered_at, row.ended_at) == (at(9), at(30), at(90))
        assert (row.agent_id, row.disposition) == (agent_id, "answered")
        segment = session.scalars(select(QueueSegment)).one()
        assert (segment.entered_at, segment.left_at, segment.result) == (at(9), at(30), "answered")
        assert [o.result for o in session.scalars(select(OfferRow).order_by(OfferRow.id))] == ["no_answer", "answered"]


def test_a_caller_who_leaves_while_waiting_is_abandoned(engine: Engine, tmp_path: Path) -> None:
    waiting = {"queue": "general", "language": "en", "skills": [], "priority": 0}
    Journal(engine, tmp_path / "spool").append(
        Fact(Kind.CALL_WAITING, at(0), "c", payload=waiting),
        Fact(Kind.CALL_ABANDONED, at(40), "c", payload={"phase": "waiting"}),
        Fact(Kind.CALL_ENDED, at(40), "c", payload={"by": "caller", "cause": 16}),
    )
    with read_scope(engine) as session:
        assert session.get_one(CallRow, "c").outcome == "abandoned"
        assert session.scalars(select(QueueSegment)).one().result == "abandoned"


def test_a_naive_instant_is_refused(engine: Engine) -> None:
    citizen = Citizen(name="A", created_at=datetime(2026, 1, 1), sample=False)
    with pytest.raises(StatementError, match="time zone"), session_scope(engine) as session:
        session.add(citizen)


def test_writers_that_read_first_wait_their_turn(engine: Engine) -> None:
    """Without BEGIN IMMEDIATE the second of two such SQLite writers would fail as locked."""
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def write(name: str) -> None:
        try:
            ready.wait()
            for _ in range(10):
                with session_scope(engine) as session:
                    session.scalars(select(Citizen.id)).all()
                    session.add(Citizen(name=name, created_at=NOON, sample=False))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with read_scope(engine) as session:
        assert len(session.scalars(select(Citizen.id)).all()) == 20


def test_facts_about_erased_rows_do_not_block_the_journal(engine: Engine, tmp_path: Path) -> None:
    log = Journal(engine, tmp_path / "spool")
    waiting = {"queue": "general", "language": "en", "skills": [], "priority": 0}
    offered = {"offer_id": "o", "queue": "general", "eligible": [77]}
    log.append(
        Fact(Kind.CALL_ENTERED, at(0), "c", payload={"entry": "main", "number_id": 77}),
        Fact(Kind.CALL_WAITING, at(1), "c", payload=waiting),
        Fact(Kind.CALL_WAITING, at(2), "c", payload=waiting),
        Fact(Kind.CALL_OFFERED, at(3), "c", 77, offered),
        Fact(Kind.CALL_OFFERED, at(4), "c", 77, offered),
        Fact(Kind.CALL_CONNECTED, at(5), "c", 77, {"offer_id": "o"}),
        Fact(Kind.DISPOSITION_SAVED, at(6), "c", 77, {"code": "answered", "case_id": 77}),
    )
    with read_scope(engine) as session:
        row = session.get_one(CallRow, "c")
        assert (row.number_id, row.agent_id, row.case_id, row.disposition) == (None, None, None, "answered")
        assert len(session.scalars(select(QueueSegment)).all()) == 1


def test_an_offer_that_fails_after_the_end_does_not_revive_the_call(engine: Engine, tmp_path: Path) -> None:
    waiting = {"queue": "general", "language": "en", "skills": [], "priority": 0}
    Journal(engine, tmp_path / "spool").append(
        Fact(Kind.CALL_WAITING, at(0), "c", payload=waiting),
        Fact(Kind.CALL_OFFERED, at(1), "c", 1, {"offer_id": "o", "queue": "general", "eligible": [1]}),
        Fact(Kind.CALL_ABANDONED, at(2), "c", payload={"phase": "ringing"}),
        Fact(Kind.CALL_ENDED, at(2), "c", payload={"by": "caller", "cause": 16}),
        Fact(Kind.OFFER_FAILED, at(3), "c", 1, {"offer_id": "o", "reason": "withdrawn"}),
    )
    with read_scope(engine) as session:
        assert session.get_one(CallRow, "c").state == "ended"
        assert session.get_one(OfferRow, "o").result == "withdrawn"


def test_a_reader_sees_one_snapshot_while_others_write(engine: Engine, tmp_path: Path) -> None:
    log = Journal(engine, tmp_path / "spool")
    log.append(Fact(Kind.ROUTER_STARTED, NOON))
    with read_scope(engine) as session:
        position = journal.last_position(session)
        log.append(Fact(Kind.MENU_VISITED, at(1), "c", payload={"node": "main"}))
        assert journal.last_position(session) == position
        assert session.scalars(select(CallRow.id)).all() == []
    with read_scope(engine) as session:
        assert journal.last_position(session) == position + 1


def test_a_connection_that_dies_under_the_writer_costs_no_fact(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        return  # a file has no connection to lose
    engine = connect(database_url)
    log = Journal(engine, tmp_path / "spool")
    assert log.append(Fact(Kind.ROUTER_STARTED, NOON)) is True
    other = connect(database_url)
    with other.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.dispose()
    log.append(Fact(Kind.ASTERISK_LOST, at(1)))
    log.append(Fact(Kind.ASTERISK_FOUND, at(2)))
    with read_scope(engine) as session:
        kinds = [r.fact.kind for r in journal.read_after(session, 0)]
    engine.dispose()
    assert kinds == [Kind.ROUTER_STARTED, Kind.ASTERISK_LOST, Kind.ASTERISK_FOUND]
