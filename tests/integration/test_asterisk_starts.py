"""A real Asterisk with the rendered configuration."""

from __future__ import annotations

from manager_line import ManagerLine
from running_asterisk import RunningAsterisk


async def test_it_starts_without_a_warning(centre: RunningAsterisk, centre_manager: ManagerLine) -> None:
    assert centre.complaints() == []


async def test_so_does_the_carrier(carrier: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    assert carrier.complaints() == []
