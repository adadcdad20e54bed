"""The trunk's transports, as rendered: behind NAT, and over TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from running_asterisk import house

from asterisk_conf.embedded import Asterisk
from asterisk_conf.render import render_centre
from contact_centre.errors import SettingsMistake

NO_ASTERISK = Asterisk(("/bin/false",), Path("/nowhere/modules"), Path("/nowhere/data"))
TLS = {"sip_tls_port": 5061, "tls_certificate": Path("/etc/sip/c.pem"), "tls_key": Path("/etc/sip/k.pem")}
NAT = {"external_address": "196.200.1.7", "local_networks": ["10.2.0.0/16", "fd00::/8"]}


def sections(into: Path, **changes: Any) -> dict[str, list[str]]:
    """pjsip.conf: each section's settings; sections of one name are joined."""
    render_centre(house(into, **changes), NO_ASTERISK, into / "centre")
    found: dict[str, list[str]] = {}
    name = ""
    for line in (into / "centre" / "pjsip.conf").read_text().splitlines():
        if line.startswith("["):
            name = line[1:].split("]")[0]
        elif " = " in line:
            found.setdefault(name, []).append(line)
    return found


def test_without_an_external_address_nothing_is_said_of_one(tmp_path: Path) -> None:
    for lines in sections(tmp_path, **TLS).values():
        assert not [line for line in lines if "external_" in line or "local_net" in line]


def test_behind_nat_every_transport_tells_the_outside_address_and_knows_the_inside(tmp_path: Path) -> None:
    found = sections(tmp_path, **NAT, **TLS)
    for transport in ("udp", "tls", "ws"):
        assert [line for line in found[transport] if "external_" in line or "local_net" in line] == [
            "external_media_address = 196.200.1.7",
            "external_signaling_address = 196.200.1.7",
            "local_net = 10.2.0.0/16",
            "local_net = fd00::/8",
        ]


def test_over_tls_the_trunk_is_known_by_its_address_and_its_sound_is_encrypted(tmp_path: Path) -> None:
    found = sections(tmp_path, trunk_host="196.200.0.9", **TLS)
    assert found["tls"] == [
        "type = transport",
        "protocol = tls",
        "bind = 127.0.0.1:5061",
        "cert_file = /etc/sip/c.pem",
        "priv_key_file = /etc/sip/k.pem",
        "method = tlsv1_2",
    ]
    assert "media_encryption = sdes" in found["trunk"]
    assert [line for line in found["trunk"] if line.startswith("match")][-1] == "match = 196.200.0.9"


def test_without_tls_the_trunk_is_known_by_address_and_port_alone(tmp_path: Path) -> None:
    found = sections(tmp_path, trunk_host="196.200.0.9", trunk_port=5080)
    assert "tls" not in found
    assert [line for line in found["trunk"] if line.startswith("match")] == ["match = 196.200.0.9:5080"]
    assert not [line for line in found["trunk"] if "encryption" in line]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("external_address", "196.200.1.7\nlocal_net=0.0.0.0/0"),
        ("external_address", "1.2.3.4;"),
        ("local_networks", ["10.0.0.0/8\n[x]"]),
        ("local_networks", ["10.0.0.1/8"]),
        ("local_networks", ["ten"]),
    ],
)
def test_a_hostile_address_is_refused_by_its_settings_name(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(SettingsMistake, match=name):
        sections(tmp_path, **{name: value})
