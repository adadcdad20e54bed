"""A citizen gives up the line, not the place: asked for by key, called near their turn, answered with the old wait."""

from __future__ import annotations

import asyncio
import secrets
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from manager_line import ManagerLine
from routed_house import agent, agent_phone, ask, calls_in, facts_of, house_with_agents, kinds_of, make_ready, routing
from routed_house import until as floor_until
from running_asterisk import RunningAsterisk, as_environment
from running_house import eventually
from test_asterisk_audio import write_tone
from test_router_waits_told import TALK_S, earlier_calls
from udp_phone import UdpPhone

from asterisk_conf.credentials import let_in
from contact_centre.facts import Kind
from contact_centre.settings import PROJECT_ROOT, Settings
from demonstration import sound_files
from demonstration.carrier import Carrier, Line
from demonstration.listening import QUIET, RATE, loudness, tone_share
from queue_manager import requests as r
from queue_manager.expected_wait import LEAST_TALKS
from queue_manager.runner import Runner
from queue_manager.view import CallView

ENGLISH = {"language:en": 3}
NUMBER = "0712345678"
TONES = {
    "callback-offer": 500.0, "callback-confirm": 620.0, "callback-kept": 740.0, "callback-hello": 860.0,
    "callback-enter": 1000.0, "callback-right": 1150.0, "callback-refused": 1300.0,
    "digit-9": 1450.0, "callback-instead": 1600.0,
}  # fmt: skip
RULES = (
    "callback: {offer_over_s: 0, attempts: 2, spacing_s: 30, ring_s: 10}\n"
    "queues: {general: {title: {en: A, sw: B}, full_at: 1}}\n"
)


@pytest.fixture(scope="module")
def settings(centre: RunningAsterisk, carrier: RunningAsterisk, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    routing_file = tmp_path_factory.mktemp("rules") / "routing.yaml"
    routing_file.write_text(RULES)
    for language in ("en", "sw"):
        for name, hertz in TONES.items():
            write_tone(centre.settings.data_dir / "prompts" / language / f"{name}.wav", hertz)
    return centre.settings.model_copy(update={"routing": routing_file})


async def hears(line: Line, prompt: str, timeout_s: float = 15, times: int = 1) -> None:
    """Wait until the prompt's tone is in what was heard, so many times."""

    recording, heard = sound_files.Growing(line.heard), np.zeros(0, np.float32)

    def look() -> bool | None:
        nonlocal heard
        heard = np.concatenate([heard, recording.more()])
        pieces = (heard[at : at + RATE // 5] for at in range(0, len(heard) - RATE // 5, RATE // 20))
        there = [loudness(one) >= QUIET and tone_share(one, TONES[prompt]) > 0.9 for one in pieces]
        return sum(now and not before for before, now in pairwise([False, *there])) >= times or None

    await eventually(look, timeout_s, lambda: f"{prompt} was not heard")


@dataclass
class Kept:
    """A citizen whose place is kept."""

    call_id: str
    before: CallView


async def keeps_place(runner: Runner, carrier: Carrier, settings: Settings, number: str = NUMBER) -> Kept:
    """Call, ask for a callback by key, be told and hung up."""
    line = await carrier.place(settings.prefixes[0], number)
    await line.answered()
    before = (await floor_until(runner, lambda view: calls_in(view, "waiting"))).calls[-1]
    await hears(line, "callback-offer")
    await line.press("1")
    await hears(line, "callback-confirm")
    await line.press("1")
    assert await line.ended() == 16
    await hears(line, "callback-kept")
    await floor_until(runner, lambda view: any(c.id == before.id and not c.channel for c in calls_in(view, "callback")))
    return Kept(before.id, before)


async def test_asked_by_key_called_near_the_turn_and_once_though_the_router_is_killed_and_answered_with_the_old_wait(
    settings: Settings, centre_manager: ManagerLine, carrier_manager: ManagerLine
) -> None:
    engine = house_with_agents(settings, "callback_killed", a1=ENGLISH)
    async with AsyncExitStack() as stack:
        carrier = await stack.enter_async_context(Carrier(settings))
        await carrier.stays_by(NUMBER)
        async with routing(settings, engine) as runner:
            kept = await keeps_place(runner, carrier, settings)
            await make_ready(runner, 1)  # without a phone yet
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "tests/router_process.py", str(engine.url), cwd=PROJECT_ROOT,
            env=as_environment(settings), stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        phone = await stack.enter_async_context(UdpPhone.plugged_in("agent-001", settings.sip_port))
        password = secrets.token_urlsafe(24)
        for action in let_in("agent-001", password):
            await centre_manager.send(**action)
        assert await phone.register(password) == 200
        line = await carrier.rings(NUMBER)
        killed.kill()
        await killed.wait()
        assert kinds_of(engine, kept.call_id)[-1] == "CallbackDialled", "the intent, and no result"
        runner = await stack.enter_async_context(routing(settings, engine))
        await floor_until(runner, lambda view: agent(view, 1).state == "ready" and agent(view, 1).phone_registered)
        await line.pick_up()
        await hears(line, "callback-hello")
        await line.press("1")
        phone.answer(await phone.invited())
        view = await floor_until(runner, lambda view: calls_in(view, "connected"))
        assert (view.calls[0].id, view.calls[0].waiting_since) == (kept.call_id, kept.before.waiting_since)
        await line.hang_up()
        await floor_until(runner, lambda view: not view.calls)
        await phone.register(password, expires_s=0)
    assert kinds_of(engine, kept.call_id) == [
        "IvrFailed", "CallWaiting", "CallbackOffered", "CallbackAsked", "CallbackDialled", "CallbackReached",
        "CallOffered", "CallConnected", "CallEnded", "AgentWrappingUp",
    ]  # fmt: skip
    assert len([m for m in carrier_manager.events if m.is_user_event("LineRings", Number=NUMBER)]) == 1


async def test_when_the_line_is_full_a_number_is_entered_checked_said_back_and_when_busy_tried_again_later(
    settings: Settings,
) -> None:
    engine = house_with_agents(settings, "callback_entered", a1=ENGLISH)
    other = "0712345679"
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        Carrier(settings) as carrier,
    ):
        first = await carrier.place(settings.prefixes[0], NUMBER)
        await floor_until(runner, lambda view: calls_in(view, "waiting"))
        line = await carrier.place(settings.prefixes[0], None)
        await line.answered()
        call_id = calls_in(await floor_until(runner, lambda view: calls_in(view, "turned_away")), "turned_away")[0].id
        await hears(line, "callback-instead")
        await line.press("1")
        await hears(line, "callback-enter")
        await line.press("0900223456#")
        await hears(line, "callback-right")
        await hears(line, "digit-9")
        await line.press("1")
        await hears(line, "callback-refused")
        await line.press(f"{other}#")
        await hears(line, "callback-right", times=2)
        await line.press("1")
        assert await line.ended() == 16
        await carrier.stays_by(other)
        await make_ready(runner, 1)
        phone.answer(await phone.invited())  # the first, who was offered it and stayed
        await floor_until(runner, lambda view: calls_in(view, "connected"))
        await first.hang_up()
        await floor_until(runner, lambda view: agent(view, 1).state == "wrap_up")
        await ask(runner, r.FinishWrapUp, 1)
        await (await carrier.rings(other)).refuse()
        failed = await eventually(
            lambda: facts_of(engine, call_id, Kind.CALLBACK_FAILED) or None, 10, lambda: "no failure"
        )
        assert failed[0]["reason"] == "busy"
        assert [call.id for call in calls_in(runner.view(), "callback")] == [call_id]
    assert [fact["reason"] for fact in facts_of(engine, call_id, Kind.CALLBACK_REFUSED)] == ["special"]


@pytest.mark.parametrize("seen", [LEAST_TALKS, LEAST_TALKS - 1], ids=["foreseen", "not known"])
async def test_a_citizen_is_dialled_at_the_predicted_turn_while_nobody_is_ready_and_not_when_it_is_not_known(
    seen: int, settings: Settings, tmp_path: Path
) -> None:
    rules = tmp_path / "routing.yaml"
    rules.write_text(RULES.replace("ring_s: 10", f"ring_s: 10, lead_s: {2 * TALK_S}"))
    settings = settings.model_copy(update={"routing": rules})
    engine, other = house_with_agents(settings, f"callback_turn_{seen}", a1=ENGLISH), "0712345671"
    earlier_calls(engine, tmp_path, seen)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        Carrier(settings) as carrier,
    ):
        await carrier.stays_by(NUMBER)
        await make_ready(runner, 1)
        talking = await carrier.place(settings.prefixes[0], other)
        phone.answer(await phone.invited())
        await floor_until(runner, lambda view: calls_in(view, "connected"))
        kept = await keeps_place(runner, carrier, settings)
        if seen < LEAST_TALKS:
            await talking.hang_up()  # the agent's next call comes when it is free, and not before
            await floor_until(runner, lambda view: agent(view, 1).state == "wrap_up")
            assert "CallbackDialled" not in kinds_of(engine, kept.call_id)
            await ask(runner, r.FinishWrapUp, 1)
            await carrier.rings(NUMBER)
            return
        await carrier.rings(NUMBER)
        assert kinds_of(engine, kept.call_id)[-1] == "CallbackDialled"
        assert agent(runner.view(), 1).state == "on_call", "nobody is ready, nor reserved"
        await talking.hang_up()
