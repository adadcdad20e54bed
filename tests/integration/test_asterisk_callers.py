"""Who calls is what the network says, and the network passes on what anybody types: names and numbers over real SIP.

A telephone stands where the trunk is and sends them raw. Whatever SIP allows must get through to the line, as digits
and without a name; what is no SIP must not get in. The words that would do harm are looked for in everything that the
manager tells.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import pytest
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk, house, start_centre
from udp_phone import BROWSER_SDP, UdpPhone

from asterisk_conf import credentials

PASSWORD = "a-password-of-one-sign-in"
NUMBER = "0722000111"
NAMES = {
    "quotes": r"Wanjiku \"Bibi\" O'Neill",
    "backslashes": r"a\\b\\",
    "sql": "Robert'); DROP TABLE citizens; --",
    "variable": "${SHELL(id)}${CC_CALL_ID}",
    "expression": "$[1/0]",
    "arguments": "a,b)c(d^e&f|g=h",
    "html": "<script>alert(1)</script>",
    "formats": "%s%n%x",
    "accents": "Ng\u0169g\u0129 wa Thiong\u2019o \U0001f44b",
    "long": "x" * 4000,
}
NUMBERS = {
    "quotes": '07"22',
    "semicolon": "07;22",
    "variable": "0722${SHELL(id)}",
    "expression": "07$[1/0]",
    "arguments": "07)22,x",
    "newline": "0722\r\nChanVariable: CC_QUEUE=hijacked",
    "html": "<b>0722</b>",
    "accents": "\u00e9",
    "long": "0" * 4000,
    "long-letters": "a" * 4000,
}


@pytest.fixture(scope="module")
def alone(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    """A centre whose trunk is not taken."""
    with start_centre(house(tmp_path_factory.mktemp("callers"), speech="keys")) as centre:
        yield centre


@pytest.fixture
async def manager(alone: RunningAsterisk) -> AsyncIterator[ManagerLine]:
    async with ManagerLine.to(alone.manager_port, alone.user, alone.secret) as line:
        yield line


@pytest.fixture
async def trunk(alone: RunningAsterisk) -> AsyncIterator[UdpPhone]:
    settings = alone.settings
    async with UdpPhone.plugged_in("trunk", settings.sip_port, settings.trunk_port) as phone:
        yield phone


async def waits(manager: ManagerLine) -> dict[str, str]:
    """The next call in line, hung up again; what the manager said of it: its headers and variables."""
    waiting = await manager.user_event("CallWaiting")
    await manager.send(Action="Hangup", Channel=waiting.get("Channel"))
    await manager.wait_for(lambda m: m.get("Event") == "Hangup" and m.get("Channel") == waiting.get("Channel"))
    return {**waiting.headers, **waiting.variables}


def told(manager: ManagerLine) -> list[str]:
    """Everything that was said since the link opened, as text."""
    return [f"{key}: {value}" for m in manager.events for key, value in (*m.headers.items(), *m.variables.items())]


@pytest.mark.parametrize("what", NAMES)
async def test_a_callers_name_gets_nowhere_and_the_call_gets_through(
    what: str, trunk: UdpPhone, manager: ManagerLine
) -> None:
    assert await trunk.dial("1919", caller=f'"{NAMES[what]}" <sip:{NUMBER}@127.0.0.1>') == 200
    call = await waits(manager)
    assert call["CallerIDNum"] == NUMBER
    assert call["CallerIDName"] in ("", "<unknown>")
    assert call["CC_QUEUE"] == "general"
    assert "hijacked" not in " ".join(f"{m.variables}" for m in manager.events)
    ours = [m for m in manager.events if m.get("UserEvent")]
    assert ours
    assert all(m.get("CallerIDName") in ("", "<unknown>") for m in ours)
    assert not [line for line in told(manager) if line.startswith((" ", "uid="))]


@pytest.mark.parametrize("what", NUMBERS)
async def test_a_callers_number_is_brought_to_digits_and_the_call_gets_through(
    what: str, trunk: UdpPhone, manager: ManagerLine
) -> None:
    number = NUMBERS[what]
    assert await trunk.dial("1919", caller=f"<sip:{quote(number, safe='')}@127.0.0.1>") == 200
    call = await waits(manager)
    user = number.partition(";")[0]  # what follows is SIP's own
    digits = "".join(c for c in user[:20] if c in "0123456789")
    assert call["CallerIDNum"] == (digits or "<unknown>")
    assert call["CC_QUEUE"] == "general"
    ours = [m for m in manager.events if m.get("UserEvent")]
    assert all(set(m.get("CallerIDNum")) <= set("0123456789") or not digits for m in ours)
    assert "hijacked" not in " ".join(f"{m.variables}" for m in manager.events)


@pytest.mark.parametrize(
    "caller",
    [
        f'"nul\0inside" <sip:{NUMBER}@127.0.0.1>',
        f'"Wanjiku\r\n Kamau" <sip:{NUMBER}@127.0.0.1>',
        f'"x\r\n ChanVariable: CC_QUEUE=hijacked" <sip:{NUMBER}@127.0.0.1>',
        f'"x\r\nEvent: Hangup\r\n\r\n" <sip:{NUMBER}@127.0.0.1>',
        f'"no end <sip:{NUMBER}@127.0.0.1>',
        f'"x" <sip:{NUMBER}@127.0.0.1>\r\nX-More: "',
        "<sip:07\0@127.0.0.1>",
        "<sip:07%00;22@127.0.0.1>",
    ],
)
async def test_what_is_no_sip_does_no_harm_and_the_next_call_gets_through(
    caller: str, trunk: UdpPhone, manager: ManagerLine
) -> None:
    try:
        accepted = await trunk.dial("1919", caller=caller, timeout_s=2) == 200
    except TimeoutError:
        accepted = False  # passed over in silence
    if accepted:
        call = await waits(manager)
        assert set(call["CallerIDNum"]) <= set("0123456789") or call["CallerIDNum"] == "<unknown>"
        assert call["CallerIDName"] in ("", "<unknown>")
        assert call["CC_QUEUE"] == "general"
        manager.events.clear()
    assert await trunk.dial("1919", caller=f"<sip:{NUMBER}@127.0.0.1>") == 200
    assert (await waits(manager))["CallerIDNum"] == NUMBER


@pytest.mark.parametrize("what", NAMES)
async def test_a_name_from_the_citizens_page_gets_nowhere(
    what: str, alone: RunningAsterisk, manager: ManagerLine
) -> None:
    async with UdpPhone.plugged_in("web-01", alone.settings.sip_port) as page:
        for action in credentials.let_in("web-01", PASSWORD):
            await manager.send(**action)
        caller = f'"{NAMES[what]}" <sip:web-01@127.0.0.1>'
        assert await page.dial("1919", PASSWORD, sdp=BROWSER_SDP, caller=caller) == 200
        call = await waits(manager)
    assert (call["CallerIDName"], call["CallerIDNum"]) == ("web", "web01")
    assert not [line for line in told(manager) if "hijacked" in line or "script" in line]
