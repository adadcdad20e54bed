"""The tables of states, as the router uses them: what is not in a table raises and changes nothing."""

from __future__ import annotations

from itertools import product

import pytest
from router_drill import START

from contact_centre.errors import IllegalTransition
from contact_centre.model import Agent
from contact_centre.states import AGENT_TRANSITIONS, CALL_TRANSITIONS, AgentState, CallState, agent_moves, call_moves
from queue_manager.roster import LiveAgent, Roster


@pytest.mark.parametrize(("now_in", "to"), list(product(AgentState, AgentState)))
def test_an_agent_moves_by_the_table(now_in: AgentState, to: AgentState) -> None:
    roster, agent = Roster(), LiveAgent(Agent(1, "agent-001", "One"), now_in, START, reason="kept")
    if to in AGENT_TRANSITIONS[now_in]:
        roster.move(agent, to, START)
        assert agent.state is to is agent_moves(now_in, to)
    else:
        with pytest.raises(IllegalTransition):
            roster.move(agent, to, START)
        assert (agent.state, agent.reason) == (now_in, "kept")


@pytest.mark.parametrize(("now_in", "to"), list(product(CallState, CallState)))
def test_a_call_moves_by_the_table(now_in: CallState, to: CallState) -> None:
    if to in CALL_TRANSITIONS[now_in]:
        assert call_moves(now_in, to) is to
    else:
        with pytest.raises(IllegalTransition):
            call_moves(now_in, to)


def test_every_state_but_the_last_can_end() -> None:
    assert all(CallState.ENDED in ways for state, ways in CALL_TRANSITIONS.items() if state is not CallState.ENDED)
    assert all(AgentState.SIGNED_OUT in ways for s, ways in AGENT_TRANSITIONS.items() if s is not AgentState.SIGNED_OUT)
