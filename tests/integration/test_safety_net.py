"""With the router dead, late callers are answered through Asterisk's own queue, and the journal hears of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from manager_line import ManagerLine
from routed_house import agent, ask, calls_in, kinds_of, routing, until
from router_alone import router_alone, says
from running_asterisk import house, start_carrier, start_centre
from running_house import eventually
from sqlalchemy import Engine
from subscriber import Subscriber, calling
from udp_phone import SipMessage, UdpPhone

from asterisk_conf.credentials import let_in
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in, read_after
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, AgentSkill
from queue_manager.requests import FinishWrapUp
from queue_manager.tallies import Tallies

AGENTS = (1, 2)
DEAD_S = 25
"""Longer than a router must be silent, and the slices of music around it (s)."""


@pytest.fixture
def settings(tmp_path: Path, asterisk_found: object) -> Settings:
    made = house(tmp_path, recording=False, music_slice_s=2, safety_net_s=1, ring_s=60)
    migrate(made.url)
    return made


@pytest.fixture
def ready_agents(settings: Settings) -> Engine:
    """Two agents who became ready."""
    engine = connect(settings.url)
    with session_scope(engine) as session:
        for seat in AGENTS:
            session.add(AgentRow(id=seat, extension=f"agent-{seat:03}", name=f"Agent {seat}"))
            session.flush()
            session.add(AgentSkill(agent_id=seat, skill="language:en", level=3))
            append_in(session, [Fact(Kind.AGENT_READY, datetime.now(UTC), agent_id=seat)])
    return engine


@pytest.fixture
async def lines(settings: Settings) -> AsyncIterator[tuple[ManagerLine, ManagerLine]]:
    with start_centre(settings), start_carrier(settings):
        async with (
            ManagerLine.to(settings.manager_port, "huduma", settings.secrets["manager"]) as centre,
            ManagerLine.to(settings.carrier_manager_port, "carrier", settings.secrets["carrier"]) as carrier,
        ):
            yield centre, carrier


async def plugged_in(stack: AsyncExitStack, settings: Settings, centre: ManagerLine, seat: int) -> UdpPhone:
    name, password = f"agent-{seat:03}", secrets.token_urlsafe(24)
    for action in let_in(name, password):
        await centre.send(**action)
    phone = await stack.enter_async_context(UdpPhone.plugged_in(name, settings.sip_port))
    assert await phone.register(password) == 200
    return phone


async def members(centre: ManagerLine) -> dict[tuple[str, str], str]:
    """(queue, member) -> whether it is paused, as Asterisk has them."""
    since = len(centre.events)
    await centre.send(Action="QueueStatus")
    await centre.wait_for(lambda m: m.get("Event") == "QueueStatusComplete", since=since)
    return {
        (m.get("Queue"), m.get("Name")): m.get("Paused")
        for m in centre.events[since:]
        if m.get("Event") == "QueueMember"
    }


async def until_members(centre: ManagerLine, wanted: dict[tuple[str, str], str]) -> None:
    found: dict[tuple[str, str], str] = {}
    try:
        async with asyncio.timeout(60):
            while (found := await members(centre)) != wanted:  # noqa: ASYNC110 - no event tells of a pause to our user
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"members are {found}, not {wanted}")


def invitations(phone: UdpPhone) -> set[str]:
    """The calls that have rung here."""
    return {message.get("call-id") for message in phone.received if message.first.startswith("INVITE ")}


async def rung(phones: list[UdpPhone], since: list[int]) -> tuple[int, SipMessage]:
    """The first of these telephones that rings: its index, and the call."""
    tasks = [
        asyncio.create_task(phone.invited(timeout_s=DEAD_S, since=from_))
        for phone, from_ in zip(phones, since, strict=True)
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    first = next(iter(done))
    return tasks.index(first), first.result()


@pytest.mark.timeout(180)
async def test_late_callers_are_answered_without_a_router_and_counted_once_by_the_next(
    settings: Settings, ready_agents: Engine, lines: tuple[ManagerLine, ManagerLine]
) -> None:
    centre, carrier = lines
    engine, prefix = ready_agents, settings.prefixes[0]
    async with AsyncExitStack() as stack:
        dies = await stack.enter_async_context(router_alone(settings))
        await says(dies, "asterisk answers")
        phones = [await plugged_in(stack, settings, centre, seat) for seat in AGENTS]
        await until_members(centre, {("net-en", f"agent-{seat:03}"): "0" for seat in AGENTS})
        dies.kill()
        await dies.wait()

        async def waits() -> tuple[Subscriber, str]:
            since = len(centre.events)
            citizen = await stack.enter_async_context(calling(carrier, prefix))
            waiting = await centre.user_event("CallWaiting", since=since)
            return citizen, waiting.get("CallId")

        first, first_id = await waits()
        one, invite = await rung(phones, [0, 0])
        assert invite.get("X-CC-Call-Id") == first_id
        phones[one].answer(invite)
        await centre.user_event("NetAnswered", CallId=first_id)
        await first.hang_up()
        await phones[one].wait_for(lambda m: m.first.startswith("BYE"))

        second, second_id = await waits()
        other = 1 - one
        invite = await phones[other].invited(timeout_s=DEAD_S)
        assert invite.get("X-CC-Call-Id") == second_id
        since = len(phones[one].received)
        third, third_id = await waits()
        third_invite = await phones[one].invited(timeout_s=DEAD_S + 10, since=since)  # after the queue's own wrap-up
        assert third_invite.get("X-CC-Call-Id") == third_id
        _, fourth_id = await waits()  # both ring: nobody is left for it, however slow this machine is
        await centre.user_event("CallNetted", CallId=fourth_id, timeout_s=DEAD_S)

        runner = await stack.enter_async_context(routing(settings, engine))
        view = await until(runner, lambda view: calls_in(view, "offered"))
        found = {call.id: call.state for call in view.calls}
        assert found == {second_id: "offered", third_id: "offered", fourth_id: "waiting"}
        assert [agent(view, AGENTS[seat]).call_id for seat in (other, one)] == [second_id, third_id]
        assert [len(invitations(phone)) for phone in (phones[other], phones[one])] == [1, 2], "nobody is rung twice"
        phones[other].answer(invite)
        phones[one].answer(third_invite)
        await until(runner, lambda view: len(calls_in(view, "connected")) == 2)
        since = len(phones[other].received)
        for citizen in (second, third):  # both end: these phones say nothing, and are given up after 10 s of it
            await citizen.hang_up()
        await until(runner, lambda view: {agent(view, seat).state for seat in AGENTS} == {"wrap_up"})

        await ask(runner, FinishWrapUp, AGENTS[other])
        fourth_invite = await phones[other].invited(timeout_s=60, since=since)  # by either queue, once
        assert fourth_invite.get("X-CC-Call-Id") == fourth_id
        phones[other].answer(fourth_invite)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        assert [agent(view, AGENTS[seat]).call_id for seat in (other, one)] == [fourth_id, third_id], (
            "that to be written up"
        )

        kinds = kinds_of(engine, first_id)
        assert sorted(kinds) == ["CallConnected", "CallEnded", "CallWaiting"]
        for call_id in (second_id, third_id, fourth_id):
            assert [kinds_of(engine, call_id).count(kind) for kind in ("CallWaiting", "CallConnected")] == [1, 1]
        assert [len(invitations(phone)) for phone in (phones[other], phones[one])] == [2, 2]
    tallies = Tallies(runner.rules.queues)
    with read_scope(engine) as session:
        for one_fact in read_after(session, 0, 1000):
            tallies.apply(one_fact.fact)
    day = tallies.of_queue("general")
    assert (day.offered, day.answered) == (4, 4)
    again = await eventually_learnt(settings, engine)
    assert again == 4, "a second reading of the log counts nothing twice"


async def eventually_learnt(settings: Settings, engine: Engine) -> int:
    """Let another router read the log; how many answers the journal has then."""
    async with routing(settings, engine):

        def look() -> int | None:
            with read_scope(engine) as session:
                found = [one.fact.kind for one in read_after(session, 0, 1000)]
            return found.count(Kind.CALL_CONNECTED) if found.count(Kind.ROUTER_STARTED) == 3 else None

        return await eventually(look, 10, lambda: "the third router did not start")
