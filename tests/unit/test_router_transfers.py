"""Calls that are handed on: to a queue."""

from __future__ import annotations

from router_drill import RULES, Drill, seen_call

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.ami_outbound import actions
from queue_manager.commands import Record, SendToQueue, TakeSnapshot
from queue_manager.tallies import Tallies

EN = {"language:en": 3}
TRAVEL = EN | {"agency:immigration": 3}


def talking(agents: dict[int, dict[str, int]] | None = None) -> Drill:
    """Agent 1 talks with the caller of `a`."""
    drill = Drill(agents or {1: EN, 2: TRAVEL})
    drill.ready(1)
    drill.waits("a", ago_s=20)
    assert drill.answers("a") == 1
    return drill


def to_travel(drill: Drill) -> bool:
    answer = drill.ask(r.TransferToQueue, 1, call_id="a", queue="travel", agency="immigration")
    return answer.accepted


def test_a_call_handed_to_a_queue_is_first_in_it_and_its_agent_wraps_up() -> None:
    drill = talking()
    drill.waits("b", "agency:immigration", queue="travel", ago_s=500)
    assert to_travel(drill)
    assert drill.call("a").state == "waiting"
    assert (drill.agent(1).state, drill.agent(1).call_id) == ("wrap_up", "a")
    drill.again("a")
    drill.ready(2)
    assert drill.offers()[-1] == ("a", "agent-002")
    assert drill.answers("a") == 2


def test_the_intent_is_written_before_the_caller_is_moved_and_the_wish_goes_along() -> None:
    drill = talking()
    to_travel(drill)
    kinds = [c.fact.kind for c in drill.commands if isinstance(c, Record)]
    moved = next(c for c in drill.commands if isinstance(c, SendToQueue))
    before = [c.fact.kind for c in drill.commands[: drill.commands.index(moved)] if isinstance(c, Record)]
    assert before[-2:] == [Kind.TRANSFER_ASKED, Kind.CALL_REQUEUED]
    assert kinds[-1] is Kind.AGENT_WRAPPING_UP
    sent = {a.get("Variable", "to"): a.get("Value", a.get("Context")) for a in actions(moved)}
    assert sent["CC_QUEUE"] == "travel"
    assert sent["CC_SKILLS"] == "agency:immigration|language:en"
    assert sent["to"] == "waiting"


def test_the_agent_who_handed_it_on_is_not_offered_it_again() -> None:
    drill = talking({1: TRAVEL, 2: TRAVEL})
    to_travel(drill)
    drill.again("a")
    drill.ask(r.FinishWrapUp, 1)
    assert drill.agent(1).state == "ready"
    assert drill.call("a").state == "waiting"
    drill.ready(2)
    assert drill.call("a").agent_id == 2


def test_only_the_agent_who_talks_with_the_caller_may_hand_the_call_on() -> None:
    drill = talking()
    drill.ready(2)
    for agent_id, call, queue in ((2, "a", "travel"), (1, "b", "travel"), (1, "a", "nowhere")):
        answer = drill.ask(r.TransferToQueue, agent_id, call_id=call, queue=queue)
        assert not answer.accepted
    assert drill.call("a").state == "connected"
    drill.hear(e.AgentLost("a", drill.call("a").offer_id or ""))
    assert not to_travel(drill), "the caller is not on the line with the agent"


def test_a_move_that_was_not_heard_of_is_looked_for_and_undone() -> None:
    drill = talking()
    offer_id = drill.call("a").offer_id
    to_travel(drill)
    assert TakeSnapshot() in drill.pass_time(6)
    drill.hear(e.Snapshot((seen_call("a", CallState.CONNECTED, offer_id, 1),), {"agent-001": frozenset({"sip:there"})}))
    assert drill.call("a").state == "connected"
    assert (drill.agent(1).state, drill.agent(1).call_id) == ("on_call", "a")


def test_a_snapshot_taken_on_the_way_changes_nothing() -> None:
    drill = talking()
    offer_id = drill.call("a").offer_id
    to_travel(drill)
    drill.hear(e.Snapshot((seen_call("a", CallState.CONNECTED, offer_id, 1),), {"agent-001": frozenset({"sip:there"})}))
    assert drill.call("a").state == "waiting"
    assert drill.agent(1).state == "wrap_up"


def test_reports_see_one_call_with_two_segments_and_the_flow_out_apart() -> None:
    drill = talking()
    drill.pass_time(30)
    to_travel(drill)
    drill.again("a")
    drill.pass_time(10)
    drill.ask(r.FinishWrapUp, 1)
    drill.ready(2)
    drill.answers("a")
    drill.pass_time(60)
    drill.leaves("a")
    drill.ask(r.FinishWrapUp, 2)
    tallies = Tallies(RULES.queues)
    for fact in drill.facts():
        tallies.apply(fact)
    first, second = tallies.of_queue("general"), tallies.of_queue("travel")
    assert (first.offered, first.answered, first.transferred, first.talk_s, first.wrap_up_s) == (1, 1, 1, 30, 10)
    assert (second.offered, second.answered, second.transferred, second.talk_s) == (1, 1, 0, 60)
    assert second.answered_wait_s == 10
    assert len(drill.facts(Kind.CALL_ENDED)) == 1
