"""What the router needs from the database when it starts: who works here, and what the journal remembers."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from contact_centre.database import read_scope
from contact_centre.facts import Fact, Kind
from contact_centre.model import Agent
from contact_centre.states import CallState
from contact_centre.tables import AgentRow, AgentSkill, CallRow, FactRow, Switch
from queue_manager.call_memory import KINDS as CALL_KINDS
from queue_manager.call_memory import SURVEY_KINDS, remembered_calls, unanswered_surveys
from queue_manager.callback_memory import KINDS as CALLBACK_KINDS
from queue_manager.callback_memory import remembered_callbacks
from queue_manager.events import AgentsLoaded, Remembered
from queue_manager.handling_history import KINDS as HISTORY_KINDS
from queue_manager.handling_history import HandlingHistory
from queue_manager.memory import KINDS, passed_over, remembered_agents
from queue_manager.promises import last_promises
from queue_manager.rules import NOT_BACK_S

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(hours=36)
"""An agent who said nothing for longer is signed out."""

HISTORY = timedelta(days=8)
"""How far back lengths of calls are looked for: last week's same day is in it."""
HISTORY_FACTS = 20_000
SURVEYED = timedelta(hours=1)
"""So long after a call its survey may still be answered: it takes half a minute, but a router may be away."""


def load_agents(engine: Engine) -> AgentsLoaded:
    """Everybody who may answer calls, with skills."""
    with read_scope(engine) as session:
        skills: dict[int, dict[str, int]] = {}
        for row in session.scalars(select(AgentSkill)):
            skills.setdefault(row.agent_id, {})[row.skill] = row.level
        rows = session.scalars(select(AgentRow).order_by(AgentRow.id))
        return AgentsLoaded(tuple(Agent(row.id, row.extension, row.name, skills.get(row.id, {})) for row in rows))


def load_history(engine: Engine, now: datetime) -> HandlingHistory:
    """How long things lately took, from the newest facts."""
    with read_scope(engine) as session:
        rows = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([kind.value for kind in HISTORY_KINDS]), FactRow.occurred_at >= now - HISTORY)
            .order_by(FactRow.position.desc())
            .limit(HISTORY_FACTS)
        )
        facts = [_fact(row) for row in rows]
    history = HandlingHistory()
    for fact in reversed(facts):
        history.apply(fact)
    return history


def emergency_is_on(engine: Engine) -> bool:
    """Whether callers hear the emergency announcement; one that cannot be read is off."""
    try:
        with read_scope(engine) as session:
            switch = session.get(Switch, "emergency")
            return switch is not None and switch.value.get("on") is True
    except SQLAlchemyError as error:
        log.warning("the emergency switch could not be read: %s", type(error).__name__)
        return False


def load_memory(engine: Engine, now: datetime) -> Remembered:
    """Agents' last states and the calls that had not ended."""
    with read_scope(engine) as session:
        rows = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([kind.value for kind in KINDS]))
            .where(FactRow.occurred_at >= now - LOOK_BACK, FactRow.agent_id.is_not(None))
            .order_by(FactRow.position)
        )
        facts = [_fact(row) for row in rows]
        open_calls = session.execute(select(CallRow.id, CallRow.state).where(CallRow.ended_at.is_(None)))
        told = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([Kind.WAIT_PROMISED.value, Kind.CALL_CONNECTED.value]))
            .where(FactRow.call_id.in_(select(CallRow.id).where(CallRow.ended_at.is_(None))))
            .order_by(FactRow.position)
        )
        of_callbacks = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([kind.value for kind in CALLBACK_KINDS]))
            .where(FactRow.call_id.in_(select(CallRow.id).where(CallRow.ended_at.is_(None))))
            .order_by(FactRow.position)
        )
        of_calls = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([kind.value for kind in CALL_KINDS]))
            .where(FactRow.call_id.in_(select(CallRow.id).where(CallRow.ended_at.is_(None))))
            .order_by(FactRow.position)
        )
        surveys = session.scalars(
            select(FactRow)
            .where(FactRow.kind.in_([kind.value for kind in SURVEY_KINDS]), FactRow.occurred_at >= now - SURVEYED)
            .order_by(FactRow.position)
        )
        return Remembered(
            remembered_agents(facts),
            {call_id: CallState(state) for call_id, state in open_calls},
            last_promises(_fact(row) for row in told),
            passed_over(fact for fact in facts if fact.occurred_at >= now - timedelta(seconds=NOT_BACK_S)),
            remembered_callbacks([_fact(row) for row in of_callbacks]),
            remembered_calls(_fact(row) for row in of_calls),
            unanswered_surveys(_fact(row) for row in surveys),
        )


def _fact(row: FactRow) -> Fact:
    return Fact(Kind(row.kind), row.occurred_at, row.call_id, row.agent_id, row.payload, row.id)
