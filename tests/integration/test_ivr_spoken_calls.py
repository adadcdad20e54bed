"""Real calls in whole sentences: a service at the main menu, an agent, and digits that are said back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from caller_ear import Ear
from human_words import ENTRIES, digit_menu, human_digit
from manager_line import ManagerLine
from numpy.typing import NDArray
from running_asterisk import house, start_carrier, start_centre
from running_house import eventually
from running_ivr import JournalWatch, running_ivr
from spoken_words import RATE, code_switched, line_of, saved, spoken
from subscriber import Subscriber, calling

from citizen_services.cases import open_case
from citizen_services.citizens import NewCitizen, create_citizen
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import of_call
from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.spoken_digits import ONES_BY_LANGUAGE


@pytest.fixture(scope="module")
def running(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("spoken")
    settings = house(folder, menu=digit_menu(folder))
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


async def test_a_sentence_of_both_languages_reaches_its_service_and_the_language_changes_in_the_middle(
    lines: tuple[ManagerLine, ManagerLine], running: Settings, tmp_path: Path
) -> None:
    """Each in words that are not the first of their kind in `ivr/menus/words.yaml`."""
    centre, carrier = lines
    journal = JournalWatch(running)
    lost = saved(tmp_path / "lost", line_of(0.4, code_switched("*passport* yangu imepotea"), 1.5))
    async with calling(carrier, "1919", caller="0712000023") as citizen:
        await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
        await citizen.say(utterance(tmp_path, "sw", "Kiingereza"))
        await asyncio.to_thread(journal.fact, Kind.MENU_VISITED, node="main")
        await citizen.say(lost)
        await asyncio.to_thread(journal.fact, Kind.SERVICE_CHOSEN, service="lost-passport")
        await citizen.say(utterance(tmp_path, "sw", "lugha ya Kiswahili"))
        await asyncio.to_thread(journal.fact, Kind.LANGUAGE_CHOSEN, language="sw")
        await citizen.say(utterance(tmp_path, "sw", "niunganishe na mhudumu"))
        await asyncio.to_thread(journal.fact, Kind.PROMPTS_ANSWERED)
        waiting = await citizen.into_line(centre)
    journal.engine.dispose()
    assert waiting.variables["CC_LANG"] == "sw"
    assert waiting.variables["CC_SERVICE"] == "lost-passport"


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
    ear = Ear(running, heard)

    async def hears(prompt: str) -> None:
        """Wait for a prompt, and let go of all that was heard up to it."""
        await ear.hears(ear.prompt(f"sw/{prompt}"))
        ear.forget()

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


class Call:
    """One of several calls at once, told apart by the first fact after it was placed."""

    def __init__(self, running: Settings, carrier: ManagerLine, door: asyncio.Lock) -> None:
        self._running, self._carrier, self._door = running, carrier, door

    async def fact(self, *kinds: Kind) -> Fact:
        """The next fact of this call of one of these kinds."""

        def look() -> Fact | None:
            return next((f for f in self.facts() if f.kind in kinds and f.id not in self.passed), None)

        found = await eventually(look, 20, lambda: f"{kinds}; seen {[(f.kind, f.payload) for f in self.facts()]}")
        self.passed.append(found.id)
        return found

    def facts(self) -> list[Fact]:
        """All of them so far."""
        with read_scope(self.journal.engine) as session:
            return [recorded.fact for recorded in of_call(session, self.call_id)]

    @asynccontextmanager
    async def placed(self, caller: str) -> AsyncIterator[Subscriber]:
        """Call and choose English by key."""
        self.passed: list[str] = []
        async with AsyncExitStack() as stack:
            async with self._door:
                self.journal = JournalWatch(self._running)
                citizen = await stack.enter_async_context(calling(self._carrier, "1919", caller=caller))
                entered = await asyncio.to_thread(self.journal.fact, Kind.CALL_ENTERED)
                self.call_id = entered.call_id or ""
            await citizen.press("1")
            await self.fact(Kind.MENU_VISITED)
            yield citizen
        self.journal.engine.dispose()


async def test_digits_that_people_say_choose_menu_entries(
    lines: tuple[ManagerLine, ManagerLine], running: Settings, tmp_path: Path
) -> None:
    """People's own voices. What is not understood is said again. That this way works is tested here, with digits that
    are heard surely; how often a stranger's are, the model's card tells."""
    door, said = asyncio.Lock(), {}
    for digit, speaker in (("six", "theo"), ("five", "nicolas"), ("eight", "nicolas")):
        takes = [piece for take in range(3) for piece in (human_digit(digit, speaker, take), 4.0)]
        said[digit] = saved(tmp_path / f"{digit}-{speaker}", line_of(0.5, *takes))

    async def one(number: int, digit: str) -> None:
        call = Call(running, lines[1], door)
        async with call.placed(f"07120000{40 + number}") as citizen:
            await citizen.say(said[digit])
            chosen = await call.fact(Kind.MENU_VISITED)
        assert chosen.payload["node"] == ENTRIES[digit][1]

    async with asyncio.TaskGroup() as calls:  # if one fails, the others end with this test
        for number, digit in enumerate(said):
            calls.create_task(one(number, digit))


def tones(seconds: float) -> NDArray[np.int16]:
    """The two tones of key 1, as sound: a telephone beside this one, or an exchange that does not take them out."""
    t = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(6000 * (np.sin(2 * np.pi * 697 * t) + np.sin(2 * np.pi * 1209 * t)), np.int16)


async def test_bad_sound_ends_no_call_and_the_next_words_are_understood(
    lines: tuple[ManagerLine, ManagerLine], running: Settings, tmp_path: Path
) -> None:
    door, passport = asyncio.Lock(), spoken("passport", "en")
    clipped = np.clip(passport.astype(np.int32) * 12, -32768, 32767).astype(np.int16)
    (tmp_path / "empty.wav").write_bytes(b"")
    bad = {
        "clipped": saved(tmp_path / "clipped", line_of(0.5, clipped, 1.0)),
        "tones": saved(tmp_path / "tones", line_of(0.3, tones(0.2), 0.3, tones(0.6), 1.0, passport, 1.0)),
        "within": saved(tmp_path / "within", line_of(0.3, (passport // 4 + tones(len(passport) / RATE) // 3), 2.0)),
        "empty": tmp_path / "empty",
    }

    async def one(number: int, sound: Path) -> None:
        call = Call(running, lines[1], door)
        async with call.placed(f"07120000{50 + number}") as citizen:
            await citizen.say(sound)
            if sound.name in {"within", "empty"}:
                await citizen.say(saved(tmp_path / f"after-{sound.name}", line_of(1.5, passport, 1.0)))
            chosen = await call.fact(Kind.MENU_VISITED)
            await citizen.press("0")
            await call.fact(Kind.PROMPTS_ANSWERED)
        assert chosen.payload["node"] == "travel"

    async with asyncio.TaskGroup() as calls:
        for number, sound in enumerate(bad.values()):
            calls.create_task(one(number, sound))
    assert "Traceback" not in (running.data_dir / "ivr.output").read_text()
