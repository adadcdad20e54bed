"""A citizen's call from the browser: a seat, a password for one call, and the seat's return.

The password starts one call within a minute. When the call is there the password is made worthless (a call in progress
needs none), and when it is over the seat is free again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_console.clock import now
from agent_console.rate_limit import SlidingWindow
from agent_console.refusals import TooMany
from agent_console.router_door import RouterDoor
from agent_console.seats import new_password
from asterisk_conf.credentials import let_in, shut_out, web_endpoint
from contact_centre.errors import LinkLost, Refused

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
    calling: bool = False


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

    async def give(self, address: str) -> tuple[str, str]:
        """A free seat's endpoint and its one-call password.

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
            for action in let_in(endpoint, password):
                await self._router.ami(action)
        except LinkLost:
            self._free.append(endpoint)
            raise
        self._given[endpoint] = Seat(endpoint, now() + timedelta(seconds=START_WITHIN_S))
        return endpoint, password

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
