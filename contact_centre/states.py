"""The states of a call and of an agent, and the only ways from one to another.

A transition that is not in a table raises `IllegalTransition` and changes nothing (the design of h11). The tables are
data, so that the documentation and the property tests read them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contact_centre.errors import IllegalTransition


class CallState(StrEnum):
    """Where one citizen's contact is."""

    IVR = "ivr"
    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTED = "connected"
    HELD = "held"
    REJOINING = "rejoining"  # the agent's leg was lost: music, and the same agent is redialled
    TRANSFERRING = "transferring"  # music, while a colleague of the agent is rung or spoken with
    CALLBACK = "callback"  # in line without a channel: the house calls back when the turn is near
    DIALLING = "dialling"  # an agent calls the citizen, who has not come on the line yet
    TURNED_AWAY = "turned_away"  # hears why nobody comes (full, too long, closed), then is hung up
    ENDED = "ended"


class AgentState(StrEnum):
    """What an agent is doing. Wrap-up belongs to the agent alone and carries its call's id."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    CALLING = "calling"  # makes a call to a citizen who has not come on the line yet
    OFFERED = "offered"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"


CALL_TRANSITIONS: Mapping[CallState, frozenset[CallState]] = {
    CallState.IVR: frozenset({CallState.WAITING, CallState.ENDED}),
    CallState.WAITING: frozenset({CallState.OFFERED, CallState.CALLBACK, CallState.TURNED_AWAY, CallState.ENDED}),
    CallState.CALLBACK: frozenset({CallState.WAITING, CallState.ENDED}),
    CallState.OFFERED: frozenset({CallState.WAITING, CallState.CONNECTED, CallState.ENDED}),
    CallState.CONNECTED: frozenset(
        {CallState.HELD, CallState.REJOINING, CallState.TRANSFERRING, CallState.WAITING, CallState.ENDED}
    ),
    CallState.HELD: frozenset(
        {CallState.CONNECTED, CallState.REJOINING, CallState.TRANSFERRING, CallState.WAITING, CallState.ENDED}
    ),
    CallState.TRANSFERRING: frozenset({CallState.CONNECTED, CallState.REJOINING, CallState.WAITING, CallState.ENDED}),
    CallState.REJOINING: frozenset({CallState.CONNECTED, CallState.WAITING, CallState.ENDED}),
    CallState.DIALLING: frozenset({CallState.CONNECTED, CallState.ENDED}),
    CallState.TURNED_AWAY: frozenset({CallState.CALLBACK, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}

AGENT_TRANSITIONS: Mapping[AgentState, frozenset[AgentState]] = {
    AgentState.SIGNED_OUT: frozenset({AgentState.PAUSED, AgentState.READY}),
    AgentState.READY: frozenset({AgentState.OFFERED, AgentState.CALLING, AgentState.PAUSED, AgentState.SIGNED_OUT}),
    AgentState.OFFERED: frozenset({AgentState.ON_CALL, AgentState.READY, AgentState.PAUSED, AgentState.SIGNED_OUT}),
    AgentState.CALLING: frozenset({AgentState.ON_CALL, AgentState.READY, AgentState.PAUSED, AgentState.SIGNED_OUT}),
    # ready: one who was only consulted
    AgentState.ON_CALL: frozenset({AgentState.READY, AgentState.WRAP_UP, AgentState.PAUSED, AgentState.SIGNED_OUT}),
    AgentState.WRAP_UP: frozenset({AgentState.READY, AgentState.PAUSED, AgentState.SIGNED_OUT}),
    AgentState.PAUSED: frozenset({AgentState.READY, AgentState.CALLING, AgentState.SIGNED_OUT}),
}


def call_moves(now_in: CallState, to: CallState) -> CallState:
    """Give the new state of a call.

    Raises:
        IllegalTransition: when the table does not allow it.
    """
    if to not in CALL_TRANSITIONS[now_in]:
        raise IllegalTransition(f"a call cannot go from {now_in} to {to}")
    return to


def agent_moves(now_in: AgentState, to: AgentState) -> AgentState:
    """Give the new state of an agent.

    Raises:
        IllegalTransition: when the table does not allow it.
    """
    if to not in AGENT_TRANSITIONS[now_in]:
        raise IllegalTransition(f"an agent cannot go from {now_in} to {to}")
    return to
