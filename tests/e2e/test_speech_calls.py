"""Whole calls by voice on the running house: no key is pressed, words stop prompts, and nothing else does."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from citizen import Citizen, calling
from desk import Desk, at_desk, both_hear_each_other
from human_words import human_digit
from numpy.typing import NDArray
from playwright.async_api import Browser
from running_house import RunningHouse, eventually
from spoken_words import cough, hiss, line_of, music, noisy, read_by_piper, saved, spoken
from sqlalchemy import select

from citizen_services.cases import open_case
from citizen_services.citizens import NewCitizen, create_citizen
from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Kind
from contact_centre.model import Language
from contact_centre.tables import Account, UtteranceRow
from demonstration import sound_files
from demonstration.carrier import Carrier
from demonstration.listening import QUIET, RATE, loudness
from ivr.endpointing import MENU

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

WORDS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("English", "passport", "lost passport", "agent"),
    "sw": ("Kiswahili", "pasipoti", "pasipoti imepotea", "mhudumu tafadhali"),
}
NOT_UNDERSTOOD = ("en/not-understood-1", "en/not-understood-2")
CHECK = ("five", "eight", "eight", "five")
ELSE: dict[Language, str] = {"en": "my goat has eaten the roof", "sw": "mbuzi wangu amekula paa la nyumba"}
"""What no option is about."""
SENTENCE = "ningependa kuomba pasipoti mpya ya kusafiria tafadhali"


@pytest.fixture
def speak(tmp_path: Path) -> Speaker:
    return Speaker(tmp_path)


class Speaker:
    """Makes a citizen say things, on a line whose noise is under all of it."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._number = directory, itertools.count()

    async def words(self, citizen: Citizen, text: str, language: Language, variant: str = "m6") -> None:
        await self.sound(citizen, noisy(line_of(0.6, spoken(text, language, variant), 1.0)))

    async def sound(self, citizen: Citizen, sound: NDArray[np.int16]) -> None:
        await citizen.line.say(saved(self._directory / f"said-{next(self._number)}", sound).with_suffix(".wav"))


async def chooses_language(citizen: Citizen, speak: Speaker, language: Language) -> None:
    """By voice."""
    await citizen.hears("en/welcome")
    await speak.words(citizen, WORDS[language][0], language)
    await citizen.fact(Kind.LANGUAGE_CHOSEN, language=language)
    await citizen.hears(f"{language}/menu-main")


async def something_is_said(citizen: Citizen) -> None:
    begun = len(citizen.listen())
    await eventually(lambda: loudness(citizen.listen()[begun:]) > QUIET or None, 30, lambda: "nothing is heard")


async def test_a_whole_call_in_each_language_without_a_key(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker, chromium: Browser, tmp_path: Path
) -> None:
    """To an agent who is heard and hears; one English sentence is read by Piper. What was not understood on the way is
    kept to be labelled, and nothing of who refuses to be recorded."""

    async def one(language: Language, desks: dict[int, Desk]) -> str:
        _, passport, lost, person = WORDS[language]
        async with calling(huduma, carrier_driver) as citizen:
            await chooses_language(citizen, speak, language)
            await speak.words(citizen, ELSE[language], language)
            await citizen.hears(f"{language}/not-understood-1")
            await speak.words(citizen, passport, language)
            await citizen.fact(Kind.MENU_VISITED, node="travel")
            await citizen.hears(f"{language}/menu-travel")
            if language == "en":
                await speak.sound(citizen, noisy(line_of(0.6, read_by_piper(lost), 1.0)))
            else:
                await speak.words(citizen, lost, language)
            await citizen.fact(Kind.SERVICE_ANSWERED, service="lost-passport")
            await something_is_said(citizen)
            await speak.words(citizen, person, language)
            await citizen.fact(Kind.CALL_WAITING, queue="travel", language=language)
            tally = await citizen.fact(Kind.PROMPTS_ANSWERED)
            offered = await citizen.fact(Kind.CALL_OFFERED)
            desk = desks[offered.fact.agent_id or 0]
            await desk.answer()
            await citizen.fact(Kind.CALL_CONNECTED, offer_id=offered.fact.payload["offer_id"])
            own = tmp_path / language
            own.mkdir()
            await both_hear_each_other(citizen, desk, own)
            await desk.end()
        assert tally.fact.payload["voice"] == 5
        assert tally.fact.payload["key"] == tally.fact.payload["none"] == tally.fact.payload["unheard"] == 0
        assert tally.fact.payload["lateness_ms"] < 500
        return citizen.call_id

    async def refuses_to_be_recorded(desks: dict[int, Desk]) -> str:
        """And is gone before anybody is ready, so that this call is offered to nobody."""
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.presses_language("sw")
            await speak.words(citizen, ELSE["sw"], "sw")
            await citizen.hears("sw/not-understood-1")
            await citizen.line.press("0")
            await citizen.hears("sw/recording-notice")
            await citizen.line.press("2")
            await citizen.fact(Kind.RECORDING_REFUSED)
        for desk in desks.values():
            await desk.become_ready()
        return citizen.call_id

    async with at_desk(chromium, huduma, "agent1") as first, at_desk(chromium, huduma, "agent2") as second:
        desks = {agent_of(huduma, "agent1"): first, agent_of(huduma, "agent2"): second}
        async with asyncio.TaskGroup() as together:  # if one fails, the others end with this test
            refusing = together.create_task(refuses_to_be_recorded(desks))
            agreeing = [together.create_task(one(language, desks)) for language in WORDS]
    refused, agreed = refusing.result(), {call.result() for call in agreeing}

    def kept() -> set[str]:
        with read_scope(huduma.engine) as session:
            return set(session.scalars(select(UtteranceRow.call_id)))

    await eventually(lambda: agreed <= kept() or None, 20, lambda: f"their words to label: {agreed}, {kept()}")
    assert refused not in kept()
    assert not list(huduma.settings.utterances_dir.rglob(f"{refused}*"))


def agent_of(house: RunningHouse, username: str) -> int:
    with read_scope(house.engine) as session:
        return session.scalars(select(Account.agent_id).where(Account.username == username)).one() or 0


async def test_people_say_the_digits_that_are_the_check_of_a_case(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker
) -> None:
    """Who says yes to digits that were misheard is asked anew, and says them again."""
    tries = [[human_digit(name, "nicolas", takes + number) for number, name in enumerate(CHECK)] for takes in range(3)]
    with session_scope(huduma.engine) as session:
        now = datetime.now(UTC)
        owner = create_citizen(session, NewCitizen("Wanjiku Test", id_last4="5885"), now)
        about = {"agency": "immigration", "service": "new-passport", "title": "Passport"}
        case = open_case(session, owner.id, **about, channel="centre", author="test", now=now)
        reference, case_id = case.reference, case.id
    async with calling(huduma, carrier_driver) as citizen:
        await citizen.presses_language("en")
        await speak.words(citizen, "my case", "en")
        await citizen.fact(Kind.MENU_VISITED, node="case")
        await citizen.hears_anew("en/case-reference")
        await citizen.line.press(reference)
        for digits in tries:
            await citizen.hears_anew("en/case-check")
            await speak.sound(citizen, noisy(line_of(0.6, *(piece for one in digits for piece in (one, 0.2)), 1.5)))
            if await citizen.hears_anew("en/is-that-right", *NOT_UNDERSTOOD) != "en/is-that-right":
                continue
            await speak.words(citizen, "yes please", "en")
            told = await citizen.hears_anew("en/case-keys", "en/case-unknown", *NOT_UNDERSTOOD)
            if told == "en/case-keys":
                break
            if told == "en/case-unknown":
                await citizen.line.press(reference)
        await citizen.fact(Kind.CASE_STATUS_GIVEN, case_id=case_id)


async def test_words_stop_the_prompt_while_they_are_said(
    huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker
) -> None:
    """Before the sentence is over there was a whole second without a sound; how soon it came, `test_ivr_barge_in.py`
    tells."""
    async with calling(huduma, carrier_driver) as citizen:
        await citizen.presses_language("sw")
        before = len(citizen.listen())
        await speak.sound(citizen, noisy(line_of(0.6, spoken(SENTENCE, "sw"))))
        heard = citizen.listen()[before:]  # as far as it had come when the sentence was over
    seconds = [heard[at : at + RATE] for at in range(0, len(heard) - RATE + 1, RATE // 50)]
    assert min(map(loudness, seconds)) < QUIET, "the prompt went on while the caller was speaking"


async def test_what_is_no_word_stops_no_prompt(huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker) -> None:
    """Its last words come when they would come in silence, and nobody is told that they were not understood."""

    async def one(language: Language, name: str, sound: NDArray[np.int16] | None) -> None:
        async with calling(huduma, carrier_driver) as citizen:
            began_s = await citizen.presses_language(language)
            if sound is None:
                await citizen.line.echo()
            else:
                await speak.sound(citizen, noisy(sound))
            prompt = sound_files.read(huduma.settings.data_dir / "prompts" / language / "menu-main.wav")
            took_s = await citizen.hears_the_end(f"{language}/menu-main") - began_s
            said = (language, name)
            assert abs(took_s - len(prompt) / RATE) < 1.0, said  # stopped, or begun anew, it would be seconds off
            assert citizen.heard_at(f"{language}/not-understood-1") is None, said
            assert citizen.kinds().count(Kind.MENU_VISITED) == 1

    coughs = line_of(0.6, cough(4), 0.3, cough(5), 0.6)
    noises: list[tuple[Language, str, NDArray[np.int16] | None]] = [
        *(("en", "coughs", coughs), ("en", "hiss", hiss(4)), ("en", "music", music(5)), ("en", "echo", None)),
        *(("sw", "coughs", coughs), ("sw", "music", music(5))),
    ]
    async with asyncio.TaskGroup() as together:  # if one fails, the others end with this test
        for language, name, sound in noises:
            together.create_task(one(language, name, sound))


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
        await citizen.presses_language("sw")
        speaking = asyncio.create_task(speak.words(citizen, SENTENCE, "sw"))
        begun = len(citizen.listen())
        await eventually(lambda: len(citizen.listen()) > begun + RATE or None, 10, lambda: "nothing is heard")
        await huduma.kill("ivr")
        await citizen.hears("sw/apology")
        await citizen.stands_in_line("sw")
        await speaking


async def test_twelve_speak_at_once(huduma: RunningHouse, carrier_driver: Carrier, speak: Speaker) -> None:
    """Every answer comes in time, counted from the end of speech with the silence that ends it."""

    async def one(language: Language) -> float:
        async with calling(huduma, carrier_driver) as citizen:
            await chooses_language(citizen, speak, language)
            await speak.words(citizen, WORDS[language][3], language)
            await citizen.stands_in_line(language)
            tally = await citizen.fact(Kind.PROMPTS_ANSWERED)
            return float(tally.fact.payload["lateness_ms"]) / 1000  # the later of its two answers

    languages: tuple[Language, ...] = ("en", "sw")
    late = await asyncio.gather(*(one(languages[number % 2]) for number in range(12)))
    assert MENU.silence_s + max(late) <= 0.9, sorted(late)
