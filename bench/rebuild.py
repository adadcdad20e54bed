"""`python -m bench.rebuild [WAITING] [ROUNDS]`: how long a router that starts again needs until its line stands.

A manager interface that is no Asterisk but speaks like one holds 1,000 callers in `[waiting]`; the journal (SQLite)
knows them, 200 agents, and 100 citizens who keep a place to be called back. The clock runs from before the runner is
made, over the database, the link and the snapshot, until every caller is in line in the old order and every agent is
as before. Goal: under 2 s.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from bench.stage import machine, own_house, print_table, quantile
from contact_centre.channel_vars import Var
from contact_centre.database import connect, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from contact_centre.states import AgentState, CallState
from contact_centre.tables import AgentRow, AgentSkill
from queue_manager.runner import Runner

AGENTS, KEPT = 200, 100
GOAL_S = 2.0
PATIENT_RULES = (
    "callback: {most: 1000, keep_h: 300, hours: {mon-sun: 00:00-00:01}}\n"
    "queues:\n  general:\n    title: {en: General, sw: Jumla}\n"
)
"""Nobody is turned away nor called back while it is measured."""


class HollowManager:
    """Says what an Asterisk with these callers would say, and does nothing."""

    def __init__(self, waiting: int, began: datetime) -> None:
        """Callers who began to wait one second after another."""
        self._channels = [_channel(number, began + timedelta(seconds=number)) for number in range(waiting)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One link."""
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        action: dict[str, str] = {}
        try:
            while raw := await reader.readline():
                name, _, value = raw.decode().strip().partition(": ")
                if name:
                    action[name] = value
                elif action:
                    writer.write(self._answer(action).encode())
                    action = {}
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _answer(self, action: dict[str, str]) -> str:
        id_ = f"ActionID: {action.get('ActionID', '')}\r\n"
        said = f"Response: Success\r\n{id_}Message: ok\r\n\r\n"
        match action.get("Action"):
            case "Login":
                said += "Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n"
            case "PJSIPShowContacts":
                said += f"Event: ContactListComplete\r\n{id_}EventList: Complete\r\nListItems: 0\r\n\r\n"
            case "CoreShowChannels":
                said += "".join(f"Event: CoreShowChannel\r\n{id_}{channel}\r\n" for channel in self._channels)
                said += f"Event: CoreShowChannelsComplete\r\n{id_}EventList: Complete\r\nListItems: 1\r\n\r\n"
            case _:
                pass
        return said


def _channel(number: int, since: datetime) -> str:
    known = {
        Var.CALL_ID: f"call-{number:05d}",
        Var.LEG: "caller",
        Var.STATE: "waiting",
        Var.LANGUAGE: "sw" if number % 3 else "en",
        Var.QUEUE: "general",
        Var.SKILLS: f"language:{'sw' if number % 3 else 'en'}",
        Var.PRIORITY: "0",
        Var.WAITING_SINCE: f"{since.timestamp():.3f}",
    }
    lines = [f"Channel: PJSIP/trunk-{number:08x}", f"Uniqueid: 1790000000.{number}", "ChannelStateDesc: Up"]
    lines += [f"ChanVariable: {name}={known.get(name, '')}" for name in Var]
    return "".join(f"{line}\r\n" for line in lines)


def remembered(settings: Settings, waiting: int, began: datetime) -> None:
    """A database whose journal knows the callers and the agents."""
    migrate(settings.url)
    engine = connect(settings.url)
    with session_scope(engine) as session:
        for seat in range(1, AGENTS + 1):
            session.add(AgentRow(id=seat, extension=f"agent-{seat:03d}", name=f"Agent {seat}"))
            session.flush()
            session.add(AgentSkill(agent_id=seat, skill="language:sw", level=3))
    facts = [Fact(kind, began, None, seat) for seat in range(1, AGENTS + 1)
             for kind in (Kind.AGENT_SIGNED_IN, Kind.AGENT_READY)]  # fmt: skip
    for number in range(waiting):
        payload = {"queue": "general", "language": "sw", "skills": ["language:sw"], "priority": 0}
        facts.append(Fact(Kind.CALL_WAITING, began + timedelta(seconds=number), f"call-{number:05d}", None, payload))
    for number in range(KEPT):
        since = began - timedelta(minutes=number)
        payload = {"queue": "general", "language": "sw", "skills": ["language:sw"], "priority": 0}
        asked = payload | {"number_id": number + 1, "waiting_since": since.isoformat()}
        call = f"kept-{number:05d}"
        facts += [
            Fact(Kind.CALL_WAITING, since, call, None, payload),
            Fact(Kind.CALLBACK_ASKED, since + timedelta(seconds=60), call, None, asked),
        ]
    Journal(engine, settings.data_dir / "spool" / "made.jsonl").append(*facts)
    engine.dispose()


async def one_start(settings: Settings, waiting: int) -> float:
    """Seconds from nothing to a line that stands."""
    started = time.perf_counter()
    runner = Runner(settings, connect(settings.url))
    try:
        await runner.start()
        with runner.subscribe() as changed:
            async with asyncio.timeout(60):
                while True:
                    changed.clear()
                    view = runner.view()
                    if view.link_up and sum(call.position is not None for call in view.calls) == waiting + KEPT:
                        break
                    await changed.wait()
        took = time.perf_counter() - started
        line = sorted(
            (call for call in view.calls if call.waiting_since), key=lambda call: call.waiting_since or view.at
        )
        assert [call.position for call in line] == list(range(1, waiting + KEPT + 1)), "another order"
        assert sum(call.state is CallState.CALLBACK for call in line) == KEPT, "a place was lost"
        assert all(agent.state is AgentState.READY for agent in view.agents), "another state"
        return took
    finally:
        await runner.stop()


async def measure(waiting: int, rounds: int) -> list[float]:
    """Each start's seconds."""
    began = datetime.now(UTC) - timedelta(seconds=waiting + 5)
    with own_house(agent_seats=AGENTS) as plain:
        plain.data_dir.mkdir(parents=True, exist_ok=True)
        rules = plain.data_dir / "routing.yaml"
        rules.write_text(PATIENT_RULES)
        settings = plain.model_copy(update={"routing": rules})
        remembered(settings, waiting, began)
        manager = HollowManager(waiting, began)
        server = await asyncio.start_server(manager.serve, "127.0.0.1", settings.manager_port)
        async with server:
            return [await one_start(settings, waiting) for _ in range(rounds)]


def main(waiting: int = 1000, rounds: int = 7) -> None:
    """Measure and print."""
    took = asyncio.run(measure(waiting, rounds))
    print(machine())
    print_table(
        ("waiting", "agents", "starts", "median s", "most s"),
        [(f"{waiting:,}", AGENTS, len(took), f"{quantile(took, 0.5):.2f}", f"{max(took):.2f}")],
    )
    print(f"goal, under {GOAL_S:.0f} s: {'met' if max(took) < GOAL_S else 'missed'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
