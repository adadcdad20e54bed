"""What must be done before the house can run: each step says what it does, does it once, and is quick the next time."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from asterisk_conf import ports
from asterisk_conf.debian import unpack
from asterisk_conf.embedded import find
from asterisk_conf.render import render_carrier, render_centre
from citizen_services.sample_data import refuse_sample_data, seed
from contact_centre.database import connect, session_scope
from contact_centre.errors import SetupFailed
from contact_centre.migrate import migrate
from contact_centre.settings import Settings
from ivr.prompts import render_all
from operations.console_build import build_console, with_sources

Progress = Callable[[str], None]
ROOM_NEEDED = 1 << 30
"""Free space asked for in `data_dir` before anything is written (bytes)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `run` gets a function for short lines of progress."""

    title: str
    run: Callable[[Settings, Progress], None]
    to_start: bool = False
    """Only for a house that is started now: setting up a running one again must not ask for its ports."""


def check_disk(settings: Settings, progress: Progress) -> None:
    """Make the data directory and see that there is room in it."""
    try:
        for name in ("logs", "run", "prompts", "recordings/live", "recordings/archive"):
            (settings.data_dir / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupFailed(f"cannot write in {settings.data_dir}: {error.strerror}; set HUDUMA_DATA_DIR") from error
    free = shutil.disk_usage(settings.data_dir).free
    if free < ROOM_NEEDED:
        raise SetupFailed(f"{settings.data_dir} has {free >> 20} MB free, {ROOM_NEEDED >> 20} MB are needed")
    _ = settings.secrets


def check_ports(settings: Settings, progress: Progress) -> None:
    """See that every port of the house can be had."""
    ports.refuse_taken_centre(settings)
    ports.refuse_taken("console_port", settings.console_host, settings.console_port, socket.SOCK_STREAM)
    ports.refuse_taken("fastagi_port", "127.0.0.1", settings.fastagi_port, socket.SOCK_STREAM)
    if settings.mode == "demonstration":
        ports.refuse_taken_carrier(settings)


def get_asterisk(settings: Settings, progress: Progress) -> None:
    """Find an Asterisk, or unpack one without root."""
    find(settings, progress)


def get_kiswahili_voice(settings: Settings, progress: Progress) -> None:
    """Find espeak-ng, or unpack it without root."""
    if settings.piper_voice_sw is None and shutil.which("espeak-ng") is None:
        unpack(["espeak-ng"], settings.cache_dir / "espeak-ng", progress=progress)


def prepare_database(settings: Settings, progress: Progress) -> None:
    """Bring the database to this version; in the demonstration fill it with sample people."""
    migrate(settings.url)
    engine = connect(settings.url)
    try:
        with session_scope(engine) as session:
            if settings.mode == "demonstration":
                progress("sample citizens, cases and accounts")
                seed(session, datetime.now(UTC))
            else:
                refuse_sample_data(session, settings)
    finally:
        engine.dispose()


def render_configuration(settings: Settings, progress: Progress) -> None:
    """Write Asterisk's configuration from the templates."""
    asterisk = find(settings, progress)
    render_centre(settings, asterisk, settings.data_dir / "asterisk")
    if settings.mode == "demonstration":
        render_carrier(settings, asterisk, settings.data_dir / "carrier")


def build_pages(settings: Settings, progress: Progress) -> None:
    """Build the console's pages unless they are built already."""
    build_console(settings.cache_dir, progress, with_sources(settings.web_dir))


STEPS: tuple[Step, ...] = (
    Step("Disk and secrets", check_disk),
    Step("Free ports", check_ports, to_start=True),
    Step("Asterisk", get_asterisk),
    Step("Kiswahili voice", get_kiswahili_voice),
    Step("Console pages", build_pages),
    Step("Database", prepare_database),
    Step("Prompts", render_all),
    Step("Asterisk's configuration", render_configuration),
)
