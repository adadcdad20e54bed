"""`python -m bench.ready_to_ringing [PAIRS] [--waiting N]`: an agent becomes ready; when does it ring?

Two ways on one Asterisk, turn by turn, each with a caller of its own who waits already:

- ours: `SetReady` is asked of the runner -> the journal (SQLite) -> AMI -> `Redirect` -> `Dial` -> INVITE at the phone;
- Asterisk's `Queue()`: its paused member is unpaused by AMI `QueuePause` -> INVITE at the phone.

With `--waiting N`, N more callers hold in each line all the while: in ours such as this agent cannot take, because they
speak Kiswahili; in `Queue()` whoever is first is rung and stays. The forecast knows lengths of conversations and plays
the line forward, as it does in a house that works.

Both clocks start before the request is sent and stop when the INVITE is read from the phone's socket, in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from asterisk_conf.credentials import let_in
from bench.stage import centre_with, machine, own_house, print_table, quantile
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.settings import Settings
from contact_centre.swiftness import be_swift
from queue_manager import requests as r
from queue_manager.runner import Runner
from queue_manager.view import CallView, View

from manager_line import ManagerLine  # isort: skip
from routed_house import agent, ask, calls_in, house_with_agents, routing, until  # isort: skip
from running_asterisk import start_carrier  # isort: skip
from subscriber import calling  # isort: skip
from udp_phone import UdpPhone  # isort: skip

SECRET = "only-for-this-measurement"
QUEUE_NUMBER, HOLDING_NUMBER = "7001", "7002"
"""What is dialled into Asterisk's own queue, and by those who hold in ours."""
REGISTERED_S = 600
"""As long as Asterisk lets a telephone register for; about 230 pairs (s)."""
LONGEST_PHASE_S = 1.2
"""`Queue()` looks once a second; the moment of becoming ready is spread over more than that (s)."""
ADDITIONS = {
    "queues.conf": "\n[bench]\nstrategy=rrmemory\nringinuse=no\nretry=1\nwrapuptime=0\nannounce-frequency=0\n",
    "extensions.conf": f"\n[from-trunk](+)\nexten => {QUEUE_NUMBER},1,Answer()\n same => n,Queue(bench)\n"
    f"exten => {HOLDING_NUMBER},1,Set(CC_LANG=sw)\n same => n,Goto(caller-id,s,1)\n",
    "manager.conf": f"\n[bench]\nsecret={SECRET}\nread=system,call,agent\nwrite=system,call,agent,reporting\n",
}


RULES = "queues:\n  general:\n    title: {en: General, sw: Jumla}\n"
"""Whoever holds, holds: nobody is turned away, flows over or is offered more widely while it is measured."""
TALKED_S = 240
EARLIER = 60
"""Conversations that the journal knows, so that waits can be forecast."""


def speaks_english(view: View) -> list[CallView]:
    """The caller whom the agent may take, as far as they wait."""
    return [call for call in calls_in(view, "waiting") if call.language == "en"]


def earlier_calls(engine: Engine, settings: Settings) -> None:
    """Conversations of yesterday."""
    at, facts = datetime.now(UTC) - timedelta(days=1), []
    for number in range(EARLIER):
        call, agent_id = f"earlier-{number}", 1
        waits = {"queue": "general", "language": "en", "skills": [], "priority": 0}
        offered = {"offer_id": call, "queue": "general", "eligible": [1], "decided_by": "only_one"}
        facts += [
            Fact(Kind.CALL_WAITING, at, call, None, waits),
            Fact(Kind.CALL_OFFERED, at, call, agent_id, offered),
            Fact(Kind.CALL_CONNECTED, at + timedelta(seconds=2), call, agent_id, {"offer_id": call}),
            Fact(Kind.CALL_ENDED, at + timedelta(seconds=TALKED_S), call, None, {"by": "caller", "cause": 16}),
        ]
        at += timedelta(seconds=TALKED_S)
    Journal(engine, settings.data_dir / "spool" / "earlier.jsonl").append(*facts)


@asynccontextmanager
async def holding(runner: Runner, line: ManagerLine, carrier: ManagerLine, waiting: int) -> AsyncIterator[None]:
    """So many callers in each of both lines."""
    async with AsyncExitStack() as stack:
        for number in range(waiting):
            await stack.enter_async_context(calling(carrier, HOLDING_NUMBER, f"07123{number:05d}"))
            heard = len(line.events)
            await stack.enter_async_context(calling(carrier, QUEUE_NUMBER, f"07124{number:05d}"))
            await line.wait_for(lambda message: message.get("Event") == "QueueCallerJoin", since=heard)
        await until(runner, lambda view: len(calls_in(view, "waiting")) == waiting)
        yield


@asynccontextmanager
async def telephone(runner: Runner, settings: Settings, agent_id: int) -> AsyncIterator[UdpPhone]:
    """An agent's telephone that stays registered for the whole run."""
    name, password = f"agent-{agent_id:03d}", secrets.token_urlsafe(24)
    for action in let_in(name, password):
        await runner.ami(action)
    async with UdpPhone.plugged_in(name, settings.sip_port) as phone:
        assert await phone.register(password, REGISTERED_S) == 200
        await until(runner, lambda view: agent(view, agent_id).phone_registered)
        yield phone


async def rings_after(phone: UdpPhone, started: float, since: int) -> float:
    """Wait for the INVITE and refuse it; milliseconds from `started`."""
    invite = await phone.wait_for(lambda message: message.first.startswith("INVITE "), since=since)
    took = (time.perf_counter() - started) * 1000
    phone.reply(invite, 180, "Ringing")
    phone.refuse(invite)
    return took


async def ours(runner: Runner, carrier: ManagerLine, settings: Settings, phone: UdpPhone) -> float:
    """One call through the router; the agent goes from paused to ready."""
    async with calling(carrier, settings.prefixes[0]):
        await until(runner, speaks_english)
        await asyncio.sleep(random.uniform(0, LONGEST_PHASE_S))
        since, started = len(phone.received), time.perf_counter()
        ready = asyncio.create_task(ask(runner, r.SetReady, 1))
        took = await rings_after(phone, started, since)
        await ready
        await until(runner, lambda view: agent(view, 1).state == "paused")
    await until(runner, lambda view: all(call.language == "sw" for call in view.calls))
    return took


async def queue(line: ManagerLine, carrier: ManagerLine, phone: UdpPhone) -> float:
    """One call through `Queue()`; its member goes from paused to ready."""
    heard = len(line.events)
    async with calling(carrier, QUEUE_NUMBER):
        await line.wait_for(lambda message: message.get("Event") == "QueueCallerJoin", since=heard)
        await asyncio.sleep(random.uniform(0, LONGEST_PHASE_S))
        since, started = len(phone.received), time.perf_counter()
        unpaused = asyncio.create_task(
            line.send(Action="QueuePause", Queue="bench", Interface="PJSIP/agent-002", Paused="false")
        )
        took = await rings_after(phone, started, since)
        await unpaused
        await line.send(Action="QueuePause", Queue="bench", Interface="PJSIP/agent-002", Paused="true")
    await line.wait_for(lambda message: message.get("Event") == "QueueCallerAbandon", since=heard)
    return took


async def measure(settings: Settings, pairs: int, waiting: int) -> tuple[list[float], list[float]]:
    """Samples of both (ms)."""
    engine = house_with_agents(settings, "bench", a1={"language:en": 3}, a2={})
    earlier_calls(engine, settings)
    ours_ms: list[float] = []
    queue_ms: list[float] = []
    async with AsyncExitStack() as stack:
        runner = await stack.enter_async_context(routing(settings, engine))
        line = await stack.enter_async_context(ManagerLine.to(settings.manager_port, "bench", SECRET))
        carrier_to = ManagerLine.to(settings.carrier_manager_port, "carrier", settings.secrets["carrier"])
        carrier = await stack.enter_async_context(carrier_to)
        ours_phone = await stack.enter_async_context(telephone(runner, settings, 1))
        await ask(runner, r.SignIn, 1)
        queue_phone = await stack.enter_async_context(telephone(runner, settings, 2))
        await line.send(Action="QueueAdd", Queue="bench", Interface="PJSIP/agent-002", Paused="true")
        await stack.enter_async_context(holding(runner, line, carrier, waiting))
        be_swift()  # as a process that routes does when it starts
        for _ in range(pairs):
            ours_ms.append(await ours(runner, carrier, settings, ours_phone))
            queue_ms.append(await queue(line, carrier, queue_phone))
            if len(ours_ms) % 20 == 0:
                print(f"{len(ours_ms)} of {pairs}", file=sys.stderr, flush=True)
    engine.dispose()
    return ours_ms, queue_ms


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.ready_to_ringing")
    parser.add_argument("pairs", type=int, nargs="?", default=100, help="samples of each way (default: %(default)s)")
    parser.add_argument("--waiting", type=int, default=0, metavar="N", help="callers who hold in each line meanwhile")
    asked = parser.parse_args(arguments)
    with own_house() as plain:
        plain.data_dir.mkdir(parents=True, exist_ok=True)
        rules = plain.data_dir / "routing.yaml"
        rules.write_text(RULES)
        settings = plain.model_copy(update={"routing": rules})
        with centre_with(settings, ADDITIONS), start_carrier(settings):
            ours_ms, queue_ms = asyncio.run(measure(settings, asked.pairs, asked.waiting))
    rows = [
        [name, len(ms), *(f"{quantile(ms, share):.1f}" for share in (0.5, 0.9, 0.99, 1))]
        for name, ms in (("the router, by Redirect", ours_ms), ("`Queue()`", queue_ms))
    ]
    print(f"Ready to ringing, {asked.pairs} pairs turn by turn, {asked.waiting} more waiting each way; {machine()}\n")
    print_table(["way", "calls", "median ms", "p90 ms", "p99 ms", "most ms"], rows)
    ratio, p99 = quantile(queue_ms, 0.5) / quantile(ours_ms, 0.5), quantile(ours_ms, 0.99)
    print(f"ratio of the medians {ratio:.0f} (goal: 50 or more) · our p99 {p99:.1f} ms (goal: under 50 ms)")


if __name__ == "__main__":
    main(sys.argv[1:])
