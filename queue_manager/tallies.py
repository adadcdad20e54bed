"""The journal folded into tallies: per queue, agency, language and interval; and each agent's time.

A segment is counted in the interval in which it entered its queue, whenever it ends. A fact whose beginning was not
seen (it lies before the first fact folded) counts nowhere, so two days' folds never count one thing twice.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contact_centre.facts import Fact, Kind
from contact_centre.model import Queue
from queue_manager.service_level import AgentTime, Tally

INTERVALS_MIN = (15, 30, 60)
ENDED_KEPT = 5000
"""Ended calls whose wrap-up may still be to come."""


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What a tally is about."""

    queue: str
    agency: str | None
    language: str | None
    interval: datetime
    """When the interval begins (UTC)."""


@dataclass(slots=True)
class _Segment:
    key: TallyKey
    entered_at: datetime


@dataclass(slots=True)
class _Handling:
    key: TallyKey
    call_id: str
    since: datetime
    held_since: datetime | None = None
    lost_since: datetime | None = None
    """The agent's leg is gone: neither talk nor hold."""


class Tallies:
    """Folds facts as they come; each fact once, in the journal's order."""

    def __init__(self, queues: Mapping[str, Queue], interval_min: int = 15) -> None:
        """Intervals of 15, 30 or 60 minutes, counted from the full hour."""
        if interval_min not in INTERVALS_MIN:
            raise ValueError("an interval is 15, 30 or 60 minutes")
        self._queues = queues
        self._interval_min = interval_min
        self.tallies: dict[TallyKey, Tally] = {}
        self.agents: dict[int, AgentTime] = {}
        self.events: Counter[Kind] = Counter()
        """How often each kind of fact was folded; a call's entry and its containment once for each call."""
        self._segments: dict[str, _Segment] = {}
        self._handling: dict[str, _Handling] = {}
        self._wrapping: dict[int, tuple[TallyKey, datetime]] = {}
        self._last_key: dict[str, TallyKey] = {}
        self._ended_keys: OrderedDict[str, TallyKey] = OrderedDict()
        self._handed_on: dict[int, TallyKey] = {}
        """Agent -> where the call they handed on is counted; their wrap-up belongs there."""
        self._calls_seen: set[tuple[Kind, str]] = set()
        self._back: dict[str, TallyKey] = {}
        """Called back and in line again: counted apart, but for the work that they are."""
        self._doing: dict[int, tuple[str, datetime]] = {}

    def of_queue(self, queue: str) -> Tally:
        """Everything about one queue, over all intervals."""
        return sum((tally for key, tally in self.tallies.items() if key.queue == queue), Tally())

    def apply(self, fact: Fact) -> None:
        """Fold one fact."""
        self._count(fact)
        if fact.call_id is not None and fact.kind not in OF_NO_QUEUE:
            self._call(fact, fact.call_id)
        if fact.agent_id is not None:
            self._agent(fact, fact.agent_id)

    def _count(self, fact: Fact) -> None:
        if fact.kind in (Kind.CALL_ENTERED, Kind.CALL_CONTAINED) and fact.call_id is not None:
            if (fact.kind, fact.call_id) in self._calls_seen:
                return
            self._calls_seen.add((fact.kind, fact.call_id))
        self.events[fact.kind] += 1

    def _call(self, fact: Fact, call_id: str) -> None:
        match fact.kind:
            case Kind.CALL_WAITING | Kind.CALL_REQUEUED:
                self._enter(fact, call_id)
            case Kind.CALLBACK_REACHED if call_id in self._last_key:
                self._back[call_id] = self._last_key[call_id]
            case Kind.CALL_OVERFLOWED | Kind.CALL_TURNED_AWAY | Kind.CALLBACK_ASKED:
                self._flowed_out(fact, call_id)
            case Kind.CALL_CONNECTED:
                self._answered(fact, call_id)
            case Kind.TRANSFER_ASKED if "queue" in fact.payload:
                self._handed_on_by(fact.agent_id, call_id)
            case Kind.TRANSFER_COMPLETED:
                self._handed_to_agent(fact, call_id)
            case Kind.TRANSFER_JOINED | Kind.TRANSFER_FAILED:
                self._hold_ends(fact, call_id)
            case Kind.CALL_ABANDONED:
                self._abandoned(fact, call_id)
            case Kind.CALL_HELD | Kind.TRANSFER_ASKED:  # the caller hears music
                handling = self._handling.get(call_id)
                if handling is not None:
                    handling.held_since = fact.occurred_at
            case Kind.AGENT_LOST:
                self._hold_ends(fact, call_id)
                handling = self._handling.get(call_id)
                if handling is not None:
                    handling.lost_since = fact.occurred_at
            case Kind.CALL_REJOINED:
                self._rejoined(fact, call_id)
            case Kind.CALL_RESUMED:
                self._hold_ends(fact, call_id)
            case Kind.CALL_ENDED:
                self._talk_ends(fact, call_id)
                self._segments.pop(call_id, None)
                self._back.pop(call_id, None)
                key = self._last_key.pop(call_id, None)
                if key is not None:
                    self._ended_keys[call_id] = key
                    while len(self._ended_keys) > ENDED_KEPT:
                        self._ended_keys.popitem(last=False)
            case _:
                pass

    def _enter(self, fact: Fact, call_id: str) -> None:
        self._talk_ends(fact, call_id)
        before = self._last_key.get(call_id)
        at = fact.occurred_at
        key = TallyKey(
            fact.payload["queue"],
            fact.payload.get("agency") or (before.agency if before else None),
            fact.payload.get("language") or (before.language if before else None),
            at.replace(minute=at.minute - at.minute % self._interval_min, second=0, microsecond=0),
        )
        self._segments[call_id] = _Segment(key, at)
        self._last_key[call_id] = key
        self._tally(key).offered += 1

    def _handed_on_by(self, agent_id: int | None, call_id: str) -> _Handling | None:
        handling = self._handling.get(call_id)
        if handling is not None:
            self._tally(handling.key).transferred += 1
            if agent_id is not None:
                self._handed_on[agent_id] = handling.key
        return handling

    def _handed_to_agent(self, fact: Fact, call_id: str) -> None:
        """A second handling of the same segment: the caller waited in no queue for it."""
        before = self._handed_on_by(fact.payload.get("from_agent"), call_id)
        if before is not None:
            self._talk_ends(fact, call_id)
            self._handling[call_id] = _Handling(before.key, call_id, fact.occurred_at)

    def _flowed_out(self, fact: Fact, call_id: str) -> None:
        segment = self._segments.pop(call_id, None)
        if segment is not None:
            tally, _ = self._wait(segment, fact)
            if fact.kind is Kind.CALL_TURNED_AWAY:
                tally.turned_away += 1
            else:
                tally.flowed_out += 1
        if fact.kind is Kind.CALL_OVERFLOWED:
            self._enter(fact, call_id)

    def _answered(self, fact: Fact, call_id: str) -> None:
        segment = self._segments.pop(call_id, None)
        back = self._back.pop(call_id, None)
        if segment is None and back is not None:
            self._handling[call_id] = _Handling(back, call_id, fact.occurred_at)
        if segment is None:
            return
        tally, wait_s = self._wait(segment, fact)
        tally.answered += 1
        tally.answered_wait_s += wait_s
        tally.answered_in_t += wait_s <= self._threshold(segment.key).service_level_s
        self._handling[call_id] = _Handling(segment.key, call_id, fact.occurred_at)

    def _abandoned(self, fact: Fact, call_id: str) -> None:
        segment = self._segments.pop(call_id, None)
        if segment is None:
            return
        tally, wait_s = self._wait(segment, fact)
        queue = self._threshold(segment.key)
        tally.abandoned += 1
        tally.abandoned_in_t += wait_s <= queue.service_level_s
        tally.abandoned_short += wait_s <= queue.short_abandon_s

    def _wait(self, segment: _Segment, fact: Fact) -> tuple[Tally, float]:
        tally = self._tally(segment.key)
        wait_s = max(0.0, (fact.occurred_at - segment.entered_at).total_seconds())
        tally.longest_wait_s = max(tally.longest_wait_s, wait_s)
        return tally, wait_s

    def _hold_ends(self, fact: Fact, call_id: str) -> None:
        handling = self._handling.get(call_id)
        if handling is not None and handling.held_since is not None:
            self._tally(handling.key).hold_s += (fact.occurred_at - handling.held_since).total_seconds()
            handling.since += fact.occurred_at - handling.held_since  # what was held is not talk
            handling.held_since = None

    def _rejoined(self, fact: Fact, call_id: str) -> None:
        handling = self._handling.get(call_id)
        if handling is not None and handling.lost_since is not None:
            handling.since += fact.occurred_at - handling.lost_since
            handling.lost_since = None

    def _talk_ends(self, fact: Fact, call_id: str) -> None:
        self._hold_ends(fact, call_id)
        self._rejoined(fact, call_id)
        handling = self._handling.pop(call_id, None)
        if handling is not None:
            tally = self._tally(handling.key)
            tally.handled += 1
            tally.talk_s += (fact.occurred_at - handling.since).total_seconds()
            self._last_key[call_id] = handling.key

    def _agent(self, fact: Fact, agent_id: int) -> None:
        doing = DOING.get(fact.kind)
        if doing is None:
            return
        at = fact.occurred_at
        before, since = self._doing.get(agent_id, ("", at))
        spent_s = max(0.0, (at - since).total_seconds())
        time = self.agents.get(agent_id)
        if time is None:
            time = self.agents[agent_id] = AgentTime()
        if before:
            name = f"{before}_s"
            setattr(time, name, getattr(time, name) + spent_s)
        if agent_id in self._wrapping:
            key, began = self._wrapping.pop(agent_id)
            self._tally(key).wrap_up_s += max(0.0, (at - began).total_seconds())
        key_of_call = self._handed_on.pop(agent_id, None)
        if key_of_call is None:
            key_of_call = self._ended_keys.pop(fact.call_id or "", None)
        if fact.kind is Kind.AGENT_WRAPPING_UP and key_of_call is not None:
            self._wrapping[agent_id] = (key_of_call, at)
        self._doing[agent_id] = (doing, at)

    def _tally(self, key: TallyKey) -> Tally:
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally()
        return tally

    def _threshold(self, key: TallyKey) -> Queue:
        return self._queues.get(key.queue) or next(iter(self._queues.values()))


OF_NO_QUEUE = frozenset({Kind.CALL_OFFERED, Kind.OFFER_FAILED, Kind.AGENT_WRAPPING_UP, Kind.WAIT_PROMISED})
"""Facts of a call that change nothing of its stay in a queue: the most frequent ones."""

DOING: Mapping[Kind, str] = {
    Kind.AGENT_SIGNED_IN: "paused",
    Kind.AGENT_PAUSED: "paused",
    Kind.AGENT_READY: "ready",
    Kind.OFFER_FAILED: "ready",
    Kind.CITIZEN_DIALLED: "handling",
    Kind.CALL_CONNECTED: "handling",
    Kind.TRANSFER_ANSWERED: "handling",
    Kind.AGENT_WRAPPING_UP: "handling",
    Kind.AGENT_SIGNED_OUT: "",
}
"""What an agent does from a fact on."""
