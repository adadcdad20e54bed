"""What the supervisor's board shows: today's tallies and what happens now, one row a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contact_centre.facts import Kind
from contact_centre.model import Language
from contact_centre.states import CallState
from queue_manager.rules import Rules
from queue_manager.service_level import (
    ABANDONMENT,
    AVERAGE_HANDLING_TIME,
    AVERAGE_SPEED_OF_ANSWER,
    SERVICE_LEVEL,
    Tally,
    containment,
)
from queue_manager.tallies import Tallies
from queue_manager.view import View


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """One queue, today and now. Shares are 0 to 1, None while there is nothing to divide by."""

    queue: str
    title: Mapping[Language, str]
    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    formula: str
    """How `service_level` is reckoned."""
    threshold_s: int
    target: float
    abandonment: float | None
    average_speed_of_answer_s: float | None
    average_handling_time_s: float | None
    longest_wait_s: float
    """The longest wait today that ended."""
    waiting: int
    """Waiting now, those who are being offered included."""
    longest_waiting_since: datetime | None
    """Since when the one who waits longest now has waited."""
    connected: int
    """Talking with an agent now."""


@dataclass(frozen=True, slots=True)
class Board:
    """All queues, and the whole line's containment."""

    queues: tuple[QueueNumbers, ...]
    in_conversation: int
    """Callers with the machine now."""
    entered: int
    contained: int
    containment: float | None


def board(rules: Rules, today: Tallies, view: View) -> Board:
    """Put today's tallies and the present floor side by side."""
    entered, contained = today.events[Kind.CALL_ENTERED], today.events[Kind.CALL_CONTAINED]
    return Board(
        tuple(_queue(rules, name, today.of_queue(name), view) for name in rules.queues),
        sum(call.state is CallState.IVR for call in view.calls),
        entered,
        contained,
        containment(contained, entered),
    )


def _queue(rules: Rules, name: str, tally: Tally, view: View) -> QueueNumbers:
    queue = rules.queues[name]
    here = [call for call in view.calls if call.queue == name]
    waiting = [call for call in here if call.state in (CallState.WAITING, CallState.OFFERED)]
    return QueueNumbers(
        queue=name,
        title=queue.title,
        offered=tally.offered,
        answered=tally.answered,
        abandoned=tally.abandoned,
        service_level=SERVICE_LEVEL.of(tally),
        formula=SERVICE_LEVEL.formula,
        threshold_s=queue.service_level_s,
        target=queue.target,
        abandonment=ABANDONMENT.of(tally),
        average_speed_of_answer_s=AVERAGE_SPEED_OF_ANSWER.of(tally),
        average_handling_time_s=AVERAGE_HANDLING_TIME.of(tally),
        longest_wait_s=tally.longest_wait_s,
        waiting=len(waiting),
        longest_waiting_since=min((c.waiting_since for c in waiting if c.waiting_since), default=None),
        connected=sum(call.state in (CallState.CONNECTED, CallState.HELD, CallState.REJOINING) for call in here),
    )
