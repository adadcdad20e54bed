"""How long things lately took, folded from the journal: what an expected wait is made of.

Kept are the last lengths of each kind, so that the fold follows the day and never grows.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_centre.facts import Fact, Kind

TALKS_KEPT = 300
"""Conversations remembered of each queue."""
OTHERS_KEPT = 500
PATIENCE_KEPT = 1000

KINDS = (
    Kind.CALL_WAITING,
    Kind.CALL_OFFERED,
    Kind.OFFER_FAILED,
    Kind.CALL_CONNECTED,
    Kind.CALL_REQUEUED,
    Kind.CALL_OVERFLOWED,
    Kind.CALL_TURNED_AWAY,
    Kind.CALLBACK_ASKED,
    Kind.CALLBACK_REACHED,
    Kind.TRANSFER_ASKED,
    Kind.CALL_ABANDONED,
    Kind.CALL_ENDED,
    Kind.AGENT_READY,
    Kind.AGENT_PAUSED,
    Kind.AGENT_WRAPPING_UP,
    Kind.AGENT_SIGNED_OUT,
)
"""The facts it is folded from."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """What a history holds at one instant (s); nothing changes it any more."""

    talks: Mapping[str, tuple[float, ...]]
    wrap_ups: tuple[float, ...]
    ringing: tuple[float, ...]
    pauses: tuple[float, ...]
    pause_share: float
    patience_s: float


def _kept(most: int) -> deque[float]:
    return deque(maxlen=most)


@dataclass(slots=True)
class HandlingHistory:
    """Lengths in seconds, the newest last."""

    talks: dict[str, deque[float]] = field(default_factory=dict)
    """By queue, from the answer to the end of the call, holds included."""
    wrap_ups: deque[float] = field(default_factory=lambda: _kept(OTHERS_KEPT))
    ringing: deque[float] = field(default_factory=lambda: _kept(OTHERS_KEPT))
    """From the offer to the answer."""
    pauses: deque[float] = field(default_factory=lambda: _kept(OTHERS_KEPT))
    """Infinity for an agent who signed out of it."""
    paused_after: deque[bool] = field(default_factory=lambda: deque(maxlen=OTHERS_KEPT))
    """Whether a handled call was followed by a pause."""
    waits: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=PATIENCE_KEPT))
    """(wait, whether the caller gave up)."""
    _waiting: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _talking: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _offered: dict[str, datetime] = field(default_factory=dict)
    _wrapping: dict[int, datetime] = field(default_factory=dict)
    _paused: dict[int, datetime] = field(default_factory=dict)

    @property
    def patience_s(self) -> float:
        """Mean patience: all time waited, by those who were answered too, for each caller who gave up."""
        gave_up = sum(left for _, left in self.waits)
        return sum(wait for wait, _ in self.waits) / gave_up if gave_up else math.inf

    @property
    def pause_share(self) -> float:
        """Share of handled calls that were followed by a pause."""
        return sum(self.paused_after) / len(self.paused_after) if self.paused_after else 0.0

    def lengths(self) -> Lengths:
        """As it is now."""
        talks = {queue: tuple(lengths) for queue, lengths in self.talks.items()}
        return Lengths(
            talks, tuple(self.wrap_ups), tuple(self.ringing), tuple(self.pauses), self.pause_share, self.patience_s
        )

    def apply(self, fact: Fact) -> None:
        """Fold one fact; each once, in the journal's order."""
        if fact.call_id is not None:
            self._call(fact, fact.call_id)
        if fact.agent_id is not None:
            self._agent(fact, fact.agent_id)

    def _call(self, fact: Fact, call_id: str) -> None:
        at = fact.occurred_at
        match fact.kind:
            case Kind.CALL_WAITING:
                self._waiting[call_id] = fact.payload["queue"], at
            case Kind.CALL_OFFERED:
                self._offered[call_id] = at
            case Kind.OFFER_FAILED:
                self._offered.pop(call_id, None)
            case Kind.CALL_CONNECTED:
                rung = self._offered.pop(call_id, None)
                if rung is not None:
                    self.ringing.append((at - rung).total_seconds())
                queue = self._wait_ends(call_id, at, gave_up=False)
                if queue is not None:
                    self._talking[call_id] = queue, at
            case Kind.CALL_OVERFLOWED if call_id in self._waiting:
                self._waiting[call_id] = fact.payload["queue"], self._waiting[call_id][1]
            case Kind.CALLBACK_REACHED:  # what they waited says nothing of a wait on the line; what they talk does
                self._waiting[call_id] = fact.payload["queue"], at
            case Kind.CALL_TURNED_AWAY | Kind.CALLBACK_ASKED:  # not the caller's patience
                self._waiting.pop(call_id, None)
            case Kind.CALL_ABANDONED:
                self._wait_ends(call_id, at, gave_up=True)
            case Kind.CALL_REQUEUED:  # after a transfer; or its agent was lost, and what was not finished has no length
                self._talking.pop(call_id, None)
                self._waiting[call_id] = fact.payload["queue"], at
            case Kind.TRANSFER_ASKED if "queue" in fact.payload:
                self._talk_ends(call_id, at)
            case Kind.CALL_ENDED:
                self._waiting.pop(call_id, None)
                self._offered.pop(call_id, None)
                self._talk_ends(call_id, at)
            case _:
                pass

    def _talk_ends(self, call_id: str, at: datetime) -> None:
        queue, began = self._talking.pop(call_id, ("", at))
        if queue:
            self.talks.setdefault(queue, _kept(TALKS_KEPT)).append((at - began).total_seconds())

    def _wait_ends(self, call_id: str, at: datetime, *, gave_up: bool) -> str | None:
        queue, since = self._waiting.pop(call_id, ("", at))
        if not queue:
            return None
        self.waits.append((max(0.0, (at - since).total_seconds()), gave_up))
        return queue

    def _agent(self, fact: Fact, agent_id: int) -> None:
        at = fact.occurred_at
        if fact.kind is Kind.AGENT_WRAPPING_UP:
            self._wrapping[agent_id] = at
        elif fact.kind in (Kind.AGENT_READY, Kind.AGENT_PAUSED, Kind.AGENT_SIGNED_OUT):
            began = self._wrapping.pop(agent_id, None)
            if began is not None:
                self.wrap_ups.append((at - began).total_seconds())
                self.paused_after.append(fact.kind is not Kind.AGENT_READY)
            paused = self._paused.pop(agent_id, None)
            if fact.kind is Kind.AGENT_PAUSED:
                self._paused[agent_id] = paused or at
            elif paused is not None:
                self.pauses.append(
                    (at - paused).total_seconds() if fact.kind is Kind.AGENT_READY else math.inf,
                )
