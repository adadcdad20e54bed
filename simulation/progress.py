"""Shows on standard error how far a long run is: a bar for people, now and then a line for files."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

QUIET_S = 10.0
"""Between two lines where there is no terminal (s)."""


class Told(Protocol):
    """Hears the share that is done (None: not known), and what is being done."""

    def __call__(self, share: float | None, about: str = "") -> None:
        """Show it."""


@contextmanager
def progress_on(what: str) -> Iterator[Told]:
    """Show progress until the block ends."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def show(share: float | None, about: str = "") -> None:
            total = None if share is None else 1.0
            bar.update(task, total=total, completed=share or 0.0, description=f"{what} {about}".rstrip())

        yield show


def _lines(what: str) -> Told:
    last = time.monotonic()

    def show(share: float | None, about: str = "") -> None:
        nonlocal last
        if time.monotonic() - last >= QUIET_S:
            last = time.monotonic()
            done = "" if share is None else f" {share:.0%}"
            print(f"{what}{done} {about}".rstrip(), file=sys.stderr, flush=True)

    return show
