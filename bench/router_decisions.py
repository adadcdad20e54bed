"""`python -m bench.router_decisions [--events N] [--chart FILE]`: how long the router thinks over one event.

2,000 agents with some of 40 skills, all at work; a line of 100 to 10,000 callers that is kept as long as it is:
whenever an agent finishes and takes the next call, another caller comes. 300 citizens keep a place to be called back;
who is dialled is not reached, and another caller asks for it. Every event's `handle` is timed, by the
processor time of its thread, because the machine may be shared. Goal: p99 under 1 ms with 10,000 waiting, and growth
that is at most logarithmic.

`--events N` instead replays N random events against the plain router of the tests and compares every decision.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from bench.stage import machine, print_table, quantile
from contact_centre.model import Agent, Queue
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_events import CallbackAsked, CallbackFailed
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import OfferCall
from queue_manager.router import Router
from queue_manager.rules import LastAgent, Routing, Rules
from queue_manager.steps import Step

AGENTS = 2000
KEPT = 300
"""Citizens who are to be called back."""
LANGUAGES = ("language:en", "language:sw")
AGENCIES = tuple(f"agency:a{number:02d}" for number in range(38))
LINES = (100, 300, 1000, 3000, 10_000)
ROUNDS = 1500
"""Calls finished and taken in one measurement; each is five events."""
GOAL_MS = 1.0
STEPS = (Step(60, "level"), Step(600, "agency"))
RULES = Rules(
    {name: Queue(name, {"en": name, "sw": name}, ()) for name in ("general", "travel", "transport", "social")},
    point_s=120,
    callback=CallbackRules(offer_over_s=180, attempts=1, most=KEPT, keep_h=1000),
    routing={
        name: Routing(frozenset({("agency", 3)}), STEPS, None, LastAgent(10, 3600), None, 7200)
        for name in ("general", "travel", "transport", "social")
    },
)


class Bench:
    """A router, everybody at work, and a line."""

    def __init__(self, waiting: int) -> None:
        """Make agents busy, then let the line grow to its length."""
        self.chance, self.now, self.ids = Random(5), datetime(2026, 3, 2, 8, tzinfo=UTC), count(1)
        self.router = Router(RULES, "bench")
        self.took: list[float] = []
        self.talking: deque[tuple[str, int]] = deque()
        people = [Agent(i, f"agent-{i:04d}", "", self._skills()) for i in range(1, AGENTS + 1)]
        self.router.handle(e.AgentsLoaded(tuple(people)), self.now)
        self.router.handle(e.Snapshot((), {a.extension: frozenset({"sip:x"}) for a in people}), self.now)
        self._id_at = {agent.extension: agent.id for agent in people}
        for agent in people:
            self._ask(r.SignIn, agent.id)
            self._ask(r.SetReady, agent.id)
        while len(self.talking) < AGENTS - 50:
            self.arrives()
        for _ in range(KEPT):
            self.keeps_place()
        while self.line < waiting:
            self.arrives()

    @property
    def line(self) -> int:
        """How many wait on the line."""
        return len(self.router._floor.line) - len(self.router._floor.callbacks)

    def keeps_place(self) -> None:
        """A caller asks to be called back from the closed hours, as most do at once, and hangs up."""
        call_id = f"c{next(self.ids)}"
        self.tell(e.CallEntered(call_id, f"PJSIP/trunk-{call_id}", call_id))
        wish = self._wish(None)
        self.tell(CallbackAsked(call_id, call_id, next(self.ids), "", f"PJSIP/trunk-{call_id}", wish))
        self.tell(e.CallerLeft(call_id, call_id, 16))

    def _skills(self) -> dict[str, int]:
        languages = LANGUAGES if self.chance.random() < 0.6 else (self.chance.choice(LANGUAGES),)
        agencies = self.chance.sample(AGENCIES, self.chance.randint(1, 4))
        return {skill: self.chance.randint(1, 5) for skill in (*languages, *agencies)}

    def arrives(self) -> None:
        """One more caller."""
        call_id = f"c{next(self.ids)}"
        last = (self.chance.randint(1, AGENTS), self.now) if self.chance.random() < 0.2 else None
        self.tell(e.CallWaiting(call_id, f"PJSIP/trunk-{call_id}", call_id, self._wish(last)))

    def _wish(self, last: tuple[int, datetime] | None) -> e.Wish:
        needs = {self.chance.choice(LANGUAGES)} | (
            {self.chance.choice(AGENCIES)} if self.chance.random() < 0.8 else set()
        )
        since = self.now - timedelta(seconds=self.chance.choice((0, 0, 0, 90, 700)))
        queue = self.chance.choice(tuple(RULES.queues))
        return e.Wish("en", queue, frozenset(needs), self.chance.choice((0, 0, 1)), None, None, since, last_agent=last)

    def finishes(self) -> None:
        """The next agent finishes; the wrap-up is saved at once."""
        call_id, agent_id = self.talking.popleft()
        self.tell(e.CallerLeft(call_id, call_id, 16))
        self._ask(r.FinishWrapUp, agent_id)

    def _ask(self, kind: type[r.SignIn | r.SetReady | r.FinishWrapUp], agent_id: int) -> None:
        self.tell(kind(f"q{next(self.ids)}", 1, agent_id))

    def tell(self, event: e.Event | r.Request) -> None:
        """One event, timed; an offer is answered at once."""
        self.now += timedelta(milliseconds=1)
        began = time.thread_time()
        commands = self.router.handle(event, self.now)
        self.took.append(time.thread_time() - began)
        for command in commands:
            if isinstance(command, OfferCall):
                self.talking.append((command.call_id, self._id_at[command.endpoint]))
                self.tell(e.OfferStarted(command.call_id, command.offer_id))
                self.tell(e.OfferAnswered(command.call_id, command.offer_id))
            elif isinstance(command, DialCallback):
                self.tell(CallbackFailed(command.call_id, command.attempt_id, "no_answer"))
                self.keeps_place()


def measure(waiting: int) -> list[float]:
    """The seconds of each `handle`."""
    bench = Bench(waiting)
    gc.collect()
    gc.freeze()  # what the long-lived floor is made of is not walked again for each young object
    bench.took.clear()
    for _ in range(ROUNDS):
        bench.finishes()
        while bench.line < waiting:
            bench.arrives()
    gc.unfreeze()
    return bench.took


def chart(path: Path, figures: list[tuple[int, float, float]]) -> None:
    """Median and p99 over the length of the line, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, column in (("p99", 2), ("median", 1)):
        axes.plot([row[0] for row in figures], [row[column] for row in figures], marker="o", label=name)
    axes.axhline(GOAL_MS, linestyle="--", color="grey", label="goal for p99")
    axes.set(xscale="log", xlabel="callers waiting", ylabel="ms for one event", ylim=(0, None))
    axes.set_title(f"One decision of the router, {AGENTS:,} agents, {len(LANGUAGES + AGENCIES)} skills")
    axes.legend()
    figure.savefig(path, dpi=110)


def replay(events: int) -> None:
    """Random events to both routers; the first difference ends it."""
    from random_floor import RandomFloor

    made, decided, seed, began = 0, 0, 0, time.perf_counter()
    while made < events:
        floor = RandomFloor(1000 + seed, agents=3 + seed % 10)
        while floor.events < min(20_000, events - made):
            floor.step()
        made, decided, seed = made + floor.events, decided + floor.decisions.total(), seed + 1
    print(f"{made:,} events, {decided:,} decisions, all alike ({time.perf_counter() - began:.0f} s)")


def main(arguments: list[str] | None = None) -> None:
    """Measure, or replay."""
    parser = argparse.ArgumentParser(prog="python -m bench.router_decisions")
    parser.add_argument("--events", type=int, metavar="N", help="replay N random events against the plain router")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw the figures as a PNG")
    asked = parser.parse_args(arguments)
    if asked.events:
        replay(asked.events)
        return
    rows, figures = [], []
    for waiting in LINES:
        took = measure(waiting)
        median, p99 = quantile(took, 0.5) * 1000, quantile(took, 0.99) * 1000
        figures.append((waiting, median, p99))
        rows.append((f"{waiting:,}", f"{len(took):,}", f"{median:.3f}", f"{p99:.3f}", f"{max(took) * 1000:.2f}",
                     f"{len(took) / sum(took):,.0f}"))  # fmt: skip
    print(machine())
    print_table(("waiting", "events", "median ms", "p99 ms", "most ms", "events a second"), rows)
    met = "met" if figures[-1][2] < GOAL_MS else "missed"
    print(f"goal, p99 under {GOAL_MS:.0f} ms with {LINES[-1]:,} waiting: {met}")
    if asked.chart:
        chart(asked.chart, figures)


if __name__ == "__main__":
    main()
