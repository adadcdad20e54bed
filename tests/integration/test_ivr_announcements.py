"""What the switch and the clock make callers hear, on real calls: the emergency announcement, and the closed hours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from caller_ear import Ear
from manager_line import ManagerLine
from running_asterisk import house, start_carrier, start_centre
from running_house import eventually
from running_ivr import JournalWatch, running_ivr
from subscriber import calling

from agent_console import emergency
from contact_centre.database import connect, session_scope
from contact_centre.facts import Kind
from contact_centre.model import LANGUAGES
from contact_centre.settings import Settings
from ivr.house_state import HouseState

ANNOUNCEMENT = emergency.EmergencyBody(
    on=True,
    en="The Nairobi centre is closed today because of the floods.",
    sw="Kituo cha Nairobi kimefungwa leo kwa sababu ya mafuriko.",
)


ASKED = ("en/menu-main", "en/callback-closed", "en/callback-confirm", "en/goodbye")


@pytest.fixture(scope="module")
def settings(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A house whose agents begin in twelve hours; its prompts are its own, because some of them tell the hours."""
    data = tmp_path_factory.mktemp("closed")
    (data / "prompts").mkdir()
    opens = (datetime.now(house(data).zone).hour + 12) % 24
    return house(data, ignore_hours=False, opens=f"{opens:02}:00", closes=f"{opens:02}:30")


@pytest.fixture(scope="module")
def closed_house(settings: Settings) -> Iterator[Settings]:
    with start_centre(settings), start_carrier(settings), running_ivr(settings):
        yield settings


@pytest.fixture
async def lines(closed_house: Settings) -> AsyncIterator[tuple[ManagerLine, ManagerLine]]:
    s = closed_house
    async with (
        ManagerLine.to(s.manager_port, "huduma", s.secrets["manager"]) as centre,
        ManagerLine.to(s.carrier_manager_port, "carrier", s.secrets["carrier"]) as carrier,
    ):
        yield centre, carrier


async def made(*sounds: Path) -> None:
    """Wait for what the IVR makes into sound before anybody calls: who needs it sooner hears "one moment" first."""
    await eventually(lambda: all(map(Path.exists, sounds)) or None, 120, lambda: f"{[one.stem for one in sounds]}")


def switch(settings: Settings, wanted: emergency.EmergencyBody) -> None:
    """As the supervisor's page does."""
    engine = connect(settings.url)
    with session_scope(engine) as session:
        emergency.write(session, wanted, 1, datetime.now(UTC))
    engine.dispose()


def closed_words(settings: Settings) -> dict[str, str]:
    """What is said of the hours now, by language."""
    engine = connect(settings.url)
    said = HouseState(settings, engine, lambda _: None).situation("main", None).closed
    engine.dispose()
    assert said is not None
    return {language: said[language] for language in LANGUAGES}


async def test_the_announcement_then_the_hours_then_the_menu_and_zero_stays_in_it(
    lines: tuple[ManagerLine, ManagerLine], closed_house: Settings, tmp_path: Path
) -> None:
    centre, carrier = lines
    closed, watch = closed_words(closed_house), JournalWatch(closed_house)
    switch(closed_house, ANNOUNCEMENT)
    heard = tmp_path / "heard.wav"
    ear = Ear(closed_house, heard)
    await made(ear.sentence("en", ANNOUNCEMENT.en))  # as soon as the IVR has read the switch
    await made(ear.sentence("en", closed["en"]), *map(ear.prompt, ASKED))
    async with calling(carrier, "1919", caller="0712000077", heard=heard) as citizen:
        await ear.hears(ear.prompt("en/welcome"))
        await citizen.press("1")
        order = [
            await ear.hears(path)
            for path in (
                ear.sentence("en", ANNOUNCEMENT.en),
                ear.sentence("en", closed["en"]),
                ear.prompt("en/menu-main"),
            )
        ]
        assert order == sorted(order)
        ear.forget()
        await citizen.press("0")
        await ear.hears(ear.sentence("en", closed["en"]))
        assert ear.at(ear.sentence("en", ANNOUNCEMENT.en)) is None
        await ear.hears(ear.prompt("en/callback-closed"))
        await citizen.press("1")
        await ear.hears(ear.prompt("en/callback-confirm"))
        await citizen.press("1")
        asked = await centre.user_event("CallbackAsked")
        assert (asked.variables["CC_QUEUE"], asked.variables["CC_LANG"]) == ("general", "en")
    switch(closed_house, ANNOUNCEMENT.model_copy(update={"on": False}))
    await asyncio.to_thread(watch.fact, Kind.EMERGENCY_CLEARED)
    kinds = [fact.kind for fact in watch.seen]
    assert Kind.EMERGENCY_ANNOUNCED in kinds
    assert Kind.CALL_WAITING not in kinds
    assert not [m for m in centre.events if m.get("UserEvent") in ("CallWaiting", "CallFailed")]
    watch.engine.dispose()


async def test_who_cannot_be_helped_outside_hours_is_told_when_and_bid_goodbye(
    lines: tuple[ManagerLine, ManagerLine], closed_house: Settings, tmp_path: Path
) -> None:
    centre, carrier = lines
    closed, heard = closed_words(closed_house), tmp_path / "heard.wav"
    ear = Ear(closed_house, heard)
    await made(ear.sentence("en", closed["en"]), *map(ear.prompt, ASKED))
    async with calling(carrier, "1919", caller="0712000078", heard=heard) as citizen:
        await ear.hears(ear.prompt("en/welcome"))
        await citizen.press("7")
        for _ in range(2):
            await ear.hears(ear.prompt("en/say-language"))
            ear.forget()
            await citizen.press("7")
        told = await ear.hears(ear.sentence("en", closed["en"]))
        assert told < await ear.hears(ear.prompt("en/goodbye"))
        assert (await citizen.ended()).get("Cause") == "16"
    assert not [m for m in centre.events if m.get("UserEvent") in ("CallWaiting", "CallFailed")]
