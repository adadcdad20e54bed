"""One simulated time, event by event, through the router that the house runs.

The engine plays Asterisk, the callers and the agents: it hears the router's orders and gives it the events that would
follow. Nothing of the routing is repeated here, and the figures are the house's own folds over the router's facts.
"""

from __future__ import annotations

import gc
import heapq
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from contact_centre.facts import Fact, Kind
from contact_centre.model import Agent
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import AnnouncePosition, Command, OfferCall, Record, TurnAway
from queue_manager.router import Router
from simulation.measures import Measures, Results
from simulation.scenario import BREAK, GOING_HOME, LONGEST_WRAP_UP_S, Arrival, Scenario, by_rule, simulated_rules

Listener = Callable[[Fact], None]
FAREWELL_S = 8.0
"""How long a caller who is turned away hears why (s)."""

PROGRESS_EVERY = 5000
"""Events between two reports of progress."""


class Engine:
    """Runs one scenario once."""

    def __init__(self, scenario: Scenario, arrivals: Iterable[Arrival], seed: int = 1) -> None:
        """Prepare. Arrivals are in the order of their times; equal seeds give equal runs."""
        self.scenario = scenario
        self.router = Router(simulated_rules(scenario.rules, scenario.wrap_up), "simulated")
        self.measures = Measures(self.router.rules.queues, scenario)
        self.listeners: list[Listener] = []
        self.now_s = 0.0
        self._chance = Random(seed)
        self._arrivals: Iterator[Arrival] = iter(arrivals)
        self._waiting: dict[str, Arrival] = {}
        self._heap: list[tuple[float, int, Callable[[str], None], str]] = []
        self._order = count()
        self._calls = 0
        self._wrap_up_by_rule = by_rule(scenario.wrap_up)

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.scenario.begins + timedelta(seconds=self.now_s)

    def at(self, instant_s: float, then: Callable[[str], None], about: str = "") -> None:
        """Do something at an instant (s from the beginning); what is due at once happens in the order it was asked."""
        if instant_s < math.inf:
            heapq.heappush(self._heap, (instant_s, next(self._order), then, about))

    def run(self, progress: Callable[[float], None] = lambda share: None) -> Results:
        """Run to the end of the last call; `progress` hears the share of the time that is over.

        Garbage collection rests meanwhile: nothing here goes round in circles, and it took a tenth of the time.
        """
        collected = gc.isenabled()
        gc.disable()
        try:
            return self._run(progress)
        finally:
            if collected:
                gc.enable()

    def _run(self, progress: Callable[[float], None]) -> Results:
        self._open()
        self._next_arrival()
        router, heap, begins = self.router, self._heap, self.scenario.begins
        events = 0
        while True:
            due = router.next_deadline()
            due_s = math.inf if due is None else (due - begins).total_seconds()
            next_s = heap[0][0] if heap else math.inf
            if due_s == next_s == math.inf:
                break
            if due_s < next_s:
                self.now_s = max(self.now_s, due_s)
                self.tell(e.TimePassed())
                continue
            self.now_s, _, then, about = heapq.heappop(heap)
            then(about)
            events += 1
            if events % PROGRESS_EVERY == 0:
                progress(min(1.0, self.now_s / self.scenario.length_s))
        progress(1.0)
        return self.measures.results(len(self._waiting))

    def _open(self) -> None:
        desks = self.scenario.desks
        agents = [Agent(i, f"agent-{i:03d}", f"Agent {i}", desk.skills) for i, desk in enumerate(desks, 1)]
        contacts = {agent.extension: frozenset({"sip:simulated"}) for agent in agents}
        self.tell(e.AgentsLoaded(tuple(agents)))
        self.tell(e.Snapshot((), contacts))
        for agent, desk in zip(agents, desks, strict=True):
            self.at(desk.begins_s, self._comes, str(agent.id))
            self.at(desk.ends_s, self._goes_home, str(agent.id))
            for pause in desk.breaks:
                self.at(pause.at_s, self._wants_a_break, str(agent.id))

    # ---- callers

    def _next_arrival(self) -> None:
        arrival = next(self._arrivals, None)
        if arrival is not None:
            self._calls += 1
            call_id = f"c{self._calls}"
            self._waiting[call_id] = arrival
            self.at(arrival.at_s, self._arrives, call_id)

    def _arrives(self, call_id: str) -> None:
        arrival = self._waiting[call_id]
        patience_s = self.scenario.patience.draw(self._chance) if arrival.patience_s is None else arrival.patience_s
        self.at(self.now_s + patience_s, self._gives_up, call_id)
        self._next_arrival()
        wish = e.Wish(arrival.language, arrival.queue, arrival.needs, arrival.priority)
        self.tell(e.CallWaiting(call_id, f"PJSIP/trunk-{call_id}", call_id, wish))

    def _gives_up(self, call_id: str) -> None:
        if self._waiting.pop(call_id, None) is not None:
            self._hangs_up(call_id)

    def _hangs_up(self, call_id: str) -> None:
        self.tell(e.CallerLeft(call_id, call_id, 16))

    # ---- agents

    def _answers(self, call_and_offer: str) -> None:
        call_id, _, offer_id = call_and_offer.partition(" ")
        arrival = self._waiting.pop(call_id, None)
        if arrival is None:
            return  # gave up while it rang
        talk_s = self.scenario.handling.draw(self._chance) if arrival.handling_s is None else arrival.handling_s
        self.at(self.now_s + talk_s, self._hangs_up, call_id)
        self.tell(e.OfferAnswered(call_id, offer_id))

    def _comes(self, agent_id: str) -> None:
        self._ask(r.SignIn, agent_id)
        self._ask(r.SetReady, agent_id)

    def _returns(self, agent_id: str) -> None:
        self._ask(r.SetReady, agent_id)

    def _wants_a_break(self, agent_id: str) -> None:
        self.tell(r.Pause(f"q{next(self._order)}", 0, int(agent_id), BREAK))

    def _goes_home(self, agent_id: str) -> None:
        self.tell(r.Pause(f"q{next(self._order)}", 0, int(agent_id), GOING_HOME))

    def _signs_out(self, agent_id: str) -> None:
        self._ask(r.SignOut, agent_id)

    def _has_written_up(self, agent_id: str) -> None:
        self._ask(r.FinishWrapUp, agent_id)

    def _ask(self, kind: type[r.SignIn | r.SignOut | r.SetReady | r.FinishWrapUp], agent_id: str) -> None:
        self.tell(kind(f"q{next(self._order)}", 0, int(agent_id)))

    # ---- the router

    def tell(self, event: e.Event | r.Request) -> None:
        """Give the router an event now, and do what follows from it."""
        for command in self.router.handle(event, self.now):
            self._follow(command)

    def _follow(self, command: Command) -> None:
        if type(command) is AnnouncePosition:
            return  # the most frequent, and said to nobody here
        if isinstance(command, Record):
            fact = command.fact
            self.measures.apply(fact, self.now_s)
            for listener in self.listeners:
                listener(fact)
            if fact.kind is Kind.AGENT_WRAPPING_UP and not self._wrap_up_by_rule:
                length_s = min(self.scenario.wrap_up.draw(self._chance), LONGEST_WRAP_UP_S - 1.0)
                self.at(self.now_s + length_s, self._has_written_up, str(fact.agent_id))
            elif fact.kind is Kind.AGENT_PAUSED:
                self._paused(fact)
        elif isinstance(command, TurnAway):
            self.at(self.now_s + FAREWELL_S, self._gives_up, command.call_id)
        elif isinstance(command, OfferCall):
            ringing_s = self.scenario.ringing.draw(self._chance)
            self.at(self.now_s + ringing_s, self._answers, f"{command.call_id} {command.offer_id}")

    def _paused(self, fact: Fact) -> None:
        assert fact.agent_id is not None
        if fact.payload["reason"] == GOING_HOME:
            self.at(self.now_s, self._signs_out, str(fact.agent_id))
        elif fact.payload["reason"] == BREAK:
            breaks = self.scenario.desks[fact.agent_id - 1].breaks
            length_s = next((b.length_s for b in reversed(breaks) if b.at_s <= self.now_s), 0.0)
            self.at(self.now_s + length_s, self._returns, str(fact.agent_id))
