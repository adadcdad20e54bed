"""A word that was cut out to its very edges is given the stillness that the line would have left around it."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.acoustic.features import BANDS, FLOOR, Floats
from ivr.acoustic.recogniser import STILL_FRAMES, with_stillness

LOUD, QUIET = np.float32(0.0), np.float32(-9.0)


def word(before: int, after: int, spoken: int = 40) -> Floats:
    loudness = np.concatenate([np.full(before, QUIET), np.full(spoken, LOUD), np.full(after, QUIET)])
    return np.repeat(loudness[:, None], BANDS, axis=1).astype(np.float32)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 25), (25, 0), (5, 5), (25, 25)])
def test_stillness_is_put_where_there_is_none(before: int, after: int) -> None:
    frames = word(before, after)
    heard = with_stillness(frames)
    front, back = STILL_FRAMES * (before < 18), STILL_FRAMES * (after < 18)
    assert len(heard) == len(frames) + front + back
    assert np.array_equal(heard[front : front + len(frames)], frames)
    assert (heard[:front] == np.float32(np.log(FLOOR))).all()
    assert (heard[front + len(frames) :] == np.float32(np.log(FLOOR))).all()


def test_what_a_line_brings_is_left_as_it_is() -> None:
    frames = word(20, 20)
    assert np.array_equal(with_stillness(frames), frames)


def test_no_sound_stays_no_sound() -> None:
    assert not len(with_stillness(np.zeros((0, BANDS), np.float32)))
