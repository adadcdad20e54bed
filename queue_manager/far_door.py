"""The leader's door for consoles in other processes: a Unix socket in the data directory, one JSON value a line.

In: `{"n": 7, "ask": "SetReady", "with": {…}}`, `{"n": 8, "ami": {…}}`, `{"n": 9, "reload": true}`. Out:
`{"n": 7, "outcome": {…}}`, `{"n": 8, "answer": {…}}` or `{"n": 8, "lost": "…"}`, `{"n": 9}`; and `{"view": {…}}` at
once and after every change. Only the leader listens, so whoever is connected talks to the leader. A line that cannot be
understood ends the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, get_args

from pydantic import TypeAdapter, ValidationError

from contact_centre.errors import LinkLost
from contact_centre.settings import Settings
from queue_manager.requests import Outcome, Request
from queue_manager.view import View

log = logging.getLogger(__name__)

LONGEST_LINE = 16 * 1024 * 1024
"""A view of a few thousand agents and calls fits (bytes)."""
LONGEST_PATH = 100
"""A Unix socket's path may be 107 bytes."""
GAP_S = 0.05
"""Views are sent at most this often (s)."""

REQUESTS: Mapping[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Request)}
VIEW = TypeAdapter(View)
OUTCOME = TypeAdapter(Outcome)


class Routes(Protocol):
    """What the door needs of a runner."""

    async def request(self, request: Request) -> Outcome:
        """Ask the router."""

    async def ami(self, action: Mapping[str, str]) -> Mapping[str, Any]:
        """Send one AMI action."""

    async def reload_agents(self) -> None:
        """Take in agents that were changed."""

    def view(self) -> View:
        """How everything is now."""

    def subscribe(self) -> AbstractContextManager[asyncio.Event]:
        """An event that is set after every change."""


def door_path(settings: Settings) -> Path:
    """Where the leader of this data directory listens."""
    path = settings.data_dir / "run" / "router.sock"
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    short = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"huduma-{os.getuid()}-{short}.sock"


class FarDoor:
    """Listens while its runner leads."""

    def __init__(self, routes: Routes, settings: Settings) -> None:
        """Nothing listens before `start`."""
        self._routes, self._path = routes, door_path(settings)
        self._server: asyncio.Server | None = None
        self._visitors: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; a socket that a leader before this one left is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)  # for our own user alone, from its first moment
        try:
            self._server = await asyncio.start_unix_server(self._met, self._path, limit=LONGEST_LINE)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Send everybody to the next leader."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for visitor in list(self._visitors):
            visitor.cancel()
        await asyncio.gather(*self._visitors, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here = asyncio.current_task()
        assert here is not None
        self._visitors.add(here)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._tell(writer))
                both.create_task(self._hear(reader, writer, both))
        except* (OSError, ValueError, EOFError) as gone:
            log.debug("a console left: %s", gone.exceptions[0])
        finally:
            self._visitors.discard(here)
            writer.close()

    async def _tell(self, writer: asyncio.StreamWriter) -> None:
        with self._routes.subscribe() as changed:
            while True:
                changed.clear()
                writer.write(b'{"view": ' + VIEW.dump_json(self._routes.view()) + b"}\n")
                await writer.drain()
                await changed.wait()
                await asyncio.sleep(GAP_S)

    async def _hear(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, together: asyncio.TaskGroup
    ) -> None:
        while line := await reader.readline():
            said = json.loads(line)
            if not isinstance(said, dict) or not isinstance(said.get("n"), int):
                raise ValueError("not one of our lines")
            together.create_task(self._answer(said, writer))
        raise EOFError("it closed the connection")

    async def _answer(self, said: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        answer: dict[str, Any] = {"n": said["n"]}
        try:
            if "ask" in said:
                request = REQUESTS[str(said["ask"])].validate_python(said.get("with"))
                answer["outcome"] = OUTCOME.dump_python(await self._routes.request(request))
            elif "ami" in said:
                action = {str(name): str(value) for name, value in dict(said["ami"]).items()}
                answer["answer"] = dict(await self._routes.ami(action))
            else:
                await self._routes.reload_agents()
        except LinkLost as lost:
            answer["lost"] = str(lost)
        except (KeyError, TypeError, ValidationError) as wrong:
            raise ValueError("a request that cannot be understood") from wrong
        with contextlib.suppress(OSError):
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
