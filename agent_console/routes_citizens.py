"""Citizens and their cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from agent_console.auth import Visitor, audit
from agent_console.citizen_cards import card_of_citizen, case_detail
from agent_console.clock import now
from agent_console.deps import InParts, RowId, SignedIn
from agent_console.messages import CaseDetail, CaseEventBody, CitizenCard, NewCaseBody
from agent_console.parts import Parts
from agent_console.refusals import not_found
from agent_console.routes_calls import own
from agent_console.wrap_up import open_case
from citizen_services import cases, citizens
from contact_centre.database import read_scope, session_scope
from contact_centre.tables import Case, Citizen

router = APIRouter(prefix="/api")
MOST_FOUND = 20


@router.get("/citizens")
def search(visitor: SignedIn, parts: InParts, q: Annotated[str, Query(max_length=200)] = "") -> list[CitizenCard]:
    """Find citizens by name or number; their timelines only come with the card that is opened."""
    with read_scope(parts.engine) as session:
        found = citizens.search(session, q, MOST_FOUND)
        return [card_of_citizen(session, one, parts.catalogue, now(), whole=False) for one in found]


@router.get("/citizens/{citizen_id}")
def open_citizen(citizen_id: RowId, visitor: SignedIn, parts: InParts) -> CitizenCard:
    """One citizen's card. Every opening is written down."""
    with session_scope(parts.engine) as session:
        citizen = session.get(Citizen, citizen_id)
        if citizen is None:
            raise not_found("citizen")
        audit(session, visitor.account_id, "citizen_opened", f"citizen:{citizen_id}", now())
        return card_of_citizen(session, citizen, parts.catalogue, now())


@router.post("/cases")
def new_case(body: NewCaseBody, visitor: SignedIn, parts: InParts) -> CaseDetail:
    """Open a case outside a call."""
    with session_scope(parts.engine) as session:
        return case_detail(session, open_case(session, parts, visitor, body), parts.catalogue)


@router.get("/cases/{case_id}")
def one_case(case_id: RowId, visitor: SignedIn, parts: InParts) -> CaseDetail:
    """One case, whole. Every opening is written down."""
    with session_scope(parts.engine) as session:
        case = _case(session, case_id)
        audit(session, visitor.account_id, "case_opened", f"case:{case_id}", now())
        return case_detail(session, case, parts.catalogue)


@router.post("/cases/{case_id}/events")
def add_event(case_id: RowId, body: CaseEventBody, visitor: SignedIn, parts: InParts) -> CaseDetail:
    """A note, and a new status with it."""
    with session_scope(parts.engine) as session:
        case = _case(session, case_id)
        _write(session, parts, visitor, case, body)
        shown = case_detail(session, case, parts.catalogue)
    if body.call_id is not None:
        parts.cards.changed(body.call_id)
    return shown


def _write(session: Session, parts: Parts, visitor: Visitor, case: Case, body: CaseEventBody) -> None:
    call_id = own(session, parts, visitor, body.call_id).id if body.call_id is not None else None
    channel, author = "call" if call_id else "centre", visitor.name[:100]
    cases.add_note(session, case.id, body.text, channel=channel, author=author, now=now(), call_id=call_id)
    if body.status is not None:
        status = cases.Status(body.status)
        cases.change_status(session, case.id, status, channel=channel, author=author, now=now(), call_id=call_id)


def _case(session: Session, case_id: int) -> Case:
    case = session.get(Case, case_id)
    if case is None:
        raise not_found("case")
    return case
