"""The shipped model: a damaged or foreign one is refused, and this one hears."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from contact_centre.errors import FileMistake, SettingsMistake
from ivr.acoustic.features import FrameStream, as_sound, log_mel, without_the_line
from ivr.acoustic.model_file import SHIPPED, AcousticModel
from ivr.acoustic.recogniser import CtcHearing, CtcRecogniser
from ivr.speech import NOTHING, hearing
from ivr.training import voices
from ivr.training.trials import MENUS, call


@pytest.fixture(scope="module")
def model() -> AcousticModel:
    return AcousticModel()


def say(recogniser: CtcRecogniser, pcm: NDArray[np.int16]) -> None:
    for start in range(0, len(pcm), 160):
        recogniser.accept(pcm[start : start + 160])


def test_frames_are_the_same_however_the_sound_arrives() -> None:
    pcm = np.random.default_rng(1).integers(-9000, 9000, 8111).astype(np.int16)
    stream = FrameStream()
    for start in range(0, len(pcm), 161):
        stream.accept(pcm[start : start + 161])
    assert stream.features() == pytest.approx(without_the_line(log_mel(as_sound(pcm))), abs=1e-4)


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text", "foreign"])
def test_a_damaged_or_foreign_model_is_refused_with_the_reason(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    whole = SHIPPED.read_bytes()
    contents = {"empty": b"", "cut": whole[: len(whole) // 2], "text": b"no model\n" * 99}
    if damage == "foreign":
        path.write_bytes(whole.replace(b"log-mel 40 bands", b"log-mel 80 bands"))
    elif damage != "missing":
        path.write_bytes(contents[damage])
    with pytest.raises(FileMistake, match="acoustic model"):
        AcousticModel(path)


def test_silence_and_scraps_of_sound_are_nothing(model: AcousticModel) -> None:
    recogniser = CtcHearing(model).recogniser()
    for pcm in (np.zeros(0, np.int16), np.zeros(24000, np.int16), np.full(50, 900, np.int16)):
        recogniser.start(MENUS["en"], "en")
        recogniser.accept(pcm)
        assert recogniser.finish() == NOTHING


def test_ten_minutes_of_noise_do_not_take_long(model: AcousticModel) -> None:
    recogniser = CtcHearing(model).recogniser()
    recogniser.start(MENUS["sw"], "sw")
    noise = np.random.default_rng(2).integers(-3000, 3000, 8000).astype(np.int16)
    for _ in range(600):
        recogniser.accept(noise)
    began = time.process_time()
    recogniser.finish()
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("text", "language"),
    [("passport", "en"), ("student loan", "en"), ("kitambulisho", "sw"), ("leseni ya udereva", "sw")],
)
def test_menu_words_are_heard_over_the_telephone(model: AcousticModel, text: str, language: str) -> None:
    spoken_in = "sw" if language == "sw" else "en"
    spoken = voices.espeak(text, spoken_in, "m6", random.Random(3), "sw" if language == "sw" else "en-gb")
    recogniser = CtcHearing(model).recogniser()
    recogniser.start(MENUS[spoken_in], spoken_in)
    say(recogniser, call(spoken.samples, 20, "test"))
    heard = recogniser.finish()
    assert heard.alternatives[0].phrase == text
    assert heard.level in {"act", "confirm"}


def test_the_engine_is_chosen_by_name() -> None:
    deaf = hearing("keys").recogniser()
    deaf.start(["yes"], "en")
    deaf.accept(np.full(8000, 500, np.int16))
    assert deaf.finish() == NOTHING
    with pytest.raises(SettingsMistake, match="no speech engine"):
        hearing("magic")
