"""Writes the whole configuration of an Asterisk into a directory: the centre's, or the telephone company's.

Everything comes from the settings and from the names in `contact_centre.channel_vars`; a name that a template uses and
nobody gives is an error, not an empty string.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from asterisk_conf import credentials, safe_values
from asterisk_conf.embedded import Asterisk
from asterisk_conf.modules import CARRIER_ONLY, CENTRE_ONLY, OPTIONAL, REQUIRED
from contact_centre.channel_vars import (
    CALL_TO,
    CHANNELVARS,
    NET_OFFER,
    NETTED,
    SURVEYED,
    GlobalVar,
    IvrResult,
    UserEventName,
    Var,
)
from contact_centre.errors import SettingsMistake
from contact_centre.model import LANGUAGES
from contact_centre.settings import PROJECT_ROOT, Settings

TEMPLATES = Path(__file__).parent / "templates"
BOTH = ("asterisk.conf", "modules.conf", "logger.conf", "rtp.conf")
CENTRE = (
    "pjsip.conf", "sorcery.conf", "extensions.conf", "manager.conf", "http.conf", "musiconhold.conf", "queues.conf",
)  # fmt: skip
CARRIER = ("carrier/pjsip.conf", "carrier/extensions.conf", "carrier/manager.conf", "carrier/musiconhold.conf")

SMALL: Mapping[str, str] = {
    "acl.conf": "",
    "ccss.conf": "[general]\n",
    "cdr.conf": "[general]\nenable=no\n",
    "cel.conf": "[general]\nenable=no\n",
    "cli.conf": "",
    "confbridge.conf": "[general]\n[between]\ntype=bridge\nmax_members=4\n"
    "[caller]\ntype=user\nwait_marked=yes\nend_marked=yes\nmusic_on_hold_when_empty=yes\nquiet=yes\n"
    "[agent]\ntype=user\nmarked=yes\nquiet=yes\n",
    "features.conf": "[general]\n[featuremap]\n",
    "geolocation.conf": "",
    "indications.conf": "[general]\ncountry=ke\n[ke]\ndescription=Kenya\nringcadence=670,3000,1500,5000\n"
    "dial=425\nbusy=425/200,0/600,425/200,0/600\nring=425/670,0/3000,425/1500,0/5000\n"
    "congestion=425/200,0/600\ncallwaiting=425\ndialrecall=425\nrecord=1400/500,0/15000\n"
    "info=950/330,1400/330,1800/330,0/1000\n",
    "pjproject.conf": "[startup]\nlog_mappings=default\n[default]\ntype=log_mappings\n"
    "asterisk_error=0\nasterisk_warning=1\nasterisk_notice=2\n",
    "stasis.conf": "",
    "statsd.conf": "[general]\nenabled=no\n",
    "udptl.conf": "[general]\n",
}
"""Files that Asterisk looks for and that say nothing of interest; without them its log starts with errors."""

FIRST_SLICE_S = 3
"""Music before the place and the expected wait are told for the first time (s)."""
REJOIN_TRY_S = 8
"""How long one redial of a lost agent rings (s): not for long, because a page that came back has a new address."""

BRIDGE = "agi-bin/eagi_bridge"
SHEBANG_MAX = 120
"""Linux reads 127 bytes of a script's first line, older ones."""
ROUTER_DEAD_S = 10
"""A router that has shown no sign of life for so long is dead (s); a living one shows one every 2 s."""
CALLBACK_ANSWER_S = 8
"""How long a caller who asked to be called back hears music until the router has kept the place (s)."""
CITIZEN_RINGS_S = 40
"""How long a citizen whom an agent calls back is rung (s)."""
NET_SLICE_S = 30
"""How long a call stays in Asterisk's own queue before it looks whether a router is back (s); it keeps its place."""

SOCKET_PATH_MAX = 100
"""A Unix socket's path may be 107 bytes; `asterisk.ctl` is in it."""


def render_centre(settings: Settings, asterisk: Asterisk, into: Path) -> None:
    """Write the centre's configuration into `into` (made if absent), and make the directories it names.

    Raises:
        SettingsMistake: naming a setting that cannot stand in a configuration file.
    """
    tls = safe_values.port("sip_tls_port", settings.sip_tls_port, may_be_off=True)
    if tls and (settings.tls_certificate is None or settings.tls_key is None):
        raise SettingsMistake("sip_tls_port: SIP over TLS needs tls_certificate and tls_key")
    data = settings.data_dir
    names = _both(settings, asterisk, into) | {
        "sip_port": safe_values.port("sip_port", settings.sip_port),
        "sip_tls_port": tls,
        "tls_certificate": safe_values.path("tls_certificate", settings.tls_certificate or Path("/none")),
        "tls_key": safe_values.path("tls_key", settings.tls_key or Path("/none")),
        "external_address": safe_values.host("external_address", outside)
        if (outside := settings.external_address)
        else "",
        "local_networks": [safe_values.network("local_networks", one) for one in settings.local_networks],
        "trunk_host": safe_values.host("trunk_host", settings.trunk_host),
        "trunk_port": safe_values.port("trunk_port", settings.trunk_port),
        "http_port": safe_values.port("asterisk_http_port", settings.asterisk_http_port),
        "manager_port": safe_values.port("manager_port", settings.manager_port),
        "manager_secret": safe_values.secret("manager_secret", settings.secrets["manager"]),
        "speech": settings.speech != "keys",
        "bridge": safe_values.path("data_dir", into / BRIDGE),
        "eagi_socket": safe_values.path("data_dir", settings.eagi_socket),
        "fastagi_port": safe_values.port("fastagi_port", settings.fastagi_port),
        "rtp_first_port": safe_values.port("rtp_first_port", settings.rtp_first_port),
        "rtp_last_port": safe_values.port("rtp_last_port", settings.rtp_last_port),
        "agents": [credentials.agent_endpoint(seat) for seat in range(1, settings.agent_seats + 1)],
        "web": [credentials.web_endpoint(seat) for seat in range(1, settings.web_seats + 1)],
        "lock": secrets.token_urlsafe(32),
        "prefixes": settings.prefixes,
        "prompts": safe_values.path("data_dir", data / "prompts"),
        "live": safe_values.path("data_dir", data / "recordings" / "live"),
        "recording": settings.recording,
        "rejoin_s": settings.rejoin_s,
        "rejoin_try_s": REJOIN_TRY_S,
        "ring_s": settings.ring_s,
        "music_slice_s": settings.music_slice_s,
        "safety_net_s": settings.safety_net_s,
        "router_dead_s": ROUTER_DEAD_S,
        "net_slice_s": NET_SLICE_S,
        "callback_answer_s": CALLBACK_ANSWER_S,
        "netted": NETTED,
        "net_offer": NET_OFFER,
        "surveyed": SURVEYED,
        "call_to": CALL_TO,
        "citizen_rings_s": CITIZEN_RINGS_S,
        "languages": LANGUAGES,
        "first_slice_s": FIRST_SLICE_S,
        "modules": _modules(asterisk, CENTRE_ONLY),
    }
    for directory in (data / "prompts", data / "recordings" / "live"):
        directory.mkdir(parents=True, exist_ok=True)
    _write(into, BOTH + CENTRE, names)
    _program(into / BRIDGE, PROJECT_ROOT / "agi_scripts" / "eagi_bridge.py")


def render_carrier(settings: Settings, asterisk: Asterisk, into: Path) -> None:
    """Write the demonstration's telephone company: the other end of the trunk, with people to be called from.

    Raises:
        SettingsMistake: naming a setting that cannot stand in a configuration file.
    """
    first = settings.rtp_last_port // 2 * 2 + 2
    if first + 100 > 65535:
        raise SettingsMistake("rtp_last_port: leave 100 ports above it to the demonstration's telephone company")
    names = _both(settings, asterisk, into) | {
        "sip_port": safe_values.port("carrier_sip_port", settings.carrier_sip_port),
        "centre_port": safe_values.port("sip_port", settings.sip_port),
        "manager_port": safe_values.port("carrier_manager_port", settings.carrier_manager_port),
        "manager_secret": safe_values.secret("carrier secret", settings.secrets["carrier"]),
        "rtp_first_port": first,
        "rtp_last_port": min(65535, first + 1999),
        "modules": _modules(asterisk, CARRIER_ONLY),
    }
    _write(into, BOTH + CARRIER, names)


def _both(settings: Settings, asterisk: Asterisk, into: Path) -> dict[str, object]:
    return {
        "bind_address": safe_values.host("bind_address", settings.bind_address),
        "etc": safe_values.path("data_dir", into),
        "run": _run_dir(into),
        "module_dir": asterisk.module_dir,
        "music": _music(asterisk, into),
        "astdata": asterisk.data_dir,
        "logs": safe_values.path("data_dir", settings.data_dir / "logs" / into.name),
        "log_level": settings.log_level,
        "var": Var,
        "globals": GlobalVar,
        "event_names": UserEventName,
        "result": IvrResult,
        "channelvars": CHANNELVARS,
    }


def _modules(asterisk: Asterisk, more: tuple[str, ...]) -> list[str]:
    return [*(name for name in OPTIONAL if asterisk.has(name)), *REQUIRED, *more]


def _run_dir(into: Path) -> str:
    wanted = into / "run"
    if len(os.fsencode(wanted)) <= SOCKET_PATH_MAX - len("/asterisk.ctl"):
        return str(wanted)
    short = hashlib.sha256(os.fsencode(into)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"huduma-{os.getuid()}-{short}")


def _music(asterisk: Asterisk, into: Path) -> Path:
    """Where music on hold is: what came with Asterisk, or an empty directory of ours that an operator may fill."""
    if asterisk.music_dir.is_dir() and any(asterisk.music_dir.iterdir()):
        return asterisk.music_dir
    own = into / "moh"
    own.mkdir(parents=True, exist_ok=True)
    return own


def _program(into: Path, source: Path) -> None:
    """Copy a script so that Asterisk can run it: by this Python, without site and environment."""
    python = os.path.realpath(sys.executable)
    fits = " " not in python and len(os.fsencode(python)) < SHEBANG_MAX
    draft = into.with_name(f".{into.name}.new")
    draft.write_text(f"#!{python if fits else '/usr/bin/env -S python3'} -IS\n{source.read_text()}")
    draft.chmod(0o700)
    draft.replace(into)


def _write(into: Path, templates: tuple[str, ...], names: Mapping[str, object]) -> None:
    environment = Environment(  # noqa: S701 - not HTML: every value is checked by safe_values
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    texts = {Path(name).name: environment.get_template(f"{name}.j2").render(names) for name in templates}
    for directory in (into, *(into / part for part in ("db", "spool", "keys", "agi-bin", "run"))):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    Path(str(names["run"])).mkdir(parents=True, exist_ok=True, mode=0o700)
    Path(str(names["logs"])).mkdir(parents=True, exist_ok=True, mode=0o700)
    for file, text in {**SMALL, **texts}.items():
        draft = into / f".{file}.new"
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as written:
            written.write(text)
        draft.replace(into / file)
