"""Calls of the demonstration's past weeks, told as the facts that the house would have journalled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from citizen_services.catalogue import Service
from contact_centre.facts import Fact, Kind
from contact_centre.model import Language, agency_skill, language_skill

DISPOSITIONS = ("answered", "answered", "case_updated", "referred")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who called when, about what."""

    call_id: str
    at: datetime
    number_id: int
    language: Language
    service: Service
    queue: str
    case_id: int | None = None


def facts_of(asked: Asked, agents: Sequence[int], random: Random) -> Iterator[Fact]:
    """One call from entry to end: contained, abandoned, left, or handled by one of the agents."""
    clock, count = asked.at, 0

    def fact(kind: Kind, after_s: float, agent: int | None = None, **payload: Any) -> Fact:
        nonlocal clock, count
        clock, count = clock + timedelta(seconds=after_s), count + 1
        return Fact(kind, clock, asked.call_id, agent, payload, id=f"{asked.call_id}-{count}")

    service = asked.service
    yield fact(Kind.CALL_ENTERED, 0, entry="main", linkedid=asked.call_id, number_id=asked.number_id, web=False)
    yield fact(Kind.LANGUAGE_CHOSEN, 5, language=asked.language)
    fate = random.random()
    if fate < 0.05:
        yield fact(Kind.CALL_ENDED, 9, by="caller", cause=16)
        return
    yield fact(Kind.MENU_VISITED, 8, node=service.agency)
    yield fact(Kind.SERVICE_CHOSEN, 7, agency=service.agency, service=service.slug)
    if fate < 0.45:
        yield fact(Kind.SERVICE_ANSWERED, random.uniform(8, 40), service=service.slug, confirmed=True)
        yield fact(Kind.CALL_CONTAINED, 2)
        yield fact(Kind.CALL_ENDED, 1, by="caller", cause=16)
        return
    skills = [language_skill(asked.language), agency_skill(service.agency)]
    waiting: dict[str, Any] = {"queue": asked.queue, "language": asked.language, "skills": skills, "priority": 0}
    yield fact(Kind.CALL_WAITING, 6, **waiting, agency=service.agency, service=service.slug)
    if fate < 0.52 or not agents:
        yield fact(Kind.CALL_ABANDONED, random.uniform(3, 150), phase="waiting")
        yield fact(Kind.CALL_ENDED, 0, by="caller", cause=16)
        return
    agent, offer = random.choice(agents), f"{asked.call_id}-offer"
    eligible = sorted(agents)
    yield fact(
        Kind.CALL_OFFERED,
        random.expovariate(1 / 18),
        agent,
        offer_id=offer,
        queue=asked.queue,
        eligible=eligible,
        decided_by="longest_ready",
    )
    yield fact(Kind.CALL_CONNECTED, random.uniform(2, 8), agent, offer_id=offer)
    yield fact(Kind.CALL_ENDED, random.uniform(60, 420), agent, by=random.choice(("caller", "agent")), cause=16)
    disposition: dict[str, Any] = {"code": random.choice(DISPOSITIONS)}
    if asked.case_id is not None:
        disposition["case_id"] = asked.case_id
    yield fact(Kind.DISPOSITION_SAVED, random.uniform(5, 40), agent, **disposition)
