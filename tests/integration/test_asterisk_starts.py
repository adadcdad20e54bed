"""A real Asterisk starts with the rendered configuration and has nothing to complain about."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from running_asterisk import as_environment, house, start_carrier, start_centre


@pytest.mark.parametrize("directory", ["house", "a house with spaces", "deep" * 30])
def test_it_starts_without_a_warning(directory: str, tmp_path: Path, asterisk_found: object) -> None:
    settings = house(tmp_path / directory)
    with start_centre(settings) as centre, start_carrier(settings) as carrier:
        assert centre.complaints() == []
        assert carrier.complaints() == []
        assert {path.stat().st_mode & 0o077 for path in centre.rendered.iterdir()} == {0}


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path, asterisk_found: object) -> None:
    settings = house(tmp_path / "house")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", settings.sip_port))
        ended = subprocess.run(
            [sys.executable, "-m", "asterisk_conf"], env=as_environment(settings), capture_output=True, text=True
        )
    assert ended.returncode == 1
    assert ended.stderr == (
        f"asterisk: sip_port: UDP port {settings.sip_port} on 127.0.0.1 cannot be had: another program has it\n"
    )
