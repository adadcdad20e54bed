"""Voice activity on synthesised calls: a word starts an utterance, steady noise does not."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from ivr.endpointing import Endpoint, Endpointer
from ivr.training import voices
from ivr.training.trials import call
from ivr.voice_activity import VoiceActivity


def events(pcm: NDArray[np.int16]) -> list[tuple[Endpoint, float]]:
    activity, endpointer, when = VoiceActivity(), Endpointer(), 0.0
    noticed = []
    for start in range(0, len(pcm), 800):
        for is_speech in activity.accept(pcm[start : start + 800]):
            when += 0.02
            event = endpointer.process(0.02, is_speech)
            if event is not None:
                noticed.append((event, when))
    return noticed


def test_a_word_begins_and_ends_an_utterance() -> None:
    word = voices.espeak("kitambulisho", "sw", "m6", random.Random(1)).samples
    around = np.zeros(8000, np.int16)
    (began, at), (ended, until) = events(call(np.concatenate([around, word, around, around]), 20, "test"))
    assert (began, ended) == (Endpoint.SPEECH_STARTED, Endpoint.SPEECH_ENDED)
    assert 1.2 < at < 1.7
    assert until < 1.2 + len(word) / 8000 + 0.9


def test_the_lines_noise_after_the_words_is_not_taken_for_more_words() -> None:
    """A detector that was shown the loud moments alone took it so in every fifth call, for up to two seconds."""
    three = voices.espeak("three", "en", "f4", random.Random(2)).samples
    spoken = np.concatenate([np.zeros(8000, np.int16), three, np.zeros(20_000, np.int16)])
    for seed in range(40):
        (_, _), (ended, until) = events(call(spoken, (20, 10)[seed % 2], f"line {seed}"))
        assert ended is Endpoint.SPEECH_ENDED
        assert until - 1.2 - len(three) / 8000 < 0.6, seed


def test_steady_noise_and_silence_are_no_input() -> None:
    hiss = np.random.default_rng(5).normal(0, 500, 6 * 8000).astype(np.int16)
    for pcm in (hiss, np.zeros(6 * 8000, np.int16)):
        assert [event for event, _ in events(pcm)] == [Endpoint.NO_INPUT]
