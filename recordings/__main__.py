"""`python -m recordings`: archives the sound of calls that ended, until SIGTERM."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from contact_centre.database import connect
from contact_centre.errors import HudumaError
from contact_centre.settings import Settings, load_settings
from recordings.utterances import forget_old
from recordings.watch import Watch

log = logging.getLogger("recordings")

EVERY_S = 1.0
SWEEP_S = 600.0
"""How often what is too old is looked for (s)."""
AWAY_S = 5.0
"""How long to wait before asking a database again that did not answer."""


def main() -> int:
    """Run until SIGTERM or Ctrl-C; a call that is being archived then is finished first."""
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    engine = connect(settings.url)
    watch = Watch(engine, settings.data_dir)
    begun, swept_at = False, float("-inf")
    log.info("watching for calls that ended")
    while not stop.is_set():
        try:
            if not begun:
                watch.begin()
                begun = True
            watch.step(datetime.now(UTC))
            if time.monotonic() - swept_at > SWEEP_S:
                swept_at = time.monotonic()
                _sweep(engine, settings)
            stop.wait(EVERY_S)
        except DBAPIError as error:
            log.error("the database does not answer: %s", type(error.orig).__name__)
            stop.wait(AWAY_S)
    log.info("stopped")
    return 0


def _sweep(engine: Engine, settings: Settings) -> None:
    try:
        forget_old(engine, settings.utterances_dir, settings.utterances_days, datetime.now(UTC))
    except OSError as error:
        log.error("old words cannot be deleted: %s", error.strerror)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HudumaError as error:
        sys.exit(f"recordings: {error}")
