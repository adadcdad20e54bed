"""Calls that are handed to a colleague: rung at once, or spoken with first; joined, completed, taken back, and lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from router_drill import RULES, START, Drill, seen_call

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.ami_outbound import actions
from queue_manager.commands import (
    BackToCaller,
    BringBack,
    Consult,
    EndCall,
    EndLeg,
    HandOver,
    JoinAll,
    NameAgent,
    SendToColleague,
    TakeSnapshot,
    WithdrawOffer,
)
from queue_manager.events import SeenLeg
from queue_manager.memory import remembered_agents
from queue_manager.tallies import Tallies

EN = {"language:en": 3}
LEG = {1: "PJSIP/agent-001-00000001", 2: "PJSIP/agent-002-00000002"}
HERE = {f"agent-{seat:03d}": frozenset({"sip:there"}) for seat in (1, 2, 3)}


class Talk(Drill):
    """Agent 1 talks with the caller of `a`; agents 2 and 3 are ready."""

    def __init__(self) -> None:
        super().__init__({1: EN, 2: EN, 3: EN})
        self.ready(1)
        self.waits("a", ago_s=20)
        self.rings("a")
        self.hear(e.OfferAnswered("a", self.call("a").offer_id or "", LEG[1]))
        self.ready(2, 3)

    @property
    def transfer_id(self) -> str:
        return str(self.facts(Kind.TRANSFER_ASKED)[-1].payload["transfer_id"])

    def asks(self, *, speak_first: bool, to: int = 2) -> bool:
        return self.ask(r.TransferToAgent, 1, call_id="a", to_agent_id=to, speak_first=speak_first).accepted

    def steers(self, to: str) -> bool:
        return self.ask(r.SteerTransfer, 1, call_id="a", to=to).accepted

    def picks_up(self) -> None:
        self.hear(e.TransferAnswered("a", self.transfer_id, LEG[2]))

    def enters(self, agent_id: int) -> None:
        self.hear(e.ConferenceJoined("a", f"agent-{agent_id:03d}", LEG[agent_id]))

    def leg_ends(self, agent_id: int) -> None:
        self.hear(e.LegEnded("a", f"agent-{agent_id:03d}", LEG[agent_id]))

    def last(self, kind: type) -> object:
        return [command for command in self.commands if isinstance(command, kind)][-1]

    def states(self) -> tuple[str, str, str]:
        return str(self.call("a").state), str(self.agent(1).state), str(self.agent(2).state)


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def consulting(talk: Talk) -> Talk:
    assert talk.asks(speak_first=True)
    talk.picks_up()
    assert talk.states() == ("transferring", "on_call", "on_call")
    return talk


def test_only_a_ready_colleague_is_asked_and_only_once(talk: Talk) -> None:
    talk.ask(r.Pause, 3, reason="lunch")
    assert not talk.asks(speak_first=True, to=3)
    assert not talk.asks(speak_first=True, to=1)
    assert not talk.asks(speak_first=True, to=9)
    assert talk.asks(speak_first=True)
    assert not talk.asks(speak_first=False)
    assert not talk.ask(r.TransferToQueue, 1, call_id="a", queue="travel").accepted
    assert not talk.ask(r.SteerTransfer, 2, call_id="a", to="complete").accepted


def test_a_cold_transfer_belongs_to_the_agent_until_the_colleague_answers(talk: Talk) -> None:
    assert talk.asks(speak_first=False)
    assert isinstance(talk.last(SendToColleague), SendToColleague)
    assert talk.last(EndLeg) == EndLeg(LEG[1])
    assert talk.states() == ("transferring", "on_call", "offered")
    talk.picks_up()
    assert talk.states() == ("connected", "wrap_up", "on_call")
    assert talk.call("a").agent_id == 2
    assert talk.agent(1).call_id == "a"
    talk.hear(e.AgentLost("a", talk.transfer_id))
    assert talk.call("a").state == "rejoining"


@pytest.mark.parametrize(("reason", "pause"), [("no_answer", "missed"), ("unreachable", "phone")])
def test_a_cold_transfer_that_fails_comes_back_to_the_agent(talk: Talk, reason: e.OfferFailure, pause: str) -> None:
    offer_id = talk.call("a").offer_id or ""
    talk.asks(speak_first=False)
    talk.hear(e.TransferFailed("a", talk.transfer_id, reason))
    assert talk.agent(2).reason == pause
    talk.hear(e.AgentLost("a", offer_id))
    assert (talk.call("a").state, talk.call("a").agent_id) == ("rejoining", 1)
    talk.hear(e.OfferAnswered("a", offer_id, LEG[1]))
    assert talk.states() == ("connected", "on_call", "paused")


def test_a_colleague_who_cannot_is_paused_and_the_agent_back_with_the_caller(talk: Talk) -> None:
    talk.asks(speak_first=True)
    assert talk.ask(r.Decline, 2, offer_id=talk.transfer_id).accepted
    assert talk.last(WithdrawOffer) == WithdrawOffer(talk.transfer_id, "agent-002")
    talk.hear(e.TransferFailed("a", talk.transfer_id, "no_answer"))
    talk.enters(1)
    assert talk.states() == ("connected", "on_call", "paused")
    assert talk.agent(2).reason == "declined"


def test_completed_the_call_is_the_colleagues_and_the_agent_wraps_up(consulting: Talk) -> None:
    assert consulting.steers("complete")
    assert consulting.last(HandOver) == HandOver("a", consulting.transfer_id, LEG[1], LEG[2], 1)
    assert not consulting.steers("return"), "on the way"
    consulting.leg_ends(1)
    assert consulting.states() == ("transferring", "on_call", "on_call"), "not before the colleague is with the caller"
    consulting.enters(2)
    assert consulting.states() == ("connected", "wrap_up", "on_call")
    named = consulting.last(NameAgent)
    assert isinstance(named, NameAgent)
    assert (named.offer_id, named.endpoint) == (consulting.transfer_id, "agent-002")
    consulting.leaves("a")
    assert consulting.agent(2).state == "wrap_up"


def test_a_colleague_who_falls_away_between_the_moves_leaves_nobody_alone(consulting: Talk) -> None:
    consulting.steers("complete")
    consulting.leg_ends(1)
    consulting.leg_ends(2)
    assert isinstance(consulting.last(BringBack), BringBack)
    consulting.hear(e.AgentLost("a", consulting.call("a").offer_id or ""))
    assert consulting.states() == ("rejoining", "on_call", "ready")


def test_all_three_then_either_agent_may_go(consulting: Talk) -> None:
    assert consulting.steers("join")
    assert consulting.last(JoinAll) == JoinAll("a", consulting.transfer_id, LEG[1], LEG[2], 1)
    consulting.enters(1)
    consulting.enters(2)
    assert consulting.states() == ("connected", "on_call", "on_call")
    assert len(consulting.facts(Kind.TRANSFER_JOINED)) == 1
    assert consulting.ask(r.EndCall, 2, call_id="a").accepted
    assert consulting.last(EndLeg) == EndLeg(LEG[2])
    assert not [c for c in consulting.commands if isinstance(c, EndCall)], "only the colleague leaves"
    consulting.leg_ends(2)
    assert consulting.states() == ("connected", "on_call", "wrap_up")


def test_a_caller_held_by_the_first_of_three_is_held_when_the_second_goes(consulting: Talk) -> None:
    """The end of a transfer ends a hold for whoever reads the journal; the agent's phone holds on."""
    assert consulting.steers("join")
    for agent_id in (1, 2):
        consulting.enters(agent_id)
    consulting.hear(e.AgentHeld("agent-001"))
    consulting.leg_ends(2)
    assert consulting.states() == ("held", "on_call", "wrap_up")
    told = [one.kind for one in consulting.facts() if one.kind in (Kind.CALL_HELD, Kind.TRANSFER_FAILED)]
    assert told == [Kind.CALL_HELD, Kind.TRANSFER_FAILED, Kind.CALL_HELD]
    consulting.hear(e.AgentResumed("agent-001"))
    assert consulting.states() == ("connected", "on_call", "wrap_up")


def test_an_agent_lost_from_the_three_leaves_the_call_to_the_colleague(consulting: Talk) -> None:
    consulting.steers("join")
    consulting.enters(2)
    consulting.leg_ends(1)
    assert consulting.states() == ("connected", "wrap_up", "on_call")


def test_taken_back_while_ringing_and_while_speaking(talk: Talk) -> None:
    talk.asks(speak_first=True)
    assert talk.steers("return")
    assert isinstance(talk.last(BackToCaller), BackToCaller)
    talk.enters(1)
    assert talk.states() == ("connected", "on_call", "ready")
    talk.asks(speak_first=True)
    talk.picks_up()
    talk.steers("return")
    talk.enters(1)
    talk.leg_ends(2)
    assert talk.states() == ("connected", "on_call", "ready")
    assert [f.payload["reason"] for f in talk.facts(Kind.TRANSFER_FAILED)] == ["returned", "returned"]


def test_the_colleague_goes_the_agent_goes_the_caller_goes(consulting: Talk) -> None:
    consulting.hear(e.ConsultEnded("a", consulting.transfer_id))
    consulting.enters(1)
    assert consulting.states() == ("connected", "on_call", "ready")
    consulting.asks(speak_first=True)
    consulting.picks_up()
    consulting.leg_ends(1)
    consulting.hear(e.AgentLost("a", consulting.call("a").offer_id or ""))
    assert consulting.states() == ("rejoining", "on_call", "ready")
    consulting.hear(e.OfferAnswered("a", consulting.call("a").offer_id or "", LEG[1]))
    consulting.asks(speak_first=True)
    consulting.picks_up()
    consulting.leaves("a")
    assert (consulting.agent(1).state, consulting.agent(2).state) == ("wrap_up", "ready")
    assert {EndLeg(LEG[1]), EndLeg(LEG[2])} <= {c for c in consulting.commands if isinstance(c, EndLeg)}


def test_an_order_that_asterisk_refuses_changes_nothing(talk: Talk) -> None:
    talk.asks(speak_first=True)
    talk.hear(e.TransferRefused("a", talk.transfer_id))
    assert talk.states() == ("connected", "on_call", "ready")
    talk.asks(speak_first=True)
    talk.picks_up()
    talk.steers("complete")
    talk.hear(e.TransferRefused("a", talk.transfer_id))
    assert talk.steers("join")


def test_events_of_another_transfer_are_counted_and_change_nothing(consulting: Talk) -> None:
    before = consulting.router.ignored.total()
    consulting.hear(e.TransferAnswered("a", "other", LEG[2]))
    consulting.hear(e.ConsultEnded("a", "other"))
    consulting.hear(e.TransferFailed("b", consulting.transfer_id, "busy"))
    consulting.hear(e.LegEnded("a", "agent-002", "PJSIP/agent-002-000000ff"))
    assert consulting.states() == ("transferring", "on_call", "on_call")
    assert consulting.router.ignored.total() == before + 3


def test_both_legs_are_moved_by_one_redirect(consulting: Talk) -> None:
    consulting.steers("complete")
    for command, ours, extra in ((Consult, "caller", "s"), (HandOver, "agent", "left")):
        redirects = [a for a in actions(consulting.last(command)) if a["Action"] == "Redirect"]  # type: ignore[arg-type]
        assert [(a["Exten"], a["ExtraExten"]) for a in redirects] == [(ours, extra)]


def test_a_transfer_gone_silent_is_looked_for(talk: Talk) -> None:
    talk.asks(speak_first=True)
    assert TakeSnapshot() in talk.pass_time(21)
    legs = (SeenLeg("agent-001", LEG[1], True, "conference"),)
    talk.hear(e.Snapshot((conference(talk, legs),), HERE))
    assert talk.states() == ("connected", "on_call", "ready")


def conference(talk: Talk, legs: tuple[SeenLeg, ...]) -> e.SeenCall:
    """The caller as a snapshot shows them in the conference, with these legs."""
    state = CallState.CONNECTED if any(leg.place == "conference" for leg in legs) else CallState.TRANSFERRING
    one = seen_call("a", state, talk.facts(Kind.CALL_CONNECTED)[-1].payload["offer_id"], 1)
    return e.SeenCall(
        one.call_id, one.channel, one.uniqueid, state, one.wish, one.offer_id, one.endpoint, legs, True,
        talk.transfer_id, "agent-002",
    )  # fmt: skip


RINGS = (SeenLeg("agent-001", LEG[1], True, "consulting"), SeenLeg("agent-002", LEG[2], False))
SPEAKS = (SeenLeg("agent-001", LEG[1], True, "consulting"), SeenLeg("agent-002", LEG[2], True))
TOGETHER = tuple(SeenLeg(f"agent-00{n}", LEG[n], True, "conference") for n in (1, 2))


@pytest.mark.parametrize(
    ("legs", "states", "agent_id"),
    [
        (RINGS, ("transferring", "on_call", "offered"), 1),
        (SPEAKS, ("transferring", "on_call", "on_call"), 1),
        (TOGETHER, ("connected", "on_call", "on_call"), 1),
        (TOGETHER[:1], ("connected", "on_call", "ready"), 1),
        (TOGETHER[1:], ("connected", "wrap_up", "on_call"), 2),
    ],
    ids=["ringing", "speaking", "all three", "back", "completed"],
)
def test_a_router_that_begins_in_the_middle_believes_the_legs(
    consulting: Talk, legs: tuple[SeenLeg, ...], states: tuple[str, str, str], agent_id: int
) -> None:
    after = Drill({1: EN, 2: EN, 3: EN})
    facts = [fact for fact in consulting.facts() if fact.kind is not Kind.TRANSFER_ANSWERED]
    after.hear(e.Remembered(remembered_agents(facts), {"a": CallState.TRANSFERRING}))
    after.hear(e.Snapshot((conference(consulting, legs),), HERE))
    assert (after.call("a").state, after.agent(1).state, after.agent(2).state) == states
    assert after.call("a").agent_id == agent_id
    after.now += timedelta(seconds=3)
    after.hear(e.Snapshot((conference(consulting, legs),), HERE))
    assert (after.call("a").state, after.agent(1).state, after.agent(2).state) == states


def test_a_caller_alone_in_the_conference_is_brought_back(consulting: Talk) -> None:
    after = Drill({1: EN, 2: EN, 3: EN})
    after.hear(e.Remembered(remembered_agents(consulting.facts()), {"a": CallState.TRANSFERRING}))
    after.hear(e.Snapshot((conference(consulting, ()),), HERE))
    after.now += timedelta(seconds=3)
    commands = after.hear(e.Snapshot((conference(consulting, ()),), HERE))
    assert BringBack("a", "PJSIP/trunk-a", 1) in commands


def test_a_caller_whom_nobody_sent_back_is_looked_for(consulting: Talk) -> None:
    consulting.leg_ends(1)
    assert TakeSnapshot() in consulting.pass_time(6)
    commands = consulting.hear(e.Snapshot((conference(consulting, ()),), HERE))
    assert BringBack("a", "PJSIP/trunk-a", 1) in commands


def test_legs_whose_caller_is_gone_are_hung_up(talk: Talk) -> None:
    assert EndLeg(LEG[1]) in talk.hear(e.Snapshot((), HERE, (LEG[1],)))


def test_reports_see_one_call_and_both_agents_work(consulting: Talk) -> None:
    consulting.pass_time(10)
    consulting.steers("complete")
    consulting.enters(2)
    consulting.pass_time(30)
    consulting.leaves("a")
    tallies = Tallies(RULES.queues)
    for fact in consulting.facts():
        tallies.apply(fact)
    day = tallies.of_queue("general")
    assert (day.offered, day.answered, day.transferred, day.handled) == (1, 1, 1, 2)
    assert (day.hold_s, day.talk_s) == (10, 30)
    assert consulting.now > START
