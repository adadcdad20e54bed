"""A call handed on between two browsers: spoken with first, then left to the colleague; the recording goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import soundfile
from citizen import calling, tone_shares
from desk import MICROPHONE_HZ, at_desk, tone_file
from playwright.async_api import Browser, expect
from running_house import RunningHouse
from sqlalchemy import select

from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.tables import Account, Recording
from demonstration.carrier import Carrier
from recordings.naming import archive_dir

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

CALLER_HZ = 440
NOTE = "Wants a passport for a child; has both parents' IDs."


async def test_a_warm_transfer_from_one_browser_to_another(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    async with at_desk(chromium, huduma, "agent1") as first, at_desk(chromium, huduma, "agent2") as second:
        await first.become_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.waits_for_a_person()
            await first.answer()
            speaking = asyncio.create_task(citizen.line.say(tone_file(tmp_path / "caller.wav", CALLER_HZ, 120, 8000)))
            await first.hears_tone(CALLER_HZ)
            await second.become_ready()
            await first.page.locator("#note").fill(NOTE)
            await first.page.locator("#note").blur()

            await first.page.keyboard.press("t")
            field = first.page.get_by_role("combobox", name="To a colleague")
            await field.click()
            await first.page.get_by_role("option").filter(has_text=name_of(huduma, "agent2")).click()
            await first.nothing_is_found()
            await first.picture("transfer")
            await first.page.get_by_role("button", name="Speak first").click()
            await second.rings()
            await expect(second.page.get_by_text(f"Transferred by {name_of(huduma, 'agent1')}")).to_be_visible()
            await expect(second.page.get_by_role("blockquote").get_by_text(NOTE)).to_be_visible()
            await second.nothing_is_found()
            await second.picture("transferred-offer")
            await second.page.keyboard.press("Space")
            await expect(second.page.get_by_text("asks you first")).to_be_visible()
            await second.hears_tone(MICROPHONE_HZ)
            await first.hears_tone(MICROPHONE_HZ)
            await first.nothing_is_found()
            await first.picture("consulting")

            await first.page.get_by_role("button", name="Leave the call to").click()
            await second.talks()
            await second.hears_tone(CALLER_HZ)
            await citizen.hears_tone(MICROPHONE_HZ)
            await expect(first.page.get_by_role("button", name="Save, then ready")).to_be_visible()
            speaking.cancel()
            await second.end()
            await citizen.line.ended()
        completed = await citizen.fact(Kind.TRANSFER_COMPLETED)
        assert huduma.call(citizen.call_id).agent_id == completed.fact.agent_id
        await citizen.fact(Kind.RECORDING_ARCHIVED)
        the_recording_went_on(huduma, citizen.call_id)


def name_of(house: RunningHouse, username: str) -> str:
    """What colleagues read."""
    with read_scope(house.engine) as session:
        return session.scalars(select(Account.name).where(Account.username == username)).one()


def the_recording_went_on(house: RunningHouse, call_id: str) -> None:
    """Both sides at the end of it, when the second agent talked."""
    with read_scope(house.engine) as session:
        path = session.scalars(select(Recording.path).where(Recording.call_id == call_id)).one()
    sound, rate = soundfile.read(archive_dir(house.settings.data_dir) / path, dtype="int16")
    end = sound[-3 * rate :]
    assert max(tone_shares(np.asarray(end[:, 0], np.float32), CALLER_HZ, 0.25)) > 0.8
    assert max(tone_shares(np.asarray(end[:, 1], np.float32), MICROPHONE_HZ, 0.25)) > 0.8
    assert max(tone_shares(np.asarray(sound[: 3 * rate, 0], np.float32), CALLER_HZ, 0.25)) > 0.8
