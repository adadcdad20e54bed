"""The same laws while Asterisk's own queue takes calls whenever no router listens, and keeps some when one is back."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from conference_model import MOVES, Channel
from dialplan_model import DialplanModel
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from test_router_laws import NEEDS, RoutingLaws

from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.commands import Command, OfferCall, TurnAway

pytestmark = pytest.mark.timeout(420)  # a history that breaks a law is made small first, for up to five minutes


class DialplanWithNet(DialplanModel):
    """Some channels are in `Queue()`."""

    def __init__(self) -> None:
        super().__init__()
        self.netted: set[str] = set()
        self._legs = count(1)

    def obey(self, command: Command) -> None:
        if isinstance(command, OfferCall | TurnAway):
            assert command.call_id not in self.netted, "redirected out of Queue()"
        if isinstance(command, MOVES) and self.linked:  # a conversation may be moved, and leaves the queue with that
            self.netted.discard(command.call_id)
        super().obey(command)

    def rings(self, channel: Channel, endpoint: str) -> None:
        """The queue rings an agent."""
        channel.state, channel.offer_id, channel.endpoint = CallState.OFFERED, f"net-{next(self._legs)}", endpoint
        channel.put(endpoint, "ringing")
        channel.tell(e.NetRings(channel.call_id, channel.offer_id, endpoint))

    def picked_up(self, channel: Channel) -> None:
        """The agent answers."""
        leg = channel.at("ringing")
        assert leg is not None
        channel.state, leg.place = CallState.CONNECTED, "dial"
        channel.tell(e.NetAnswered(channel.call_id, channel.offer_id or "", leg.endpoint, leg.name))

    def leg_ends(self, channel: Channel) -> None:
        """The agent does not answer."""
        channel.drop(channel.at("ringing"))
        channel.state = CallState.WAITING

    def gives_back(self, channel: Channel) -> None:
        """The call looks into `[waiting]`."""
        self.netted.discard(channel.call_id)
        channel.wait()

    def hang_up(self, call_id: str) -> None:
        self.netted.discard(call_id)
        super().hang_up(call_id)

    def another_slice(self, channel: Channel) -> None:
        if channel.call_id not in self.netted:
            super().another_slice(channel)

    def snapshot(self, contacts: dict[str, frozenset[str]]) -> e.Snapshot:
        seen = super().snapshot(contacts)
        return replace(seen, calls=tuple(replace(c, netted=c.call_id in self.netted) for c in seen.calls))


OUT_OF_REACH = Channel("none", e.Wish(), CallState.IVR)


class NetLaws(RoutingLaws):
    """A floor with its safety net."""

    dialplan = DialplanWithNet
    model: DialplanWithNet

    ready_at_last: frozenset[str] = frozenset()
    """The net's members who are not paused while no router listens: who was ready when the last one did."""

    def ready(self) -> frozenset[str]:
        """A living router keeps all others paused."""
        return frozenset(agent.agent.extension for agent in self.router._floor.roster.available)

    def hear(self, event: e.Event | r.Request) -> list[Command]:
        if isinstance(event, e.LinkLost):
            self.ready_at_last = self.ready()
        return super().hear(event)

    def netted(self, state: CallState) -> list[Channel]:
        """The net's calls in a state."""
        return [self.model.channels[c] for c in sorted(self.model.netted) if self.model.channels[c].state is state]

    @rule(data=st.data(), killed=st.booleans())
    def a_spell_without_a_router(self, data: st.DataObject, killed: bool) -> None:
        """Often enough that the net has work: calls come, go into it, ring and talk, before a router is back."""
        if self.model.linked:
            self.the_link_is_lost()
        for _ in range(data.draw(st.integers(1, 3))):
            self.a_call_arrives(data.draw(NEEDS), 0)
        for channel in self.model.channels.values():
            if channel.state is CallState.WAITING and data.draw(st.booleans()):
                self.model.netted.add(channel.call_id)
        for step in data.draw(st.lists(st.sampled_from(["rings", "answers", "does not"]), max_size=5)):
            if self.model.netted and step == "rings":
                self.the_net_rings(data)
            elif self.model.netted:
                self.a_phone_of_the_net_rang(data, step == "answers")
        if killed:
            self.the_router_is_killed()
        else:
            self.link_returns()

    @precondition(lambda self: not self.model.linked and self.model.channels)
    @rule(data=st.data())
    def the_net_takes_a_call(self, data: st.DataObject) -> None:
        channel = self.pick(data)
        if channel.state is CallState.WAITING:
            self.model.netted.add(channel.call_id)

    @precondition(lambda self: self.model.netted)
    @rule(data=st.data())
    def the_net_rings(self, data: st.DataObject) -> None:
        self.deliver_everything()
        waiting = self.netted(CallState.WAITING)
        channels = self.model.channels.values()
        busy = {c.endpoint for c in channels if c.state is not CallState.WAITING}
        busy |= {leg.endpoint for c in channels for leg in c.legs.values()}  # `ringinuse = no`: who is consulted, too
        unpaused = self.ready() if self.model.linked else self.ready_at_last
        members = [one for one, there in sorted(self.contacts.items()) if there and one in unpaused and one not in busy]
        if waiting and members:
            self.model.rings(data.draw(st.sampled_from(waiting)), data.draw(st.sampled_from(members)))
            self.deliver_everything()

    @precondition(lambda self: self.model.netted)
    @rule(data=st.data(), answered=st.booleans())
    def a_phone_of_the_net_rang(self, data: st.DataObject, answered: bool) -> None:
        if ringing := self.netted(CallState.OFFERED):
            channel = data.draw(st.sampled_from(ringing))
            if answered:
                self.model.picked_up(channel)
            else:
                self.model.leg_ends(channel)
        elif talking := self.netted(CallState.CONNECTED):
            self.model.hang_up(data.draw(st.sampled_from(talking)).call_id)

    @precondition(lambda self: self.model.netted)
    @rule(data=st.data())
    def the_net_gives_a_call_back(self, data: st.DataObject) -> None:
        if waiting := self.netted(CallState.WAITING):
            self.model.gives_back(data.draw(st.sampled_from(waiting)))

    def offered(self) -> list[Channel]:
        """The router's offers; what becomes of the net's is said above."""
        return [channel for channel in super().offered() if channel.call_id not in self.model.netted]

    def pick(self, data: st.DataObject) -> Channel:
        """A channel that is not in the net, if there is one; what the net does with its own is said above."""
        free = sorted(self.model.channels.keys() - self.model.netted)
        return self.model.channels[data.draw(st.sampled_from(free))] if free else OUT_OF_REACH

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data())
    def a_caller_hangs_up(self, data: st.DataObject) -> None:
        self.model.hang_up(data.draw(st.sampled_from(sorted(self.model.channels))))

    @precondition(lambda self: self.heard and self.model.linked)
    @rule(data=st.data())
    def an_old_event_is_heard_again(self, data: st.DataObject) -> None:
        """Not of the net: its events carry nothing that would tell an old one."""

    def teardown(self) -> None:
        """The net lets go of its calls, and nobody is lost."""
        self.link_returns()
        for channel in self.netted(CallState.OFFERED):
            self.model.leg_ends(channel)
        for channel in self.netted(CallState.CONNECTED):
            self.model.hang_up(channel.call_id)
        for channel in self.netted(CallState.WAITING):
            self.model.gives_back(channel)
        super().teardown()


TestNetLaws = NetLaws.TestCase
TestNetLaws.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
