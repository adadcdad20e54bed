"""Real SIP calls against the rendered dialplan: who gets in, and that nobody is ever left on a dead line."""

from __future__ import annotations

import pytest
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk
from subscriber import Refused, calling
from udp_phone import BROWSER_SDP, UdpPhone

from asterisk_conf import credentials

PASSWORD = "a-password-of-one-sign-in"


async def test_a_call_whose_ivr_is_dead_waits_for_a_person(
    centre: RunningAsterisk, centre_manager: ManagerLine, carrier_manager: ManagerLine
) -> None:
    async with calling(carrier_manager, "1919"):
        entered = await centre_manager.user_event("CallEntered")
        failed = await centre_manager.user_event("CallFailed")
        waiting = await centre_manager.user_event("CallWaiting")
    assert entered.get("CallId") == failed.get("CallId") == waiting.get("CallId")
    assert len(entered.get("CallId")) == 36
    assert waiting.variables["CC_LANG"] == "en"
    assert waiting.variables["CC_QUEUE"] == "general"
    assert waiting.variables["CC_SKILLS"] == "language:en"
    assert waiting.variables["CC_STATE"] == "waiting"
    assert waiting.variables["CC_ENTRY"] == "main"
    assert float(waiting.variables["CC_WAITING_SINCE"]) > 1.7e9
    await centre_manager.wait_for(lambda m: m.get("Event") == "Hangup" and m.variables.get("CC_LEG") == "caller")


async def test_an_agencys_code_behind_the_prefix_is_the_entry(
    centre: RunningAsterisk, centre_manager: ManagerLine, carrier_manager: ManagerLine
) -> None:
    async with calling(carrier_manager, "080022191907"):
        waiting = await centre_manager.user_event("CallWaiting")
    assert waiting.variables["CC_ENTRY"] == "07"


@pytest.mark.parametrize("number", ["191", "19190", "1919007", "1918", "0712345678", "s", "h", "agent-001", "19AB"])
async def test_any_other_number_is_refused(
    number: str, centre: RunningAsterisk, centre_manager: ManagerLine, carrier_manager: ManagerLine
) -> None:
    with pytest.raises(Refused):
        async with calling(carrier_manager, number):
            pass
    assert not [m for m in centre_manager.events if m.get("UserEvent") or m.get("Event") == "Newchannel"]


async def test_strangers_are_refused(centre: RunningAsterisk) -> None:
    async with UdpPhone.plugged_in("0712345678", centre.settings.sip_port) as stranger:
        assert await stranger.dial("1919") == 401
        assert await stranger.dial("1919", "guess") == 401
        assert await stranger.register("guess") == 401
        assert await stranger.options() == 401


async def test_who_says_that_they_are_the_trunk_is_not_believed(centre: RunningAsterisk) -> None:
    async with UdpPhone.plugged_in("trunk", centre.settings.sip_port) as stranger:
        assert await stranger.dial("1919") == 401


async def test_a_phone_signs_in_with_the_password_of_the_moment(
    centre: RunningAsterisk, centre_manager: ManagerLine
) -> None:
    async with UdpPhone.plugged_in("agent-001", centre.settings.sip_port) as phone:
        assert await phone.register(PASSWORD) == 401, "nobody signed in yet"
        for action in credentials.let_in("agent-001", PASSWORD):
            assert (await centre_manager.send(**action)).get("Response") == "Success"
        assert await phone.register("not-that-password-1") == 401
        assert await phone.register(PASSWORD) == 200
        for action in credentials.let_in("agent-001", "another-password-now"):
            await centre_manager.send(**action)
        assert await phone.register(PASSWORD) == 401, "the old password"
        assert await phone.register("another-password-now") == 200
        for number in ("1919", "agent-002", "0712345678", "s", "ring", "offer"):
            assert await phone.dial(number, "another-password-now") == 404
        registered = {"Action": "Getvar", "Variable": "PJSIP_DIAL_CONTACTS(agent-001)"}
        assert "agent-001" in (await centre_manager.send(**registered)).get("Value")
        for action in credentials.shut_out("agent-001"):
            await centre_manager.send(**action)
        assert (await centre_manager.send(**registered)).get("Value") == ""
        assert await phone.register("another-password-now") == 401


async def test_the_citizens_page_reaches_the_prefix_and_nothing_else(
    centre: RunningAsterisk, centre_manager: ManagerLine
) -> None:
    async with UdpPhone.plugged_in("web-01", centre.settings.sip_port) as page:
        assert await page.dial("1919", PASSWORD, sdp=BROWSER_SDP) == 401, "nobody was given this seat"
        for action in credentials.let_in("web-01", PASSWORD):
            await centre_manager.send(**action)
        for number in ("0712345678", "agent-001", "s", "1918"):
            assert await page.dial(number, PASSWORD, sdp=BROWSER_SDP) == 404
        assert await page.dial("1919", PASSWORD, sdp=BROWSER_SDP) == 200
        waiting = await centre_manager.user_event("CallWaiting")
        for action in credentials.shut_out("web-01"):
            await centre_manager.send(**action)
        await centre_manager.wait_for(
            lambda m: m.get("Event") == "Hangup" and m.variables.get("CC_CALL_ID") == waiting.get("CallId")
        )
