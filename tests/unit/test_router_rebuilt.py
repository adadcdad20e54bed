"""The router is killed after every kind of fact it writes: the next one stands where it stood."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from random_floor import RULES, RandomFloor

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.callback_commands import DialCallback, KeepPlace
from queue_manager.callback_memory import remembered_callbacks
from queue_manager.commands import Command, OfferCall, OverflowCall, TurnAway
from queue_manager.memory import passed_over, remembered_agents
from queue_manager.router import Router

EACH_KIND = 6
EVENTS = 12_000
STATE_AFTER = {
    Kind.CALL_WAITING: CallState.WAITING,
    Kind.CALL_REQUEUED: CallState.WAITING,
    Kind.CALL_OVERFLOWED: CallState.WAITING,
    Kind.OFFER_FAILED: CallState.WAITING,
    Kind.CALL_OFFERED: CallState.OFFERED,
    Kind.CALL_CONNECTED: CallState.CONNECTED,
    Kind.CALL_REJOINED: CallState.CONNECTED,
    Kind.AGENT_LOST: CallState.REJOINING,
    Kind.CALL_TURNED_AWAY: CallState.TURNED_AWAY,
    Kind.CALLBACK_ASKED: CallState.CALLBACK,
    Kind.CALLBACK_REACHED: CallState.WAITING,
}
WRITTEN = {
    Kind.CALL_WAITING, Kind.CALL_OFFERED, Kind.OFFER_FAILED, Kind.CALL_CONNECTED, Kind.AGENT_LOST, Kind.CALL_REJOINED,
    Kind.CALL_REQUEUED, Kind.CALL_OVERFLOWED, Kind.CALL_TURNED_AWAY, Kind.CALL_ABANDONED, Kind.CALL_ENDED,
    Kind.AGENT_SIGNED_IN, Kind.AGENT_READY, Kind.AGENT_PAUSED, Kind.PAUSE_ASKED, Kind.AGENT_WRAPPING_UP,
    Kind.CALLBACK_OFFERED, Kind.CALLBACK_ASKED, Kind.CALLBACK_REFUSED, Kind.CALLBACK_DIALLED, Kind.CALLBACK_FAILED,
    Kind.CALLBACK_REACHED, Kind.AGENT_SIGNED_OUT, Kind.PHONE_REGISTERED, Kind.PHONE_UNREGISTERED,
}  # fmt: skip


ORDERS = OfferCall | TurnAway | OverflowCall | DialCallback | KeepPlace


def standing(router: Router, now: datetime) -> dict[str, object]:
    """Everything that decides what the router does next, but for what only a second of waiting changes."""
    floor = router._floor
    return {
        "line": [call.id for call in sorted(floor.line, key=lambda call: call.key)],
        "positions": {call.id: floor.line.position(call.id) for call in floor.line},
        "calls": {
            call.id: (
                call.state, call.wish.queue, call.wish.skills, call.wish.waiting_since, call.wish.preferred_agent,
                call.agent_id, call.offer.id if call.offer else None,
            )
            for call in floor.calls.values() if call.wish is not None
        },
        "callbacks": {
            call.id: replace(call.callback, turn_near=False)  # a forecast is made anew
            for call in floor.calls.values() if call.callback is not None
        },
        "phones in use": {call.id: call.channel for call in floor.calls.values()},
        "needs": {call.id: (call.need, call.key) for call in floor.line},
        "passed over": {
            call.id: {id_: until for id_, until in call.passed_over.items() if until > now}
            for call in floor.line
        },
        "agents": {
            a.id: (a.state, a.since, a.ready_since, a.reason, a.call_id, a.offer_id, a.wrap_up_until, a.pause_next,
                   a.missed, bool(a.contacts))
            for a in floor.roster
        },
    }  # fmt: skip


def rebuilt(floor: RandomFloor) -> tuple[Router, list[Command]]:
    """Another router, from the journal and Asterisk's channels."""
    after = Router(RULES, "next")
    ended = {fact.call_id for fact in floor.journal if fact.kind is Kind.CALL_ENDED}
    states = {f.call_id: STATE_AFTER[f.kind] for f in floor.journal if f.call_id and f.kind in STATE_AFTER}
    open_calls = {call_id: state for call_id, state in states.items() if call_id not in ended}
    contacts = {a.endpoint: frozenset(a.phones) for a in floor.reference.agents.values()}
    orders = after.handle(e.AgentsLoaded(floor.roster), floor.now)
    remembered = e.Remembered(
        remembered_agents(floor.journal), open_calls, passed_over=passed_over(floor.journal),
        callbacks=remembered_callbacks(floor.journal),
    )  # fmt: skip
    orders += after.handle(remembered, floor.now)
    orders += after.handle(floor.model.snapshot(contacts), floor.now)
    return after, [order for order in orders if isinstance(order, ORDERS)]


def test_killed_after_every_kind_of_fact_the_state_is_as_before() -> None:
    floor, killed = RandomFloor(3, agents=8), Counter[Kind]()
    while floor.events < EVENTS:
        floor.facts = []
        floor.step()
        new = {fact.kind for fact in floor.facts if killed[fact.kind] < EACH_KIND}
        if not new:
            continue
        while floor.model.late or any(channel.sent for channel in floor.model.channels.values()):
            new |= {fact.kind for fact in floor.facts}
            floor.hears()
        killed.update(new)
        after, orders = rebuilt(floor)
        if orders:
            print(
                "XX",
                floor.now,
                floor.router._floor.calls.get(orders[0].call_id),
                floor.model.channels.get(orders[0].call_id),
            )
        assert not orders, f"after {floor.events} events: {orders}"
        now_it_is, it_was = standing(after, floor.now), standing(floor.router, floor.now)
        for part in it_was:
            assert now_it_is[part] == it_was[part], f"{part} after {floor.events} events, {new}"
    assert set(killed) >= WRITTEN
