"""A real Asterisk starts with the rendered configuration and has nothing to complain about."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from running_asterisk import ended, free_ports, house, start_carrier, start_centre


@pytest.mark.parametrize("directory", ["house", "a house with spaces", "deep" * 30])
def test_it_starts_without_a_warning(directory: str, tmp_path: Path, asterisk_found: object) -> None:
    settings = house(tmp_path / directory)
    with start_centre(settings) as centre, start_carrier(settings) as carrier:
        assert centre.complaints() == []
        assert carrier.complaints() == []
        assert {path.stat().st_mode & 0o077 for path in centre.rendered.iterdir()} == {0}


def test_behind_nat_and_over_tls_it_starts_without_a_warning(tmp_path: Path, asterisk_found: object) -> None:
    pair = [tmp_path / "certificate.pem", tmp_path / "key.pem"]
    made = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=centre -days 2".split()
    files = ["-out", str(pair[0]), "-keyout", str(pair[1])]
    subprocess.run([*made, *files], check=True, capture_output=True)
    settings = house(
        tmp_path / "house",
        sip_tls_port=free_ports(1)[0],
        tls_certificate=pair[0],
        tls_key=pair[1],
        external_address="196.200.1.7",
        local_networks=["127.0.0.0/8", "fd00::/8"],
    )
    with start_centre(settings) as centre:
        assert centre.complaints() == []
        trusting = ssl.create_default_context(cafile=str(pair[0]))
        trusting.check_hostname = False
        with (
            socket.create_connection(("127.0.0.1", settings.sip_tls_port), 5) as plain,
            trusting.wrap_socket(plain) as encrypted,
        ):
            assert encrypted.version() in ("TLSv1.2", "TLSv1.3")


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path, asterisk_found: object) -> None:
    settings = house(tmp_path / "house")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", settings.sip_port))
        refused = ended(settings, "asterisk_conf")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"asterisk: sip_port: UDP port {settings.sip_port} on 127.0.0.1 is taken (does the house run already?): "
        "stop what uses it, or set HUDUMA_SIP_PORT to another\n"
    )
