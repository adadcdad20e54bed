"""The whole house once more, on PostgreSQL and with the router apart: set up, one call to an agent, everything kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from citizen import calling
from databases import fresh_postgresql
from desk import MICROPHONE_HZ, at_desk
from playwright.async_api import Browser
from running_house import house_running

from contact_centre.facts import Kind
from demonstration.carrier import Carrier

pytestmark = pytest.mark.timeout(400)


async def test_a_citizen_reaches_an_agent_of_a_house_on_postgresql(
    tmp_path: Path, postgresql_socket: Path, chromium: Browser
) -> None:
    with (
        fresh_postgresql(postgresql_socket, "template0") as url,
        house_running(tmp_path, database_url=url, router="apart", ring_s=5, music_slice_s=3) as huduma,
    ):
        async with Carrier(huduma.settings) as carrier, at_desk(chromium, huduma, "agent1") as desk:
            await desk.become_ready()
            async with calling(huduma, carrier) as citizen:
                await citizen.hears("en/welcome")
                await citizen.line.press("0")
                await citizen.stands_in_line()
                await desk.answer()
                await citizen.hears_tone(MICROPHONE_HZ)
                await desk.end()
                await citizen.line.ended()
            await huduma.fact(Kind.RECORDING_ARCHIVED, citizen.began_at, citizen.call_id)
        await huduma.no_channels()
        kept = huduma.call(citizen.call_id)
        assert (kept.outcome, kept.recording, kept.queue) == ("handled", "archived", "general")
        assert huduma.engine.dialect.name == "postgresql"
        assert not (huduma.settings.data_dir / "huduma.db").exists()
