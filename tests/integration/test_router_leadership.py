"""One router leads by the database's lock; the next takes over when it is gone, and the epoch grows."""

from __future__ import annotations

import asyncio
from pathlib import Path

from databases import fresh_postgresql
from sqlalchemy import Engine, text

from contact_centre.database import connect
from contact_centre.tables import Base
from queue_manager.leadership import LEADER_LOCK, Candidate, Leadership


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
        with engine.begin() as other:  # as a network that breaks, or a server that restarts
            other.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock"),
                {"lock": LEADER_LOCK},
            )
        async with asyncio.timeout(10):
            heard = [await said.get(), await said.get()]
        assert "one ends" in heard
        assert heard[1 - heard.index("one ends")] in ("one begins 2", "two begins 2")
        await one.stop()
        await two.stop()
        engine.dispose()
