"""Prompts are found where they were played, through µ-law and noise, cut short or one after another."""

from __future__ import annotations

import numpy as np
import pytest

from demonstration.listening import RATE, Listener, Samples, find, played_for, tone_share


def speech(seed: int, seconds: float) -> Samples:
    """Something like a sentence: noise in a telephone's band, in syllables."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft(random.normal(size=int(seconds * RATE)))
    hz = np.fft.rfftfreq(int(seconds * RATE), 1 / RATE)
    spectrum[(hz < 300) | (hz > 2500)] = 0
    sound = np.fft.irfft(spectrum, int(seconds * RATE))
    syllables = np.repeat(random.uniform(0.3, 1, int(seconds * 5) + 1), RATE // 5)[: len(sound)]
    return (4000 * sound / np.std(sound) * syllables).clip(-32000, 32000).astype(np.float32)


def telephone(samples: Samples) -> Samples:
    """µ-law there and back."""
    x = samples / 32768
    coded = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return (32768 * np.sign(coded) * (256 ** np.abs(coded) - 1) / 255).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


MENU, FEE, SORRY = speech(1, 3.0), speech(2, 2.0), speech(3, 1.4)
POSITIONS = {f"position-{n}": np.concatenate([speech(9, 1.5), speech(10 + n, 0.6)]) for n in (1, 2, 3)}


def test_it_finds_the_place_and_is_sure() -> None:
    heard = telephone(np.concatenate([silence(1.25), MENU, silence(0.5)]))
    at_s, score = find(heard, MENU)
    assert at_s == pytest.approx(1.25, abs=0.002)
    assert score > 0.95
    assert find(heard, FEE)[1] < 0.5


def test_it_measures_how_long_a_prompt_was_played() -> None:
    heard = telephone(np.concatenate([silence(0.5), MENU[: int(1.3 * RATE)], FEE]))
    assert played_for(heard, MENU, RATE // 2) / RATE == pytest.approx(1.3, abs=0.1)


@pytest.mark.parametrize("piece_s", [0.1, 0.7, 2.0, 60])
def test_a_call_is_followed_as_it_grows(piece_s: float) -> None:
    prompts = {"menu": MENU, "fee": FEE, "sorry": SORRY, **POSITIONS}
    parts = [
        silence(0.8), MENU, FEE, silence(3), SORRY, POSITIONS["position-2"], speech(77, 4), MENU[: 2 * RATE], FEE,
    ]  # fmt: skip
    heard = telephone(np.concatenate(parts))
    listener, found = Listener(prompts), []
    step = int(piece_s * RATE)
    for start in range(0, len(heard), step):
        found += listener.hear(heard[start : start + step])
    found += listener.hear(silence(0), end=True)
    assert [one.name for one in found] == ["menu", "fee", "sorry", "position-2", "menu", "fee"]
    assert [one.at_s for one in found] == pytest.approx([0.8, 3.8, 8.8, 10.2, 16.3, 18.3], abs=0.02)
    assert found[4].lasted_s == pytest.approx(2.0, abs=0.1)


def test_a_prompt_cut_short_in_the_middle_of_a_step_hides_nothing_behind_it() -> None:
    heard = telephone(np.concatenate([silence(0.5), MENU[: int(1.36 * RATE)], FEE]))
    found = Listener({"menu": MENU, "fee": FEE}).hear(heard, end=True)
    assert [one.name for one in found] == ["menu", "fee"]
    assert found[1].at_s == pytest.approx(1.86, abs=0.02)


def test_a_tone_is_told_from_another() -> None:
    sound = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    assert tone_share(sound, 440) > 0.95
    assert tone_share(sound, 1000) < 0.01
    assert tone_share(silence(1), 440) == 0
