"""A citizen gives up the line, not the place: asked for by key, called near their turn, answered with the old wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from manager_line import ManagerLine
from routed_house import agent, agent_phone, calls_in, house_with_agents, kinds_of, make_ready, routing
from routed_house import until as floor_until
from running_asterisk import RunningAsterisk
from running_house import eventually
from test_asterisk_audio import write_tone

from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.carrier import Carrier, Line
from demonstration.listening import QUIET, RATE, loudness, tone_share
from queue_manager.runner import Runner
from queue_manager.view import CallView

ENGLISH = {"language:en": 3}
NUMBER = "0712345678"
TONES = {"callback-offer": 500.0, "callback-confirm": 620.0, "callback-kept": 740.0, "callback-hello": 860.0}
RULES = (
    "callback: {offer_over_s: 0, attempts: 2, spacing_s: 30, ring_s: 10}\nqueues: {general: {title: {en: A, sw: B}}}\n"
)


@pytest.fixture(scope="module")
def settings(centre: RunningAsterisk, carrier: RunningAsterisk, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    routing_file = tmp_path_factory.mktemp("rules") / "routing.yaml"
    routing_file.write_text(RULES)
    for language in ("en", "sw"):
        for name, hertz in TONES.items():
            write_tone(centre.settings.data_dir / "prompts" / language / f"{name}.wav", hertz)
    return centre.settings.model_copy(update={"routing": routing_file})


async def hears(line: Line, prompt: str, timeout_s: float = 15) -> None:
    """Wait until the prompt's tone is in what was heard."""

    recording, heard = sound_files.Growing(line.heard), np.zeros(0, np.float32)

    def look() -> bool | None:
        nonlocal heard
        heard = np.concatenate([heard, recording.more()])
        pieces = (heard[at : at + RATE // 5] for at in range(0, len(heard) - RATE // 5, RATE // 20))
        return any(loudness(one) >= QUIET and tone_share(one, TONES[prompt]) > 0.9 for one in pieces) or None

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


async def test_asked_by_key_called_near_the_turn_and_answered_with_the_wait_of_before(
    settings: Settings, centre_manager: ManagerLine
) -> None:
    engine = house_with_agents(settings, "callback", a1=ENGLISH)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        Carrier(settings) as carrier,
    ):
        kept = await keeps_place(runner, carrier, settings)
        assert not [m for m in centre_manager.events if m.is_user_event("OfferStarted")]
        await carrier.stays_by(NUMBER)
        await make_ready(runner, 1)
        line = await carrier.rings(NUMBER)
        assert agent(runner.view(), 1).state == "ready", "nobody is reserved for whoever may not answer"
        await line.pick_up()
        await hears(line, "callback-hello")
        await line.press("1")
        invite = await phone.invited()
        assert invite.get("X-CC-Call-Id") == kept.call_id
        phone.answer(invite)
        view = await floor_until(runner, lambda view: calls_in(view, "connected"))
        assert (view.calls[0].id, view.calls[0].waiting_since) == (kept.call_id, kept.before.waiting_since)
        await line.hang_up()
        await floor_until(runner, lambda view: not view.calls)
    assert kinds_of(engine, kept.call_id) == [
        "IvrFailed", "CallWaiting", "CallbackOffered", "CallbackAsked", "CallbackDialled", "CallbackReached",
        "CallOffered", "CallConnected", "CallEnded", "AgentWrappingUp",
    ]  # fmt: skip
