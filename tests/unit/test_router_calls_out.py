"""An agent calls a citizen, as the router sees it: what comes first, what fails, and a router killed in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from router_drill import RULES, Drill, seen_call

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.ami_outbound import actions
from queue_manager.commands import AskSurvey, CallOut, EndCall, EndLeg, Record, WithdrawOffer
from queue_manager.memory import remembered_agents
from queue_manager.tallies import Tallies

NUMBER = "+254722000123"
LEG = "PJSIP/agent-001-0000000a"
CITIZEN = ("PJSIP/trunk-out", "u-out")
WISH = e.Wish("en", "general", frozenset({"language:en"}), recording="armed")


def calling(paused: str | None = None, rules: object = RULES) -> Drill:
    """Agent 1 calls the citizen of `out`."""
    drill = Drill({1: {"language:en": 3}, 2: {"language:en": 3}}, rules)  # type: ignore[arg-type]
    drill.ready(1)
    if paused is not None:
        assert drill.ask(r.Pause, 1, reason=paused).accepted
    assert dial(drill)
    return drill


def dial(drill: Drill, call_id: str = "out", number: str = NUMBER) -> bool:
    about = {"number": number, "number_id": 7, "language": "en", "queue": "general", "case_id": 3}
    return drill.ask(r.CallCitizen, 1, call_id=call_id, **about).accepted


def offer_id(drill: Drill) -> str:
    return drill.call("out").offer_id or ""


def talking(drill: Drill) -> None:
    offer = offer_id(drill)
    drill.hear(out.CitizenRings("out", offer, LEG))
    drill.hear(out.CitizenAnswered("out", offer, *CITIZEN))
    drill.hear(out.CitizenJoined("out", offer, WISH))


def test_the_intent_is_written_before_anything_is_dialled_and_holds_no_number() -> None:
    drill = calling()
    order = next(c for c in drill.commands if isinstance(c, CallOut))
    before = [c.fact for c in drill.commands[: drill.commands.index(order)] if isinstance(c, Record)]
    assert before[-1].kind is Kind.CITIZEN_DIALLED
    assert before[-1].payload["case_id"] == 3
    assert "722000123" not in str(before[-1])
    assert "722000123" not in str(drill.router.view(drill.now))
    sent = actions(order)[0]
    assert (sent["Channel"], sent["Context"]) == ("PJSIP/agent-001", "call-out")
    assert "CALL_TO=0722000123," in sent["Variable"]
    assert actions(replace(order, number="+447911123456")) == [], "judged once more where it is dialled"


def test_who_calls_out_is_offered_nothing_and_counts_in_no_queue() -> None:
    drill = calling()
    drill.waits("a")
    assert drill.offers() == []
    talking(drill)
    assert (drill.agent(1).state, drill.call("out").state) == ("on_call", "connected")
    assert not dial(drill, "another")
    drill.leaves("out")
    assert (drill.agent(1).state, drill.agent(1).call_id) == ("wrap_up", "out")
    tallies = Tallies(RULES.queues)
    for fact in drill.facts():
        tallies.apply(fact)
    assert (tallies.of_queue("general").offered, tallies.of_queue("general").answered) == (1, 0)


@pytest.mark.parametrize(("paused", "after"), [(None, ("ready", None)), ("lunch", ("paused", "lunch"))])
def test_who_reached_nobody_is_what_they_were_before(paused: str | None, after: tuple[str, str | None]) -> None:
    drill = calling(paused)
    offer = offer_id(drill)
    drill.hear(out.CitizenRings("out", offer, LEG))
    drill.hear(out.CitizenNotReached("out", "another-offer", "busy"))
    assert drill.agent(1).state == "calling"
    for _ in range(2):
        drill.hear(out.CitizenNotReached("out", offer, "busy"))
    agent = drill.agent(1)
    assert (agent.state, agent.reason, agent.call_id, agent.not_reached) == (*after, None, "busy")
    assert len(drill.facts(Kind.CITIZEN_NOT_REACHED)) == len(drill.facts(Kind.CALL_ENDED)) == 1
    assert dial(drill, "again")


def test_giving_up_hangs_up_whoever_was_reached() -> None:
    drill = calling()
    assert drill.ask(r.EndCall, 1, call_id="out").accepted
    assert any(isinstance(c, WithdrawOffer) for c in drill.commands)
    drill.hear(out.CitizenAnswered("out", offer_id(drill), *CITIZEN))
    assert EndCall("out", CITIZEN[0]) in drill.commands
    drill.hear(e.CallerLeft("out", CITIZEN[1], 16))
    assert drill.facts(Kind.CITIZEN_NOT_REACHED)[0].payload["reason"] == "withdrawn"
    assert drill.agent(1).state == "ready"


def test_a_citizen_who_hangs_up_during_the_notice_and_a_phone_that_does_not_answer() -> None:
    drill = calling()
    drill.hear(out.CitizenAnswered("out", offer_id(drill), *CITIZEN))
    drill.hear(e.CallerLeft("out", CITIZEN[1], 16))
    assert drill.facts(Kind.CITIZEN_NOT_REACHED)[0].payload["reason"] == "left"
    assert dial(drill, "second")
    drill.hear(e.LegEnded("second", "agent-001", LEG))
    assert (drill.agent(1).state, drill.agent(1).reason) == ("paused", "phone")


def killed(drill: Drill) -> Drill:
    """The next router, which remembers what the journal holds."""
    after = Drill({1: {"language:en": 3}, 2: {"language:en": 3}})
    after.now = drill.now
    ended = {fact.call_id for fact in drill.facts(Kind.CALL_ENDED)}
    open_calls = {} if "out" in ended else {"out": drill.call("out").state}
    after.hear(e.LinkLost())
    after.hear(e.Remembered(remembered_agents(drill.facts()), open_calls))
    return after


def snapshot(drill: Drill, *calls: e.SeenCall, dials: tuple[out.SeenDial, ...] = ()) -> None:
    drill.hear(e.Snapshot(calls, {"agent-001": frozenset({"sip:there"})}, (), dials))


def test_the_next_router_goes_on_with_whatever_asterisk_shows() -> None:
    drill = calling("lunch")
    offer = offer_id(drill)
    seen = out.SeenDial("out", offer, "agent-001", LEG, True, WISH)
    notice = replace(seen_call("out", CallState.DIALLING, offer, 1), channel=CITIZEN[0], uniqueid=CITIZEN[1], wish=WISH)
    inside = e.SeenLeg("agent-001", LEG, True, "conference")
    joined = replace(notice, state=CallState.CONNECTED, in_conference=True, legs=(inside,))

    rings = killed(drill)
    snapshot(rings, dials=(seen,))
    assert (rings.agent(1).state, rings.call("out").outbound, offer_id(rings)) == ("calling", "citizen", offer)
    snapshot(rings, replace(notice, legs=(inside,)))
    assert rings.call("out").outbound == "notice"
    snapshot(rings, joined)
    assert (rings.agent(1).state, rings.call("out").state) == ("on_call", "connected")
    assert len(rings.facts(Kind.CALL_CONNECTED)) == len(rings.facts(Kind.RECORDING_ARMED)) == 1

    for sees in (notice, joined):
        late = killed(drill)
        snapshot(late, sees)
        assert late.call("out").agent_id == 1
        late.hear(e.CallerLeft("out", CITIZEN[1], 16))
        assert late.agent(1).state == ("paused" if sees is notice else "wrap_up")

    nothing = killed(drill)
    snapshot(nothing)
    assert (nothing.agent(1).state, nothing.agent(1).reason) == ("paused", "lunch")
    assert len(nothing.facts(Kind.CITIZEN_NOT_REACHED)) == len(nothing.facts(Kind.CALL_ENDED)) == 1
    snapshot(nothing, dials=(seen,))
    assert EndLeg(LEG) in nothing.commands, "what nobody knows of calls nobody"


def test_who_met_and_lost_the_agent_while_nobody_listened_waits_at_the_head_of_the_line() -> None:
    drill = calling()
    drill.hear(e.LinkLost())
    waits = seen_call("out", CallState.WAITING)
    snapshot(drill, replace(waits, channel=CITIZEN[0], uniqueid=CITIZEN[1], wish=WISH))
    assert drill.call("out").state == "waiting"
    assert drill.agent(1).state == "paused", "as everybody whose phone was lost"
    kinds = [fact.kind for fact in drill.facts() if fact.call_id == "out"]
    assert [kinds.count(kind) for kind in (Kind.CALL_CONNECTED, Kind.CALL_REQUEUED)] == [1, 1]


def test_an_attempt_that_asterisk_never_shows_is_over_and_a_young_one_is_waited_for() -> None:
    drill = calling()
    snapshot(drill)
    assert drill.agent(1).state == "calling", "the order may be on its way"
    drill.pass_time(3)
    snapshot(drill)
    assert drill.agent(1).state == "ready"
    assert drill.facts(Kind.CITIZEN_NOT_REACHED)[0].payload["reason"] == "lost"


@pytest.mark.parametrize("number", ["999", "+254900223456", "+15551234567", "agent-002", ""])
def test_what_may_not_be_dialled_changes_nothing(number: str) -> None:
    drill = Drill()
    drill.ready(1)
    assert not dial(drill, number=number)
    assert drill.agent(1).state == "ready"
    assert not drill.facts(Kind.CITIZEN_DIALLED)


def test_with_the_survey_on_the_call_is_over_for_the_agent_at_once() -> None:
    drill = calling(rules=replace(RULES, survey=True))
    talking(drill)
    assert drill.ask(r.EndCall, 1, call_id="out").accepted
    assert AskSurvey("out", CITIZEN[0]) in drill.commands
    assert drill.agent(1).state == "wrap_up"
    assert not drill.router.view(drill.now).calls
    for _ in range(2):
        drill.hear(out.SurveyAnswered("out", 4))
    answers = drill.facts(Kind.SURVEY_ANSWERED)
    assert {fact.id for fact in answers} == {"survey-out"}, "the journal takes it once"
    drill.leaves("out")
    assert len(drill.facts(Kind.CALL_ENDED)) == 1
