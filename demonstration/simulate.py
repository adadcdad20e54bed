"""`huduma simulate`: keeps the house busy with real calls and simulated agents, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
from collections import Counter

from rich.console import Console
from rich.live import Live
from rich.text import Text
from sqlalchemy import select

from contact_centre.database import connect, read_scope
from contact_centre.errors import BadInput, SetupFailed
from contact_centre.settings import Settings, load_settings
from contact_centre.tables import PhoneNumber
from demonstration import citizens, simulated_agents
from demonstration.carrier import Carrier

MOST_LINES = 200
"""Calls beyond so many at once are not placed: the demonstration must not become an attack on its own machine."""


def main(argv: list[str]) -> int:
    """Place calls at random moments (Poisson) and let simulated agents take them."""
    parser = argparse.ArgumentParser(prog="huduma simulate", description=main.__doc__)
    parser.add_argument("--calls-per-minute", type=float, default=12.0, metavar="N")
    parser.add_argument("--agents", type=int, default=5, metavar="N", help="simulated agents, 0 to 12 (5)")
    parser.add_argument("--minutes", type=float, metavar="N", help="stop after so long (default: at Ctrl-C)")
    parser.add_argument("--talk", type=float, default=40.0, metavar="S", help="mean time an agent talks (40)")
    options = parser.parse_args(argv)
    if not 0 < options.calls_per_minute <= 600:
        raise BadInput("--calls-per-minute is more than 0 and at most 600")
    if not 0 <= options.agents <= simulated_agents.MOST:
        raise BadInput(f"--agents is 0 to {simulated_agents.MOST}: so many sample agents there are")
    settings = load_settings()
    if settings.mode != "demonstration":
        raise SetupFailed("simulated calls are for the demonstration only")
    asyncio.run(Simulation(settings, options).run())
    return 0


class Simulation:
    """Citizens and agents at work; `run` ends when it is told to, with every call hung up."""

    def __init__(self, settings: Settings, options: argparse.Namespace) -> None:
        """Nothing has started."""
        self._settings = settings
        self._options = options
        self._placed: Counter[str] = Counter()
        self._doing: dict[int, str] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Work until Ctrl-C, SIGTERM or the end of the time."""
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        screen = Console(highlight=False)
        async with Carrier(self._settings) as carrier:
            work = [asyncio.create_task(self._arrivals(carrier))]
            if self._options.agents:
                work.append(asyncio.create_task(self._agents()))
            stopping = asyncio.create_task(stop.wait())
            with Live(console=screen, get_renderable=self._summary, refresh_per_second=2):
                limit_s = None if self._options.minutes is None else self._options.minutes * 60
                await asyncio.wait({stopping, *work}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
            screen.print("Stopping: every call is hung up, every agent signs out.")
            for task in (stopping, *work, *self._calls):
                task.cancel()
            outcomes = await asyncio.gather(*work, *self._calls, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _arrivals(self, carrier: Carrier) -> None:
        chance = random.Random()
        known = await asyncio.to_thread(self._known_numbers)
        while True:
            await asyncio.sleep(chance.expovariate(self._options.calls_per_minute / 60))
            if len(self._calls) >= MOST_LINES:
                continue
            planned = citizens.plan(chance, known)
            number = chance.choice(self._settings.prefixes)
            call = asyncio.create_task(citizens.live(carrier, number, planned))
            self._placed[planned.kind] += 1
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _agents(self) -> None:
        voice = await asyncio.to_thread(simulated_agents.voice_of, self._settings)
        try:
            async with asyncio.TaskGroup() as shift:  # over when all have signed out, not when the first has
                for number in range(1, self._options.agents + 1):
                    shift.create_task(
                        simulated_agents.work(self._settings, number, self._options.talk, voice, self._note)
                    )
        except ExceptionGroup as refused:
            raise refused.exceptions[0] from None

    def _note(self, number: int, what: str) -> None:
        self._doing[number] = what

    def _known_numbers(self) -> list[str]:
        engine = connect(self._settings.url)
        try:
            with read_scope(engine) as session:
                return list(session.scalars(select(PhoneNumber.e164).limit(500)))
        finally:
            engine.dispose()

    def _summary(self) -> Text:
        agents = Counter(self._doing.values())
        states = ", ".join(f"{count} {what}" for what, count in sorted(agents.items())) or "none yet"
        placed = ", ".join(f"{self._placed[kind]} {kind}" for kind in ("machine", "agent", "impatient"))
        return Text(f"on the line {len(self._calls):>3}   placed: {placed}   agents: {states}")
