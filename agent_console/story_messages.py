"""What a call's own page is told: each step of it, and why it went to whom."""

from __future__ import annotations

from datetime import datetime

from agent_console.rest_messages import CallCard, Message


class FactView(Message):
    """One fact of a call, for its page."""

    position: int
    at: datetime
    kind: str
    agent: str | None
    detail: dict[str, str]


class StageView(Message):
    """What a call required at one stage of its wait, and who of the ready agents had it."""

    after_s: int
    relax: str | None
    """What was required no more from here on: level, agency or language; None at first."""
    needs: list[str]
    ready: int
    agents: list[str]
    """Names of the first of them."""


class OfferExplained(Message):
    """Why one offer of a call went to this agent."""

    position: int
    """Of the offer's fact."""
    decided_by: str
    waited_s: float | None
    priority: int | None
    place: int | None
    """In its queue, 1 = first; those before it could not be taken by this agent."""
    waiting: int | None
    stages: list[StageView]
    held_for: str | None
    """The name of the agent for whom alone it waited."""
    passed_over: list[str]
    """Names of those who had just not taken it."""


class CallDetail(Message):
    """One call, whole: the card, what happened, and whether this person may hear it."""

    card: CallCard
    ended_at: datetime | None
    outcome: str | None
    facts: list[FactView]
    explanations: list[OfferExplained]
    recording_url: str | None
