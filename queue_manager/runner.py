"""Drives the router: one inbox in, the journal first, then the orders, one after the other.

Nothing is decided here. It commands only while this process leads (`leadership.py`); otherwise it stands by.
Facts are journalled in a worker thread before any order of the same batch is carried out, so an order that Asterisk
got is always one the journal knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from contact_centre.errors import LinkLost
from contact_centre.facts import Fact
from contact_centre.journal import Journal
from contact_centre.settings import Settings
from queue_manager.ami_inbound import Inbound, Message, text
from queue_manager.ami_link import LINK_LOST, AmiLink
from queue_manager.ami_outbound import actions, leader_epoch, router_seen
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_desk import CallbackDesk
from queue_manager.callback_events import CallbackWanted
from queue_manager.commands import (
    Answer,
    BackToCaller,
    Command,
    Consult,
    HandOver,
    JoinAll,
    OfferCall,
    Record,
    SendToColleague,
    TakeSnapshot,
)
from queue_manager.events import Event, OfferRefused, TimePassed, TransferRefused
from queue_manager.events import LinkLost as LinkLostEvent
from queue_manager.far_door import FarDoor
from queue_manager.forecaster import Forecaster
from queue_manager.hours import ClosedDays
from queue_manager.house_rules import closed_days, house_rules
from queue_manager.leadership import Candidate, Leadership
from queue_manager.net_keeper import NetKeeper
from queue_manager.requests import Outcome, Request
from queue_manager.router import Router
from queue_manager.snapshot import SnapshotReader
from queue_manager.stored_state import emergency_is_on, load_agents, load_history, load_memory
from queue_manager.view import View

log = logging.getLogger(__name__)

SEEN_EVERY_S = 2.0
STOP_TIMEOUT_S = 10.0
CLOSED_DAYS_EVERY_S = 60.0
"""A day that the government closes at short notice is known after so long at most (s)."""
BATCH = 100
"""Most messages taken from the inbox before their facts are journalled and their orders carried out."""


STANDING_BY = Outcome(False, "standing_by", "Another router leads; use the console that is connected to it.")
STOPPING = Outcome(False, "stopping", "The centre is restarting; try again in a moment.")


class Runner:
    """The router in an event loop, linked to Asterisk and to the database."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        """Read the routing file; nothing is started.

        Raises:
            FileMistake: the routing file is wrong.
        """
        self._engine, self._settings = engine, settings
        self._journal = Journal(engine, settings.data_dir / "spool" / "router.jsonl")
        self.rules = house_rules(settings)
        self.epoch = 0
        self._closed_days: frozenset[date] = frozenset()
        self.router = self._new_router()
        self.candidate = Candidate(Leadership(engine), self._begin, self._end)
        self.inbound = Inbound()
        self._snapshots = SnapshotReader()
        self._inbox: asyncio.Queue[Message | Event | Request] = asyncio.Queue()
        secret = settings.secrets["manager"]
        self.link = AmiLink("127.0.0.1", settings.manager_port, "huduma", secret, self._inbox.put_nowait)
        self._answers: dict[str, list[asyncio.Future[Outcome]]] = {}
        self._subscribers: set[asyncio.Event] = set()
        self._routing: asyncio.Task[None] | None = None
        self._life: asyncio.Task[None] | None = None
        self._forecasts: asyncio.Task[None] | None = None
        self._forecaster = Forecaster(
            lambda: self.router.outlook(datetime.now(UTC)), self._inbox.put_nowait, lambda: emergency_is_on(engine)
        )
        self._desk = CallbackDesk(engine, self.link, self._inbox.put_nowait, settings.prefixes[0])
        self._net = NetKeeper(settings, engine, self._journal, self.link)
        self._net_tasks: set[asyncio.Task[None]] = set()
        self._door = FarDoor(self, settings)
        self._stopping = False

    async def start(self) -> None:
        """Route as soon as this process leads: at once, unless another does. Returns before Asterisk answers."""
        self._routing = asyncio.create_task(self._run())
        await self.candidate.start()
        self._life = asyncio.create_task(self._show_life())
        self._forecasts = asyncio.create_task(self._forecaster.run())
        self._beside(self._keep_net())
        self._beside(self._keep_closed_days())

    async def _begin(self, epoch: int) -> None:
        """Lead: remember what the journal knows, then link to Asterisk."""
        now = datetime.now(UTC)
        self.epoch, self.router = epoch, self._new_router(epoch)
        agents = await asyncio.to_thread(load_agents, self._engine)
        memory = await asyncio.to_thread(load_memory, self._engine, now)
        self._forecaster.remember(await asyncio.to_thread(load_history, self._engine, now))
        self._closed_days = await asyncio.to_thread(self._read_closed_days)
        for event in (agents, memory, ClosedDays(self._closed_days)):
            await self._carry_out(self.router.handle(event, now))
        self._inbox.put_nowait(TimePassed())  # what is due now is looked at, with or without Asterisk
        await self.link.start()
        await self._door.start()

    async def _end(self) -> None:
        """Command nothing any more. Callers keep their music, and the next leader goes on from the journal."""
        await self._door.stop()
        await self.link.stop()
        self.router = self._new_router()
        while not self._inbox.empty():
            self._inbox.get_nowait()
        self._answer_all(STANDING_BY)
        for changed in self._subscribers:
            changed.set()

    def _new_router(self, epoch: int = 0) -> Router:
        return Router(self.rules, uuid.uuid4().hex[:12], epoch)

    async def stop(self) -> None:
        """Stop routing; callers keep their music, and the next router goes on from the journal and Asterisk."""
        self._stopping = True
        self._inbox.put_nowait(TimePassed())
        if self._routing is not None:  # a batch that was begun is journalled and carried out
            await asyncio.wait([self._routing], timeout=STOP_TIMEOUT_S)
        for task in (self._routing, self._life, self._forecasts, *self._net_tasks):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self.candidate.stop()
        self._answer_all(STOPPING)

    def _answer_all(self, outcome: Outcome) -> None:
        for waiting in [future for futures in self._answers.values() for future in futures]:
            if not waiting.done():
                waiting.set_result(outcome)
        self._answers.clear()

    async def request(self, request: Request) -> Outcome:
        """Ask the router; the outcome comes after it is journalled."""
        if self._stopping:
            return STOPPING
        if not self.candidate.leads:
            return STANDING_BY
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._answers.setdefault(request.id, []).append(answer)
        self._inbox.put_nowait(request)
        return await answer

    async def ami(self, action: Mapping[str, str]) -> Message:
        """Send one AMI action of another room (credentials of phones).

        Raises:
            LinkLost: Asterisk does not answer.
            ValueError: a header with a line break, an action that is not safe to forget, or one that would dial.
        """
        if action.get("Action", "").lower() == "originate":
            raise ValueError("nobody but the router calls anybody")
        return await self.link.action(action)

    async def reload_agents(self) -> None:
        """Take in agents and skills that were changed in the database."""
        if self.candidate.leads:
            self._inbox.put_nowait(await asyncio.to_thread(load_agents, self._engine))

    def view(self) -> View:
        """How everything is now."""
        view = self.router.view(datetime.now(UTC))
        return replace(view, ignored=view.ignored + self.inbound.refused.total())

    @contextlib.contextmanager
    def subscribe(self, changed: asyncio.Event | None = None) -> Iterator[asyncio.Event]:
        """An event that is set whenever something changed; whoever waits for it clears it before looking."""
        changed = changed or asyncio.Event()
        self._subscribers.add(changed)
        try:
            yield changed
        finally:
            self._subscribers.discard(changed)

    async def _run(self) -> None:
        while not self._stopping:
            taken = await self._take()
            commands: list[Command] = []
            for item in taken:
                commands += self._handle(item)
            try:
                await self._carry_out(commands)
            except Exception:  # the line goes on whatever happens
                log.exception("orders of one batch failed")
            for changed in self._subscribers:
                changed.set()

    async def _take(self) -> list[Message | Event | Request]:
        """Wait for the inbox or for the router's next deadline; give all that is there, up to a batch."""
        deadline = self.router.next_deadline()
        delay = None if deadline is None else max(0.0, (deadline - datetime.now(UTC)).total_seconds())
        try:
            taken = [await asyncio.wait_for(self._inbox.get(), delay)]
        except TimeoutError:
            return [TimePassed()]
        while len(taken) < BATCH and not self._inbox.empty():
            taken.append(self._inbox.get_nowait())
        return taken

    def _handle(self, item: Message | Event | Request) -> Sequence[Command]:
        event = self._read(item) if isinstance(item, Mapping) else item
        if event is None:
            return ()
        if isinstance(event, CallbackWanted):
            self._beside(self._desk.look_at(event, self.rules.callback))
            return ()
        try:
            return self.router.handle(event, datetime.now(UTC))
        except Exception:  # one event that was not foreseen must not stop the line
            log.exception("the router failed on %s", type(event).__name__)
            return (TakeSnapshot(),)

    def _read(self, message: Message) -> Event | CallbackWanted | None:
        if message is LINK_LOST:
            return LinkLostEvent()
        if text(message, "event") == "FullyBooted":
            self._net.forget()
            self._beside(self._learn_then_look())
            return None
        return self._snapshots.read(message) or self.inbound.read(message)

    async def _learn_then_look(self) -> None:
        """What the safety net did comes first: whom it served has not given up."""
        served = await self._net.learn()
        if served is not None:
            self._inbox.put_nowait(served)
        self._ask_for_snapshot()

    async def _keep_net(self) -> None:
        with self.subscribe() as changed:
            await self._net.run(changed, lambda: self.router.agents)

    def _read_closed_days(self) -> frozenset[date]:
        """What cannot be read stays as it was."""
        try:
            return closed_days(self._settings, self._engine)
        except SQLAlchemyError as error:
            log.warning("closed days could not be read: %s", type(error).__name__)
            return self._closed_days

    async def _keep_closed_days(self) -> None:
        while True:
            await asyncio.sleep(CLOSED_DAYS_EVERY_S)
            days = await asyncio.to_thread(self._read_closed_days)
            if days != self._closed_days and self.candidate.leads:
                self._closed_days = days
                self._inbox.put_nowait(ClosedDays(days))

    def _beside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._net_tasks.add(task)
        task.add_done_callback(self._net_tasks.discard)

    def _ask_for_snapshot(self) -> None:
        with contextlib.suppress(LinkLost):
            self._snapshots.begin()
            self.link.send(leader_epoch(self.epoch))
            self.link.send(router_seen(datetime.now(UTC)))
            self.link.ask_for_snapshot()

    async def _carry_out(self, commands: Sequence[Command]) -> None:
        facts = [command.fact for command in commands if isinstance(command, Record)]
        router = self.router
        if facts:
            await asyncio.to_thread(self._append, facts)
            self._forecaster.learn(facts)
        if router is not self.router:  # it stepped down meanwhile: what it wanted is the next leader's to decide
            return
        for command in commands:
            match command:
                case Record():
                    pass
                case Answer():
                    outcome = Outcome(command.accepted, command.reason, command.message)
                    for waiting in self._answers.pop(command.request_id, []):
                        if not waiting.done():
                            waiting.set_result(outcome)
                case TakeSnapshot():
                    self._ask_for_snapshot()
                case DialCallback():
                    self._beside(self._desk.dial(command, lambda: router is self.router))
                case _:
                    self._order(command)

    def _append(self, facts: Sequence[Fact]) -> None:
        try:
            self._journal.append(*facts)
        except Exception:  # one fact that does not fit must not keep the others out
            log.exception("a batch of facts could not be journalled together")
            for fact in facts:
                try:
                    self._journal.append(fact)
                except Exception:
                    log.exception("fact %s %s was not journalled", fact.kind, fact.id)

    def _order(self, command: Command) -> None:
        """Write the actions at once, in order; a refused offer comes back through the inbox."""
        try:
            answers = [self.link.send(action) for action in actions(command)]
        except LinkLost:
            log.warning("%s not sent: no link", type(command).__name__)
            return  # the next snapshot tells what is
        refused: OfferRefused | TransferRefused
        if isinstance(command, OfferCall):
            refused = OfferRefused(command.call_id, command.offer_id)
        elif isinstance(command, SendToColleague | Consult | JoinAll | HandOver | BackToCaller):
            refused = TransferRefused(command.call_id, command.transfer_id)
        else:
            return
        answers[-1].add_done_callback(lambda done: self._unless_done(refused, done))

    def _unless_done(self, refused: OfferRefused | TransferRefused, done: asyncio.Future[Message]) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        if text(done.result(), "response") == "Error":
            self._inbox.put_nowait(refused)

    async def _show_life(self) -> None:
        while True:
            with contextlib.suppress(LinkLost):
                self.link.send(router_seen(datetime.now(UTC)))
            await asyncio.sleep(SEEN_EVERY_S)
