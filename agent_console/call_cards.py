"""Calls as the pages show them. Everything here reads, within the caller's session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agent_console.citizen_cards import agent_names, card_of_caller, language_of
from agent_console.messages import CallCard, FactView, OfferExplained, RecentCall, StageView
from citizen_services.catalogue import Catalogue
from contact_centre import journal
from contact_centre.facts import Kind
from contact_centre.model import OUTBOUND, Language, Queue
from contact_centre.states import CallState
from contact_centre.tables import CallRow, Citizen, PhoneNumber, QueueSegment, Recording
from queue_manager.explanations import explanations

AGENTS = frozenset({"to_agent", "from_agent"})
"""Keys of a fact that name a second agent."""
NOT_FOR_PEOPLE = frozenset({"linkedid", "number_id", "offer_id", "transfer_id", "account_id", "why"})
"""Keys of a fact that tie records together and tell a person nothing."""
LONGEST_LIST = 200
RECORDING_STATES = ("off", "armed", "refused", "archived")
Title = dict[Language, str]


def call_card(
    session: Session,
    call: CallRow,
    catalogue: Catalogue,
    queues: Mapping[str, Queue],
    menu_titles: Mapping[str, Title],
    now: datetime,
) -> CallCard:
    """What is known of a call and of who calls."""
    service, agency = catalogue.service(call.service), catalogue.agency(call.agency)
    queue = queues.get(call.queue or "general") or queues["general"]
    return CallCard(
        call_id=call.id,
        offer_id=None,
        state=CallState(call.state),
        state_since=call.ended_at or call.answered_at or call.waiting_since or call.entered_at,
        language=language_of(call.language) or "en",
        queue=queue.name,
        queue_title=dict(queue.title),
        queue_notice=dict(queue.notice) if queue.notice else None,
        agency_name=dict(agency.name) if agency else None,
        service=call.service,
        service_title=dict(service.title) if service else None,
        path=[_node_title(node, catalogue, menu_titles) for node in call.path],
        entered_at=call.entered_at,
        waiting_since=call.waiting_since or call.entered_at,
        answered_at=call.answered_at,
        recording=call.recording if call.recording in RECORDING_STATES else "off",
        note=call.note,
        disposition=call.disposition,
        case_id=call.case_id,
        transferred_by=_handed_on_by(session, call.id),
        citizen=card_of_caller(session, call, catalogue, now),
        outbound=call.entry == OUTBOUND,
    )


def _handed_on_by(session: Session, call_id: str) -> str | None:
    asked = [one.fact for one in journal.of_call(session, call_id) if one.fact.kind is Kind.TRANSFER_ASKED]
    return agent_names(session).get(asked[-1].agent_id or 0) if asked else None


def _node_title(node: str, catalogue: Catalogue, menu_titles: Mapping[str, Title]) -> Title:
    if node in menu_titles:
        return menu_titles[node]
    if service := catalogue.service(node.removeprefix("service-")):
        return dict(service.title)
    if agency := catalogue.agency(node.removeprefix("agency-")):
        return dict(agency.name)
    plain = node.replace("-", " ")
    return {"en": plain, "sw": plain}


def recent_calls(
    session: Session,
    catalogue: Catalogue,
    *,
    agent_id: int | None = None,
    queue: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[RecentCall]:
    """Calls, newest first; each given condition narrows them.

    `queue`, `outcome`, `since`: calls with a stay in that queue, that ended so, from then on: what the board counts.
    """
    wanted = (
        select(CallRow, PhoneNumber.e164, Citizen.name, Recording.id)
        .outerjoin(PhoneNumber, PhoneNumber.id == CallRow.number_id)
        .outerjoin(Citizen, Citizen.id == CallRow.citizen_id)
        .outerjoin(Recording, Recording.call_id == CallRow.id)
        .order_by(CallRow.entered_at.desc())
        .limit(min(limit, LONGEST_LIST))
    )
    if agent_id is not None:
        wanted = wanted.where(CallRow.agent_id == agent_id)
    if since is not None:
        stays = select(QueueSegment.call_id).where(QueueSegment.entered_at >= since)
        stays = stays.where(or_(QueueSegment.result.is_(None), QueueSegment.result != "transferred"))
        for column, value in ((QueueSegment.queue, queue), (QueueSegment.result, outcome)):
            if value is not None:
                stays = stays.where(column == value)
        wanted = wanted.where(CallRow.id.in_(stays))
    return [_recent(call, e164, name, recording, catalogue) for call, e164, name, recording in session.execute(wanted)]


def _recent(
    call: CallRow, e164: str | None, name: str | None, recording: int | None, catalogue: Catalogue
) -> RecentCall:
    service = catalogue.service(call.service)
    waited_until = call.answered_at or call.ended_at
    return RecentCall(
        call_id=call.id,
        entered_at=call.entered_at,
        ended_at=call.ended_at,
        who=name or e164,
        language=language_of(call.language),
        queue=call.queue,
        service_title=dict(service.title) if service else None,
        outcome=call.outcome,
        disposition=call.disposition,
        talk_s=_seconds(call.answered_at, call.ended_at),
        wait_s=_seconds(call.waiting_since, waited_until),
        has_recording=recording is not None,
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if start and end else None


def fact_views(session: Session, call_id: str) -> list[FactView]:
    """What happened to a call, in order."""
    names = agent_names(session)
    return [
        FactView(
            position=one.position,
            at=one.fact.occurred_at,
            kind=one.fact.kind.value,
            agent=names.get(one.fact.agent_id) if one.fact.agent_id is not None else None,
            detail={
                key: _said(value, names, key) for key, value in one.fact.payload.items() if key not in NOT_FOR_PEOPLE
            },
        )
        for one in journal.of_call(session, call_id)
    ]


def offers_explained(session: Session, call_id: str) -> list[OfferExplained]:
    """Why each offer of a call went to its agent."""
    names = agent_names(session)
    return [
        OfferExplained(
            position=one.position,
            decided_by=one.decided_by,
            waited_s=one.waited_s,
            priority=one.priority,
            place=one.place,
            waiting=one.waiting,
            stages=[
                StageView(
                    after_s=stage.after_s,
                    relax=stage.relax,
                    needs=list(stage.needs),
                    ready=stage.ready,
                    agents=[names.get(agent_id, str(agent_id)) for agent_id in stage.agents],
                )
                for stage in one.stages
            ],
            held_for=names.get(one.held_for, str(one.held_for)) if one.held_for is not None else None,
            passed_over=[names.get(agent_id, str(agent_id)) for agent_id in one.passed_over],
        )
        for one in explanations(journal.of_call(session, call_id))
    ]


def _said(value: object, names: Mapping[int, str], key: str) -> str:
    if isinstance(value, list):
        return ", ".join(names.get(cast(int, v), str(v)) if key == "eligible" else str(v) for v in value)
    if key in AGENTS:
        return names.get(cast(int, value), str(value))
    return "" if value is None else str(value)
