"""Several sounds become one, and a key that is pressed anywhere in it is heard."""

from __future__ import annotations

import os
import time
import wave
from pathlib import Path

import numpy as np

from ivr.joining import KEPT_DAYS, Joining


def sound(path: Path, value: int, rate: int = 8000) -> str:
    with wave.open(str(path.with_suffix(".wav")), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(np.full(400, value, np.int16).tobytes())
    return str(path)


def heard(file: str) -> list[int]:
    with wave.open(f"{file}.wav", "rb") as whole:
        return np.frombuffer(whole.readframes(whole.getnframes()), np.int16).tolist()


def test_sounds_are_one_file_in_their_order(tmp_path: Path) -> None:
    joining = Joining(tmp_path / "joined")
    parts = (sound(tmp_path / "a", 7), sound(tmp_path / "b", -9), sound(tmp_path / "c", 3))
    (one,) = joining.joined(parts)
    assert heard(one) == [7] * 400 + [-9] * 400 + [3] * 400
    assert joining.joined(parts) == (one,)
    assert Joining(tmp_path / "joined").joined(parts) == (one,), "kept for the next start"
    assert joining.joined(parts[:1]) == parts[:1], "one sound is itself"
    assert joining.joined(()) == ()
    assert len(list((tmp_path / "joined").iterdir())) == 1, "no draft is left behind"


def test_a_sound_that_was_made_anew_is_heard_after_a_start(tmp_path: Path) -> None:
    parts = (sound(tmp_path / "a", 7), sound(tmp_path / "b", -9))
    Joining(tmp_path / "joined").joined(parts)
    sound(tmp_path / "b", 5)
    (one,) = Joining(tmp_path / "joined").joined(parts)
    assert heard(one) == [7] * 400 + [5] * 400


def test_what_cannot_be_joined_is_heard_one_after_the_other(tmp_path: Path) -> None:
    joining = Joining(tmp_path / "joined")
    good = sound(tmp_path / "a", 7)
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    for other in (str(tmp_path / "bad"), str(tmp_path / "missing"), sound(tmp_path / "fast", 1, rate=16000)):
        assert joining.joined((good, other)) == (good, other)


def test_old_ones_are_deleted_at_a_start(tmp_path: Path) -> None:
    parts = (sound(tmp_path / "a", 7), sound(tmp_path / "b", -9))
    (one,) = Joining(tmp_path / "joined").joined(parts)
    old = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(f"{one}.wav", (old, old))
    again = Joining(tmp_path / "joined")
    assert not Path(f"{one}.wav").exists()
    assert again.joined(parts) == (one,)
    assert len(heard(one)) == 800
