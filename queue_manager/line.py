"""The waiting line: who waits, in order, found quickly.

Calls of equal needs stand in one sorted list, so an agent who becomes free looks at one head for each different need
(languages × agencies: a few dozen), however many wait. A second sorted list per queue tells a call its position.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_centre.model import Call, Offer
from contact_centre.states import CallState
from queue_manager.matching import OrderKey, order_key
from queue_manager.promises import Promise
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
    confirmed: bool = False
    """The last thing heard of it is `[waiting]`: it may be redirected."""
    raised: int = 0
    """Added to its priority, because its agent was lost."""
    offer: Offer | None = None
    offer_started: bool = False
    transfer: Transfer | None = None
    legs: dict[int, str] = field(default_factory=dict)
    """Agent -> the channel of their leg, as far as it is known."""
    apart: bool = False
    """The legs are not held together by one `Dial`: they do not end with the caller by themselves."""
    declined: bool = False
    ended_by: str | None = None
    passed_over: dict[int, datetime] = field(default_factory=dict)
    """Agents who just did not take it -> not offered to them again before this instant."""
    position: int = 0
    """What was last announced; 0: nothing yet."""
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
        return order_key(self.wish, self.raised)


class Line:
    """Calls that wait for an agent, in order."""

    def __init__(self) -> None:
        """Empty."""
        self._calls: dict[str, LiveCall] = {}
        self._keys: dict[str, OrderKey] = {}
        self._by_need: dict[frozenset[str], list[OrderKey]] = {}
        self._by_queue: dict[str, list[OrderKey]] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._calls

    def add(self, call: LiveCall) -> None:
        """Put a call at its place; one that is there already is put again (its priority may have changed)."""
        assert call.wish is not None
        self.remove(call.id)
        key = self._keys[call.id] = call.key
        self._calls[call.id] = call
        insort(self._by_need.setdefault(call.wish.skills, []), key)
        insort(self._by_queue.setdefault(call.wish.queue, []), key)

    def remove(self, call_id: str) -> None:
        """Take a call out; one that is not there is no mistake."""
        call = self._calls.pop(call_id, None)
        if call is None:
            return
        assert call.wish is not None
        key = self._keys.pop(call_id)
        for lists, name in ((self._by_need, call.wish.skills), (self._by_queue, call.wish.queue)):
            keys = lists[name]  # type: ignore[index]
            del keys[bisect_left(keys, key)]
            if not keys:
                del lists[name]  # type: ignore[arg-type]

    def position(self, call_id: str) -> int:
        """Place in its queue, 1 = next."""
        call = self._calls[call_id]
        assert call.wish is not None
        return bisect_left(self._by_queue[call.wish.queue], self._keys[call_id]) + 1

    def first_of_queue(self, queue: str, count: int) -> list[LiveCall]:
        """The first calls of a queue, in order."""
        return [self._calls[key[2]] for key in self._by_queue.get(queue, ())[:count]]

    def for_agent(self, agent_id: int, skills: Mapping[str, int], now: datetime) -> LiveCall | None:
        """The first call, over all queues, that this agent may take and can be offered now."""
        best: LiveCall | None = None
        for need, keys in self._by_need.items():
            if not all(skill in skills for skill in need):
                continue
            for key in keys:
                if best is not None and best.key < key:
                    break
                call = self._calls[key[2]]
                if can_be_offered(call, agent_id, now):
                    best = call
                    break
        return best

    def __iter__(self) -> Iterator[LiveCall]:
        return iter(self._calls.values())


def can_be_offered(call: LiveCall, agent_id: int, now: datetime) -> bool:
    """Whether the call is surely in `[waiting]` and this agent did not just miss it."""
    if not call.confirmed:
        return False
    until = call.passed_over.get(agent_id)
    return until is None or until <= now
