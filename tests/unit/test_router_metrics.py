"""The metrics: the design's example, and the fold from facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contact_centre.facts import Fact, Kind
from contact_centre.model import Queue
from queue_manager import service_level as s
from queue_manager.tallies import Tallies, TallyKey

EXAMPLE = s.Tally(offered=1000, answered=800, answered_in_t=640, abandoned=200, abandoned_in_t=100, abandoned_short=40)
QUEUE = Queue("general", {"en": "General", "sw": "Jumla"}, (), service_level_s=20, short_abandon_s=5)
AT = datetime(2026, 3, 2, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (s.SERVICE_LEVEL_STRICT, 0.640),
        (s.SERVICE_LEVEL, 0.667),
        (s.ANSWERED_OR_ABANDONED_IN_T, 0.740),
        (s.OF_ANSWERED, 0.800),
        (s.ABANDONMENT, 160 / 960),
    ],
)
def test_the_example_of_the_design(metric: s.Metric, expected: float) -> None:
    value = metric.of(EXAMPLE)
    assert value is not None
    assert round(value, 3) == round(expected, 3)
    assert metric.formula


def test_no_calls_is_neither_good_nor_bad() -> None:
    assert [metric.of(s.Tally()) for metric in s.QUEUE_METRICS] == [None] * len(s.QUEUE_METRICS)
    assert s.occupancy(s.AgentTime()) is None
    assert s.containment(0, 0) is None


def fold(*facts: tuple[float, Kind, str | None, int | None, dict[str, object]]) -> Tallies:
    tallies = Tallies({"general": QUEUE})
    for after_s, kind, call_id, agent_id, payload in facts:
        tallies.apply(Fact(kind, AT + timedelta(seconds=after_s), call_id, agent_id, payload))
    return tallies


WAITS = {"queue": "general", "language": "sw"}
OFFER = {"offer_id": "o"}


def test_a_call_from_waiting_to_wrapped_up() -> None:
    tallies = fold(
        (0, Kind.AGENT_SIGNED_IN, None, 1, {}),
        (0, Kind.AGENT_READY, None, 1, {}),
        (10, Kind.CALL_WAITING, "a", None, WAITS),
        (12, Kind.CALL_OFFERED, "a", 1, OFFER),
        (25, Kind.CALL_CONNECTED, "a", 1, OFFER),
        (40, Kind.CALL_HELD, "a", 1, {}),
        (60, Kind.CALL_RESUMED, "a", 1, {}),
        (125, Kind.CALL_ENDED, "a", None, {"by": "caller"}),
        (125, Kind.AGENT_WRAPPING_UP, "a", 1, {"until": "later"}),
        (155, Kind.AGENT_READY, None, 1, {}),
        (165, Kind.AGENT_PAUSED, None, 1, {"reason": "lunch"}),
        (265, Kind.AGENT_SIGNED_OUT, None, 1, {}),
    )
    [(key, tally)] = tallies.tallies.items()
    assert key == TallyKey("general", None, "sw", datetime(2026, 3, 2, 6, 0, tzinfo=UTC))
    assert tally == s.Tally(
        offered=1, answered=1, answered_in_t=1, answered_wait_s=15, longest_wait_s=15, handled=1,
        talk_s=80, hold_s=20, wrap_up_s=30,
    )  # fmt: skip
    assert s.AVERAGE_HANDLING_TIME.of(tally) == 130
    time = tallies.agents[1]
    assert (time.ready_s, time.handling_s, time.paused_s) == (35, 130, 100)
    assert s.occupancy(time) == 130 / 165
    assert s.shrinkage(time) == 100 / 265


@pytest.mark.parametrize(("after_s", "short", "in_t"), [(5, 1, 1), (6, 0, 1), (20, 0, 1), (21, 0, 0)])
def test_abandoned_is_counted_once_by_how_long_it_waited(after_s: float, short: int, in_t: int) -> None:
    tally = fold(
        (0, Kind.CALL_WAITING, "a", None, WAITS),
        (after_s, Kind.CALL_ABANDONED, "a", None, {"phase": "waiting"}),
        (after_s, Kind.CALL_ENDED, "a", None, {}),
    ).of_queue("general")
    assert (tally.offered, tally.abandoned, tally.abandoned_short, tally.abandoned_in_t) == (1, 1, short, in_t)


def test_a_call_that_lost_its_agent_is_two_segments_and_its_talk_ends_with_the_first() -> None:
    tally = fold(
        (0, Kind.CALL_WAITING, "a", None, WAITS),
        (10, Kind.CALL_CONNECTED, "a", 1, OFFER),
        (40, Kind.AGENT_LOST, "a", 1, OFFER),
        (60, Kind.CALL_REQUEUED, "a", None, {"queue": "general"}),
        (90, Kind.CALL_CONNECTED, "a", 2, OFFER),
        (100, Kind.CALL_ENDED, "a", None, {}),
    ).of_queue("general")
    assert (tally.offered, tally.answered, tally.answered_in_t, tally.handled) == (2, 2, 1, 2)
    assert tally.talk_s == 40, "while nobody is there, nobody talks"


def test_what_began_before_counts_nowhere() -> None:
    tallies = fold(
        (0, Kind.CALL_CONNECTED, "a", 1, OFFER),
        (9, Kind.CALL_ENDED, "a", None, {}),
        (9, Kind.AGENT_WRAPPING_UP, "a", 1, {"until": "later"}),
        (10, Kind.CALL_ABANDONED, "b", None, {}),
    )
    assert tallies.tallies == {}


def test_containment_counts_a_call_once() -> None:
    entered = (0.0, Kind.CALL_ENTERED, "a", None, {"entry": "main"})
    tallies = fold(entered, entered, (5, Kind.CALL_CONTAINED, "a", None, {}))
    assert s.containment(tallies.events[Kind.CALL_CONTAINED], tallies.events[Kind.CALL_ENTERED]) == 1


def test_first_call_resolution_looks_seven_days_back() -> None:
    day = timedelta(days=1)
    contacts = [
        s.Contact(1, "passport", AT),
        s.Contact(1, "passport", AT + 6 * day),
        s.Contact(1, "licence", AT + 6 * day),
        s.Contact(1, "passport", AT + 20 * day),
    ]
    assert s.first_call_resolution(contacts) == 3 / 4


def test_the_sum_of_tallies_is_a_tally() -> None:
    both = s.Tally(offered=1, longest_wait_s=9) + s.Tally(offered=2, longest_wait_s=4)
    assert both == s.Tally(offered=3, longest_wait_s=9)


def test_an_interval_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="15, 30 or 60"):
        Tallies({"general": QUEUE}, 20)
