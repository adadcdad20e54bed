"""Places real calls from the telephone company, as a citizen would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from manager_line import ManagerLine, Message

WITHHELD = "withheld"


class Refused(Exception):
    """The call did not come about."""


class Subscriber:
    """One telephone line that is in a call."""

    def __init__(self, carrier: ManagerLine, line_id: str, channel: str) -> None:
        """Known by its id and its channel at the telephone company."""
        self.carrier = carrier
        self.line_id = line_id
        self.channel = channel

    async def press(self, digits: str) -> None:
        """Press keys one after the other, 120 ms each."""
        for digit in digits:
            await self.carrier.send(Action="PlayDTMF", Channel=self.channel, Digit=digit, Duration="120")
            await asyncio.sleep(0.3)  # the length of a key press and the pause after it

    async def into_line(self, centre: ManagerLine, timeout_s: float = 40) -> Message:
        """Press a key that refuses nothing, as one does who knows the notice of the recording, until the call waits."""
        waiting = asyncio.ensure_future(centre.user_event("CallWaiting", timeout_s))
        while not waiting.done():
            await self.press("5")
            await asyncio.wait([waiting], timeout=0.7)
        return await waiting

    async def say(self, sound: Path) -> None:
        """Play a sound file (8 kHz mono, named without `.wav`) into the line; UserEvent `LineSaid` tells its end."""
        await self.carrier.send(Action="Setvar", Channel=self.channel, Variable="SAY", Value=str(sound))
        await self.carrier.send(
            Action="Redirect", Channel=self.channel, Context="subscriber", Exten="say", Priority="1"
        )

    async def hang_up(self) -> None:
        """Put the handset down and see the line end."""
        await self.carrier.send(Action="Hangup", Channel=self.channel)
        await self.ended()

    async def ended(self, timeout_s: float = 15) -> Message:
        """The end of the line, by whichever side."""
        return await self.carrier.wait_for(
            lambda m: m.get("Event") == "Hangup" and m.get("Channel") == self.channel, timeout_s
        )


@asynccontextmanager
async def calling(
    carrier: ManagerLine, number: str, caller: str = "0712345678", heard: Path | None = None, trunk: str = "centre"
) -> AsyncIterator[Subscriber]:
    """Call `number` and be connected; hung up at the end of the block. Raises `Refused` when nobody answers.

    `trunk` is the telephone company's endpoint that leads to the centre.
    """
    line_id = uuid4().hex
    variables = {"LINE_ID": line_id} | ({"HEARD": str(heard)} if heard else {})
    if caller == WITHHELD:
        variables |= {"CONNECTEDLINE(num)": "0700000000", "CONNECTEDLINE(pres)": "prohib"}
    shown = {} if caller == WITHHELD else {"CallerID": f"<{caller}>"}
    accepted = await carrier.send(
        variables,
        Action="Originate",
        Channel=f"PJSIP/{number}@{trunk}",
        Context="subscriber",
        Exten="s",
        Priority="1",
        Timeout="15000",
        Async="true",
        ChannelId=line_id,
        **shown,
    )
    assert accepted.get("Response") == "Success", accepted.get("Message")
    outcome = await carrier.wait_for(
        lambda m: (
            (m.get("Event") == "OriginateResponse" and m.get("Uniqueid") == line_id and m.get("Response") == "Failure")
            or (m.get("Event") == "Hangup" and m.get("Uniqueid") == line_id)
            or m.is_user_event("LineAnswered", LineId=line_id)
        )
    )
    if outcome.get("UserEvent") != "LineAnswered":
        raise Refused(outcome.get("Cause") or outcome.get("Reason"))
    subscriber = Subscriber(carrier, line_id, outcome.get("Channel"))
    try:
        yield subscriber
    finally:
        if not any(m.get("Event") == "Hangup" and m.get("Uniqueid") == line_id for m in carrier.events):
            await subscriber.hang_up()
