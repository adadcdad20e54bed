"""`python -m bench.ivr_cpu [ROUNDS]`: processor time of one IVR call, four ways on one Asterisk, turn by turn.

The caller is known by number. Each hears the welcome and the main menu and presses 2, hears the travel menu and
presses 1, hears what a new passport is and hangs up: 1.5 s, 0.7 s and 0.7 s of listening (a process that starts late
would miss a first key that came sooner).

- native: dialplan with `Read`, the same files, the same variables set, nothing journalled;
- ours: FastAGI to `python -m ivr` with the real menu, the number looked up, facts journalled to SQLite;
- a process for each call: an AGI script on plain pyst2 (`bench/one_process_a_call.py`), nothing journalled;
- the same process with our records: the number and each fact by the code that the IVR uses too, as one that did the
  same for a caller would have to. It starts so late that its callers listen 3 s longer first, and are fewer at once.

Counted: Asterisk, the children it waited for, and the IVR server; what they use when idle is taken off. SIPp and the
database's disk are not counted. A call that does not go through all of the dialogue makes the run fail; a batch of
processes is made anew, and that is told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from bench import sipp
from bench.processor_time import idle_rate, used_s, wait_until_idle
from bench.stage import centre_with, machine, own_house, print_table
from citizen_services.citizens import find_or_add_number, remember_language
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Kind
from contact_centre.settings import Settings
from contact_centre.tables import FactRow

from running_ivr import running_ivr  # isort: skip

CALLS = 48
"""In one batch."""
PER_S = 6.0
STEPS: Sequence[sipp.Step] = ((1500, "2"), (700, "1"), (700, ""))
CALLERS = [f"07120001{number:02d}" for number in range(40)]
SETTLE_S = 1.5
"""After a batch: the journal's last facts are written, Asterisk has let go of the channels (s)."""
IDLE_S = 6.0


@dataclass
class Way:
    """One way to hold the dialogue."""

    name: str
    number: str
    calls: int = CALLS
    per_s: float = PER_S
    steps: Sequence[sipp.Step] = STEPS
    tries: int = 1
    """How often a batch may be made anew: on a busy machine a process that starts late misses a key."""
    ms: list[float] = field(default_factory=list)
    """Processor time of one call, each batch (ms)."""
    server_ms: list[float] = field(default_factory=list)
    """The IVR server's share of it (ms)."""


def dialplan(settings: Settings) -> str:
    """The two other ways, entered as the house enters its own."""
    said, other = settings.data_dir / "prompts" / "en", settings.data_dir / "prompts" / "sw"
    words = sorted(said.glob("said-*.wav"))[0].with_suffix("")  # some answer; less than a second of it is heard
    files = [
        f"{said / 'welcome'}&{other / 'change-language'}&{said / 'menu-main'}",
        f"{said / 'menu-travel'}",
        f"{words}&{said / 'answer-keys'}",
    ]
    entered = [
        "Set(CALLERID(name)=)", "Set(CALLERID(num)=${FILTER(0-9+,${CALLERID(num):0:20})})", "Set(CC_ENTRY=main)",
        "Set(CC_CALL_ID=${UUID()})", "Set(CC_LEG=caller)", "Set(CC_STATE=ivr)",
        "Set(CC_ENTERED_AT=${STRFTIME(,,%s.%3q)})", "Answer()",
        "UserEvent(CallEntered,CallId:${CC_CALL_ID},Entry:main)", "Set(CC_LANG=en)",
    ]  # fmt: skip
    native = [
        f"Read(ONE,{files[0]},1,,1,5)", 'GotoIf($["${ONE}" != "2"]?wrong)',
        f"Read(TWO,{files[1]},1,,1,5)", 'GotoIf($["${TWO}" != "1"]?wrong)',
        f"Read(THREE,{files[2]},1,,1,5)",
    ]  # fmt: skip
    script = Path(__file__).with_name("one_process_a_call.py")
    turns = ",".join(f"{text}={key}" for text, key in zip(files, ("2", "1", "never"), strict=True))
    ways = {
        "7001": native,
        "7002": [f"AGI({sys.executable},{script},-,{turns})"],
        "7003": [f"AGI({sys.executable},{script},{settings.url},{turns})"],
    }
    return "\n[from-trunk](+)\n" + "".join(_extension(number, [*entered, *way]) for number, way in ways.items())


def _extension(number: str, steps: Sequence[str]) -> str:
    first, *rest = steps
    lines = [f"exten => {number},1,{first}", *(f" same => n,{step}" for step in rest), " same => n(wrong),Hangup(16)"]
    return "\n".join(lines) + "\n"


def make_known(settings: Settings) -> None:
    """Let the callers be people who called before and chose English."""
    engine, now = connect(settings.url), datetime.now(UTC)
    with session_scope(engine) as session:
        for caller in CALLERS:
            number = find_or_add_number(session, caller, now)
            assert number is not None
            remember_language(session, number.id, "en")
    engine.dispose()


def batch(
    settings: Settings, way: Way, pids: Sequence[int], idle: Sequence[float], audio_port: int, calls: int
) -> list[float]:
    """Milliseconds of processor time of one call in each process, over one batch.

    Raises:
        SystemExit: a call did not go through the dialogue.
    """
    for _ in range(way.tries):
        before, since = [used_s([pid]) for pid in pids], time.monotonic()
        made = sipp.call(settings, way.number, way.steps, CALLERS, calls=calls, per_s=way.per_s, audio_port=audio_port)
        time.sleep(SETTLE_S)
        took = time.monotonic() - since
        used = [used_s([pid]) for pid in pids]
        if not made.failed:
            return [(u - b - rate * took) / calls * 1000 for u, b, rate in zip(used, before, idle, strict=True)]
        print(f"{way.name}: {made.failed} of {calls} calls failed", file=sys.stderr, flush=True)
    raise SystemExit("a call did not go through the dialogue")


def answered(settings: Settings) -> int:
    """How many calls the journal says were told about a service."""
    engine = connect(settings.url)
    with read_scope(engine) as session:
        count = session.scalar(select(func.count()).where(FactRow.kind == Kind.SERVICE_ANSWERED.value))
    engine.dispose()
    return count or 0


def measure(settings: Settings, rounds: int) -> list[Way]:
    """All batches, turn by turn."""
    ways = [
        Way("native dialplan", "7001"),
        Way("FastAGI, `python -m ivr`", settings.prefixes[0]),
        Way("a pyst2 process for each call", "7002", tries=4),
        Way("the same process with our records", "7003", 8, 0.7, ((4500, "2"), *STEPS[1:]), tries=4),
    ]
    with running_ivr(settings) as ivr, sipp.audio_sink() as audio_port:
        wait_until_idle([ivr.pid])
        make_known(settings)
        with centre_with(settings, {"extensions.conf": dialplan(settings)}) as asterisk:
            pids = [asterisk.process.pid, ivr.pid]
            for way in ways:
                batch(settings, way, pids, (0, 0), audio_port, 4)  # warm: pools, file cache
            idle, before = [idle_rate([pid], IDLE_S) for pid in pids], answered(settings)
            for number in range(rounds):
                for way in ways:
                    shares = batch(settings, way, pids, idle, audio_port, way.calls)
                    way.ms.append(sum(shares))
                    way.server_ms.append(shares[1])
                found = ", ".join(f"{way.ms[-1]:.1f} ({way.server_ms[-1]:.1f})" for way in ways)
                print(f"round {number + 1} of {rounds}: {found} ms", file=sys.stderr, flush=True)
            if answered(settings) - before < rounds * (ways[1].calls + ways[3].calls):
                raise SystemExit("the menu did not answer each call")
    return ways


def main(arguments: list[str]) -> None:
    """Measure and print."""
    rounds = int(arguments[0]) if arguments else 5
    with own_house(speech="keys") as settings:
        ways = measure(settings, rounds)
    base, ours, process, whole = (median(way.ms) for way in ways)
    print(f"Processor time of one IVR call, {rounds} batches of {CALLS} calls each way, turn by turn; {machine()}\n")
    rows = [
        [
            way.name,
            *(f"{value(way.ms):.1f}" for value in (median, min, max)),
            f"{max(0.0, median(way.server_ms)):.1f}",
            f"{median(way.ms) / base:.2f}",
        ]
        for way in ways
    ]
    print_table(["way", "median ms", "least ms", "most ms", "of it the server", "to native"], rows)
    print(f"ours to native {ours / base:.2f} (goal: at most 1.6)")
    print(
        f"a process for each call to ours {process / ours:.1f} (goal: 6 or more), with our records {whole / ours:.1f}"
    )
    print(f"beyond the native dialplan: ours {ours - base:.1f} ms, a process {process - base:.1f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
