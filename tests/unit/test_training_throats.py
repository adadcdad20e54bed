"""What makes many speakers of a few keeps the words whole."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.acoustic.features import BANDS, FFT, bank
from ivr.training.throats import LONGEST, SHORTEST, at_uneven_pace, throats


def test_every_throat_differs_and_hears_every_band() -> None:
    banks = throats(np.random.default_rng(1), 40)
    assert len({one.tobytes() for one in banks}) == 40
    for one in banks:
        assert one.shape == (FFT // 2 + 1, BANDS)
        assert np.isfinite(one).all()
        assert (one >= 0).all()
    assert all(one.sum(axis=0)[2:-6].all() for one in banks)  # a formant between two bands is still heard


def test_a_longer_throat_hears_a_tone_in_a_higher_band() -> None:
    point = 40  # 1,250 Hz
    bands = [int(bank(stretch)[point].argmax()) for stretch in (LONGEST, 1.0, SHORTEST)]
    assert bands == sorted(set(bands))


@pytest.mark.parametrize("seed", range(20))
def test_an_uneven_pace_keeps_order_and_ends(seed: int) -> None:
    rising = np.repeat(np.arange(200, dtype=np.float32)[:, None], BANDS, axis=1)
    heard = at_uneven_pace(rising, np.random.default_rng(seed))
    assert heard.dtype == np.float32
    assert heard.shape[1] == BANDS
    assert 200 * 0.68 < len(heard) < 200 * 1.45
    steps = np.diff(heard[:, 0])
    assert (steps > 0).all()
    assert steps.max() < 1.45
    assert heard[0, 0] == 0
    assert heard[-1, 0] > 197


def test_what_is_too_short_to_have_a_pace_is_left() -> None:
    short = np.ones((3, BANDS), np.float32)
    assert at_uneven_pace(short, np.random.default_rng(1)) is short
