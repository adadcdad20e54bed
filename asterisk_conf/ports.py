"""Looks whether the ports are free before Asterisk starts: it would go on without the one that is taken."""

from __future__ import annotations

import errno
import socket

from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings


def refuse_taken_centre(settings: Settings) -> None:
    """Raise `SetupFailed` naming the setting, when a port of the centre's Asterisk cannot be had."""
    _free("sip_port", settings.bind_address, settings.sip_port, socket.SOCK_DGRAM)
    _free("asterisk_http_port", settings.bind_address, settings.asterisk_http_port, socket.SOCK_STREAM)
    _free("manager_port", "127.0.0.1", settings.manager_port, socket.SOCK_STREAM)
    if settings.sip_tls_port:
        _free("sip_tls_port", settings.bind_address, settings.sip_tls_port, socket.SOCK_STREAM)


def refuse_taken_carrier(settings: Settings) -> None:
    """Raise `SetupFailed` naming the setting, when a port of the telephone company cannot be had."""
    _free("carrier_sip_port", settings.bind_address, settings.carrier_sip_port, socket.SOCK_DGRAM)
    _free("carrier_manager_port", "127.0.0.1", settings.carrier_manager_port, socket.SOCK_STREAM)


def _free(setting: str, address: str, port: int, kind: socket.SocketKind) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    protocol = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:  # as Asterisk does: the last connections of the one before do not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                why = "another program has it"
            else:
                why = (error.strerror or str(error)).lower()
            raise SetupFailed(f"{setting}: {protocol} port {port} on {address} cannot be had: {why}") from error
