"""Calls handed on, on a real Asterisk: nobody is lost on the way, whoever fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from manager_line import ManagerLine
from routed_house import agent, agent_phone, ask, calls_in, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk
from running_house import eventually
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


async def rung(talk: Conversation, *, speak_first: bool) -> SipMessage:
    """Agent 1 asks agent 2; what rings there."""
    since = len(talk.phones[1].received)
    await ask(talk.runner, r.TransferToAgent, 1, call_id=talk.call_id, to_agent_id=2, speak_first=speak_first)
    invite = await talk.phones[1].invited(since=since)
    assert invite.get("X-CC-Call-Id") == talk.call_id
    assert calls_in(talk.runner.view(), "transferring")
    return invite


async def consulting(talk: Conversation) -> SipMessage:
    """Agents 1 and 2 speak; the caller hears music."""
    invite = await rung(talk, speak_first=True)
    talk.phones[1].answer(invite)
    await until(talk.runner, lambda view: agent(view, 2).state == "on_call")
    assert agent(talk.runner.view(), 1).state == "on_call"
    return invite


async def with_agent_one(talk: Conversation) -> None:
    """The caller is with agent 1 again, over the same leg."""
    view = await until(talk.runner, lambda view: calls_in(view, "connected"))
    assert (view.calls[0].agent_id, agent(view, 1).state) == (1, "on_call")
    assert not any(m.first.startswith("BYE") for m in talk.phones[0].received)


async def everything_ends(talk: Conversation) -> None:
    """The caller hangs up: nobody is left on any line."""
    await talk.citizen.hang_up()
    await until(talk.runner, lambda view: not view.calls)
    await nobody_is_left(talk)


async def nobody_is_left(talk: Conversation) -> None:
    """Asterisk holds no channel any more."""
    async with ManagerLine.to(talk.settings.manager_port, "huduma", talk.settings.secrets["manager"]) as line:
        for _ in range(50):
            before = len(line.events)
            await line.send(Action="CoreShowChannels")
            done = await line.wait_for(lambda m: m.get("Event") == "CoreShowChannelsComplete", since=before)
            if done.get("ListItems") == "0":
                return
            await asyncio.sleep(0.1)  # Asterisk's own list: nothing tells that it became empty
    raise AssertionError("channels are left")


async def test_a_cold_transfer_that_is_answered(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    async with conversation(centre, carrier_manager, "cold") as talk:
        invite = await rung(talk, speak_first=False)
        await talk.phones[0].wait_for(lambda m: m.first.startswith("BYE"))
        assert agent(talk.runner.view(), 1).state == "on_call", "until somebody has the call"
        talk.phones[1].answer(invite)
        view = await until(talk.runner, lambda view: calls_in(view, "connected"))
        assert view.calls[0].agent_id == 2
        assert (agent(view, 1).state, agent(view, 1).call_id) == ("wrap_up", talk.call_id)
        before = len(talk.phones[1].received)
        await talk.phones[1].hang_up(invite)  # lost: it is the second agent who is rung again
        again = await talk.phones[1].invited(since=before)
        talk.phones[1].answer(again)
        await until(talk.runner, lambda view: calls_in(view, "connected"))
        await everything_ends(talk)
    assert "TransferCompleted" in kinds_of(talk.engine, talk.call_id)


async def test_a_cold_transfer_that_nobody_answers_comes_back(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "cold_back") as talk:
        before = len(talk.phones[0].received)
        talk.phones[1].refuse(await rung(talk, speak_first=False))
        again = await talk.phones[0].invited(since=before)
        assert again.get("X-CC-Call-Id") == talk.call_id
        await until(talk.runner, lambda view: agent(view, 2).reason == "missed")
        talk.phones[0].answer(again)
        view = await until(talk.runner, lambda view: calls_in(view, "connected"))
        assert (view.calls[0].agent_id, agent(view, 1).state) == (1, "on_call")
        await everything_ends(talk)


async def test_a_warm_transfer_completed(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    async with conversation(centre, carrier_manager, "warm") as talk:
        invite = await consulting(talk)
        await ask(talk.runner, r.SteerTransfer, 1, call_id=talk.call_id, to="complete")
        view = await until(talk.runner, lambda view: calls_in(view, "connected"))
        await talk.phones[0].wait_for(lambda m: m.first.startswith("BYE"))
        assert view.calls[0].agent_id == 2
        assert (agent(view, 1).state, agent(view, 1).call_id) == ("wrap_up", talk.call_id)
        before = len(talk.phones[1].received)
        await talk.phones[1].hang_up(invite)  # out of the conference: rung again all the same
        talk.phones[1].answer(await talk.phones[1].invited(since=before))
        await until(talk.runner, lambda view: calls_in(view, "connected"))
        await everything_ends(talk)


async def test_all_three_and_then_one_leaves(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    async with conversation(centre, carrier_manager, "three") as talk:
        await consulting(talk)
        await ask(talk.runner, r.SteerTransfer, 1, call_id=talk.call_id, to="join")
        await until(talk.runner, lambda view: "TransferJoined" in kinds_of(talk.engine, talk.call_id))
        assert calls_in(talk.runner.view(), "connected")
        await ask(talk.runner, r.SteerTransfer, 1, call_id=talk.call_id, to="complete")
        view = await until(talk.runner, lambda view: agent(view, 1).state == "wrap_up")
        assert (view.calls[0].state, view.calls[0].agent_id) == ("connected", 2)
        await ask(talk.runner, r.EndCall, 2, call_id=talk.call_id)
        await talk.citizen.ended()
        await until(talk.runner, lambda view: agent(view, 2).state == "wrap_up")


async def test_a_consultation_returned_and_asked_again(centre: RunningAsterisk, carrier_manager: ManagerLine) -> None:
    async with conversation(centre, carrier_manager, "returned") as talk:
        await consulting(talk)
        await ask(talk.runner, r.SteerTransfer, 1, call_id=talk.call_id, to="return")
        await with_agent_one(talk)
        await talk.phones[1].wait_for(lambda m: m.first.startswith("BYE"))
        assert agent(talk.runner.view(), 2).state == "ready"
        await consulting(talk)  # now out of a conference
        await ask(talk.runner, r.SteerTransfer, 1, call_id=talk.call_id, to="complete")
        view = await until(talk.runner, lambda view: calls_in(view, "connected"))
        assert view.calls[0].agent_id == 2
        await everything_ends(talk)


async def test_a_colleague_who_does_not_answer_or_goes_leaves_the_caller_where_they_were(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "colleague") as talk:
        talk.phones[1].refuse(await rung(talk, speak_first=True))
        await with_agent_one(talk)
        await until(talk.runner, lambda view: agent(view, 2).reason == "missed")
        await ask(talk.runner, r.SetReady, 2)
        invite = await consulting(talk)
        await talk.phones[1].hang_up(invite)
        await with_agent_one(talk)
        assert agent(talk.runner.view(), 2).state == "ready"
        await everything_ends(talk)


async def test_a_caller_who_hangs_up_during_the_consultation_ends_everything(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "caller") as talk:
        await consulting(talk)
        await everything_ends(talk)
        view = talk.runner.view()
        assert (agent(view, 1).state, agent(view, 2).state) == ("wrap_up", "ready")


async def test_an_agent_who_is_lost_during_the_consultation_is_rung_again(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "asker") as talk:
        await consulting(talk)
        before = len(talk.phones[0].received)
        await talk.phones[0].hang_up(talk.invite)
        again = await talk.phones[0].invited(since=before)
        await until(talk.runner, lambda view: calls_in(view, "rejoining"))  # the phone may ring first
        assert agent(talk.runner.view(), 2).state == "ready"
        talk.phones[0].answer(again)
        view = await until(talk.runner, lambda view: calls_in(view, "connected"))
        assert view.calls[0].agent_id == 1
        await everything_ends(talk)


async def test_a_router_killed_in_the_consultation_is_followed_by_one_that_goes_on(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "killed_in_consult") as talk:
        await consulting(talk)
        await talk.runner.stop()
        async with routing(talk.settings, talk.engine) as runner:
            view = await until(runner, lambda view: calls_in(view, "transferring"))
            assert (agent(view, 1).state, agent(view, 2).state) == ("on_call", "on_call")
            transfer = view.calls[0].transfer
            assert transfer is not None
            assert (transfer.asked_by, transfer.to, transfer.phase) == (1, 2, "consulting")
            await ask(runner, r.SteerTransfer, 1, call_id=talk.call_id, to="complete")
            view = await until(runner, lambda view: calls_in(view, "connected"))
            assert (view.calls[0].agent_id, agent(view, 1).state) == (2, "wrap_up")
            await talk.citizen.hang_up()
            await until(runner, lambda view: not view.calls)
            await nobody_is_left(talk)
    kinds = kinds_of(talk.engine, talk.call_id)
    assert kinds.count("TransferCompleted") == kinds.count("TransferAnswered") == 1


async def test_a_consultation_that_an_older_leader_orders_is_sent_back(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "older_leader") as talk:
        newer = {"Action": "Setvar", "Variable": "CC_EPOCH", "Value": str(talk.runner.epoch + 1)}
        await centre_manager.send(**newer)
        await ask(talk.runner, r.TransferToAgent, 1, call_id=talk.call_id, to_agent_id=2, speak_first=True)
        await until(talk.runner, lambda _: "TransferFailed" in kinds_of(talk.engine, talk.call_id))
        await with_agent_one(talk)
        assert not any(m.first.startswith("INVITE") for m in talk.phones[1].received)
        await centre_manager.send(**(newer | {"Value": str(talk.runner.epoch)}))
        await everything_ends(talk)


async def test_every_channel_that_is_moved_carries_the_epoch_of_who_moves_it(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "moved_epoch") as talk:
        await talk.runner.stop()
        async with routing(talk.settings, talk.engine) as runner:
            talk.runner = runner
            await until(runner, lambda view: calls_in(view, "connected"))
            assert runner.epoch == 2
            await consulting(talk)
            await ask(runner, r.SteerTransfer, 1, call_id=talk.call_id, to="complete")
            view = await until(runner, lambda view: calls_in(view, "connected") and agent(view, 1).state == "wrap_up")
            leg = next(m.get("Channel") for m in centre_manager.events if m.is_user_event("TransferAnswered"))
            for channel in (view.calls[0].channel, leg):
                got = await centre_manager.send(Action="Getvar", Channel=channel, Variable="CC_EPOCH")
                assert got.get("Value") == "2"
            await everything_ends(talk)


async def test_a_caller_who_left_while_no_router_lived_leaves_no_agents_talking(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    async with conversation(centre, carrier_manager, "left_meanwhile") as talk:
        await consulting(talk)
        await talk.runner.stop()
        await talk.citizen.hang_up()
        async with routing(talk.settings, talk.engine) as runner:
            await talk.phones[0].wait_for(lambda m: m.first.startswith("BYE"))
            await talk.phones[1].wait_for(lambda m: m.first.startswith("BYE"))
            await until(runner, lambda view: not view.calls)
            await nobody_is_left(talk)
    assert kinds_of(talk.engine, talk.call_id).count("CallEnded") == 1


async def test_a_call_of_asterisks_own_queue_that_is_handed_on_is_not_over(
    centre: RunningAsterisk, carrier_manager: ManagerLine, centre_manager: ManagerLine
) -> None:
    engine = house_with_agents(centre.settings, "net_handed_on", a1=EN, a2=EN)
    log = centre.settings.data_dir / "logs" / "asterisk" / "queue_log"
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(routing(centre.settings, engine))
        phones = [await stack.enter_async_context(agent_phone(runner, centre.settings, seat)) for seat in (1, 2)]
        await ask(runner, r.SignIn, 1)
        citizen = await stack.enter_async_context(calling(carrier_manager, centre.settings.prefixes[0]))
        waits = await centre_manager.user_event("CallWaiting")
        call_id, net = waits.get("CallId"), {"Context": "safety-net", "Exten": "s", "Priority": "1"}
        await centre_manager.send(Action="Redirect", Channel=waits.get("Channel"), **net)  # as if no router had lived
        free = {"Action": "QueuePause", "Interface": "PJSIP/agent-001", "Paused": "false"}
        while (await centre_manager.send(**free)).get("Response") != "Success":  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.05)
        phones[0].answer(await phones[0].invited())
        await until(runner, lambda view: calls_in(view, "connected"))
        await make_ready(runner, 2)
        await ask(runner, r.TransferToAgent, 1, call_id=call_id, to_agent_id=2, speak_first=True)
        phones[1].answer(await phones[1].invited())
        await until(runner, lambda view: agent(view, 2).state == "on_call")
        await ask(runner, r.SteerTransfer, 1, call_id=call_id, to="complete")
        await until(runner, lambda view: calls_in(view, "connected") and agent(view, 1).state == "wrap_up")
        await eventually(lambda: "|COMPLETEAGENT|" in log.read_text() or None, 10, lambda: "the log of the queue")
        async with asyncio.timeout(20):
            while "NETTED" in log.read_text():
                await runner._net.learn()
                await asyncio.sleep(0.05)
        assert "CallEnded" not in kinds_of(engine, call_id), "Asterisk's queue is done with it; the call goes on"
        await citizen.hang_up()
        await until(runner, lambda view: not view.calls)
    assert kinds_of(engine, call_id).count("CallEnded") == 1
