"""What may be said about services, and the lists that people choose from."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from agent_console.clock import now
from agent_console.deps import InParts, SignedIn
from agent_console.messages import AgencyView, Disposition, PauseReason, ServiceName, ServiceView, StatementView
from agent_console.refusals import not_found
from citizen_services.catalogue import Service, Statement, Topic, answer
from contact_centre.model import Language

router = APIRouter(prefix="/api")


@router.get("/catalogue")
def agencies(visitor: SignedIn, parts: InParts) -> list[AgencyView]:
    """Every agency with the names of its services."""
    return [
        AgencyView(
            slug=agency.slug,
            code=agency.code,
            name=dict(agency.name),
            services=[ServiceName(slug=s.slug, title=dict(s.title)) for s in parts.catalogue.services_of(agency.slug)],
        )
        for agency in parts.catalogue.agencies
    ]


@router.get("/catalogue/{service}")
def service_answer(
    service: Annotated[str, Path(max_length=60)], visitor: SignedIn, parts: InParts, language: Language = "en"
) -> ServiceView:
    """What the line would say about a service today; a text is missing where it must be confirmed first."""
    found = parts.catalogue.service(service)
    agency = parts.catalogue.agency(found.agency) if found else None
    if found is None or agency is None:
        raise not_found("service")
    today = now().astimezone(parts.settings.zone).date()
    told = [(topic, statement, _latest(found, topic)) for topic, statement in answer(found, today)]
    return ServiceView(
        slug=found.slug,
        title=found.title[language],
        agency=agency.slug,
        agency_name=agency.name[language],
        statements=[_view(topic, statement, latest, language, today) for topic, statement, latest in told],
    )


def _latest(service: Service, topic: Topic) -> Statement:
    return max((s for s in service.statements if s.topic is topic), key=lambda s: s.valid_from)


def _view(topic: Topic, holds: Statement | None, latest: Statement, language: Language, today: date) -> StatementView:
    rests_on = holds or latest
    return StatementView(
        topic=topic.value,
        text=holds.text.get(language) if holds else None,
        source=rests_on.source,
        valid_from=rests_on.valid_from,
        valid_to=rests_on.valid_to,
        doubt=rests_on.doubt(today),
    )


@router.get("/dispositions")
def dispositions(visitor: SignedIn, parts: InParts) -> list[Disposition]:
    """How a call can end."""
    return parts.choices.dispositions


@router.get("/pause-reasons")
def pause_reasons(visitor: SignedIn, parts: InParts) -> list[PauseReason]:
    """Why an agent may be away."""
    return parts.choices.pause_reasons
