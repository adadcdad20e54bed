"""A house to measure in: real processes on ports of their own in a directory that goes away, and sums over samples.

Others may be busy on the machine, so nothing here compares with a figure from elsewhere: what is compared is measured
in one run, turn by turn.
"""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from contact_centre.settings import PROJECT_ROOT, Settings

sys.path.insert(0, str(PROJECT_ROOT / "tests"))

from running_asterisk import RunningAsterisk, house

from asterisk_conf import embedded, render

START_TIMEOUT_S = 30.0


@contextmanager
def own_house(**changes: object) -> Iterator[Settings]:
    """Settings of a house in a temporary directory."""
    with tempfile.TemporaryDirectory(prefix="huduma-bench-") as directory:
        yield house(Path(directory) / "house", **changes)


@contextmanager
def centre_with(settings: Settings, additions: Mapping[str, str]) -> Iterator[RunningAsterisk]:
    """The centre's Asterisk as the house renders it, with `additions` (file -> text) at the end of some files."""
    rendered, output = settings.data_dir / "asterisk", settings.data_dir / "asterisk.output"
    asterisk = embedded.find(settings)
    render.render_centre(settings, asterisk, rendered)
    for name, text in additions.items():
        with (rendered / name).open("a") as file:
            file.write(text)
    with output.open("wb") as file:
        process = subprocess.Popen(
            asterisk.command(rendered), stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=rendered
        )
    running = RunningAsterisk(settings, rendered, process, output, "huduma", settings.manager_port)
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while "Asterisk Ready." not in output.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"Asterisk did not start:\n{output.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield running
    finally:
        running.stop()


def quantile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of all samples do not exceed (nearest rank)."""
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


def machine() -> str:
    """What this machine is, for the head of a table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.machine()}; load average at the end {load:.1f}"


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table on standard output."""
    for row in (head, ["---", *["---:"] * (len(head) - 1)], *rows):
        print("| " + " | ".join(map(str, row)) + " |")
    print(flush=True)
