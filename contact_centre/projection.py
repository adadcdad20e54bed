"""Folds facts into the rows that people read: calls, queue segments and offers.

Runs in the same transaction as the append. A fact about a call that nobody announced (its CallEntered was lost with a
process) makes the row, so nothing is dropped for lack of a beginning.

Plain SQL statements, not mapped rows: every call's facts come through here, several calls in one transaction. Each call
is read once and written once, and only the columns that changed are written: others write the note and the citizen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from contact_centre.facts import Fact, Kind
from contact_centre.model import OUTBOUND
from contact_centre.states import CallState
from contact_centre.tables import AgentRow, Base, CallRow, Case, OfferRow, PhoneNumber, QueueSegment

CALLS, OFFERS = Base.metadata.tables[CallRow.__tablename__], Base.metadata.tables[OfferRow.__tablename__]
SEGMENTS = Base.metadata.tables[QueueSegment.__tablename__]
NUMBERS = Base.metadata.tables[PhoneNumber.__tablename__]
AGENTS, CASES = Base.metadata.tables[AgentRow.__tablename__], Base.metadata.tables[Case.__tablename__]

Row = dict[str, Any]
"""A call's columns."""
NAMES_A_NUMBER = (Kind.CALL_ENTERED, Kind.CITIZEN_DIALLED)


def apply(connection: Connection, facts: Sequence[Fact]) -> None:
    """Fold facts, in order. Those without a call change no row here."""
    about = [(fact.call_id, fact) for fact in facts if fact.call_id is not None]
    if not about:
        return
    calls = _calls(connection, about)
    owners = _owners(connection, (fact for _, fact in about))
    before = {id_: dict(call) for id_, call in calls.items()}
    for id_, fact in about:
        call = calls[id_]
        ended = call["state"] == CallState.ENDED
        _fold(connection, call, fact, owners)
        if ended:  # an offer withdrawn because the caller left fails after the end, and must not revive the call
            call["state"] = CallState.ENDED.value
    _write(connection, before, calls)


def _calls(connection: Connection, about: Sequence[tuple[str, Fact]]) -> dict[str, Row]:
    """The rows of all these calls; those that are new are made."""
    first: dict[str, Fact] = {}
    for id_, fact in about:
        first.setdefault(id_, fact)
    found = connection.execute(select(CALLS).where(CALLS.c.id.in_(first))).mappings()
    calls = {row["id"]: dict(row) for row in found}
    made = [_new(id_, fact) for id_, fact in first.items() if id_ not in calls]
    if made:
        connection.execute(insert(CALLS), made)
    return calls | {row["id"]: row for row in made}


def _new(id_: str, fact: Fact) -> Row:
    new: Row = dict.fromkeys(CALLS.c.keys())
    state, at = CallState.IVR.value, fact.occurred_at
    return new | {
        "id": id_,
        "entry": "main",
        "path": [],
        "state": state,
        "entered_at": at,
        "recording": "off",
        "note": "",
    }


def _owners(connection: Connection, facts: Iterable[Fact]) -> dict[int, int | None]:
    """The numbers that these calls came from, as far as they are still there, each with its citizen."""
    numbers = {fact.payload.get("number_id") for fact in facts if fact.kind in NAMES_A_NUMBER} - {None}
    if not numbers:
        return {}
    asked = select(NUMBERS.c.id, NUMBERS.c.citizen_id).where(NUMBERS.c.id.in_(numbers))
    return {row.id: row.citizen_id for row in connection.execute(asked)}


def _write(connection: Connection, before: dict[str, Row], after: dict[str, Row]) -> None:
    """Update what changed; calls in which the same columns changed go in one statement."""
    changed: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for id_, call in after.items():
        columns = tuple(name for name, value in call.items() if value != before[id_][name])
        if columns:
            changed[columns].append({"call": id_} | {name: call[name] for name in columns})
    for columns, rows in changed.items():
        values: Row = {name: bindparam(name) for name in columns}
        connection.execute(update(CALLS).where(CALLS.c.id == bindparam("call")).values(values), rows)


def _fold(connection: Connection, call: Row, fact: Fact, owners: dict[int, int | None]) -> None:
    p = fact.payload
    match fact.kind:
        case Kind.CALL_ENTERED:
            call["entry"] = p["entry"]
            call["linkedid"] = p.get("linkedid")
            call["entered_at"] = min(call["entered_at"], fact.occurred_at)
            if p.get("number_id") in owners:
                call["number_id"], call["citizen_id"] = p["number_id"], owners[p["number_id"]]
        case Kind.LANGUAGE_CHOSEN:
            call["language"] = p["language"]
        case Kind.MENU_VISITED:
            call["path"] = [*call["path"], p["node"]]
        case Kind.SERVICE_CHOSEN:
            call["agency"], call["service"] = p["agency"], p["service"]
        case Kind.CALL_CONTAINED:
            call["outcome"] = "contained"
        case Kind.RECORDING_ARMED:
            call["recording"] = "armed"
        case Kind.RECORDING_REFUSED:
            call["recording"] = "refused"
        case Kind.RECORDING_ARCHIVED:
            call["recording"] = "archived"
        case Kind.CALL_WAITING | Kind.CALL_REQUEUED:
            _enter_queue(connection, call, fact)
        case Kind.CALL_OVERFLOWED:
            _leave_queue(connection, call, fact, "overflowed")
            _enter_queue(connection, call, fact)
        case Kind.CALL_TURNED_AWAY:
            call["state"] = CallState.TURNED_AWAY.value
            _leave_queue(connection, call, fact, "turned_away")
            if call["answered_at"] is None:
                call["outcome"] = "turned_away"
        case Kind.CALLBACK_ASKED:
            call["state"] = CallState.CALLBACK.value
            _leave_queue(connection, call, fact, "called_back")
        case Kind.CALLBACK_REACHED:
            call["state"] = CallState.WAITING.value
        case Kind.CALLBACK_FAILED if "next_at" not in p and call["answered_at"] is None:
            call["outcome"] = "not_reached"
        case Kind.CALL_OFFERED:
            call["state"] = CallState.OFFERED.value
            _begin_offer(connection, call, fact)
        case Kind.OFFER_FAILED:
            call["state"] = CallState.WAITING.value
            _end_offer(connection, p["offer_id"], fact, p["reason"])
        case Kind.CALL_CONNECTED:
            call["state"] = CallState.CONNECTED.value
            call["agent_id"] = fact.agent_id if _is_there(connection, AGENTS, fact.agent_id) else None
            call["answered_at"] = call["answered_at"] or fact.occurred_at
            _end_offer(connection, p["offer_id"], fact, "answered")
            _leave_queue(connection, call, fact, "answered")
        case Kind.CALL_HELD:
            call["state"] = CallState.HELD.value
        case Kind.CALL_RESUMED | Kind.CALL_REJOINED:
            call["state"] = CallState.CONNECTED.value
        case Kind.TRANSFER_ASKED if "to_agent" in p:
            call["state"] = CallState.TRANSFERRING.value
        case Kind.TRANSFER_JOINED | Kind.TRANSFER_FAILED:
            call["state"] = CallState.CONNECTED.value
        case Kind.TRANSFER_COMPLETED:
            call["state"] = CallState.CONNECTED.value
            call["agent_id"] = fact.agent_id if _is_there(connection, AGENTS, fact.agent_id) else call["agent_id"]
            _second_agent(connection, call, fact)
        case Kind.AGENT_LOST:
            call["state"] = CallState.REJOINING.value
        case Kind.CITIZEN_DIALLED:
            _called_out(connection, call, fact, owners)
        case Kind.CITIZEN_NOT_REACHED:
            call["outcome"] = "not_reached"
        case Kind.CALL_ABANDONED:
            _leave_queue(connection, call, fact, "abandoned")
            if call["answered_at"] is None:
                call["outcome"] = "abandoned"
        case Kind.CALL_ENDED:
            call["state"] = CallState.ENDED.value
            call["ended_at"] = fact.occurred_at
            call["ended_by"] = p.get("by")
            call["outcome"] = call["outcome"] or ("handled" if call["answered_at"] else "left_ivr")
        case Kind.DISPOSITION_SAVED:
            call["disposition"] = p["code"]
            if _is_there(connection, CASES, p.get("case_id")):
                call["case_id"] = p["case_id"]
        case _:
            pass


def _called_out(connection: Connection, call: Row, fact: Fact, owners: dict[int, int | None]) -> None:
    """The agent's call to a citizen: theirs from the beginning, and in no queue."""
    p = fact.payload
    call |= {"entry": OUTBOUND, "state": CallState.DIALLING.value, "queue": p["queue"], "language": p["language"]}
    call |= {"agency": p.get("agency"), "entered_at": fact.occurred_at}
    if p.get("number_id") in owners:
        call["number_id"], call["citizen_id"] = p["number_id"], owners[p["number_id"]]
    if _is_there(connection, AGENTS, fact.agent_id):
        call["agent_id"] = fact.agent_id
    if _is_there(connection, CASES, p.get("case_id")):
        call["case_id"] = p["case_id"]


def _enter_queue(connection: Connection, call: Row, fact: Fact) -> None:
    p = fact.payload
    call["state"] = CallState.WAITING.value
    call["queue"] = p["queue"]
    call["waiting_since"] = call["waiting_since"] or fact.occurred_at
    for name in ("language", "agency", "service"):
        call[name] = call[name] or p.get(name)
    if fact.kind is Kind.CALL_REQUEUED and "agency" in p:  # an agent handed it to another queue
        call["agency"] = p["agency"]
    segment = _open_segment(connection, call)
    if segment is not None and segment[1] == p["queue"]:
        return
    entered = {"call_id": call["id"], "queue": p["queue"], "entered_at": fact.occurred_at}
    about = {"language": call["language"], "agency": call["agency"]}
    connection.execute(insert(SEGMENTS), entered | about)


def _second_agent(connection: Connection, call: Row, fact: Fact) -> None:
    """A segment of its own for the colleague who took the call over; the caller waited in no queue for it."""
    stay = {"call_id": call["id"], "queue": call["queue"] or "general", "language": call["language"]}
    stay |= {"agency": call["agency"], "entered_at": fact.occurred_at, "left_at": fact.occurred_at}
    connection.execute(insert(SEGMENTS), stay | {"result": "transferred", "agent_id": fact.agent_id})


def _leave_queue(connection: Connection, call: Row, fact: Fact, result: str) -> None:
    segment = _open_segment(connection, call)
    if segment is not None:
        left = {"left_at": fact.occurred_at, "result": result, "agent_id": fact.agent_id}
        connection.execute(update(SEGMENTS).where(SEGMENTS.c.id == segment[0]).values(left))


def _open_segment(connection: Connection, call: Row) -> tuple[int, str] | None:
    """The newest stay that has not ended: its id and its queue."""
    found = connection.execute(
        select(SEGMENTS.c.id, SEGMENTS.c.queue)
        .where(SEGMENTS.c.call_id == call["id"], SEGMENTS.c.left_at.is_(None))
        .order_by(SEGMENTS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.id, found.queue)


def _begin_offer(connection: Connection, call: Row, fact: Fact) -> None:
    offer_id = fact.payload["offer_id"]
    if _is_there(connection, OFFERS, offer_id):
        return
    offer = {"id": offer_id, "call_id": call["id"], "agent_id": fact.agent_id, "offered_at": fact.occurred_at}
    connection.execute(insert(OFFERS), offer)


def _end_offer(connection: Connection, offer_id: str, fact: Fact, result: str) -> None:
    ended = {"ended_at": fact.occurred_at, "result": result}
    connection.execute(update(OFFERS).where(OFFERS.c.id == offer_id).values(ended))


def _is_there(connection: Connection, table: Any, id_: int | str | None) -> bool:
    """Whether a row is still there: a fact that names an erased row must never block the journal."""
    return id_ is not None and connection.scalar(select(table.c.id).where(table.c.id == id_)) is not None
