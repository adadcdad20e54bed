"""Each program killed at its worst moment: supervisord starts another, and every caller still reaches a person."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
from citizen import calling
from desk import MICROPHONE_HZ, at_desk
from playwright.async_api import Browser, expect
from running_house import RunningHouse

from contact_centre.facts import Kind
from demonstration.carrier import Carrier

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

THREE = ("agent1", "agent2", "agent3")
NEVER = datetime.max.replace(tzinfo=UTC)


async def test_a_killed_router_loses_no_caller_and_keeps_their_order(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(at_desk(chromium, huduma, name)) for name in THREE]
        citizens = [await stack.enter_async_context(calling(huduma, carrier_driver)) for _ in THREE]
        await asyncio.gather(*(citizen.waits_for_a_person() for citizen in citizens))
        citizens.sort(key=lambda citizen: huduma.call(citizen.call_id).waiting_since or NEVER)
        before = huduma.position()
        await huduma.kill("console")
        started = await huduma.fact(Kind.ROUTER_STARTED, before)
        for citizen, desk in zip(citizens, desks, strict=True):
            assert citizen.line.is_up
            await expect(desk.page.get_by_role("button", name="Become ready")).to_be_enabled()
            await desk.registered()
            await desk.page.get_by_role("button", name="Become ready").click()
            await desk.answer()
            await citizen.fact(Kind.CALL_CONNECTED)
        await desks[0].picture("after-the-router-came-back")
        for citizen, desk in zip(citizens, desks, strict=True):
            await desk.end()
            assert await citizen.line.ended() == 16
            assert citizen.kinds().count(Kind.CALL_WAITING) == 1
            assert citizen.kinds().count(Kind.CALL_OFFERED) == 1
            assert citizen.kinds().count(Kind.CALL_CONNECTED) == 1
        connected = [r.fact for r in huduma.facts(started.position) if r.fact.kind is Kind.CALL_CONNECTED]
        assert [one.call_id for one in connected] == [citizen.call_id for citizen in citizens]
        assert len({one.agent_id for one in connected}) == 3


async def test_a_killed_ivr_is_apologised_for_and_the_caller_reaches_a_person(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.presses_language()
            await huduma.kill("ivr")
            await citizen.hears("en/apology")
            await citizen.stands_in_line()
            await desk.answer()
            await citizen.hears_tone(MICROPHONE_HZ)
            await desk.end()
            await citizen.line.ended()
        assert Kind.IVR_FAILED in citizen.kinds()
        assert citizen.heard_in_order("en/menu-main", "en/apology", "en/recording-notice")
        assert huduma.call(citizen.call_id).outcome == "handled"


async def test_a_killed_asterisk_comes_back_with_its_phones_and_takes_calls(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        before = huduma.position()
        await huduma.kill("asterisk")
        await huduma.fact(Kind.ASTERISK_LOST, before)
        await huduma.fact(Kind.ASTERISK_FOUND, before)
        await huduma.fact(Kind.PHONE_REGISTERED, before, timeout_s=60)
        await desk.registered()
        await desk.is_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.waits_for_a_person()
            await desk.answer()
            await citizen.hears_tone(MICROPHONE_HZ)
            await desk.picture("after-the-exchange-came-back")
            await desk.end()
            await citizen.line.ended()
