"""What an agent writes down about a call, and the end of wrap-up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.auth import Visitor
from agent_console.clock import now
from agent_console.messages import CallDetail, DispositionBody, LinkCitizenBody, NewCaseBody
from agent_console.parts import Parts
from agent_console.refusals import not_found
from agent_console.seats import agent_now
from citizen_services import cases, citizens
from contact_centre.errors import BadInput, Refused
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.states import AgentState
from contact_centre.tables import CallRow, Case, CaseEvent, Citizen
from queue_manager import requests

Saver = Callable[[Parts, Visitor, str, DispositionBody], CallDetail]


def plain_text(text: str) -> str:
    """A note as it was typed, without characters that cannot be stored."""
    return "".join(c for c in text if c in "\n\t" or (c >= " " and not "\x7f" <= c < "\xa0"))


async def finish(parts: Parts, visitor: Visitor, call_id: str, body: DispositionBody, saver: Saver) -> CallDetail:
    """Save first; then ask the router to end the wrap-up, if it is this call that is wrapped up."""
    shown = await parts.work(saver, parts, visitor, call_id, body)
    assert visitor.agent_id is not None
    agent = agent_now(parts, visitor.agent_id)
    if agent is not None and agent.state is AgentState.WRAP_UP and agent.call_id == call_id:
        who = (visitor.account_id, visitor.agent_id)
        if body.then == "paused" and agent.pause_next is None:
            await parts.router.request(requests.Pause(uuid4().hex, *who, parts.router.rules.pause_reasons[0]))
        await parts.router.request(requests.FinishWrapUp(uuid4().hex, *who))
    parts.cards.changed(call_id)
    parts.live.poke()
    return shown


def save(session: Session, parts: Parts, visitor: Visitor, call: CallRow, body: DispositionBody) -> None:
    """Write disposition, note and case, with the fact that says so, in the caller's transaction.

    Raises:
        BadInput: an unknown disposition, case, agency or service. Nothing is kept then.
    """
    if not parts.choices.is_disposition(body.code):
        raise BadInput("this is not a way a call can end")
    case_id = body.case_id
    if case_id is not None:
        cases.link_call(session, case_id, call.id)
    elif body.new_case is not None:
        case_id = open_case(session, parts, visitor, body.new_case, call.id).id
    note = plain_text(body.note)
    if note:
        call.note = joined_note(call, visitor, note)
        if case_id is not None:
            _note_in_case(session, visitor, case_id, note, call.id)
    payload = {"code": body.code} | ({"case_id": case_id} if case_id is not None else {})
    append_in(session, [Fact(Kind.DISPOSITION_SAVED, now(), call.id, visitor.agent_id, payload)])


def joined_note(call: CallRow, visitor: Visitor, note: str) -> str:
    """The call's note with this one: an agent who handed the call on adds to what is there and replaces nothing."""
    if call.agent_id in (None, visitor.agent_id) or not call.note:
        return note
    return call.note if note.strip() in call.note else f"{call.note}\n{note}"


def _note_in_case(session: Session, visitor: Visitor, case_id: int, note: str, call_id: str) -> None:
    """Once, however often the page saves."""
    said = select(CaseEvent.id).where(
        CaseEvent.case_id == case_id, CaseEvent.call_id == call_id, CaseEvent.text == note
    )
    if note.strip() and session.scalar(said) is None:
        cases.add_note(session, case_id, note, channel="call", author=visitor.name[:100], now=now(), call_id=call_id)


def open_case(session: Session, parts: Parts, visitor: Visitor, new: NewCaseBody, call_id: str | None = None) -> Case:
    """Open a case; asked twice about one call (the answer was lost on the way), the first one is given again.

    Raises:
        BadInput: an unknown citizen, agency or service.
    """
    if parts.catalogue.agency(new.agency) is None:
        raise BadInput("there is no such agency")
    service = parts.catalogue.service(new.service)
    if new.service is not None and (service is None or service.agency != new.agency):
        raise BadInput("this agency has no such service")
    if call_id is not None:
        opened = (
            select(Case)
            .join(CaseEvent, CaseEvent.case_id == Case.id)
            .where(CaseEvent.call_id == call_id, CaseEvent.kind == "opened", Case.title == new.title)
            .where(Case.citizen_id == new.citizen_id, Case.agency == new.agency)
        )
        before = session.scalar(opened)
        if before is not None:
            return before
    return cases.open_case(
        session,
        new.citizen_id,
        agency=new.agency,
        service=new.service,
        title=new.title,
        channel="call" if call_id else "centre",
        author=visitor.name[:100],
        now=now(),
        call_id=call_id,
    )


def link_citizen(session: Session, call: CallRow, body: LinkCitizenBody, at: datetime) -> None:
    """Tie a call to a known citizen, or to one written down now.

    Raises:
        BadInput: neither or both were given, or a name that cannot be stored.
        Refused: `not_found`; or `changed_meanwhile`, when a case of somebody else hangs on the call already.
    """
    if (body.citizen_id is None) == (body.new is None):
        raise BadInput("give a citizen or a new one")
    if body.new is not None:
        new = citizens.NewCitizen(body.new.name, language=body.new.language, county=body.new.county)
        found = citizens.create_citizen(session, new, at, number_id=call.number_id)
    else:
        known = session.get(Citizen, body.citizen_id)
        if known is None:
            raise not_found("citizen")
        found = known
    case = session.get(Case, call.case_id) if call.case_id is not None else None
    if case is not None and case.citizen_id != found.id:
        raise Refused("changed_meanwhile", "The case of this call belongs to somebody else.")
    call.citizen_id = found.id
    session.flush()
