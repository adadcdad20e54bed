"""Real Asterisks for tests: a centre and a telephone company, on ports from the system, in directories that go away.

Fixtures (session): `asterisk_found`, `house_settings`, `centre`, `carrier`; (test) `centre_manager`, `carrier_manager`.
A test that needs a house of its own calls `house(data_dir, …)` and `start_centre` / `start_carrier` itself.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from manager_line import ManagerLine

from asterisk_conf import embedded
from asterisk_conf.embedded import Asterisk
from contact_centre.settings import PROJECT_ROOT, Settings

START_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class RunningAsterisk:
    """One Asterisk that is up."""

    settings: Settings
    rendered: Path
    process: subprocess.Popen[bytes]
    output: Path
    """What it wrote: its log is in there."""
    user: str
    manager_port: int

    @property
    def secret(self) -> str:
        """The manager's secret."""
        return self.settings.secrets["manager" if self.user == "huduma" else "carrier"]

    def complaints(self) -> list[str]:
        """Warnings and errors logged so far."""
        return [line for line in self.output.read_text().splitlines() if re.search(r"\] (WARNING|ERROR)\[", line)]

    def stop(self) -> None:
        """End it and wait until it has ended."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def free_ports(count: int) -> list[int]:
    """Ports that are free for UDP and for TCP on loopback just now, all different."""
    with ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            tcp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            ports.append(tcp.getsockname()[1])
        return ports


def house(data_dir: Path, **changes: Any) -> Settings:
    """Settings of a house of its own: everything in `data_dir`, every port its own, nothing from the environment."""
    sip, carrier, http, manager, carrier_manager, fastagi, console = free_ports(7)
    rtp = random.randrange(20000, 31000, 2)
    own: dict[str, Any] = {
        "data_dir": data_dir,
        "sip_port": sip,
        "trunk_port": carrier,
        "carrier_sip_port": carrier,
        "asterisk_http_port": http,
        "manager_port": manager,
        "carrier_manager_port": carrier_manager,
        "fastagi_port": fastagi,
        "console_port": console,
        "rtp_first_port": rtp,
        "rtp_last_port": rtp + 599,
        "agent_seats": 12,
        "web_seats": 3,
        "rejoin_s": 3,
    }
    return Settings(**(own | changes))


def as_environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process of the house reads these settings."""
    values = settings.model_dump(mode="json", exclude_unset=True)
    mine = {
        f"HUDUMA_{key.upper()}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }
    others = {key: value for key, value in os.environ.items() if not key.startswith("HUDUMA_")}
    return others | mine | {"HUDUMA_CONFIG": os.devnull}


def ended(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this house to its end: the words after `python -m`."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=PROJECT_ROOT,
        env=as_environment(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def start_centre(settings: Settings) -> Iterator[RunningAsterisk]:
    """Run the centre's Asterisk as the house does, until the block ends."""
    with _started(settings, [], settings.data_dir / "asterisk", "huduma", settings.manager_port) as running:
        yield running


@contextmanager
def start_carrier(settings: Settings) -> Iterator[RunningAsterisk]:
    """Run the telephone company's Asterisk, until the block ends."""
    with _started(settings, ["carrier"], settings.data_dir / "carrier", "carrier", settings.carrier_manager_port) as up:
        yield up


@contextmanager
def _started(
    settings: Settings, arguments: list[str], rendered: Path, user: str, port: int
) -> Iterator[RunningAsterisk]:
    output = settings.data_dir / f"{rendered.name}.output"
    output.parent.mkdir(parents=True, exist_ok=True)
    assert settings.secrets  # made before two processes want to make them
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "asterisk_conf", *arguments],
            cwd=PROJECT_ROOT,
            env=as_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    running = RunningAsterisk(settings, rendered, process, output, user, port)
    try:
        until_ready(running)
        yield running
    finally:
        running.stop()


def until_ready(running: RunningAsterisk) -> None:
    """Wait until it says that it is ready; fail with its last words when it does not."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and running.process.poll() is None:
        if "Asterisk Ready." in running.output.read_text():
            return
        time.sleep(0.02)
    pytest.fail(f"Asterisk did not start:\n{running.output.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def asterisk_found() -> Asterisk:
    """The Asterisk that this machine runs: found, or unpacked the first time."""
    return embedded.find(Settings())


@pytest.fixture(scope="session")
def house_settings(asterisk_found: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the house that a session's tests share: what answers its calls there comes by FastAGI."""
    return house(tmp_path_factory.mktemp("house"), speech="keys")


@pytest.fixture(scope="session")
def centre(house_settings: Settings) -> Iterator[RunningAsterisk]:
    """The centre's Asterisk, with no IVR, router or console."""
    with start_centre(house_settings) as running:
        yield running


@pytest.fixture(scope="session")
def carrier(house_settings: Settings) -> Iterator[RunningAsterisk]:
    """The telephone company that is this centre's trunk."""
    with start_carrier(house_settings) as running:
        yield running


@pytest.fixture
async def centre_manager(centre: RunningAsterisk) -> AsyncIterator[ManagerLine]:
    """An AMI link to the centre."""
    async with ManagerLine.to(centre.manager_port, centre.user, centre.secret) as line:
        yield line


@pytest.fixture
async def carrier_manager(carrier: RunningAsterisk) -> AsyncIterator[ManagerLine]:
    """An AMI link to the telephone company."""
    async with ManagerLine.to(carrier.manager_port, carrier.user, carrier.secret) as line:
        yield line
