"""P. The last look at a setting before it is written into Asterisk's configuration.

In these files a newline starts a setting of its own, `;` a comment, `[` a section, and in the dialplan `,` `&` `^` `|`
`(` split arguments and `$` starts an expression. A value with any of them is refused, never escaped.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

from contact_centre.errors import SettingsMistake

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?|::1?")
SECRET = re.compile(r"[A-Za-z0-9._~+/=@%-]{8,200}")
PATH = re.compile(r"/[\w /.+@~-]{1,300}")


def host(name: str, value: str) -> str:
    """A host's name or address."""
    return _only(HOST, name, value, "a host name or an address")


def network(name: str, value: str) -> str:
    """A network, `192.168.0.0/16` or `fd00::/8`."""
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise SettingsMistake(f"{name}: a network such as 192.168.0.0/16 is needed") from error


def secret(name: str, value: str) -> str:
    """A secret of the manager interface."""
    return _only(SECRET, name, value, "8 to 200 letters, digits or ._~+/=@%-")


def path(name: str, value: Path) -> str:
    """An absolute path that the dialplan may hold."""
    text = str(value)
    if ".." in value.parts:
        raise SettingsMistake(f"{name}: a path without .. is needed")
    return _only(PATH, name, text, "an absolute path of letters, digits, spaces and /._+@~-")


def port(name: str, value: int, *, may_be_off: bool = False) -> int:
    """A TCP or UDP port."""
    if not (1 <= value <= 65535 or (may_be_off and value == 0)):
        raise SettingsMistake(f"{name}: a port is 1 to 65535, not {value}")
    return value


def _only(allowed: re.Pattern[str], name: str, value: str, wanted: str) -> str:
    if not allowed.fullmatch(value) or not value.isprintable():
        raise SettingsMistake(f"{name}: {wanted} is needed")
    return value
