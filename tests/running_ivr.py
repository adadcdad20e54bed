"""The real `python -m ivr` beside a real Asterisk, for tests; prompts are made once per machine and shared."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from running_asterisk import as_environment
from sqlalchemy import Engine

from contact_centre.database import connect, read_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import last_position, read_after
from contact_centre.migrate import migrate
from contact_centre.settings import PROJECT_ROOT, Settings

START_TIMEOUT_S = 60.0


def share_prompts(settings: Settings) -> None:
    """Let this house use the prompts that other tests made: they are kept by what they say, so none can be stale."""
    shared = settings.cache_dir / "test-prompts"
    shared.mkdir(parents=True, exist_ok=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    link = settings.data_dir / "prompts"
    if not link.exists():
        link.symlink_to(shared, target_is_directory=True)


@contextmanager
def running_ivr(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run the IVR of a house until the block ends; its database is made first."""
    share_prompts(settings)
    migrate(settings.url)
    output = settings.data_dir / "ivr.output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr"],
            cwd=PROJECT_ROOT,
            env=as_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while b"answering calls" not in output.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the IVR did not start:\n{output.read_text()[-2000:]}")
            time.sleep(0.02)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


class JournalWatch:
    """Waits for facts that others write."""

    def __init__(self, settings: Settings) -> None:
        """Only facts from now on are seen."""
        self.engine: Engine = connect(settings.url)
        with read_scope(self.engine) as session:
            self.position = last_position(session)
        self.seen: list[Fact] = []

    def fact(self, kind: Kind, timeout_s: float = 20, **payload: object) -> Fact:
        """The next fact of a kind with this payload; facts before it are passed over."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with read_scope(self.engine) as session:
                for recorded in read_after(session, self.position):
                    self.position = recorded.position
                    self.seen.append(recorded.fact)
                    if recorded.fact.kind is kind and payload.items() <= dict(recorded.fact.payload).items():
                        return recorded.fact
            time.sleep(0.02)
        pytest.fail(f"no {kind} {payload} in the journal; seen: {[(f.kind.value, f.payload) for f in self.seen]}")
