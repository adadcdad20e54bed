"""The rendered configuration, as text: nothing unrendered, nothing that leads outward, nothing hostile let through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from running_asterisk import house

from asterisk_conf.embedded import Asterisk
from asterisk_conf.render import render_carrier, render_centre
from contact_centre.channel_vars import GlobalVar, UserEventName, Var
from contact_centre.errors import SettingsMistake
from contact_centre.settings import Settings

NO_ASTERISK = Asterisk(("/bin/false",), Path("/nowhere/modules"), Path("/nowhere/data"))
MISTAKES = [
    ("trunk_host", "127.0.0.1\nmatch=0.0.0.0/0"),
    ("trunk_host", "127.0.0.1;"),
    ("trunk_host", ""),
    ("bind_address", "127.0.0.1]\n[x"),
    ("manager_secret", "a;b;c;d;e;f;g;h;i;j"),
    ("manager_secret", "secret\npermit=0.0.0.0/0"),
    ("manager_secret", "nul\0nul\0nul\0nul\0"),
    ("data_dir", Path("/tmp/a,b")),
    ("data_dir", Path("/tmp/${SHELL(id)}")),
    ("data_dir", Path("/tmp/a&b")),
    ("data_dir", Path("/tmp/a\nb")),
    ("data_dir", Path("/tmp/a\tb")),
    ("data_dir", Path("/tmp/" + "a" * 4000)),
    ("sip_port", 0),
    ("sip_port", 70000),
    ("manager_port", -1),
    ("fastagi_port", 65536),
    ("sip_tls_port", 5061),  # without a certificate
]


def texts(settings: Settings, into: Path) -> dict[str, str]:
    render_centre(settings, NO_ASTERISK, into / "centre")
    return {path.name: path.read_text() for path in (into / "centre").glob("*.conf")}


@pytest.fixture
def rendered(tmp_path: Path) -> dict[str, str]:
    return texts(house(tmp_path, agent_seats=3, web_seats=2), tmp_path)


def test_nothing_is_left_unrendered(rendered: dict[str, str]) -> None:
    for name, text in rendered.items():
        assert "{{" not in text, name
        assert "{%" not in text, name


def test_every_variable_and_event_is_one_of_ours(rendered: dict[str, str]) -> None:
    dialplan = rendered["extensions.conf"]
    assert set(re.findall(r"CC_[A-Z_]+", dialplan)) <= {*Var, *GlobalVar}
    assert set(re.findall(r"UserEvent\((\w+)", dialplan)) == set(UserEventName)
    assert f"channelvars = {','.join(Var)}" in rendered["manager.conf"]


def test_nothing_but_an_agents_phone_is_dialled_except_by_the_manager(rendered: dict[str, str]) -> None:
    targets = re.findall(r"Dial\(([^,]*,[^,]*)", rendered["extensions.conf"])
    out = [target for target in targets if "@trunk" in target]
    targets = [target for target in targets if target not in out]
    assert out == ["PJSIP/${TO}@trunk,40"]
    assert len(targets) == 4
    agents = tuple(f"PJSIP/${{FILTER(a-z0-9-,${{{name}}})}}" for name in (Var.OFFER_AGENT, Var.TRANSFER_TO))
    assert all(target.startswith(agents) for target in targets)
    for outward in ("Originate", "System", "SHELL", "Transfer(", "ENUM", "Local/", "#include", "#exec"):
        assert outward not in rendered["extensions.conf"]


def test_calling_back_is_a_context_that_no_other_leads_to(rendered: dict[str, str]) -> None:
    dialplan = rendered["extensions.conf"]
    assert "\n[callback]\n" in dialplan
    assert not re.findall(r"Go(?:to|sub)(?:If)?\([^\n]*\bcallback,", dialplan)


def test_nothing_in_the_dialplan_leads_to_where_citizens_are_dialled(rendered: dict[str, str]) -> None:
    contexts = re.split(r"^\[(.+)\]$", rendered["extensions.conf"], flags=re.MULTILINE)
    bodies = dict(zip(contexts[1::2], contexts[2::2], strict=True))
    assert "call-out" in bodies
    for name, body in bodies.items():
        assert name == "call-out" or "call-out" not in body
    for endpoint in re.findall(r"^context = (.*)$", rendered["pjsip.conf"], re.MULTILINE):
        assert endpoint in ("from-trunk", "from-web", "agents")


def test_the_page_has_no_address_to_be_called_at(rendered: dict[str, str]) -> None:
    sections = re.split(r"^(?=\[)", rendered["pjsip.conf"], flags=re.MULTILINE)
    with_address = [text for text in sections if re.search(r"^aors =", text, re.MULTILINE)]
    assert [text.split("]")[0][1:] for text in with_address] == ["trunk", "agent-001", "agent-002", "agent-003"]
    assert rendered["pjsip.conf"].count("\ncontact") == 1


def test_nobody_is_the_trunk_by_saying_so(rendered: dict[str, str]) -> None:
    assert "identify_by = ip" in rendered["pjsip.conf"].split("[trunk](inward-only)")[1].split("\n\n")[0]


def test_no_endpoint_may_transfer_or_subscribe(rendered: dict[str, str]) -> None:
    base = rendered["pjsip.conf"].split("[inward-only](!)")[1].split("\n\n")[0]
    assert "allow_transfer = no" in base
    assert "allow_subscribe = no" in base
    assert "res_pjsip_refer" not in rendered["modules.conf"]
    for line in re.findall(r"^\[.*\]\(.*\)$", rendered["pjsip.conf"], re.MULTILINE):
        assert re.search(r"\((!,)?inward-only\)|\(browser\)|\(browser-address\)|\(lock\)|\(!\)", line), line


def test_agents_phones_have_an_empty_context(rendered: dict[str, str]) -> None:
    assert rendered["extensions.conf"].rstrip().endswith("[agents]")


def test_the_manager_is_on_loopback_and_hears_no_keys(rendered: dict[str, str]) -> None:
    manager = rendered["manager.conf"]
    assert "bindaddr = 127.0.0.1" in manager
    read = re.search(r"^read = (.*)$", manager, re.MULTILINE)
    write = re.search(r"^write = (.*)$", manager, re.MULTILINE)
    assert read
    assert write
    assert not {"dtmf", "all"} & set(read[1].split(","))
    assert not {"command", "config", "all"} & set(write[1].split(","))


def test_without_recording_nothing_records(tmp_path: Path) -> None:
    dialplan = texts(house(tmp_path, recording=False), tmp_path)["extensions.conf"]
    assert "MixMonitor" not in dialplan
    assert "recording-notice" not in dialplan


def test_tls_is_there_when_it_is_asked_for(tmp_path: Path) -> None:
    tls = {"sip_tls_port": 5061, "tls_certificate": Path("/etc/sip/c.pem"), "tls_key": Path("/etc/sip/k.pem")}
    pjsip = texts(house(tmp_path, **tls), tmp_path)["pjsip.conf"]
    assert "bind = 127.0.0.1:5061\ncert_file = /etc/sip/c.pem\npriv_key_file = /etc/sip/k.pem" in pjsip


@pytest.mark.parametrize(("name", "value"), MISTAKES)
def test_a_hostile_setting_is_refused_by_its_name(name: str, value: object, tmp_path: Path) -> None:
    settings = house(tmp_path).model_copy(update={name: value})
    settings.__dict__["secrets"] = {"manager": settings.manager_secret or "x" * 20, "carrier": "y" * 20}
    with pytest.raises(SettingsMistake, match=name):
        render_centre(settings, NO_ASTERISK, tmp_path / "centre")


def test_the_carrier_passes_no_call_on(tmp_path: Path) -> None:
    render_carrier(house(tmp_path), NO_ASTERISK, tmp_path / "carrier")
    assert "Dial(" not in (tmp_path / "carrier" / "extensions.conf").read_text()
