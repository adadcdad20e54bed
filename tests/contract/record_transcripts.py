"""Records what a real Asterisk says on AMI, for the contract tests: `python tests/contract/record_transcripts.py`.

Run it again when Asterisk or the dialplan changes. Numbers and names of callers are left out of the files.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from manager_line import ManagerLine
from routed_house import agent_phone, calls_in, house_with_agents, make_ready, routing, until
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from subscriber import calling

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts"
PERSONAL = re.compile(r"(Dest)?(Effective)?(CallerID|ConnectedLine|AccountCode)", re.IGNORECASE)
KEPT = {
    "UserEvent", "Hangup", "Hold", "Unhold", "ContactStatus", "ContactList", "ContactListComplete",
    "CoreShowChannel", "CoreShowChannelsComplete", "FullyBooted", "Newchannel", "DialBegin", "DialEnd",
}  # fmt: skip
ENGLISH = {"language:en": 3}


def scrubbed(raw: str) -> str | None:
    """One message without what is personal; None for a message that says nothing to the router."""
    lines = [line for line in raw.split("\r\n") if line and not PERSONAL.match(line)]
    event = next((line.removeprefix("Event: ") for line in lines if line.startswith("Event: ")), "")
    return "\r\n".join(lines) if event in KEPT else None


@asynccontextmanager
async def recording(centre: RunningAsterisk, name: str, *, actions: tuple[str, ...] = ()) -> AsyncIterator[None]:
    """Write everything that comes on a link of its own to `transcripts/NAME.txt`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", centre.manager_port)
    await reader.readline()
    for action in (f"Action: Login\r\nUsername: {centre.user}\r\nSecret: {centre.secret}", *actions):
        writer.write(f"{action}\r\n\r\n".encode())
    heard: list[bytes] = []

    async def listen() -> None:
        while b"the-end" not in b"".join(heard[-2:]) and (data := await reader.read(65536)):
            heard.append(data)

    listening = asyncio.create_task(listen())
    try:
        yield
        await asyncio.sleep(0.5)  # each link has its own queue: give the last events their time
        writer.write(b"Action: Ping\r\nActionID: the-end\r\n\r\n")
        await asyncio.wait_for(listening, 10)
    finally:
        listening.cancel()
        writer.close()
    messages = [scrubbed(raw) for raw in b"".join(heard).decode().split("\r\n\r\n")]
    kept = [message for message in messages if message]
    (TRANSCRIPTS / f"{name}.txt").write_bytes(("\r\n\r\n".join(kept) + "\r\n\r\n").encode())
    print(f"{name}: {len(kept)} messages")


async def record(centre: RunningAsterisk, carrier: ManagerLine) -> None:
    """Each scenario once."""
    settings = centre.settings
    engine = house_with_agents(settings, "recorded", a1=ENGLISH, a2=ENGLISH)
    async with routing(settings, engine) as runner:
        async with recording(centre, "answered"), agent_phone(runner, settings, 1) as phone:
            await make_ready(runner, 1)
            async with calling(carrier, "1919"):
                phone.answer(await phone.invited())
                await until(runner, lambda view: calls_in(view, "connected"))
            await until(runner, lambda view: not view.calls)
        async with agent_phone(runner, settings, 2) as phone:
            await make_ready(runner, 2)
            async with recording(centre, "busy"), calling(carrier, "1919"):
                phone.refuse(await phone.invited())
                await until(runner, lambda view: calls_in(view, "waiting"))
            await make_ready(runner, 2)
            async with recording(centre, "rejoin"), calling(carrier, "1919"):
                invite = await phone.invited(since=len(phone.received))
                phone.answer(invite)
                await until(runner, lambda view: calls_in(view, "connected"))
                before = len(phone.received)
                await phone.hang_up(invite)
                again = await phone.invited(since=before)
                phone.answer(again)
                await until(runner, lambda view: calls_in(view, "connected"))
                async with calling(carrier, "191907"):
                    await until(runner, lambda view: calls_in(view, "waiting"))
                    asked = ("Action: PJSIPShowContacts", "Action: CoreShowChannels\r\nActionID: list")
                    async with recording(centre, "snapshot", actions=asked):
                        pass


async def main() -> None:
    """A centre and a telephone company of their own."""
    settings = house(Path(tempfile.mkdtemp(prefix="huduma-transcripts-")), rejoin_s=5)
    with start_centre(settings) as centre, start_carrier(settings) as company:
        async with ManagerLine.to(company.manager_port, company.user, company.secret) as line:
            await record(centre, line)


if __name__ == "__main__":
    asyncio.run(main())
