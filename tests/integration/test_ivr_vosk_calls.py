"""Real calls that Vosk hears: words spoken into the line choose entries of the menu; English ones where a model is."""

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
from vosk_words_said import said_to_vosk

from contact_centre.facts import Kind
from contact_centre.settings import Settings

SAID = said_to_vosk()


@pytest.fixture(scope="module")
def settings(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("vosk-house")
    return house(folder, speech="vosk", vosk_model_en=SAID.model, menu=SAID.menu(folder))


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[Settings]:
    with start_centre(settings), start_carrier(settings), running_ivr(settings):
        yield settings


@pytest.fixture
async def carrier(running: Settings) -> AsyncIterator[ManagerLine]:
    async with ManagerLine.to(running.carrier_manager_port, "carrier", running.secrets["carrier"]) as line:
        yield line


@pytest.mark.parametrize(("word", "node"), SAID.entries)
async def test_a_spoken_word_chooses_the_menu_entry(
    carrier: ManagerLine, running: Settings, tmp_path: Path, word: str, node: str
) -> None:
    journal = JournalWatch(running)
    sound = saved(tmp_path / "word", line_of(0.5, SAID.say(word), 1.0))
    async with calling(carrier, "1919", caller=f"071200003{SAID.words.index(word)}") as citizen:
        await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
        await citizen.press("1")
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="main")
        await citizen.say(sound)
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node=node)
    journal.engine.dispose()
