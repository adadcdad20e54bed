"""What waiting does to a call, on a real Asterisk: steps, overflow, priority, closed days, the longest wait."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from manager_line import ManagerLine, Message
from routed_house import agent_phone, calls_in, facts_of, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk
from sqlalchemy import select
from subscriber import calling
from test_asterisk_audio import first_heard, read_wav, write_tone

from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from contact_centre.tables import CallRow, Holiday, QueueSegment
from queue_manager import runner as runner_module

QUEUES = """
queues:
  general:
    title: {{en: General, sw: Jumla}}
    {general}
  travel:
    title: {{en: Travel, sw: Safari}}
    priority: 2
"""
TONES = {"turned-away-late": 640.0, "turned-away-closed": 760.0, "opens-tomorrow": 880.0, "opens-at-0000": 1000.0}
POINT_S = 60


def settings_with(centre: RunningAsterisk, path: Path, general: str) -> Settings:
    """The house, with rules of its own for the general queue."""
    file = path / "routing.yaml"
    file.write_text(QUEUES.format(general="\n    ".join(general.splitlines())))
    return centre.settings.model_copy(update={"routing": file})


@pytest.mark.parametrize(
    ("rules", "queue", "step"),
    [
        ("levels: {language: 5}\nsteps: [{after_s: 2, relax: level}]", "general", 1),
        ("levels: {language: 5}\noverflow: {after_s: 2, to: travel}", "travel", 0),
    ],
    ids=["relaxed", "overflowed"],
)
async def test_a_wait_brings_an_agent_who_could_not_take_the_call_at_first(
    centre: RunningAsterisk, carrier_manager: ManagerLine, tmp_path: Path, rules: str, queue: str, step: int
) -> None:
    settings = settings_with(centre, tmp_path, rules)
    engine = house_with_agents(settings, f"waits_{queue}", a1={"language:en": 2})
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
    ):
        await make_ready(runner, 1)
        async with calling(carrier_manager, settings.prefixes[0]):
            call = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0]
            invite = await phone.invited()
            phone.answer(invite)
            view = await until(runner, lambda view: calls_in(view, "connected"))
            assert view.calls[0].queue == queue
            assert view.calls[0].waiting_since == call.waiting_since
    why = facts_of(engine, call.id, Kind.CALL_OFFERED)[0]["why"]
    assert why["waited_s"] >= 2
    assert [stage["ready"] for stage in why["steps"]] == ([0, 1] if step else [1])
    with read_scope(engine) as session:
        stays = [(row.queue, row.result) for row in session.scalars(select(QueueSegment).order_by(QueueSegment.id))]
    assert stays[-1] == (queue, "answered")
    assert stays[:-1] == ([] if step else [("general", "overflowed")])


@pytest.fixture(scope="module")
def tones(centre: RunningAsterisk) -> None:
    for name, hertz in TONES.items():
        write_tone(centre.settings.data_dir / "prompts" / "en" / f"{name}.wav", hertz)


def tones_in(recording: Path) -> list[str]:
    """The names of the tones that were heard, in their order."""
    heard = read_wav(recording)
    found = {name: first_heard(heard, hertz) for name, hertz in TONES.items()}
    return [name for at, name in sorted((at, name) for name, at in found.items() if at is not None)]


@pytest.mark.parametrize(
    ("sooner_s", "taken"), [(1.5 * POINT_S, "travel"), (2.5 * POINT_S, "general")], ids=["priority", "ageing"]
)
async def test_who_came_later_with_a_higher_priority_is_first_until_the_others_wait_is_worth_more(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine, tmp_path: Path,
    sooner_s: float, taken: str,
) -> None:  # fmt: skip
    settings = settings_with(centre, tmp_path, "")
    settings.routing.write_text(f"ageing_s: {POINT_S}\n{settings.routing.read_text()}")
    engine = house_with_agents(settings, f"priority_{taken}", a1={"language:en": 2})

    async def says(message: Message, name: str, value: str) -> None:
        await centre_manager.send(Action="Setvar", Channel=message.get("Channel"), Variable=name, Value=value)

    async with (
        calling(carrier_manager, settings.prefixes[0]),
        calling(carrier_manager, settings.prefixes[0], "0712345679"),
    ):
        first = await centre_manager.user_event("CallWaiting")
        second = await centre_manager.wait_for(
            lambda m: m.is_user_event("CallWaiting") and m.get("CallId") != first.get("CallId")
        )
        came = float(second.variables["CC_WAITING_SINCE"])
        await says(first, "CC_WAITING_SINCE", f"{came - sooner_s:.3f}")
        await says(second, "CC_QUEUE", "travel")  # as the conversation does
        async with routing(settings, engine) as runner, agent_phone(runner, settings, 1) as phone:
            await until(runner, lambda view: len(calls_in(view, "waiting")) == 2)
            told = await centre_manager.user_event(
                "CallWaiting", 30, len(centre_manager.events), CallId=second.get("CallId")
            )
            assert told.variables["CC_PRIORITY"] == "2", "the channel knows it"
            await make_ready(runner, 1)
            await phone.invited()
            offered = calls_in(await until(runner, lambda view: calls_in(view, "offered")), "offered")[0]
            assert (offered.queue, offered.id) == (taken, (second if taken == "travel" else first).get("CallId"))
    assert facts_of(engine, offered.id, Kind.CALL_OFFERED)[0]["why"]["priority"] == (2 if taken == "travel" else 0)


async def test_on_a_closed_day_a_caller_hears_when_somebody_is_there_again_until_the_day_is_taken_back(
    centre: RunningAsterisk, carrier_manager: ManagerLine, tmp_path: Path, tones: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_services.opening_hours.public_holidays", lambda years: {})
    monkeypatch.setattr(runner_module, "CLOSED_DAYS_EVERY_S", 0.2)
    settings = settings_with(centre, tmp_path, "").model_copy(
        update={"ignore_hours": False, "opens": "00:00", "closes": "23:59"}
    )
    engine = house_with_agents(settings, "closed_day", a1={"language:en": 2})
    today = datetime.now(settings.zone).date()
    with session_scope(engine) as session:
        session.add(Holiday(day=today, name_en="Day of mourning", name_sw="Siku ya maombolezo"))
    heard = tmp_path / "heard.wav"
    async with routing(settings, engine) as runner:
        async with calling(carrier_manager, settings.prefixes[0], heard=heard) as citizen:
            call = (await until(runner, lambda view: calls_in(view, "turned_away"))).calls[0]
            await citizen.ended()
            await carrier_manager.user_event("LineRecorded", LineId=citizen.line_id)
        assert tones_in(heard) == ["turned-away-closed", "opens-tomorrow", "opens-at-0000"]
        assert facts_of(engine, call.id, Kind.CALL_TURNED_AWAY)[0]["reason"] == "closed"
        with session_scope(engine) as session:
            session.delete(session.get_one(Holiday, today))
        await until(runner, lambda view: not runner.router.rules.routing_of("general").hours.closed)
        async with calling(carrier_manager, settings.prefixes[0]):
            stays = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0]
            await until(runner, lambda view: view.calls[0].position == 1)
            assert calls_in(runner.view(), "waiting")[0].id == stays.id


async def test_who_waited_longest_hears_so_and_is_hung_up(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine, tmp_path: Path, tones: None
) -> None:
    settings = settings_with(centre, tmp_path, "longest_wait_s: 2")
    engine = house_with_agents(settings, "late", a1={"language:en": 2})
    heard = tmp_path / "heard.wav"
    async with (
        routing(settings, engine) as runner,
        calling(carrier_manager, settings.prefixes[0], heard=heard) as citizen,
    ):
        call = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0]
        await citizen.ended()
        await carrier_manager.user_event("LineRecorded", LineId=citizen.line_id)
        assert tones_in(heard) == ["turned-away-late"]
        ended = await centre_manager.wait_for(lambda m: m.get("Event") == "Hangup" and m.get("Channel") == call.channel)
        assert (ended.variables["CC_STATE"], ended.variables["CC_TURNED_AWAY"]) == ("turned_away", "late")
        await until(runner, lambda view: not view.calls)
    assert kinds_of(engine, call.id)[-2:] == ["CallTurnedAway", "CallEnded"]
    with read_scope(engine) as session:
        row = session.get(CallRow, call.id)
        assert row is not None
        assert (row.state, row.outcome) == ("ended", "turned_away")
