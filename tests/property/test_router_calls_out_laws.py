"""The same laws while agents call citizens: their own phone, then the citizen's, then a call like any other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import pytest
from conference_model import Channel, Leg
from dialplan_model import DialplanModel
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from test_router_laws import AGENTS, RoutingLaws

from contact_centre.facts import Kind
from contact_centre.model import Agent
from contact_centre.states import AgentState, CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.commands import CallOut, Command, EndLeg, WithdrawOffer

NOT_ANSWERED = st.sampled_from([one for one in get_args(e.OfferFailure) if one not in ("stale", "lost")])
NOT_ALLOWED = "+882161234567"
"""A satellite telephone."""


@dataclass
class Attempt:
    """An agent's channel in `[call-out]`: no citizen's channel belongs to it yet."""

    call_id: str
    offer_id: str
    leg: Leg
    wish: e.Wish
    up: bool = False


pytestmark = pytest.mark.timeout(420)  # a history that breaks a law is made small first, for up to five minutes


class DialplanCallsOut(DialplanModel):
    """It dials citizens for agents."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: dict[str, Attempt] = {}
        self.dialled: list[str] = []

    def obey(self, command: Command) -> None:
        super().obey(command)
        if not self.linked:
            return
        if isinstance(command, CallOut):
            assert command.call_id not in self.dialled, "dialled twice"
            self.dialled.append(command.call_id)
            call = command.wish
            wish = e.Wish(call.language, call.queue, call.skills, call.priority, waiting_since=call.waiting_since)
            self.attempts[command.call_id] = Attempt(
                command.call_id, command.offer_id, Leg(command.endpoint, "dial"), wish
            )
        for attempt in list(self.attempts.values()):
            withdrawn = isinstance(command, WithdrawOffer) and command.offer_id == attempt.offer_id
            if withdrawn or (isinstance(command, EndLeg) and command.leg == attempt.leg.name):
                self.agent_goes(attempt)

    def tell(self, event: e.Event) -> None:
        """Of what is no caller's channel."""
        if self.linked:
            self.late.append(event)

    def agent_goes(self, attempt: Attempt) -> None:
        """The agent's phone does not answer, or hangs up before the citizen has answered."""
        del self.attempts[attempt.call_id]
        self.tell(e.LegEnded(attempt.call_id, attempt.leg.endpoint, attempt.leg.name))

    def agent_answers(self, attempt: Attempt) -> None:
        attempt.up = True
        self.tell(out.CitizenRings(attempt.call_id, attempt.offer_id, attempt.leg.name))

    def citizen_does_not(self, attempt: Attempt, reason: e.OfferFailure) -> None:
        self.tell(out.CitizenNotReached(attempt.call_id, attempt.offer_id, reason))
        self.agent_goes(attempt)

    def citizen_answers(self, attempt: Attempt) -> None:
        """And hears the notice; from here on their channel is the call's."""
        del self.attempts[attempt.call_id]
        channel = Channel(attempt.call_id, attempt.wish, CallState.DIALLING, attempt.offer_id, attempt.leg.endpoint)
        channel.listened = lambda: self.linked
        channel.legs[attempt.leg.name] = attempt.leg
        self.channels[attempt.call_id] = channel
        channel.tell(out.CitizenAnswered(attempt.call_id, attempt.offer_id, channel.name, channel.uniqueid))

    def notice_is_over(self, channel: Channel) -> None:
        """They hear each other in the call's conference, unless the agent is gone: then the citizen is let go."""
        if not channel.legs:
            self.hang_up(channel.call_id)
            return
        channel.state, channel.in_conference = CallState.CONNECTED, True
        for leg in channel.legs.values():
            leg.place = "conference"
        channel.tell(out.CitizenJoined(channel.call_id, channel.offer_id or "", channel.wish))

    def snapshot(self, contacts: dict[str, frozenset[str]]) -> e.Snapshot:
        dials = tuple(
            out.SeenDial(one.call_id, one.offer_id, one.leg.endpoint, one.leg.name, one.up, one.wish)
            for one in self.attempts.values()
        )
        return replace(super().snapshot(contacts), dials=dials)


class CallsOutLaws(RoutingLaws):
    """A floor whose agents call citizens too."""

    dialplan = DialplanCallsOut
    model: DialplanCallsOut

    def notices(self) -> list[Channel]:
        """Citizens who hear who is calling."""
        return [channel for channel in self.model.channels.values() if channel.state is CallState.DIALLING]

    @precondition(lambda self: self.model.linked)
    @rule(agent=st.sampled_from(AGENTS), number=st.sampled_from(["+254712000001", "+254202222222", NOT_ALLOWED]))
    def an_agent_calls_a_citizen(self, agent: Agent, number: str) -> None:
        call_id = f"out{next(self.ids)}"
        self.ask(
            r.CallCitizen, agent.id, call_id=call_id, number=number, number_id=7, language="en", queue="general"
        )  # fmt: skip
        assert (call_id in self.model.dialled) <= (number != NOT_ALLOWED)

    @precondition(lambda self: self.model.linked)
    @rule(agent=st.sampled_from(AGENTS), steps=st.integers(1, 3))
    def a_citizen_is_reached(self, agent: Agent, steps: int) -> None:
        """What takes many steps by chance, in one: as far as the citizen's phone, the notice, the conversation."""
        self.a_phone_comes_or_goes(agent, True)
        for wanted in (r.SignIn, r.SetReady):
            self.ask(wanted, agent.id)
        self.an_agent_calls_a_citizen(agent, "+254712000001")
        for _ in range(steps):
            self.deliver_everything()
            for attempt in list(self.model.attempts.values()):
                (self.model.citizen_answers if attempt.up else self.model.agent_answers)(attempt)
        for channel in self.notices() if steps == 3 else []:
            self.model.notice_is_over(channel)
        self.deliver_everything()

    @precondition(lambda self: self.model.attempts)
    @rule(data=st.data(), answers=st.booleans(), reason=NOT_ANSWERED)
    def an_attempt_goes_on(self, data: st.DataObject, answers: bool, reason: e.OfferFailure) -> None:
        attempt = self.model.attempts[data.draw(st.sampled_from(sorted(self.model.attempts)))]
        if not attempt.up and answers:
            self.model.agent_answers(attempt)
        elif not attempt.up:
            self.model.agent_goes(attempt)
        elif answers:
            self.model.citizen_answers(attempt)
        else:
            self.model.citizen_does_not(attempt, reason)

    @precondition(lambda self: self.notices())
    @rule(data=st.data(), agent_goes=st.booleans())
    def a_notice_is_over(self, data: st.DataObject, agent_goes: bool) -> None:
        channel = data.draw(st.sampled_from(self.notices()))
        if agent_goes:
            channel.drop_all()
        self.model.notice_is_over(channel)

    @precondition(lambda self: self.any_agent(AgentState.CALLING))
    @rule(agent=st.sampled_from(AGENTS))
    def an_agent_gives_up(self, agent: Agent) -> None:
        self.ask(r.EndCall, agent.id, call_id=self.call_of(agent))

    @invariant()
    def every_citizen_who_is_dialled_was_written_down_before(self) -> None:
        intents = [fact.call_id for fact in self.journal if fact.kind is Kind.CITIZEN_DIALLED]
        assert len(intents) == len(set(intents))
        assert set(self.model.dialled) <= set(intents)

    @invariant()
    def who_calls_a_citizen_has_that_call_and_no_other(self) -> None:
        for live in self.router._floor.roster:
            if live.state is AgentState.CALLING:
                call = self.router._floor.calls.get(live.call_id or "")
                if self.router._floor.link_up:
                    assert call is not None
                    assert (call.state, call.agent_id) == (CallState.DIALLING, live.id)

    def teardown(self) -> None:
        """Every attempt comes to an end, and no agent is left with one."""
        self.link_returns()
        for attempt in list(self.model.attempts.values()):
            self.model.citizen_does_not(attempt, "no_answer") if attempt.up else self.model.agent_goes(attempt)
        for channel in self.notices():
            self.model.notice_is_over(channel)
        self.time_passes(10)
        self.deliver_everything()
        self.link_returns()
        assert not self.any_agent(AgentState.CALLING)
        super().teardown()


TestCallsOutLaws = CallsOutLaws.TestCase
TestCallsOutLaws.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
