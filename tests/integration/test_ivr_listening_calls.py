"""Real calls by voice: the carrier speaks, Asterisk hands the sound over, words choose, no key is pressed."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from running_house import eventually
from running_ivr import JournalWatch, running_ivr
from spoken_words import line_of, saved, spoken
from sqlalchemy import select
from subscriber import calling

from contact_centre.database import read_scope
from contact_centre.facts import Fact, Kind
from contact_centre.settings import Settings
from contact_centre.tables import ListeningRow


@pytest.fixture(scope="module")
def settings(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return house(tmp_path_factory.mktemp("ivr-house"))


@pytest.fixture(scope="module")
def ivr(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    with running_ivr(settings) as process:
        yield process


@pytest.fixture(scope="module")
def asterisks(settings: Settings) -> Iterator[tuple[RunningAsterisk, RunningAsterisk]]:
    with start_centre(settings) as centre, start_carrier(settings) as carrier:
        yield centre, carrier


@pytest.fixture
async def carrier_line(asterisks: tuple[RunningAsterisk, RunningAsterisk]) -> AsyncIterator[ManagerLine]:
    _, carrier = asterisks
    async with ManagerLine.to(carrier.manager_port, carrier.user, carrier.secret) as line:
        yield line


@pytest.fixture
def journal(settings: Settings, ivr: subprocess.Popen[bytes]) -> Iterator[JournalWatch]:
    watch = JournalWatch(settings)
    yield watch
    watch.engine.dispose()


async def fact(journal: JournalWatch, kind: Kind, **payload: object) -> Fact:
    return await asyncio.to_thread(journal.fact, kind, **payload)


def told_late(journal: JournalWatch) -> int | None:
    """What this IVR last told the board (ms)."""
    with read_scope(journal.engine) as session:
        (report,) = session.scalars(select(ListeningRow.report))
    assert report["engines"] == {"en": "ctc", "sw": "ctc"}
    return report["late_ms"]


async def test_a_spoken_word_chooses_the_language_and_another_the_menu_entry(
    journal: JournalWatch, carrier_line: ManagerLine, tmp_path: Path
) -> None:
    language = saved(tmp_path / "language", line_of(0.5, spoken("Kiswahili", "sw"), 1.0))
    passport = saved(tmp_path / "passport", line_of(0.5, spoken("pasipoti", "sw"), 1.0))
    async with calling(carrier_line, "1919", caller="0712000011") as subscriber:
        await fact(journal, Kind.CALL_ENTERED)
        await subscriber.say(language)
        await fact(journal, Kind.LANGUAGE_CHOSEN, language="sw")
        await fact(journal, Kind.MENU_VISITED, node="main")
        await subscriber.say(passport)
        await fact(journal, Kind.MENU_VISITED, node="travel")
    await fact(journal, Kind.PROMPTS_ANSWERED, voice=2)
    await eventually(lambda: told_late(journal) or None, 20, lambda: "the board is told how late words are understood")
