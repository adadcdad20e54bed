"""Calls: lists, one call whole, its recording, and what its agent writes down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.auth import Visitor, audit
from agent_console.call_cards import call_card, fact_views, offers_explained, recent_calls
from agent_console.cards import read_menu_titles
from agent_console.citizen_cards import card_of_caller
from agent_console.clock import now
from agent_console.deps import AnsweringCalls, CallId, InParts, SignedIn, Supervisor
from agent_console.messages import CallDetail, CitizenCard, DispositionBody, LinkCitizenBody, NoteBody, RecentCall
from agent_console.parts import Parts
from agent_console.refusals import not_found
from agent_console.seats import agent_now
from agent_console.wrap_up import finish, link_citizen, plain_text, save
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import Refused
from contact_centre.states import AgentState
from contact_centre.tables import CallRow, QueueSegment
from queue_manager.view import CallView
from recordings import access

router = APIRouter(prefix="/api/calls")
Slug = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_-]{0,59}$")]


@router.get("/recent")
def recent(visitor: SignedIn, parts: InParts) -> list[RecentCall]:
    """The calls this agent took last; for a supervisor without a phone, everybody's."""
    with read_scope(parts.engine) as session:
        return recent_calls(session, parts.catalogue, agent_id=visitor.agent_id)


@router.get("")
def behind_a_number(
    visitor: Supervisor,
    parts: InParts,
    queue: Slug = None,
    outcome: Slug = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[RecentCall]:
    """Today's calls of a queue or with an outcome: what stands behind a number of the board."""
    midnight = now().astimezone(parts.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with read_scope(parts.engine) as session:
        return recent_calls(session, parts.catalogue, queue=queue, outcome=outcome, since=midnight, limit=limit)


@router.get("/{call_id}")
def one(call_id: CallId, visitor: SignedIn, parts: InParts) -> CallDetail:
    """One call, whole."""
    with read_scope(parts.engine) as session:
        return detail(session, parts, visible(session, parts, visitor, call_id), visitor)


@router.get("/{call_id}/recording")
def recording(call_id: CallId, visitor: SignedIn, parts: InParts) -> FileResponse:
    """The sound, whole or in ranges. Every hearing is written down."""
    with session_scope(parts.engine) as session:
        call = session.get(CallRow, call_id)
        if call is None or not access.may_hear(visitor.role, visitor.agent_id, call):
            raise not_found("recording")
        path = access.find(session, call_id, parts.settings.data_dir / "recordings" / "archive")
        if path is None:
            raise not_found("recording")
        audit(session, visitor.account_id, "recording_heard", f"call:{call_id}", now())
    return FileResponse(path, media_type="audio/flac", headers={"Cache-Control": "private, no-store"})


@router.put("/{call_id}/note", status_code=204)
async def note(call_id: CallId, body: NoteBody, visitor: AnsweringCalls, parts: InParts) -> None:
    """Keep what the agent types, as it is typed; a colleague who is being asked sees it at once."""
    await parts.work(_keep_note, parts, visitor, call_id, plain_text(body.text))
    if any(call.id == call_id and is_shared(call, visitor.agent_id) for call in parts.router.view().calls):
        parts.cards.changed(call_id)
        parts.live.poke()


def is_shared(call: CallView, agent_id: int | None) -> bool:
    """Whether somebody else shows this call too."""
    return call.transfer is not None or call.agent_id != agent_id


def _keep_note(parts: Parts, visitor: Visitor, call_id: str, text: str) -> None:
    """Write it.

    Raises:
        Refused: this agent handed the call on; what they add now is joined to the note when their wrap-up is saved.
    """
    assert visitor.agent_id is not None
    with session_scope(parts.engine) as session:
        call, agent = own(session, parts, visitor, call_id), agent_now(parts, visitor.agent_id)
        handed_on = call.agent_id not in (None, visitor.agent_id)
        if handed_on and agent is not None and agent.state is AgentState.WRAP_UP:
            raise Refused("wrong_state", "The call is a colleague's now; your note is added when you save.")
        call.note = text


@router.post("/{call_id}/disposition")
async def disposition(call_id: CallId, body: DispositionBody, visitor: AnsweringCalls, parts: InParts) -> CallDetail:
    """Say what the call was about and end its wrap-up."""
    return await finish(parts, visitor, call_id, body, _save_and_show)


def _save_and_show(parts: Parts, visitor: Visitor, call_id: str, body: DispositionBody) -> CallDetail:
    with session_scope(parts.engine) as session:
        call = own(session, parts, visitor, call_id)
        save(session, parts, visitor, call, body)
        session.flush()
        return detail(session, parts, call, visitor)


@router.post("/{call_id}/citizen")
async def citizen(call_id: CallId, body: LinkCitizenBody, visitor: AnsweringCalls, parts: InParts) -> CitizenCard:
    """Say who is calling."""
    card = await parts.work(_link, parts, visitor, call_id, body)
    parts.cards.changed(call_id)
    parts.live.poke()
    return card


def _link(parts: Parts, visitor: Visitor, call_id: str, body: LinkCitizenBody) -> CitizenCard:
    with session_scope(parts.engine) as session:
        call = own(session, parts, visitor, call_id)
        link_citizen(session, call, body, now())
        audit(session, visitor.account_id, "citizen_linked", f"call:{call_id}", now())
        return card_of_caller(session, call, parts.catalogue, now())


def visible(session: Session, parts: Parts, visitor: Visitor, call_id: str) -> CallRow:
    """The call, if this person may see it: a supervisor any, an agent their own.

    Raises:
        Refused: `not_found`, whether it does not exist or is another's.
    """
    call = session.get(CallRow, call_id)
    if call is not None and (visitor.supervises or _is_theirs(parts, visitor, call) or _had_it(session, visitor, call)):
        return call
    raise not_found("call")


def own(session: Session, parts: Parts, visitor: Visitor, call_id: str) -> CallRow:
    """The call, if this person is its agent; otherwise as `visible`."""
    call = session.get(CallRow, call_id)
    if call is not None and _is_theirs(parts, visitor, call):
        return call
    raise not_found("call")


def _is_theirs(parts: Parts, visitor: Visitor, call: CallRow) -> bool:
    """The last agent it was connected with, or the one whom it is offered to or who wraps it up."""
    if visitor.agent_id is None:
        return False
    if call.agent_id == visitor.agent_id:
        return True
    return any(agent.id == visitor.agent_id and agent.call_id == call.id for agent in parts.router.view().agents)


def _had_it(session: Session, visitor: Visitor, call: CallRow) -> bool:
    """Whether this agent talked with the caller and handed the call on: they may read it, and write no more."""
    theirs = select(QueueSegment.id).where(QueueSegment.call_id == call.id, QueueSegment.agent_id == visitor.agent_id)
    return visitor.agent_id is not None and session.scalars(theirs.limit(1)).first() is not None


def detail(session: Session, parts: Parts, call: CallRow, visitor: Visitor) -> CallDetail:
    """One call, whole, as this person may see it."""
    may_hear = access.may_hear(visitor.role, visitor.agent_id, call)
    heard = may_hear and access.find(session, call.id, parts.settings.data_dir / "recordings" / "archive") is not None
    queues = parts.router.rules.queues
    titles = read_menu_titles(parts.settings)
    return CallDetail(
        card=call_card(session, call, parts.catalogue, queues, titles, now()),
        ended_at=call.ended_at,
        outcome=call.outcome,
        facts=fact_views(session, call.id),
        explanations=offers_explained(session, call.id),
        recording_url=f"/api/calls/{call.id}/recording" if heard else None,
    )
