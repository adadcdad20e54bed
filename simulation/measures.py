"""What is kept of a run: the house's own tallies, the waits one by one, and how busy the agents were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_centre.facts import Fact, Kind
from contact_centre.model import Queue
from queue_manager.service_level import AgentTime, Tally, occupancy
from queue_manager.tallies import DOING, Tallies
from simulation.scenario import Scenario

QUEUE_KINDS = frozenset(
    {Kind.CALL_WAITING, Kind.CALL_CONNECTED, Kind.CALL_ABANDONED, Kind.CALL_OVERFLOWED, Kind.CALL_TURNED_AWAY}
)


@dataclass(slots=True)
class Results:
    """One run, measured from the end of the warm-up."""

    queues: dict[str, Tally]
    intervals: dict[datetime, Tally]
    """Quarter hours by their beginning, all queues together."""
    waits: dict[str, list[float]]
    """By queue, the wait of each answered call (s), in the order of the answers."""
    abandoned_waits: list[float]
    time: AgentTime
    """All agents together, while calls arrived."""
    left_in_line: int
    """Callers for whom nobody ever came."""
    line_lengths: list[tuple[float, int]] = field(default_factory=list)
    """(s from the beginning, callers in line), once a minute."""

    @property
    def total(self) -> Tally:
        """All queues together."""
        return sum(self.queues.values(), Tally())

    @property
    def occupancy(self) -> float | None:
        """Handling / (handling + ready), of all agents."""
        return occupancy(self.time)

    @property
    def all_waits(self) -> list[float]:
        """The waits of all answered calls (s), ascending."""
        return sorted(wait for waits in self.waits.values() for wait in waits)


def percentile(ascending: list[float], share: float) -> float | None:
    """The value that this share of the others does not exceed; None without values."""
    if not ascending:
        return None
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))]


class Measures:
    """Folds the facts of one run as they come."""

    def __init__(self, queues: Mapping[str, Queue], scenario: Scenario) -> None:
        """Nothing yet."""
        self._tallies = Tallies(queues)
        self._from_s, self._until_s = scenario.warm_up_s, scenario.length_s
        self._since: dict[str, tuple[str, float]] = {}
        self._waits: dict[str, list[float]] = {}
        self._abandoned: list[float] = []
        self._doing: dict[int, tuple[str, float]] = {}
        self._time = AgentTime()
        self._in_line = 0
        self._lengths: list[tuple[float, int]] = []

    def apply(self, fact: Fact, now_s: float) -> None:
        """Fold one fact that happens now (s from the beginning)."""
        if fact.kind in DOING and fact.agent_id is not None:
            before = self._doing.get(fact.agent_id)
            if before is not None:
                self._spend(*before, now_s)
            self._doing[fact.agent_id] = (DOING[fact.kind], now_s)
        if fact.kind in QUEUE_KINDS:
            self._line(fact, now_s)
        if now_s >= self._from_s:  # a call whose beginning the fold did not see counts nowhere
            self._tallies.apply(fact)

    def results(self, left_in_line: int) -> Results:
        """Close the books."""
        for doing, since_s in self._doing.values():
            self._spend(doing, since_s, self._until_s)
        self._doing.clear()
        queues: dict[str, Tally] = {}
        intervals: dict[datetime, Tally] = {}
        for key, tally in self._tallies.tallies.items():
            queues[key.queue] = queues.get(key.queue, Tally()) + tally
            intervals[key.interval] = intervals.get(key.interval, Tally()) + tally
        return Results(
            queues, dict(sorted(intervals.items())), self._waits, self._abandoned, self._time, left_in_line,
            self._lengths,
        )  # fmt: skip

    def _line(self, fact: Fact, now_s: float) -> None:
        assert fact.call_id is not None
        if fact.kind is Kind.CALL_WAITING:
            self._in_line += 1
            self._since[fact.call_id] = fact.payload["queue"], now_s
        elif fact.kind is Kind.CALL_OVERFLOWED:
            self._since[fact.call_id] = fact.payload["queue"], now_s  # a segment of its own, as in the tallies
        else:
            self._in_line -= 1
            queue, since_s = self._since.pop(fact.call_id)
            if fact.kind is not Kind.CALL_TURNED_AWAY and since_s >= self._from_s:
                kept = self._waits.setdefault(queue, []) if fact.kind is Kind.CALL_CONNECTED else self._abandoned
                kept.append(now_s - since_s)
        if not self._lengths or now_s - self._lengths[-1][0] >= 60:
            self._lengths.append((now_s, self._in_line))

    def _spend(self, doing: str, since_s: float, now_s: float) -> None:
        spent_s = min(now_s, self._until_s) - max(since_s, self._from_s)
        if doing and spent_s > 0:
            name = f"{doing}_s"
            setattr(self._time, name, getattr(self._time, name) + spent_s)
