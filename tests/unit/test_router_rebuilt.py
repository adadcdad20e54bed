"""The router is killed after every kind of fact it writes: the next one stands where it stood."""

from __future__ import annotations

from collections import Counter

from random_floor import RULES, RandomFloor
from rebuilding import remembered, standing

from contact_centre.facts import Kind
from queue_manager import events as e
from queue_manager.callback_commands import DialCallback, KeepPlace
from queue_manager.commands import Command, OfferCall, OverflowCall, RaisePriority, SendToQueue, TurnAway
from queue_manager.router import Router

EACH_KIND = 6
EVENTS = 7_000
WRITTEN = {
    Kind.CALL_WAITING, Kind.CALL_OFFERED, Kind.OFFER_FAILED, Kind.CALL_CONNECTED, Kind.AGENT_LOST, Kind.CALL_REJOINED,
    Kind.CALL_REQUEUED, Kind.CALL_OVERFLOWED, Kind.CALL_TURNED_AWAY, Kind.CALL_ABANDONED, Kind.CALL_ENDED,
    Kind.AGENT_SIGNED_IN, Kind.AGENT_READY, Kind.AGENT_PAUSED, Kind.PAUSE_ASKED, Kind.AGENT_WRAPPING_UP,
    Kind.CALLBACK_OFFERED, Kind.CALLBACK_ASKED, Kind.CALLBACK_REFUSED, Kind.CALLBACK_DIALLED, Kind.CALLBACK_FAILED,
    Kind.CALL_HELD, Kind.CALL_RESUMED, Kind.TRANSFER_ASKED,
    Kind.CALLBACK_REACHED, Kind.AGENT_SIGNED_OUT, Kind.PHONE_REGISTERED, Kind.PHONE_UNREGISTERED,
}  # fmt: skip


ORDERS = OfferCall | RaisePriority | SendToQueue | TurnAway | OverflowCall | DialCallback | KeepPlace


def rebuilt(floor: RandomFloor) -> tuple[Router, list[Command]]:
    """Another router, from the journal and Asterisk's channels."""
    after = Router(RULES, "next")
    contacts = {a.endpoint: frozenset(a.phones) for a in floor.reference.agents.values()}
    orders = after.handle(e.AgentsLoaded(floor.roster), floor.now)
    orders += after.handle(remembered(floor.journal), floor.now)
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
        assert not orders, f"after {floor.events} events: {orders}"
        now_it_is, it_was = standing(after, floor.now), standing(floor.router, floor.now)
        for part in it_was:
            assert now_it_is[part] == it_was[part], f"{part} after {floor.events} events, {new}"
    assert set(killed) >= WRITTEN
