"""What happened with one citizen over every channel, newest first: calls and the events of their cases, merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_centre.model import OUTBOUND
from contact_centre.tables import CallRow, Case, CaseEvent, PhoneNumber


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a citizen's timeline."""

    at: datetime
    channel: str
    """call, centre, web, mobile or payment."""
    kind: Literal["call", "call_out", "call_out_not_reached", "opened", "note", "status", "payment", "visit"] | str
    text: str
    """A call's note, or what the event says."""
    author: str | None = None
    case_id: int | None = None
    reference: str | None = None
    case_title: str | None = None
    call_id: str | None = None
    agency: str | None = None
    service: str | None = None
    outcome: str | None = None
    """Of a call: contained, handled, abandoned, left_ivr or failed; None while it lasts."""
    disposition: str | None = None
    agent_id: int | None = None
    duration_s: float | None = None
    """Of a call that was answered by a person: from answer to end (s)."""


def timeline(
    session: Session, *, citizen_id: int | None = None, number_id: int | None = None, limit: int = 100
) -> list[Entry]:
    """The newest entries of a citizen, or of a number with nobody known behind it.

    Calls from each of a citizen's numbers count as theirs, also those made before the number was theirs to us.
    """
    entries = [_of_call(call) for call in _calls(session, citizen_id, number_id, limit)]
    if citizen_id is not None:
        rows = session.execute(
            select(CaseEvent, Case)
            .join(Case, Case.id == CaseEvent.case_id)
            .where(Case.citizen_id == citizen_id)
            .order_by(CaseEvent.at.desc(), CaseEvent.id.desc())
            .limit(limit)
        )
        entries += [_of_event(event, case) for event, case in rows]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]


def case_timeline(session: Session, case_id: int) -> list[Entry]:
    """Everything about one case, the oldest first: its events and the calls that were about it."""
    case = session.get(Case, case_id)
    if case is None:
        return []
    events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))
    calls = session.scalars(select(CallRow).where(CallRow.case_id == case_id))
    entries = [_of_event(event, case) for event in events] + [_of_call(call) for call in calls]
    return sorted(entries, key=lambda entry: entry.at)


def _calls(session: Session, citizen_id: int | None, number_id: int | None, limit: int) -> list[CallRow]:
    whose = []
    if citizen_id is not None:
        theirs = select(PhoneNumber.id).where(PhoneNumber.citizen_id == citizen_id)
        whose += [CallRow.citizen_id == citizen_id, CallRow.citizen_id.is_(None) & CallRow.number_id.in_(theirs)]
    elif number_id is not None:
        whose.append(CallRow.number_id == number_id)
    if not whose:
        return []
    return list(session.scalars(select(CallRow).where(or_(*whose)).order_by(CallRow.entered_at.desc()).limit(limit)))


def _of_call(call: CallRow) -> Entry:
    talked = (call.ended_at - call.answered_at).total_seconds() if call.ended_at and call.answered_at else None
    return Entry(
        at=call.entered_at,
        channel="call",
        kind=_kind(call),
        text=call.note,
        case_id=call.case_id,
        call_id=call.id,
        agency=call.agency,
        service=call.service,
        outcome=call.outcome,
        disposition=call.disposition,
        agent_id=call.agent_id,
        duration_s=talked,
    )


def _kind(call: CallRow) -> str:
    if call.entry != OUTBOUND:
        return "call"
    return "call_out_not_reached" if call.outcome == "not_reached" else "call_out"


def _of_event(event: CaseEvent, case: Case) -> Entry:
    return Entry(
        at=event.at,
        channel=event.channel,
        kind=event.kind,
        text=event.text,
        author=event.author,
        case_id=case.id,
        reference=case.reference,
        case_title=case.title,
        call_id=event.call_id,
        agency=case.agency,
        service=case.service,
    )
