"""The router as a console in another process has it: requests, views and changes over the leader's door.

A leader that dies is not seen by who asks: the connection is made again to the next one, and requests that were not
answered are sent again, because the same request twice is done once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from contact_centre.errors import LinkLost
from contact_centre.settings import Settings
from queue_manager.far_door import LONGEST_LINE, OUTCOME, VIEW, door_path
from queue_manager.house_rules import house_rules
from queue_manager.requests import Outcome, Request
from queue_manager.view import View

log = logging.getLogger(__name__)

AGAIN_S = 0.3
"""Between two tries to reach a leader (s)."""
ANSWER_WITHIN_S = 10.0
"""A request that no leader answers within this is refused (s); a standby takes over in about two."""
NOBODY = Outcome(False, "no_router", "The router does not answer just now; try again in a moment.")


class FarRouter:
    """A door to whoever leads."""

    def __init__(self, settings: Settings, wanted: Callable[[], bool] = lambda: True) -> None:
        """Read the routing file; nothing is connected, nor tried, unless it is `wanted`.

        Raises:
            FileMistake: the routing file is wrong.
        """
        self.rules = house_rules(settings)
        self._path, self._wanted = door_path(settings), wanted
        self._view = View(datetime.now(UTC), False, (), ())
        self._numbers = count(1)
        self._asked: dict[int, tuple[dict[str, Any], asyncio.Future[dict[str, Any]]]] = {}
        self._subscribers: set[asyncio.Event] = set()
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect, now or as soon as somebody leads."""
        self._task = asyncio.create_task(self._keep_connected())

    async def stop(self) -> None:
        """Disconnect for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def request(self, request: Request) -> Outcome:
        """Ask the leader; refused when none answers in time."""
        try:
            said = await self._ask({"ask": type(request).__name__, "with": asdict(request)})
        except LinkLost:
            return NOBODY
        return OUTCOME.validate_python(said["outcome"])

    async def ami(self, action: Mapping[str, str]) -> Mapping[str, Any]:
        """Have the leader send one AMI action.

        Raises:
            LinkLost: no leader, or no Asterisk, answers.
        """
        said = await self._ask({"ami": dict(action)})
        if "lost" in said:
            raise LinkLost(str(said["lost"]))
        return dict(said["answer"])

    async def reload_agents(self) -> None:
        """Have the leader take in agents that were changed; one that is away reads them when it begins."""
        with contextlib.suppress(LinkLost):
            await self._ask({"reload": True})

    def view(self) -> View:
        """How everything was when the leader last said so; without a leader nothing is sure."""
        return self._view

    @contextlib.contextmanager
    def subscribe(self, changed: asyncio.Event | None = None) -> Iterator[asyncio.Event]:
        """An event that is set after every change."""
        changed = changed or asyncio.Event()
        self._subscribers.add(changed)
        try:
            yield changed
        finally:
            self._subscribers.discard(changed)

    async def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        n = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[n] = ({"n": n, **what}, answer)
        self._send(n)
        try:
            return await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        except TimeoutError as error:
            raise LinkLost("no router answers") from error
        finally:
            del self._asked[n]

    def _send(self, n: int) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(self._asked[n][0]).encode() + b"\n")

    async def _keep_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                if self._wanted():
                    await self._listen()
            self._writer = None
            if self._view.link_up:
                log.warning("no router answers; trying again")
                self._take(replace(self._view, link_up=False))
            await asyncio.sleep(AGAIN_S)

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_LINE)
        try:
            self._writer = writer
            for n in self._asked:
                self._send(n)
            while line := await reader.readline():
                said = json.loads(line)
                if "view" in said:
                    self._take(VIEW.validate_python(said["view"]))
                elif (asked := self._asked.get(said.get("n"))) is not None and not asked[1].done():
                    asked[1].set_result(said)
        finally:
            writer.close()

    def _take(self, view: View) -> None:
        self._view = view
        for changed in self._subscribers:
            changed.set()
