"""A router with a clock that stands still until told, and short words for what happens around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from contact_centre.facts import Fact, Kind
from contact_centre.model import Agent, Queue
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import Answer, Command, OfferCall, Record
from queue_manager.router import Router
from queue_manager.rules import Rules
from queue_manager.view import AgentView, CallView

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
RULES = Rules(
    {name: Queue(name, {"en": name, "sw": name}, (), ring_s=15, wrap_up_s=45) for name in ("general", "travel")},
    pause_reasons=("break", "lunch"),
)


class Drill:
    """Drives one router; keeps everything it ordered."""

    def __init__(self, agents: Mapping[int, Mapping[str, int]] | None = None, rules: Rules = RULES) -> None:
        """Agents by id with their skills; the link to Asterisk is up, nobody is signed in."""
        self.now = START
        self.router = Router(rules, "run")
        self.commands: list[Command] = []
        self._ids = count(1)
        self._agents = agents or {1: {"language:en": 3}}
        self.load()
        self.hear(e.Snapshot((), {}))

    @property
    def roster(self) -> e.AgentsLoaded:
        """Who works here."""
        return e.AgentsLoaded(
            tuple(Agent(i, f"agent-{i:03d}", f"Agent {i}", skills) for i, skills in self._agents.items())
        )

    def load(self) -> None:
        """Say who works here."""
        self.hear(self.roster)

    def hear(self, event: e.Event | r.Request) -> list[Command]:
        """Give the router one event."""
        commands = self.router.handle(event, self.now)
        self.commands += commands
        return commands

    def pass_time(self, seconds: float) -> list[Command]:
        """Let time pass, waking the router whenever it asked to be."""
        end, commands = self.now + timedelta(seconds=seconds), []
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            commands += self.hear(e.TimePassed())
        self.now = end
        return commands

    def ask(self, kind: type[r.Request], agent_id: int, **fields: object) -> Answer:
        """Make a request and give its answer."""
        commands = self.hear(kind(f"q{next(self._ids)}", 1, agent_id, **fields))  # type: ignore[arg-type]
        return next(command for command in commands if isinstance(command, Answer))

    def plug_in(self, agent_id: int) -> None:
        """The agent's phone registers."""
        self.hear(e.PhoneRegistered(f"agent-{agent_id:03d}", "sip:there"))

    def ready(self, *agent_ids: int) -> None:
        """Agents with a phone sign in and are ready."""
        for agent_id in agent_ids:
            self.plug_in(agent_id)
            assert self.ask(r.SignIn, agent_id).accepted
            assert self.ask(r.SetReady, agent_id).accepted

    def waits(self, call_id: str, *more: str, queue: str = "general", priority: int = 0, ago_s: float = 0) -> None:
        """A call is heard from `[waiting]`; it needs English and whatever else is named."""
        since = self.now - timedelta(seconds=ago_s)
        wish = e.Wish("en", queue, frozenset({"language:en", *more}), priority, None, None, since)
        self.hear(e.CallWaiting(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", wish))

    def again(self, call_id: str) -> None:
        """A known call is heard from `[waiting]` again."""
        self.hear(e.CallWaiting(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", e.Wish()))

    def rings(self, call_id: str) -> int:
        """`[offer]` of this call began; give the agent who is rung."""
        offer_id = self.call(call_id).offer_id
        assert offer_id
        self.hear(e.OfferStarted(call_id, offer_id))
        agent_id = self.call(call_id).agent_id
        assert agent_id
        return agent_id

    def answers(self, call_id: str) -> int:
        """The agent who is rung answers; give the agent."""
        agent_id = self.rings(call_id)
        self.hear(e.OfferAnswered(call_id, self.call(call_id).offer_id or ""))
        return agent_id

    def fails(self, call_id: str, reason: e.OfferFailure = "no_answer") -> int:
        """The agent who is rung does not take it, and the call is back in `[waiting]`; give the agent."""
        agent_id = self.rings(call_id)
        self.hear(e.OfferFailed(call_id, self.call(call_id).offer_id or "", reason))
        self.again(call_id)
        return agent_id

    def leaves(self, call_id: str) -> None:
        """The caller hangs up."""
        self.hear(e.CallerLeft(call_id, f"u-{call_id}", 16))

    def call(self, call_id: str) -> CallView:
        """The call as the router sees it."""
        return next(call for call in self.router.view(self.now).calls if call.id == call_id)

    def agent(self, agent_id: int) -> AgentView:
        """The agent as the router sees them."""
        return next(agent for agent in self.router.view(self.now).agents if agent.id == agent_id)

    def offers(self) -> list[tuple[str, str]]:
        """(call, endpoint) of every offer so far, in order."""
        return [(c.call_id, c.endpoint) for c in self.commands if isinstance(c, OfferCall)]

    def facts(self, *kinds: Kind) -> list[Fact]:
        """The facts so far, of these kinds."""
        facts = [c.fact for c in self.commands if isinstance(c, Record)]
        return [fact for fact in facts if not kinds or fact.kind in kinds]


def seen_call(call_id: str, state: CallState, offer_id: str | None = None, agent_id: int | None = None,
              since: datetime = START, skills: frozenset[str] = frozenset({"language:en"})) -> e.SeenCall:  # fmt: skip
    """A caller's channel in a snapshot."""
    wish = e.Wish("en", "general", skills, 0, None, None, since)
    endpoint = f"agent-{agent_id:03d}" if agent_id else None
    return e.SeenCall(call_id, f"PJSIP/trunk-{call_id}", f"u-{call_id}", state, wish, offer_id, endpoint)
