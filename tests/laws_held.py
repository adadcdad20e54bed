"""The laws of routing, as they are checked after every order and every event of `property/test_router_laws.py`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from dialplan_model import DialplanModel
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from router_drill import RULES as PLAIN
from router_drill import START

from contact_centre.facts import Fact, Kind
from contact_centre.model import Agent
from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_events import CallbackFailure
from queue_manager.callback_state import CallbackRules
from queue_manager.commands import AnnounceWait, OfferCall, TurnAway
from queue_manager.hours import Hours
from queue_manager.line import can_be_offered
from queue_manager.promises import SLACK_S, Promise
from queue_manager.router import Router
from queue_manager.rules import TRANSFERRED, LastAgent, Overflow, Routing
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
WITH = {CallState.OFFERED: AgentState.OFFERED, CallState.DIALLING: AgentState.CALLING}
"""The state of a call's agent, where it is not ON_CALL."""
HOLD_ENDS = (
    Kind.AGENT_LOST, Kind.CALL_REQUEUED, Kind.CALL_ENDED, Kind.TRANSFER_ASKED, Kind.TRANSFER_FAILED,
    Kind.TRANSFER_COMPLETED,
)  # fmt: skip


class LawsHeld(RuleBasedStateMachine):
    """What must hold of the router, the journal and each order."""

    router: Router
    now: datetime
    journal: list[Fact]
    began: dict[str, datetime]
    model: DialplanModel

    # ---- of each order

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

    # ---- of everything, always

    @invariant()
    def no_call_has_two_agents_and_no_agent_two_calls(self) -> None:
        floor = self.router._floor
        with_agent = [call for call in floor.calls.values() if call.agent_id is not None]
        assert all(times == 1 for times in Counter(call.agent_id for call in with_agent).values())
        for call in with_agent:
            agent = floor.roster.get(call.agent_id)
            assert agent is not None
            assert agent.call_id == call.id
            assert agent.state is WITH.get(call.state, AgentState.ON_CALL)
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
