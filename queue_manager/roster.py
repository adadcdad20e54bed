"""The agents: what each is doing, since when, and which phone answers for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contact_centre.model import Agent
from contact_centre.states import AgentState, agent_moves
from queue_manager.events_out import NotReached
from queue_manager.ready_agents import ReadyAgents


@dataclass(slots=True)
class LiveAgent:
    """One agent. Owned by the router, changed by it alone."""

    agent: Agent
    state: AgentState
    since: datetime
    ready_since: datetime | None = None
    """Since when the agent has been free for calls; a caller who gives up while ringing does not reset it."""
    reason: str | None = None
    """Why paused; while calling a citizen: the pause that follows it."""
    call_id: str | None = None
    """The call that rings, is talked with, or is wrapped up."""
    offer_id: str | None = None
    wrap_up_until: datetime | None = None
    missed: int = 0
    """Offers missed in a row."""
    pause_next: str | None = None
    """A pause asked for during the call: it begins when the call is over and wrapped up."""
    help_since: datetime | None = None
    """Since when they have asked for a supervisor."""
    not_reached: NotReached | None = None
    """Why the citizen whom they called last was not reached; forgotten when anything else happens."""
    contacts: set[str] = field(default_factory=set)

    @property
    def id(self) -> int:
        """The agent's row id."""
        return self.agent.id

    @property
    def skills(self) -> Mapping[str, int]:
        """Skill -> level."""
        return self.agent.skills

    @property
    def available(self) -> bool:
        """Whether the agent can be offered a call: ready, with a phone that answers."""
        return self.state is AgentState.READY and bool(self.contacts)


class Roster:
    """Every agent, by id and by endpoint; those who can be offered a call are kept apart."""

    def __init__(self) -> None:
        """Nobody yet."""
        self._agents: dict[int, LiveAgent] = {}
        self._by_endpoint: dict[str, int] = {}
        self.ready = ReadyAgents()
        """Who can be offered a call now."""
        self._contacts: dict[str, set[str]] = {}
        self.freed: dict[int, None] = {}
        """Agents who became available since the last matching."""
        self.gone: dict[int, None] = {}
        """Agents who went away from work, or whose skills changed, since it was last looked at."""

    def __iter__(self) -> Iterator[LiveAgent]:
        return iter(self._agents.values())

    def get(self, agent_id: int | None) -> LiveAgent | None:
        """The agent with this id."""
        return self._agents.get(agent_id) if agent_id is not None else None

    def at(self, endpoint: str) -> LiveAgent | None:
        """The agent whose phone this endpoint is."""
        return self.get(self._by_endpoint.get(endpoint))

    @property
    def available(self) -> Iterable[LiveAgent]:
        """Agents who can be offered a call now."""
        return [self._agents[agent_id] for agent_id in self.ready]

    def load(self, agents: Iterable[Agent], now: datetime) -> None:
        """Set who works here. Known agents keep their state and get their new skills."""
        for agent in agents:
            live = self._agents.get(agent.id)
            if live is None:
                live = self._agents[agent.id] = LiveAgent(agent, AgentState.SIGNED_OUT, now)
            else:
                self._by_endpoint.pop(live.agent.extension, None)
                if live.skills != agent.skills:  # new skills may fit a call that waits
                    self.ready.remove(agent.id)
                    self.gone[agent.id] = None
                live.agent = agent
            self._by_endpoint[agent.extension] = agent.id
            live.contacts = self._contacts.setdefault(agent.extension, set())
            self.refresh(live)

    def move(self, agent: LiveAgent, to: AgentState, now: datetime) -> None:
        """Change the agent's state.

        Raises:
            IllegalTransition: when `states.py` does not allow it; nothing was changed.
        """
        self.put(agent, agent_moves(agent.state, to), now)

    def put(self, agent: LiveAgent, state: AgentState, now: datetime) -> None:
        """Set the agent's state to what was found to be so (after a restart), whatever it was before."""
        agent.state, agent.since, agent.not_reached = state, now, None
        if state is AgentState.READY:
            agent.ready_since = agent.ready_since or now
        elif state is not AgentState.OFFERED:
            agent.ready_since = None
        if state not in (AgentState.PAUSED, AgentState.CALLING):
            agent.reason = None
        if state is not AgentState.WRAP_UP:
            agent.wrap_up_until = None
        if state not in (AgentState.ON_CALL, AgentState.WRAP_UP):
            agent.help_since = None
        if state in (AgentState.READY, AgentState.PAUSED, AgentState.SIGNED_OUT):
            agent.call_id = agent.offer_id = agent.pause_next = None
        self.refresh(agent)

    def refresh(self, agent: LiveAgent) -> None:
        """Keep the set of available agents true."""
        if agent.state in (AgentState.PAUSED, AgentState.SIGNED_OUT) or not agent.contacts:
            self.gone[agent.id] = None
        if agent.available:
            if agent.id not in self.ready:
                self.freed[agent.id] = None
                self.ready.add(agent)
        else:
            self.ready.remove(agent.id)

    def contact(self, endpoint: str, contact: str, there: bool) -> LiveAgent | None:
        """A contact came or went. Gives the agent when having a phone at all changed with it."""
        contacts = self._contacts.setdefault(endpoint, set())
        had = bool(contacts)
        if there:
            contacts.add(contact)
        else:
            contacts.discard(contact)
        agent = self.at(endpoint)
        if agent is None or had == bool(contacts):
            return None
        self.refresh(agent)
        return agent

    def endpoints_with_contacts(self) -> list[str]:
        """Endpoints that have a phone now."""
        return [endpoint for endpoint, contacts in self._contacts.items() if contacts]

    def contacts_of(self, endpoint: str) -> frozenset[str]:
        """The contacts of an endpoint."""
        return frozenset(self._contacts.get(endpoint, ()))
