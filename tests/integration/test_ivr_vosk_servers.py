"""Vosk on other machines: in turn, and whatever a server does, the utterance is heard and the call goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
from caller_ear import Ear
from manager_line import ManagerLine
from running_asterisk import free_ports, house, start_carrier, start_centre
from running_ivr import JournalWatch, running_ivr
from spoken_words import line_of, saved
from sqlalchemy import select
from subscriber import calling
from vosk_korean import KOREAN
from vosk_server import vosk_server
from vosk_words_said import said_to_vosk

from contact_centre.database import connect, read_scope
from contact_centre.errors import SettingsMistake
from contact_centre.facts import Kind
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.tables import ListeningRow
from ivr.acoustic.model_file import AcousticModel
from ivr.heard import Alternative, Heard
from ivr.listening import Ears
from ivr.listening_report import ListeningReport
from ivr.onset import Onset
from ivr.speech import KeysOnly, Recogniser, hearing
from ivr.vosk_far import FarHearing, Servers
from operations.doctor import examine_speech

SAID = said_to_vosk()
WORD = SAID.words[1]


@pytest.fixture(scope="module")
def good() -> Iterator[str]:
    with vosk_server(model=SAID.model) as address:
        yield address


class Own(KeysOnly):
    """Stands in for our own model."""

    def recogniser(self) -> Recogniser:
        return self  # type: ignore[return-value]

    def start(self, phrases: object, language: object, digits: int = 0, sentences: object = None) -> None:
        self.samples = 0

    def accept(self, pcm: np.ndarray) -> None:
        self.samples += len(pcm)

    def finish(self) -> Heard:
        return Heard("own", 1.0, "act", (Alternative("own", 1.0),))


def heard_by(servers: Servers, own: Own, word: str = WORD) -> Heard:
    recogniser = FarHearing({"en": servers}, own).recogniser()
    recogniser.start(SAID.words, "en")
    sound = line_of(0.3, SAID.say(word), 0.5)
    for place in range(0, len(sound), 1200):
        recogniser.accept(sound[place : place + 1200])
    return recogniser.finish()


def test_every_server_is_asked_whether_it_is_well_and_the_doctor_and_the_board_say_so(
    good: str, tmp_path: Path
) -> None:
    dead = f"ws://127.0.0.1:{free_ports(1)[0]}"
    with vosk_server("--mute") as mute:
        servers = Servers([good, dead, mute])
        far = FarHearing({"en": servers}, KeysOnly())
        assert far.examine() == [("en", good, True), ("en", dead, False), ("en", mute, False)]
        assert servers.turn(time.monotonic()) == [good], "callers' words are not sent to the others"
        findings = list(examine_speech(Settings(data_dir=tmp_path, vosk_servers_en=[good, dead], vosk_model_sw=KOREAN)))
        assert [bool(finding.advice) for finding in findings] == [False, False, True]
        url = f"sqlite:///{tmp_path}/huduma.db"
        migrate(url)
        engine = connect(url)
        told = ListeningReport(engine, "test", Ears(far, Onset(AcousticModel()), 7), {"en": "vosk-server"}, far)
        told.start()
        report = None
        while report is None:
            with read_scope(engine) as session:
                report = session.scalar(select(ListeningRow.report))
        assert report["most"] == 7
        assert [one["well"] for one in report["servers"]] == [True, False, False]
        told.close()
        with read_scope(engine) as session:
            assert session.get(ListeningRow, "test") is None, "who stops says so"
        engine.dispose()


def test_servers_are_asked_in_turn_and_one_that_failed_rests() -> None:
    servers = Servers(["a", "b", "c"])
    assert [servers.turn(0)[0] for _ in range(4)] == ["a", "b", "c", "a"]
    servers.failed("b", 0)
    assert servers.turn(1) == ["c", "a"]
    assert servers.turn(10.5) == ["c", "a", "b"]


@pytest.mark.parametrize("word", SAID.words)
def test_a_server_hears_a_word_of_the_grammar(good: str, word: str) -> None:
    heard = heard_by(Servers([good]), Own(), word)
    assert heard.phrase == word
    assert heard.level in {"act", "confirm"}


@pytest.mark.parametrize("fault", [["--dies-at", "3"], ["--mute"], ["--nonsense"]], ids=lambda fault: fault[0])
def test_another_server_hears_what_one_did_not(good: str, fault: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.vosk_far.ANSWER_S", 3.0)  # however busy this machine is
    with vosk_server(*fault, model=SAID.model) as bad:
        servers = Servers([bad, good])
        assert heard_by(servers, Own()).phrase == WORD
        assert all(bad not in servers.turn(0) for _ in range(2))


def test_with_no_server_left_our_own_model_hears_all_of_it() -> None:
    own = Own()
    servers = Servers([f"ws://127.0.0.1:{port}" for port in free_ports(2)])
    assert heard_by(servers, own).phrase == "own"
    assert own.samples == len(line_of(0.3, SAID.say(WORD), 0.5))


def test_without_servers_the_engine_is_refused() -> None:
    with pytest.raises(SettingsMistake, match="needs servers"):
        hearing("vosk-server")


@pytest.fixture(scope="module")
def running(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory, good: str) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("servers-house")
    with vosk_server("--dies-at", "2", model=SAID.model) as dying:
        settings = house(folder, speech="vosk-server", vosk_servers_en=[dying, good], menu=SAID.menu(folder))
        with start_centre(settings), start_carrier(settings), running_ivr(settings):
            yield settings


@pytest.fixture
async def carrier(running: Settings) -> AsyncIterator[ManagerLine]:
    async with ManagerLine.to(running.carrier_manager_port, "carrier", running.secrets["carrier"]) as line:
        yield line


async def test_a_server_dies_in_the_middle_of_a_word_and_the_call_goes_on(
    carrier: ManagerLine, running: Settings, tmp_path: Path
) -> None:
    """Who is asked again, because on a busy machine no server answered in time, says it again, as people do."""
    for caller, (word, node) in zip(("0712000041", "0712000042"), SAID.entries, strict=False):
        journal, heard = JournalWatch(running), tmp_path / f"{node}-heard.wav"
        sound, ear = saved(tmp_path / node, line_of(0.5, SAID.say(word), 1.0)), Ear(running, heard)
        async with calling(carrier, "1919", caller=caller, heard=heard) as citizen:
            await ear.hears(ear.prompt("en/welcome"))
            await citizen.press("1")
            await ear.hears(ear.prompt("en/menu-main"))
            chosen = asyncio.create_task(asyncio.to_thread(journal.fact, Kind.MENU_VISITED, 60, node=node))
            for again in ("en/not-understood-1", "en/not-understood-2"):
                await citizen.say(sound)
                asked = asyncio.create_task(ear.hears(ear.prompt(again)))
                await asyncio.wait({chosen, asked}, return_when=asyncio.FIRST_COMPLETED)
                asked.cancel()
                if chosen.done():
                    break
            await chosen
        journal.engine.dispose()
    assert "a vosk-server failed" in (running.data_dir / "ivr.output").read_text()
