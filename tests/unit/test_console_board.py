"""What the supervisor's board says of the waits that callers were told."""

from __future__ import annotations

from datetime import timedelta

from router_drill import RULES, START

from agent_console.board import board
from agent_console.today import Today
from contact_centre.facts import Fact, Kind, Recorded
from queue_manager.view import View


def test_the_board_tells_how_many_told_waits_came_true() -> None:
    today = Today(RULES.queues)

    def told() -> tuple[int, float | None]:
        whole = board(View(START, True, (), ()), today, RULES.queues, {}, database=True, emergency=False)
        assert whole.house.waits_formula.keys() == {"en", "sw"}
        return whole.house.waits_told, whole.house.waits_kept

    assert told() == (0, None)
    position = 0
    for call, took_s in (("a", 30), ("b", 99), ("c", 31), ("d", 45)):
        for kind, after_s, payload in (
            (Kind.CALL_WAITING, 0, {"queue": "general"}),
            (Kind.WAIT_PROMISED, 0, {"low_s": 20, "high_s": 50}),
            (Kind.CALL_CONNECTED, took_s, {"offer_id": call}),
        ):
            position += 1
            agent = 1 if kind is Kind.CALL_CONNECTED else None
            today.add([Recorded(position, Fact(kind, START + timedelta(seconds=after_s), call, agent, payload))])
    assert told() == (4, 0.75)
