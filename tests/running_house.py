"""One running house for all end-to-end tests: every program for real, kept alive by supervisord, and the journal to
wait on. Fixtures: `huduma` (test), `carrier_driver` (session). Agents: `desk.py`. Citizens: `citizen.py`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from manager_line import ManagerLine
from running_asterisk import as_environment, house
from sqlalchemy import Engine, select

from citizen_services.citizens import normalise
from contact_centre.database import connect, read_scope
from contact_centre.facts import Kind, Recorded
from contact_centre.journal import last_position, read_after
from contact_centre.settings import Settings
from contact_centre.tables import CallRow, PhoneNumber
from demonstration.carrier import Carrier
from operations.house import House
from operations.steps import STEPS

T = TypeVar("T")


@dataclass
class RunningHouse:
    """The house as tests see it."""

    settings: Settings
    house: House
    engine: Engine

    @property
    def url(self) -> str:
        """The console."""
        return self.settings.console_url

    def position(self) -> int:
        """The journal's position now: what comes after it belongs to who asked."""
        with read_scope(self.engine) as session:
            return last_position(session)

    def facts(self, after: int, call_id: str | None = None) -> list[Recorded]:
        """The facts after a position, of one call or of all."""
        with read_scope(self.engine) as session:
            found = read_after(session, after, limit=10_000)
        return [one for one in found if call_id is None or one.fact.call_id == call_id]

    async def fact(
        self, kind: Kind, after: int, call_id: str | None = None, timeout_s: float = 30, **payload: Any
    ) -> Recorded:
        """Wait for the first fact of a kind after a position, of one call or of any, with this payload."""

        def look() -> Recorded | None:
            for one in self.facts(after, call_id):
                if one.fact.kind is kind and payload.items() <= dict(one.fact.payload).items():
                    return one
            return None

        def seen() -> str:
            return f"{kind} {payload}; seen {[one.fact.kind.value for one in self.facts(after, call_id)]}"

        return await eventually(look, timeout_s, seen)

    def entered(self, number: str, after: int) -> str | None:
        """The first call of a number after a position, which tells calls that are placed at the same time apart."""
        with read_scope(self.engine) as session:
            row = session.scalar(select(PhoneNumber.id).where(PhoneNumber.e164 == normalise(number)))
        for one in self.facts(after):
            if one.fact.kind is Kind.CALL_ENTERED and row is not None and one.fact.payload.get("number_id") == row:
                return one.fact.call_id
        return None

    def call(self, call_id: str) -> CallRow:
        """The call's row, as people read it."""
        with read_scope(self.engine) as session:
            found = session.get(CallRow, call_id)
            assert found is not None
            session.expunge(found)
        return found

    async def kill(self, program: str) -> None:
        """kill -9 a program, and wait until supervisord has another in its place and the whole house answers."""
        await self.replaced(program, self.signal(program, signal.SIGKILL))

    def signal(self, program: str, number: signal.Signals) -> int:
        """Send a program a signal; give its pid."""
        _, pid = self.house.states()[program]
        os.kill(pid, number)
        return pid

    async def replaced(self, program: str, old: int) -> None:
        """Wait until supervisord has another process in this one's place and the whole house answers."""

        def look() -> bool | None:
            state, pid = self.house.states()[program]
            return (state == "RUNNING" and pid != old and self.house.is_ready() and self._answers_calls()) or None

        await eventually(look, 60, lambda: f"{program} came not back: {self.house.states()}")

    def _answers_calls(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.settings.fastagi_port), 1):
            return True
        return False

    async def channels(self) -> int:
        """How many channels the centre's Asterisk has."""
        async with ManagerLine.to(self.settings.manager_port, "huduma", self.settings.secrets["manager"]) as line:
            await line.send(Action="CoreShowChannels")
            done = await line.wait_for(lambda message: message.get("Event") == "CoreShowChannelsComplete")
        return int(done.get("ListItems"))

    async def no_channels(self) -> None:
        """Wait until nothing is left in Asterisk."""
        for _ in range(50):
            if await self.channels() == 0:
                return
            await asyncio.sleep(0.1)
        pytest.fail(f"{await self.channels()} channels are left")


async def eventually(look: Callable[[], T | None], timeout_s: float, what: Callable[[], str]) -> T:
    """Look until there is something; the journal and supervisord belong to other processes, so they are asked."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while (found := await asyncio.to_thread(look)) is None:
        if loop.time() > deadline:
            pytest.fail(f"not in {timeout_s} s: {what()}")
        await asyncio.sleep(0.1)
    return found


@contextmanager
def house_running(data_dir: Path, **changes: Any) -> Iterator[RunningHouse]:
    """A house of its own, set up by the steps that `huduma up` takes, and running until the block ends."""
    settings = house(data_dir, **changes)
    for step in STEPS:
        step.run(settings, lambda _detail: None)
    engine = connect(settings.url)
    with House(settings, as_environment(settings)) as running:
        running.wait_until_ready()
        yield RunningHouse(settings, running, engine)
    engine.dispose()


@pytest.fixture(scope="session")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """The house that the tests share."""
    with house_running(tmp_path_factory.mktemp("e2e"), ring_s=5, music_slice_s=3, rejoin_s=15, frozen_s=5) as running:
        yield running


@pytest.fixture
async def huduma(running_house: RunningHouse) -> AsyncIterator[RunningHouse]:
    """The running house; when a test is over, nobody is left on any line."""
    yield running_house
    await running_house.no_channels()


@pytest.fixture(scope="session")
async def carrier_driver(running_house: RunningHouse) -> AsyncIterator[Carrier]:
    """The telephone company's people."""
    async with Carrier(running_house.settings) as carrier:
        yield carrier
