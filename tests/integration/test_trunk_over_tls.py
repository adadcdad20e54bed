"""The trunk over TLS: the telephone company checks the centre's certificate, and its call reaches the menu."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from caller_ear import Ear
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk, free_ports, house, start_centre, until_ready
from running_ivr import JournalWatch, running_ivr
from subscriber import Refused, calling

from asterisk_conf.embedded import Asterisk
from asterisk_conf.render import render_carrier
from contact_centre.facts import Kind
from contact_centre.settings import Settings

OVER_TLS = """
[tls]
type = transport
protocol = tls
bind = 127.0.0.1:{own_port}
ca_list_file = {trusted}
verify_server = yes
method = tlsv1_2

[{name}](!)
type = endpoint
context = called
transport = tls
aors = secure
disallow = all
allow = ulaw
direct_media = no
from_domain = carrier.example

[secure]({name})
media_encryption = no
[sealed]({name})
media_encryption = sdes

[secure]
type = aor
contact = sip:127.0.0.1:{port}\\;transport=tls
"""


def certificate(at: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own signing for 127.0.0.1, and its key."""
    at.mkdir(exist_ok=True)
    pair = at / f"{name}.pem", at / f"{name}.key"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -days 2"
    files = ["-out", str(pair[0]), "-keyout", str(pair[1])]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    return pair


@contextmanager
def carrier_over_tls(settings: Settings, asterisk: Asterisk, trusted: Path) -> Iterator[RunningAsterisk]:
    """The telephone company, with a second way to the centre; it trusts one certificate."""
    rendered = settings.data_dir / "carrier"
    render_carrier(settings, asterisk, rendered)
    [own_port] = free_ports(1)
    with (rendered / "pjsip.conf").open("a") as file:
        file.write(OVER_TLS.format(own_port=own_port, port=settings.sip_tls_port, trusted=trusted, name="over-tls"))
    output = settings.data_dir / "carrier.output"
    with output.open("wb") as file:
        process = subprocess.Popen(asterisk.command(rendered), stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    running = RunningAsterisk(settings, rendered, process, output, "carrier", settings.carrier_manager_port)
    try:
        until_ready(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def settings(asterisk_found: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A centre that listens for TLS, with its menu."""
    at = tmp_path_factory.mktemp("tls-house")
    pem, key = certificate(at, "centre")
    made = house(at, speech="keys", sip_tls_port=free_ports(1)[0], tls_certificate=pem, tls_key=key)
    with running_ivr(made), start_centre(made):
        yield made


@pytest.mark.parametrize(("trunk", "sealed"), [("secure", ""), ("sealed", "1")])
async def test_a_call_over_tls_reaches_the_menu(
    trunk: str, sealed: str, settings: Settings, asterisk_found: Asterisk, tmp_path: Path
) -> None:
    """`sealed`: its sound is encrypted too, with keys that travelled inside TLS."""
    journal = JournalWatch(settings)
    ear = Ear(settings, tmp_path / "heard.wav")
    with carrier_over_tls(settings, asterisk_found, settings.tls_certificate or Path()) as carrier:
        async with (
            ManagerLine.to(carrier.manager_port, carrier.user, carrier.secret) as carrier_line,
            ManagerLine.to(settings.manager_port, "huduma", settings.secrets["manager"]) as centre_line,
            calling(carrier_line, "1919", heard=tmp_path / "heard.wav", trunk=trunk) as citizen,
        ):
            entered = await centre_line.user_event("CallEntered")
            for what, wanted in (("pjsip", "1"), ("rtp", sealed or "0")):
                asked = {"Channel": entered.get("Channel"), "Variable": f"CHANNEL({what},secure)"}
                said = (await centre_line.send(Action="Getvar", **asked)).get("Value")
                assert (said or "0") == wanted, what
            await asyncio.to_thread(journal.fact, Kind.CALL_ENTERED)
            await ear.hears(ear.prompt("en/welcome"))
            await citizen.press("1")
            await asyncio.to_thread(journal.fact, Kind.LANGUAGE_CHOSEN, language="en")
    journal.engine.dispose()


async def test_a_centre_with_another_certificate_is_not_called(
    settings: Settings, asterisk_found: Asterisk, tmp_path: Path
) -> None:
    stranger, _ = certificate(tmp_path, "stranger")
    with carrier_over_tls(settings, asterisk_found, stranger) as carrier:
        async with ManagerLine.to(carrier.manager_port, carrier.user, carrier.secret) as carrier_line:
            with pytest.raises(Refused):
                async with calling(carrier_line, "1919", trunk="secure"):
                    pass
