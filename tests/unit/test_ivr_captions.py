"""What is said to a call from the page can be read by that call's page, and by nobody for long."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from contact_centre.model import Language
from ivr.captions import KEPT_S, MOST, CaptionedVoice, Captions, CaptionsDoor
from ivr.turns import Part, Prompt, Spoken

TEXTS: dict[str, dict[Language, str]] = {
    "welcome": {"en": "Welcome.", "sw": "Karibu."},
    "recording-notice": {"en": "We record this call.", "sw": "Tunarekodi simu hii."},
}


class Sound:
    """A voice that has a file for everything but what it was told it cannot say."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...] | None:
        return None if Spoken("impossible", "en") in parts else ("file",)

    def one_moment(self, language: Language) -> tuple[str, ...]:
        return ("wait",)


def test_words_are_lines_by_language_and_counted_for_each_call() -> None:
    captions = Captions(TEXTS, recording=True)
    mine, other = (CaptionedVoice(Sound(), captions, call) for call in ("mine", "other"))
    assert mine.files((Prompt("welcome", "en"), Spoken("Two.", "en"), Prompt("welcome", "sw")), lambda: None)
    other.files((Spoken("Not yours.", "en"),), lambda: None)
    mine.notice("sw")
    assert [tuple(line.values()) for line in captions.after("mine", 0)] == [
        (1, "en", "Welcome. Two."),
        (2, "sw", "Karibu."),
        (3, "sw", "Tunarekodi simu hii."),
    ]
    assert [line["n"] for line in captions.after("mine", 2)] == [3]
    assert captions.after("nobody", 0) == []


def test_what_cannot_be_said_is_not_shown_and_without_recording_there_is_no_notice() -> None:
    captions = Captions(TEXTS, recording=False)
    voice = CaptionedVoice(Sound(), captions, "mine")
    assert voice.files((Spoken("impossible", "en"),), lambda: None) is None
    voice.notice("en")
    assert voice.one_moment("en") == ("wait",)
    assert captions.after("mine", 0) == []


def test_words_are_forgotten() -> None:
    at = 0.0
    captions = Captions(TEXTS, recording=True, clock=lambda: at)
    for n in range(MOST + 5):
        captions.say("mine", (Spoken(f"{n}", "en"),))
    assert [line["n"] for line in captions.after("mine", 0)] == list(range(6, MOST + 6))
    at = KEPT_S + 1
    assert captions.after("mine", 0) == []


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"{}", b'{"call": 7, "after": "x"}', b"\xff" * 5000])
def test_the_door_answers_the_call_that_is_asked_for_whatever_else_comes(tmp_path: Path, rubbish: bytes) -> None:
    captions = Captions(TEXTS, recording=True)
    captions.say("mine", (Prompt("welcome", "sw"),))
    path = tmp_path / "captions.sock"
    door = CaptionsDoor(path, captions)

    def ask(question: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(path))
            try:
                line.sendall(question + b"\n")
                return line.makefile("rb").readline()
            except (BrokenPipeError, ConnectionResetError):  # it read enough
                return b""

    try:
        assert ask(rubbish) in (b"", b"[]\n")
        said = json.loads(ask(json.dumps({"call": "mine", "after": 0}).encode()))
        assert said == [{"n": 1, "language": "sw", "text": "Karibu."}]
    finally:
        door.close()
