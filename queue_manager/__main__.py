"""`python -m queue_manager`: the router alone, as leader or standby, until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from contact_centre.database import connect
from contact_centre.errors import HudumaError
from contact_centre.migrate import migrate
from contact_centre.settings import Settings, load_settings
from contact_centre.swiftness import be_swift
from contact_centre.watchdog import Watchdog
from queue_manager.runner import Runner


def main() -> int:
    """Route while this process leads; 1 with one line on stderr when it cannot start."""
    try:
        settings = load_settings()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
        )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        migrate(settings.url)
        watchdog = Watchdog(settings.frozen_s)
        watchdog.start()
        try:
            asyncio.run(route(settings))
        finally:
            watchdog.stop()
    except HudumaError as error:
        print(f"queue_manager: {error}", file=sys.stderr)
        return 1
    return 0


async def route(settings: Settings) -> None:
    """Lead or stand by until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    engine = connect(settings.url)
    runner = Runner(settings, engine)
    be_swift()
    await runner.start()
    try:
        await stopped.wait()
    finally:
        await runner.stop()
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
