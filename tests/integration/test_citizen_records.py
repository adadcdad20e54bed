"""Citizens, cases and their timeline, on both databases, with the worst that callers and agents may type."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from citizen_services import cases, citizens
from citizen_services.cases import Status
from citizen_services.citizens import NewCitizen
from citizen_services.opening_hours import load_holidays
from citizen_services.timeline import case_timeline, timeline
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import BadInput, Refused
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.tables import CallRow, Case, Citizen, Holiday, PhoneNumber

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOSTILE = [
    "'; DROP TABLE citizens; --",
    '"quoted" \\ back',
    "${SHELL(id)}",
    "a;b|c&d",
    "<script>alert(1)</script>",
    "%_%",
    "line\r\nAction: Hangup",
    "x" * 4096,
    "NUL\x00inside",
    "\ud800",
    "٠٧١٢٣٤٥٦٧٨",
    "😀" * 50,
    "",
    "anonymous",
]


def a_citizen(engine: Engine, name: str = "Wanjiku Achieng Kamau", number: str = "0712345678") -> tuple[int, int]:
    with session_scope(engine) as session:
        row = citizens.find_or_add_number(session, number, NOW)
        assert row is not None
        new = NewCitizen(name=name, language="sw", id_last4="4321", birth_year=1990, county="Kisumu")
        return citizens.create_citizen(session, new, NOW, row.id).id, row.id


def test_a_number_is_found_however_it_is_written(engine: Engine) -> None:
    with session_scope(engine) as session:
        rows = {
            citizens.find_or_add_number(session, n, NOW) for n in ("0712345678", "+254712345678", "254 712-345-678")
        }
        assert len(rows) == 1
        assert session.scalars(select(PhoneNumber.e164)).all() == ["+254712345678"]


def test_two_first_calls_at_once_make_one_number(engine: Engine) -> None:
    start, ids = threading.Barrier(4), []

    def call() -> None:
        start.wait()
        with session_scope(engine) as session:
            row = citizens.find_or_add_number(session, "0712345678", NOW)
            assert row is not None
            ids.append(row.id)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1


def test_the_language_is_remembered_for_number_and_citizen(engine: Engine) -> None:
    citizen_id, number_id = a_citizen(engine)
    with session_scope(engine) as session:
        assert citizens.language_of_number(session, number_id) == "sw"
        citizens.remember_language(session, number_id, "en")
        assert citizens.language_of_number(session, number_id) == "en"
        assert session.get_one(Citizen, citizen_id).language == "en"
        with pytest.raises(BadInput):
            citizens.remember_language(session, number_id, "fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["kamau", "KAMAU wanj", "0712345678", "+254 712 345 678", "345678"])
def test_a_citizen_is_found(engine: Engine, words: str) -> None:
    citizen_id, _ = a_citizen(engine)
    a_citizen(engine, "Otieno Barasa", "0722000111")
    with read_scope(engine) as session:
        assert [c.id for c in citizens.search(session, words)] == [citizen_id]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_refused_or_stored_and_does_nothing_else(engine: Engine, text: str) -> None:
    citizen_id, _ = a_citizen(engine)
    with session_scope(engine) as session:
        number = citizens.find_or_add_number(session, text, NOW)
        assert number is None
        citizens.search(session, text)
        assert cases.look_up(session, text, text) is None
        assert cases.find_by_reference(session, text) is None
    with session_scope(engine) as session:
        try:
            made = citizens.create_citizen(session, NewCitizen(name=text), NOW)
            assert made.name == " ".join(text.split())
            case = cases.open_case(
                session, citizen_id, agency="lands", service=None, title=text, channel="call", author="a", now=NOW
            )
            cases.add_note(session, case.id, text, channel="call", author=text, now=NOW)
        except BadInput:
            session.rollback()
    with read_scope(engine) as session:
        assert session.get(Citizen, citizen_id) is not None


def test_wildcards_are_letters_in_a_search(engine: Engine) -> None:
    a_citizen(engine)
    with read_scope(engine) as session:
        assert citizens.search(session, "%%") == []
        assert citizens.search(session, "Kam_u") == []


@pytest.mark.parametrize(
    "new",
    [NewCitizen(name=" "), NewCitizen(name="A", id_last4="12a4"), NewCitizen(name="A", birth_year=1800)],
)
def test_a_citizen_with_a_wrong_field_is_refused(engine: Engine, new: NewCitizen) -> None:
    with session_scope(engine) as session, pytest.raises(BadInput):
        citizens.create_citizen(session, new, NOW)


def test_the_latest_word_on_consent_counts(engine: Engine) -> None:
    citizen_id, _ = a_citizen(engine)
    with session_scope(engine) as session:
        assert citizens.consent(session, citizen_id, "recording") is None
        citizens.record_consent(session, citizen_id, "recording", True, "call", NOW)
        citizens.record_consent(session, citizen_id, "recording", False, "web", NOW)
        latest = citizens.consent(session, citizen_id, "recording")
        assert latest is not None
        assert latest.given is False


def test_a_case_over_its_channels(engine: Engine) -> None:
    citizen_id, number_id = a_citizen(engine)
    with session_scope(engine) as session:
        append_in(
            session,
            [
                Fact(Kind.CALL_ENTERED, NOW, "c1", payload={"entry": "main", "number_id": number_id}),
                Fact(
                    Kind.CALL_ENTERED, NOW - timedelta(days=8), "c0", payload={"entry": "main", "number_id": number_id}
                ),
            ],
        )
        case = cases.open_case(
            session,
            citizen_id,
            agency="immigration",
            service="lost-passport",
            title="Lost passport",
            channel="call",
            author="Grace",
            now=NOW + timedelta(minutes=2),
            call_id="c1",
        )
        later = NOW + timedelta(days=1)
        cases.change_status(session, case.id, Status.READY, channel="centre", author="Officer", now=later)
        cases.change_status(session, case.id, Status.READY, channel="centre", author="Officer", now=later)
        with pytest.raises(Refused):
            cases.change_status(
                session, case.id, Status.CLOSED, channel="web", author="x", now=later, expected=Status.OPEN
            )
        case_id, reference = case.id, case.reference
    with read_scope(engine) as session:
        kinds = [(e.channel, e.kind) for e in timeline(session, citizen_id=citizen_id)]
        assert kinds == [("centre", "status"), ("call", "opened"), ("call", "call"), ("call", "call")]
        assert [e.kind for e in case_timeline(session, case_id)] == ["call", "opened", "status"]
        assert [e.call_id for e in timeline(session, number_id=number_id)] == ["c1", "c0"]
        assert session.get_one(CallRow, "c1").case_id == case_id
        assert citizens.contacts_since(session, NOW + timedelta(hours=1), citizen_id=citizen_id) == 1
        assert citizens.contacts_since(session, NOW + timedelta(hours=1), number_id=number_id, days=30) == 2
        found = cases.look_up(session, reference, "4321")
        assert found is not None
        assert cases.SPOKEN_STATUS[Status(found.status)] == "case-status-ready"
        assert cases.look_up(session, reference, "4322") is None
        assert cases.look_up(session, reference, "") is None
        assert cases.look_up(session, "00000000", "4321") is None


def test_a_citizen_without_an_id_is_never_told_by_phone(engine: Engine) -> None:
    with session_scope(engine) as session:
        citizen = citizens.create_citizen(session, NewCitizen(name="Boru Guyo"), NOW)
        case = cases.open_case(
            session, citizen.id, agency="lands", service=None, title="t", channel="web", author="a", now=NOW
        )
        for guess in ("", "none", "0000", "None"):
            assert cases.look_up(session, case.reference, guess) is None


def test_a_gazetted_day_is_closed(engine: Engine) -> None:
    with session_scope(engine) as session:
        session.add(Holiday(day=NOW.date(), name_en="Tree Growing Day", name_sw="Siku ya Kupanda Miti"))
    with read_scope(engine) as session:
        closed = load_holidays(session, 2026)
        assert closed[NOW.date()] == "Tree Growing Day"
        assert len(closed) > 15
        assert session.scalar(select(func.count()).select_from(Case)) == 0
