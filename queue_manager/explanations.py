"""Why a call went where it went: a fold over its facts, for the call's page and for `huduma route explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contact_centre.facts import Kind, Recorded


@dataclass(frozen=True, slots=True)
class Stage:
    """What was required at one stage of the wait, and who of the ready agents had it."""

    after_s: int
    relax: str | None
    """What was required no more from here on; None at the first stage."""
    needs: tuple[str, ...]
    """`language:sw`, or with a least level `agency:immigration>=3`."""
    ready: int
    """How many ready agents had it."""
    agents: tuple[int, ...]
    """The first of them, the best first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One offer, and what decided it."""

    position: int
    """Of the offer in the journal."""
    at: datetime
    agent_id: int | None
    queue: str
    decided_by: str
    """preferred, only_one, level, longest_ready, or safety_net."""
    waited_s: float | None
    priority: int | None
    place: int | None
    """The call's place in its queue when it was offered; those before it could not be taken by this agent."""
    waiting: int | None
    """How many waited in all."""
    stages: tuple[Stage, ...]
    eligible: tuple[int, ...]
    """Who could have had the call at that moment, the chosen one first."""
    held_for: int | None = None
    """The agent for whom alone the call waited."""
    passed_over: tuple[int, ...] = ()
    """Who had just not taken it, and so was not asked again yet."""
    ended: str | None = None
    """answered, or the reason why the offer failed; None while it rings."""


def explanations(facts: Iterable[Recorded]) -> tuple[Explanation, ...]:
    """Every offer of one call's facts, in order."""
    found: dict[str, Explanation] = {}
    for one in facts:
        payload = one.fact.payload
        offer_id = str(payload.get("offer_id"))
        match one.fact.kind:
            case Kind.CALL_OFFERED:
                found[offer_id] = _explanation(one, payload)
            case Kind.OFFER_FAILED if offer_id in found:
                found[offer_id] = replace(found[offer_id], ended=str(payload.get("reason")))
            case Kind.CALL_CONNECTED if offer_id in found:
                found[offer_id] = replace(found[offer_id], ended="answered")
            case _:
                pass
    return tuple(found.values())


def _explanation(one: Recorded, payload: Mapping[str, Any]) -> Explanation:
    why: Mapping[str, Any] = payload.get("why") or {}  # offers of before it was written down have none
    return Explanation(
        one.position,
        one.fact.occurred_at,
        one.fact.agent_id,
        str(payload.get("queue")),
        str(payload.get("decided_by")),
        why.get("waited_s"),
        why.get("priority"),
        why.get("position"),
        why.get("waiting"),
        tuple(
            Stage(stage["after_s"], stage.get("relax"), tuple(stage["needs"]), stage["ready"], tuple(stage["agents"]))
            for stage in why.get("steps", ())
        ),
        tuple(payload.get("eligible", ())),
        why.get("held_for"),
        tuple(why.get("passed_over", ())),
    )
