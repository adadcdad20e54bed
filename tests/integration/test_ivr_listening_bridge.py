"""The bridge as Asterisk starts it, and the IVR behind it: pipes for 0, 1 and 3, and a hand-written Asterisk."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from bridged_call import CALL_ID, Bridged, Line, Tape
from spoken_words import line_of, spoken
from sqlalchemy import Engine, select

from citizen_services.citizens import NewCitizen, create_citizen, find_or_add_number
from contact_centre.cli import main as huduma
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.errors import LinkLost, Refused
from contact_centre.migrate import migrate
from contact_centre.tables import AuditEntry, CallRow
from ivr.eagi_connection import listen_for_bridges
from ivr.heard import Heard
from ivr.listen_command import main as listen
from ivr.nodes import NO_INPUT
from ivr.speech import hearing
from ivr.turns import Ask, Part, Prompt


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ivr')}/huduma.db"
    migrate(url)
    made = connect(url)
    yield made
    made.dispose()


@pytest.fixture
def line(engine: Engine, tmp_path: Path) -> Iterator[Line]:
    made = Line(engine, tmp_path, hearing("ctc"))
    yield made
    made.close()


@pytest.fixture
def call(line: Line) -> Iterator[Bridged]:
    made = Bridged(line.path)
    yield made
    made.close()


def descriptors() -> list[str]:
    """What kinds of files this process has open, without its database's: a pool opens more of those when it likes."""
    kinds = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the listing's own is gone again
            target = os.readlink(f"/proc/self/fd/{number}")
            if "huduma.db" not in target:
                kinds.append(target.split(":")[0])
    return sorted(kinds)


def test_without_an_ivr_the_bridge_ends_at_once(tmp_path: Path) -> None:
    call = Bridged(tmp_path / "nobody.sock")
    assert call.process.wait(5) == 1
    assert call.next() == "", "Asterisk sees the end"
    call.close()


def test_an_ivr_that_dies_ends_the_bridge(tmp_path: Path) -> None:
    with listen_for_bridges(tmp_path / "ivr.sock") as listener:
        call = Bridged(tmp_path / "ivr.sock")
        accepted, _ = listener.accept()
        _, numbers, _, _ = socket.recv_fds(accepted, 1, 3)
        for number in numbers:
            os.close(number)
        accepted.close()
    assert call.next() == ""
    assert call.process.wait(5) == 0
    call.close()


def test_keys_choose_as_ever_and_everything_is_given_back(line: Line) -> None:
    before = descriptors()
    for _ in range(3):
        call = Bridged(line.path)
        call.until("STREAM FILE")
        call.send("200 result=48 endpos=100\n")  # 0
        while not (command := call.next()).startswith("EXEC MSet") or "CC_IVR_RESULT=agent" not in command:
            call.send("200 result=0 endpos=1\n")
        call.send("200 result=1\n")
        assert call.next() == ""
        assert call.process.wait(5) == 0
        call.close()
        assert line.nobody_left()
        in_time(lambda: descriptors() == before)


def test_a_word_stops_the_prompt_and_is_acted_on(line: Line, call: Bridged) -> None:
    call.until("STREAM FILE")
    speaking = call.speak(line_of(0.4, spoken("kiswahili", "sw"), 1.5))
    stopped = call.next()
    assert stopped == 'GET VARIABLE "CC_CALL_ID"', "a further command stops what plays"
    call.send(f"200 result=1 ({CALL_ID})\n")
    if (following := call.next()).startswith("WAIT FOR DIGIT"):  # words were certain before they were understood
        assert call.next() == stopped
        call.send(f"200 result=1\n200 result=1 ({CALL_ID})\n")
        following = call.next()
    assert "CC_LANG=sw" in following
    speaking.join()


def test_a_key_at_the_same_moment_wins(line: Line, call: Bridged) -> None:
    call.until("STREAM FILE")
    speaking = call.speak(line_of(0.4, spoken("kiswahili", "sw"), 1.5))
    call.next()
    call.send(f"200 result=49 endpos=5\n200 result=1 ({CALL_ID})\n")  # 1, pressed as the prompt was stopped
    assert "CC_LANG=en" in call.next()
    speaking.join()


def test_who_hangs_up_in_the_middle_of_a_word_leaves_nothing(line: Line) -> None:
    before = descriptors()
    for _ in range(3):
        call = Bridged(line.path)
        call.until("STREAM FILE")
        speaking = call.speak(line_of(0.2, spoken("ningependa kupata pasipoti mpya", "sw")))
        time.sleep(0.5)  # in the middle of a word
        call.close()
        speaking.join()
        assert line.nobody_left()
        in_time(lambda: descriptors() == before)


def test_who_says_nothing_is_asked_in_other_words_and_then_goes_to_a_person(line: Line, call: Bridged) -> None:
    """The sound of a line on which nobody speaks; that much of it counts, not the clock."""
    call.until("STREAM FILE")
    call.send("200 result=49 endpos=5\n")  # 1: English
    for words in (*NO_INPUT, "three-strikes"):
        call.until("STREAM FILE")
        call.send("200 result=0 endpos=100\n")  # the prompt is over
        call.until("WAIT FOR DIGIT")
        call.feed(line_of(Ask(()).timeout_s + 0.5).tobytes())
        assert call.next() == 'GET VARIABLE "CC_CALL_ID"', "silence ends the wait"
        call.send(f"200 result=1 ({CALL_ID})\n")
        in_time(lambda words=words: Prompt(words, "en") in line.tape.said[-1])  # type: ignore[misc]
    while "CC_IVR_RESULT" not in (command := call.until("EXEC MSet")):
        call.send("200 result=1\n")
    assert "CC_IVR_RESULT=agent" in command


def test_past_the_cap_there_are_keys(engine: Engine, tmp_path: Path) -> None:
    full = Line(engine, tmp_path, hearing("ctc"), most=1)
    first, second = Bridged(full.path), Bridged(full.path)
    asked = sorted((first.until_asked(), second.until_asked()))
    assert [one.split(" ")[0] for one in asked] == ["GET", "STREAM"], "one is listened to, the other is asked for keys"
    first.close()
    second.close()
    assert full.nobody_left()
    full.close()


class Listed(Tape):
    """A voice whose sounds are named like the prompts, so that a test sees what is said."""

    def files(self, parts: tuple[Part, ...], waiting: object) -> tuple[str, ...]:
        return ("+".join(part.id if isinstance(part, Prompt) else "words" for part in parts),)


def test_who_is_not_listened_to_is_told_of_keys_alone_and_never_heard(engine: Engine, tmp_path: Path) -> None:
    full = Line(engine, tmp_path, hearing("ctc"), most=1, tape=Listed())
    first = Bridged(full.path)
    assert "say-language" in first.until_asked()
    second = Bridged(full.path)
    asked = second.until_asked()
    assert asked.startswith("GET DATA")
    assert "choose-language" in asked
    assert "say-language" not in asked
    first.close()
    in_time(lambda: not full.ears.places.taken)
    speaking = second.speak(line_of(0.3, spoken("kiswahili", "sw"), 1.0))  # there is room again, but nobody told them
    speaking.join()
    second.send("200 result=1\n")
    asked = second.until_asked()
    assert asked.startswith("GET DATA")
    assert "menu-main" in asked
    assert "you-may-speak" not in asked
    assert not full.ears.places.taken
    third = Bridged(full.path)
    assert "say-language" in third.until_asked(), "the place of who left is free"
    third.close()
    second.close()
    assert full.nobody_left()
    full.close()


def test_a_place_is_kept_for_the_whole_call(engine: Engine, tmp_path: Path) -> None:
    full = Line(engine, tmp_path, hearing("ctc"), most=1, tape=Listed())
    first = Bridged(full.path)
    first.until("STREAM FILE")
    first.send("200 result=49 endpos=100\n")  # 1: between two questions
    assert "you-may-speak" in first.until_asked()
    second = Bridged(full.path)
    assert "choose-language" in second.until_asked()
    for call in (first, second):
        call.close()
    assert full.nobody_left()
    full.close()


def memory_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


def test_ten_minutes_of_noise_take_no_memory_and_leave_the_keys(line: Line, call: Bridged) -> None:
    """As fast as the pipe takes them. Whatever the noise does to the prompt, the call is there when it is over."""
    call.until("STREAM FILE")
    noise = np.random.default_rng(8).integers(-9000, 9000, 8000 * 30).astype("<i2")
    noise[np.arange(len(noise)) // 3000 % 2 == 0] //= 200  # it comes and goes, so that it may be speech
    call.feed(noise.tobytes())
    before = memory_kb()
    for _ in range(19):
        call.feed(noise.tobytes())
    assert memory_kb() - before < 20_000
    call.send("200 result=50 endpos=100\n")  # 2
    assert "CC_LANG=sw" in call.until("EXEC MSet")


@pytest.mark.parametrize("sound", [b"", b"\x00", b"\xff" * 321])
def test_a_call_whose_sound_ends_at_once_goes_on_with_keys(line: Line, call: Bridged, sound: bytes) -> None:
    call.until("STREAM FILE")
    call.feed(sound)
    call.no_more_sound()
    in_time(lambda: not line.ears.open_ears)
    call.send("200 result=50 endpos=100\n")
    assert "CC_LANG=sw" in call.until("EXEC MSet")


@pytest.mark.parametrize("rubbish", [b"", b"x", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_bridge_is_sent_away(line: Line, rubbish: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(line.path))
        stranger.sendall(rubbish)
        stranger.shutdown(socket.SHUT_WR)
        stranger.settimeout(10)
        with suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
    assert line.nobody_left()


class Broken:
    """A recogniser that fails."""

    def recogniser(self) -> Broken:
        return self

    def start(self, phrases: object, language: object, digits: int = 0, sentences: object = None) -> None:
        return None

    def accept(self, pcm: object) -> None:
        raise RuntimeError("the engine is gone")

    def finish(self) -> Heard:
        raise AssertionError


def test_a_recogniser_that_fails_leaves_the_keys(engine: Engine, tmp_path: Path) -> None:
    made = Line(engine, tmp_path, Broken())
    call = Bridged(made.path)
    call.until("STREAM FILE")
    speaking = call.speak(line_of(0.3, spoken("kiswahili", "sw"), 1.0))
    speaking.join()
    call.send("200 result=50 endpos=100\n")  # 2
    assert "CC_LANG=sw" in call.until("EXEC MSet")
    call.close()
    assert made.nobody_left()
    made.close()


def who_calls(engine: Engine) -> int | None:
    with read_scope(engine) as session:
        return session.scalar(select(CallRow.citizen_id).where(CallRow.id == CALL_ID))


def in_time(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.01)  # another thread is on the way


def test_a_live_call_is_watched_only_if_its_caller_agreed_and_nothing_of_it_is_kept(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("HUDUMA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUDUMA_DATABASE_URL", str(engine.url))
    with pytest.raises(LinkLost, match="the IVR does not run"):
        listen([])
    line = Line(engine, tmp_path, hearing("ctc"))
    post = line.post(tmp_path)
    with pytest.raises(Refused, match="No call in the menu"):
        listen([])
    with session_scope(engine) as session:
        number = find_or_add_number(session, "+254712000077", datetime.now(UTC))
        assert number is not None
        number.citizen_id = create_citizen(session, NewCitizen("Wanjiku Test"), datetime.now(UTC)).id
    call = Bridged(line.path, "0712000077")
    call.until("STREAM FILE")
    line.records.flush()
    in_time(lambda: who_calls(engine) is not None)
    with pytest.raises(Refused, match="has not agreed to be recorded"):
        listen([CALL_ID])
    with pytest.raises(Refused, match="There is no such call"):
        listen(["another"])
    assert huduma(["speech", "consent", "0712000077", "yes"]) == 0
    watched = threading.Thread(target=listen, args=([],))
    watched.start()
    in_time(lambda: line.server.listened_to()[CALL_ID].watch is not None)
    with pytest.raises(Refused, match="Somebody watches"):
        listen([CALL_ID])
    call.speak(line_of(0.4, spoken("kiswahili", "sw"), 1.5)).join()
    call.close()
    watched.join(10)
    assert not watched.is_alive(), "the call is over, and so is the watch"
    shown = capsys.readouterr().out
    assert "heard act “kiswahili”" in shown
    for told in (
        f"call {CALL_ID}",
        "asked [en] ",
        "speech began",
        "so far: ",
        "speech ended",
        "the call left the menu",
    ):
        assert told in shown
    assert "kiswahili" not in caplog.text.lower()
    with read_scope(engine) as session:
        subjects = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "call_watched")).all()
    assert subjects == [f"call:{CALL_ID}"]
    post.close()
    assert line.nobody_left()
    line.close()
