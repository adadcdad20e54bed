"""Who may be listened to, without a sound."""

from __future__ import annotations

import pytest

from ivr.listening_places import PAUSE_S, TOO_LATE_S, Places


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("ivr.listening_places.time", clock)
    return clock


def test_no_more_than_there_are_places(clock: Clock) -> None:
    places = Places(2)
    assert places.admit("first")
    assert places.admit("second")
    assert not places.admit("third")
    assert places.taken == 2
    places.dismiss("first")
    assert places.admit("third")


def test_who_stays_keeps_its_place_between_questions(clock: Clock) -> None:
    places = Places(1)
    assert places.admit("stays", stays=True)
    assert places.admit("stays")
    assert places.taken == 1
    places.dismiss("stays")
    assert not places.admit("other")
    places.leave("stays")
    assert places.admit("other")


def test_a_late_answer_lets_nobody_new_in_for_a_while(clock: Clock) -> None:
    places = Places(5)
    assert places.admit("stays", stays=True)
    places.answered(TOO_LATE_S + 0.1)
    assert places.paused
    assert places.late_p95_s == TOO_LATE_S + 0.1
    assert not places.admit("new")
    assert places.admit("stays")
    clock.now += PAUSE_S
    assert not places.paused
    assert places.admit("new")


def test_an_answer_in_time_shuts_nobody_out(clock: Clock) -> None:
    places = Places(5)
    places.answered(TOO_LATE_S)
    assert places.admit("new")
    assert Places(1).late_p95_s is None
