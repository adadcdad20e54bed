"""The laws of routing, held over histories that nobody thought of.

Events of one call arrive in order but late, mixed with those of others, doubled, or not at all (the link is lost and a
snapshot follows; the router is killed and another begins from the journal).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from dialplan_model import Channel, DialplanModel
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from laws_held import AGENTS, MISSED, NEEDS, REASONS, RULES, SKILLS, LawsHeld
from rebuilding import remembered
from router_drill import START

from contact_centre.facts import Fact
from contact_centre.model import Agent
from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_events import CallbackFailure
from queue_manager.commands import AnnounceWait, Command, OfferCall, Record, SendToQueue, TakeSnapshot, TurnAway
from queue_manager.expected_wait import WaitRange
from queue_manager.router import Router
from queue_manager.rules import NOT_BACK_S

pytestmark = pytest.mark.timeout(420)  # a history that breaks a law is made small first, for up to five minutes


class RoutingLaws(LawsHeld):
    """A floor of three agents and whatever happens to it."""

    dialplan = DialplanModel

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.model = self.dialplan()
        self.journal: list[Fact] = []
        self.heard: list[e.Event] = []
        self.ids = count(1)
        self.contacts: dict[str, frozenset[str]] = {}
        self.began: dict[str, datetime] = {}
        """When each call began to wait."""
        self.begin()

    def begin(self) -> None:
        """A router that starts: agents from the database, states from the journal, calls from Asterisk."""
        self.router = Router(RULES, f"run{next(self.ids)}")
        self.hear(e.AgentsLoaded(AGENTS))
        self.hear(remembered(self.journal))
        self.link_returns()

    def hear(self, event: e.Event | r.Request) -> list[Command]:
        """Give the router an event; journal, check and obey what it orders."""
        before = {call.id: call for call in self.router._floor.line}
        told = {call.id: call.promised for call in self.router._floor.line}
        commands = self.router.handle(event, self.now)
        for command in commands:
            if isinstance(command, Record) and command.fact.id not in {fact.id for fact in self.journal}:
                self.journal.append(command.fact)
        for command in commands:
            if isinstance(command, OfferCall):
                self.first_come_first_served(command, set(before))
                self.the_decision_is_explained(command)
            if isinstance(command, DialCallback):
                self.nobody_sooner_could_be_dialled(command)
            if isinstance(command, SendToQueue):
                self.began[command.call_id] = command.waiting_since
            if isinstance(command, AnnounceWait):
                self.a_wait_is_told_only_when_known_and_grows_aloud(command, event, told.get(command.call_id))
            if isinstance(command, TurnAway):
                self.nobody_is_sent_away_by_hours_that_are_open(command)
                self.nobody_is_turned_away_while_somebody_could_help(command)
            self.model.obey(command)
        if any(isinstance(command, TakeSnapshot) for command in commands):
            self.deliver_everything()
            self.hear(self.model.snapshot(self.contacts))
        return commands

    # ---- what callers and Asterisk do

    @rule(skills=NEEDS, priority=st.integers(0, 1), last=st.none() | st.integers(1, 3))
    def a_call_arrives(self, skills: frozenset[str], priority: int, last: int | None = None) -> None:
        self.now += timedelta(milliseconds=1)
        talked = None if last is None else (last, self.now - timedelta(seconds=60))
        call_id = f"c{next(self.ids)}"
        self.began[call_id] = self.now
        self.model.arrive(call_id, skills, priority, self.now, last_agent=talked)

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data())
    def an_event_is_heard(self, data: st.DataObject) -> None:
        channel = self.pick(data)
        if channel.sent and self.model.linked:
            self.heard.append(channel.sent.popleft())
            self.hear(self.heard[-1])

    @rule()
    def everything_is_heard(self) -> None:
        self.deliver_everything()

    @precondition(lambda self: self.heard and self.model.linked)
    @rule(data=st.data())
    def an_old_event_is_heard_again(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(self.heard))
        if isinstance(event, e.OfferAnswered | e.AgentLost | e.OfferFailed | e.RejoinFailed):
            channel = self.model.channels.get(event.call_id)
            if channel is not None and channel.offer_id == event.offer_id:
                return  # of the present offer: not an old one
        if isinstance(event, e.CallWaiting) and event.call_id in self.model.channels:
            return  # `[waiting]` repeats itself with each slice, see below
        self.hear(event)

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data())
    def music_goes_round(self, data: st.DataObject) -> None:
        self.model.another_slice(self.pick(data))

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data())
    def a_caller_hangs_up(self, data: st.DataObject) -> None:
        self.model.hang_up(self.pick(data).call_id)

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data(), answered=st.booleans(), reason=REASONS)
    def a_phone_rang(self, data: st.DataObject, answered: bool, reason: e.OfferFailure) -> None:
        channel = self.pick(data)
        if channel.state is CallState.OFFERED:
            if answered:
                self.model.answer(channel)
            else:
                self.model.fail(channel, reason)
        elif channel.state is CallState.CONNECTED:
            channel.loses(data.draw(st.sampled_from(sorted(channel.legs.values(), key=lambda leg: leg.name))))
        elif channel.state is CallState.TRANSFERRING and channel.legs:
            leg = channel.at("ringing")
            if leg is None:
                channel.loses(data.draw(st.sampled_from(sorted(channel.legs.values(), key=lambda leg: leg.name))))
            elif answered:
                channel.picks_up(leg)
            else:
                channel.does_not(leg, reason)
        elif channel.state is CallState.REJOINING:
            if answered:
                self.model.answer(channel)
            else:
                self.model.give_up(channel)

    @precondition(lambda self: self.model.channels)
    @rule(data=st.data(), number=st.integers(1, 4), refused=st.sampled_from(["", "", "", "abroad"]))
    def a_caller_asks_to_be_called_back(self, data: st.DataObject, number: int, refused: str) -> None:
        self.model.ask(self.pick(data), number, refused)

    @precondition(lambda self: self.model.linked)
    @rule(skills=NEEDS, number=st.integers(1, 4))
    def a_place_is_kept(self, skills: frozenset[str], number: int) -> None:
        """What takes many steps by chance, in one."""
        self.a_call_arrives(skills, 0)
        self.deliver_everything()
        for channel in list(self.model.channels.values()):
            self.model.ask(channel, number)
            self.deliver_everything()
            if channel.state is CallState.CALLBACK and channel.attempt_id is None:
                self.model.hang_up(channel.call_id)
                self.deliver_everything()
                return

    @precondition(lambda self: any(c.state is CallState.CALLBACK for c in self.model.channels.values()))
    @rule(data=st.data(), pressed=st.booleans(), reason=MISSED)
    def a_citizens_phone_rang(self, data: st.DataObject, pressed: bool, reason: CallbackFailure) -> None:
        there = sorted(c.call_id for c in self.model.channels.values() if c.state is CallState.CALLBACK)
        self.model.picks_up(self.model.channels[data.draw(st.sampled_from(there))], pressed, reason)

    @rule(low_s=st.sampled_from([5, 60]), high_s=st.sampled_from([10, 90]))
    def waits_are_foreseen(self, low_s: int, high_s: int) -> None:
        floor = self.router._floor
        self.hear(e.WaitsForecast({call.id: WaitRange(low_s, low_s + high_s) for call in floor.line}))

    # ---- what agents do

    @rule(agent=st.sampled_from(AGENTS), there=st.booleans())
    def a_phone_comes_or_goes(self, agent: Agent, there: bool) -> None:
        self.contacts[agent.extension] = frozenset({"sip:x"}) if there else frozenset()
        if self.model.linked:
            kind = e.PhoneRegistered if there else e.PhoneUnregistered
            self.hear(kind(agent.extension, "sip:x"))

    @initialize()
    def everybody_begins(self) -> None:
        for agent in AGENTS:
            self.a_phone_comes_or_goes(agent, True)
            self.ask(r.SignIn, agent.id)
            self.ask(r.SetReady, agent.id)

    @rule(agent=st.sampled_from(AGENTS), kind=st.sampled_from([r.SignIn, r.SignOut, r.SetReady, r.FinishWrapUp]))
    def an_agent_asks(self, agent: Agent, kind: type[r.Request]) -> None:
        self.ask(kind, agent.id)

    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_pauses(self, agent: Agent) -> None:
        self.ask(r.Pause, agent.id, reason="lunch")

    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_ends_the_call(self, agent: Agent) -> None:
        live = self.router._floor.roster.get(agent.id)
        assert live is not None
        self.ask(r.EndCall, agent.id, call_id=live.call_id or "none")

    def a_conversation_begins(self) -> None:
        """What takes many steps by chance, in one: transfers begin here."""
        for agent in AGENTS:
            self.a_phone_comes_or_goes(agent, True)
            self.ask(r.SignIn, agent.id)
            self.ask(r.SetReady, agent.id)
        self.a_call_arrives(frozenset({SKILLS[0]}), 1)
        self.deliver_everything()
        for channel in self.offered():
            self.model.answer(channel)
        self.deliver_everything()

    @precondition(lambda self: self.model.linked)
    @rule(data=st.data(), speak_first=st.booleans(), heard=st.booleans())
    def an_agent_asks_a_colleague(self, data: st.DataObject, speak_first: bool, heard: bool) -> None:
        if not (self.talking() and list(self.router._floor.roster.available)):
            self.a_conversation_begins()
        ready = sorted(one.id for one in self.router._floor.roster.available)
        if not (self.talking() and ready):
            return
        agent = data.draw(st.sampled_from(self.talking()))
        colleague, call_id = data.draw(st.sampled_from(ready)), self.call_of(agent)
        self.ask(r.TransferToAgent, agent.id, call_id=call_id, to_agent_id=colleague, speak_first=speak_first)
        channel = self.model.channels.get(call_id)
        ringing = channel.at("ringing") if channel is not None else None
        if heard and channel is not None and ringing is not None:
            channel.picks_up(ringing)
            self.deliver_everything()

    @precondition(lambda self: self.talking())
    @rule(data=st.data(), to=st.sampled_from(["join", "complete", "return"]))
    def an_agent_steers_a_transfer(self, data: st.DataObject, to: str) -> None:
        agent = data.draw(st.sampled_from(self.talking()))
        self.ask(r.SteerTransfer, agent.id, call_id=self.call_of(agent), to=to)

    @precondition(lambda self: self.talking())
    @rule(data=st.data(), agency=st.sampled_from([None, "immigration"]))
    def an_agent_hands_a_call_to_a_queue(self, data: st.DataObject, agency: str | None) -> None:
        agent = data.draw(st.sampled_from(self.talking()))
        self.ask(r.TransferToQueue, agent.id, call_id=self.call_of(agent), queue="travel", agency=agency)

    @precondition(lambda self: self.talking() and self.model.linked)
    @rule(data=st.data(), resumes=st.booleans())
    def a_phone_holds_or_takes_back(self, data: st.DataObject, resumes: bool) -> None:
        agent = data.draw(st.sampled_from(self.talking()))
        self.hear((e.AgentResumed if resumes else e.AgentHeld)(agent.extension))

    @precondition(lambda self: any(c.state is CallState.OFFERED for c in self.model.channels.values()))
    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_declines(self, agent: Agent) -> None:
        live = self.router._floor.roster.get(agent.id)
        assert live is not None
        self.ask(r.Decline, agent.id, offer_id=live.offer_id or "none")

    @precondition(lambda self: self.any_agent(AgentState.WRAP_UP))
    @rule(agent=st.sampled_from(AGENTS), seconds=st.sampled_from([0, 30, 5000]))
    def an_agent_needs_more_time(self, agent: Agent, seconds: int) -> None:
        self.ask(r.ExtendWrapUp, agent.id, seconds=seconds, reason="notes")

    @precondition(lambda self: self.any_agent(AgentState.WRAP_UP, AgentState.ON_CALL))
    @rule(agent=st.sampled_from(AGENTS), ends=st.booleans())
    def an_agent_asks_for_help(self, agent: Agent, ends: bool) -> None:
        self.ask(r.EndHelp if ends else r.AskForHelp, agent.id)

    @precondition(lambda self: self.model.linked)
    @rule(reason=REASONS)
    def an_offer_comes_to_nothing(self, reason: e.OfferFailure) -> None:
        self.deliver_everything()
        for channel in self.offered()[:1]:
            self.model.fail(channel, reason)
            self.deliver_everything()

    @precondition(lambda self: self.router._floor.surveyed)
    @rule(data=st.data(), score=st.integers(1, 5))
    def a_citizen_answers_the_survey(self, data: st.DataObject, score: int) -> None:
        asked = data.draw(st.sampled_from(sorted(self.router._floor.surveyed)))
        for _ in range(2):
            self.hear(out.SurveyAnswered(asked, score))

    @rule(skills=NEEDS, ago_s=st.sampled_from([5, 40, 200]))
    def a_caller_regains_the_place(self, skills: frozenset[str], ago_s: int) -> None:
        """Who was cut off in line calls again: a new call, with the wait of before."""
        call_id = f"c{next(self.ids)}"
        self.began[call_id] = self.now - timedelta(seconds=ago_s)
        self.model.arrive(call_id, skills, 0, self.began[call_id])

    @rule(skills=NEEDS)
    def a_call_comes_for_a_queue_with_hours(self, skills: frozenset[str]) -> None:
        call_id = f"c{next(self.ids)}"
        self.began[call_id] = self.now
        self.model.arrive(call_id, skills, 0, self.now, "taxes")

    def any_agent(self, *states: AgentState) -> bool:
        """Whether somebody is in one of these states."""
        return any(agent.state in states for agent in self.router._floor.roster)

    def talking(self) -> list[Agent]:
        """Agents with a call, as the router knows them."""
        roster = self.router._floor.roster
        return [agent for agent in AGENTS if (live := roster.get(agent.id)) and live.state is AgentState.ON_CALL]

    def call_of(self, agent: Agent) -> str:
        """The call an agent is with."""
        live = self.router._floor.roster.get(agent.id)
        assert live is not None
        return live.call_id or "none"

    def ask(self, kind: type[r.Request], agent_id: int, **fields: object) -> None:
        self.hear(kind(f"q{next(self.ids)}", 1, agent_id, **fields))  # type: ignore[arg-type]

    # ---- time, and what dies

    @rule(seconds=st.sampled_from([1, 11, 50]))
    def time_passes(self, seconds: int) -> None:
        end = self.now + timedelta(seconds=seconds)
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.hear(e.TimePassed())
        self.now = end

    @precondition(lambda self: self.model.linked)
    @rule()
    def the_link_is_lost(self) -> None:
        self.model.linked = False
        for channel in self.model.channels.values():
            channel.sent.clear()
        self.model.late.clear()
        self.hear(e.LinkLost())

    @rule()
    def link_returns(self) -> None:
        self.now += timedelta(seconds=3)
        self.deliver_everything()
        self.model.linked = True
        self.hear(self.model.snapshot(self.contacts))

    @rule()
    def the_router_is_killed(self) -> None:
        for channel in self.model.channels.values():
            channel.sent.clear()
        self.model.late.clear()
        self.begin()

    def teardown(self) -> None:
        """Nobody is lost: when agents work on, every caller who stays talks with one, or was told that nobody came."""
        self.link_returns()
        self.link_returns()
        for channel in self.model.channels.values():
            if channel.state is CallState.CONNECTED:
                call = self.router._floor.calls[channel.call_id]
                agent = self.router._floor.roster.get(call.agent_id)
                assert agent is not None, (channel, call)
                assert agent.agent.extension in {leg.endpoint for leg in channel.legs.values()}
        for _ in range(4 * (len(self.model.channels) + len(self.router._floor.callbacks)) + 4):
            for agent in AGENTS:
                self.a_phone_comes_or_goes(agent, True)
                self.ask(r.SignIn, agent.id)
                self.ask(r.SetReady, agent.id)
            self.time_passes(NOT_BACK_S + 1)  # even who handed a call on may have it back by then
            self.deliver_everything()
            for channel in list(self.model.channels.values()):
                if channel.state in (CallState.OFFERED, CallState.REJOINING):
                    self.model.answer(channel)
                    self.deliver_everything()
                if channel.state is CallState.TRANSFERRING:
                    channel.goes_on()
                    self.deliver_everything()
                if channel.state is CallState.CALLBACK:
                    self.model.picks_up(channel, pressed=True, reason="lost")
                    self.deliver_everything()
                if channel.state in (CallState.CONNECTED, CallState.TURNED_AWAY):
                    self.model.hang_up(channel.call_id)
            self.deliver_everything()
        assert not self.model.channels
        for call in self.router._floor.calls.values():
            assert call.state is CallState.CALLBACK
            assert call.wish is not None
            assert not RULES.routing_of(call.wish.queue).hours.open_at(self.now), "who is left is called when it opens"

    # ----

    def deliver_everything(self) -> None:
        """Everything raised is heard, also what it brings about."""
        while self.model.linked:
            queues = [channel.sent for channel in self.model.channels.values() if channel.sent]
            queues += [self.model.late] if self.model.late else []
            if not queues:
                return
            self.heard.append(queues[0].popleft())
            self.hear(self.heard[-1])

    def offered(self) -> list[Channel]:
        """Whose offers ring, or are about to."""
        return [channel for channel in self.model.channels.values() if channel.state is CallState.OFFERED]

    def pick(self, data: st.DataObject) -> Channel:
        """One of the channels."""
        return self.model.channels[data.draw(st.sampled_from(sorted(self.model.channels)))]


TestRoutingLaws = RoutingLaws.TestCase
TestRoutingLaws.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
