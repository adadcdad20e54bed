"""One router leads by the database's lock; the next takes over when it is gone, and the epoch grows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from databases import fresh_postgresql
from running_asterisk import house
from sqlalchemy import Engine, text

from contact_centre.database import connect, session_scope
from contact_centre.tables import AgentRow, Base
from queue_manager import requests
from queue_manager.leadership import LEADER_LOCK, Candidate, Leadership
from queue_manager.runner import Runner


def test_one_leads_and_the_epoch_grows_with_each_leader(engine: Engine) -> None:
    first, second = Leadership(engine), Leadership(engine)
    assert first.take() == 1
    assert first.held()
    assert second.take() is None
    first.give_up()
    assert second.take() == 2
    assert first.take() is None
    second.give_up()
    assert first.take() == 3
    first.give_up()


def test_a_database_in_memory_has_one_router_anyway() -> None:
    engine = connect("sqlite://")
    Base.metadata.create_all(engine)
    assert Leadership(engine).take() == 1


async def test_a_standby_begins_when_the_leaders_session_ends_and_the_leader_ends_its_commands(
    postgresql_socket: Path, postgresql_template: str
) -> None:
    with fresh_postgresql(postgresql_socket, postgresql_template) as url:
        engine = connect(url)
        said: asyncio.Queue[str] = asyncio.Queue()

        def candidate(name: str) -> Candidate:
            async def begin(epoch: int) -> None:
                said.put_nowait(f"{name} begins {epoch}")

            async def end() -> None:
                said.put_nowait(f"{name} ends")

            return Candidate(Leadership(engine), begin, end)

        one, two = candidate("one"), candidate("two")
        await one.start()
        await two.start()
        assert (one.leads, two.leads) == (True, False)
        assert await said.get() == "one begins 1"
        lose_the_lock(engine)
        async with asyncio.timeout(10):
            heard = [await said.get(), await said.get()]
        assert "one ends" in heard
        assert heard[1 - heard.index("one ends")] in ("one begins 2", "two begins 2")
        await one.stop()
        await two.stop()
        engine.dispose()


async def test_a_runner_whose_lock_is_lost_answers_nothing_until_it_leads_again(
    postgresql_socket: Path, postgresql_template: str, tmp_path: Path
) -> None:
    with fresh_postgresql(postgresql_socket, postgresql_template) as url:
        engine = connect(url)
        with session_scope(engine) as session:
            session.add(AgentRow(id=1, extension="agent-001", name="Agent 1"))
        settings = house(tmp_path, database_url=url)  # with no Asterisk: nobody answers on its port
        runner, other = Runner(settings, engine), Leadership(engine)
        await runner.start()
        try:
            assert runner.epoch == 1
            assert (await runner.request(requests.SignIn("q1", 1, 1))).accepted
            lose_the_lock(engine)
            while (epoch := await asyncio.to_thread(other.take)) is None:  # noqa: ASYNC110 - it ends in its own time
                await asyncio.sleep(0.01)
            assert epoch == 2
            with runner.subscribe() as changed:
                async with asyncio.timeout(10):
                    while runner.candidate.leads:
                        changed.clear()
                        await changed.wait()
            assert (await runner.request(requests.SetReady("q2", 1, 1))).reason == "standing_by"
            assert not runner.view().agents
            await asyncio.to_thread(other.give_up)
            async with asyncio.timeout(10):
                while not runner.candidate.leads:  # noqa: ASYNC110 - the database tells nobody that a lock is free
                    await asyncio.sleep(0.1)
            assert runner.epoch == 3
            assert (await runner.request(requests.SetReady("q3", 1, 1))).accepted, "who signed in is remembered"
        finally:
            await runner.stop()
            engine.dispose()


def lose_the_lock(engine: Engine) -> None:
    """As a network that breaks, or a server that restarts."""
    with engine.begin() as administrator:
        administrator.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock"),
            {"lock": LEADER_LOCK},
        )
