"""Every router is away: a citizen who has waited long is answered all the same, in a page that has no server."""

from __future__ import annotations

import asyncio

import pytest
from citizen import calling
from desk import MICROPHONE_HZ, at_desk
from manager_line import ManagerLine
from playwright.async_api import Browser, expect
from running_house import RunningHouse

from contact_centre.facts import Kind
from demonstration.carrier import Carrier

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up


async def is_past_the_deadline(house: RunningHouse) -> None:
    """Say of every call that it has waited for so long, as it would be after `safety_net_s`."""
    secret = house.settings.secrets["manager"]
    async with ManagerLine.to(house.settings.manager_port, "huduma", secret) as line:
        await line.send(Action="CoreShowChannels")
        await line.wait_for(lambda message: message.get("Event") == "CoreShowChannelsComplete")
        for seen in [m for m in line.events if m.get("Event") == "CoreShowChannel"]:
            await line.send(Action="Setvar", Channel=seen.get("Channel"), Variable="CC_DEADLINE", Value="1")


async def test_asterisks_own_queue_rings_the_agents_page_and_the_journal_has_the_call(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        await asyncio.sleep(1)  # nothing tells that Asterisk's own queue has heard of it
        with huduma.house.without("console"):
            async with calling(huduma, carrier_driver) as citizen:
                await citizen.presses_language()
                await citizen.line.press("0")
                await citizen.hears("en/recording-notice")
                await citizen.line.press("5")
                await is_past_the_deadline(huduma)
                answer = desk.page.get_by_role("button", name="Answer")
                await expect(answer).to_be_visible(timeout=40_000)
                await desk.picture("no-router-rings")
                await answer.click()
                await citizen.hears_tone(MICROPHONE_HZ)
                await desk.picture("no-router-talks")
                await desk.page.get_by_role("button", name="Hang up").click()
                assert await citizen.line.ended() == 16
        await huduma.fact(Kind.ROUTER_STARTED, citizen.began_at)
        await citizen.fact(Kind.CALL_CONNECTED)
        kinds = citizen.kinds()
        assert [kinds.count(kind) for kind in (Kind.CALL_WAITING, Kind.CALL_CONNECTED, Kind.CALL_ENDED)] == [1, 1, 1]
        assert Kind.CALL_ABANDONED not in kinds
        assert huduma.call(citizen.call_id).outcome == "handled"
        await desk.is_ready()
