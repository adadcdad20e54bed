"""What the journal remembers of the agents: a fold over their facts, for a router that starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from contact_centre.facts import Fact, Kind
from contact_centre.states import AgentState
from queue_manager.events import RememberedAgent
from queue_manager.rules import NOT_BACK_S, PASSED_OVER_S

KINDS = (
    Kind.AGENT_SIGNED_IN,
    Kind.AGENT_READY,
    Kind.AGENT_PAUSED,
    Kind.PAUSE_ASKED,
    Kind.AGENT_WRAPPING_UP,
    Kind.WRAP_UP_EXTENDED,
    Kind.AGENT_SIGNED_OUT,
    Kind.CALL_OFFERED,
    Kind.OFFER_FAILED,
    Kind.CALL_CONNECTED,
    Kind.CITIZEN_DIALLED,
    Kind.TRANSFER_ANSWERED,
    Kind.TRANSFER_ASKED,
    Kind.HELP_ASKED,
    Kind.HELP_ENDED,
)
"""The facts that tell an agent's state, and who is not offered which call."""

COMES_IN = (Kind.AGENT_SIGNED_IN, Kind.AGENT_READY, Kind.AGENT_PAUSED)
"""The facts that say that a signed-out agent is here again."""


def remembered_agents(facts: Iterable[Fact]) -> tuple[RememberedAgent, ...]:
    """Fold agents' facts, oldest first, into the last state of each."""
    agents: dict[int, RememberedAgent] = {}
    for fact in facts:
        if fact.agent_id is not None:
            before = agents.get(fact.agent_id) or RememberedAgent(
                fact.agent_id, AgentState.SIGNED_OUT, fact.occurred_at
            )
            agents[fact.agent_id] = _after(before, fact)
    return tuple(agents.values())


def passed_over(facts: Iterable[Fact]) -> dict[str, dict[int, datetime]]:
    """Call -> agents who did not take it or handed it on -> until when it is not offered to them again."""
    found: dict[str, dict[int, datetime]] = {}
    for fact in facts:
        if fact.call_id is None or fact.agent_id is None:
            continue
        of_call, p = found.setdefault(fact.call_id, {}), fact.payload
        match fact.kind:
            case Kind.OFFER_FAILED if p.get("reason") not in ("withdrawn", "lost"):
                of_call[fact.agent_id] = fact.occurred_at + timedelta(seconds=PASSED_OVER_S)
            case Kind.TRANSFER_ASKED if "queue" in p:
                of_call[fact.agent_id] = fact.occurred_at + timedelta(seconds=NOT_BACK_S)
            case Kind.CALL_CONNECTED:
                of_call.clear()
            case _:
                pass
    return {call_id: agents for call_id, agents in found.items() if agents}


def _after(agent: RememberedAgent, fact: Fact) -> RememberedAgent:
    if agent.state is AgentState.SIGNED_OUT and fact.kind not in COMES_IN:
        return agent  # a call of an earlier shift, or of the sample data, brings nobody to the desk
    at, p = fact.occurred_at, fact.payload
    fresh = RememberedAgent(agent.agent_id, agent.state, at, missed=agent.missed, pause_next=agent.pause_next)
    match fact.kind:
        case Kind.AGENT_READY:
            return replace(fresh, state=AgentState.READY, ready_since=at, missed=0, pause_next=None)
        case Kind.AGENT_PAUSED:
            reason = str(p.get("reason"))
            return replace(fresh, state=AgentState.PAUSED, reason=reason, missed=0, pause_next=None)
        case Kind.PAUSE_ASKED:
            return replace(agent, pause_next=p.get("reason"))
        case Kind.AGENT_WRAPPING_UP:
            until = datetime.fromisoformat(p["until"])
            wrapping = replace(fresh, state=AgentState.WRAP_UP, call_id=fact.call_id, wrap_up_until=until)
            return replace(wrapping, help_since=agent.help_since)
        case Kind.WRAP_UP_EXTENDED:
            return replace(agent, wrap_up_until=datetime.fromisoformat(p["until"]))
        case Kind.AGENT_SIGNED_OUT:
            return replace(fresh, state=AgentState.SIGNED_OUT, missed=0, pause_next=None)
        case Kind.CALL_OFFERED:
            return replace(
                fresh,
                state=AgentState.OFFERED,
                ready_since=agent.ready_since,
                call_id=fact.call_id,
                offer_id=p["offer_id"],
            )
        case Kind.CITIZEN_DIALLED:
            calling = replace(fresh, state=AgentState.CALLING, call_id=fact.call_id, offer_id=p["offer_id"])
            return replace(calling, reason=p.get("paused"))
        case Kind.OFFER_FAILED if agent.offer_id == p["offer_id"]:
            missed = agent.missed + (p.get("reason") in ("no_answer", "busy"))
            return replace(fresh, state=AgentState.READY, ready_since=agent.ready_since or at, missed=missed)
        case Kind.CALL_CONNECTED:
            return replace(fresh, state=AgentState.ON_CALL, call_id=fact.call_id, offer_id=p["offer_id"], missed=0)
        case Kind.HELP_ASKED | Kind.HELP_ENDED:
            return replace(agent, help_since=at if fact.kind is Kind.HELP_ASKED else None)
        case Kind.TRANSFER_ANSWERED:
            return replace(
                fresh, state=AgentState.ON_CALL, call_id=fact.call_id, offer_id=p["transfer_id"], missed=0
            )  # fmt: skip
        case _:
            return agent
