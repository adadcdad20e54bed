"""An agent calls a known citizen: who may, whom, and what is written down of it. The router judges the number again."""

from __future__ import annotations

from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.auth import Visitor, audit
from agent_console.citizen_cards import language_of
from agent_console.clock import now
from agent_console.deps import AnsweringCalls, InParts
from agent_console.messages import CallingOut, CallOutBody
from agent_console.parts import Parts
from agent_console.refusals import TooMany, not_found
from contact_centre.database import session_scope
from contact_centre.errors import Refused
from contact_centre.tables import Case, Citizen, PhoneNumber
from queue_manager.allowed_numbers import Allowed, judge
from queue_manager.requests import CallCitizen

router = APIRouter(prefix="/api")


@router.post("/calls-out", status_code=202)
async def call_out(body: CallOutBody, visitor: AnsweringCalls, parts: InParts) -> CallingOut:
    """Ring this agent's phone, then the citizen's. What comes of it is shown live and kept with the call."""
    if not visitor.may_call_out:
        raise Refused("not_allowed", "Your account may not call citizens; an administrator can allow it.")
    if not parts.live.holds_seat(visitor):
        raise Refused("taken_over", "You are signed in somewhere else; that page takes the calls.")
    key = str(visitor.account_id)
    wait_s = parts.calls_out.wait_s(key, now())
    if wait_s > 0:
        raise TooMany(wait_s)
    parts.calls_out.mark(key, now())
    request = await parts.work(_intend, parts, visitor, body)
    outcome = await parts.router.request(request)
    if not outcome.accepted:
        await parts.work(_trace, parts, visitor, "call_out_refused", f"call:{request.call_id} {outcome.reason}")
        raise Refused(outcome.reason, outcome.message)
    return CallingOut(call_id=request.call_id)


def _intend(parts: Parts, visitor: Visitor, body: CallOutBody) -> CallCitizen:
    """Find whom to call, and write down who wants to.

    Raises:
        Refused: the citizen, the number of theirs, or the case is not there, or the number may not be called.
    """
    assert visitor.agent_id is not None
    with session_scope(parts.engine) as session:
        citizen, number = session.get(Citizen, body.citizen_id), _number(session, body)
        case = session.get(Case, body.case_id) if body.case_id is not None else None
        if citizen is None or number is None:
            raise not_found("number")
        if body.case_id is not None and (case is None or case.citizen_id != citizen.id):
            raise not_found("case")
        if not isinstance(judge(number.e164), Allowed):
            raise Refused("number_not_allowed", "That number may not be called from here.")
        call_id = str(uuid4())
        about = f" case:{case.id}" if case is not None else ""
        audit(session, visitor.account_id, "called_out", f"call:{call_id} citizen:{citizen.id}{about}", now())
        agency = case.agency if case is not None and parts.catalogue.agency(case.agency) else None
        return CallCitizen(
            uuid4().hex,
            visitor.account_id,
            visitor.agent_id,
            call_id=call_id,
            number=number.e164,
            number_id=number.id,
            language=language_of(citizen.language) or language_of(number.language) or "en",
            queue=parts.catalogue.queue_of(agency),
            agency=agency,
            case_id=case.id if case is not None else None,
        )


def _number(session: Session, body: CallOutBody) -> PhoneNumber | None:
    """The number, if it is one of this citizen's."""
    theirs = select(PhoneNumber).where(PhoneNumber.e164 == body.number, PhoneNumber.citizen_id == body.citizen_id)
    return session.scalar(theirs)


def _trace(parts: Parts, visitor: Visitor, action: str, subject: str) -> None:
    with session_scope(parts.engine) as session:
        audit(session, visitor.account_id, action, subject, now())
