"""A program that is frozen, not dead: nobody waits for it for ever."""

from __future__ import annotations

import signal

import pytest
from citizen import calling
from running_house import RunningHouse

from contact_centre.facts import Kind
from demonstration.carrier import Carrier

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up


async def test_a_frozen_ivr_is_killed_and_its_caller_hears_the_apology_and_waits_for_a_person(
    huduma: RunningHouse, carrier_driver: Carrier
) -> None:
    async with calling(huduma, carrier_driver) as citizen:
        await citizen.presses_language()
        frozen = huduma.signal("ivr", signal.SIGSTOP)
        await citizen.hears("en/apology", timeout_s=3 * huduma.settings.frozen_s)
        await citizen.stands_in_line()
        await huduma.replaced("ivr", frozen)
        async with calling(huduma, carrier_driver) as another:
            await another.hears("en/welcome")
        assert Kind.IVR_FAILED in citizen.kinds()
        assert citizen.heard_in_order("en/menu-main", "en/apology", "en/recording-notice")
