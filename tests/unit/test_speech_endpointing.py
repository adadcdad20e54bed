"""When an utterance begins and ends."""

from __future__ import annotations

import pytest

from ivr.endpointing import DIGITS, MENU, Endpoint, Endpointer, Patience


def heard(pattern: str, patience: Patience = MENU, waiting: bool = True) -> list[tuple[float, Endpoint]]:
    """Read 20 ms pieces, `#` is speech and `.` is none; give the events and when they came (s)."""
    endpointer = Endpointer(patience)
    endpointer.waiting = waiting
    noticed = [(round((i + 1) * 0.02, 2), endpointer.process(0.02, piece == "#")) for i, piece in enumerate(pattern)]
    return [(when, event) for when, event in noticed if event is not None]


def test_speech_is_certain_after_a_tenth_of_a_second_and_over_after_half_of_one() -> None:
    assert heard("....." + "#" * 20 + "." * 60) == [(0.2, Endpoint.SPEECH_STARTED), (1.0, Endpoint.SPEECH_ENDED)]


def test_a_click_is_no_caller() -> None:
    assert heard("##" + "." * 20 + "###" + "." * 20 + "####") == []


def test_a_tiny_gap_within_the_first_word_counts_as_one_word() -> None:
    assert heard("###..##")[0] == (0.14, Endpoint.SPEECH_STARTED)


@pytest.mark.parametrize(("patience", "ends"), [(MENU, 1.5), (DIGITS, 3.1)])
def test_digits_may_have_pauses(patience: Patience, ends: float) -> None:
    pattern = "#" * 50 + "." * 25 + "." * 10 + "#" * 15 + "." * 100
    assert heard(pattern, patience)[1] == (ends, Endpoint.SPEECH_ENDED)


def test_silence_counts_only_once_the_prompt_is_over() -> None:
    assert heard("." * 400, waiting=False) == []
    assert heard("." * 400) == [(4.5, Endpoint.NO_INPUT)]


def test_who_never_stops_is_stopped() -> None:
    assert heard("#" * 1000) == [(0.1, Endpoint.SPEECH_STARTED), (8.0, Endpoint.TOO_LONG)]


def test_pieces_of_any_length_give_the_same_end() -> None:
    endpointer = Endpointer()
    assert endpointer.process(0.1, True) is Endpoint.SPEECH_STARTED
    assert endpointer.process(0.4, False) is None
    assert endpointer.process(0.1, False) is Endpoint.SPEECH_ENDED
    assert endpointer.process(5.0, True) is None
    assert Endpointer().process(0.0, True) is None
