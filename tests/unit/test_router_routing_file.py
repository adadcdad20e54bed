"""The routing file: the one that is shipped is right; mistakes are refused with file, line and reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from contact_centre.errors import FileMistake
from contact_centre.settings import PROJECT_ROOT, Settings
from queue_manager.house_rules import house_rules
from queue_manager.routing_file import Known, read_routing
from queue_manager.rules import Overflow
from queue_manager.steps import Step

GOOD = """\
queues:
  general:
    title: {en: General, sw: Jumla}
"""
CIRCLE = """\
queues:
  general:
    title: {en: General, sw: Jumla}
    overflow: {after_s: 60, to: travel}
  travel:
    title: {en: Travel, sw: Safari}
    overflow: {after_s: 90, to: general}
"""


def test_what_is_common_holds_where_a_queue_does_not_say(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(
        "routing:\n  full_at: 9\n  steps: [{after_s: 60, relax: agency}]\n  overflow: {after_s: 99, to: general}\n"
        + GOOD
        + "  travel:\n    title: {en: T, sw: T}\n    steps: none\n    levels: {'agency:immigration': 3}\n"
        + "    hours: {mon-fri: 08:00-17:00}\n"
    )
    rules = read_routing(path, known=Known(frozenset({"immigration"}), frozenset()), zone=UTC)
    general, travel = rules.routing_of("general"), rules.routing_of("travel")
    assert (general.full_at, travel.full_at) == (9, 9)
    assert general.steps == (Step(60, "agency"),)
    assert travel.steps == ()
    assert general.overflow is None, "a queue does not flow over to itself"
    assert travel.overflow == Overflow(99, "general")
    assert travel.hours.open_at(datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert not travel.hours.open_at(datetime(2026, 3, 2, 17, tzinfo=UTC))
    assert not travel.hours.open_at(datetime(2026, 3, 1, 12, tzinfo=UTC)), "a Sunday"


def test_a_queue_may_have_a_notice_for_its_agents_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(GOOD + "    notice: {en: Ask for the county., sw: Uliza kaunti.}\n")
    assert read_routing(path).queues["general"].notice == {"en": "Ask for the county.", "sw": "Uliza kaunti."}
    path.write_text(GOOD)
    assert read_routing(path).queues["general"].notice is None
    path.write_text(GOOD + "    notice: {en: Ask for the county.}\n")
    with pytest.raises(FileMistake, match="queue 'general' has no notice in 'sw'"):
        read_routing(path)


def test_the_shipped_file_names_only_what_the_house_has() -> None:
    rules = house_rules(Settings(ignore_hours=False))
    assert rules.point_s > 0
    assert rules.callback is not None
    for name in rules.queues:
        routing = rules.routing_of(name)
        assert {step.relax for step in routing.steps} == {"level", "agency", "language"}
        assert (routing.overflow is None) == (name == "general")
        assert routing.full_at is not None
        assert routing.longest_wait_s is not None
        assert routing.last_agent is not None
    assert {name for name in rules.queues if rules.routing_of(name).levels} == {"taxes-business", "justice-land"}
    assert {name for name in rules.queues if rules.routing_of(name).priority} == {"social"}


def test_a_queue_has_the_houses_hours_or_its_own_and_none_on_a_closed_day() -> None:
    settings = Settings(ignore_hours=False, opens="07:00", closes="21:00")
    rules = house_rules(settings)
    evening, holiday = (datetime(2026, 6, day, 19, tzinfo=settings.zone) for day in (2, 1))  # a Tuesday; Madaraka Day
    general, justice = rules.routing_of("general").hours, rules.routing_of("justice-land").hours
    assert (general.open_at(evening), justice.open_at(evening)) == (True, False)
    assert general.open_at(holiday)
    closed = rules.closed_on(frozenset({holiday.date()}))
    assert not closed.routing_of("general").hours.open_at(holiday)
    assert closed.routing_of("general").hours.open_at(evening)


def test_a_house_that_ignores_hours_has_none_and_none_takes_the_houses_hours_back(tmp_path: Path) -> None:
    night = datetime(2026, 6, 2, 3, tzinfo=Settings().zone)
    rules = house_rules(Settings(ignore_hours=True))
    assert all(rules.routing_of(name).hours.open_at(night) for name in rules.queues)
    path = tmp_path / "routing.yaml"
    path.write_text(GOOD + "  night:\n    title: {en: N, sw: U}\n    hours: none\n")
    rules = house_rules(Settings(ignore_hours=False, routing=path)).closed_on(frozenset({night.date()}))
    assert rules.routing_of("night").hours.open_at(night)
    assert not rules.routing_of("general").hours.open_at(night)


@pytest.mark.parametrize("text", ["", "callback: none\n"])
def test_nobody_is_called_back_where_the_file_does_not_say_how(text: str, tmp_path: Path) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(GOOD + text)
    assert read_routing(path).callback is None


def test_the_shipped_file_names_the_seven_queues() -> None:
    rules = read_routing(PROJECT_ROOT / "queue_manager" / "routing.yaml", ring_s=12)
    assert list(rules.queues) == [
        "general", "identity", "travel", "transport", "taxes-business", "social", "justice-land",
    ]  # fmt: skip
    assert all(queue.ring_s == 12 and queue.title["en"] and queue.title["sw"] for queue in rules.queues.values())
    assert "lunch" in rules.pause_reasons


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "expected names"),
        ("queues:\n  travel:\n    title: {en: T, sw: T}\n", 2, "named general"),
        (GOOD + "quees: {}\n", 4, "not known"),
        (GOOD + "  Ident ity:\n    title: {en: a, sw: b}\n", 5, "lower-case"),
        (GOOD + "  travel:\n    title: {en: Travel}\n", 5, "no title in 'sw'"),
        (GOOD + "    ring_s: soon\n", 4, "expected a number"),
        (GOOD + "    ring_s: .nan\n", 4, "expected a number"),
        (GOOD + "    ring_s: 0\n", 4, "must be from"),
        (GOOD + "    target: 80\n", 4, "must be from"),
        (GOOD + "callback: soon\n", 4, "callback: expected names"),
        (GOOD + "callback: {attempt: 3}\n", 4, "'attempt' is not known"),
        (GOOD + "callback:\n  attempts: 0\n", 5, "attempts: must be from 1"),
        (GOOD + "callback:\n  spacing_s: 5\n", 5, "spacing_s: must be from 30"),
        (GOOD + "callback: {offer_over_s: 1.5}\n", 4, "expected a whole number"),
        (GOOD + "  general:\n    title: {en: a, sw: b}\n", 4, "twice"),
        (GOOD + '    agencies: ["x\'; DROP"]\n', 3, "not an agency"),
        (GOOD + "    agencies: [immigration, nonsense]\n", 4, "no such agency: 'nonsense'"),
        (GOOD + "    agencies:\n      - immigration\n      - nonsense\n", 6, "no such agency: 'nonsense'"),
        (GOOD + "pause_reasons: [missed]\n", 4, "the house itself"),
        (GOOD + "pause_reasons: [${}]\n", 4, "expected"),
        (GOOD + "pause_reasons: lunch\n", 4, "expected a list"),
        (GOOD + "  : {\n", None, ""),
        (GOOD + "    steps: [{after_s: 60, relax: agency}, {after_s: 60, relax: level}]\n", 4, "in the order"),
        (GOOD + "    steps: [{after_s: 60, relax: everything}]\n", 4, "relaxes one of"),
        (GOOD + "    steps: [{after_s: 60}]\n", 4, "has after_s and relax"),
        (GOOD + "    levels: {agency: 6}\n", 4, "must be from"),
        (GOOD + "    levels:\n      agency: 2\n      cooking: 3\n", 6, "skill 'cooking' is not known"),
        (GOOD + "    levels: {'agency:nonsense': 3}\n", 4, "there is no such agency"),
        (GOOD + "    levels: {'language:fr': 3}\n", 4, "there is no such language"),
        (GOOD + "    overflow: {after_s: 60, to: nowhere}\n", 4, "no queue 'nowhere'"),
        (GOOD + "    overflow: {after_s: 60, to: general}\n", 4, "to itself"),
        (GOOD + "    last_agent: {hold_s: 9, within_h: 9, never: [agent-099]}\n", 4, "no agent 'agent-099'"),
        (GOOD + "    hours: {monday: 08:00-17:00}\n", 4, "is no day"),
        (GOOD + "    hours: {mon: 08:00}\n", 4, "written 08:00-17:00"),
        (GOOD + "    hours: {mon: 17:00-08:00}\n", 4, "closes before"),
        (GOOD + "    full_at: 1.5\n", 4, "whole number"),
        (GOOD + "    priority: 101\n", 4, "priority: must be from"),
        (GOOD + "    priority: high\n", 4, "priority"),
        (CIRCLE, 3, "in a circle"),
    ],
)
def test_mistakes_are_refused_with_their_place(tmp_path: Path, text: str, line: int | None, reason: str) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(text)
    with pytest.raises(FileMistake) as caught:
        read_routing(path, known=Known(frozenset({"immigration"}), frozenset({"agent-001"})))
    assert caught.value.path == path
    assert reason in caught.value.reason
    if line is not None:
        assert caught.value.line == line


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(FileMistake, match="cannot be read"):
        read_routing(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileMistake):
        read_routing(tmp_path / "bytes.yaml")
