"""`python -m bench.calls_held [AT_ONCE …]`: how many callers the IVR holds at once with no failed call.

SIPp raises the number of callers step by step. Each caller stays for about 20 s in the real menu (a language or a menu,
presses on, goes back, hears it again), with audio from Asterisk all the while. A step is carried when

- no call failed (refused, cut off, or ended before the caller hung up);
- 99 of 100 calls were answered within `ANSWER_BOUND_MS`;
- every caller's keys led where they lead: the journal holds as many visited menus as the keys make.

The first step that is not carried ends the run; the step before it is the number.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import sipp
from bench.ivr_cpu import CALLERS, make_known
from bench.processor_time import used_s, wait_until_idle
from bench.stage import centre_with, machine, own_house, print_table, quantile
from contact_centre.database import connect, read_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from contact_centre.tables import FactRow

from running_ivr import running_ivr  # isort: skip

AT_ONCE = (50, 100, 200, 300, 400, 500, 650, 800)
ANSWER_BOUND_MS = 1000.0
STEPS: Sequence[sipp.Step] = ((3000, "2"), (4000, "*"), (4000, "2"), (4000, "*"), (5000, ""))
STAY_S = sum(ms for ms, _ in STEPS) / 1000
VISITS = 5
"""Menus that one caller visits: main, travel, main, travel, main."""
LATE_FACTS_S = 3.0
"""The journal may be so far behind when the last caller has left (s)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ramp."""

    at_once: int
    calls: int
    failed: int
    wrong_visits: int
    p99_ms: float
    cores: float
    """Processor time of Asterisk and the IVR per second, over the whole step."""

    @property
    def carried(self) -> bool:
        """Whether every caller was served."""
        return not (self.failed or self.wrong_visits) and self.p99_ms <= ANSWER_BOUND_MS


def visits(settings: Settings) -> int:
    """Menus visited so far, by the journal."""
    engine = connect(settings.url)
    with read_scope(engine) as session:
        count = session.scalar(select(func.count()).where(FactRow.kind == Kind.MENU_VISITED.value))
    engine.dispose()
    return count or 0


def ramp(settings: Settings, ladder: Sequence[int]) -> list[Rung]:
    """Raise the number of callers until a step is not carried."""
    rungs: list[Rung] = []
    with running_ivr(settings) as ivr, sipp.audio_sink() as audio_port:
        wait_until_idle([ivr.pid])
        make_known(settings)
        with centre_with(settings, {}) as asterisk:
            pids = [asterisk.process.pid, ivr.pid]
            for at_once in ladder:
                calls, per_s = round(at_once * 1.2), at_once / STAY_S
                before, used, since = visits(settings), used_s(pids), time.monotonic()
                result = sipp.call(
                    settings, settings.prefixes[0], STEPS, CALLERS, calls=calls, per_s=per_s, audio_port=audio_port
                )
                cores = (used_s(pids) - used) / (time.monotonic() - since)
                time.sleep(LATE_FACTS_S)
                p99 = quantile(result.answered_ms, 0.99) if result.answered_ms else float("inf")
                wrong = abs(visits(settings) - before - VISITS * calls)
                rungs.append(Rung(at_once, calls, result.failed, wrong, p99, cores))
                print(rungs[-1], file=sys.stderr, flush=True)
                if not rungs[-1].carried:
                    break
    return rungs


def main(arguments: list[str]) -> None:
    """Measure and print."""
    with own_house(rtp_first_port=31000, rtp_last_port=32999, speech="keys") as settings:
        rungs = ramp(settings, [int(number) for number in arguments] or AT_ONCE)
    print(f"Callers held at once by the IVR; {machine()}\n")
    print_table(
        ["callers at once", "calls", "failed", "wrong visits", "answered p99 ms", "cores", "carried"],
        [
            [r.at_once, r.calls, r.failed, r.wrong_visits, f"{r.p99_ms:.0f}", f"{r.cores:.2f}",
             "yes" if r.carried else "no"]
            for r in rungs
        ],
    )  # fmt: skip
    held = max((rung.at_once for rung in rungs if rung.carried), default=0)
    print(f"held: {held} callers at once" + ("" if rungs[-1].carried else f"; not {rungs[-1].at_once}"))


if __name__ == "__main__":
    main(sys.argv[1:])
