"""What a caller is told of the wait, in steps that can be spoken, and when it is said again.

A promise is never quietly replaced by a longer one: when the wait has become longer than was said, the caller hears
that it has. Little changes are not worth a sentence, and nobody is interrupted more than once a minute.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contact_centre.facts import Fact, Kind
from contact_centre.model import WAIT_STEPS_MIN as STEPS_MIN
from queue_manager.expected_wait import WaitRange

SAID_AGAIN_AFTER_S = 60
SLACK_S = 30
"""How far the end may move before a promise counts as broken (s)."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """From `low` to `high` minutes; a `low` of 0 is "less than"; without a `high` it is "more than".

    Neither: nothing but that it takes longer than was said.
    """

    low_min: int
    high_min: int | None


NO_MORE = Spoken(0, None)
UNKNOWN = WaitRange(0.0, math.inf)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was said to one caller, and when."""

    told_at: datetime
    range: WaitRange
    """Unrounded: what is scored."""
    spoken: Spoken
    longer: bool = False
    """The caller is told that it takes longer than was said."""


def spoken(found: WaitRange) -> Spoken | None:
    """The range rounded outwards to steps; None when nothing useful can be said."""
    low = STEPS_MIN[bisect_right(STEPS_MIN, found.low_s / 60) - 1]
    at = bisect_left(STEPS_MIN, found.high_s / 60)
    if at == len(STEPS_MIN):
        return Spoken(low, None) if low else None
    high = STEPS_MIN[at]
    if high <= low:
        later = bisect_right(STEPS_MIN, low)
        return Spoken(low, STEPS_MIN[later] if later < len(STEPS_MIN) else None)
    return Spoken(low, high)


def next_promise(before: Promise | None, found: WaitRange | None, now: datetime) -> Promise | None:
    """What to tell a caller who was told `before`; None: nothing that is worth it.

    `found` is None when nothing is known any more. Who was promised an end then hears that it takes longer.
    """
    words = spoken(found) if found is not None else None
    if before is None:
        return Promise(now, found, words) if found is not None and words is not None else None
    passed_s = (now - before.told_at).total_seconds()
    if passed_s < SAID_AGAIN_AFTER_S:
        return None
    if before.spoken.high_min is not None:
        left_s = before.spoken.high_min * 60 - passed_s
        if (found.high_s if found is not None else 0.0) > left_s + SLACK_S:
            return Promise(now, found or UNKNOWN, words or NO_MORE, longer=True)
    if found is not None and words is not None and abs(_step(words.high_min) - _step(before.spoken.high_min)) > 1:
        return Promise(now, found, words)
    return None


def last_promises(facts: Iterable[Fact]) -> dict[str, Promise]:
    """What each caller was told last, from facts, oldest first; who was answered since is promised nothing any more."""
    found: dict[str, Promise] = {}
    for fact in facts:
        if fact.call_id is None:
            continue
        if fact.kind is Kind.WAIT_PROMISED:
            p = fact.payload
            told = WaitRange(float(p["low_s"]), math.inf if p["high_s"] is None else float(p["high_s"]))
            words = Spoken(p["low_min"], p["high_min"])
            found[fact.call_id] = Promise(fact.occurred_at, told, words, bool(p["longer"]))
        elif fact.kind is Kind.CALL_CONNECTED:
            found.pop(fact.call_id, None)
    return found


def _step(high_min: int | None) -> int:
    return len(STEPS_MIN) if high_min is None else STEPS_MIN.index(high_min)
