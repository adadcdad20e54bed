"""Calls handed on, on a real Asterisk: nobody is lost on the way, whoever fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from manager_line import ManagerLine
from routed_house import agent, agent_phone, ask, calls_in, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk
from sqlalchemy import Engine
from subscriber import Subscriber, calling
from udp_phone import SipMessage, UdpPhone

from contact_centre.settings import Settings
from queue_manager import requests as r
from queue_manager.runner import Runner

EN = {"language:en": 3}


@dataclass
class Conversation:
    """Agent 1 talks with a citizen; agent 2 has a phone and is ready."""

    settings: Settings
    engine: Engine
    runner: Runner
    phones: list[UdpPhone]
    citizen: Subscriber
    call_id: str
    invite: SipMessage
    """What rang at agent 1."""


@asynccontextmanager
async def conversation(
    centre: RunningAsterisk, carrier: ManagerLine, name: str, **changes: object
) -> AsyncIterator[Conversation]:
    settings = centre.settings.model_copy(update=changes)
    engine = house_with_agents(settings, name, a1=EN, a2=EN | {"agency:immigration": 3})
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(routing(settings, engine))
        phones = [await stack.enter_async_context(agent_phone(runner, settings, seat)) for seat in (1, 2)]
        await make_ready(runner, 1)
        citizen = await stack.enter_async_context(calling(carrier, settings.prefixes[0]))
        invite = await phones[0].invited()
        phones[0].answer(invite)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        await make_ready(runner, 2)
        yield Conversation(settings, engine, runner, phones, citizen, view.calls[0].id, invite)
    assert runner.inbound.refused.total() == 0


async def test_a_call_handed_to_a_queue_rings_there_while_its_agent_wraps_up(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "to_queue") as talk:
        first, second = talk.phones
        await ask(talk.runner, r.TransferToQueue, 1, call_id=talk.call_id, queue="travel", agency="immigration")
        await first.wait_for(lambda m: m.first.startswith("BYE"))
        invite = await second.invited()
        assert invite.get("X-CC-Call-Id") == talk.call_id
        view = talk.runner.view()
        assert (agent(view, 1).state, agent(view, 1).call_id) == ("wrap_up", talk.call_id)
        assert view.calls[0].queue == "travel"
        second.answer(invite)
        await until(talk.runner, lambda view: agent(view, 2).state == "on_call")
        await talk.citizen.hang_up()
        await until(talk.runner, lambda view: not view.calls)
        assert agent(talk.runner.view(), 1).state == "wrap_up", "the end of the call is not the end of its work"
    kinds = kinds_of(talk.engine, talk.call_id)
    assert kinds[-7:] == [
        "TransferAsked", "CallRequeued", "AgentWrappingUp", "CallOffered", "CallConnected", "CallEnded",
        "AgentWrappingUp",
    ]  # fmt: skip
