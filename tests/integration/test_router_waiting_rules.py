"""What waiting does to a call, on a real Asterisk: steps, overflow, and the end of the longest wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from manager_line import ManagerLine
from routed_house import agent_phone, calls_in, facts_of, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk
from sqlalchemy import select
from subscriber import calling

from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from contact_centre.tables import CallRow, QueueSegment

QUEUES = """
queues:
  general:
    title: {{en: General, sw: Jumla}}
    {general}
  travel:
    title: {{en: Travel, sw: Safari}}
"""


def settings_with(centre: RunningAsterisk, path: Path, general: str) -> Settings:
    """The house, with rules of its own for the general queue."""
    file = path / "routing.yaml"
    file.write_text(QUEUES.format(general="\n    ".join(general.splitlines())))
    return centre.settings.model_copy(update={"routing": file})


@pytest.mark.parametrize(
    ("rules", "queue", "step"),
    [
        ("levels: {language: 5}\nsteps: [{after_s: 2, relax: level}]", "general", 1),
        ("levels: {language: 5}\noverflow: {after_s: 2, to: travel}", "travel", 0),
    ],
    ids=["relaxed", "overflowed"],
)
async def test_a_wait_brings_an_agent_who_could_not_take_the_call_at_first(
    centre: RunningAsterisk, carrier_manager: ManagerLine, tmp_path: Path, rules: str, queue: str, step: int
) -> None:
    settings = settings_with(centre, tmp_path, rules)
    engine = house_with_agents(settings, f"waits_{queue}", a1={"language:en": 2})
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
    ):
        await make_ready(runner, 1)
        async with calling(carrier_manager, settings.prefixes[0]):
            call = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0]
            invite = await phone.invited()
            phone.answer(invite)
            view = await until(runner, lambda view: calls_in(view, "connected"))
            assert view.calls[0].queue == queue
            assert view.calls[0].waiting_since == call.waiting_since
    why = facts_of(engine, call.id, Kind.CALL_OFFERED)[0]["why"]
    assert why["waited_s"] >= 2
    assert [stage["ready"] for stage in why["steps"]] == ([0, 1] if step else [1])
    with read_scope(engine) as session:
        stays = [(row.queue, row.result) for row in session.scalars(select(QueueSegment).order_by(QueueSegment.id))]
    assert stays[-1] == (queue, "answered")
    assert stays[:-1] == ([] if step else [("general", "overflowed")])


async def test_who_waited_longest_hears_so_and_is_hung_up(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine, tmp_path: Path
) -> None:
    settings = settings_with(centre, tmp_path, "longest_wait_s: 2")
    engine = house_with_agents(settings, "late", a1={"language:en": 2})
    async with routing(settings, engine) as runner, calling(carrier_manager, settings.prefixes[0]) as citizen:
        call = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0]
        await citizen.ended()
        ended = await centre_manager.wait_for(lambda m: m.get("Event") == "Hangup" and m.get("Channel") == call.channel)
        assert (ended.variables["CC_STATE"], ended.variables["CC_TURNED_AWAY"]) == ("turned_away", "late")
        await until(runner, lambda view: not view.calls)
    assert kinds_of(engine, call.id)[-2:] == ["CallTurnedAway", "CallEnded"]
    with read_scope(engine) as session:
        row = session.get(CallRow, call.id)
        assert row is not None
        assert (row.state, row.outcome) == ("ended", "turned_away")
