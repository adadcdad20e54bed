"""The router is killed between a fact and its order: the next one does what was intended, once."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from fact_scenes import killed
from killed_scene import RULES, Killed, Scene, goes_on, rebuilt
from rebuilding import remembered

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback, OfferCallback
from queue_manager.commands import (
    CallOut,
    RaisePriority,
    SendToQueue,
    TurnAway,
)
from queue_manager.expected_wait import WaitRange
from queue_manager.router import Router
from queue_manager.rules import HEAD_OF_LINE, TRANSFERRED, Overflow, Routing


def lost_with_its_order(kind: Kind) -> Scene:
    """The fact was written, its order never given."""
    return goes_on(killed(kind, obeyed=False))


def test_who_lost_an_agent_keeps_the_head_of_the_line() -> None:
    scene = lost_with_its_order(Kind.CALL_REQUEUED)
    scene.arrives("before", priority=3)
    assert scene.model.channels["a"].wish.priority == HEAD_OF_LINE
    scene.ready(2)
    assert scene.offers()[-1][0] == "a"
    again = goes_on(scene)
    assert not [c for c in rebuilt(again)[1] if isinstance(c, RaisePriority)], "it was raised once"


def test_who_is_heard_of_before_the_first_snapshot_keeps_the_head_too() -> None:
    scene = killed(Kind.CALL_REQUEUED, obeyed=False)
    scene.router = Router(RULES, "next")
    scene.load()
    scene.hear(remembered(scene.facts()))
    scene.hears_all()
    assert scene.call("a").state == "waiting"
    scene.hear(scene.snapshot())
    assert scene.model.channels["a"].wish.priority == HEAD_OF_LINE
    scene.arrives("before", priority=3)
    assert (scene.call("a").position, scene.call("before").position) == (1, 2)
    scene.ready(2)
    assert scene.offers()[-1][0] == "a"
    assert len({fact.id for fact in scene.facts(Kind.CALL_WAITING) if fact.call_id == "a"}) == 1


def test_nobody_is_taken_out_of_asterisks_own_queue() -> None:
    scene = Scene(Kind.TRANSFER_ASKED, obeyed=False)
    with contextlib.suppress(Killed):
        given_to_a_queue(scene)
    scene.until = None
    channel = scene.model.channels["a"]
    channel.drop_all()
    channel.state = CallState.WAITING
    seen = replace(scene.snapshot().calls[0], netted=True)
    router = Router(RULES, "next")
    router.handle(scene.roster, scene.now)
    router.handle(remembered(scene.facts()), scene.now)
    commands = router.handle(replace(scene.snapshot(), calls=(seen,)), scene.now)
    assert not [command for command in commands if isinstance(command, SendToQueue)]


def test_who_was_to_be_asked_how_it_went_is_asked_and_the_call_stays_over() -> None:
    scene = lost_with_its_order(Kind.SURVEY_ASKED)
    assert "a" not in scene.model.channels, "they are in the survey"
    assert len(scene.facts(Kind.CALL_CONNECTED)) == len(scene.facts(Kind.CALL_ENDED)) == 1
    scene.hear(out.SurveyAnswered("a", 4))
    [answer] = scene.facts(Kind.SURVEY_ANSWERED)
    assert (answer.call_id, answer.agent_id) == ("a", 1)
    assert scene.agent(1).state == "wrap_up"


def test_an_answer_that_comes_to_the_next_router_is_still_the_agents() -> None:
    scene = goes_on(killed(Kind.SURVEY_ASKED))
    scene.hear(out.SurveyAnswered("a", 2))
    assert [fact.agent_id for fact in scene.facts(Kind.SURVEY_ANSWERED)] == [1]


def given_to_a_queue(scene: Scene) -> None:
    scene.answered()
    scene.ask(r.TransferToQueue, 1, call_id="a", queue="travel")


@pytest.mark.parametrize("obeyed", [True, False])
def test_who_was_given_to_a_queue_gets_there_and_is_answered_by_nobody_yet(obeyed: bool) -> None:
    scene = Scene(Kind.TRANSFER_ASKED, obeyed=obeyed)
    with contextlib.suppress(Killed):
        given_to_a_queue(scene)
    scene.until = None
    given_at = scene.now
    scene.now += timedelta(seconds=3)
    goes_on(scene)
    call, channel = scene.call("a"), scene.model.channels["a"]
    assert (call.state, call.queue, call.waiting_since) == ("waiting", "travel", given_at)
    assert (channel.state, channel.wish.queue, channel.wish.priority) == ("waiting", "travel", TRANSFERRED)
    assert not channel.legs
    assert len(scene.facts(Kind.CALL_CONNECTED)) == 1
    assert scene.agent(1).state == "wrap_up"
    scene.ready(2)
    assert scene.offers()[-1] == ("a", "agent-002")


def test_who_flowed_over_stays_where_they_went() -> None:
    full = replace(RULES, routing={"general": Routing(overflow=Overflow(300, "travel"), full_at=1)})
    scene = Scene(Kind.CALL_OVERFLOWED, obeyed=False, rules=full)
    scene.arrives("first")
    with contextlib.suppress(Killed):
        scene.arrives("a")
    goes_on(scene)
    assert (scene.call("a").queue, scene.model.channels["a"].wish.queue) == ("travel", "travel")
    assert len({fact.id for fact in scene.facts(Kind.CALL_OVERFLOWED)}) == 1


def test_who_was_turned_away_hears_the_true_reason() -> None:
    full = replace(RULES, routing={"general": Routing(full_at=1)})
    scene = Scene(Kind.CALL_TURNED_AWAY, obeyed=False, rules=full)
    scene.arrives("first")
    with contextlib.suppress(Killed):
        scene.arrives("a")
    goes_on(scene)
    scene.now += timedelta(seconds=6)
    scene.model.another_slice(scene.model.channels["a"])
    scene.hears_all()
    assert [(c.call_id, c.reason) for c in scene.commands if isinstance(c, TurnAway)][-1] == ("a", "full")


def test_a_colleague_who_has_the_call_keeps_it() -> None:
    scene = lost_with_its_order(Kind.TRANSFER_COMPLETED)
    channel = scene.model.channels["a"]
    assert (scene.call("a").agent_id, channel.endpoint) == (2, "agent-002")
    assert (scene.agent(1).state, scene.agent(2).state) == ("wrap_up", "on_call")
    assert len({fact.id for fact in scene.facts(Kind.TRANSFER_COMPLETED)}) == 1
    assert len(scene.facts(Kind.AGENT_WRAPPING_UP)) == 1, "the wrap-up of who asked goes on, and does not begin anew"


def test_a_colleague_who_was_never_rung_is_free_and_the_transfer_has_failed() -> None:
    scene = lost_with_its_order(Kind.TRANSFER_ASKED)
    assert (scene.call("a").state, scene.call("a").agent_id) == ("connected", 1)
    assert (scene.agent(1).state, scene.agent(2).state) == ("on_call", "ready")
    [failed] = scene.facts(Kind.TRANSFER_FAILED)
    assert (failed.agent_id, failed.payload["reason"]) == (2, "lost")


def test_a_cold_transfer_that_was_answered_unheard_is_completed() -> None:
    scene = Scene(None)
    channel = scene.answered()
    scene.ready(2)
    scene.ask(r.TransferToAgent, 1, call_id="a", to_agent_id=2)
    ringing = channel.at("ringing")
    assert ringing is not None
    channel.picks_up(ringing)
    channel.sent.clear()
    goes_on(scene)
    assert (scene.call("a").agent_id, scene.agent(1).state, scene.agent(2).state) == (2, "wrap_up", "on_call")
    [completed] = scene.facts(Kind.TRANSFER_COMPLETED)
    assert (completed.agent_id, completed.payload["from_agent"]) == (2, 1)
    assert not scene.facts(Kind.TRANSFER_FAILED)


@pytest.mark.parametrize("kind", [Kind.CALL_OFFERED, Kind.CALLBACK_OFFERED])
def test_an_order_that_may_be_given_again_is(kind: Kind) -> None:
    scene = lost_with_its_order(kind)
    if kind is Kind.CALLBACK_OFFERED:
        scene.hear(e.WaitsForecast({"a": WaitRange(60.0, 900.0)}))
        assert scene.model.channels["a"].callback_told
    else:
        assert scene.model.channels["a"].state is CallState.OFFERED
    assert len({fact.id for fact in scene.facts(Kind.CALLBACK_OFFERED)}) == (kind is Kind.CALLBACK_OFFERED)


@pytest.mark.parametrize("kind", [Kind.CALLBACK_DIALLED, Kind.CITIZEN_DIALLED])
def test_a_citizen_who_may_have_been_dialled_is_not_dialled_again_at_once(kind: Kind) -> None:
    scene = killed(kind, obeyed=False)
    scene.now += timedelta(seconds=10)
    before = len(scene.commands)
    goes_on(scene)
    assert not [c for c in scene.commands[before:] if isinstance(c, DialCallback | CallOut)]
    assert scene.facts(Kind.CALLBACK_FAILED, Kind.CITIZEN_NOT_REACHED)[-1].payload["reason"] == "lost"
    assert scene.agent(1).state == "ready"


def test_who_was_offered_a_callback_is_not_offered_it_again_by_the_next_router() -> None:
    scene = goes_on(killed(Kind.CALLBACK_OFFERED))
    commands = scene.hear(e.WaitsForecast({"a": WaitRange(60.0, 900.0)}))
    assert not [command for command in commands if isinstance(command, OfferCallback)]
