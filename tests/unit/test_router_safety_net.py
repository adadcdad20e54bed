"""Asterisk's own queue as the router sees it: members kept, its calls left alone, nobody rung twice, its log read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from router_drill import START, Drill

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import OfferCall
from queue_manager.queue_log import calls_in, read_log
from queue_manager.safety_net import Member, changes, members, unknown

BOTH = {"language:en": 3, "language:sw": 2}
LEG = "PJSIP/agent-001-0000000a"
LOG = """\
1795494596|MANAGER|net-en|agent-001|ADDMEMBER|PAUSED
1795494608|1795494596.0|net-en|NONE|NETTED|call-1/1795494596.847/sw/travel/immigration/5
1795494608|1795494596.0|net-en|NONE|ENTERQUEUE||0712345678|1
1795494608|1795494596.0|net-en|agent-001|CONNECT|0|1795494608.1|0
1795494668|1795494596.0|net-en|agent-001|COMPLETECALLER|0|60|1
1795494610|1795494608.2|net-en|NONE|NETTED|call-2/1795494608.896/en/general//0
1795494612|1795494608.2|net-en|agent-001|CONNECT|2|1795494610.3|2
1795494611|1795494610.4|net-en|NONE|NETTED|call-3/1795494610.926/en/general//0
1795494619|1795494610.4|net-en|NONE|ABANDON|1|1|8
1795494620|1795494619.5|net-en|NONE|NETTED|call-4/1795494618.100/en/general//0
""".splitlines()


HANDED_ON = """\
1795520022|1795520022.0|net-en|NONE|NETTED|3e2e8e68-8574-4f5f-8424-f5d16ca5581d/1795520022.139/en/general//0
1795520022|1795520022.0|net-en|NONE|ENTERQUEUE||0712345678|1
1795520023|1795520022.0|net-en|agent-001|CONNECT|1|1795520023.1|0
1795520023|1795520022.0|net-en|agent-001|COMPLETEAGENT|1|0|1
""".splitlines()
"""As Asterisk 22 wrote it when the agent spoke with a colleague and left the caller to them."""


def of(kind: Kind, facts: list) -> list[str | None]:  # type: ignore[type-arg]
    return [fact.call_id for fact in facts if fact.kind is kind]


def netted(drill: Drill, call_id: str) -> None:
    drill.hear(
        e.CallNetted(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", e.Wish(skills=frozenset({"language:en"})))
    )


def seen(call_id: str, state: CallState, offer_id: str | None = None, endpoint: str | None = None) -> e.SeenCall:
    wish = e.Wish("en", "general", frozenset({"language:en"}), 0, None, None, START)
    return e.SeenCall(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", state, wish, offer_id, endpoint, netted=True)


# ---- members


def test_members_are_those_signed_in_by_language_and_unpaused_only_when_they_can_be_rung() -> None:
    drill = Drill({1: BOTH, 2: {"language:en": 1}, 3: {"agency:kra": 3}, 4: BOTH})
    drill.ready(1, 3)
    drill.plug_in(2)
    drill.ask(r.SignIn, 2)
    assert members(drill.router.agents) == {
        "agent-001": Member(frozenset({"net-en", "net-sw"}), paused=False),
        "agent-002": Member(frozenset({"net-en"}), paused=True),
    }
    assert unknown(drill.router.agents).keys() == {"agent-004"}


def test_only_what_changed_is_said() -> None:
    en, both = frozenset({"net-en"}), frozenset({"net-en", "net-sw"})
    assert changes({}, {"agent-001": Member(en, True)}) == [
        {"Action": "QueueAdd", "Queue": "net-en", "MemberName": "agent-001", "Paused": "true"}
        | {"Interface": "PJSIP/agent-001"},
        {"Action": "QueuePause", "Interface": "PJSIP/agent-001", "Paused": "true"},
    ]
    assert changes({"agent-001": Member(en, True)}, {"agent-001": Member(en, False)}) == [
        {"Action": "QueuePause", "Interface": "PJSIP/agent-001", "Paused": "false"}
    ]
    assert changes({"agent-001": Member(both, True)}, {"agent-001": Member(en, True)}) == [
        {"Action": "QueueRemove", "Interface": "PJSIP/agent-001", "Queue": "net-sw"}
    ]
    assert [action["Action"] for action in changes({"agent-001": Member(both, True)}, {})] == ["QueueRemove"] * 2
    assert changes({"agent-001": Member(both, True)}, {"agent-001": Member(both, True)}) == []


# ---- its calls


def test_a_call_in_the_net_is_not_redirected_until_it_is_heard_from_the_line_again() -> None:
    drill = Drill()
    drill.waits("c1")
    netted(drill, "c1")
    drill.ready(1)
    assert not [c for c in drill.commands if isinstance(c, OfferCall)]
    drill.again("c1")
    assert [c.call_id for c in drill.commands if isinstance(c, OfferCall)] == ["c1"]


def test_an_agent_whom_the_net_rings_or_talks_to_is_offered_nothing() -> None:
    drill = Drill()
    drill.ready(1)
    netted(drill, "c1")
    drill.hear(e.NetRings("c1", "net-7", "agent-001"))
    drill.waits("c2")
    assert drill.agent(1).call_id == "c1"
    drill.hear(e.NetAnswered("c1", "net-7", "agent-001", LEG))
    assert (drill.agent(1).state, drill.call("c1").state) == ("on_call", "connected")
    assert not [c for c in drill.commands if isinstance(c, OfferCall)]
    drill.leaves("c1")
    assert drill.agent(1).state == "wrap_up"


def test_who_does_not_answer_the_net_is_paused_and_the_call_stays_there() -> None:
    drill = Drill()
    drill.ready(1)
    netted(drill, "c1")
    drill.hear(e.NetRings("c1", "net-7", "agent-001"))
    drill.hear(e.LegEnded("c1", "agent-001", LEG))
    assert (drill.agent(1).state, drill.agent(1).reason) == ("paused", "missed")
    assert drill.call("c1").state == "waiting"
    drill.ask(r.SetReady, 1)
    assert not [c for c in drill.commands if isinstance(c, OfferCall)]


def test_events_of_the_net_that_fit_nothing_change_nothing() -> None:
    drill = Drill()
    drill.ready(1)
    drill.waits("c1")
    before = drill.router.view(drill.now)
    for event in (
        e.NetRings("nobody", "net-1", "agent-001"),
        e.NetRings("c1", "net-1", "agent-099"),
        e.NetAnswered("nobody", "net-1", "agent-001", LEG),
        e.NetAnswered("c1", "net-1", "agent-001", LEG),
        e.LegEnded("c1", "agent-001", LEG),
    ):
        assert drill.hear(event) == []
    assert replace(drill.router.view(drill.now), ignored=0) == before
    assert drill.router.ignored.total() == 4


def test_a_router_that_comes_back_finds_the_nets_calls_as_they_are() -> None:
    drill = Drill({1: BOTH, 2: BOTH})
    drill.ready(1, 2)
    calls = (
        seen("c1", CallState.CONNECTED, "net-1", "agent-001"),
        seen("c2", CallState.WAITING),
    )
    drill.hear(e.Snapshot(calls, {f"agent-{n:03}": frozenset({"sip:there"}) for n in (1, 2)}))
    assert drill.agent(1).state == "on_call"
    assert drill.call("c2").state == "waiting"
    assert drill.agent(2).state == "ready"
    calls = (calls[0], seen("c2", CallState.OFFERED, "net-2", "agent-002"))
    drill.hear(e.Snapshot(calls, {f"agent-{n:03}": frozenset({"sip:there"}) for n in (1, 2)}))
    assert drill.agent(2).state == "offered"
    drill.hear(e.Snapshot((calls[0], seen("c2", CallState.WAITING)), {}))
    assert drill.agent(2).state == "ready"
    assert not [c for c in drill.commands if isinstance(c, OfferCall)]


def test_calls_that_the_net_served_have_not_given_up() -> None:
    drill = Drill()
    drill.waits("c1")
    drill.hear(e.LinkLost())
    commands = drill.hear(e.NetServed(ended=frozenset({"c1", "c9"}), agents=frozenset({1})))
    commands += drill.hear(e.Snapshot((), {}))
    kinds = [c.fact.kind for c in commands if hasattr(c, "fact")]
    assert Kind.CALL_ABANDONED not in kinds
    assert kinds.count(Kind.CALL_ENDED) == 2


# ---- its log


def test_the_log_becomes_facts() -> None:
    reading = read_log(LOG, {"agent-001": 1}, set(), {})
    assert of(Kind.CALL_WAITING, reading.facts) == ["call-1", "call-2", "call-3", "call-4"]
    assert of(Kind.CALL_CONNECTED, reading.facts) == ["call-1", "call-2"]
    assert of(Kind.CALL_ABANDONED, reading.facts) == ["call-3"]
    assert of(Kind.CALL_ENDED, reading.facts) == ["call-1", "call-3"]
    assert (reading.connected, reading.ended, reading.inside) == ({"call-2"}, {"call-1", "call-3"}, {"call-4"})
    assert reading.agents == {1}
    first = reading.facts[0]
    assert first.id == "waiting-call-1"
    assert dict(first.payload) == {
        "queue": "travel", "language": "sw", "skills": ["agency:immigration", "language:sw"], "priority": 5,
        "agency": "immigration",
    }  # fmt: skip
    assert calls_in(LOG) == {"call-1", "call-2", "call-3", "call-4"}


def test_a_second_reading_makes_the_same_facts_and_leaves_out_what_was_heard_live() -> None:
    ids = [fact.id for fact in read_log(LOG, {"agent-001": 1}, set(), {}).facts]
    assert ids == [fact.id for fact in read_log(LOG, {"agent-001": 1}, set(), {}).facts]
    live = read_log(LOG, {"agent-001": 1}, {"net-1795494608.1"}, {})
    assert of(Kind.CALL_CONNECTED, live.facts) == ["call-2"]


def test_torn_and_hostile_lines_are_passed_over() -> None:
    hostile = [
        "", "|||||", "x|y|z", "1795494608|1795494596.0|net-en|NONE|NETTED|",
        "1795494608|1795494596.0|net-en|NONE|NETTED|../../etc/passwd/1/en/general//0",
        "99999999999999999999|1|net-en|NONE|NETTED|call-9/1/en/general//0",
        "1795494608|7.7|net-en|NONE|NETTED|call-8/never/xx/${SHELL}/'; DROP/many",
        "1795494609|7.7|net-en|agent-001|CONNECT|0|bad id\r\n|0",
        "1795494609|8.8|net-en|agent-001|CONNECT|0|1795494608.1|0",
        "\0\0\0|" * 9, "a" * 100_000,
    ]  # fmt: skip
    reading = read_log(hostile, {}, set(), {})
    assert [(fact.kind, fact.call_id) for fact in reading.facts] == [(Kind.CALL_WAITING, "call-8")]
    assert reading.facts[0].payload["queue"] == "general"


def test_a_call_that_a_router_handed_on_is_not_over_when_the_queue_is_done_with_it() -> None:
    call_id, answered = "3e2e8e68-8574-4f5f-8424-f5d16ca5581d", datetime.fromtimestamp(1795520023, UTC)
    handed_on = read_log(HANDED_ON, {"agent-001": 1}, set(), {call_id: [answered + timedelta(seconds=0.4)]})
    assert of(Kind.CALL_CONNECTED, handed_on.facts) == [call_id]
    assert not of(Kind.CALL_ENDED, handed_on.facts)
    assert not handed_on.ended | handed_on.connected | handed_on.inside
    before = read_log(HANDED_ON[:3], {"agent-001": 1}, set(), {call_id: [answered]})
    assert not before.connected, "it is the router's"
    for when in ([], [answered - timedelta(minutes=5)], [answered + timedelta(minutes=5)]):
        assert read_log(HANDED_ON, {"agent-001": 1}, set(), {call_id: when}).ended == {call_id}
