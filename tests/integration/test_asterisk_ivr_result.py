"""The IVR's last word decides where the call goes; one that is missing or unknown is a failure, never a dead line."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk
from subscriber import Refused, Subscriber, calling


async def _ivr(port: int, word: str | None, die: bool = False) -> asyncio.Server:
    """A FastAGI server that says one word (or none) and leaves, or dies in the middle of a command."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (await reader.readline()).strip():
            pass
        if word is not None:
            writer.write(f'SET VARIABLE CC_IVR_RESULT "{word}"\n'.encode())
            await reader.readline()
        if die:
            writer.write(b"WAIT FOR DIGIT 20000\n")
            await writer.drain()
            writer.transport.abort()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port)


async def _outcome(manager: ManagerLine, citizen: Subscriber) -> str:
    """`failed`, `waiting` or `ended`: what the dialplan did with the IVR's word."""
    ended = asyncio.create_task(citizen.ended())
    waiting = asyncio.create_task(manager.user_event("CallWaiting"))
    done, pending = await asyncio.wait({ended, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    if ended in done:
        return "ended"
    return "failed" if any(m.is_user_event("CallFailed") for m in manager.events) else "waiting"


@pytest.mark.parametrize(
    ("word", "die", "outcome"),
    [
        ("agent", False, "waiting"),
        ("contained", False, "ended"),
        ("hangup", False, "ended"),
        (None, False, "failed"),
        (None, True, "failed"),
        ("nonsense", False, "failed"),
        ('x\\" = \\"x\\" | 1 = 1', False, "failed"),
        ("${CC_CALL_ID}", False, "failed"),
    ],
)
async def test_where_the_call_goes(
    word: str | None,
    die: bool,
    outcome: str,
    centre: RunningAsterisk,
    centre_manager: ManagerLine,
    carrier_manager: ManagerLine,
) -> None:
    async with await _ivr(centre.settings.fastagi_port, word, die):
        if outcome == "ended":  # perhaps before the telephone company's own AMI told that it was answered
            with suppress(Refused):
                async with calling(carrier_manager, "1919") as citizen:
                    assert await _outcome(centre_manager, citizen) == outcome
            assert not [m for m in centre_manager.events if m.get("UserEvent") in ("CallWaiting", "CallFailed")]
        else:
            async with calling(carrier_manager, "1919") as citizen:
                assert await _outcome(centre_manager, citizen) == outcome
