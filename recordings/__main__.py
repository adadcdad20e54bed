"""`python -m recordings`: archives the sound of calls that ended, until SIGTERM."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from contact_centre.database import connect
from contact_centre.errors import HudumaError
from contact_centre.settings import load_settings
from recordings.watch import Watch

log = logging.getLogger("recordings")

EVERY_S = 1.0
AWAY_S = 5.0
"""How long to wait before asking a database again that did not answer."""


def main() -> int:
    """Run until SIGTERM or Ctrl-C; a call that is being archived then is finished first."""
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    watch = Watch(connect(settings.url), settings.data_dir)
    begun = False
    log.info("watching for calls that ended")
    while not stop.is_set():
        try:
            if not begun:
                watch.begin()
                begun = True
            watch.step(datetime.now(UTC))
            stop.wait(EVERY_S)
        except DBAPIError as error:
            log.error("the database does not answer: %s", type(error.orig).__name__)
            stop.wait(AWAY_S)
    log.info("stopped")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HudumaError as error:
        sys.exit(f"recordings: {error}")
