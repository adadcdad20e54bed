"""The laws of routing, held over histories that nobody thought of.

Events of one call arrive in order but late, mixed with those of others, doubled, or not at all (the link is lost and a
snapshot follows; the router is killed and another begins from the journal).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

from dialplan_model import Channel, DialplanModel
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from rebuilding import remembered
from router_drill import RULES as PLAIN
from router_drill import START

from contact_centre.facts import Fact, Kind
from contact_centre.model import Agent
from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_events import CallbackFailure
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import AnnounceWait, Command, OfferCall, Record, SendToQueue, TakeSnapshot, TurnAway
from queue_manager.expected_wait import WaitRange
from queue_manager.hours import Hours
from queue_manager.line import can_be_offered
from queue_manager.promises import SLACK_S, Promise
from queue_manager.router import Router
from queue_manager.rules import NOT_BACK_S, TRANSFERRED, LastAgent, Overflow, Routing
from queue_manager.steps import Need, Step, fits, rung_at

SKILLS = ("language:en", "language:sw", "agency:immigration")
AGENTS = (
    Agent(1, "agent-001", "One", {"language:en": 3}),
    Agent(2, "agent-002", "Two", {"language:en": 1, "language:sw": 5}),
    Agent(3, "agent-003", "Three", {"language:en": 3, "language:sw": 3, "agency:immigration": 2}),
)
NEEDS = st.sampled_from([frozenset({SKILLS[0]}), frozenset({SKILLS[1]}), frozenset({SKILLS[0], SKILLS[2]})])
REASONS: st.SearchStrategy[e.OfferFailure] = st.sampled_from(["no_answer", "busy", "unreachable", "withdrawn"])
LAST = LastAgent(hold_s=12, within_s=3600, never=frozenset({"agent-002"}))
MISSED: st.SearchStrategy[CallbackFailure] = st.sampled_from(["no_answer", "busy", "not_taken", "declined"])
RULES = replace(
    PLAIN,
    queues={**PLAIN.queues, "taxes": replace(PLAIN.queues["general"], name="taxes")},
    point_s=20,
    callback=CallbackRules(offer_over_s=25, attempts=3, spacing_s=40, ring_s=20, lead_s=30),
    routing={
        "general": Routing(
            frozenset({("agency", 3)}), (Step(9, "level"), Step(30, "agency")), Overflow(60, "travel"), LAST, 9
        ),
        "travel": Routing(longest_wait_s=240),
        "taxes": Routing(hours=Hours({START.weekday(): (time(5), time(6, 3))}, UTC), longest_wait_s=240),
    },
    survey=True,
)


MISSED_AS = ("no_answer", "busy", "unreachable", "declined")
HOLD_ENDS = (
    Kind.AGENT_LOST, Kind.CALL_REQUEUED, Kind.CALL_ENDED, Kind.TRANSFER_ASKED, Kind.TRANSFER_FAILED,
    Kind.TRANSFER_COMPLETED,
)  # fmt: skip


class RoutingLaws(RuleBasedStateMachine):
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

    def first_come_first_served(self, offer: OfferCall, waited: set[str]) -> None:
        """No call that this agent may take now, and that comes sooner, was passed over for this one."""
        floor = self.router._floor
        chosen = floor.calls[offer.call_id]
        agent = floor.roster.at(offer.endpoint)
        assert agent is not None
        assert chosen.wish is not None
        assert fits(agent.skills, chosen.need)
        for other in floor.line:
            assert other.wish is not None
            if fits(agent.skills, other.need) and can_be_offered(other, agent.id, self.now):
                assert chosen.key < other.key or other.id not in waited

    def the_decision_is_explained(self, offer: OfferCall) -> None:
        """The preferred one, else the best level, else the longest ready, of all who were eligible; and it says why."""
        floor = self.router._floor
        call, chosen = floor.calls[offer.call_id], floor.roster.at(offer.endpoint)
        assert chosen is not None
        assert call.wish is not None
        [fact] = [f for f in self.journal if f.kind is Kind.CALL_OFFERED and f.payload["offer_id"] == offer.offer_id]
        eligible, why, by = fact.payload["eligible"], fact.payload["why"], fact.payload["decided_by"]
        assert eligible[0] == chosen.id
        assert why["waited_s"] == round((self.now - call.wish.waiting_since).total_seconds(), 1)
        assert chosen.id in why["steps"][call.rung]["agents"]
        if by == "preferred":
            assert why["held_for"] == chosen.id == call.wish.preferred_agent
            return
        for other in floor.roster.available:
            free = other.id not in call.passed_over or call.passed_over[other.id] <= self.now
            assert other.id in eligible or not free or not fits(other.skills, call.need)
        ranks = [self.rank(one, call.need) for one in eligible]
        assert ranks == sorted(ranks), "the better level first, then who is ready longest"
        assert by == ("only_one" if len(ranks) == 1 else "level" if ranks[0][0] < ranks[1][0] else "longest_ready")

    def rank(self, agent_id: int, need: Need) -> tuple[tuple[int, int], datetime]:
        """How an agent stands for a call: the weakest of what was asked for, of what is required; since when ready."""
        agent = self.router._floor.roster.get(agent_id)
        assert agent is not None
        wanted = min(agent.skills.get(skill, 0) for skill in need.wanted)
        required = min((agent.skills.get(skill, 0) for skill, _ in need.required), default=0)
        return (-wanted, -required), agent.ready_since or START

    def a_wait_is_told_only_when_known_and_grows_aloud(
        self, order: AnnounceWait, event: e.Event | r.Request, before: Promise | None
    ) -> None:
        assert isinstance(event, e.WaitsForecast)
        found = event.ranges.get(order.call_id)
        if found is None:
            assert order.longer
            assert (order.low_min, order.high_min) == (0, None)
            assert before is not None, "what is not known is not told"
        if before is not None and before.spoken.high_min is not None and found is not None:
            ends = before.told_at + timedelta(minutes=before.spoken.high_min, seconds=SLACK_S)
            assert order.longer == (self.now + timedelta(seconds=found.high_s) > ends), (
                "a longer wait is said to be longer"
            )

    def nobody_is_sent_away_by_hours_that_are_open(self, order: TurnAway) -> None:
        wish = self.router._floor.calls[order.call_id].wish
        assert wish is not None
        assert order.reason != "closed" or not RULES.routing_of(wish.queue).hours.open_at(self.now)

    def nobody_sooner_could_be_dialled(self, order: DialCallback) -> None:
        """Order is kept among those who can be reached; the wait goes on from when it began."""
        floor = self.router._floor
        chosen = floor.calls[order.call_id]
        assert order.waiting_since == self.began[order.call_id]
        for call_id in floor.callbacks:
            other = floor.calls[call_id]
            assert other.callback is not None
            assert other.wish is not None
            open_now = RULES.routing_of(other.wish.queue).hours.open_at(self.now)
            if other.need == chosen.need and call_id in floor.line and not other.channel and open_now:
                assert chosen.key <= other.key or other.callback.attempt_id is not None

    def nobody_is_turned_away_while_somebody_could_help(self, order: TurnAway) -> None:
        floor = self.router._floor
        call = floor.calls[order.call_id]
        for agent in floor.roster.available:
            until = call.passed_over.get(agent.id)
            assert not fits(agent.skills, call.need) or (until is not None and until > self.now)

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
        for channel in self.model.channels.values():
            if channel.state is CallState.OFFERED:
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
        for channel in self.model.channels.values():
            if channel.state is CallState.OFFERED:
                self.model.fail(channel, reason)
                self.deliver_everything()
                return

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

    # ---- the laws

    @invariant()
    def no_call_has_two_agents_and_no_agent_two_calls(self) -> None:
        floor = self.router._floor
        with_agent = [call for call in floor.calls.values() if call.agent_id is not None]
        assert all(times == 1 for times in Counter(call.agent_id for call in with_agent).values())
        for call in with_agent:
            agent = floor.roster.get(call.agent_id)
            assert agent is not None
            assert agent.call_id == call.id
            expected = AgentState.OFFERED if call.state is CallState.OFFERED else AgentState.ON_CALL
            assert agent.state is expected
        for call in with_agent:
            if call.transfer is not None:  # the one exception: a colleague who is asked, and then spoken with
                colleague = floor.roster.get(call.transfer.to)
                assert colleague is not None
                assert call.transfer.asked_by == call.agent_id != colleague.id
                assert colleague.call_id == call.id
                assert colleague.state in (AgentState.OFFERED, AgentState.ON_CALL)
        for agent in floor.roster:
            if agent.state in (AgentState.OFFERED, AgentState.ON_CALL):
                assert agent.call_id in floor.calls or not self.model.linked or not floor.link_up

    @invariant()
    def a_waiting_call_is_in_the_line_and_nothing_else_is(self) -> None:
        floor = self.router._floor
        waiting = {call.id for call in floor.calls.values() if call.state is CallState.WAITING}
        away = {call.id for call in floor.calls.values() if call.state is CallState.CALLBACK}
        assert away == set(floor.callbacks)
        assert waiting <= {call.id for call in floor.line} <= waiting | away
        for call_id in away - {call.id for call in floor.line}:  # between two attempts it is in nobody's way
            entry = floor.calls[call_id].callback
            assert entry is not None
            assert entry.attempt_id is None
            assert entry.not_before is not None
        for call in floor.line:
            assert 1 <= floor.line.position(call.id) <= len(floor.line)

    @invariant()
    def nobody_waits_while_somebody_could_help(self) -> None:
        floor = self.router._floor
        if not floor.link_up:
            return
        for call in floor.line:
            for agent in floor.roster.available:
                assert call.wish is not None
                assert not (fits(agent.skills, call.need) and can_be_offered(call, agent.id, self.now))

    @invariant()
    def every_wait_stands_where_its_length_puts_it(self) -> None:
        """Steps, overflow and the preference for one agent come in time, and a step only widens who may take it."""
        due = self.router.next_deadline()
        if due is not None and due <= self.now:
            return  # the router was not woken yet
        for call in self.router._floor.line:
            assert call.wish is not None
            waited_s, routing = (self.now - call.wish.waiting_since).total_seconds(), RULES.routing_of(call.wish.queue)
            assert call.rung == rung_at(call.rungs, waited_s)
            away = call.state is CallState.CALLBACK
            assert away or routing.overflow is None or waited_s < routing.overflow.after_s
            for agent in AGENTS:
                takes = [fits(agent.skills, rung.need) for rung in call.rungs]
                assert takes == sorted(takes), "who could take it may still take it"
            if call.held_for is not None:
                agent_waited_for = self.router._floor.roster.get(call.held_for)
                assert agent_waited_for is not None
                assert waited_s < LAST.hold_s
                assert agent_waited_for.agent.extension not in LAST.never
                assert agent_waited_for.state not in (AgentState.PAUSED, AgentState.SIGNED_OUT)

    @invariant()
    def the_line_is_in_the_order_of_effective_priority(self) -> None:
        line = sorted(self.router._floor.line, key=lambda call: call.key)
        points = []
        for call in line:
            assert call.wish is not None
            base = call.wish.priority + call.raised
            waited_s = (self.now - call.wish.waiting_since).total_seconds()
            points.append((base >= 1000, base >= TRANSFERRED, round(base + waited_s / RULES.point_s, 6)))
        assert points == sorted(points, reverse=True)

    @invariant()
    def a_citizen_is_dialled_seldom_and_never_after_the_end(self) -> None:
        rules = RULES.callback
        assert rules is not None
        last: dict[str | None, datetime] = {}
        times, ended = Counter[str | None](), set()
        for fact in self.journal:
            if fact.kind is Kind.CALL_ENDED:
                ended.add(fact.call_id)
            if fact.kind is Kind.CALLBACK_DIALLED:
                assert fact.call_id not in ended
                before = last.get(fact.call_id)
                assert before is None or (fact.occurred_at - before).total_seconds() >= rules.spacing_s
                last[fact.call_id] = fact.occurred_at
                times[fact.call_id] += 1
        assert all(count <= rules.attempts for count in times.values())

    @invariant()
    def a_missed_offer_pauses_visibly(self) -> None:
        """Who did not answer, declined, or could not be rung is paused by that name, and says so in the journal."""
        last: dict[int, Fact] = {}
        missed: tuple[Fact, datetime] | None = None
        for fact in self.journal:
            if missed is not None and fact.agent_id == missed[0].agent_id and fact.occurred_at == missed[1]:
                assert fact.kind is Kind.AGENT_PAUSED, "nothing comes between"
                missed = None
            if fact.kind is Kind.OFFER_FAILED and fact.payload["reason"] in MISSED_AS:
                assert missed is None
                missed = (fact, fact.occurred_at)
            if fact.agent_id is not None and fact.kind is Kind.AGENT_PAUSED:
                last[fact.agent_id] = fact
        assert missed is None
        for agent in self.router._floor.roster:
            if agent.state is AgentState.PAUSED and agent.id in last:
                assert last[agent.id].payload["reason"] == agent.reason

    @invariant()
    def a_held_call_stays_one_call(self) -> None:
        """Hold and resume take turns within one conversation, and a held call has its agent."""
        floor, held = self.router._floor, set()
        for fact in self.journal:
            if fact.kind is Kind.CALL_HELD:
                assert fact.call_id not in held, "held twice"
                held.add(fact.call_id)
            elif fact.kind is Kind.CALL_RESUMED:
                assert fact.call_id in held, "resumed without a hold"
                held.discard(fact.call_id)
            elif fact.kind in HOLD_ENDS:
                held.discard(fact.call_id)
        for call in floor.calls.values():
            if call.state is CallState.HELD:
                assert call.id in held
                assert call.agent_id is not None
            if call.state is CallState.CONNECTED and call.agent_id is not None and floor.link_up:
                assert call.id not in held, "the hold was forgotten"

    @invariant()
    def a_wrap_up_and_a_call_for_help_have_an_end(self) -> None:
        for agent in self.router._floor.roster:
            if agent.state is AgentState.WRAP_UP:
                assert agent.wrap_up_until is not None
                assert agent.wrap_up_until <= agent.since + timedelta(seconds=RULES.wrap_up_limit_s)
            if agent.help_since is not None:
                assert agent.state in (AgentState.ON_CALL, AgentState.WRAP_UP)

    @invariant()
    def a_survey_is_answered_once_and_by_who_was_asked(self) -> None:
        asked = Counter(f.call_id for f in self.journal if f.kind is Kind.SURVEY_ASKED)
        answered = Counter(f.call_id for f in self.journal if f.kind is Kind.SURVEY_ANSWERED)
        assert all(times == 1 for times in asked.values())
        assert answered <= asked

    @invariant()
    def a_call_ends_once(self) -> None:
        ends = Counter(fact.call_id for fact in self.journal if fact.kind in (Kind.CALL_ENDED, Kind.CALL_ABANDONED))
        doubled = Counter((f.call_id, f.kind) for f in self.journal if f.kind in (Kind.CALL_ENDED, Kind.CALL_ABANDONED))
        assert all(times == 1 for times in doubled.values()), ends

    def teardown(self) -> None:
        """Nobody is lost: when agents work on, every caller who stays talks with one, or was told that nobody came."""
        self.link_returns()
        self.link_returns()
        for channel in self.model.channels.values():
            if channel.state is CallState.CONNECTED:
                agent = self.router._floor.roster.get(self.router._floor.calls[channel.call_id].agent_id)
                assert agent is not None
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

    def pick(self, data: st.DataObject) -> Channel:
        """One of the channels."""
        return self.model.channels[data.draw(st.sampled_from(sorted(self.model.channels)))]


TestRoutingLaws = RoutingLaws.TestCase
TestRoutingLaws.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
