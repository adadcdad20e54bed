"""P. What a simulation found, in lines for a terminal: means over the runs with their 95 % intervals, and a plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from queue_manager.service_level import (
    ABANDONMENT,
    ANSWERED_OR_ABANDONED_IN_T,
    AVERAGE_HANDLING_TIME,
    AVERAGE_SPEED_OF_ANSWER,
    OCCUPANCY_FORMULA,
    OF_ANSWERED,
    SERVICE_LEVEL,
    SERVICE_LEVEL_STRICT,
    Metric,
    Tally,
)
from simulation.erlang import Line
from simulation.measures import Results, percentile
from simulation.replications import Estimate, each
from simulation.roster import Roster
from simulation.staffing import Staffing

SHARES = (SERVICE_LEVEL, SERVICE_LEVEL_STRICT, ANSWERED_OR_ABANDONED_IN_T, OF_ANSWERED, ABANDONMENT)
SECONDS = (AVERAGE_SPEED_OF_ANSWER, AVERAGE_HANDLING_TIME)
PERCENTILES = (0.5, 0.8, 0.9, 0.95, 0.99)
BAR = 40
MOST_ROWS = 32
EIGHTHS = " ▏▎▍▌▋▊▉█"


def figures(runs: Sequence[Results], within_s: float) -> Iterator[str]:
    """The house's metrics with their formulas, then the waits one by one."""
    offered = sum(run.total.offered for run in runs) / len(runs)
    yield f"{offered:,.0f} calls in a run, {len(runs)} runs, T = {within_s:g} s; ± is half the 95 % interval"
    yield ""
    for metric in SHARES:
        yield _row(metric.name, _percent(_of(runs, metric)), metric.formula)
    yield _row("occupancy", _percent(each(runs, lambda run: run.occupancy)), OCCUPANCY_FORMULA)
    for metric in SECONDS:
        yield _row(metric.name, _seconds(_of(runs, metric)), metric.formula)
    waits = [f"{share:.0%} {_seconds(_wait_at(runs, share))}" for share in PERCENTILES]
    yield _row("waits of the answered (s)", "", " · ".join(waits))
    yield _row(
        "the longest wait (s)", f"{max(run.total.longest_wait_s for run in runs):.0f}", "of all runs, however it ended"
    )
    turned = sum(run.total.turned_away for run in runs)
    if turned:
        yield _row("turned away", f"{turned}", "told that the line is full, too long or closed, in all runs together")
    left = sum(run.left_in_line for run in runs)
    if left:
        yield _row("left in line", f"{left}", "callers for whom nobody ever came, in all runs together")


def by_queue(runs: Sequence[Results]) -> Iterator[str]:
    """One line for each queue, when there are several."""
    names = sorted({name for run in runs for name in run.queues})
    if len(names) < 2:
        return
    yield f"{'queue':<18}{'calls':>9}{'level':>16}{'ASA s':>16}{'abandonment':>16}"
    for name in names:
        tallies = [run.queues.get(name, Tally()) for run in runs]
        offered = sum(tally.offered for tally in tallies) / len(runs)
        level, speed, left = (
            each(runs, lambda run, m=metric, n=name: m.of(run.queues.get(n, Tally())))  # type: ignore[misc]
            for metric in (SERVICE_LEVEL, AVERAGE_SPEED_OF_ANSWER, ABANDONMENT)
        )
        yield f"{name:<18}{offered:>9,.0f}{_percent(level):>16}{_seconds(speed):>16}{_percent(left):>16}"


def plot(runs: Sequence[Results], zone: ZoneInfo) -> Iterator[str]:
    """Calls of each quarter hour (or of longer, so that it fits a screen) as bars, with the service level beside."""
    rows = over_time(runs)
    if not rows:
        return
    most = max(offered for _, offered, _ in rows)
    yield f"{'':>6} {'calls offered':<{BAR}} {'':>7}  service level"
    for at, offered, level in rows:
        bar = _bar(offered / most * BAR)
        shown = "" if level is None else f"{level:>6.1%} {_bar(level * 20)}"
        yield f"{at.astimezone(zone):%H:%M}  {bar:<{BAR}} {offered:>7,.1f}  {shown}"


def over_time(runs: Sequence[Results]) -> list[tuple[datetime, float, float | None]]:
    """(beginning, mean calls offered, service level of all runs together), in rows that fit a screen."""
    sums: dict[datetime, Tally] = {}
    for run in runs:
        for at, tally in run.intervals.items():
            sums[at] = sums.get(at, Tally()) + tally
    moments = sorted(sums)
    together = max(1, math.ceil(len(moments) / MOST_ROWS))
    together = next((n for n in (1, 2, 4, 8, 16) if n >= together), together)
    rows = []
    for start in range(0, len(moments), together):
        total = sum((sums[at] for at in moments[start : start + together]), Tally())
        rows.append((moments[start], total.offered / len(runs), SERVICE_LEVEL.of(total)))
    return rows


def exact(line: Line, model: str) -> Iterator[str]:
    """What Erlang's formula says of the same mean rate and lengths."""
    yield (
        f"{model} for comparison: {line.in_t:.1%} of all callers answered in T, ASA {line.answer_s:.1f} s, "
        f"{line.abandons:.1%} give up, occupancy {line.occupancy:.1%}"
    )


def staffing(found: Staffing, target: float, within_s: float) -> Iterator[str]:
    """Every staffing that was tried, and the answer."""
    for agents, level in found.tried.items():
        yield f"{agents:>6} agents  {_percent(level):>16}{'  ◀' if agents == found.agents else ''}"
    yield ""
    yield (
        f"{found.agents} agents for {target:.0%} in {within_s:g} s (Erlang's first guess, from mean rate and lengths: "
        f"{found.guess})"
    )


def roster(found: Roster, target: float, within_s: float) -> Iterator[str]:
    """How many agents from when on, and the hours of work that makes."""
    for at_s, agents, level, guess in zip(found.starts, found.agents, found.levels, found.guesses, strict=True):
        clock = f"{int(at_s) // 3600:02d}:{int(at_s) % 3600 // 60:02d}"
        yield f"{clock:>6} {agents:>5} agents  {_percent(level):>16}   Erlang's guess {guess}"
    yield ""
    yield f"{target:.0%} in {within_s:g} s at all these times: {found.hours:,.0f} agent hours"


def _of(runs: Sequence[Results], metric: Metric) -> Estimate | None:
    return each(runs, lambda run: metric.of(run.total))


def _wait_at(runs: Sequence[Results], share: float) -> Estimate | None:
    return each(runs, lambda run: percentile(run.all_waits, share))


def _row(name: str, value: str, about: str) -> str:
    return f"{name:<30}{value:>16}   {about}".rstrip()


def _percent(found: Estimate | None) -> str:
    return _shown(found, lambda value: f"{value * 100:.1f}", " %")


def _seconds(found: Estimate | None) -> str:
    return _shown(found, lambda value: f"{value:.1f}", "")


def _shown(found: Estimate | None, text: Callable[[float], str], unit: str) -> str:
    if found is None:
        return "–"
    if math.isinf(found.half_width):
        return text(found.mean) + unit
    return f"{text(found.mean)} ± {text(found.half_width)}{unit}"


def _bar(length: float) -> str:
    whole, part = divmod(round(length * 8), 8)
    return "█" * whole + EIGHTHS[part].strip()
