"""Consoles in other processes ask the leading router over its door, and go on with the next when it dies."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from routed_house import until
from router_alone import router_alone, says
from running_asterisk import house, start_centre

from agent_console.router_choice import NearOrFar
from asterisk_conf.credentials import let_in
from contact_centre.database import connect, session_scope
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, AgentSkill
from queue_manager import requests as r
from queue_manager.far_door import door_path
from queue_manager.far_router import FarRouter


@pytest.fixture
def settings(tmp_path: Path, asterisk_found: object) -> Settings:
    """A house with one agent, whose database is ready."""
    made = house(tmp_path, router="apart")
    migrate(made.url)
    engine = connect(made.url)
    with session_scope(engine) as session:
        session.add(AgentRow(id=1, extension="agent-001", name="Agent 1"))
        session.flush()
        session.add(AgentSkill(agent_id=1, skill="language:en", level=3))
    engine.dispose()
    return made


@asynccontextmanager
async def console(settings: Settings) -> AsyncIterator[FarRouter]:
    router = FarRouter(settings)
    await router.start()
    try:
        yield router
    finally:
        await router.stop()


async def test_a_console_works_with_the_leader_and_then_with_the_next(settings: Settings) -> None:
    with start_centre(settings):
        async with console(settings) as router, router_alone(settings) as first, router_alone(settings) as second:
            await until(router, lambda view: view.link_up)  # type: ignore[arg-type]
            assert (await router.request(r.SignIn("q1", 1, 1))).accepted
            refused = await router.request(r.ExtendWrapUp("q2", 1, 1, 60, "notes"))
            assert (refused.accepted, refused.reason) == (False, "wrong_state")
            for action in let_in("agent-001", "a-password-of-one-sign-in"):
                assert (await router.ami(action))["response"] == "Success"
            assert (await router.request(r.SetReady("q3", 1, 1))).accepted
            view = await until(router, lambda view: view.agents[0].state == "ready")  # type: ignore[arg-type]
            assert view.agents[0].endpoint == "agent-001"

            leads = first if await answers_first(first, second) else second
            leads.kill()
            await leads.wait()
            asked = asyncio.create_task(router.request(r.Pause("q4", 1, 1, router.rules.pause_reasons[0])))
            await until(router, lambda view: not view.link_up)  # type: ignore[arg-type]
            assert (await asked).accepted, "asked while nobody led, answered by the next"
            await until(router, lambda view: view.link_up and view.agents[0].state == "paused")  # type: ignore[arg-type]


async def answers_first(first: asyncio.subprocess.Process, second: asyncio.subprocess.Process) -> bool:
    """Whether the first of the two leads."""
    leading = [asyncio.create_task(says(process, "this router leads")) for process in (first, second)]
    done, pending = await asyncio.wait(leading, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return leading[0] in done


async def test_what_is_not_understood_ends_the_connection_and_nothing_else(settings: Settings) -> None:
    with start_centre(settings):
        async with router_alone(settings) as leader, console(settings) as router:
            await says(leader, "asterisk answers")
            await until(router, lambda view: view.link_up)  # type: ignore[arg-type]
            for line in (
                b"hello\n",
                b"[]\n",
                b'{"n": "x"}\n',
                b'{"n": 1, "ask": "Shutdown", "with": {}}\n',
                b'{"n": 1, "ask": "SetReady", "with": {"id": 7}}\n',
                b'{"n": 1, "ami": {"Action": "Originate", "Channel": "PJSIP/1\\r\\nX: y"}}\n',
                b'{"n": 1, "ami": {"Action": "Command"}}\n',
                b"\xff\xfe\n",
            ):
                reader, writer = await asyncio.open_unix_connection(door_path(settings))
                assert b'"view"' in await reader.readline()
                writer.write(line)
                async with asyncio.timeout(5):
                    while await reader.readline():
                        pass
                writer.close()
            assert (await router.request(r.SignIn("q1", 1, 1))).accepted
        assert door_path(settings).stat().st_mode & 0o077 == 0


async def test_a_console_that_stands_by_asks_the_one_that_leads(settings: Settings) -> None:
    engine = connect(settings.url)
    with start_centre(settings):
        leads, stands_by = NearOrFar(settings, engine), NearOrFar(settings, engine)
        await leads.start()
        await stands_by.start()
        try:
            await until(stands_by, lambda view: view.link_up)  # type: ignore[arg-type]
            assert (leads.near.candidate.leads, stands_by.near.candidate.leads) == (True, False)
            assert (await stands_by.request(r.SignIn("q1", 1, 1))).accepted
            await until(leads, lambda view: view.agents[0].state == "paused")  # type: ignore[arg-type]
            await leads.stop()
            await until(stands_by, lambda view: view.link_up and stands_by.near.candidate.leads)  # type: ignore[arg-type]
            assert (await stands_by.request(r.SetReady("q2", 1, 1))).accepted
        finally:
            await stands_by.stop()
            engine.dispose()


async def test_a_frozen_leader_is_killed_and_the_standby_leads(settings: Settings) -> None:
    quick = Settings(**(settings.model_dump(exclude_unset=True) | {"frozen_s": 2}))
    async with router_alone(quick) as leader:
        await says(leader, "this router leads")
        async with router_alone(quick) as standby:
            await says(standby, "stands by")
            leader.send_signal(signal.SIGSTOP)
            await says(standby, "this router leads, epoch 2")
            assert await leader.wait() == -signal.SIGKILL
