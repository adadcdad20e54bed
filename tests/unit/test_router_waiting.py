"""What waiting does to a call: steps, ageing, the last agent, overflow, limits and hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from router_drill import RULES, START, Drill, seen_call

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import OverflowCall, RaisePriority, TurnAway
from queue_manager.hours import ClosedDays, Hours
from queue_manager.rules import LastAgent, Overflow, Routing, Rules
from queue_manager.steps import Step

EN = {"language:en": 3}
TRAVEL = "agency:immigration"


def rules(point_s: int = 0, **general: object) -> Rules:
    return replace(RULES, routing={"general": Routing(**general)}, point_s=point_s)  # type: ignore[arg-type]


def turned_away(drill: Drill) -> list[tuple[str, str]]:
    return [(c.call_id, c.reason) for c in drill.commands if isinstance(c, TurnAway)]


# ---- steps


def test_after_the_step_anybody_who_speaks_the_language_may_take_it() -> None:
    drill = Drill({1: EN}, rules(steps=(Step(60, "agency"),)))
    drill.ready(1)
    drill.waits("a", TRAVEL)
    drill.pass_time(59)
    assert drill.offers() == []
    drill.pass_time(1)
    assert drill.offers() == [("a", "agent-001")]


def test_least_levels_drop_step_by_step() -> None:
    levels = frozenset({("agency", 4)})
    drill = Drill(
        {1: EN | {TRAVEL: 1}, 2: EN | {TRAVEL: 2}, 3: EN | {TRAVEL: 4}},
        rules(levels=levels, steps=(Step(20, "level", 2), Step(40, "level"))),
    )
    drill.ready(1)
    drill.waits("a", TRAVEL)
    drill.pass_time(10)
    drill.ready(2)
    assert drill.offers() == []
    drill.pass_time(10)
    assert drill.offers() == [("a", "agent-002")], "level 2 is enough after 20 s"
    drill.waits("b", TRAVEL)
    drill.pass_time(40)
    assert drill.offers()[-1] == ("b", "agent-001")


def test_who_knows_the_agency_is_chosen_even_when_it_is_required_no_more() -> None:
    drill = Drill({1: EN, 2: EN | {TRAVEL: 1}}, rules(steps=(Step(10, "agency"),)))
    drill.waits("a", TRAVEL, ago_s=20)
    drill.ready(1)
    drill.answers("a")
    drill.waits("b", TRAVEL, ago_s=20)
    drill.leaves("a")
    drill.pass_time(45)
    assert drill.offers()[-1] == ("b", "agent-001"), "nobody else was there"
    drill.leaves("b")
    drill.ready(2)
    drill.waits("c", TRAVEL, ago_s=20)
    assert drill.offers()[-1] == ("c", "agent-002")
    why = drill.facts(Kind.CALL_OFFERED)[-1].payload
    assert why["decided_by"] == "level"


def test_a_call_keeps_its_step_over_an_offer_that_failed() -> None:
    drill = Drill({1: EN, 2: EN}, rules(steps=(Step(30, "agency"),)))
    drill.waits("a", TRAVEL)
    drill.ready(1)
    drill.pass_time(30)
    drill.fails("a")
    drill.ready(2)
    assert drill.offers() == [("a", "agent-001"), ("a", "agent-002")]


def test_a_step_that_came_while_ringing_holds_when_it_is_back_in_line() -> None:
    drill = Drill({1: EN | {TRAVEL: 1}, 2: EN}, rules(steps=(Step(5, "agency"),)))
    drill.ready(1, 2)
    drill.waits("a", TRAVEL)
    drill.pass_time(8)
    drill.fails("a")
    assert drill.offers() == [("a", "agent-001"), ("a", "agent-002")]


def test_the_offer_says_who_was_eligible_at_each_step() -> None:
    drill = Drill({1: EN, 2: EN | {TRAVEL: 2}}, rules(levels=frozenset({("agency", 3)}), steps=(Step(60, "agency"),)))
    drill.ready(1, 2)
    drill.waits("a", TRAVEL)
    drill.pass_time(60)
    [offered] = drill.facts(Kind.CALL_OFFERED)
    assert offered.agent_id == 2
    assert offered.payload["why"] == {
        "waited_s": 60.0,
        "priority": 0,
        "position": 1,
        "waiting": 1,
        "steps": [
            {"after_s": 0, "needs": [f"{TRAVEL}>=3", "language:en"], "ready": 0, "agents": []},
            {"after_s": 60, "needs": ["language:en"], "ready": 2, "agents": [2, 1], "relax": "agency"},
        ],
    }


# ---- ageing


def test_waiting_earns_priority_at_one_rate_for_all() -> None:
    drill = Drill(rules=rules(point_s=60))
    drill.waits("old", ago_s=100)
    drill.waits("one-point", priority=1)
    drill.waits("two-points", priority=2)
    drill.ready(1)
    for expected in ("two-points", "old", "one-point"):
        assert drill.offers()[-1][0] == expected
        drill.answers(expected)
        drill.leaves(expected)
        drill.ask(r.FinishWrapUp, 1)


def test_who_lost_an_agent_stays_before_however_long_others_wait() -> None:
    drill = Drill({1: EN}, rules(point_s=1))
    drill.ready(1)
    drill.waits("a")
    drill.answers("a")
    offer_id = drill.call("a").offer_id or ""
    drill.waits("old", ago_s=5000)
    drill.hear(e.AgentLost("a", offer_id))
    drill.hear(e.RejoinFailed("a", offer_id))
    drill.again("a")
    drill.ask(r.SetReady, 1)
    assert drill.offers()[-1][0] == "a"


# ---- the last agent

LAST = LastAgent(hold_s=10, within_s=3600, never=frozenset({"agent-003"}))


def waits_for(drill: Drill, call_id: str, agent_id: int, talked_ago_s: float = 600) -> None:
    talked = drill.now - timedelta(seconds=talked_ago_s)
    wish = e.Wish("en", "general", frozenset(EN), 0, None, None, drill.now, last_agent=(agent_id, talked))
    drill.hear(e.CallWaiting(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", wish))


def busy_and_free() -> Drill:
    """Agent 1 talks, agents 2 and 3 are free."""
    drill = Drill(dict.fromkeys((1, 2, 3), EN), rules(last_agent=LAST))
    drill.ready(1)
    drill.waits("a")
    drill.answers("a")
    drill.ready(2, 3)
    return drill


def test_the_last_agent_is_waited_for_and_comes() -> None:
    drill = busy_and_free()
    waits_for(drill, "b", 1)
    assert len(drill.offers()) == 1
    drill.leaves("a")
    drill.ask(r.FinishWrapUp, 1)
    assert drill.offers()[-1] == ("b", "agent-001")
    assert drill.facts(Kind.CALL_OFFERED)[-1].payload["decided_by"] == "preferred"


def test_the_last_agent_is_waited_for_a_little_then_anybody() -> None:
    drill = busy_and_free()
    waits_for(drill, "b", 1)
    drill.pass_time(9)
    assert len(drill.offers()) == 1
    drill.pass_time(1)
    assert drill.offers()[-1] == ("b", "agent-002")


@pytest.mark.parametrize(("agent_id", "ago_s"), [(1, 3601), (9, 60), (4, 60)])
def test_nobody_is_waited_for_who_talked_long_ago_or_is_not_there(agent_id: int, ago_s: float) -> None:
    drill = busy_and_free()
    waits_for(drill, "b", agent_id, ago_s)
    assert drill.offers()[-1] == ("b", "agent-002")


def test_a_last_agent_who_goes_away_is_not_waited_for_any_more() -> None:
    drill = busy_and_free()
    waits_for(drill, "b", 1)
    drill.leaves("a")
    drill.ask(r.FinishWrapUp, 1)
    drill.fails("b")
    assert drill.offers()[-1] == ("b", "agent-002")
    waits_for(drill, "c", 2)
    assert drill.offers()[-1] == ("b", "agent-002"), "c waits for agent 2, who is rung"
    drill.fails("b")
    assert set(drill.offers()[-1:]) <= {("b", "agent-003"), ("c", "agent-003")}, "agent 2 is paused"


def test_who_waits_for_an_agent_whom_it_just_lost_may_go_to_anybody() -> None:
    drill = Drill(dict.fromkeys((1, 2), EN), rules(last_agent=LAST))
    drill.ready(1)
    waits_for(drill, "a", 1)
    drill.answers("a")
    drill.ready(2)
    offer_id = drill.call("a").offer_id or ""
    drill.hear(e.AgentLost("a", offer_id))
    drill.hear(e.RejoinFailed("a", offer_id))
    drill.again("a")
    assert drill.offers()[-1] == ("a", "agent-002")


def test_a_seat_that_is_named_is_never_waited_for() -> None:
    drill = Drill(dict.fromkeys((1, 3), EN), rules(last_agent=LAST))
    drill.ready(3)
    drill.waits("a")
    drill.answers("a")
    drill.ready(1)
    waits_for(drill, "b", 3)
    assert drill.offers()[-1] == ("b", "agent-001")


# ---- overflow


def test_after_its_wait_a_call_flows_over_to_another_queue() -> None:
    drill = Drill({1: EN}, replace(RULES, routing={"travel": Routing(overflow=Overflow(30, "general"))}))
    drill.ready(1)
    drill.waits("a", TRAVEL, queue="travel")
    drill.pass_time(30)
    assert drill.offers() == [("a", "agent-001")]
    assert drill.call("a").queue == "general"
    assert [c for c in drill.commands if isinstance(c, OverflowCall)]
    assert drill.facts(Kind.CALL_OVERFLOWED)[0].payload == {
        "queue": "general", "from_queue": "travel", "reason": "waited",
    }  # fmt: skip


def test_a_call_that_flowed_over_keeps_its_place_by_its_whole_wait() -> None:
    drill = Drill({1: EN}, replace(RULES, routing={"travel": Routing(overflow=Overflow(30, "general"))}))
    drill.waits("a", TRAVEL, queue="travel")
    drill.pass_time(10)
    drill.waits("b")
    drill.pass_time(20)
    drill.ready(1)
    assert drill.offers() == [("a", "agent-001")]


# ---- limits


def test_a_full_queue_turns_the_next_caller_away() -> None:
    drill = Drill({1: EN}, rules(full_at=2))
    for call in "abc":
        drill.waits(call)
    assert turned_away(drill) == [("c", "full")]
    assert drill.call("c").state is CallState.TURNED_AWAY
    assert drill.facts(Kind.CALL_TURNED_AWAY)[0].payload == {"queue": "general", "reason": "full"}
    drill.again("c")
    assert len(turned_away(drill)) == 1, "it is on its way"
    drill.leaves("c")
    assert [f.kind for f in drill.facts()][-1] is Kind.CALL_ENDED
    assert not drill.facts(Kind.CALL_ABANDONED)


def test_where_an_agent_is_free_nobody_is_turned_away() -> None:
    drill = Drill({1: EN, 2: EN | {TRAVEL: 1}}, rules(full_at=1, hours=Hours({0: (time(1), time(2))}, UTC)))
    drill.ready(1)
    drill.waits("closed")
    assert drill.offers() == [("closed", "agent-001")]
    drill = Drill({1: EN}, rules(full_at=1))
    drill.waits("a", TRAVEL)
    drill.ready(1)
    drill.waits("b")
    assert (turned_away(drill), drill.offers()) == ([], [("b", "agent-001")])
    drill.fails("b")
    assert turned_away(drill) == [], "it was in line already"


def test_a_full_queue_flows_over_where_there_is_room() -> None:
    routing = {"travel": Routing(full_at=1, overflow=Overflow(600, "general")), "general": Routing(full_at=1)}
    drill = Drill({1: EN}, replace(RULES, routing=routing))
    for call in "abc":
        drill.waits(call, queue="travel")
    assert [drill.call(call).queue for call in "ab"] == ["travel", "general"]
    assert turned_away(drill) == [("c", "full")]


def test_the_longest_wait_ends_with_a_word() -> None:
    drill = Drill({1: EN}, rules(longest_wait_s=300))
    drill.waits("a")
    drill.pass_time(299)
    assert turned_away(drill) == []
    drill.pass_time(1)
    assert turned_away(drill) == [("a", "late")]
    drill.ready(1)
    assert drill.offers() == []


def test_the_longest_wait_that_ends_while_ringing_waits_for_the_answer() -> None:
    drill = Drill({1: EN, 2: EN}, rules(longest_wait_s=20))
    drill.waits("a")
    drill.pass_time(15)
    drill.ready(1)
    drill.pass_time(10)
    assert turned_away(drill) == []
    drill.fails("a")
    assert turned_away(drill) == [("a", "late")]


def test_outside_hours_new_callers_are_told_and_waiting_ones_stay() -> None:
    open_ = Hours({0: (time(5), time(6, 0, 30))}, UTC)
    drill = Drill({1: EN}, rules(hours=open_))
    drill.waits("a")
    drill.pass_time(30)
    drill.waits("b")
    assert turned_away(drill) == [("b", "closed")]
    drill.ready(1)
    assert drill.offers() == [("a", "agent-001")]


def test_a_caller_turned_away_who_is_still_in_line_is_sent_again() -> None:
    drill = Drill(rules=rules(longest_wait_s=20))
    drill.waits("a")
    drill.pass_time(20)
    drill.pass_time(6)
    drill.again("a")
    assert turned_away(drill) == [("a", "late")] * 2
    drill.hear(e.Snapshot((seen_call("a", CallState.TURNED_AWAY),), {}))
    assert drill.call("a").state is CallState.TURNED_AWAY


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((2026, 3, 3, 5, 0), "today-0800"),
        ((2026, 3, 3, 9, 0), "thu-0800"),
        ((2026, 3, 5, 20, 0), "tomorrow-0830"),
        ((2026, 3, 6, 20, 0), "tue-0800"),
    ],
    ids=["before it opens", "tomorrow is a holiday", "tomorrow, at another time", "over a weekend and a holiday"],
)
def test_a_closed_queue_says_when_it_opens(now: tuple[int, int, int, int, int], said: str) -> None:
    days = {day: (time(8), time(9)) for day in range(4)} | {4: (time(8, 30), time(9))}
    hours = Hours(days, UTC, frozenset({date(2026, 3, 4), date(2026, 3, 9)}))
    assert hours.opens_next(datetime(*now, tzinfo=UTC)) == said


def test_what_is_always_open_or_not_open_in_a_week_says_nothing() -> None:
    assert Hours().opens_next(START) == ""
    closed = frozenset(START.date() + timedelta(days=ahead) for ahead in range(9))
    assert Hours({START.weekday(): (time(23), time(23, 30))}, UTC, closed).opens_next(START) == ""


def test_on_a_closed_day_new_callers_are_told_when_somebody_is_there_again() -> None:
    every_day = dict.fromkeys(range(7), (time(5), time(20)))
    drill = Drill({1: EN}, rules(hours=Hours(every_day, UTC)))
    drill.waits("before")
    drill.hear(ClosedDays(frozenset({START.date()})))
    drill.waits("a")
    assert turned_away(drill) == [("a", "closed")]
    assert [c.opens for c in drill.commands if isinstance(c, TurnAway)] == ["tomorrow-0500"]
    drill.hear(ClosedDays(frozenset()))
    drill.waits("b")
    assert turned_away(drill) == [("a", "closed")], "the holiday was taken back"


# ---- priority of a queue


def test_a_call_has_its_queues_priority_which_its_channel_is_told() -> None:
    drill = Drill({1: EN}, replace(RULES, routing={"travel": Routing(priority=2)}, point_s=60))
    drill.waits("a")
    drill.waits("b", queue="travel")
    assert [(c.call_id, c.priority) for c in drill.commands if isinstance(c, RaisePriority)] == [("b", 2)]
    drill.ready(1)
    assert drill.offers() == [("b", "agent-001")]


@pytest.mark.parametrize(("ago_s", "first"), [(119, "b"), (121, "a")], ids=["not yet", "by ageing"])
def test_a_wait_is_worth_the_priority_of_another_queue_in_time(ago_s: float, first: str) -> None:
    drill = Drill({1: EN}, replace(RULES, routing={"travel": Routing(priority=2)}, point_s=60))
    drill.waits("a", ago_s=ago_s)
    drill.waits("b", queue="travel")
    drill.ready(1)
    assert drill.offers()[0][0] == first


def test_a_higher_priority_that_a_call_has_already_stays() -> None:
    drill = Drill({1: EN}, replace(RULES, routing={"travel": Routing(priority=2)}))
    drill.waits("a", queue="travel", priority=3)
    assert not [c for c in drill.commands if isinstance(c, RaisePriority)]
    drill.waits("b", queue="travel")
    drill.ready(1)
    assert drill.offers() == [("a", "agent-001")]
