"""Whole calls by voice on the running house: no key is pressed, words stop prompts, and nothing else does."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from citizen import Citizen, calling
from numpy.typing import NDArray
from running_house import RunningHouse, eventually
from spoken_words import cough, hiss, line_of, music, saved, spoken
from sqlalchemy import select

from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.model import Language
from contact_centre.tables import UtteranceRow
from demonstration import sound_files
from demonstration.carrier import Carrier
from demonstration.listening import QUIET, RATE, SURE, find, loudness

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

WORDS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("English", "passport", "lost passport", "agent"),
    "sw": ("Kiswahili", "pasipoti", "pasipoti imepotea", "mhudumu tafadhali"),
}
ELSE: dict[Language, str] = {"en": "my goat has eaten the roof", "sw": "mbuzi wangu amekula paa la nyumba"}
"""What no option is about."""
SENTENCE = "ningependa kuomba pasipoti mpya ya kusafiria tafadhali"


@pytest.fixture
def speak(tmp_path: Path) -> Speaker:
    return Speaker(tmp_path)


class Speaker:
    """Makes a citizen say things."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._number = directory, itertools.count()

    async def words(self, citizen: Citizen, text: str, language: Language, variant: str = "m6") -> None:
        await self.sound(citizen, line_of(0.3, spoken(text, language, variant), 1.0))

    async def sound(self, citizen: Citizen, sound: NDArray[np.int16]) -> None:
        await citizen.line.say(saved(self._directory / f"said-{next(self._number)}", sound).with_suffix(".wav"))


class Calls:
    """Places calls that go on at the same time: one after another until each knows which is theirs."""

    def __init__(self, house: RunningHouse, carrier: Carrier) -> None:
        self.house, self._carrier, self._door = house, carrier, asyncio.Lock()

    @asynccontextmanager
    async def another(self) -> AsyncIterator[Citizen]:
        async with AsyncExitStack() as stack:
            async with self._door:
                citizen = await stack.enter_async_context(calling(self.house, self._carrier))
            yield citizen


@pytest.fixture
def calls(huduma: RunningHouse, carrier_driver: Carrier) -> Calls:
    return Calls(huduma, carrier_driver)


async def chooses_language(citizen: Citizen, speak: Speaker, language: Language) -> None:
    await citizen.hears("en/welcome")
    await speak.words(citizen, WORDS[language][0], language)
    await citizen.fact(Kind.LANGUAGE_CHOSEN, language=language)
    await citizen.hears(f"{language}/menu-main")


async def something_is_said(citizen: Citizen) -> None:
    begun = len(citizen.listen())
    await eventually(lambda: loudness(citizen.listen()[begun:]) > QUIET or None, 30, lambda: "nothing is heard")


async def test_a_whole_call_in_each_language_without_a_key(calls: Calls, speak: Speaker) -> None:
    """What was not understood on the way is kept to be labelled, and nothing of who refuses to be recorded."""

    async def one(language: Language) -> str:
        _, passport, lost, person = WORDS[language]
        async with calls.another() as citizen:
            await chooses_language(citizen, speak, language)
            await speak.words(citizen, ELSE[language], language)
            await citizen.hears(f"{language}/not-understood-1")
            await speak.words(citizen, passport, language)
            await citizen.fact(Kind.MENU_VISITED, node="travel")
            await citizen.hears(f"{language}/menu-travel")
            await speak.words(citizen, lost, language)
            await citizen.fact(Kind.SERVICE_ANSWERED, service="lost-passport")
            await something_is_said(citizen)
            await speak.words(citizen, person, language)
            await citizen.fact(Kind.CALL_WAITING, queue="travel", language=language)
            tally = await citizen.fact(Kind.PROMPTS_ANSWERED)
        assert tally.fact.payload["voice"] == 5
        assert tally.fact.payload["key"] == tally.fact.payload["none"] == tally.fact.payload["unheard"] == 0
        assert tally.fact.payload["lateness_ms"] < 500
        return citizen.call_id

    async def refuses_to_be_recorded() -> str:
        async with calls.another() as citizen:
            await chooses_language(citizen, speak, "sw")
            await speak.words(citizen, ELSE["sw"], "sw")
            await citizen.hears("sw/not-understood-1")
            await citizen.line.press("0")
            await citizen.hears("sw/recording-notice")
            await citizen.line.press("2")
            await citizen.fact(Kind.RECORDING_REFUSED)
        return citizen.call_id

    *agreed, refused = await asyncio.gather(one("en"), one("sw"), refuses_to_be_recorded())

    def kept() -> set[str]:
        with read_scope(calls.house.engine) as session:
            return set(session.scalars(select(UtteranceRow.call_id)))

    await eventually(lambda: set(agreed) <= kept() or None, 20, lambda: f"their words to label: {agreed}, {kept()}")
    assert refused not in kept()
    assert not list(calls.house.settings.utterances_dir.rglob(f"{refused}*"))


async def test_words_stop_the_prompt_while_they_are_said(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker
) -> None:
    async with calling(huduma, carrier_driver) as citizen:
        await chooses_language(citizen, speak, "sw")
        sentence = spoken(SENTENCE, "sw")
        began = len(citizen.listen()) / RATE
        await speak.sound(citizen, line_of(0.3, sentence, 0.2))
        spoken_until = began + 0.3 + len(sentence) / RATE
        await eventually(
            lambda: len(citizen.listen()) / RATE > spoken_until + 0.2 or None, 10, lambda: "nothing is heard"
        )
    silent = citizen.heard[int((began + 1.5) * RATE) : int(spoken_until * RATE)]
    assert len(silent) > RATE
    assert loudness(silent) < QUIET, "the prompt went on while the caller was speaking"


async def test_what_is_no_word_stops_no_prompt(huduma: RunningHouse, calls: Calls, speak: Speaker) -> None:
    async def one(sound: NDArray[np.int16] | None) -> None:
        async with calls.another() as citizen:
            await chooses_language(citizen, speak, "en")
            if sound is None:
                await citizen.line.echo()
            else:
                await speak.sound(citizen, sound)
            prompt = sound_files.read(huduma.settings.data_dir / "prompts" / "en" / "menu-main.wav")
            last = prompt[-2 * RATE : -RATE // 2]
            await eventually(lambda: find(citizen.listen(), last, 1.0)[1] >= SURE or None, 60, lambda: "its end")
            assert citizen.kinds().count(Kind.MENU_VISITED) == 1

    coughs = line_of(0.2, cough(4), 0.3, cough(5), 0.6)
    await asyncio.gather(one(coughs), one(hiss(4)), one(music(5)), one(None))


async def test_who_hangs_up_in_the_middle_of_a_word_is_a_call_like_any_other(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker
) -> None:
    log = huduma.settings.data_dir / "logs" / "ivr.log"
    before = len(log.read_text())
    async with calling(huduma, carrier_driver) as citizen:
        await citizen.hears("en/welcome")
        speaking = asyncio.create_task(speak.words(citizen, SENTENCE, "sw"))
        begun = len(citizen.listen())
        await eventually(lambda: len(citizen.listen()) > begun + RATE or None, 10, lambda: "nothing is heard")
        await citizen.line.hang_up()
        await speaking
        await citizen.fact(Kind.CALL_ENDED, by="caller")
    assert "Traceback" not in log.read_text()[before:]


async def test_an_ivr_killed_while_somebody_speaks_is_apologised_for(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker
) -> None:
    async with calling(huduma, carrier_driver) as citizen:
        await chooses_language(citizen, speak, "sw")
        speaking = asyncio.create_task(speak.words(citizen, SENTENCE, "sw"))
        begun = len(citizen.listen())
        await eventually(lambda: len(citizen.listen()) > begun + RATE or None, 10, lambda: "nothing is heard")
        await huduma.kill("ivr")
        await citizen.hears("sw/apology")
        await citizen.fact(Kind.CALL_WAITING, language="sw")
        await speaking


async def test_twelve_speak_at_once(calls: Calls, speak: Speaker) -> None:
    async def one(language: Language) -> int:
        async with calls.another() as citizen:
            await chooses_language(citizen, speak, language)
            await speak.words(citizen, WORDS[language][3], language)
            await citizen.fact(Kind.CALL_WAITING, timeout_s=60, language=language)
            tally = await citizen.fact(Kind.PROMPTS_ANSWERED)
            return int(tally.fact.payload["lateness_ms"])

    languages: tuple[Language, ...] = ("en", "sw")
    late = await asyncio.gather(*(one(languages[number % 2]) for number in range(12)))
    assert max(late) < 1000
