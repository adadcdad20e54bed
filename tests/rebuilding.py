"""A router built anew from the journal and Asterisk's channels, and what must be as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from contact_centre.facts import Fact, Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.call_memory import remembered_calls, unanswered_surveys
from queue_manager.callback_memory import remembered_callbacks
from queue_manager.line import LiveCall
from queue_manager.memory import passed_over, remembered_agents
from queue_manager.promises import last_promises
from queue_manager.router import Router

STATE_AFTER = {
    Kind.CALL_WAITING: CallState.WAITING,
    Kind.CALL_REQUEUED: CallState.WAITING,
    Kind.CALL_OVERFLOWED: CallState.WAITING,
    Kind.OFFER_FAILED: CallState.WAITING,
    Kind.CALL_OFFERED: CallState.OFFERED,
    Kind.CALL_CONNECTED: CallState.CONNECTED,
    Kind.CALL_HELD: CallState.HELD,
    Kind.CALL_RESUMED: CallState.CONNECTED,
    Kind.CALL_REJOINED: CallState.CONNECTED,
    Kind.AGENT_LOST: CallState.REJOINING,
    Kind.TRANSFER_JOINED: CallState.CONNECTED,
    Kind.TRANSFER_COMPLETED: CallState.CONNECTED,
    Kind.TRANSFER_FAILED: CallState.CONNECTED,
    Kind.CALL_TURNED_AWAY: CallState.TURNED_AWAY,
    Kind.CALLBACK_ASKED: CallState.CALLBACK,
    Kind.CALLBACK_REACHED: CallState.WAITING,
    Kind.CITIZEN_DIALLED: CallState.DIALLING,
}
"""As `contact_centre/projection.py` folds it."""


def remembered(journal: Sequence[Fact]) -> e.Remembered:
    """What `stored_state.py` reads from the tables, from the facts themselves."""
    ended = {fact.call_id for fact in journal if fact.kind is Kind.CALL_ENDED}
    states: dict[str, CallState] = {}
    for fact in journal:
        if fact.call_id and fact.call_id not in ended and fact.kind in STATE_AFTER:
            states[fact.call_id] = STATE_AFTER[fact.kind]
        elif fact.call_id in states and fact.kind is Kind.TRANSFER_ASKED and "to_agent" in fact.payload:
            states[fact.call_id] = CallState.TRANSFERRING
    of_open = [fact for fact in journal if fact.call_id not in ended]
    return e.Remembered(
        remembered_agents(journal), states, last_promises(of_open), passed_over(journal),
        remembered_callbacks(journal), remembered_calls(of_open), unanswered_surveys(journal),
    )  # fmt: skip


def standing(router: Router, now: datetime) -> dict[str, object]:
    """Everything that decides what the router does next, but for what only a second of waiting changes.

    Not in it: that an agent declined what still rings (`declined`), which no fact tells. The next router takes the
    end of the ringing for a missed offer, and pauses the agent by that name.
    """
    floor = router._floor
    return {
        "line": [call.id for call in sorted(floor.line, key=lambda call: call.key)],
        "positions": {call.id: floor.line.position(call.id) for call in floor.line},
        "calls": {call.id: _call(call) for call in floor.calls.values() if call.wish is not None},
        "callbacks": {
            call.id: replace(call.callback, turn_near=False)  # a forecast is made anew
            for call in floor.calls.values() if call.callback is not None
        },
        "told": {
            call.id: (call.callback_offered or call.called_back, call.called_back, call.promised)
            for call in floor.line if call.state is CallState.WAITING
        },
        "phones in use": {call.id: call.channel for call in floor.calls.values()},
        "needs": {call.id: (call.need, call.key) for call in floor.line},
        "passed over": {
            call.id: {id_: until for id_, until in call.passed_over.items() if until > now}
            for call in floor.line
        },
        "surveys": dict(floor.surveyed),
        "agents": {
            a.id: (a.state, a.since, a.ready_since, a.reason, a.call_id, a.offer_id, a.wrap_up_until, a.pause_next,
                   a.missed, bool(a.contacts), a.help_since)
            for a in floor.roster
        },
    }  # fmt: skip


def _call(call: LiveCall) -> object:
    wish, transfer = call.wish, call.transfer
    assert wish is not None
    handing = (transfer.id, transfer.how, transfer.asked_by, transfer.to, transfer.phase) if transfer else None
    return (
        call.state, wish.queue, wish.skills, wish.waiting_since, wish.preferred_agent, call.agent_id,
        call.offer.id if call.offer else None, handing, call.outbound,
    )  # fmt: skip
