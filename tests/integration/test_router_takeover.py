"""The leader is killed with thirty calls in line: the standby takes over, all thirty are answered, none twice."""

from __future__ import annotations

import secrets
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import fresh_postgresql
from manager_line import ManagerLine
from router_alone import router_alone, says
from running_asterisk import house, start_carrier, start_centre
from running_house import eventually
from sqlalchemy import Engine
from subscriber import calling
from udp_phone import UdpPhone

from asterisk_conf.credentials import let_in
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in, read_after
from contact_centre.settings import Settings
from contact_centre.tables import AgentRow, AgentSkill

CALLS = 30
RINGING = 10
"""So many phones ring when the leader dies; the others come afterwards."""


def thirty_ready_agents(engine: Engine) -> None:
    """As the journal has them after they became ready; without a phone nobody is offered a call."""
    now = datetime.now(UTC)
    with session_scope(engine) as session:
        for seat in range(1, CALLS + 1):
            session.add(AgentRow(id=seat, extension=f"agent-{seat:03}", name=f"Agent {seat}"))
            session.flush()
            session.add(AgentSkill(agent_id=seat, skill="language:en", level=3))
            append_in(session, [Fact(Kind.AGENT_READY, now, agent_id=seat)])


def facts(engine: Engine, kind: Kind) -> list[Fact]:
    with read_scope(engine) as session:
        return [one.fact for one in read_after(session, 0) if one.fact.kind is kind]


async def so_many(engine: Engine, kind: Kind, count: int) -> list[Fact]:
    """Wait for a number of facts of a kind."""
    return await eventually(
        lambda: found if len(found := facts(engine, kind)) >= count else None,
        60,
        lambda: f"{count} {kind}; {len(facts(engine, kind))}",
    )


async def plugged_in(stack: AsyncExitStack, settings: Settings, manager: ManagerLine, seat: int) -> UdpPhone:
    """The telephone of a seat, registered."""
    name, password = f"agent-{seat:03}", secrets.token_urlsafe(24)
    for action in let_in(name, password):
        await manager.send(**action)
    phone = await stack.enter_async_context(UdpPhone.plugged_in(name, settings.sip_port))
    assert await phone.register(password) == 200
    return phone


@pytest.mark.timeout(240)
async def test_thirty_calls_survive_their_leader_and_none_is_answered_twice(
    tmp_path: Path, asterisk_found: object, postgresql_socket: Path, postgresql_template: str
) -> None:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(fresh_postgresql(postgresql_socket, postgresql_template))
        settings = house(tmp_path, database_url=url, agent_seats=CALLS, recording=False, ring_s=60)
        engine = connect(url)
        stack.callback(engine.dispose)
        thirty_ready_agents(engine)
        stack.enter_context(start_centre(settings))
        stack.enter_context(start_carrier(settings))
        centre = await stack.enter_async_context(
            ManagerLine.to(settings.manager_port, "huduma", settings.secrets["manager"])
        )
        carrier = await stack.enter_async_context(
            ManagerLine.to(settings.carrier_manager_port, "carrier", settings.secrets["carrier"])
        )
        leader = await stack.enter_async_context(router_alone(settings))
        await says(leader, "asterisk answers")
        standby = await stack.enter_async_context(router_alone(settings))
        await says(standby, "stands by")

        for _ in range(CALLS):
            await stack.enter_async_context(calling(carrier, settings.prefixes[0]))
        await so_many(engine, Kind.CALL_WAITING, CALLS)
        first = [await plugged_in(stack, settings, centre, seat) for seat in range(1, RINGING + 1)]
        invites = [(phone, await phone.invited()) for phone in first]
        leader.kill()
        await leader.wait()
        for phone, invite in invites:  # while nobody leads
            phone.answer(invite)
        await says(standby, "leads, epoch 2")
        for seat in range(RINGING + 1, CALLS + 1):
            phone = await plugged_in(stack, settings, centre, seat)
            phone.answer(await phone.invited(timeout_s=30))
        connected = await so_many(engine, Kind.CALL_CONNECTED, CALLS)

        assert Counter(fact.call_id for fact in connected).most_common(1)[0][1] == 1
        assert len({fact.agent_id for fact in connected}) == CALLS
        answered = [m.get("CallId") for m in centre.events if m.is_user_event("OfferAnswered")]
        assert len(answered) == len(set(answered)) == CALLS
        since = {
            m.get("CallId"): float(m.variables["CC_WAITING_SINCE"])
            for m in centre.events
            if m.is_user_event("CallWaiting")
        }
        in_turn = [since[str(fact.call_id)] for fact in facts(engine, Kind.CALL_OFFERED)]
        assert in_turn == sorted(in_turn), (
            "the line is served by when each began to wait, not by when that was heard of"
        )
        assert len(in_turn) == len(since) == CALLS
        assert [fact.payload["epoch"] for fact in facts(engine, Kind.ROUTER_STARTED)] == [1, 2]
