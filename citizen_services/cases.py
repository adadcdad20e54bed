"""A citizen's matters, over every channel: opened, noted, moved on, and told by phone to those who may hear it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_services.citizens import CHANNELS
from citizen_services.door import LONGEST_NAME, LONGEST_NOTE, clean_text, one_of
from citizen_services.references import is_reference, make_reference
from contact_centre.errors import BadInput, Refused
from contact_centre.tables import CallRow, Case, CaseEvent, Citizen


class Status(StrEnum):
    """How far a case is."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_CITIZEN = "waiting_citizen"
    READY = "ready"
    CLOSED = "closed"


SPOKEN_STATUS = {status: f"case-status-{status.value.replace('_', '-')}" for status in Status}
"""Prompt ids that say a status; the words are the ivr's."""

REFERENCE_TRIES = 20


def open_case(
    session: Session,
    citizen_id: int,
    *,
    agency: str,
    service: str | None,
    title: str,
    channel: str,
    author: str,
    now: datetime,
    note: str | None = None,
    call_id: str | None = None,
) -> Case:
    """Open a case with a new reference, and link it to the call it came from.

    Raises:
        BadInput: for an unknown citizen or channel, or text that cannot be stored.
    """
    if session.get(Citizen, citizen_id) is None:
        raise BadInput("there is no such citizen")
    case = Case(
        reference=_new_reference(session),
        citizen_id=citizen_id,
        agency=clean_text(agency, "the agency", 60),
        service=clean_text(service, "the service", 60) if service else None,
        title=clean_text(title, "the title", 200),
        status=Status.OPEN.value,
        opened_at=now,
        closed_at=None,
        sample=False,
    )
    session.add(case)
    session.flush()
    _add_event(session, case, "opened", note or case.title, channel=channel, author=author, now=now, call_id=call_id)
    if call_id is not None:
        link_call(session, case.id, call_id)
    return case


def add_note(
    session: Session, case_id: int, text: str, *, channel: str, author: str, now: datetime, call_id: str | None = None
) -> CaseEvent:
    """Write a note into a case.

    Raises:
        BadInput: for an unknown case or channel, or text that cannot be stored.
    """
    case = _case(session, case_id)
    return _add_event(session, case, "note", text, channel=channel, author=author, now=now, call_id=call_id)


def change_status(
    session: Session,
    case_id: int,
    status: Status,
    *,
    channel: str,
    author: str,
    now: datetime,
    expected: Status | None = None,
    call_id: str | None = None,
) -> Case:
    """Move a case on; the same status again changes nothing.

    Raises:
        BadInput: for an unknown case or channel.
        Refused: `changed_meanwhile`, when the status is no longer the one that the author saw.
    """
    case = _case(session, case_id)
    if expected is not None and case.status != expected.value:
        raise Refused("changed_meanwhile", "somebody has changed the status of this case meanwhile")
    if case.status != status.value:
        text = f"{case.status} → {status.value}"
        case.status = status.value
        case.closed_at = now if status is Status.CLOSED else None
        _add_event(session, case, "status", text, channel=channel, author=author, now=now, call_id=call_id)
    return case


def link_call(session: Session, case_id: int, call_id: str) -> None:
    """Say that a call was about a case; a call that is not known (yet) is left alone."""
    case = _case(session, case_id)
    call = session.get(CallRow, clean_text(call_id, "the call's id", 64))
    if call is not None:
        call.case_id = case.id
        call.citizen_id = call.citizen_id or case.citizen_id
        session.flush()


def cases_of(session: Session, citizen_id: int) -> list[Case]:
    """A citizen's cases: those that are not closed first, then the newest first."""
    rows = session.scalars(
        select(Case).where(Case.citizen_id == citizen_id).order_by(Case.opened_at.desc(), Case.id.desc())
    )
    return sorted(rows, key=lambda case: case.status == Status.CLOSED.value)


def find_by_reference(session: Session, reference: str) -> Case | None:
    """The case of a reference; None for one that is mistyped or not given out."""
    if not is_reference(reference):
        return None
    return session.scalar(select(Case).where(Case.reference == reference))


def look_up(session: Session, reference: str, id_last4: str) -> Case | None:
    """The case of a reference, for a caller who knows the last four digits of the citizen's ID; None otherwise.

    A wrong reference and a wrong check take the same way and look alike. Whoever calls this bounds the attempts.
    """
    case = find_by_reference(session, reference)
    citizen = session.get(Citizen, case.citizen_id) if case else None
    known = citizen.id_last4 if citizen and citizen.id_last4 else "none"
    same = hmac.compare_digest(known.encode(), id_last4.encode(errors="replace"))
    return case if same and known != "none" else None


def _case(session: Session, case_id: int) -> Case:
    case = session.get(Case, case_id)
    if case is None:
        raise BadInput("there is no such case")
    return case


def _add_event(
    session: Session,
    case: Case,
    kind: str,
    text: str,
    *,
    channel: str,
    author: str,
    now: datetime,
    call_id: str | None = None,
) -> CaseEvent:
    event = CaseEvent(
        case_id=case.id,
        at=now,
        channel=one_of(channel, CHANNELS, "channel"),
        kind=kind,
        author=clean_text(author, "the author", min(100, LONGEST_NAME)),
        text=clean_text(text, "the text", LONGEST_NOTE, lines=True),
        call_id=clean_text(call_id, "the call's id", 64) if call_id else None,
    )
    session.add(event)
    session.flush()
    return event


def _new_reference(session: Session) -> str:
    """Random, so that a reference tells neither how many cases there are nor which comes next."""
    for _ in range(REFERENCE_TRIES):
        reference = make_reference(secrets.randbelow(10_000_000))
        if session.scalar(select(Case.id).where(Case.reference == reference)) is None:
            return reference
    raise Refused("references_used_up", "nearly every case reference is in use: references need another digit")
