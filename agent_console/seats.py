"""An agent's seat: taken with new SIP credentials at sign-in, left by making them worthless."""

from __future__ import annotations

import logging
import secrets
from uuid import uuid4

from agent_console.parts import Parts
from asterisk_conf.credentials import let_in, shut_out
from contact_centre.errors import LinkLost, Refused
from contact_centre.states import AgentState
from queue_manager import requests
from queue_manager.view import AgentView

log = logging.getLogger(__name__)


def new_password() -> str:
    """A SIP password that nobody types."""
    return secrets.token_urlsafe(24)


def agent_now(parts: Parts, agent_id: int) -> AgentView | None:
    """How the router sees an agent."""
    return next((agent for agent in parts.router.view().agents if agent.id == agent_id), None)


async def take_seat(parts: Parts, account_id: int, agent_id: int, extension: str) -> str:
    """Give the seat's new SIP password and tell the router that its agent works.

    Asked again (a page that was loaded anew) it gives another password. The old one only stops being good for new
    registrations: a call in progress asks for none, so it goes on.

    Raises:
        LinkLost: Asterisk is away, and nothing was changed.
        Refused: the router does not know the agent.
    """
    if agent_now(parts, agent_id) is None:
        await parts.router.reload_agents()  # added since the router started
    password = new_password()
    async with parts.seats[extension]:
        for action in let_in(extension, password):
            await parts.router.ami(action)
        answer = await parts.router.request(requests.SignIn(uuid4().hex, account_id, agent_id))
    if not answer.accepted:
        await shut_seat(parts, agent_id)
        raise Refused(answer.reason, answer.message)
    return password


async def leave_seat(parts: Parts, account_id: int, agent_id: int) -> None:
    """Sign the agent out of the line, then shut the phone out; with Asterisk away, `Sweep` does it later.

    Raises:
        Refused: a call rings or goes on; nothing was changed.
    """
    agent = agent_now(parts, agent_id)
    if agent is None:
        return
    if agent.state is not AgentState.SIGNED_OUT:
        answer = await parts.router.request(requests.SignOut(uuid4().hex, account_id, agent_id))
        if not answer.accepted:
            raise Refused(answer.reason, answer.message)
    if not await shut_seat(parts, agent_id):
        log.warning("agent %d signed out while Asterisk was away: the phone is shut out when it is back", agent_id)


async def shut_seat(parts: Parts, agent_id: int) -> bool:
    """Make a signed-out agent's SIP password worthless. False: Asterisk is away, so it is still good."""
    agent = agent_now(parts, agent_id)
    if agent is None:
        return True
    async with parts.seats[agent.endpoint]:
        if (now := agent_now(parts, agent_id)) is None or now.state is not AgentState.SIGNED_OUT:
            return True  # came back meanwhile, with another password
        try:
            for action in shut_out(agent.endpoint):
                await parts.router.ami(action)
        except LinkLost:
            return False
    return True
