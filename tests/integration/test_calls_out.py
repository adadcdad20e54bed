"""An agent calls a citizen back, on a real Asterisk: the agent's phone, the citizen's, the notice, the conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from manager_line import ManagerLine, Message
from routed_house import (
    agent,
    agent_phone,
    ask,
    calls_in,
    facts_of,
    house_with_agents,
    kinds_of,
    make_ready,
    routing,
    until,
)
from running_asterisk import RunningAsterisk
from sqlalchemy import Engine
from test_transfer_calls import nobody_is_left
from udp_phone import SipMessage, UdpPhone

from contact_centre.facts import Kind
from contact_centre.settings import Settings
from queue_manager import requests as r
from queue_manager.runner import Runner

EN = {"language:en": 3}
NUMBER = "0722000123"


@dataclass
class Desk:
    """Agents with phones, who may call out; the citizen's telephone is the carrier's."""

    settings: Settings
    engine: Engine
    runner: Runner
    phones: list[UdpPhone]
    carrier: ManagerLine
    call_id: str

    async def calls(self, at: str = "", number: str = NUMBER) -> SipMessage:
        """Agent 1 calls the citizen, whose telephone does this; what rings at agent 1."""
        await self.carrier.send(Action="Setvar", Variable=f"PHONE_{number}", Value=at)
        await ask(
            self.runner, r.CallCitizen, 1, call_id=self.call_id, number=number, number_id=1, language="en",
            queue="travel", agency="immigration",
        )  # fmt: skip
        assert agent(self.runner.view(), 1).state == "calling"
        return await self.phones[0].invited()

    async def line(self) -> Message:
        """The citizen's telephone when it was answered."""
        return await self.carrier.user_event("LineAnswered", since=self.since)

    @property
    def since(self) -> int:
        """Where this test's events begin."""
        return self._since

    _since: int = 0


@asynccontextmanager
async def desk(centre: RunningAsterisk, carrier: ManagerLine, name: str) -> AsyncIterator[Desk]:
    engine = house_with_agents(centre.settings, name, a1=EN, a2=EN | {"agency:immigration": 3})
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(routing(centre.settings, engine))
        phones = [await stack.enter_async_context(agent_phone(runner, centre.settings, seat)) for seat in (1, 2)]
        await make_ready(runner, 1)
        yield Desk(centre.settings, engine, runner, phones, carrier, str(uuid4()), len(carrier.events))
    assert runner.inbound.refused.total() == 0


async def talking(at: Desk) -> SipMessage:
    """Agent 1 and the citizen hear each other."""
    invite = await at.calls()
    at.phones[0].answer(invite)
    await at.line()
    view = await until(at.runner, lambda view: calls_in(view, "connected"))
    assert (view.calls[0].id, view.calls[0].agent_id, agent(view, 1).state) == (at.call_id, 1, "on_call")
    return invite


async def test_a_citizen_is_called_and_the_call_is_like_any_other(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out") as at:
        invite = await talking(at)
        assert invite.get("X-CC-Call-Id") == at.call_id
        rings = await carrier_manager.user_event("LineRings", Number=NUMBER)
        assert rings.get("From") == centre.settings.prefixes[0]
        await ask(at.runner, r.EndCall, 1, call_id=at.call_id)
        await at.phones[0].wait_for(lambda m: m.first.startswith("BYE"))
        view = await until(at.runner, lambda view: not view.calls)
        assert (agent(view, 1).state, agent(view, 1).call_id) == ("wrap_up", at.call_id)
        await nobody_is_left(at)  # type: ignore[arg-type]
    kinds = [kind for kind in kinds_of(at.engine, at.call_id) if not kind.startswith("Recording")]
    assert kinds == ["CitizenDialled", "CallConnected", "CallEnded", "AgentWrappingUp"]
    assert NUMBER[1:] not in str(facts_of(at.engine, at.call_id, Kind.CITIZEN_DIALLED))


async def test_a_citizen_who_is_busy_gone_or_refuses_the_agent_nothing_but_time(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out_busy") as at:
        for does, reason in (("busy", "busy"), ("off", "unreachable")):
            at.call_id = str(uuid4())
            before = len(at.phones[0].received)
            await at.calls(does)
            at.phones[0].answer(await at.phones[0].invited(since=before))
            await until(at.runner, lambda view: agent(view, 1).state == "ready")
            assert [f["reason"] for f in facts_of(at.engine, at.call_id, Kind.CITIZEN_NOT_REACHED)] == [reason]
        await nobody_is_left(at)  # type: ignore[arg-type]


async def test_an_agent_may_give_it_up_while_it_rings(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    async with desk(centre, carrier_manager, "out_given_up") as at:
        at.phones[0].answer(await at.calls("ring"))
        await until(at.runner, lambda view: any(call.outbound == "citizen" for call in view.calls))
        await ask(at.runner, r.EndCall, 1, call_id=at.call_id)
        await until(at.runner, lambda view: agent(view, 1).state == "ready")
        await carrier_manager.wait_for(lambda m: m.get("Event") == "Hangup", since=at.since)
        assert [f["reason"] for f in facts_of(at.engine, at.call_id, Kind.CITIZEN_NOT_REACHED)] == ["withdrawn"]
        await nobody_is_left(at)  # type: ignore[arg-type]


async def test_an_agents_phone_that_does_not_answer_calls_nobody(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out_phone") as at:
        at.phones[0].refuse(await at.calls())
        await until(at.runner, lambda view: agent(view, 1).reason == "phone")
        assert not any(m.is_user_event("LineRings") for m in carrier_manager.events[at.since :])


async def test_an_agent_who_is_lost_in_the_call_is_rung_again_and_the_call_can_be_handed_on(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out_lost") as at:
        invite, before = await talking(at), len(at.phones[0].received)
        await at.phones[0].hang_up(invite)
        at.phones[0].answer(await at.phones[0].invited(since=before))
        await until(at.runner, lambda view: calls_in(view, "connected"))
        await make_ready(at.runner, 2)
        await ask(at.runner, r.TransferToAgent, 1, call_id=at.call_id, to_agent_id=2, speak_first=True)
        at.phones[1].answer(await at.phones[1].invited())
        await until(at.runner, lambda view: agent(view, 2).state == "on_call")
        await ask(at.runner, r.SteerTransfer, 1, call_id=at.call_id, to="complete")
        view = await until(at.runner, lambda view: calls_in(view, "connected") and agent(view, 1).state == "wrap_up")
        assert view.calls[0].agent_id == 2
        await carrier_manager.send(Action="Hangup", Channel=(await at.line()).get("Channel"))
        await until(at.runner, lambda view: not view.calls)
        await nobody_is_left(at)  # type: ignore[arg-type]


async def test_a_router_killed_while_the_citizen_rings_is_followed_by_one_that_goes_on(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out_killed") as at:
        at.phones[0].answer(await at.calls("ring"))
        await until(at.runner, lambda view: any(call.outbound == "citizen" for call in view.calls))
        await at.runner.stop()
        async with routing(at.settings, at.engine) as runner:
            view = await until(runner, lambda view: calls_in(view, "dialling"))
            assert (agent(view, 1).state, view.calls[0].outbound) == ("calling", "citizen")
            await ask(runner, r.EndCall, 1, call_id=at.call_id)
            await until(runner, lambda view: agent(view, 1).state == "ready")
            await nobody_is_left(at)  # type: ignore[arg-type]
        assert kinds_of(at.engine, at.call_id).count("CitizenNotReached") == 1


async def test_the_number_is_judged_and_a_busy_agent_calls_nobody(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with desk(centre, carrier_manager, "out_refused") as at:
        for number in ("999", "0900223456", "+447911123456", "1919", "agent-002"):
            call = r.CallCitizen(f"n{number}", 1, 1, at.call_id, number, 1, "en", "general")
            assert (await at.runner.request(call)).reason == "number_not_allowed"
        assert agent(at.runner.view(), 1).state == "ready"
        await talking(at)
        again = r.CallCitizen("again", 1, 1, str(uuid4()), NUMBER, 1, "en", "general")
        assert (await at.runner.request(again)).reason == "wrong_state"
        await ask(at.runner, r.EndCall, 1, call_id=at.call_id)
        await until(at.runner, lambda view: not view.calls)
