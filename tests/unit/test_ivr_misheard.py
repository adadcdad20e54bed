"""Which words may be kept, which of them are, and how labelled ones are written down."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile
from ivr_menus import TODAY, real_menu
from numpy.typing import NDArray
from spoken_words import RATE, line_of, spoken
from test_ivr_conversation import NoRecords, SlowVoice

from contact_centre.errors import FileMistake
from ivr.conversation import Caller, Conversation
from ivr.heard import NOTHING, Alternative, Heard
from ivr.labelled import NO_WORDS, Labelled, read_manifest, write_manifest
from ivr.menu import Dialogue, Situation
from ivr.misheard import may_be_kept, signal_to_noise_db
from ivr.training.corpus import Corpus, write
from ivr.training.prepare import _labelled
from ivr.turns import Ask

SOUND = np.ones(RATE, np.int16)


@pytest.mark.parametrize(
    ("recording", "ended", "agreed", "may"),
    [
        ("off", False, None, None),
        ("off", False, True, None),  # they may still refuse on this call
        ("off", False, False, False),
        ("off", True, None, False),  # who was never told
        ("off", True, True, False),  # nor told on this call, whatever was agreed on another day
        ("armed", False, None, True),
        ("archived", True, None, True),
        ("refused", False, True, False),
        ("refused", True, None, False),
        ("armed", False, False, False),
    ],
)
def test_words_are_kept_of_who_agrees_and_a_refusal_counts(
    recording: str, ended: bool, agreed: bool | None, may: bool | None
) -> None:
    assert may_be_kept(recording, ended, agreed) is may


def test_how_loud_speech_is_above_the_line() -> None:
    noise = np.random.default_rng(2).normal(0, 30, RATE)
    noise[: RATE // 2] += np.random.default_rng(3).normal(0, 3000, RATE // 2)
    assert signal_to_noise_db(noise.astype(np.int16)) == pytest.approx(40, abs=3)
    assert signal_to_noise_db(np.zeros(300, np.int16)) is None
    assert signal_to_noise_db(np.zeros(RATE, np.int16)) == 0


class Speaks:
    """Says each of these, whatever is asked; each with its sound."""

    lateness_s = 0.0
    not_understood: NDArray[np.int16] | None = SOUND

    def __init__(self, *heard: Heard) -> None:
        self._heard = list(heard)

    def hear(self, files: tuple[str, ...], ask: Ask, pressed: str) -> tuple[str, bool] | Heard | None:
        return self._heard.pop(0) if self._heard else ("0", False)


class Listens:
    """A line that plays nothing."""

    def play(self, files: tuple[str, ...], keys: str = "") -> str:
        return ""

    def set_soon(self, name: str, value: str) -> None:
        return None


def misheard(*heard: Heard) -> Conversation:
    dialogue = Dialogue(real_menu(), Situation(today=TODAY, remembered="en", listening=True))
    talk = Conversation(dialogue, cast(Caller, Listens()), SlowVoice(), NoRecords(), Speaks(*heard))
    talk.run()
    return talk


def test_what_was_heard_and_what_could_be_said_there_stays_with_the_sound() -> None:
    doubtful = Heard("passport", 0.5, "confirm", (Alternative("passport", 0.5),))
    (first, second) = misheard(Heard(None, 0.0, "reject", (Alternative("taxes", 0.2),)), doubtful).misheard
    assert (first.node, first.language, first.level, first.heard) == ("main", "en", "reject", "taxes")
    assert any("passport" in phrases for phrases in first.options.values())
    assert (second.heard, second.level) == ("passport", "confirm")
    assert first.sound is SOUND


def test_nothing_said_where_digits_are_asked_for_is_kept() -> None:
    to_the_case = Heard("my case", 0.95, "act")
    talk = misheard(to_the_case, NOTHING, Heard("four eight", 0.3, "confirm"))
    talk_nodes = [one.node for one in talk.misheard]
    assert talk_nodes == ["main"], "the way there may be, what is said there may not"


def clip(folder: Path, name: str, sound: NDArray[np.int16]) -> str:
    soundfile.write(folder / name, sound, RATE, subtype="PCM_16")
    return name


def line(file: str, language: str = "sw", text: str = "", option: str = "") -> Labelled:
    return Labelled(file, language, text, option, "s0001", "21.5", "main", "pasipoti|nataka pasipoti;ushuru")


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    sound = line_of(0.2, spoken("pasipoti", "sw"), 0.2)
    rows = [
        line(clip(tmp_path, "a.flac", sound), text="nataka ku-renew pasipoti", option="pasipoti"),
        line(clip(tmp_path, "b.wav", sound), option=NO_WORDS),
        line(clip(tmp_path, "c.wav", sound), language="en", text="my passport is lost"),
    ]
    write_manifest(tmp_path, rows)
    assert read_manifest(tmp_path) == rows
    assert rows[0].options == {"pasipoti": ("pasipoti", "nataka pasipoti"), "ushuru": ("ushuru",)}
    assert write(tmp_path / "labelled", _labelled(tmp_path)) == 2, "training takes those whose words are known"
    assert [(u.text, u.speaker, u.length) for u, _ in Corpus(tmp_path / "labelled")] == [
        ("nataka kurenew pasipoti", "s0001", len(sound)),
        ("my passport is lost", "s0001", len(sound)),
    ]


@pytest.mark.parametrize("wrong", ["../outside.wav\tsw", "missing.wav\tsw", "a.wav\tfr", "\tsw"])
def test_a_manifest_that_is_wrong_names_its_line(tmp_path: Path, wrong: str) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    clip(tmp_path, "outside.wav", SOUND)
    clip(folder, "a.wav", SOUND)
    with pytest.raises(FileMistake, match="there is no manifest"):
        read_manifest(folder)
    (folder / "manifest.tsv").write_text(f"file\tlanguage\na.wav\tsw\n{wrong}\n")
    with pytest.raises(FileMistake, match=r"manifest\.tsv:3: "):
        read_manifest(folder)
