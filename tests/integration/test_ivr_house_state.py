"""What is made into sound before anybody calls: the emergency announcement, and the hours while nobody is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running_asterisk import house
from sqlalchemy import Engine

from agent_console import emergency
from citizen_services.catalogue import Text
from contact_centre.database import connect, session_scope
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from ivr.house_state import HouseState

FLOODS = {"en": "Closed because of the floods.", "sw": "Kimefungwa kwa sababu ya mafuriko."}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A house whose agents begin in twelve hours."""
    opens = (datetime.now(house(tmp_path).zone).hour + 12) % 24
    return house(tmp_path, ignore_hours=False, opens=f"{opens:02}:00", closes=f"{opens:02}:30")


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    migrate(settings.url)
    made = connect(settings.url)
    yield made
    made.dispose()


def turn(engine: Engine, on: bool) -> None:
    with session_scope(engine) as session:
        emergency.write(session, emergency.EmergencyBody(on=on, **FLOODS), 1, datetime.now(UTC))


def test_each_text_is_announced_once_and_anew_when_it_comes_back(settings: Settings, engine: Engine) -> None:
    announced: list[Text] = []
    state = HouseState(settings, engine, announced.append)
    state.read()
    closed = state.situation("main", None).closed
    assert announced == [closed]
    turn(engine, on=True)
    for _ in range(2):
        state.read()
    assert announced == [closed, FLOODS]
    turn(engine, on=False)
    state.read()
    turn(engine, on=True)
    state.read()
    assert announced == [closed, FLOODS, FLOODS]


def test_while_it_is_open_there_is_nothing_to_make(tmp_path: Path, engine: Engine) -> None:
    announced: list[Text] = []
    HouseState(house(tmp_path), engine, announced.append).read()
    assert announced == []
