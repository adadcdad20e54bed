"""A floor on which anything may happen next, by chance: two routers hear the same and must decide the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, time, timedelta
from itertools import count
from random import Random

from dialplan_model import Channel, DialplanModel
from reference_router import Decision, ReferenceRouter
from router_drill import START

from contact_centre.facts import Fact
from contact_centre.model import Agent, Queue
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback, KeepPlace, RefuseCallback
from queue_manager.callback_events import CallbackFailed
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import Command, OfferCall, OverflowCall, Record, SendToQueue, TurnAway
from queue_manager.expected_wait import WaitRange
from queue_manager.hours import Hours
from queue_manager.router import Router
from queue_manager.rules import LastAgent, Overflow, Routing, Rules
from queue_manager.steps import Step

AGENCIES = ("agency:immigration", "agency:kra", "agency:ntsa")
LAST = LastAgent(hold_s=20, within_s=3600, never=frozenset({"agent-002"}))
RULES = Rules(
    {name: Queue(name, {"en": name, "sw": name}, (), 15, 30) for name in ("general", "travel", "taxes")},
    ("lunch",),
    missed_offers_pause=2,
    point_s=45,
    callback=CallbackRules(offer_over_s=30, attempts=2, spacing_s=30, ring_s=10, lead_s=30, most=5),
    routing={
        "general": Routing(steps=(Step(30, "agency"),), last_agent=LAST, full_at=12, longest_wait_s=200, priority=1),
        "travel": Routing(
            frozenset({("agency", 4), ("language", 2)}),
            (Step(10, "level", 2), Step(25, "level"), Step(40, "agency")),
            Overflow(60, "general"), LAST, 6, 150, priority=2,
        ),
        "taxes": Routing(
            frozenset({("agency:kra", 3)}), (Step(20, "level"),), Overflow(35, "travel"), None, 4, None,
            Hours({0: (time(6), time(9))}, UTC),
        ),
    },
)  # fmt: skip


def people(number: int, chance: Random) -> dict[int, dict[str, int]]:
    """Agents with some of the skills."""
    found = {}
    for id_ in range(1, number + 1):
        skills = {
            language: chance.randint(1, 5) for language in ("language:en", "language:sw") if chance.random() < 0.7
        }
        found[id_] = skills | {agency: chance.randint(1, 5) for agency in AGENCIES if chance.random() < 0.4}
    return found


class RandomFloor:
    """Chance chooses what happens; `step` makes one event."""

    def __init__(self, seed: int, agents: int = 6) -> None:
        """Agents with phones, ready."""
        self.chance = Random(seed)
        self.now = START
        self.model = DialplanModel()
        self.skills: Mapping[int, Mapping[str, int]] = people(agents, self.chance)
        self.router = Router(RULES, "real")
        self.reference = ReferenceRouter(RULES, self.skills)
        self.decisions: Counter[str] = Counter()
        self.events = 0
        self.journal: list[Fact] = []
        self.facts: list[Fact] = []
        """Of the last event."""
        self._ids = count(1)
        self._old: list[e.Event] = []
        self.router.handle(e.AgentsLoaded(self.roster), self.now)
        self.router.handle(e.Snapshot((), {}), self.now)
        for id_ in self.skills:
            self.tell(e.PhoneRegistered(f"agent-{id_:03d}", "sip:x"))
            self.ask(r.SignIn, id_)
            self.ask(r.SetReady, id_)

    def tell(self, event: e.Event | r.Request) -> None:
        """Both hear it, decide the same, and the dialplan obeys."""
        self.events += 1
        commands = self.router.handle(event, self.now)
        ours, plain = decisions(commands), self.reference.handle(event, self.now)
        assert sorted(ours) == sorted(plain), f"after {self.events} events, {event}: {ours} but plainly {plain}"
        offers = [one for one in ours if one[0] == "offer"]
        assert offers == [one for one in plain if one[0] == "offer"], "in another order"
        self.decisions.update(one[0] for one in ours)
        self.facts = [command.fact for command in commands if isinstance(command, Record)]
        self.journal += self.facts
        for command in commands:
            if isinstance(command, OfferCall):
                self.reference.calls[command.call_id].offer_id = command.offer_id
            if isinstance(command, DialCallback):
                self.reference.calls[command.call_id].attempt_id = command.attempt_id
            self.model.obey(command)

    @property
    def roster(self) -> tuple[Agent, ...]:
        """Who works here."""
        return tuple(Agent(i, f"agent-{i:03d}", "", levels) for i, levels in self.skills.items())

    def ask(self, kind: type[r.Request], agent_id: int, **fields: object) -> None:
        """A request of an agent."""
        self.tell(kind(f"q{next(self._ids)}", 1, agent_id, **fields))  # type: ignore[arg-type]

    def step(self) -> None:
        """Something happens. Busy and quiet times follow one another, so that now calls wait and now agents do."""
        coming, work = (5, 4) if self.events // 250 % 2 else (1, 9)
        happenings: list[tuple[Callable[[], None], int]] = [
            (self.arrives, coming), (self.hears, 30), (self.rings, 12), (self.talks_end, 8), (self.hangs_up, 1),
            (self.asks_for_callback, 2), (self.citizen_is_called, 3), (self.waits_are_foreseen, 1),
            (self.agent_acts, work), (self.talk_changes, 4), (self.phone_changes, 1), (self.old_news, 1),
            (self.time_passes, 14),
        ]  # fmt: skip
        what, weights = zip(*happenings, strict=True)
        self.chance.choices(what, weights)[0]()

    def arrives(self) -> None:
        if len(self.model.channels) >= 40:
            return
        queue = self.chance.choice(tuple(RULES.queues))
        skills = {self.chance.choice(("language:en", "language:sw"))}
        if queue != "general" or self.chance.random() < 0.3:
            skills.add(self.chance.choice(AGENCIES))
        last = None
        if self.chance.random() < 0.3:
            last = self.chance.choice(tuple(self.skills)), self.now - timedelta(seconds=self.chance.choice((60, 7200)))
        priority = self.chance.choice((0, 0, 0, 1, 3))
        self.model.arrive(f"c{next(self._ids)}", frozenset(skills), priority, self.now, queue, last)

    def hears(self) -> None:
        sent = [channel.sent for channel in self.model.channels.values() if channel.sent]
        sent += [self.model.late] if self.model.late else []
        if sent:
            event = self.chance.choice(sent).popleft()
            self._old = [*self._old[-20:], event]
            self.tell(event)

    def pick(self, *states: CallState) -> Channel | None:
        """A channel in one of these states, whose news was all heard."""
        found = [c for c in self.model.channels.values() if c.state in states and not c.sent]
        return self.chance.choice(found) if found else None

    def rings(self) -> None:
        channel = self.pick(CallState.OFFERED, CallState.REJOINING)
        if channel is None:
            return
        if self.chance.random() < 0.7:
            self.model.answer(channel)
        elif channel.state is CallState.OFFERED:
            self.model.fail(channel, self.chance.choice(("no_answer", "busy", "unreachable", "withdrawn")))
        else:
            self.model.give_up(channel)

    def talks_end(self) -> None:
        channel = self.pick(CallState.CONNECTED, CallState.TURNED_AWAY)
        if channel is not None and channel.state is CallState.CONNECTED and self.chance.random() < 0.15:
            channel.loses(next(iter(channel.legs.values())))
        elif channel is not None:
            self.model.hang_up(channel.call_id)

    def hangs_up(self) -> None:
        channel = self.pick(*CallState)
        if channel is not None:
            self.model.hang_up(channel.call_id)

    def asks_for_callback(self) -> None:
        channel = self.pick(CallState.WAITING, CallState.TURNED_AWAY)
        if channel is not None:
            refused = self.chance.choice(("", "", "", "special"))
            self.model.ask(channel, self.chance.randint(1, 8), refused)

    def citizen_is_called(self) -> None:
        channel = self.pick(CallState.CALLBACK)
        if channel is not None:
            reason = self.chance.choice(("no_answer", "busy", "not_taken", "declined"))
            self.model.picks_up(channel, self.chance.random() < 0.6, reason)

    def waits_are_foreseen(self) -> None:
        line = [call.id for call in self.router._floor.line]
        self.tell(e.WaitsForecast({i: WaitRange(low := self.chance.choice((5, 60, 300)), low + 60) for i in line}))

    def agent_acts(self) -> None:
        id_, kinds = (
            self.chance.choice(tuple(self.skills)),
            (r.SetReady, r.SetReady, r.SetReady, r.SignIn, r.FinishWrapUp),
        )
        if self.chance.random() < 0.08:
            self.ask(r.Pause, id_, reason="lunch")
        elif self.chance.random() < 0.05:
            self.ask(r.SignOut, id_)
        else:
            self.ask(self.chance.choice(kinds), id_)

    def talk_changes(self) -> None:
        """An agent holds the call or takes it back, or gives it to a queue."""
        channel = self.pick(CallState.CONNECTED)
        call = self.reference.calls.get(channel.call_id) if channel is not None else None
        if channel is None or call is None or call.agent is None:
            return
        endpoint = f"agent-{call.agent:03d}"
        if self.chance.random() < 0.6:
            self.tell(self.chance.choice((e.AgentHeld(endpoint), e.AgentResumed(endpoint))))
        else:
            queue = self.chance.choice((*RULES.queues, "nowhere"))
            agency = self.chance.choice((None, AGENCIES[0].partition(":")[2]))
            self.ask(r.TransferToQueue, call.agent, call_id=channel.call_id, queue=queue, agency=agency)

    def phone_changes(self) -> None:
        kind = self.chance.choice((e.PhoneRegistered, e.PhoneRegistered, e.PhoneUnregistered))
        self.tell(kind(f"agent-{self.chance.choice(tuple(self.skills)):03d}", "sip:x"))

    def old_news(self) -> None:
        """An event is heard twice, or late; one of another call's id is of nobody."""
        if self._old:
            event = self.chance.choice(self._old)
            if isinstance(event, e.OfferAnswered | e.OfferFailed | e.AgentLost | e.RejoinFailed):
                channel = self.model.channels.get(event.call_id)
                if channel is None or channel.offer_id != event.offer_id:
                    self.tell(event)
            elif isinstance(event, e.CallerLeft | CallbackFailed):
                self.tell(event)

    def time_passes(self) -> None:
        end = self.now + timedelta(seconds=self.chance.choice((0.5, 1, 2, 5, 10)))
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.tell(e.TimePassed())
        self.now = end


def decisions(commands: list[Command]) -> list[Decision]:
    """What was decided, without what is only told."""
    found: list[Decision] = []
    for command in commands:
        if isinstance(command, OfferCall):
            found.append(("offer", command.call_id, command.endpoint))
        elif isinstance(command, OverflowCall):
            found.append(("overflow", command.call_id, command.queue))
        elif isinstance(command, SendToQueue):
            found.append(("send", command.call_id, command.queue))
        elif isinstance(command, TurnAway):
            found.append(("turn away", command.call_id, command.reason))
        elif isinstance(command, KeepPlace | DialCallback):
            found.append(("keep" if isinstance(command, KeepPlace) else "dial", command.call_id, ""))
        elif isinstance(command, RefuseCallback):
            found.append(("refuse", command.call_id, command.reason))
    return found
