"""A console on a free port: uvicorn, database and router are real; only the link to Asterisk is written by hand."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from agent_console import auth
from agent_console.app import create_app
from contact_centre.database import connect, session_scope
from contact_centre.errors import LinkLost
from contact_centre.journal import Journal
from contact_centre.model import language_skill
from contact_centre.settings import Settings
from contact_centre.tables import Account, AgentRow, AgentSkill
from queue_manager import events as e
from queue_manager.commands import Answer, Record
from queue_manager.requests import Outcome, Request
from queue_manager.router import Router
from queue_manager.routing_file import read_routing
from queue_manager.stored_state import load_agents
from queue_manager.view import View

PASSWORD = "a long enough password"
OURS = {"X-Requested-With": "huduma"}


class RouterWithoutAsterisk:
    """The real router and journal; what would go to Asterisk is kept in lists."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.rules = read_routing(settings.routing)
        self.router = Router(self.rules, "test")
        self._journal = Journal(engine, settings.data_dir / "spool.jsonl")
        self._engine = engine
        self._changed: set[asyncio.Event] = set()
        self.actions: list[Mapping[str, str]] = []
        self.orders: list[Any] = []
        self.away = False

    async def start(self) -> None:
        self.hear(await asyncio.to_thread(load_agents, self._engine), e.Snapshot((), {}))

    async def stop(self) -> None:
        pass

    def hear(self, *events: Any) -> list[Any]:
        commands: list[Any] = []
        for event in events:
            commands += self.router.handle(event, datetime.now(UTC))
        facts = [command.fact for command in commands if isinstance(command, Record)]
        self._journal.append(*facts)
        self.orders += [c for c in commands if not isinstance(c, Record | Answer)]
        for changed in self._changed:
            changed.set()
        return commands

    async def request(self, request: Request) -> Outcome:
        answer = next(c for c in self.hear(request) if isinstance(c, Answer))
        return Outcome(answer.accepted, answer.reason, answer.message)

    async def ami(self, action: Mapping[str, str]) -> Mapping[str, Any]:
        if self.away:
            raise LinkLost("away")
        self.actions.append(action)
        return {"response": "Success"}

    async def reload_agents(self) -> None:
        self.hear(await asyncio.to_thread(load_agents, self._engine))

    def view(self) -> View:
        return self.router.view(datetime.now(UTC))

    @contextlib.contextmanager
    def subscribe(self) -> Iterator[asyncio.Event]:
        changed = asyncio.Event()
        self._changed.add(changed)
        yield changed
        self._changed.discard(changed)


@dataclass
class ConsoleHouse:
    """One running console."""

    settings: Settings
    engine: Engine
    router: RouterWithoutAsterisk
    app: FastAPI
    url: str

    @contextlib.asynccontextmanager
    async def sign_in(self, username: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser that is signed in."""
        async with httpx.AsyncClient(base_url=self.url, headers=OURS, timeout=20) as browser:
            answer = await browser.post("/api/sign-in", json={"username": username, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            yield browser

    def call_waits(self, call_id: str, number_id: int | None = None) -> None:
        """A citizen asks for a person, in English, with no agency."""
        wish = e.Wish(language="en", skills=frozenset({language_skill("en")}))
        channel = f"PJSIP/trunk-{call_id}"
        self.router.hear(e.CallEntered(call_id, channel, call_id), e.CallWaiting(call_id, channel, call_id, wish))

    def agent(self, agent_id: int) -> Any:
        """The router's view of an agent."""
        return next(a for a in self.router.view().agents if a.id == agent_id)

    def answer(self, agent_id: int) -> str:
        """The agent's phone answers what rings; gives the call."""
        agent = self.agent(agent_id)
        self.router.hear(e.OfferStarted(agent.call_id, agent.offer_id), e.OfferAnswered(agent.call_id, agent.offer_id))
        return str(agent.call_id)


@lru_cache(maxsize=1)
def _hashed() -> str:
    return auth.hash_password(PASSWORD)


def people(engine: Engine) -> None:
    """Two agents, a supervisor, an administrator; agents 1 and 2 speak English."""
    hashed = _hashed()
    with session_scope(engine) as session:
        for number, name in ((1, "Asha <b>Otieno</b>"), (2, "Ben Kamau")):
            session.add(AgentRow(extension=f"agent-{number:03d}", name=name, auto_answer=False))
            session.flush()
            session.add(AgentSkill(agent_id=number, skill=language_skill("en"), level=3))
        rows = (("asha", "agent", 1), ("ben", "agent", 2), ("sam", "supervisor", None), ("root", "administrator", None))
        for username, role, agent_id in rows:
            name = username.title()
            session.add(
                Account(username=username, password_hash=hashed, role=role, name=name, agent_id=agent_id, active=True)
            )


def free_port() -> socket.socket:
    """A bound socket."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@pytest.fixture
async def console(database_url: str, tmp_path: Path) -> AsyncIterator[ConsoleHouse]:
    """A console with people, on both databases."""
    engine = connect(database_url)
    people(engine)
    settings = Settings(data_dir=tmp_path / "var", database_url=database_url, web_seats=2)
    router = RouterWithoutAsterisk(settings, engine)
    app = create_app(settings, router)
    listener = free_port()
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="websockets-sansio", ws_max_size=256 * 1024)
    server = uvicorn.Server(config)
    with contextlib.ExitStack() as stack:
        stack.callback(listener.close)
        stack.callback(engine.dispose)
        running = asyncio.create_task(server._serve([listener]))  # without taking over the test run's signals
        while not server.started:
            assert not running.done()
            await asyncio.sleep(0.01)
        yield ConsoleHouse(settings, engine, router, app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        await running
