"""Asks the IVR what the line said to one call from the citizen's page."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agent_console.messages import SaidLine

PATIENCE_S = 1.0
LONGEST_ANSWER = 256 * 1024
LINES = TypeAdapter(list[SaidLine])


async def said(path: Path, call_id: str, after: int) -> list[SaidLine]:
    """The lines since line `after`; none when the IVR is away or on another machine."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_ANSWER)
            try:
                writer.write(json.dumps({"call": call_id, "after": after}).encode() + b"\n")
                return LINES.validate_json(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError, ValidationError):
        return []
