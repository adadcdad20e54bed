"""What makes many speakers of a few keeps the words whole."""

from __future__ import annotations

import numpy as np

from ivr.acoustic.features import BANDS, FFT, bank
from ivr.training.throats import LONGEST, SHORTEST, throats


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
