"""For each kind of fact that the router writes: killed right after it, the next router stands where it stood.

A small scene for each kind, so that none is left to chance, and a new kind without a scene fails.
"""

from __future__ import annotations

import pytest
from fact_scenes import SCENES, killed
from killed_scene import rebuilt
from rebuilding import standing

from contact_centre.facts import Kind
from queue_manager.callback_commands import DialCallback, KeepPlace
from queue_manager.commands import (
    AskSurvey,
    CallOut,
    Consult,
    EndCall,
    NameAgent,
    OfferCall,
    OverflowCall,
    RaisePriority,
    Record,
    SendToQueue,
    TurnAway,
)

OTHERS = {
    Kind.CALL_ENTERED, Kind.LANGUAGE_CHOSEN, Kind.MENU_VISITED, Kind.SERVICE_CHOSEN, Kind.SERVICE_ANSWERED,
    Kind.CASE_STATUS_GIVEN, Kind.CALL_CONTAINED, Kind.PROMPTS_ANSWERED, Kind.PLACE_REGAINED, Kind.DISPOSITION_SAVED,
    Kind.RECORDING_ARCHIVED, Kind.EMERGENCY_ANNOUNCED, Kind.EMERGENCY_CLEARED,
}  # fmt: skip
"""What the ivr, the console and the recordings write."""
ORDERS = (
    OfferCall, RaisePriority, OverflowCall, TurnAway, DialCallback, KeepPlace, SendToQueue, NameAgent, AskSurvey,
    CallOut, Consult, EndCall,
)  # fmt: skip


def test_every_kind_that_the_router_writes_has_its_scene() -> None:
    assert set(SCENES) == set(Kind) - OTHERS


@pytest.mark.parametrize("kind", SCENES, ids=str)
def test_killed_after_it_the_state_is_as_before(kind: Kind) -> None:
    scene = killed(kind)
    after, commands = rebuilt(scene)
    assert not [command for command in commands if isinstance(command, ORDERS)], "nothing is ordered twice"
    known = {fact.id for fact in scene.facts()}
    new = [c.fact for c in commands if isinstance(c, Record) and c.fact.id not in known]
    assert {fact.kind for fact in new} <= {Kind.ROUTER_STARTED, Kind.PHONE_REGISTERED}
    was, now_it_is = standing(scene.router, scene.now), standing(after, scene.now)
    for part in was:
        assert now_it_is[part] == was[part], part
