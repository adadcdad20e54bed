"""The live pages: who shows what, which of an agent's pages takes the calls, and the loop that keeps them true."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from agent_console import auth
from agent_console.auth import Visitor
from agent_console.cards import Cards
from agent_console.clock import now
from agent_console.live_page import SIGNED_OUT_CODE, LivePage
from agent_console.messages import Hello, Snapshot, TabBusy, TakenOver
from agent_console.router_door import RouterDoor
from contact_centre.database import read_scope
from queue_manager.view import View

log = logging.getLogger(__name__)

GATHER_S = 0.02
"""Changes that come this close together are shown together (s)."""
BOARD_EVERY_S = 1.0
BEHIND_AT_MOST_S = 10.0
"""A page that saw more than this console has read keeps what it shows so long at most (s): after that the journal is
another one (a database restored from a copy) and the page is shown what is."""
SESSIONS_EVERY_S = 20.0


class Live:
    """Every open page. Lives on the console's event loop."""

    def __init__(self, engine: Engine, router: RouterDoor, cards: Cards) -> None:
        """No page is open."""
        self._engine = engine
        self._router = router
        self._cards = cards
        self._pages: set[LivePage] = set()
        self._seats: dict[int, str] = {}
        """Agent -> the session that takes the calls."""
        self._taking: dict[int, LivePage] = {}
        """Agent -> the page that takes the calls."""
        self._poke = asyncio.Event()
        self._clock = time.monotonic
        self._showing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to follow the router."""
        await self._cards.catch_up()
        self._tasks = [asyncio.create_task(loop()) for loop in (self._follow, self._tick, self._watch_sessions)]

    async def stop(self) -> None:
        """Tell nobody anything any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for page in self._pages:
            page.close(1012)  # the service restarts: pages come back

    # ---- whose calls

    def signed_in(self, visitor: Visitor) -> None:
        """An agent signed in: this session takes the calls from now on, and the page that did is told."""
        if visitor.agent_id is None:
            return
        self._seats[visitor.agent_id] = visitor.session
        page = self._taking.get(visitor.agent_id)
        if page is not None and page.visitor.session != visitor.session:
            del self._taking[visitor.agent_id]
            page.say(TakenOver(by="sign_in"))

    def signed_out(self, session: str) -> None:
        """A session is over: its pages are closed with the code that leads to the sign-in page."""
        for agent_id in [agent_id for agent_id, holder in self._seats.items() if holder == session]:
            del self._seats[agent_id]
        for page in [page for page in self._pages if page.visitor.session == session]:
            page.close(SIGNED_OUT_CODE)

    def holds_seat(self, visitor: Visitor) -> bool:
        """Whether this sign-in is the one that takes the agent's calls; the newest does, unless one took over."""
        if visitor.agent_id is None:
            return False
        holder = self._seats.get(visitor.agent_id)
        return holder is None or holder == visitor.session

    def takes_calls(self, page: LivePage) -> bool:
        """Whether this very page takes its agent's calls."""
        agent_id = page.visitor.agent_id
        return agent_id is not None and self._taking.get(agent_id) is page

    async def hello(self, page: LivePage, hello: Hello) -> None:
        """A page says who it is, the first time or again to take over; it is shown everything."""
        page.tab = hello.tab
        page.wants_snapshot = True
        page.after, page.waits_until = hello.after or 0, self._clock() + BEHIND_AT_MOST_S
        if page.visitor.agent_id is not None:
            await self._seat(page, page.visitor.agent_id, hello)
        self._pages.add(page)
        self.poke()

    async def _seat(self, page: LivePage, agent_id: int, hello: Hello) -> None:
        if agent_id not in self._seats:  # after a restart: the newest sign-in is the one
            account_id = page.visitor.account_id
            newest = await asyncio.to_thread(self._newest_session, account_id)
            self._seats.setdefault(agent_id, newest or page.visitor.session)
        if self._seats[agent_id] != page.visitor.session:
            if not hello.take_over:
                page.say(TakenOver(by="sign_in"))
                return
            self._seats[agent_id] = page.visitor.session
        before = self._taking.get(agent_id)
        if before is not None and before is not page and before.tab != page.tab:
            if before.visitor.session == page.visitor.session and not hello.take_over:
                page.say(TabBusy())
                return
            other = before.visitor.session != page.visitor.session
            before.say(TakenOver(by="sign_in" if other else "tab"))
        self._taking[agent_id] = page

    def _newest_session(self, account_id: int) -> str | None:
        with read_scope(self._engine) as session:
            return auth.newest_session(session, account_id, now())

    def gone(self, page: LivePage) -> None:
        """A page closed; the agent's calls can be taken by another."""
        self._pages.discard(page)
        if self.takes_calls(page):
            assert page.visitor.agent_id is not None
            del self._taking[page.visitor.agent_id]

    # ---- what is shown

    def poke(self) -> None:
        """Something changed that the router does not know of: look again."""
        self._poke.set()

    async def _follow(self) -> None:
        with self._router.subscribe() as changed:
            while True:
                waits = [asyncio.create_task(changed.wait()), asyncio.create_task(self._poke.wait())]
                try:
                    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for wait in waits:
                        wait.cancel()
                changed.clear()
                self._poke.clear()
                try:
                    await self._show_all(board=False)
                except Exception:  # one page that cannot be built must not end all of them
                    log.exception("the live pages could not be brought up to date")
                await asyncio.sleep(GATHER_S)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(BOARD_EVERY_S)
            try:
                await self._show_all(board=True)
            except Exception:
                log.exception("the boards could not be brought up to date")

    async def _show_all(self, *, board: bool) -> None:
        pages = [p for p in self._pages if p.wants_snapshot or p.visitor.agent_id is not None or board]
        if not pages:
            return
        async with self._showing:  # a slow reading of an older view must not be shown after a newer one
            await self._cards.catch_up()
            view = self._router.view()
            await asyncio.gather(*(self._show(page, view) for page in pages if not self._behind(page)))

    def _behind(self, page: LivePage) -> bool:
        """Whether the page came back from a console that had read further in the journal than this one has."""
        return page.wants_snapshot and self._cards.position < page.after and self._clock() < page.waits_until

    async def _show(self, page: LivePage, view: View) -> None:
        fresh, agent_id = page.wants_snapshot, page.visitor.agent_id
        live = next((agent for agent in view.agents if agent.id == agent_id), None) if agent_id is not None else None
        snapshot = Snapshot(
            position=self._cards.position,
            server_time=now(),
            me=self._cards.my_line(live) if live else None,
            call=await self._cards.call(view, live, fresh=fresh) if live else None,
            board=self._cards.board(view) if page.visitor.supervises else None,
        )
        page.show(snapshot)

    # ---- sessions that end by themselves

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(SESSIONS_EVERY_S)
            with contextlib.suppress(SQLAlchemyError):
                held = {page.visitor.session for page in self._pages}
                for over in held - await asyncio.to_thread(self._still_valid, held):
                    self.signed_out(over)

    def _still_valid(self, sessions: set[str]) -> set[str]:
        with read_scope(self._engine) as session:
            return {hashed for hashed in sessions if auth.visitor_of(session, hashed, now()) is not None}
