"""In the midst of a call the page loses its sockets, or the console dies: the talk goes on, and End ends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from citizen import Citizen, calling
from desk import MICROPHONE_HZ, Desk, at_desk, tone_file
from playwright.async_api import Browser, expect
from running_house import RunningHouse
from wires import LIVE, SIP, Wires

from contact_centre.facts import Kind
from demonstration.carrier import Carrier

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

CALLER_HZ = 440
RECONNECTING = "Reconnecting. Your call is safe: go on talking."
NOTE = "Asked where to go; the console died in the midst of it."


@asynccontextmanager
async def talking(house: RunningHouse, carrier: Carrier, desk: Desk, directory: Path) -> AsyncIterator[Citizen]:
    """A ready agent and a citizen who speaks one tone, each heard by the other."""
    async with calling(house, carrier) as citizen:
        await citizen.waits_for_a_person()
        await desk.answer()
        speaking = asyncio.create_task(citizen.line.say(tone_file(directory / "caller.wav", CALLER_HZ, 120, 8000)))
        try:
            await both_are_heard(citizen, desk)
            yield citizen
        finally:
            speaking.cancel()


async def both_are_heard(citizen: Citizen, desk: Desk) -> None:
    """Sound goes both ways now."""
    await desk.hears_tone(CALLER_HZ)
    await citizen.hears_tone(MICROPHONE_HZ)


async def ended_by_the_agent(citizen: Citizen, desk: Desk) -> None:
    """End hangs the citizen up, and the agent writes it down."""
    await desk.end()
    assert await citizen.line.ended(15) == 16
    await citizen.fact(Kind.CALL_ENDED, by="agent")


async def saved(citizen: Citizen, desk: Desk) -> None:
    """The shortest disposition that can be saved, and the agent is ready again."""
    field = desk.page.get_by_role("combobox", name="What was it about?")
    await field.click()
    await desk.page.get_by_role("option").first.click()
    await desk.page.get_by_role("button", name="Save, then ready").click()
    await citizen.fact(Kind.DISPOSITION_SAVED)
    await desk.is_ready()


async def the_next_call_is_heard(house: RunningHouse, carrier: Carrier, desk: Desk, directory: Path) -> None:
    """A phone that still holds the last call in its hand, with nobody in it, would be busy."""
    async with talking(house, carrier, desk, directory) as citizen:
        await ended_by_the_agent(citizen, desk)
    await saved(citizen, desk)


async def test_lost_sockets_come_back_and_end_ends_the_call(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    wires = Wires()
    async with at_desk(chromium, huduma, "agent1", wires) as desk:
        await desk.become_ready()
        async with talking(huduma, carrier_driver, desk, tmp_path) as citizen:
            await wires.cut(SIP, LIVE)
            await expect(desk.page.get_by_text(RECONNECTING)).to_be_visible()
            await desk.picture("sockets-lost")
            await both_are_heard(citizen, desk)
            wires.mend()
            await desk.registered()
            await expect(desk.page.get_by_text(RECONNECTING)).to_be_hidden()
            await desk.talks()
            await both_are_heard(citizen, desk)
            await ended_by_the_agent(citizen, desk)
            assert Kind.AGENT_LOST not in citizen.kinds()
        await huduma.no_channels()
        await saved(citizen, desk)
        await the_next_call_is_heard(huduma, carrier_driver, desk, tmp_path)


async def test_end_without_the_phones_socket_leaves_no_ghost_and_the_next_call_is_heard(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    wires = Wires()
    async with at_desk(chromium, huduma, "agent1", wires) as desk:
        await desk.become_ready()
        async with talking(huduma, carrier_driver, desk, tmp_path) as citizen:
            await wires.cut(SIP)
            await expect(desk.page.locator("[data-line=lost]")).to_be_visible()
            await ended_by_the_agent(citizen, desk)
        await huduma.no_channels()
        wires.mend()
        await desk.registered()
        await saved(citizen, desk)
        await the_next_call_is_heard(huduma, carrier_driver, desk, tmp_path)


async def test_a_console_killed_in_a_call_interrupts_nobody_and_nothing_is_lost(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with talking(huduma, carrier_driver, desk, tmp_path) as citizen:
            await desk.page.locator("#note").fill(NOTE)
            await desk.page.locator("#note").blur()
            before = huduma.position()
            dead = huduma.signal("console", signal.SIGKILL)
            await expect(desk.page.get_by_text(RECONNECTING)).to_be_visible()
            await both_are_heard(citizen, desk)
            await huduma.replaced("console", dead)
            await huduma.fact(Kind.ROUTER_STARTED, before)
            await expect(desk.page.get_by_text(RECONNECTING)).to_be_hidden()
            await desk.talks()
            await desk.registered()
            await both_are_heard(citizen, desk)
            await ended_by_the_agent(citizen, desk)
            assert citizen.kinds().count(Kind.CALL_CONNECTED) == 1
            assert Kind.AGENT_LOST not in citizen.kinds()
        await saved(citizen, desk)
        call = huduma.call(citizen.call_id)
        assert (call.state, call.outcome, call.ended_by, call.note) == ("ended", "handled", "agent", NOTE)
        assert call.disposition


async def test_on_hold_the_citizen_hears_music_and_a_muted_agent_is_not_heard(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with talking(huduma, carrier_driver, desk, tmp_path) as citizen:
            await desk.page.keyboard.press("m")
            await expect(desk.page.get_by_role("button", name="Unmute")).to_be_visible()
            await citizen.hears_nothing()
            await desk.hears_tone(CALLER_HZ)
            await desk.page.keyboard.press("m")
            await citizen.hears_tone(MICROPHONE_HZ)
            await desk.page.keyboard.press("h")
            await expect(desk.page.get_by_text("On hold", exact=True)).to_be_visible()
            await citizen.hears_music(MICROPHONE_HZ)
            await desk.page.keyboard.press("h")
            await both_are_heard(citizen, desk)
            await ended_by_the_agent(citizen, desk)
        await saved(citizen, desk)
