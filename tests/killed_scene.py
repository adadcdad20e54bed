"""A router, the dialplan that obeys it, and the fact after which the router is killed."""

from __future__ import annotations

from dataclasses import replace

from conference_model import Channel
from dialplan_model import DialplanModel
from rebuilding import remembered
from router_drill import RULES as PLAIN
from router_drill import START, Drill

from contact_centre.facts import Kind
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import (
    CallOut,
    Command,
    Record,
    TakeSnapshot,
)
from queue_manager.router import Router
from queue_manager.rules import TRANSFERRED, Overflow, Routing, Rules

EN = frozenset({"language:en"})
RULES = replace(
    PLAIN,
    survey=True,
    callback=CallbackRules(offer_over_s=120, attempts=2, spacing_s=60, ring_s=20, lead_s=30),
    routing={"general": Routing(overflow=Overflow(300, "travel")), "travel": Routing(longest_wait_s=400)},
)


class Killed(Exception):
    """The router died."""


class Scene(Drill):
    """A router, the dialplan that obeys it, and the fact after which the router is killed."""

    def __init__(self, until: Kind | None, *, obeyed: bool = True, rules: Rules = RULES) -> None:
        """`obeyed=False`: it dies after the fact was written, before any order of that moment was sent."""
        self.model, self.contacts = DialplanModel(), dict[str, frozenset[str]]()
        self.dials: tuple[out.SeenDial, ...] = ()
        self.until: Kind | None = None
        self.obeyed = obeyed
        super().__init__({id_: {"language:en": 3} for id_ in (1, 2, 3)}, rules)
        self.until = until

    def hear(self, event: e.Event | r.Request) -> list[Command]:
        """As ever; the dialplan obeys, and the router may die of it."""
        commands = super().hear(event)
        dies = any(isinstance(command, Record) and command.fact.kind is self.until for command in commands)
        if self.obeyed or not dies:
            self.obey(commands)
        if dies:
            raise Killed
        if TakeSnapshot() in commands:
            self.hear(self.snapshot())
        return commands

    def obey(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, CallOut):
                dial = (command.call_id, command.offer_id, command.endpoint, f"PJSIP/{command.endpoint}-0000000a")
                self.dials = (out.SeenDial(*dial, up=False, wish=e.Wish("en", "general", EN, TRANSFERRED)),)
            self.model.obey(command)

    def snapshot(self) -> e.Snapshot:
        return replace(self.model.snapshot(self.contacts), dials=self.dials)

    def ready(self, *agent_ids: int) -> None:
        self.contacts |= {f"agent-{id_:03d}": frozenset({"sip:there"}) for id_ in agent_ids}
        super().ready(*agent_ids)

    def hears_all(self) -> None:
        """Everything that the dialplan raised."""
        while queues := [c.sent for c in self.model.channels.values() if c.sent] + [self.model.late] * bool(
            self.model.late
        ):
            self.hear(queues[0].popleft())

    def arrives(self, call_id: str = "a", queue: str = "general", priority: int = 0) -> Channel:
        self.model.arrive(call_id, EN, priority, self.now, queue)
        self.hears_all()
        return self.model.channels[call_id]

    def answered(self, call_id: str = "a") -> Channel:
        """A call that agent 1 talks with."""
        self.ready(1)
        channel = self.arrives(call_id)
        self.model.answer(channel)
        self.hears_all()
        self.pass_time(10)
        return channel

    def lost(self) -> Channel:
        """The agent's leg broke."""
        channel = self.answered()
        self.model.lose_agent(channel)
        self.hears_all()
        return channel

    def consulting(self) -> Channel:
        """Agents 1 and 2 speak about the call."""
        channel = self.answered()
        self.ready(2)
        self.ask(r.TransferToAgent, 1, call_id="a", to_agent_id=2, speak_first=True)
        ringing = channel.at("ringing")
        assert ringing is not None
        channel.picks_up(ringing)
        self.hears_all()
        return channel

    def kept(self) -> None:
        """A place is kept, and its caller hung up."""
        channel = self.arrives()
        self.model.ask(channel, 1)
        self.hears_all()
        self.model.hang_up("a")
        self.hears_all()

    def dialled(self) -> Channel:
        """The citizen is called back."""
        self.kept()
        self.ready(1)
        return self.model.channels["a"]

    def calls_out(self) -> str:
        """Agent 1 calls a citizen; give the attempt."""
        self.ready(1)
        about = {"number": "+254722000123", "number_id": 7, "language": "en", "queue": "general"}
        assert self.ask(r.CallCitizen, 1, call_id="out", **about).accepted
        return self.call("out").offer_id or ""


def rebuilt(scene: Scene) -> tuple[Router, list[Command]]:
    """Another router; the second part is what it orders."""
    after = Router(scene.router.rules, "next")
    after.handle(scene.roster, START)  # whoever never signed in has been away since then
    commands = after.handle(remembered(scene.facts()), scene.now)
    return after, commands + after.handle(scene.snapshot(), scene.now)


def goes_on(scene: Scene) -> Scene:
    """The next router begins where the last one died; what it orders is done, and what follows is heard."""
    router, commands = rebuilt(scene)
    scene.router = router
    scene.commands += commands
    scene.obey(commands)
    scene.hears_all()
    return scene
