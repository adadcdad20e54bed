"""Real calls through the real menu: carrier, Asterisk, FastAGI, prompts, database."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile
from caller_ear import Ear
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from running_ivr import JournalWatch, running_ivr
from subscriber import Subscriber, calling

from citizen_services.cases import open_case
from citizen_services.catalogue import Topic, answer
from citizen_services.catalogue_file import load_catalogue
from citizen_services.citizens import NewCitizen, create_citizen
from contact_centre.database import connect, session_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from ivr.menu import HEARD_ENOUGH_S


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
async def centre_line(asterisks: tuple[RunningAsterisk, RunningAsterisk]) -> AsyncIterator[ManagerLine]:
    centre, _ = asterisks
    async with ManagerLine.to(centre.manager_port, centre.user, centre.secret) as line:
        yield line


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


async def fact(journal: JournalWatch, kind: Kind, **payload: object) -> object:
    return await asyncio.to_thread(journal.fact, kind, **payload)


async def choose_language(journal: JournalWatch, subscriber: Subscriber, key: str) -> None:
    """Press until it is heard, as people do: no event tells that the first words have begun."""
    chosen = asyncio.ensure_future(fact(journal, Kind.LANGUAGE_CHOSEN))
    while not chosen.done():
        await subscriber.press(key)
        await asyncio.wait([chosen], timeout=1.5)
    await chosen
    await fact(journal, Kind.MENU_VISITED)


async def test_a_fee_is_heard_and_the_call_is_contained(
    settings: Settings, journal: JournalWatch, centre_line: ManagerLine, carrier_line: ManagerLine, tmp_path: Path
) -> None:
    """Each key is pressed while something is spoken: between two prompts it may be lost."""
    heard, service = tmp_path / "heard.wav", load_catalogue().service("new-passport")
    assert service is not None
    today = datetime.now(settings.zone).date()
    told = {topic: said.text["en"] for topic, said in answer(service, today) if said is not None}
    ear = Ear(settings, heard)
    async with calling(carrier_line, "1919", caller="0712000001", heard=heard) as subscriber:
        for prompt, key in (("en/welcome", "1"), ("en/menu-main", "2"), ("en/menu-travel", "1")):
            await ear.hears(ear.prompt(prompt))
            await subscriber.press(key)
        await ear.hears(ear.sentence("en", told[Topic.REQUIREMENTS]))
        await subscriber.press("2")  # the fee, at once
        fee = ear.sentence("en", told[Topic.FEE])
        named = await ear.hears(fee)
        ended = await ear.hears(ear.prompt("en/answer-keys"))
        assert ear.at(ear.sentence("en", told[Topic.WHERE])) is None, "the fee alone, not the whole answer"
        assert ended - named == pytest.approx(soundfile.info(fee).duration, abs=1), "the whole fee"
        await ear.hears_until(named + HEARD_ENOUGH_S + 1)
    await fact(journal, Kind.CALL_CONTAINED)


async def test_zero_reaches_the_line_with_language_agency_and_service(
    journal: JournalWatch, centre_line: ManagerLine, carrier_line: ManagerLine
) -> None:
    async with calling(carrier_line, "1919", caller="0712000002") as subscriber:
        await choose_language(journal, subscriber, "2")
        await subscriber.press("2")
        await fact(journal, Kind.MENU_VISITED, node="travel")
        await subscriber.press("1")
        await fact(journal, Kind.SERVICE_ANSWERED, service="new-passport")
        await subscriber.press("0")
        waiting = await subscriber.into_line(centre_line)
    assert waiting.variables["CC_LANG"] == "sw"
    assert waiting.variables["CC_QUEUE"] == "travel"
    assert set(waiting.variables["CC_SKILLS"].split("|")) == {"language:sw", "agency:immigration"}
    assert waiting.variables["CC_SERVICE"] == "new-passport"
    assert waiting.variables["CC_IVR_RESULT"] == "agent"
    assert waiting.variables["CC_NUMBER_ID"].isdigit()


async def test_the_language_is_remembered_and_an_agencys_code_leads_to_its_menu(
    journal: JournalWatch, centre_line: ManagerLine, carrier_line: ManagerLine
) -> None:
    async with calling(carrier_line, "1919", caller="0712000003") as subscriber:
        await choose_language(journal, subscriber, "2")
    async with calling(carrier_line, "191912", caller="0712000003"):
        await fact(journal, Kind.LANGUAGE_CHOSEN, language="sw")
        await fact(journal, Kind.MENU_VISITED, node="agency-immigration")


async def test_the_status_of_a_case_needs_its_check(
    settings: Settings, journal: JournalWatch, centre_line: ManagerLine, carrier_line: ManagerLine
) -> None:
    engine, now = connect(settings.url), datetime.now(UTC)
    with session_scope(engine) as session:
        citizen = create_citizen(session, NewCitizen("Wanjiku Test", id_last4="4821"), now)
        case = open_case(
            session,
            citizen.id,
            agency="immigration",
            service="new-passport",
            title="Passport",
            channel="centre",
            author="test",
            now=now,
        )
        reference, case_id = case.reference, case.id
    engine.dispose()
    async with calling(carrier_line, "1919", caller="0712000004") as subscriber:
        await choose_language(journal, subscriber, "1")
        await subscriber.press("6")
        await fact(journal, Kind.MENU_VISITED, node="case")
        await subscriber.press(reference)
        await asyncio.sleep(0.3)
        await subscriber.press("4821")
        await fact(journal, Kind.CASE_STATUS_GIVEN, case_id=case_id)
