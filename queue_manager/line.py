"""The waiting line: who waits, in order, found quickly.

Calls of equal needs stand in one sorted list, so an agent who becomes free looks at one head for each different need
(languages × agencies × steps), however many wait. A second sorted list per queue tells a call its position.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contact_centre.model import Call, Offer
from contact_centre.states import CallState
from queue_manager.callback_state import Callback
from queue_manager.commands import TurnedAway
from queue_manager.events_out import OutPhase
from queue_manager.matching import OrderKey, order_key
from queue_manager.promises import Promise
from queue_manager.steps import Need, Rung
from queue_manager.transfer_state import Transfer


@dataclass(slots=True)
class LiveCall:
    """One citizen's contact, from the answer to the caller's hang-up. Owned by the router, changed by it alone."""

    id: str
    channel: str
    uniqueid: str
    state: CallState
    since: datetime
    wish: Call | None = None
    """What it asked for, from the moment it began to wait."""
    point_s: float = 0.0
    """Ageing: the wait that is worth one point of priority (s)."""
    confirmed: bool = False
    """The last thing heard of it is `[waiting]`: it may be redirected."""
    raised: int = 0
    """Added to its priority, because its agent was lost."""
    offer: Offer | None = None
    offer_started: bool = False
    transfer: Transfer | None = None
    legs: dict[int, str] = field(default_factory=dict)
    """Agent -> the channel of their leg, as far as it is known."""
    legs_gone: set[str] = field(default_factory=set)
    """Agents' channels that have ended: each ends once."""
    in_room: set[str] = field(default_factory=set)
    """Agents' channels that entered the call's conference, and were not ordered out of it since."""
    netted: bool = False
    """It is in Asterisk's own queue."""
    apart: bool = False
    """The legs are not held together by one `Dial`: they do not end with the caller by themselves."""
    outbound: OutPhase | None = None
    """Of a call that an agent makes: how far it is."""
    declined: bool = False
    machine_failed: bool = False
    """The conversation broke, and the journal has it."""
    ended_by: str | None = None
    passed_over: dict[int, datetime] = field(default_factory=dict)
    """Agents who just did not take it -> not offered to them again before this instant."""
    position: int = 0
    """What was last announced; 0: nothing yet."""
    rungs: tuple[Rung, ...] = ()
    """What it requires at each stage of its wait."""
    rung: int = 0
    """The stage it has reached."""
    held_for: int | None = None
    """It waits for this agent alone: the last one who talked with this caller."""
    hold_over: bool = False
    """It does not wait for one agent any more."""
    entering: bool = False
    """It just came, and may find that it cannot wait."""
    turned_away: TurnedAway | None = None
    wakes_at: datetime | None = None
    """When its wait is looked at next."""
    callback: Callback | None = None
    """The citizen is not on the line and is to be called back; the entry keeps its place."""
    callback_offered: bool = False
    called_back: bool = False
    """The citizen was called back and waits again, with the time of before."""
    promised: Promise | None = None
    """The wait that the caller was last told."""

    @property
    def agent_id(self) -> int | None:
        """The agent who is rung for it or talks with it."""
        return self.offer.agent_id if self.offer else None

    @property
    def key(self) -> OrderKey:
        """Its place in line."""
        assert self.wish is not None
        return order_key(self.wish, self.raised, self.point_s)

    @property
    def need(self) -> Need:
        """What it requires now."""
        return self.rungs[self.rung].need


class Line:
    """Calls that wait for an agent, in order."""

    def __init__(self) -> None:
        """Empty."""
        self._calls: dict[str, LiveCall] = {}
        self._places: dict[str, tuple[OrderKey, str, Need | int | None]] = {}
        """Call -> its key, its queue, and the list it stands in: of one agent, of a need, or none (not confirmed)."""
        self._by_need: dict[Need, list[OrderKey]] = {}
        self._by_agent: dict[int, list[OrderKey]] = {}
        self._by_queue: dict[str, list[OrderKey]] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._calls

    def __iter__(self) -> Iterator[LiveCall]:
        return iter(self._calls.values())

    def add(self, call: LiveCall) -> None:
        """Put a call at its place; one that is there already is put again (what decides its place may have changed)."""
        assert call.wish is not None
        self.remove(call.id)
        key, queue = call.key, call.wish.queue
        insort(self._by_queue.setdefault(queue, []), key)
        stands: Need | int | None = None
        if call.held_for is not None:
            stands = call.held_for
            insort(self._by_agent.setdefault(stands, []), key)
        elif call.confirmed:
            stands = call.need
            insort(self._by_need.setdefault(stands, []), key)
        self._calls[call.id], self._places[call.id] = call, (key, queue, stands)

    def remove(self, call_id: str) -> None:
        """Take a call out; one that is not there is no mistake."""
        if self._calls.pop(call_id, None) is None:
            return
        key, queue, stands = self._places.pop(call_id)
        _take_out(self._by_queue, queue, key)
        if isinstance(stands, int):
            _take_out(self._by_agent, stands, key)
        elif stands is not None:
            _take_out(self._by_need, stands, key)

    def position(self, call_id: str) -> int:
        """Place in its queue, 1 = next."""
        key, queue, _ = self._places[call_id]
        return bisect_left(self._by_queue[queue], key) + 1

    def waiting_in(self, queue: str) -> int:
        """How many wait in a queue."""
        return len(self._by_queue.get(queue, ()))

    def first_of_queue(self, queue: str, count: int) -> list[LiveCall]:
        """The first calls of a queue, in order."""
        return [self._calls[key[2]] for key in self._by_queue.get(queue, ())[:count]]

    def held_for(self, agent_id: int) -> list[str]:
        """The calls that wait for this agent alone."""
        return [key[2] for key in self._by_agent.get(agent_id, ())]

    def for_agent(self, agent_id: int, may_take: Callable[[int, Need], bool], now: datetime) -> LiveCall | None:
        """The first call, over all queues, that this agent may take and can be offered now."""
        best = self._first(self._by_agent.get(agent_id, []), agent_id, None, now)
        for need, keys in self._by_need.items():
            if (best is None or keys[0] < best) and may_take(agent_id, need):
                best = self._first(keys, agent_id, best, now)
        return self._calls[best[2]] if best is not None else None

    def _first(self, keys: list[OrderKey], agent_id: int, before: OrderKey | None, now: datetime) -> OrderKey | None:
        for key in keys:
            if before is not None and before < key:
                break
            if can_be_offered(self._calls[key[2]], agent_id, now):
                return key
        return before


def _take_out(lists: dict[Any, list[OrderKey]], name: Any, key: OrderKey) -> None:
    keys = lists[name]
    del keys[bisect_left(keys, key)]
    if not keys:
        del lists[name]


def can_be_offered(call: LiveCall, agent_id: int, now: datetime) -> bool:
    """Whether the call is surely in `[waiting]`, waits for no other agent, and this agent did not just miss it."""
    if not call.confirmed or call.held_for not in (None, agent_id):
        return False
    until = call.passed_over.get(agent_id)
    return until is None or until <= now
