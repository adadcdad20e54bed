"""The caller in line, the agent's phone, and every way from one to the other, as the router works them over AMI."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from manager_line import ManagerLine, Message
from running_asterisk import RunningAsterisk
from subscriber import Subscriber, calling
from udp_phone import UdpPhone

from asterisk_conf import credentials

PASSWORD = "a-password-of-one-sign-in"


@pytest.fixture
async def phone(centre: RunningAsterisk, centre_manager: ManagerLine) -> AsyncIterator[UdpPhone]:
    async with UdpPhone.plugged_in("agent-003", centre.settings.sip_port) as phone:
        for action in credentials.let_in("agent-003", PASSWORD):
            await centre_manager.send(**action)
        assert await phone.register(PASSWORD) == 200
        yield phone
        for action in credentials.shut_out("agent-003"):
            await centre_manager.send(**action)


@asynccontextmanager
async def in_line(centre: ManagerLine, carrier: ManagerLine) -> AsyncIterator[tuple[Subscriber, Message]]:
    async with calling(carrier, "1919") as citizen:
        yield citizen, await centre.user_event("CallWaiting")


async def offer(manager: ManagerLine, waiting: Message, offer_id: str, ring_s: int = 10, **more: str) -> None:
    variables = {"CC_OFFER_ID": offer_id, "CC_OFFER_AGENT": "agent-003", "CC_RING_S": str(ring_s)} | more
    for name, value in variables.items():
        await manager.send(Action="Setvar", Channel=waiting.get("Channel"), Variable=name, Value=value)
    await manager.send(Action="Redirect", Channel=waiting.get("Channel"), Context="offer", Exten="s", Priority="1")


async def no_channels(manager: ManagerLine) -> None:
    async with asyncio.timeout(10):
        while True:
            since = len(manager.events)
            await manager.send(Action="CoreShowChannels")
            done = await manager.wait_for(lambda m: m.get("Event") == "CoreShowChannelsComplete", since=since)
            if done.get("ListItems") == "0":
                return


async def test_answered_and_ended_by_the_centre(
    centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone
) -> None:
    async with in_line(centre_manager, carrier_manager) as (citizen, waiting):
        await offer(centre_manager, waiting, "offer-1", CC_EXPECTED_WAIT="3-5-0")
        invite = await phone.invited()
        assert invite.get("X-CC-Call-Id") == waiting.get("CallId")
        assert invite.get("X-CC-Offer-Id") == "offer-1"
        started = await centre_manager.user_event("OfferStarted", OfferId="offer-1")
        assert started.get("Agent") == "agent-003"
        phone.answer(invite)
        answered = await centre_manager.user_event("OfferAnswered", OfferId="offer-1")
        assert (answered.get("CallId"), answered.get("Agent")) == (waiting.get("CallId"), "agent-003")
        assert answered.variables["CC_LEG"] == "agent"
        assert answered.variables["CC_CALL_ID"] == waiting.get("CallId")
        assert answered.variables["CC_OFFER_ID"] == "offer-1"
        bridged = await centre_manager.wait_for(
            lambda m: m.get("Event") == "BridgeEnter" and m.variables.get("CC_LEG") == "caller"
        )
        assert bridged.variables["CC_STATE"] == "connected"
        assert not bridged.variables.get("CC_EXPECTED_WAIT"), "not told after another wait"
        await centre_manager.send(Action="Hangup", Channel=waiting.get("Channel"))
        await citizen.ended()
        await phone.wait_for(lambda m: m.first.startswith("BYE "))
        assert not [m for m in centre_manager.events if m.get("UserEvent") == "AgentLost"]
    await no_channels(centre_manager)


@pytest.mark.parametrize(("act", "reason"), [("refuse", "BUSY"), ("ignore", "NOANSWER"), ("sign out", "CHANUNAVAIL")])
async def test_not_answered_is_back_in_line_at_the_same_place(
    act: str, reason: str, centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone
) -> None:
    async with in_line(centre_manager, carrier_manager) as (_, waiting):
        if act == "sign out":
            await phone.register(PASSWORD, expires_s=0)
        mark = len(centre_manager.events)
        await offer(centre_manager, waiting, "offer-2", ring_s=1)
        if act == "refuse":
            phone.refuse(await phone.invited())
        failed = await centre_manager.user_event("OfferFailed", OfferId="offer-2")
        assert failed.get("Reason") == reason
        again = await centre_manager.user_event("CallWaiting", since=mark)
        assert again.variables["CC_WAITING_SINCE"] == waiting.variables["CC_WAITING_SINCE"]
        assert again.variables["CC_STATE"] == "waiting"


async def test_an_offer_of_a_router_that_lost_the_lead_is_not_rung(
    centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone
) -> None:
    await centre_manager.send(Action="Setvar", Variable="GLOBAL(CC_EPOCH)", Value="8")
    async with in_line(centre_manager, carrier_manager) as (_, waiting):
        await offer(centre_manager, waiting, "offer-old", CC_EPOCH="7")
        failed = await centre_manager.user_event("OfferFailed", OfferId="offer-old")
        assert failed.get("Reason") == "STALE"
        await offer(centre_manager, waiting, "offer-new", CC_EPOCH="8")
        await centre_manager.user_event("OfferStarted", OfferId="offer-new")
    await centre_manager.send(Action="Setvar", Variable="GLOBAL(CC_EPOCH)", Value="0")


async def test_a_caller_who_gives_up_while_the_agent_rings(
    centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone
) -> None:
    async with in_line(centre_manager, carrier_manager) as (citizen, waiting):
        await offer(centre_manager, waiting, "offer-3")
        await phone.invited()
        await citizen.hang_up()
        await phone.wait_for(lambda m: m.first.startswith("CANCEL "))
        assert not [m for m in centre_manager.events if m.is_user_event("OfferFailed", OfferId="offer-3")]


async def test_a_lost_agent_is_redialled_and_the_call_goes_on(
    centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone
) -> None:
    async with in_line(centre_manager, carrier_manager) as (_, waiting):
        await offer(centre_manager, waiting, "offer-4")
        invite = await phone.invited()
        phone.answer(invite)
        await centre_manager.user_event("OfferAnswered", OfferId="offer-4")
        mark, rung = len(centre_manager.events), len(phone.received)
        assert await phone.hang_up(invite) == 200
        lost = await centre_manager.user_event("AgentLost", since=mark)
        assert lost.variables["CC_STATE"] == "rejoining"
        phone.answer(await phone.invited(since=rung))
        back = await centre_manager.user_event("OfferAnswered", since=mark)
        assert back.get("OfferId") == "offer-4"


async def test_a_lost_agent_who_stays_away_leaves_the_caller_in_line(
    centre_manager: ManagerLine, carrier_manager: ManagerLine, phone: UdpPhone, centre: RunningAsterisk
) -> None:
    async with in_line(centre_manager, carrier_manager) as (_, waiting):
        await offer(centre_manager, waiting, "offer-5")
        invite = await phone.invited()
        phone.answer(invite)
        await centre_manager.user_event("OfferAnswered", OfferId="offer-5")
        mark = len(centre_manager.events)
        await phone.register(PASSWORD, expires_s=0)
        await phone.hang_up(invite)
        await centre_manager.user_event("RejoinFailed", since=mark, timeout_s=centre.settings.rejoin_s + 5)
        again = await centre_manager.user_event("CallWaiting", since=mark)
        assert again.variables["CC_WAITING_SINCE"] == waiting.variables["CC_WAITING_SINCE"]
    await no_channels(centre_manager)
