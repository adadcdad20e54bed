"""Simulated citizens: who calls when, and what they do on the line."""

from __future__ import annotations

import random
from dataclasses import dataclass

from contact_centre.errors import Refused
from demonstration.carrier import Carrier, Line


@dataclass(frozen=True, slots=True)
class Plan:
    """What one citizen will do."""

    kind: str
    """`machine` listens and hangs up, `agent` asks for a person, `impatient` gives up while waiting."""
    caller: str
    keys: str
    stays_s: float
    """How long after the last key, unless the other side ends first (s)."""


def plan(chance: random.Random, known_numbers: list[str]) -> Plan:
    """One citizen; about half want a person, some of whom do not wait for long."""
    kind = chance.choices(["machine", "agent", "impatient"], [45, 45, 10])[0]
    if known_numbers and chance.random() < 0.7:
        caller = chance.choice(known_numbers)
    else:
        caller = f"07{chance.randrange(10**8):08d}"
    language = chance.choice("12")
    if kind == "machine":
        return Plan(kind, caller, language + "".join(chance.choice("1234") for _ in range(3)), chance.uniform(8, 25))
    topic = chance.choice(["", "1", "2", "3", "4", "5"])
    return Plan(kind, caller, language + topic + "0", chance.uniform(4, 12) if kind == "impatient" else 600)


async def live(carrier: Carrier, number: str, what: Plan) -> None:
    """Make the call and do as planned."""
    line: Line = await carrier.place(number, what.caller)
    try:
        await line.answered()
        for key in what.keys:
            await _stay(line, random.uniform(1.5, 4))
            await line.press(key)
        await _stay(line, what.stays_s)
    except (Refused, TimeoutError):
        pass  # the other side ended first, or never answered: the caller of this counts calls, not reasons
    finally:
        await line.hang_up()
        line.heard.unlink(missing_ok=True)


async def _stay(line: Line, seconds: float) -> None:
    try:
        await line.ended(seconds)
    except TimeoutError:
        return
    raise Refused("ended", "the other side ended the call")
