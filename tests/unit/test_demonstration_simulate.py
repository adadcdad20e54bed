"""The end of a simulation, and what is told when its agents cannot work."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import pytest

from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings
from demonstration import simulated_agents
from demonstration.simulate import Simulation


def simulation(tmp_path: Path) -> Simulation:
    return Simulation(Settings(data_dir=tmp_path), argparse.Namespace(agents=3, talk=1.0))


async def test_it_is_over_when_the_last_agent_has_signed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work: set[int] = set()
    all_there, first_left, call_is_over, left = asyncio.Event(), asyncio.Event(), asyncio.Event(), []

    async def work(settings: Settings, number: int, *_others: object) -> None:
        at_work.add(number)
        if len(at_work) == 3:
            all_there.set()
        try:
            await asyncio.Event().wait()
        finally:
            if number > 1:  # still on a call
                await call_is_over.wait()
            first_left.set()
            left.append(number)

    monkeypatch.setattr(simulated_agents, "work", work)
    shift = asyncio.create_task(simulation(tmp_path)._agents())
    await all_there.wait()
    shift.cancel()
    await first_left.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not shift.done()
    call_is_over.set()
    with pytest.raises(asyncio.CancelledError):
        await shift
    assert sorted(left) == [1, 2, 3]


async def test_an_agent_who_is_not_let_in_ends_it_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(settings: Settings, number: int, *_others: object) -> None:
        if number == 2:
            raise SetupFailed("agent2 cannot sign in: the house answers 401")
        await asyncio.Event().wait()

    monkeypatch.setattr(simulated_agents, "work", work)
    with pytest.raises(SetupFailed, match="agent2 cannot sign in"):
        await simulation(tmp_path)._agents()
