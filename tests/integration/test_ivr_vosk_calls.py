"""Real calls that Vosk hears: Korean digits spoken into the line choose entries of the menu."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from manager_line import ManagerLine
from running_asterisk import house, start_carrier, start_centre
from running_ivr import JournalWatch, running_ivr
from spoken_words import line_of, saved
from subscriber import calling
from vosk_korean import KOREAN, korean, korean_menu

from contact_centre.facts import Kind
from contact_centre.settings import Settings


@pytest.fixture(scope="module")
def settings(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("vosk-house")
    return house(folder, speech="vosk", vosk_model_en=KOREAN, menu=korean_menu(folder))


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[Settings]:
    with start_centre(settings), start_carrier(settings), running_ivr(settings):
        yield settings


@pytest.fixture
async def carrier(running: Settings) -> AsyncIterator[ManagerLine]:
    async with ManagerLine.to(running.carrier_manager_port, "carrier", running.secrets["carrier"]) as line:
        yield line


@pytest.mark.parametrize(
    ("digit", "node", "caller"),
    [("하나", "identity", "0712000031"), ("삼", "transport", "0712000032"), ("여덟", "social", "0712000033")],
)
async def test_a_spoken_korean_digit_chooses_the_menu_entry(
    carrier: ManagerLine, running: Settings, tmp_path: Path, digit: str, node: str, caller: str
) -> None:
    journal = JournalWatch(running)
    sound = saved(tmp_path / "digit", line_of(0.5, korean(digit), 1.0))
    async with calling(carrier, "1919", caller=caller) as citizen:
        await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
        await citizen.press("1")
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="main")
        await citizen.say(sound)
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node=node)
    journal.engine.dispose()
