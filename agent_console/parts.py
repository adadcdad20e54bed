"""Everything that the console's doors share, made once in `app.py`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from sqlalchemy import Engine

from agent_console.choices import Choices
from agent_console.rate_limit import SignInLimits, SlidingWindow
from agent_console.router_door import RouterDoor
from citizen_services.catalogue import Catalogue
from contact_centre.journal import Journal
from contact_centre.settings import Settings

if TYPE_CHECKING:
    from agent_console.cards import Cards
    from agent_console.live import Live
    from agent_console.web_call import WebCalls


P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Parts:
    """One console."""

    settings: Settings
    engine: Engine
    journal: Journal
    router: RouterDoor
    catalogue: Catalogue
    choices: Choices
    cards: Cards
    live: Live
    web_calls: WebCalls
    sign_ins: SignInLimits = field(default_factory=SignInLimits)
    calls_out: SlidingWindow = field(default_factory=lambda: SlidingWindow(60, 3600))
    """Calls to citizens by account: so many an hour."""
    seats: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """By phone: taking a seat and shutting it out must not mix."""

    async def work(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what reads or writes the database in a worker thread."""
        return await asyncio.to_thread(job, *args, **kwargs)
