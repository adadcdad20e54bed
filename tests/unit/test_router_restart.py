"""A router that dies and comes back: nobody is lost, nobody is offered twice."""

from __future__ import annotations

from datetime import timedelta

from router_drill import RULES, START, Drill, seen_call

from contact_centre.facts import Fact, Kind
from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.memory import remembered_agents
from queue_manager.router import Router
from queue_manager.tallies import Tallies

EN = {"language:en": 3}
PHONES = {f"agent-{i:03d}": frozenset({"sip:there"}) for i in range(1, 5)}


def restarted(before: Drill, open_calls: dict[str, CallState], seen: tuple[e.SeenCall, ...]) -> Drill:
    """A new router that reads the old one's journal and then Asterisk's list."""
    after = Drill.__new__(Drill)
    after.__dict__.update(before.__dict__, router=Router(RULES, "next"), commands=[], now=before.now)
    after.load()
    after.hear(e.Remembered(remembered_agents(before.facts()), open_calls))
    after.hear(e.Snapshot(seen, PHONES))
    return after


def test_three_waiting_calls_all_reach_agents_in_their_order() -> None:
    before = Drill({1: EN, 2: EN, 3: EN})
    for number, call in enumerate("abc"):
        before.waits(call, ago_s=100 - number)
    since = {call: before.call(call).waiting_since or START for call in "abc"}
    seen = tuple(seen_call(call, CallState.WAITING, since=since[call]) for call in "cab")
    after = restarted(before, dict.fromkeys("abc", CallState.WAITING), seen)
    assert not after.facts(Kind.CALL_WAITING), "the journal knew them"
    after.ready(1, 2, 3)
    assert [call for call, _ in after.offers()] == ["a", "b", "c"]
    assert {call: after.call(call).waiting_since for call in "abc"} == since


def test_a_pause_asked_for_during_a_call_outlives_the_router() -> None:
    before = Drill({1: EN, 2: EN})
    before.ready(1)
    before.waits("a")
    before.answers("a")
    before.ask(r.Pause, 1, reason="lunch")
    seen = (seen_call("a", CallState.CONNECTED, before.call("a").offer_id, 1),)
    after = restarted(before, {"a": CallState.CONNECTED}, seen)
    assert after.agent(1).pause_next == "lunch"
    before.ask(r.SetReady, 1)
    assert restarted(before, {"a": CallState.CONNECTED}, seen).agent(1).pause_next is None
    after.leaves("a")
    after.pass_time(46)
    assert (after.agent(1).state, after.agent(1).reason) == (AgentState.PAUSED, "lunch")


def test_agents_are_as_they_were() -> None:
    before = Drill(dict.fromkeys(range(1, 5), EN))
    before.ready(1, 2, 3, 4)
    before.ask(r.Pause, 2, reason="lunch")
    before.waits("a")
    assert before.answers("a") == 1
    before.leaves("a")
    before.waits("b")
    assert before.answers("b") == 3
    seen = (seen_call("b", CallState.CONNECTED, before.call("b").offer_id, 3),)
    after = restarted(before, {"b": CallState.CONNECTED}, seen)
    for agent_id in range(1, 5):
        was, now = before.agent(agent_id), after.agent(agent_id)
        assert (was.state, was.since, was.reason, was.call_id, was.wrap_up_until) == (
            now.state, now.since, now.reason, now.call_id, now.wrap_up_until,
        )  # fmt: skip
    assert not after.facts(Kind.CALL_CONNECTED)
    after.pass_time(46)
    assert after.agent(1).state == "ready", "the wrap-up ends when it was to end"
    after.leaves("b")
    assert after.agent(3).state == "wrap_up"


def test_a_held_call_stays_held_and_is_resumed_once() -> None:
    before = Drill({1: EN})
    before.ready(1)
    before.waits("a")
    before.answers("a")
    before.pass_time(5)
    before.hear(e.AgentHeld("agent-001"))
    before.pass_time(10)
    seen = (seen_call("a", CallState.CONNECTED, before.call("a").offer_id, 1),)
    after = restarted(before, {"a": CallState.HELD}, seen)
    assert (after.call("a").state, after.agent(1).state) == ("held", "on_call")
    after.pass_time(20)
    after.hear(e.AgentResumed("agent-001"))
    assert after.call("a").state == "connected"
    [resumed] = after.facts(Kind.CALL_RESUMED)
    assert (resumed.call_id, resumed.agent_id) == ("a", 1)
    assert not after.router.ignored
    after.pass_time(5)
    after.leaves("a")
    tallies = Tallies(RULES.queues)
    for fact in before.facts() + after.facts():
        tallies.apply(fact)
    day = tallies.of_queue("general")
    assert (day.hold_s, day.talk_s) == (30, 10)


def test_an_offer_in_the_air_is_awaited_not_repeated() -> None:
    before = Drill({1: EN, 2: EN})
    before.ready(1, 2)
    before.waits("a")
    agent_id, offer_id = before.rings("a"), before.call("a").offer_id
    after = restarted(before, {"a": CallState.OFFERED}, (seen_call("a", CallState.OFFERED, offer_id, agent_id),))
    assert after.offers() == []
    assert after.agent(agent_id).state == "offered"
    after.hear(e.OfferAnswered("a", offer_id or ""))
    assert after.call("a").state == "connected"
    assert after.agent(agent_id).state == "on_call"


def test_an_offer_that_never_left_is_made_again() -> None:
    before = Drill({1: EN})
    before.ready(1)
    before.waits("a")
    after = restarted(before, {"a": CallState.OFFERED}, (seen_call("a", CallState.WAITING),))
    assert after.agent(1).state == "offered"
    assert after.offers() == [("a", "agent-001")]


def test_what_ended_meanwhile_is_closed_once() -> None:
    before = Drill({1: EN})
    before.ready(1)
    before.waits("a")
    before.waits("b")
    before.answers("a")
    after = restarted(before, {"a": CallState.CONNECTED, "b": CallState.WAITING, "i": CallState.IVR}, ())
    assert {f.call_id for f in after.facts(Kind.CALL_ENDED)} == {"a", "b", "i"}
    assert [f.call_id for f in after.facts(Kind.CALL_ABANDONED)] == ["b"]
    assert after.agent(1).state == "wrap_up"
    after.hear(e.Snapshot((), PHONES))
    after.leaves("a")
    assert len(after.facts(Kind.CALL_ENDED)) == 3


def test_an_agent_lost_while_nobody_listened_leaves_the_call_at_the_head() -> None:
    before = Drill({1: EN, 2: EN})
    before.ready(1)
    before.waits("a", ago_s=10)
    before.answers("a")
    before.waits("older", ago_s=100)
    seen = (
        seen_call("older", CallState.WAITING, since=START - timedelta(seconds=100)),
        seen_call("a", CallState.WAITING),
    )
    after = restarted(before, {"a": CallState.CONNECTED, "older": CallState.WAITING}, seen)
    assert after.facts(Kind.CALL_REQUEUED)
    after.ask(r.SignIn, 2)
    after.ask(r.SetReady, 2)
    assert after.offers()[0][0] == "a"


def test_while_the_link_is_down_nothing_is_offered_and_then_everything_is() -> None:
    drill = Drill({1: EN})
    drill.ready(1)
    drill.hear(e.LinkLost())
    drill.waits("a")
    assert drill.offers() == []
    drill.hear(e.Snapshot((seen_call("a", CallState.WAITING),), PHONES))
    assert drill.offers() == [("a", "agent-001")]
    assert [f.kind for f in drill.facts(Kind.ASTERISK_LOST, Kind.ASTERISK_FOUND)] == [
        Kind.ASTERISK_LOST, Kind.ASTERISK_FOUND,
    ]  # fmt: skip


def test_a_link_that_broke_between_offer_and_answer() -> None:
    drill = Drill({1: EN})
    drill.ready(1)
    drill.waits("a")
    drill.rings("a")
    offer_id = drill.call("a").offer_id
    drill.hear(e.LinkLost())
    drill.hear(e.Snapshot((seen_call("a", CallState.CONNECTED, offer_id, 1),), PHONES))
    assert drill.call("a").state == "connected"
    drill.hear(e.LinkLost())
    drill.hear(e.Snapshot((seen_call("a", CallState.REJOINING, offer_id, 1),), PHONES))
    assert drill.call("a").state == "rejoining"
    drill.hear(e.LinkLost())
    drill.hear(e.Snapshot((seen_call("a", CallState.WAITING),), PHONES))
    assert drill.call("a").position == 1
    assert drill.agent(1).reason == "lost"


def test_an_asterisk_that_restarted_has_no_calls() -> None:
    drill = Drill({1: EN, 2: EN})
    drill.ready(1, 2)
    drill.waits("a")
    drill.answers("a")
    drill.waits("b")
    drill.rings("b")
    drill.hear(e.LinkLost())
    drill.hear(e.Snapshot((), {}))
    assert drill.router.view(drill.now).calls == ()
    assert {drill.agent(1).state, drill.agent(2).state} == {"wrap_up", "ready"}
    assert not drill.agent(1).phone_registered


def test_missed_offers_are_remembered() -> None:
    facts = [
        Fact(Kind.AGENT_READY, START, None, 1),
        Fact(Kind.CALL_OFFERED, START, "a", 1, {"offer_id": "o"}),
        Fact(Kind.OFFER_FAILED, START, "a", 1, {"offer_id": "o", "reason": "no_answer"}),
    ]
    [agent] = remembered_agents(facts)
    assert (agent.state, agent.missed, agent.ready_since) == (AgentState.READY, 1, START)


def test_an_unknown_agent_talks_on_in_peace() -> None:
    drill = Drill({1: EN})
    drill.ready(1)
    drill.hear(e.Snapshot((seen_call("a", CallState.CONNECTED, "old", 9),), PHONES))
    assert drill.offers() == []
    drill.hear(e.AgentLost("a", "old"))
    drill.hear(e.RejoinFailed("a", "old"))
    drill.again("a")
    assert drill.offers() == [("a", "agent-001")], "nobody is lost"


def test_a_call_of_the_sample_data_brings_nobody_to_the_desk() -> None:
    connected = Fact(Kind.CALL_CONNECTED, START, "a-call", 7, {"offer_id": "an-offer"})
    (agent,) = remembered_agents([connected])
    assert agent.state is AgentState.SIGNED_OUT
