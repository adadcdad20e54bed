"""Folds each fact into the rows that people read: calls, queue segments and offers.

Runs in the same transaction as the append. A fact about a call that nobody announced (its CallEntered was lost with a
process) makes the row, so nothing is dropped for lack of a beginning.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_centre.facts import Fact, Kind
from contact_centre.states import CallState
from contact_centre.tables import AgentRow, CallRow, Case, OfferRow, PhoneNumber, QueueSegment


def apply(session: Session, fact: Fact) -> CallRow | None:
    """Fold one fact and give the call it is about. Facts without a call change no row here."""
    if fact.call_id is None:
        return None
    call = session.get(CallRow, fact.call_id)
    if call is None:
        call = CallRow(
            id=fact.call_id,
            entry="main",
            path=[],
            state=CallState.IVR.value,
            entered_at=fact.occurred_at,
            recording="off",
            note="",
        )
        session.add(call)
        session.flush()
    ended = call.state == CallState.ENDED.value
    _fold(session, call, fact)
    if ended:  # an offer withdrawn because the caller left fails after the end, and must not revive the call
        call.state = CallState.ENDED.value
    return call


def _fold(session: Session, call: CallRow, fact: Fact) -> None:
    p = fact.payload
    match fact.kind:
        case Kind.CALL_ENTERED:
            call.entry = p["entry"]
            call.linkedid = p.get("linkedid")
            call.entered_at = min(call.entered_at, fact.occurred_at)
            number = session.get(PhoneNumber, p["number_id"]) if p.get("number_id") is not None else None
            if number is not None:
                call.number_id, call.citizen_id = number.id, number.citizen_id
        case Kind.LANGUAGE_CHOSEN:
            call.language = p["language"]
        case Kind.MENU_VISITED:
            call.path = [*call.path, p["node"]]
        case Kind.SERVICE_CHOSEN:
            call.agency, call.service = p["agency"], p["service"]
        case Kind.CALL_CONTAINED:
            call.outcome = "contained"
        case Kind.RECORDING_ARMED:
            call.recording = "armed"
        case Kind.RECORDING_REFUSED:
            call.recording = "refused"
        case Kind.RECORDING_ARCHIVED:
            call.recording = "archived"
        case Kind.CALL_WAITING | Kind.CALL_REQUEUED:
            _enter_queue(session, call, fact)
        case Kind.CALL_OFFERED:
            call.state = CallState.OFFERED.value
            if session.get(OfferRow, p["offer_id"]) is None:
                session.add(
                    OfferRow(id=p["offer_id"], call_id=call.id, agent_id=fact.agent_id, offered_at=fact.occurred_at)
                )
        case Kind.OFFER_FAILED:
            call.state = CallState.WAITING.value
            _end_offer(session, p["offer_id"], fact, p["reason"])
        case Kind.CALL_CONNECTED:
            call.state = CallState.CONNECTED.value
            call.agent_id = _known(session, AgentRow, fact.agent_id)
            call.answered_at = call.answered_at or fact.occurred_at
            _end_offer(session, p["offer_id"], fact, "answered")
            _leave_queue(session, call, fact, "answered")
        case Kind.CALL_HELD:
            call.state = CallState.HELD.value
        case Kind.CALL_RESUMED | Kind.CALL_REJOINED:
            call.state = CallState.CONNECTED.value
        case Kind.AGENT_LOST:
            call.state = CallState.REJOINING.value
        case Kind.CALL_ABANDONED:
            _leave_queue(session, call, fact, "abandoned")
            if call.answered_at is None:
                call.outcome = "abandoned"
        case Kind.CALL_ENDED:
            call.state = CallState.ENDED.value
            call.ended_at = fact.occurred_at
            call.ended_by = p.get("by")
            call.outcome = call.outcome or ("handled" if call.answered_at else "left_ivr")
        case Kind.DISPOSITION_SAVED:
            call.disposition = p["code"]
            call.case_id = _known(session, Case, p.get("case_id")) or call.case_id
        case _:
            pass


def _enter_queue(session: Session, call: CallRow, fact: Fact) -> None:
    p = fact.payload
    call.state = CallState.WAITING.value
    call.queue = p["queue"]
    call.waiting_since = call.waiting_since or fact.occurred_at
    call.language = call.language or p.get("language")
    call.agency = call.agency or p.get("agency")
    call.service = call.service or p.get("service")
    open_segment = _open_segment(session, call)
    if open_segment is not None and open_segment.queue == p["queue"]:
        return
    session.add(
        QueueSegment(
            call_id=call.id, queue=p["queue"], language=call.language, agency=call.agency, entered_at=fact.occurred_at
        )
    )


def _leave_queue(session: Session, call: CallRow, fact: Fact, result: str) -> None:
    segment = _open_segment(session, call)
    if segment:
        segment.left_at, segment.result, segment.agent_id = fact.occurred_at, result, fact.agent_id


def _open_segment(session: Session, call: CallRow) -> QueueSegment | None:
    return session.scalars(
        select(QueueSegment)
        .where(QueueSegment.call_id == call.id, QueueSegment.left_at.is_(None))
        .order_by(QueueSegment.id.desc())
    ).first()


def _known(session: Session, table: type[AgentRow] | type[Case], id_: int | None) -> int | None:
    """The id if its row is still there: a fact that names an erased row must never block the journal."""
    return id_ if id_ is not None and session.get(table, id_) is not None else None


def _end_offer(session: Session, offer_id: str, fact: Fact, result: str) -> None:
    offer = session.get(OfferRow, offer_id)
    if offer:
        offer.ended_at, offer.result = fact.occurred_at, result
