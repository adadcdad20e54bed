"""`huduma up` as a person types it: opens the house, refuses a second one, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from running_asterisk import as_environment, ended, house

from contact_centre.settings import PROJECT_ROOT, Settings
from operations.house import House, programs
from operations.steps import check_ports

pytestmark = pytest.mark.timeout(400)


HUDUMA = "contact_centre.cli"
"""`huduma …`, as the checkout's own door runs it."""


@contextmanager
def up(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """`huduma up` until the block ends: the process, what it printed until it was ready, and how long that took (s)."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", HUDUMA, "up"],
        cwd=PROJECT_ROOT,
        env=as_environment(settings) | {"COLUMNS": "300"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "logs  " in line:
                break
        else:
            pytest.fail(f"it ended: {said}")
        yield process, said, time.monotonic() - began
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait(30)


def family(pid: int) -> set[int]:
    """A process and all that came of it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(family(int(child)) for child in children))


def left(pids: set[int]) -> set[int]:
    """Who of them still runs: what ended and waits only to be counted does not."""
    states = {}
    for pid in pids:
        with suppress(OSError):
            states[pid] = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return {pid for pid, state in states.items() if state not in "ZX"}


def stop(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal, twice as an impatient person does, and give what is said until the end."""
    process.send_signal(number)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Stopping" in line:
            process.send_signal(number)
    process.wait(60)
    return said


def test_up_opens_the_house_and_ctrl_c_stops_all_of_it(tmp_path: Path, built_pages: None) -> None:
    settings = house(tmp_path / "house")
    with up(settings) as (process, said, _):
        assert "The house is open." in said
        for line in (
            f"agent's console   {settings.console_url}/agent",
            f"live board        {settings.console_url}/supervisor",
            f"citizen's page    {settings.console_url}/call",
            "sign in as agent1",
            "./huduma call 1919 --keys",
            f"logs              {settings.data_dir / 'logs'}",
        ):
            assert line in said
        states = House(settings).states()
        assert {name: state for name, (state, _) in states.items()} == {
            one.name: "RUNNING" for one in programs(settings)
        }
        everybody = family(process.pid)
        assert {pid for _, pid in states.values()} < everybody

        second = ended(settings, HUDUMA, "up")
        assert second.returncode == 1
        assert len(second.stderr.splitlines()) == 1
        assert f"UDP port {settings.sip_port} on 127.0.0.1 is taken (does the house run already?)" in second.stderr
        again = ended(settings, HUDUMA, "up", "--only-set-up")
        assert (again.returncode, again.stderr) == (0, ""), "setting up asks for no free port"
        assert re.search(r"^✓ the house +runs$", ended(settings, HUDUMA, "doctor").stdout, re.MULTILINE)

        assert "Stopping; calls in progress end now." in stop(process, signal.SIGINT)
        assert process.returncode == 0
        assert not left(everybody)
        check_ports(settings, lambda _: None)

    with up(settings) as (process, said, took_s):
        assert "The house is open." in said
        assert took_s < 30, "a second start takes seconds"
        everybody = family(process.pid)
        stop(process, signal.SIGTERM)
        assert process.returncode == 0
        assert not left(everybody)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("console_port", socket.SOCK_STREAM), ("sip_port", socket.SOCK_DGRAM), ("sip_tls_port", socket.SOCK_STREAM)],
)
def test_a_taken_port_is_one_clear_line(name: str, kind: socket.SocketKind, tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, kind)) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        refused = ended(house(tmp_path / "house", **{name: port}), HUDUMA, "up")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"huduma: {name}: ")
    assert (
        f" port {port} on 127.0.0.1 is taken (does the house run already?): stop what uses it, or set HUDUMA_" in line
    )


def test_an_address_that_is_not_here_is_no_taken_port(tmp_path: Path) -> None:
    refused = ended(house(tmp_path / "house", bind_address="192.0.2.7"), HUDUMA, "up")
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.endswith(" on 192.0.2.7 cannot be had: this machine has no such address")


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = ended(house(tmp_path / "file" / "house"), HUDUMA, "up")
    assert refused.returncode == 1
    assert refused.stderr == f"huduma: cannot write in {tmp_path}/file/house: Not a directory; set HUDUMA_DATA_DIR\n"
    assert os.listdir(tmp_path) == ["file"]
