"""A stopped process is killed within the limit; one that lives, or ends by itself, is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from contact_centre.settings import PROJECT_ROOT

LIMIT_S = 1.0
PROGRAM = f"""
import sys
from contact_centre.watchdog import Watchdog
watchdog = Watchdog({LIMIT_S})
watchdog.start()
print("lives", flush=True)
sys.stdin.readline()
watchdog.stop()
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "lives\n"
        yield process
        process.kill()


def guard_of(process: subprocess.Popen[str]) -> int:
    """The guard's pid, as soon as there is one."""
    while not (children := _children(process.pid)):
        time.sleep(0.02)
    return children[0]


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as mine:
        found = [int(child) for child in mine.read().split()]
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children") as theirs:
            found += [int(child) for child in theirs.read().split()]
    return found


def test_a_stopped_process_is_killed(process: subprocess.Popen[str]) -> None:
    guard_of(process)
    began = time.monotonic()
    os.kill(process.pid, signal.SIGSTOP)
    assert process.wait(15) == -signal.SIGKILL
    assert time.monotonic() - began < 10


def test_one_that_lives_is_left_alone_and_its_guard_goes_with_it(process: subprocess.Popen[str]) -> None:
    guard = guard_of(process)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3 * LIMIT_S)
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.wait(10) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(guard, 0)


def test_a_guard_that_was_killed_has_a_successor(process: subprocess.Popen[str]) -> None:
    first = guard_of(process)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (found := [child for child in _children(process.pid) if child != first]) == []:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGSTOP)
    assert process.wait(15) == -signal.SIGKILL
    assert found
