"""Keeps the expected waits of those in line: looks when somebody begins to wait, and again now and then after that.

The playing forward is done in a worker thread; what it found comes back to the router as an event like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from itertools import count

from contact_centre.facts import Fact, Kind
from queue_manager.events import WaitsForecast
from queue_manager.expected_wait import Outlook, forecast
from queue_manager.handling_history import HandlingHistory

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 10.0
"""Between two looks while somebody waits (s)."""
AT_MOST_EVERY_S = 1.0
"""However many callers begin to wait (s)."""
BEGINS = (Kind.CALL_WAITING, Kind.CALL_REQUEUED, Kind.ROUTER_STARTED, Kind.ASTERISK_FOUND)
"""After these somebody may be in line who was not before: a router that starts finds callers who wait already."""


class Forecaster:
    """Forecasts for one router."""

    def __init__(self, look: Callable[[], Outlook], tell: Callable[[WaitsForecast], None],
                 emergency: Callable[[], bool] = lambda: False) -> None:  # fmt: skip
        """`look` gives the line as it is; `tell` takes what was found.

        `emergency` reads whether the announcement is on; it is called in a worker thread.
        """
        self._look, self._tell, self._emergency = look, tell, emergency
        self._history = HandlingHistory()
        self._began = asyncio.Event()
        self._seeds = count(1)

    def remember(self, history: HandlingHistory) -> None:
        """Begin with what the journal knows."""
        self._history = history

    def learn(self, facts: Iterable[Fact]) -> None:
        """Fold what happened; a caller who begins to wait is looked at soon."""
        for fact in facts:
            self._history.apply(fact)
            if fact.kind in BEGINS:
                self._began.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                waiting = await self._forecast()
            except Exception:  # an expected wait is a courtesy: without it the line goes on
                log.exception("the expected waits could not be found")
                waiting = True
            await asyncio.sleep(AT_MOST_EVERY_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._began.wait(), AGAIN_AFTER_S if waiting else None)

    async def _forecast(self) -> bool:
        self._began.clear()
        outlook = self._look()
        if outlook.line:
            ranges = await asyncio.to_thread(forecast, outlook, self._history.lengths(), next(self._seeds))
            self._tell(WaitsForecast(ranges, await asyncio.to_thread(self._emergency)))
        return bool(outlook.line)
