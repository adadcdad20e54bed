"""A database with agents, and a runner on it: what tests of routing on a real Asterisk start from."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from sqlalchemy import Engine, select
from udp_phone import UdpPhone

from asterisk_conf.credentials import let_in
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, AgentSkill, Base, FactRow
from queue_manager import requests as r
from queue_manager.runner import Runner
from queue_manager.view import AgentView, CallView, View

NUMBERS = count(1)


def house_with_agents(settings: Settings, name: str, **skills: dict[str, int]) -> Engine:
    """A database of its own with agents 1, 2, …; each keyword `a1={"language:en": 3}` is one agent's skills."""
    engine = connect(f"sqlite:///{settings.data_dir / f'{name}.db'}")
    Base.metadata.create_all(engine)
    with session_scope(engine) as session:
        for seat, levels in enumerate(skills.values(), start=1):
            session.add(AgentRow(id=seat, extension=f"agent-{seat:03d}", name=f"Agent {seat}"))
            session.flush()
            session.add_all(AgentSkill(agent_id=seat, skill=skill, level=level) for skill, level in levels.items())
    return engine


@asynccontextmanager
async def routing(settings: Settings, engine: Engine) -> AsyncIterator[Runner]:
    """A runner that hears Asterisk, until the block ends."""
    runner = Runner(settings, engine)
    await runner.start()
    try:
        await until(runner, lambda view: view.link_up)
        yield runner
    finally:
        await runner.stop()


async def until(runner: Runner, wanted: Callable[[View], object], timeout_s: float = 20) -> View:
    """Wait until the floor looks as wanted."""
    with runner.subscribe() as changed:
        async with asyncio.timeout(timeout_s):
            while True:
                changed.clear()
                view = runner.view()
                if wanted(view):
                    return view
                await changed.wait()


@asynccontextmanager
async def agent_phone(runner: Runner, settings: Settings, agent_id: int) -> AsyncIterator[UdpPhone]:
    """The agent's telephone, registered."""
    name, password = f"agent-{agent_id:03d}", secrets.token_urlsafe(24)
    for action in let_in(name, password):
        await runner.ami(action)
    async with UdpPhone.plugged_in(name, settings.sip_port) as phone:
        assert await phone.register(password) == 200
        await until(runner, lambda view: agent(view, agent_id).phone_registered)
        try:
            yield phone
        finally:
            await phone.register(password, expires_s=0)


async def ask(runner: Runner, kind: type[r.Request], agent_id: int, **fields: object) -> None:
    """Make a request that must be accepted."""
    outcome = await runner.request(kind(f"r{next(NUMBERS)}", 1, agent_id, **fields))  # type: ignore[arg-type]
    assert outcome.accepted, outcome.message


async def make_ready(runner: Runner, *agent_ids: int) -> None:
    """Sign agents in and make them ready."""
    for agent_id in agent_ids:
        await ask(runner, r.SignIn, agent_id)
        await ask(runner, r.SetReady, agent_id)


def agent(view: View, agent_id: int) -> AgentView:
    """One agent in the view."""
    return next(agent for agent in view.agents if agent.id == agent_id)


def calls_in(view: View, state: str) -> list[CallView]:
    """The calls in one state."""
    return [call for call in view.calls if call.state == state]


def kinds_of(engine: Engine, call_id: str) -> list[str]:
    """The kinds of fact the journal holds about a call, in order."""
    with read_scope(engine) as session:
        return list(session.scalars(select(FactRow.kind).where(FactRow.call_id == call_id).order_by(FactRow.position)))


def facts_of(engine: Engine, call_id: str, kind: Kind) -> list[Mapping[str, Any]]:
    """What the journal's facts of one kind say about a call, in order."""
    with read_scope(engine) as session:
        rows = select(FactRow).where(FactRow.call_id == call_id, FactRow.kind == kind).order_by(FactRow.position)
        return [row.payload for row in session.scalars(rows)]
