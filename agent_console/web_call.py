"""A citizen's call from the browser: a seat, a password for one call, and the seat's return.

The password starts one call within a minute. When the call is there the password is made worthless (a call in progress
needs none), and when it is over the seat is free again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from agent_console.clock import now
from agent_console.rate_limit import SlidingWindow
from agent_console.refusals import TooMany
from agent_console.router_door import RouterDoor
from agent_console.seats import new_password
from asterisk_conf.credentials import let_in, shut_out, speak_with, web_endpoint
from contact_centre.errors import LinkLost, Refused
from contact_centre.model import Language
from queue_manager.view import CallView

log = logging.getLogger(__name__)

START_WITHIN_S = 60
LOOK_EVERY_S = 1.0
CALLS_PER_ADDRESS = 6
WITHIN_S = 300


@dataclass(slots=True)
class Seat:
    """One `web-NN` endpoint that was given out."""

    endpoint: str
    until: datetime
    """When the call must have begun."""
    key: str
    """What the page shows to read what the line says to it, and nobody else has."""
    calling: bool = False


class Given(NamedTuple):
    """A seat as its page knows it."""

    endpoint: str
    password: str
    """For one call."""
    key: str


class WebCalls:
    """The seats for citizens' pages. Lives on the console's event loop."""

    def __init__(self, router: RouterDoor, seats: int) -> None:
        """All seats are free."""
        self._router = router
        self._free = [web_endpoint(seat) for seat in range(seats, 0, -1)]
        self._given: dict[str, Seat] = {}
        self._limit = SlidingWindow(CALLS_PER_ADDRESS, WITHIN_S)
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()

    async def start(self) -> None:
        """Begin to look after the seats."""
        self._task = asyncio.create_task(self._look_after())

    async def stop(self) -> None:
        """Calls go on; seats are counted anew at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def give(self, address: str, language: Language) -> Given:
        """A free seat; the line will speak this language first.

        Raises:
            TooMany: this address asked too often.
            Refused: `all_busy`.
            LinkLost: Asterisk is away.
        """
        wait_s = self._limit.wait_s(address, now())
        if wait_s > 0:
            raise TooMany(wait_s)
        self._limit.mark(address, now())
        busy = self._endpoints_in_calls()
        endpoint = next((one for one in reversed(self._free) if one not in busy), None)
        if endpoint is None:
            raise Refused("all_busy", "All lines from the web are in use. Dial from any phone, or try again soon.")
        self._free.remove(endpoint)
        password = new_password()
        try:
            for action in (*speak_with(endpoint, language), *let_in(endpoint, password)):
                await self._router.ami(action)
        except LinkLost:
            self._free.append(endpoint)
            raise
        seat = self._given[endpoint] = Seat(endpoint, now() + timedelta(seconds=START_WITHIN_S), new_password())
        return Given(endpoint, password, seat.key)

    def call_of(self, key: str) -> CallView | None:
        """The call of the page that has this key; None when there is none, or no such key."""
        seats = (seat for seat in self._given.values() if compare_digest(seat.key.encode(), key.encode()))
        seat = next(seats, None)
        if seat is None:
            return None
        return next((c for c in self._router.view().calls if c.channel.startswith(f"PJSIP/{seat.endpoint}-")), None)

    @property
    def free(self) -> int:
        """How many seats nobody has."""
        return len(self._free)

    def _endpoints_in_calls(self) -> set[str]:
        names = (call.channel for call in self._router.view().calls if call.channel.startswith("PJSIP/web-"))
        return {name.removeprefix("PJSIP/").rsplit("-", 1)[0] for name in names}

    async def look(self, at: datetime) -> None:
        """Take passwords back from calls that began and seats from those that ended or never came."""
        async with self._looking:  # two at once would give a seat back twice
            if not self._router.view().link_up:
                return
            busy = self._endpoints_in_calls()
            for seat in list(self._given.values()):
                here = seat.endpoint in busy
                if here and not seat.calling:
                    await self._router.ami(shut_out(seat.endpoint)[0])
                    seat.calling = True
                elif not here and (seat.calling or at >= seat.until):
                    for action in shut_out(seat.endpoint):
                        await self._router.ami(action)
                    del self._given[seat.endpoint]
                    self._free.append(seat.endpoint)

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look(now())
            except LinkLost:
                continue
            except Exception:
                log.exception("the seats of citizens' pages could not be looked after")
