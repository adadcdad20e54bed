"""What a citizen's card says of who calls: how sure that is, and whether they were told of the recording."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from agent_console.citizen_cards import card_of_caller, card_of_citizen
from citizen_services import cases, citizens
from citizen_services.catalogue_file import load_catalogue
from contact_centre.database import session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.tables import CallRow, Citizen

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CATALOGUE = load_catalogue()


def a_call(session: Session, citizen: Citizen | None, number: str | None = None, recording: str = "off") -> CallRow:
    row = citizens.find_or_add_number(session, number, NOW)
    call = CallRow(id="one", entry="main", path=[], state="waiting", entered_at=NOW, note="", recording=recording)
    call.number_id, call.citizen_id = row.id if row else None, citizen.id if citizen else None
    session.add(call)
    session.flush()
    return call


def somebody(session: Session, name: str = "Wanjiku Otieno", number: str | None = None) -> Citizen:
    row = citizens.find_or_add_number(session, number, NOW)
    return citizens.create_citizen(session, citizens.NewCitizen(name), NOW, row.id if row else None)


def test_how_sure_it_is_who_calls(engine: Engine) -> None:
    with session_scope(engine) as session:
        wanjiku, otieno = somebody(session, number="0712345678"), somebody(session, "Otieno Kamau")
        call = a_call(session, None, "0712345678")

        def certainty(who: Citizen | None) -> str:
            call.citizen_id = who.id if who else None
            session.flush()
            return card_of_caller(session, call, CATALOGUE, NOW).certainty

        assert certainty(None) == "unknown"
        assert certainty(wanjiku) == "number_matches"
        assert certainty(otieno) == "named", "an agent chose him: he said no number of his"
        case = cases.open_case(
            session, otieno.id, agency="kra", service=None, title="A PIN", channel="centre", author="x", now=NOW
        )
        append_in(session, [Fact(Kind.CASE_STATUS_GIVEN, NOW, call.id, None, {"case_id": case.id})])
        assert certainty(otieno) == "said_id"
        assert card_of_citizen(session, otieno, CATALOGUE, NOW).certainty == "unknown"


@pytest.mark.parametrize(
    ("recording", "told"), [("off", None), ("armed", True), ("archived", True), ("refused", False)]
)
def test_who_heard_or_refused_the_notice_was_asked(engine: Engine, recording: str, told: bool | None) -> None:
    with session_scope(engine) as session:
        citizen = somebody(session)
        call = a_call(session, citizen, recording=recording)
        card = card_of_caller(session, call, CATALOGUE, NOW)
        assert (card.told_of_recording, card.recording_consent) == (told, None)
        citizens.record_consent(session, citizen.id, "recording", True, "centre", NOW)
        assert card_of_caller(session, call, CATALOGUE, NOW).recording_consent is True
