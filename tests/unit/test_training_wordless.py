"""What is no word and is learned as nothing: sound, within bounds, and never the same twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ivr.acoustic.features import RATE, Floats
from ivr.training.wordless import coughs, music, nobody


@pytest.mark.parametrize("make", [music, coughs])
def test_it_is_sound_of_a_telephone_calls_length(make: Callable[[np.random.Generator], Floats]) -> None:
    made = [make(np.random.default_rng(seed)) for seed in range(40)]
    for sound in made:
        assert sound.dtype == np.float32
        assert 0.99 < np.abs(sound).max() <= 1.0
        assert 0.1 * RATE < len(sound) < 6 * RATE
    assert len({sound.tobytes() for sound in made}) == 40


def test_nobody_is_now_and_then_silent() -> None:
    loud = [bool(np.abs(nobody(np.random.default_rng(seed))).max()) for seed in range(100)]
    assert 20 < loud.count(False) < 60
