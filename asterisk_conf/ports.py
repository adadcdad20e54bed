"""Looks whether the ports are free before they are needed: Asterisk would go on without the one that is taken."""

from __future__ import annotations

import errno
import socket

from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings


def refuse_taken_centre(settings: Settings) -> None:
    """Raise `SetupFailed` naming the setting, when a port of the centre's Asterisk cannot be had."""
    refuse_taken("sip_port", settings.bind_address, settings.sip_port, socket.SOCK_DGRAM)
    refuse_taken("asterisk_http_port", settings.bind_address, settings.asterisk_http_port, socket.SOCK_STREAM)
    refuse_taken("manager_port", "127.0.0.1", settings.manager_port, socket.SOCK_STREAM)
    if settings.sip_tls_port:
        refuse_taken("sip_tls_port", settings.bind_address, settings.sip_tls_port, socket.SOCK_STREAM)


def refuse_taken_carrier(settings: Settings) -> None:
    """Raise `SetupFailed` naming the setting, when a port of the telephone company cannot be had."""
    refuse_taken("carrier_sip_port", settings.bind_address, settings.carrier_sip_port, socket.SOCK_DGRAM)
    refuse_taken("carrier_manager_port", "127.0.0.1", settings.carrier_manager_port, socket.SOCK_STREAM)


def refuse_taken(setting: str, address: str, port: int, kind: socket.SocketKind) -> None:
    """Raise `SetupFailed` naming the setting and what to do, when this port cannot be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    protocol = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:  # as Asterisk does: the last connections of the one before do not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            where = f"{setting}: {protocol} port {port} on {address}"
            raise SetupFailed(f"{where} {_why(error, f'HUDUMA_{setting.upper()}')}") from error


def _why(error: OSError, variable: str) -> str:
    """Why a port cannot be had, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"is taken (does the house run already?): stop what uses it, or set {variable} to another"
    if error.errno == errno.EACCES:
        return f"cannot be had: this user may not take it; set {variable} to one above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return "cannot be had: this machine has no such address"
    return f"cannot be had: {(error.strerror or str(error)).lower()}"
