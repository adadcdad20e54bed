"""A survey by key after the call, on a real Asterisk: the agent is free at once, the citizen is asked twice at most."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from manager_line import ManagerLine
from routed_house import agent, ask, facts_of, kinds_of, until
from running_asterisk import RunningAsterisk
from running_house import eventually
from test_asterisk_audio import write_tone
from test_transfer_calls import Conversation, conversation, nobody_is_left

from contact_centre.facts import Fact, Kind
from queue_manager import requests as r
from queue_manager.surveys import SurveyTally


@pytest.fixture
async def ended(centre: RunningAsterisk, carrier_manager: ManagerLine) -> AsyncIterator[Conversation]:
    """The agent has ended the call, with the survey switched on."""
    prompts = centre.settings.data_dir / "prompts" / "en"
    write_tone(prompts / "survey-ask.wav", 1300, 1)
    write_tone(prompts / "survey-thanks.wav", 1500)
    try:
        async with conversation(centre, carrier_manager, "survey", survey=True) as talk:
            await ask(talk.runner, r.EndCall, 1, call_id=talk.call_id)
            await talk.phones[0].wait_for(lambda m: m.first.startswith("BYE"))
            view = talk.runner.view()
            assert (agent(view, 1).state, agent(view, 1).call_id) == ("wrap_up", talk.call_id)
            assert not view.calls, "for the router the call is over"
            yield talk
    finally:
        (prompts / "survey-ask.wav").unlink()
        talk.engine.dispose()
        (centre.settings.data_dir / "survey.db").unlink()


async def test_one_key_is_the_answer(ended: Conversation) -> None:
    await ended.citizen.press("4")
    await ended.citizen.ended()
    await eventually(lambda: facts_of(ended.engine, ended.call_id, Kind.SURVEY_ANSWERED) or None, 5, lambda: "answer")
    assert facts_of(ended.engine, ended.call_id, Kind.SURVEY_ANSWERED) == [{"score": 4}]
    kinds = kinds_of(ended.engine, ended.call_id)
    assert kinds.count("CallEnded") == 1
    assert kinds.index("SurveyAsked") < kinds.index("CallEnded") < kinds.index("SurveyAnswered")
    await ask(ended.runner, r.FinishWrapUp, 1)
    assert agent(ended.runner.view(), 1).state == "ready"
    await nobody_is_left(ended)


async def test_a_wrong_key_is_asked_again_once_and_then_it_ends(ended: Conversation) -> None:
    await ended.citizen.press("9")
    await ended.citizen.press("0")
    await ended.citizen.ended()
    assert "SurveyAnswered" not in kinds_of(ended.engine, ended.call_id)
    await until(ended.runner, lambda view: not view.calls)
    await nobody_is_left(ended)


async def test_without_the_setting_the_citizen_is_hung_up(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "no_survey") as talk:
        await ask(talk.runner, r.EndCall, 1, call_id=talk.call_id)
        await talk.citizen.ended()
        await until(talk.runner, lambda view: not view.calls)
    assert "SurveyAsked" not in kinds_of(talk.engine, talk.call_id)


def test_the_mean_is_of_those_who_answered_and_the_share_of_those_asked() -> None:
    tally, now = SurveyTally(), datetime.now(UTC)
    assert (tally.mean, tally.share) == (None, None)
    for call_id, score in (("a", 5), ("b", 2), ("c", None), ("d", None)):
        tally.apply(Fact(Kind.SURVEY_ASKED, now, call_id, 1))
        if score is not None:
            tally.apply(Fact(Kind.SURVEY_ANSWERED, now, call_id, 1, {"score": score}))
    assert (tally.asked, tally.answered, tally.mean, tally.share) == (4, 2, 3.5, 0.5)
