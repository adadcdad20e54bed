"""`python -m agent_console`: web, websocket and the router on one event loop."""

from __future__ import annotations

import logging
import signal
import socket
import sys

import uvicorn

from agent_console.app import create_app
from contact_centre.errors import HudumaError
from contact_centre.settings import Settings, load_settings
from contact_centre.swiftness import be_swift
from contact_centre.watchdog import Watchdog

LARGEST_FRAME = 256 * 1024
"""More than a page may say (16 kB, answered with an error); beyond this the socket is closed."""
STOP_WITHIN_S = 5


def main() -> int:
    """Run until SIGTERM or Ctrl-C. Exit code 1, with one line, when it cannot start."""
    try:
        settings = load_settings()
        logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        for noisy in ("uvicorn.error", "websockets", "alembic"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        with bind(settings) as listener:
            app = create_app(settings, dist=settings.web_dir / "dist")
            be_swift()
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,  # paths and queries name citizens
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=LARGEST_FRAME,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            )
            signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has stopped: we end with 0
            server = uvicorn.Server(config)
            watchdog = Watchdog(settings.frozen_s)  # a router that is frozen would keep the lead, and command nothing
            watchdog.start()
            server.run(sockets=[listener])
            watchdog.stop()
            return 0 if server.started else 1
    except HudumaError as error:
        print(f"agent_console: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"agent_console: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def bind(settings: Settings) -> socket.socket:
    """Take the console's port before anything else is started.

    Raises:
        OSError: saying which port, in plain words.
    """
    family = socket.AF_INET6 if ":" in settings.console_host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.console_host, settings.console_port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        where = f"{settings.console_host}:{settings.console_port}"
        reason = "the port is taken" if error.errno == 98 else (error.strerror or str(error))
        raise OSError(error.errno, f"cannot listen on {where}: {reason}") from error
    listener.set_inheritable(True)
    return listener


if __name__ == "__main__":
    sys.exit(main())
