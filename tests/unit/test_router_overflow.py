"""Flowing over into another queue asks that queue: it must be open and have room."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time

from router_drill import RULES, START, Drill

from contact_centre.facts import Kind
from queue_manager.commands import TurnAway
from queue_manager.hours import Hours
from queue_manager.rules import Overflow, Routing, Rules


def queues(**routing: Routing) -> Rules:
    return replace(RULES, routing=routing)


def test_nobody_flows_over_into_a_queue_that_is_closed_until_it_opens() -> None:
    opens = Hours({START.weekday(): (time(6, 2), time(9))}, UTC)
    drill = Drill(rules=queues(general=Routing(overflow=Overflow(60, "travel")), travel=Routing(hours=opens)))
    drill.waits("a")
    drill.pass_time(61)
    assert drill.call("a").queue == "general"
    drill.pass_time(60)
    assert drill.call("a").queue == "travel", "it opened after two minutes"
    [moved] = drill.facts(Kind.CALL_OVERFLOWED)
    assert moved.payload["reason"] == "waited"


def test_nobody_flows_over_into_a_full_queue_until_there_is_room_and_then_the_first() -> None:
    drill = Drill(rules=queues(general=Routing(overflow=Overflow(60, "travel")), travel=Routing(full_at=1)))
    drill.waits("there", queue="travel")
    drill.waits("a")
    drill.waits("urgent", priority=2)
    drill.pass_time(61)
    assert {drill.call(call).queue for call in ("a", "urgent")} == {"general"}
    drill.leaves("there")
    assert (drill.call("urgent").queue, drill.call("a").queue) == ("travel", "general")
    drill.leaves("urgent")
    assert drill.call("a").queue == "travel"


def test_a_full_queue_does_not_send_a_caller_to_a_closed_one() -> None:
    shut = Hours({(START.weekday() + 1) % 7: (time(6), time(9))}, UTC)
    drill = Drill(
        rules=queues(general=Routing(overflow=Overflow(600, "travel"), full_at=1), travel=Routing(hours=shut))
    )
    drill.waits("first")
    drill.waits("a")
    assert [(c.call_id, c.reason) for c in drill.commands if isinstance(c, TurnAway)] == [("a", "full")]
    assert not drill.facts(Kind.CALL_OVERFLOWED)
