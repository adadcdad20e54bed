"""Agencies, services and what may be said about them today.

A statement is a fact about a service with its source and the time in which it holds. One that lapsed, is disputed
between sources or was never confirmed is not spoken: the caller is told that it must be confirmed and offered a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Literal

from contact_centre.model import Language

Doubt = Literal["disputed", "unconfirmed", "lapsed"]
"""Why a statement may not be spoken as true."""
Text = Mapping[Language, str]
"""The same words in every language the line speaks."""

Phrases = Mapping[Language, tuple[str, ...]]
"""What people call a thing, by language; for recognition and for search."""


class Topic(StrEnum):
    """What callers ask about a service, in the order in which it is told."""

    WHAT = "what"
    REQUIREMENTS = "requirements"
    FEE = "fee"
    WHERE = "where"
    HOW_LONG = "how_long"


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact about one service."""

    topic: Topic
    text: Text
    """Short sentences to be spoken; money as `KSh 7,550`, short codes as `*147#`. Empty when nothing is known."""
    source: str
    """Who says so, for the agent's screen."""
    valid_from: date
    valid_to: date | None
    """The last day on which it may be said without confirming it again; None: no end."""
    disputed: bool = False
    """Sources differ, so none of them is spoken as certain."""
    unconfirmed: bool = False
    """Nobody has confirmed it yet."""

    def holds(self, today: date) -> bool:
        """Whether it may be spoken as true today."""
        return self.doubt(today) is None

    def doubt(self, today: date) -> Doubt | None:
        """Why it may not be spoken as true today; None when it may. What holds only later is not confirmed yet."""
        if self.disputed:
            return "disputed"
        if self.unconfirmed or today < self.valid_from:
            return "unconfirmed"
        return "lapsed" if self.valid_to is not None and self.valid_to < today else None


@dataclass(frozen=True, slots=True)
class Service:
    """Something people want from an agency."""

    slug: str
    """Unique over the whole catalogue."""
    agency: str
    """The agency's slug."""
    title: Text
    statements: tuple[Statement, ...]
    phrases: Phrases = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agency:
    """A public body whose questions the line answers."""

    slug: str
    code: str
    """Two digits, dialled after the prefix to reach its menu."""
    name: Text
    queue: str
    """The waiting line of those who want a person."""
    phrases: Phrases = field(default_factory=dict)


Answer = list[tuple[Topic, Statement | None]]
"""What is known of each topic; None where it must be confirmed first."""


def answer(service: Service, today: date) -> Answer:
    """Give each topic that the catalogue treats, in telling order, with the statement that holds today or None."""
    told: Answer = []
    for topic in Topic:
        about = [s for s in service.statements if s.topic is topic]
        if about:
            told.append((topic, next((s for s in about if s.holds(today)), None)))
    return told


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that has to be confirmed."""

    service: Service
    statement: Statement
    reason: Doubt | Literal["lapses"]
    """What is doubted today, or `lapses`: the end is near."""


@dataclass(frozen=True)
class Catalogue:
    """Every agency and service, in the order of the files."""

    agencies: tuple[Agency, ...]
    services: tuple[Service, ...]

    @cached_property
    def _agency_by_slug(self) -> dict[str, Agency]:
        return {agency.slug: agency for agency in self.agencies}

    @cached_property
    def _agency_by_code(self) -> dict[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def _service_by_slug(self) -> dict[str, Service]:
        return {service.slug: service for service in self.services}

    def agency(self, slug: str | None) -> Agency | None:
        """The agency of a slug, or None."""
        return self._agency_by_slug.get(slug) if slug else None

    def agency_by_code(self, code: str) -> Agency | None:
        """The agency behind two dialled digits, or None."""
        return self._agency_by_code.get(code)

    def service(self, slug: str | None) -> Service | None:
        """The service of a slug, or None."""
        return self._service_by_slug.get(slug) if slug else None

    def services_of(self, agency: str) -> tuple[Service, ...]:
        """The services of an agency, the most asked for first."""
        return tuple(service for service in self.services if service.agency == agency)

    def queue_of(self, agency: str | None) -> str:
        """The waiting line for an agency's callers; `general` when no agency was chosen."""
        found = self.agency(agency)
        return found.queue if found else "general"


def due(catalogue: Catalogue, today: date, within_days: int) -> Iterator[Due]:
    """List what must be confirmed: now, or because it lapses within so many days; old versions are left out."""
    soon = today + timedelta(days=within_days)
    for service in catalogue.services:
        for statement in service.statements:
            if _replaced(statement, service.statements):
                continue
            if doubt := statement.doubt(max(today, statement.valid_from)):
                yield Due(service, statement, doubt)
            elif statement.valid_to is not None and statement.valid_to <= soon:
                yield Due(service, statement, "lapses")


def _replaced(statement: Statement, others: Iterable[Statement]) -> bool:
    return any(o.topic is statement.topic and o.valid_from > statement.valid_from for o in others)
