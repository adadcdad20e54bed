"""The real router and one that is obviously right hear the same and decide the same."""

from __future__ import annotations

import pytest
from random_floor import RandomFloor

from queue_manager import ready_agents

EVENTS = 2500


@pytest.mark.parametrize("seed", range(4))
def test_the_decisions_are_those_of_the_plain_router(seed: int) -> None:
    floor = RandomFloor(seed, agents=4 + 2 * seed)
    while floor.events < EVENTS:
        floor.step()
    assert floor.decisions["offer"] > 40
    assert floor.decisions["overflow"] > 3
    assert floor.decisions["send"] > 3
    assert floor.decisions["turn away"] > 3
    assert floor.decisions["keep"] > 10
    assert floor.decisions["dial"] > 10


def test_what_is_forgotten_to_bound_the_memory_changes_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready_agents, "MOST_NEEDS", 3)
    monkeypatch.setattr(ready_agents, "MOST_SKILL_SETS", 4)
    floor = RandomFloor(7, agents=9)
    while floor.events < EVENTS:
        floor.step()
    assert floor.decisions["offer"] > 40
