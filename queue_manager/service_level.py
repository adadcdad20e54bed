"""The metrics: one definition each, with the formula that is shown beside it.

T is a queue's answer threshold, S its short-abandon limit (s). A share is between 0 and 1; a metric is None while its
denominator is 0, because "no calls" is neither good nor bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta


@dataclass(slots=True)
class Tally:
    """What happened to the segments that were offered in one interval. Sums of tallies are tallies."""

    offered: int = 0
    """Segments that entered the queue."""
    answered: int = 0
    answered_in_t: int = 0
    """Answered after at most T."""
    abandoned: int = 0
    """The caller hung up while waiting or while an agent was rung."""
    abandoned_in_t: int = 0
    """Abandoned after at most T (the short ones included)."""
    abandoned_short: int = 0
    """Abandoned after at most S."""
    transferred: int = 0
    """Answered here, then handed to another queue or agent: a flow-out of answered segments, counted apart."""
    flowed_out: int = 0
    """Left for another queue or a callback: neither answered nor abandoned."""
    turned_away: int = 0
    """Told that they cannot wait (full, too long, closed): neither answered nor abandoned."""
    answered_wait_s: float = 0.0
    """Sum of the waits of answered segments."""
    longest_wait_s: float = 0.0
    """The longest wait that ended, however it ended."""
    handled: int = 0
    """Calls that an agent has finished with, wrap-up included."""
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_up_s: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Both together; the longest wait is the longer of the two."""
        total = Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})
        total.longest_wait_s = max(self.longest_wait_s, other.longest_wait_s)
        return total


@dataclass(slots=True)
class AgentTime:
    """How an agent's signed-in time was spent (s)."""

    ready_s: float = 0.0
    """Ready, or being rung."""
    handling_s: float = 0.0
    """Talk, hold and wrap-up."""
    paused_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its words, its formula, and the formula as code."""

    name: str
    formula: str
    of: Callable[[Tally], float | None]


def share(part: float, whole: float) -> float | None:
    """`part / whole`, or None when there is nothing to divide by."""
    return part / whole if whole > 0 else None


SERVICE_LEVEL_STRICT = Metric(
    "service level (strict)", "answered ≤T / offered", lambda t: share(t.answered_in_t, t.offered)
)
SERVICE_LEVEL = Metric(
    "service level",
    "answered ≤T / (answered + abandoned − short)",
    lambda t: share(t.answered_in_t, t.answered + t.abandoned - t.abandoned_short),
)
"""Short abandons excluded: the one that is shown where nothing else is said."""
SERVICE_LEVEL_FORMULA_SW = "zilizojibiwa ≤T / (zilizojibiwa + zilizokatwa − zilizokatwa mapema)"
ANSWERED_OR_ABANDONED_IN_T = Metric(
    "answered or abandoned in T",
    "(answered ≤T + abandoned ≤T) / (answered + abandoned)",
    lambda t: share(t.answered_in_t + t.abandoned_in_t, t.answered + t.abandoned),
)
OF_ANSWERED = Metric("of answered", "answered ≤T / answered", lambda t: share(t.answered_in_t, t.answered))
ABANDONMENT = Metric(
    "abandonment",
    "(abandoned − short) / (offered − short)",
    lambda t: share(t.abandoned - t.abandoned_short, t.offered - t.abandoned_short),
)
AVERAGE_SPEED_OF_ANSWER = Metric(
    "average speed of answer (s)",
    "sum of queue waits of answered / answered",
    lambda t: share(t.answered_wait_s, t.answered),
)
AVERAGE_HANDLING_TIME = Metric(
    "average handling time (s)",
    "(talk + hold + wrap-up) / handled",
    lambda t: share(t.talk_s + t.hold_s + t.wrap_up_s, t.handled),
)

QUEUE_METRICS: tuple[Metric, ...] = (
    SERVICE_LEVEL,
    SERVICE_LEVEL_STRICT,
    ANSWERED_OR_ABANDONED_IN_T,
    OF_ANSWERED,
    ABANDONMENT,
    AVERAGE_SPEED_OF_ANSWER,
    AVERAGE_HANDLING_TIME,
)

OCCUPANCY_FORMULA = "handling / (handling + ready)"
SHRINKAGE_FORMULA = "paid time unavailable / paid time"
CONTAINMENT_FORMULA = "ended in the IVR with the goal met / all IVR calls"
BLOCKED_FORMULA = "refused before the IVR / all calls that arrived"
FIRST_CALL_RESOLUTION_FORMULA = (
    "contacts without a repeat by the same citizen on the same topic within 7 days / contacts"
)


def occupancy(time: AgentTime) -> float | None:
    """Share of available time spent on calls."""
    return share(time.handling_s, time.handling_s + time.ready_s)


def shrinkage(time: AgentTime) -> float | None:
    """Share of signed-in time in which no call could come. Signed-in time stands for paid time."""
    return share(time.paused_s, time.ready_s + time.handling_s + time.paused_s)


def containment(contained: int, ivr_calls: int) -> float | None:
    """Share of IVR calls that the machine helped to the end."""
    return share(contained, ivr_calls)


def blocked(refused: int, arrived: int) -> float | None:
    """Share of arriving calls that were refused before the IVR."""
    return share(refused, arrived)


@dataclass(frozen=True, slots=True)
class Contact:
    """One handled call of a known citizen."""

    citizen_id: int
    topic: str
    at: datetime


def first_call_resolution(contacts: Iterable[Contact], within: timedelta = timedelta(days=7)) -> float | None:
    """Share of contacts that were not repeated in time. Callers should leave out contacts younger than `within`."""
    ordered = sorted(contacts, key=lambda contact: contact.at)
    last: dict[tuple[int, str], datetime] = {}
    repeats = 0
    for contact in ordered:
        before = last.get((contact.citizen_id, contact.topic))
        repeats += before is not None and contact.at - before <= within
        last[contact.citizen_id, contact.topic] = contact.at
    return share(len(ordered) - repeats, len(ordered))
