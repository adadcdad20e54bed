"""Citizens and cases as the pages show them. Everything here reads, within the caller's session."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.messages import CaseDetail, CaseSummary, Channel, CitizenCard, TimelineItem
from citizen_services import cases, citizens, timeline
from citizen_services.catalogue import Catalogue, Service
from contact_centre import journal
from contact_centre.facts import Kind
from contact_centre.model import Language
from contact_centre.tables import AgentRow, CallRow, Case, Citizen, PhoneNumber

TIMELINE_LENGTH = 100
TOLD = {"armed": True, "archived": True, "refused": False}
"""A call's recording -> whether the caller heard the notice and let it be; a call that is not in it was not asked."""


def language_of(code: str | None) -> Language | None:
    """A language that the line speaks, or None."""
    return cast(Language, code) if code in ("en", "sw") else None


def both(text: str) -> dict[Language, str]:
    """A text that is the same in either language: a name, or what a person typed."""
    return {"en": text, "sw": text}


def _case_title(typed: str, service: Service | None) -> dict[Language, str]:
    """A case's title as it was typed; one that is a service's own name has it in both languages."""
    return dict(service.title) if service and typed in service.title.values() else both(typed)


def agent_names(session: Session) -> dict[int, str]:
    """Every agent's name."""
    return dict(iter(session.execute(select(AgentRow.id, AgentRow.name))))


def case_summary(case: Case, catalogue: Catalogue) -> CaseSummary:
    """A case in a list."""
    agency = catalogue.agency(case.agency)
    return CaseSummary(
        id=case.id,
        reference=case.reference,
        agency=case.agency,
        agency_name=dict(agency.name) if agency else both(case.agency),
        service=case.service,
        title=_case_title(case.title, catalogue.service(case.service)),
        status=case.status,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
    )


def case_detail(session: Session, case: Case, catalogue: Catalogue) -> CaseDetail:
    """A case with everything that happened to it, newest first."""
    names = agent_names(session)
    entries = reversed(timeline.case_timeline(session, case.id))
    return CaseDetail(case=case_summary(case, catalogue), events=[_item(e, catalogue, names) for e in entries])


def card_of_citizen(
    session: Session, citizen: Citizen, catalogue: Catalogue, now: datetime, *, whole: bool = True
) -> CitizenCard:
    """A citizen who was looked up; `whole` gives the timeline too."""
    numbers = citizens.numbers_of(session, citizen.id)
    return _card(session, catalogue, now, citizen, numbers[0] if numbers else None, "unknown", whole)


def card_of_caller(session: Session, call: CallRow, catalogue: Catalogue, now: datetime) -> CitizenCard:
    """Who is behind a call: a citizen, or a number, or nobody."""
    number = session.get(PhoneNumber, call.number_id) if call.number_id is not None else None
    citizen = session.get(Citizen, call.citizen_id) if call.citizen_id is not None else None
    if citizen is None:
        card = _card(session, catalogue, now, None, number, "unknown", True)
    else:
        card = _card(session, catalogue, now, citizen, number, _certainty(session, call, citizen, number), True)
    return card.model_copy(update={"told_of_recording": TOLD.get(call.recording)})


def _certainty(session: Session, call: CallRow, citizen: Citizen, number: PhoneNumber | None) -> str:
    """How sure it is that this citizen calls."""
    if number is not None and number.citizen_id == citizen.id:
        return "number_matches"
    for one in journal.of_call(session, call.id):
        if one.fact.kind is Kind.CASE_STATUS_GIVEN:
            case = session.get(Case, one.fact.payload.get("case_id"))
            if case is not None and case.citizen_id == citizen.id:
                return "said_id"
    return "named"


def _card(
    session: Session,
    catalogue: Catalogue,
    now: datetime,
    citizen: Citizen | None,
    number: PhoneNumber | None,
    certainty: str,
    whole: bool,
) -> CitizenCard:
    citizen_id, number_id = citizen.id if citizen else None, number.id if number else None
    entries: list[timeline.Entry] = []
    if whole:
        entries = timeline.timeline(session, citizen_id=citizen_id, number_id=number_id, limit=TIMELINE_LENGTH)
    names = agent_names(session) if entries else {}
    language = language_of(citizen.language if citizen else None) or language_of(number.language if number else None)
    return CitizenCard(
        id=citizen_id,
        name=citizen.name if citizen else None,
        number=number.e164 if number else None,
        certainty=certainty,
        language=language,
        county=citizen.county if citizen else None,
        sample=citizen.sample if citizen else False,
        calls_this_week=citizens.contacts_since(session, now, citizen_id=citizen_id, number_id=number_id),
        recording_consent=_consent(session, citizen_id, "recording"),
        history_consent=_consent(session, citizen_id, "history"),
        cases=[case_summary(case, catalogue) for case in cases.cases_of(session, citizen_id)] if citizen_id else [],
        timeline=[_item(entry, catalogue, names) for entry in entries],
    )


def _consent(session: Session, citizen_id: int | None, purpose: str) -> bool | None:
    said = citizens.consent(session, citizen_id, purpose) if citizen_id is not None else None
    return said.given if said else None


def _item(entry: timeline.Entry, catalogue: Catalogue, names: dict[int, str]) -> TimelineItem:
    service, agency = catalogue.service(entry.service), catalogue.agency(entry.agency)
    if entry.case_title:
        about = _case_title(entry.case_title, service)
    else:
        about = dict(service.title if service else agency.name if agency else both(""))
    author = entry.author or (names.get(entry.agent_id, "") if entry.agent_id is not None else "")
    return TimelineItem(
        at=entry.at,
        channel=cast(Channel, entry.channel),
        kind=entry.kind,
        title=about,
        text=entry.text,
        author=author,
        case_id=entry.case_id,
        call_id=entry.call_id,
    )
