"""`python -m queue_manager` as a process that tests may kill."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from running_asterisk import as_environment

from contact_centre.settings import PROJECT_ROOT, Settings


@asynccontextmanager
async def router_alone(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """The router of a house, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "queue_manager",
        cwd=PROJECT_ROOT,
        env=as_environment(settings),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def says(process: asyncio.subprocess.Process, what: str) -> None:
    """Wait until the router says this."""
    assert process.stderr
    async with asyncio.timeout(30):
        while what not in (line := (await process.stderr.readline()).decode()):
            assert line, f"it ended without saying {what!r}"
