"""What a router that starts reads from the tables is what the facts say, after every kind of fact that it writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fact_scenes import SCENES, killed
from rebuilding import remembered
from sqlalchemy import Engine

from contact_centre.database import session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.tables import Switch
from queue_manager.stored_state import emergency_is_on, load_memory


def test_the_tables_tell_what_the_facts_tell(engine: Engine, tmp_path: Path) -> None:
    journal = Journal(engine, tmp_path / "spool")
    for kind in SCENES:
        scene = killed(kind)
        mine = [_of(fact, kind) for fact in scene.facts()]
        assert journal.append(*mine)
        found, plain = load_memory(engine, scene.now), remembered(mine)
        calls = {fact.call_id for fact in mine}
        for part in ("promised", "passed_over", "calls", "surveyed"):
            told = {id_: what for id_, what in getattr(found, part).items() if id_ in calls}
            assert told == getattr(plain, part), (kind, part)
        states = {id_: state for id_, state in found.open_calls.items() if id_ in plain.open_calls}
        assert states == plain.open_calls, kind
        assert [one for one in found.callbacks if one.call_id in calls] == list(plain.callbacks), kind


def _of(fact: Fact, kind: Kind) -> Fact:
    """The fact as of a call and of a writer of its own, so that scenes may share a journal."""
    call_id = f"{fact.call_id}-{kind}" if fact.call_id else None
    return Fact(fact.kind, fact.occurred_at, call_id, fact.agent_id, fact.payload, f"{fact.id}-{kind}")


@pytest.mark.parametrize(("value", "on"), [(None, False), ({"on": False}, False), ({"on": True}, True), ({}, False)])
def test_the_emergency_switch_is_read(engine: Engine, value: dict[str, object] | None, on: bool) -> None:
    if value is not None:
        with session_scope(engine) as session:
            session.add(Switch(name="emergency", value=value, changed_at=datetime.now(UTC)))
    assert emergency_is_on(engine) is on
