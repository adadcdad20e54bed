"""The router on a real Asterisk: real SIP calls from the telephone company, real telephones for the agents."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from manager_line import ManagerLine
from routed_house import agent, agent_phone, ask, calls_in, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk, as_environment
from subscriber import calling
from udp_phone import SipMessage

from contact_centre.database import read_scope
from contact_centre.journal import read_after
from contact_centre.settings import PROJECT_ROOT
from queue_manager import requests as r
from queue_manager.service_level import SERVICE_LEVEL
from queue_manager.tallies import Tallies

ENGLISH = {"language:en": 3}


async def test_a_waiting_call_is_offered_answered_and_ended(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "one_call", a1=ENGLISH)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        calling(carrier_manager, settings.prefixes[0]) as citizen,
    ):
        view = await until(runner, lambda view: calls_in(view, "waiting"))
        call_id = view.calls[0].id
        await make_ready(runner, 1)
        invite = await phone.invited()
        assert invite.get("X-CC-Call-Id") == call_id
        phone.answer(invite)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        assert agent(view, 1).state == "on_call"
        await citizen.hang_up()
        view = await until(runner, lambda view: agent(view, 1).state == "wrap_up")
        assert view.calls == ()
    tallies = Tallies(runner.rules.queues)
    with read_scope(engine) as session:
        for one in read_after(session, 0):
            tallies.apply(one.fact)
    day = tallies.of_queue("general")
    assert (day.offered, day.answered, SERVICE_LEVEL.of(day)) == (1, 1, 1.0)
    assert kinds_of(engine, call_id) == [
        "IvrFailed", "CallWaiting", "CallOffered", "CallConnected", "CallEnded", "AgentWrappingUp",
    ]  # fmt: skip
    assert runner.router.ignored.total() == 0
    assert runner.inbound.refused.total() == 0


async def test_no_answer_busy_and_declined_go_to_the_next_agent(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    settings = centre.settings.model_copy(update={"ring_s": 3})
    engine = house_with_agents(
        settings, "next_agent", a1={"language:en": 5}, a2={"language:en": 4}, a3=ENGLISH, a4=ENGLISH
    )
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(routing(settings, engine))
        phones = [await stack.enter_async_context(agent_phone(runner, settings, seat)) for seat in (1, 2, 3, 4)]
        await make_ready(runner, 1, 2, 3)
        citizen = await stack.enter_async_context(calling(carrier_manager, settings.prefixes[0]))
        await phones[0].invited()  # and nobody picks up
        since = (await until(runner, lambda view: calls_in(view, "offered"))).calls[0].waiting_since
        phones[1].refuse(await phones[1].invited())
        third = await phones[2].invited()
        view = await until(runner, lambda view: agent(view, 3).state == "offered")
        assert [agent(view, seat).reason for seat in (1, 2)] == ["missed", "missed"]
        await make_ready(runner, 4)
        await ask(runner, r.Decline, 3, offer_id=agent(view, 3).offer_id)
        await phones[2].wait_for(lambda m: m.first.startswith("CANCEL"))
        phones[2].refuse(third, 487)
        phones[3].answer(await phones[3].invited())
        view = await until(runner, lambda view: calls_in(view, "connected"))
        assert agent(view, 3).reason == "declined"
        assert view.calls[0].waiting_since == since
        await ask(runner, r.EndCall, 4, call_id=view.calls[0].id)
        await citizen.ended()
        await until(runner, lambda view: agent(view, 4).state == "wrap_up")


async def test_hanging_up_while_waiting_and_while_ringing(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "abandoned", a1=ENGLISH)
    async with routing(settings, engine) as runner, agent_phone(runner, settings, 1) as phone:
        async with calling(carrier_manager, settings.prefixes[0]):
            first = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0].id
        await until(runner, lambda view: not view.calls)
        await make_ready(runner, 1)
        async with calling(carrier_manager, settings.prefixes[0]):
            invite = await phone.invited()
            second = (await until(runner, lambda view: calls_in(view, "offered"))).calls[0].id
        await phone.wait_for(lambda m: m.first.startswith("CANCEL"))
        phone.refuse(invite, 487)
        await until(runner, lambda view: not view.calls and agent(view, 1).state == "ready")
    assert kinds_of(engine, first)[-2:] == ["CallAbandoned", "CallEnded"]
    assert kinds_of(engine, second)[-3:] == ["OfferFailed", "CallAbandoned", "CallEnded"]


async def test_a_lost_agent_comes_back_to_the_same_call(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "rejoin", a1=ENGLISH)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        calling(carrier_manager, settings.prefixes[0]),
    ):
        await make_ready(runner, 1)
        invite = await phone.invited()
        phone.answer(invite)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        call_id, before = view.calls[0].id, len(phone.received)
        await phone.hang_up(invite)  # the page is gone, not the End button
        again = await phone.invited(since=before)
        assert calls_in(runner.view(), "rejoining")
        assert agent(runner.view(), 1).state == "on_call"
        phone.answer(again)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        assert view.calls[0].id == call_id
    assert "CallRejoined" in kinds_of(engine, call_id)


async def test_a_router_killed_with_three_callers_waiting(
    centre: RunningAsterisk, carrier_manager: ManagerLine, tmp_path: Path
) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "killed", a1=ENGLISH, a2=ENGLISH, a3=ENGLISH)
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        "tests/router_process.py",
        str(engine.url),
        cwd=PROJECT_ROOT,
        env=as_environment(settings),
        stdout=asyncio.subprocess.PIPE,
    )
    assert killed.stdout
    async with AsyncExitStack() as stack:
        for number in range(3):
            await stack.enter_async_context(calling(carrier_manager, settings.prefixes[0]))
            async with asyncio.timeout(20):
                while (line := await killed.stdout.readline()) != f"link=True waiting={number + 1}\n".encode():
                    assert line, "the router ended by itself"
        killed.kill()
        await killed.wait()
        runner = await stack.enter_async_context(routing(settings, engine))
        view = await until(runner, lambda view: len(calls_in(view, "waiting")) == 3)
        order = [call.id for call in sorted(view.calls, key=lambda call: call.waiting_since or view.at)]
        phones = [await stack.enter_async_context(agent_phone(runner, settings, seat)) for seat in (1, 2, 3)]
        await make_ready(runner, 1, 2, 3)
        invites: list[SipMessage] = []
        for phone in phones:
            invites.append(await phone.invited())
            phone.answer(invites[-1])
        assert [invite.get("X-CC-Call-Id") for invite in invites] == order
        await until(runner, lambda view: len(calls_in(view, "connected")) == 3)
    for call_id in order:
        assert kinds_of(engine, call_id).count("CallWaiting") == 1


async def test_a_link_that_breaks_is_made_again_and_misses_nothing(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "link", a1=ENGLISH)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        calling(carrier_manager, settings.prefixes[0]) as leaves,
    ):
        gone = (await until(runner, lambda view: calls_in(view, "waiting"))).calls[0].id
        runner.link.abort()
        await until(runner, lambda view: not view.link_up)
        async with calling(carrier_manager, settings.prefixes[0]):
            await leaves.hang_up()
            view = await until(runner, lambda view: view.link_up)
            assert gone not in [call.id for call in view.calls]
            await make_ready(runner, 1)
            phone.answer(await phone.invited())
            await until(runner, lambda view: calls_in(view, "connected"))
        await until(runner, lambda view: not view.calls)
    assert kinds_of(engine, gone)[-2:] == ["CallAbandoned", "CallEnded"]
