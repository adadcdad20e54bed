"""The telephone company's telephones, against the real centre's Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import soundfile
from running_asterisk import RunningAsterisk, free_ports, house

from contact_centre.errors import BadInput, LinkLost, Refused
from contact_centre.settings import Settings
from demonstration.carrier import Carrier


@pytest.fixture
async def carrier_link(
    house_settings: Settings, centre: RunningAsterisk, carrier: RunningAsterisk
) -> AsyncIterator[Carrier]:
    async with Carrier(house_settings) as link:
        yield link


async def test_a_call_is_answered_and_ended_by_the_citizen(carrier_link: Carrier) -> None:
    line = await carrier_link.place("1919", caller="0712345678")
    await line.answered()
    assert line.is_up
    await line.press("1#")
    await line.hang_up()
    assert line.cause == 16
    with soundfile.SoundFile(line.heard) as heard:
        assert (heard.samplerate, heard.channels) == (8000, 1)
    with pytest.raises(Refused):
        await line.press("1")


async def test_a_number_outside_the_prefix_is_refused(carrier_link: Carrier) -> None:
    line = await carrier_link.place("0712000000", caller="0712345678")
    with pytest.raises(Refused):
        await line.answered()


async def test_numbers_and_keys_are_checked(carrier_link: Carrier) -> None:
    for hostile in ("1919@evil", "1919\r\nAction: Logoff", "", "1919&PJSIP/x", "${X}"):
        with pytest.raises(BadInput):
            await carrier_link.place(hostile)
        with pytest.raises(BadInput):
            await carrier_link.place("1919", caller=hostile)
    line = await carrier_link.place("1919")
    await line.answered()
    with pytest.raises(BadInput):
        await line.press("1\r\n")


async def test_without_a_telephone_company_it_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    nobody = house(tmp_path_factory.mktemp("nobody"), carrier_manager_port=free_ports(1)[0])
    with pytest.raises(LinkLost, match="huduma up"):
        async with Carrier(nobody, link_timeout_s=0.5):
            pass
