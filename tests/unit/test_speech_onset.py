"""What may stop a prompt: words; and what may not: coughs, noise, music, the prompt's own echo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken_words import RATE, cough, hiss, line_of, music, saved, spoken

from contact_centre.model import Language
from ivr.acoustic.model_file import AcousticModel
from ivr.echo import share_of_echo
from ivr.onset import ECHO, Onset, Playing
from ivr.training.trials import MENUS

ONSET = Onset(AcousticModel())
BATCH = RATE * 15 // 100


def certain_after(sound: NDArray[np.int16], language: Language) -> float | None:
    """How long after its beginning it is known to be words (s); None: never."""
    for until in range(BATCH, len(sound) + BATCH, BATCH):
        if ONSET.is_words(sound[max(0, until - RATE) : until], MENUS[language], language):
            return until / RATE
    return None


@pytest.mark.parametrize(
    ("text", "language"),
    [("kitambulisho", "sw"), ("cheti cha kuzaliwa", "sw"), ("birth certificate", "en"), ("student loan", "en")],
)
def test_words_are_certain_before_they_are_over(text: str, language: Language) -> None:
    word = spoken(text, language)
    when = certain_after(line_of(0.3, word, 0.3), language)
    assert when is not None
    assert when < 0.3 + len(word) / RATE


def test_coughs_noise_and_music_are_not() -> None:
    others = [line_of(0.3, cough(seed), 0.2, cough(seed + 1)) for seed in range(0, 20, 2)]
    for number, sound in enumerate([*others, hiss(3), music(4)]):
        assert certain_after(sound, "sw") is None, number


def echo_of(played: NDArray[np.int16], gain: float, delay: int) -> NDArray[np.int16]:
    colour = gain * np.exp(-np.arange(20) / 5.0) * np.random.default_rng(2).normal(0.3, 1, 20)
    return np.concatenate([np.zeros(delay), np.convolve(played, colour)[: len(played)]]).astype(np.int16)


@pytest.mark.parametrize(("gain", "delay_ms"), [(0.5, 20), (0.1, 250), (0.05, 600)])
def test_the_prompt_come_back_is_echo_and_speech_over_it_is_not(gain: float, delay_ms: int, tmp_path: Path) -> None:
    prompt = line_of(0.2, spoken("welcome to the huduma contact centre", "en"), 0.2)
    back = echo_of(prompt, gain, delay_ms * RATE // 1000)
    playing = Playing((str(saved(tmp_path / "prompt", prompt)),), began_at=100.0)
    end = 2 * RATE
    assert ONSET.is_echo(back[:end], playing, 102.0)
    assert ONSET.is_echo(back[:end], playing, 102.1), "our clock is not Asterisk's"
    louder = back[:end].copy()
    louder[-RATE:] += spoken("kitambulisho", "sw")[:RATE]
    assert not ONSET.is_echo(louder, playing, 102.0)
    playing.until = 100.0
    assert not ONSET.is_echo(back[:end], playing, 102.0), "what was not played cannot come back"


@pytest.mark.parametrize("heard_s", [0.3, 0.5, 0.8])
def test_an_echo_that_begins_in_the_midst_of_a_prompt_is_echo_and_a_word_that_does_is_not(heard_s: float) -> None:
    """As when an echo suppressor lets go: the silence before it tells nothing."""
    prompt = line_of(0.2, spoken("welcome to the huduma contact centre", "en"), 0.2)
    back = echo_of(prompt, 0.3, RATE // 10)[:RATE]
    word = spoken("kitambulisho", "sw")[:RATE]
    begins, until = RATE - int(heard_s * RATE), line_of(1.5)
    for sound, is_echo in ((back[begins:], True), (word[: RATE - begins], False)):
        heard = np.concatenate([np.zeros(begins, np.int16), sound])
        assert (share_of_echo(heard, np.concatenate([until, prompt[:RATE]])) > ECHO) is is_echo


def test_silence_and_little_are_no_echo() -> None:
    nothing = np.zeros(2 * RATE, np.int16)
    assert share_of_echo(nothing[:RATE], nothing) == 0.0
    assert share_of_echo(nothing[:10], nothing[:20]) == 0.0
