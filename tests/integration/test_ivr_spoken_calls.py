"""Real calls in whole sentences: a service at the main menu, an agent, and digits that are said back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from manager_line import ManagerLine
from running_asterisk import house, start_carrier, start_centre
from running_house import eventually
from running_ivr import JournalWatch, running_ivr
from spoken_words import line_of, saved, spoken
from subscriber import calling

from citizen_services.cases import open_case
from citizen_services.citizens import NewCitizen, create_citizen
from contact_centre.database import connect, session_scope
from contact_centre.facts import Kind
from contact_centre.model import Language
from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.listening import MARK_S, SURE, find
from ivr.spoken_digits import ONES_BY_LANGUAGE


@pytest.fixture(scope="module")
def running(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = house(tmp_path_factory.mktemp("spoken"))
    with start_centre(settings), start_carrier(settings), running_ivr(settings):
        yield settings


@pytest.fixture
async def lines(running: Settings) -> AsyncIterator[tuple[ManagerLine, ManagerLine]]:
    async with (
        ManagerLine.to(running.manager_port, "huduma", running.secrets["manager"]) as centre,
        ManagerLine.to(running.carrier_manager_port, "carrier", running.secrets["carrier"]) as carrier,
    ):
        yield centre, carrier


def utterance(folder: Path, language: Language, *words: str) -> Path:
    """Words with short pauses between them, as a file that the line plays."""
    pieces = [piece for word in words for piece in (spoken(word, language), 0.15)]
    return saved(folder / "-".join(words).replace(" ", "-"), line_of(0.4, *pieces, 1.5))


async def test_a_sentence_goes_straight_to_the_service_and_a_word_to_an_agent(
    lines: tuple[ManagerLine, ManagerLine], running: Settings, tmp_path: Path
) -> None:
    centre, carrier = lines
    journal = JournalWatch(running)
    async with calling(carrier, "1919", caller="0712000021") as citizen:
        await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
        await citizen.say(utterance(tmp_path, "sw", "Kiswahili"))
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="main")
        await citizen.say(utterance(tmp_path, "sw", "nataka kuhuisha leseni"))
        await asyncio.to_thread(journal.fact, Kind.SERVICE_CHOSEN, service="licence-renewal")
        await citizen.say(utterance(tmp_path, "sw", "mhudumu tafadhali"))
        waiting = await centre.user_event("CallWaiting", timeout_s=40)
    journal.engine.dispose()
    assert waiting.variables["CC_LANG"] == "sw"
    assert waiting.variables["CC_SERVICE"] == "licence-renewal"


async def test_digits_that_were_said_are_said_back_and_count_when_confirmed(
    lines: tuple[ManagerLine, ManagerLine], running: Settings, tmp_path: Path
) -> None:
    _, carrier = lines
    engine, now = connect(running.url), datetime.now(UTC)
    with session_scope(engine) as session:
        owner = create_citizen(session, NewCitizen("Wanjiku Test", id_last4="4821"), now)
        about = {"agency": "immigration", "service": "new-passport", "title": "Passport"}
        case = open_case(session, owner.id, **about, channel="centre", author="test", now=now)
        reference, case_id = case.reference, case.id
    engine.dispose()
    journal, heard = JournalWatch(running), tmp_path / "heard.wav"
    recording, sounds = sound_files.Growing(heard), [np.zeros(0, np.float32)]

    async def hears(prompt: str) -> None:
        """Wait for a prompt, and let go of all that was heard up to it."""
        path = running.data_dir / "prompts" / "sw" / f"{prompt}.wav"

        def look() -> bool | None:
            sounds.append(recording.more())
            there = path.exists() and find(np.concatenate(sounds), sound_files.read(path), MARK_S)[1] >= SURE
            return there or None

        await eventually(look, 40, lambda: prompt)
        del sounds[:-1]

    async with calling(carrier, "1919", caller="0712000022", heard=heard) as citizen:
        await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
        await citizen.press("2")
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="main")
        await citizen.say(utterance(tmp_path, "sw", "hali ya kesi"))
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="case")
        await citizen.press(reference)
        await hears("case-check")
        await citizen.say(utterance(tmp_path, "sw", *(ONES_BY_LANGUAGE["sw"][int(digit)] for digit in "4821")))
        await hears("is-that-right")
        await citizen.press("1")
        await asyncio.to_thread(journal.fact, Kind.CASE_STATUS_GIVEN, case_id=case_id)
    journal.engine.dispose()
