"""A simulated day as a picture: calls and service level over the day, and how long the line was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from contact_centre.errors import BadInput
from simulation.measures import Results
from simulation.report import over_time

INK, CALLS, LEVEL = "#22313f", "#9db4c0", "#0b6e4f"


def draw(runs: Sequence[Results], begins: datetime, zone: ZoneInfo, target: float, path: Path) -> None:
    """Write a PNG.

    Raises:
        BadInput: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # slow to import, and seldom wanted
    from matplotlib.dates import DateFormatter
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    rows = over_time(runs)
    times = [at.astimezone(zone).replace(tzinfo=None) for at, _, _ in rows]
    width = times[1] - times[0] if len(times) > 1 else timedelta(minutes=15)
    above.bar(times, [offered for _, offered, _ in rows], width=width * 0.92, align="edge", color=CALLS)
    above.set_ylabel("calls offered")
    level = above.twinx()
    middle = [(at + width / 2, share) for at, (_, _, share) in zip(times, rows, strict=True) if share is not None]
    level.plot([at for at, _ in middle], [share * 100 for _, share in middle], color=LEVEL, marker="o", markersize=3)
    level.axhline(target * 100, color=LEVEL, linewidth=0.8, linestyle=":")
    level.set_ylim(0, 102)
    level.set_ylabel("service level, %", color=LEVEL)
    local = begins.astimezone(zone).replace(tzinfo=None)
    for run in runs[:20]:
        moments = [local + timedelta(seconds=at_s) for at_s, _ in run.line_lengths]
        below.step(moments, [n for _, n in run.line_lengths], where="post", color=INK, linewidth=0.7, alpha=0.5)
    below.set_ylabel("callers in line")
    below.set_ylim(bottom=0)
    below.xaxis.set_major_formatter(DateFormatter("%H:%M"))  # type: ignore[no-untyped-call]
    for axes in (above, level, below):
        axes.spines[["top"]].set_visible(False)
    try:
        figure.savefig(path, dpi=120)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: the picture cannot be written: {error}") from error
