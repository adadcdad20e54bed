"""A house that is closed for a day: who wants a person asks to be called back, and is, when somebody is there again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from routed_house import agent, agent_phone, calls_in, kinds_of, make_ready, routing, until
from running_asterisk import house, start_carrier, start_centre
from running_ivr import running_ivr
from test_ivr_announcements import Ear

from contact_centre.database import connect, session_scope
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, AgentSkill, Holiday
from demonstration.carrier import Carrier
from queue_manager import runner as runner_module

NUMBER = "0712345673"
RULES = (
    "callback: {attempts: 2, spacing_s: 30, ring_s: 20}\nqueues:\n"
    "  general: {title: {en: General, sw: Jumla}}\n  travel: {title: {en: Travel, sw: Safari}}\n"
)


@pytest.fixture(scope="module")
def settings(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Open every day; today is a day of mourning."""
    data = tmp_path_factory.mktemp("mourning")
    (data / "prompts").mkdir()
    (data / "routing.yaml").write_text(RULES)
    found = house(data, ignore_hours=False, opens="00:00", closes="23:59", routing=data / "routing.yaml", speech="keys")
    migrate(found.url)
    engine = connect(found.url)
    with session_scope(engine) as session:
        session.add(AgentRow(id=1, extension="agent-001", name="Agent 1"))
        session.flush()
        session.add(AgentSkill(agent_id=1, skill="language:en", level=3))
        today = datetime.now(found.zone).date()
        session.add(Holiday(day=today, name_en="Day of mourning", name_sw="Siku ya maombolezo"))
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def closed_house(settings: Settings) -> Iterator[Settings]:
    with start_centre(settings), start_carrier(settings), running_ivr(settings):
        yield settings


async def test_asked_while_closed_nobody_is_dialled_before_it_opens_and_then_the_citizen_is(
    closed_house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_services.opening_hours.public_holidays", lambda years: {})
    monkeypatch.setattr(runner_module, "CLOSED_DAYS_EVERY_S", 0.2)
    engine, heard = connect(closed_house.url), tmp_path / "heard.wav"
    async with (
        routing(closed_house, engine) as runner,
        agent_phone(runner, closed_house, 1) as phone,
        Carrier(closed_house) as carrier,
    ):
        line = await carrier.place(closed_house.prefixes[0], NUMBER, heard=heard)
        await line.answered()
        ear = Ear(closed_house, line.heard)
        await ear.hears(ear.prompt("en/welcome"))
        await line.press("1")
        await ear.hears(ear.prompt("en/menu-main"))
        await line.press("0")
        await ear.hears(ear.prompt("en/callback-closed"))
        await line.press("1")
        await ear.hears(ear.prompt("en/callback-confirm"))
        await line.press("1")
        assert await line.ended() == 16
        call = calls_in(await until(runner, lambda view: calls_in(view, "callback")), "callback")[0]
        await carrier.stays_by(NUMBER)
        await make_ready(runner, 1)
        assert kinds_of(engine, call.id)[-1] == "CallbackAsked", "an agent is ready, and the house is closed"
        with session_scope(engine) as session:
            session.delete(session.get_one(Holiday, datetime.now(closed_house.zone).date()))
        back = await carrier.rings(NUMBER)
        await back.pick_up()
        ear = Ear(closed_house, back.heard)
        await ear.hears(ear.prompt("en/callback-hello"))
        await back.press("1")
        await ear.hears(ear.prompt("en/recording-notice"))
        await back.press("5")  # a key that refuses nothing cuts it short
        phone.answer(await phone.invited())
        connected = calls_in(await until(runner, lambda view: calls_in(view, "connected")), "connected")[0]
        assert (connected.id, connected.waiting_since) == (call.id, call.waiting_since)
        assert agent(runner.view(), 1).state == "on_call"
        await back.hang_up()
        await until(runner, lambda view: not view.calls)
    kinds = kinds_of(engine, call.id)
    order = ["CallbackAsked", "CallbackDialled", "CallbackReached", "CallOffered", "CallConnected", "CallEnded"]
    assert [kind for kind in kinds if kind in order] == order
    engine.dispose()
