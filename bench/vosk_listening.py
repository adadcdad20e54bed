"""`python -m bench.vosk_listening [--one-core]`: callers heard at once with Vosk, with a server, with our own model.

The callers of `bench.listening`, after the prompt: each stream is filled as Asterisk fills it, and asked again and
again for one phrase of twelve. Vosk hears Korean (the one model that a package brings), our own model Kiswahili. The
server is a stand-in for vosk-server: its protocol and its engine, served by the tests' own program. The ways take
turns, step by step, each until the 95th percentile of its lateness is beyond `BOUND_MS`. Counted as cores: the
processor time of this process, which also feeds the streams, and of the server. Memory is what an utterance adds,
server and all, while many are held at once.

`--one-core`: whatever understands words has one core and no more: the IVR's ears and engine, or the server. The callers
are on another core, and so is the IVR beside a server, which is in the server's favour. So a step that is carried is
that many streams a core.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import listening
from bench.stage import machine, print_table
from ivr.acoustic.model_file import AcousticModel
from ivr.listening import Ears
from ivr.onset import Onset
from ivr.speech import Hearing, hearing
from ivr.vosk_far import FarHearing, Servers
from ivr.vosk_recogniser import VoskHearing

from vosk_korean import korean, korean_model  # isort: skip
from vosk_server import vosk_server  # isort: skip

CANDIDATES = tuple("하나 둘 셋 넷 삼 오 육 칠 팔 구 여덟 아홉 일곱 다섯 은행 병원 학교 경찰 세금 시간 전화".split())
HELD = 24
"""Utterances that are held at once for the memory of one."""
MOST = 10_000
STAND_IN = "stand-in for vosk-server"
STEPS = {"vosk": (12, 16, 24), STAND_IN: (12, 16, 24), "own model": (40, 60, 80)}
ONE_CORE_STEPS = {"vosk": (12, 16, 20, 24), STAND_IN: (12, 16, 20, 24), "own model": (40, 60, 80, 100)}
UNDERSTANDS, FEEDS = 0, 1
"""The cores of `--one-core`."""
ENOUGH = 0.9
"""A step is carried when so many of its phrases were answered, too."""


@dataclass
class Way:
    """One engine, and what it carried."""

    name: str
    hearing: Hearing
    words: listening.Words
    server: int = 0
    """The server's process, if there is one."""
    memory_mib: float = 0.0
    """What one utterance adds; measured first, because what others gave back is used again."""
    beyond: bool = False


@contextmanager
def ways() -> Iterator[list[Way]]:
    """The three."""
    own = hearing("ctc")
    here = VoskHearing({"en": korean_model()}, own, MOST)
    in_korean = listening.Words(understood(here), "en", korean)
    with vosk_server() as address:
        (server,) = _children()
        yield [
            Way("vosk", here, in_korean),
            Way(STAND_IN, FarHearing({"en": Servers([address])}, own), in_korean, server),
            Way("own model", own, listening.KISWAHILI),
        ]


def understood(here: Hearing) -> tuple[str, ...]:
    """A dozen words that Vosk understands from this voice: lateness is measured here, not accuracy."""
    found = []
    for word in CANDIDATES:
        one = here.recogniser()
        one.start(CANDIDATES, "en")
        one.accept(listening.line_of(0.3, korean(word), 0.5))
        heard = one.finish()
        found += [word] if heard.phrase == word and heard.level == "act" else []
    return tuple(found[:12])


def memory_of_one(way: Way) -> float:
    """What one utterance in progress adds (MiB)."""
    sound = listening.line_of(0.3, way.words.said(way.words.phrases[0]), 0.3)
    held = []
    for number in range(HELD + 4):
        if number == 4:  # what the first ones load is nobody's
            before = _memory_mib(os.getpid()) + _memory_mib(way.server)
        one = way.hearing.recogniser()
        one.start(way.words.phrases, way.words.language)
        one.accept(sound)
        held.append(one)
    more = _memory_mib(os.getpid()) + _memory_mib(way.server) - before
    held.clear()  # a caller who hangs up never finishes
    return max(0.0, more) / HELD


def _children() -> list[int]:
    return [int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def cpu_s(process: int) -> float:
    """Processor time of a process so far (s)."""
    if not process:
        return 0.0
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _memory_mib(process: int) -> float:
    if not process:
        return 0.0
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def pin(process: int, core: int) -> None:
    """Let every thread of a process run on this core alone, and those that they begin."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        with suppress(ProcessLookupError):  # it has just ended
            os.sched_setaffinity(int(thread.name), {core})


def step(way: Way, at_once: int, one_core: bool) -> list[object]:
    """One row of one way."""
    if one_core:
        pin(os.getpid(), FEEDS if way.server else UNDERSTANDS)
        if way.server:
            pin(way.server, UNDERSTANDS)
    ears = Ears(way.hearing, Onset(AcousticModel()), MOST)
    before, since = cpu_s(way.server), time.monotonic()
    taken = listening.step(ears, at_once, True, way.words, FEEDS if one_core else None)
    cores = taken.cores + (cpu_s(way.server) - before) / (time.monotonic() - since)
    ears.close()
    carried = taken.late_p95_ms <= listening.BOUND_MS and taken.answered >= ENOUGH
    way.beyond = not carried
    answered, right = f"{taken.answered:.0%}", f"{taken.right:.0%}"
    late = (f"{taken.late_ms:.0f}", f"{taken.late_p95_ms:.0f}")
    memory = f"{way.memory_mib:.1f}" if way.memory_mib >= 0.1 else "< 0.1"
    told = (way.name, at_once, taken.asked, answered, right, *late, f"{cores:.2f}", memory)
    return [*told, "yes" if carried else "no"]


def main(arguments: list[str]) -> None:
    """Measure and print."""
    one_core = arguments == ["--one-core"]
    steps = ONE_CORE_STEPS if one_core else STEPS
    rows = []
    with ways() as all_ways:
        for way in all_ways:
            way.memory_mib = memory_of_one(way)
        for number in range(max(map(len, steps.values()))):
            for way in all_ways:
                if not way.beyond and number < len(steps[way.name]):
                    rows.append(step(way, steps[way.name][number], one_core))
                    print(*rows[-1], file=sys.stderr, flush=True)
    rows.sort(key=lambda row: list(steps).index(str(row[0])))
    where = "on one core" if one_core else "on all cores"
    print(f"Streams that are listened to at once, after the prompt, {where}; {machine()}\n")
    head = ("way", "streams", "phrases", "answered", "right", "late ms, median", "late ms, p95", "cores used")
    print_table((*head, "MiB a stream", "carried"), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
