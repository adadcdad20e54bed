"""P. What was ordered last about each call: a fold over its facts, for a router that starts.

A fact is written before its order is sent. A router that dies in between leaves an intent of which Asterisk knows
nothing; `unfinished.py` sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contact_centre.facts import Fact, Kind
from queue_manager.remembered import NOTHING, AskedColleague, RememberedCall, SentTo

KINDS = (
    Kind.CITIZEN_DIALLED,
    Kind.CALL_OFFERED,
    Kind.CALL_CONNECTED,
    Kind.CALL_REQUEUED,
    Kind.CALL_OVERFLOWED,
    Kind.CALL_TURNED_AWAY,
    Kind.TRANSFER_ASKED,
    Kind.TRANSFER_COMPLETED,
    Kind.TRANSFER_FAILED,
)
"""The facts that it is folded from."""
SURVEY_KINDS = (Kind.SURVEY_ASKED, Kind.SURVEY_ANSWERED)
"""The facts that tell whose survey is not answered yet."""


def remembered_calls(facts: Iterable[Fact]) -> dict[str, RememberedCall]:
    """The last intents about each call, from facts, oldest first."""
    found: dict[str, RememberedCall] = {}
    for fact in facts:
        if fact.call_id is not None:
            found[fact.call_id] = _after(found.get(fact.call_id, NOTHING), fact)
    return {call_id: call for call_id, call in found.items() if call != NOTHING}


def unanswered_surveys(facts: Iterable[Fact]) -> dict[str, int]:
    """Calls whose citizen was asked and has not answered -> whose call it was."""
    found: dict[str, int] = {}
    for fact in facts:
        if fact.kind is Kind.SURVEY_ASKED and fact.call_id is not None and fact.agent_id is not None:
            found[fact.call_id] = fact.agent_id
        elif fact.kind is Kind.SURVEY_ANSWERED:
            found.pop(fact.call_id or "", None)
    return found


def _after(call: RememberedCall, fact: Fact) -> RememberedCall:
    p, agent_id = fact.payload, fact.agent_id
    match fact.kind:
        case Kind.CITIZEN_DIALLED:
            return RememberedCall(outbound=True)
        case Kind.CALL_OFFERED:
            return replace(call, sent_to=None, handed_to=None)
        case Kind.CALL_CONNECTED:
            return RememberedCall(outbound=call.outbound)
        case Kind.CALL_REQUEUED:  # by the agent, or because the agent was lost
            return replace(call, at_head=call.sent_to is None, asked=None, handed_to=None)
        case Kind.CALL_OVERFLOWED:
            return replace(call, overflowed_to=p["queue"])
        case Kind.CALL_TURNED_AWAY:
            return replace(call, turned_away=p["reason"])
        case Kind.TRANSFER_ASKED if "to_agent" in p and agent_id is not None:
            return replace(call, asked=AskedColleague(p["transfer_id"], agent_id, int(p["to_agent"])))
        case Kind.TRANSFER_ASKED if "queue" in p and agent_id is not None:
            sent_to = SentTo(p["queue"], p.get("agency"), agent_id, fact.occurred_at)
            return RememberedCall(sent_to=sent_to, outbound=call.outbound)
        case Kind.TRANSFER_COMPLETED if agent_id is not None:
            return replace(call, asked=None, handed_to=(p["transfer_id"], agent_id))
        case Kind.TRANSFER_FAILED:
            return replace(call, asked=None)
        case _:
            return call
