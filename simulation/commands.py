"""`huduma whatif`: what would happen with these callers and these agents?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from contact_centre.database import connect
from contact_centre.errors import BadInput
from contact_centre.settings import Settings, load_settings
from queue_manager.house_rules import house_rules
from queue_manager.rules import Rules
from simulation import report
from simulation.arrivals_file import clock, read_agents, read_callers
from simulation.distributions import FORMS, Duration, read_duration
from simulation.erlang import impatient_line
from simulation.journal_arrivals import Day, day_of
from simulation.picture import draw
from simulation.progress import progress_on
from simulation.replications import Arrivals, repeat
from simulation.scenario import EVERYBODY, Arrival, CallKind, Desk, Scenario, poisson
from simulation.staffing import find_agents

QUARTER_S = 900.0
MOST_CALLS = 5_000_000
NO_DAY = date(2026, 3, 2)
"""The day of calls that have none."""


def main(argv: list[str]) -> int:
    """Simulate and print.

    Raises:
        BadInput: an option or a file is wrong; the message names it.
    """
    options = _parser().parse_args(argv)
    settings = load_settings()
    target, within_s = _target(options.target)
    rules = _rules(settings, within_s)
    day = day_of(connect(settings.url), _date(options.day, settings), settings.zone) if options.day else None
    callers = _callers(options, rules, settings, day)
    scenario = _scenario(options, rules, settings, day, callers)
    arrivals = _arrivals(options, scenario, callers)
    if options.find_agents:
        scenario = _found(options, scenario, arrivals, target, within_s)
    with progress_on("simulating") as told:
        runs = repeat(scenario, arrivals, options.runs, options.seed, told)
    print(f"{len(scenario.desks)} agents · {_lengths(scenario)}")
    for line in (*report.figures(runs, within_s), "", *report.by_queue(runs)):
        print(line)
    for line in (*_exact(options, scenario, within_s), "", *report.plot(runs, settings.zone)):
        print(line)
    if options.png is not None:
        draw(runs, scenario.begins, settings.zone, target, options.png)
        print(f"\nthe picture is in {options.png}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huduma whatif", description="Simulate a day with the house's own router.", allow_abbrev=False
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--rate", help="calls an hour at random: 120, or 08:00=90,10:00=240,14:00=120")
    who.add_argument("--calls", type=Path, metavar="FILE", help="callers from a CSV file (docs/simulator.md)")
    who.add_argument("--day", help="the callers of a day of the journal: yesterday, or YYYY-MM-DD")
    staff = parser.add_mutually_exclusive_group(required=True)
    staff.add_argument("--agents", type=int, metavar="N", help="so many agents who can do everything")
    staff.add_argument("--agents-file", type=Path, metavar="FILE", help="agents, skills, hours and breaks from CSV")
    staff.add_argument("--find-agents", action="store_true", help="find how many the target needs")
    parser.add_argument(
        "--target", default="80/30", help="share of calls / threshold T in seconds (default: %(default)s)"
    )
    parser.add_argument("--handling", help=f"talk: {FORMS}; with --day what that day was, otherwise lognormal:240,180")
    parser.add_argument("--wrap-up", help="work after the call, likewise; with --day that day's, otherwise fixed:45")
    parser.add_argument(
        "--patience", default="exponential:180", help="how long callers wait, or none (default: %(default)s)"
    )
    parser.add_argument("--ringing", default="fixed:5", help="how long an agent's phone rings (default: %(default)s)")
    parser.add_argument("--from", dest="begins", default="08:00", help="when a rate begins (default: %(default)s)")
    parser.add_argument("--hours", type=float, default=8.0, help="how long a rate lasts (default: %(default)s)")
    parser.add_argument(
        "--warm-up", type=float, default=0.0, metavar="MIN", help="minutes at the beginning not counted"
    )
    parser.add_argument(
        "--runs", type=int, default=5, help="how often, each with its own chance (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="equal seeds give equal answers (default: %(default)s)")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw a picture")
    return parser


def _target(text: str) -> tuple[float, int]:
    share, _, seconds = text.partition("/")
    try:
        target, within_s = float(share) / 100, int(seconds)
    except ValueError:
        raise BadInput(f"--target {text[:40]}: write a share and seconds, for example 80/30") from None
    if not 0 < target < 1 or not 1 <= within_s <= 3600:
        raise BadInput(f"--target {text[:40]}: the share is between 0 and 100, the seconds from 1 to 3600")
    return target, within_s


def _rules(settings: Settings, within_s: int) -> Rules:
    rules = house_rules(settings)
    queues = {name: replace(queue, service_level_s=within_s) for name, queue in rules.queues.items()}
    return replace(rules, queues=queues)


def _date(text: str, settings: Settings) -> date:
    if text == "yesterday":
        return datetime.now(settings.zone).date() - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--day {text[:40]}: write yesterday, or a day such as 2026-03-02") from None


def _callers(options: argparse.Namespace, rules: Rules, settings: Settings, day: Day | None) -> list[Arrival] | None:
    if day is not None:
        return [a if a.queue in rules.queues else replace(a, queue=rules.default_queue) for a in day.arrivals]
    if options.calls is not None:
        return read_callers(options.calls, rules.queues, settings.zone)
    return None


def _scenario(options: argparse.Namespace, rules: Rules, settings: Settings, day: Day | None,
              callers: Sequence[Arrival] | None) -> Scenario:  # fmt: skip
    if callers is None:
        begins_s = clock(options.begins, lambda reason: BadInput(f"--from: {reason}"))  # type: ignore[arg-type,return-value]
        if not 0 < options.hours <= 24:
            raise BadInput("--hours: from above 0 to 24")
        ends_s = begins_s + options.hours * 3600
    else:
        begins_s = callers[0].at_s // 3600 * 3600
        ends_s = (callers[-1].at_s // QUARTER_S + 1) * QUARTER_S
    for name, value, most in (
        ("--runs", options.runs, 1000),
        ("--agents", 1 if options.agents is None else options.agents, 10_000),
    ):
        if not 1 <= value <= most:
            raise BadInput(f"{name}: from 1 to {most}")
    if not 0 <= options.warm_up * 60 < ends_s - begins_s:
        raise BadInput("--warm-up: shorter than the time in which calls arrive")
    if options.agents_file is not None:
        desks: Sequence[Desk] = [replace(d, begins_s=d.begins_s or begins_s) for d in read_agents(options.agents_file)]
    else:
        desks = [Desk(_skills(callers), begins_s)] * (options.agents or 1)
    handling, wrap_up = options.handling, options.wrap_up
    talks = day.handling() if day is not None and handling is None else read_duration(handling or "lognormal:240,180")
    midnight = day.begins if day is not None else datetime.combine(NO_DAY, time(), settings.zone)
    written = day.wrap_up() if day is not None and wrap_up is None else None
    return Scenario(
        rules, desks, ends_s, talks, written or read_duration(wrap_up or "fixed:45"),
        read_duration(options.patience), read_duration(options.ringing), begins_s + options.warm_up * 60,
        midnight.astimezone(UTC),
    )  # fmt: skip


def _skills(callers: Sequence[Arrival] | None) -> dict[str, int]:
    return dict(EVERYBODY) | {skill: 3 for caller in callers or () for skill in caller.skills}


def _arrivals(options: argparse.Namespace, scenario: Scenario, callers: list[Arrival] | None) -> Arrivals:
    if callers is not None:
        return lambda chance: callers
    start_s = scenario.warm_up_s - options.warm_up * 60
    rates = []
    for part in options.rate.split(","):
        at, equals, per_hour = part.rpartition("=")
        try:
            rate = float(per_hour)
        except ValueError:
            raise BadInput(f"--rate: '{part[:40]}' is no number of calls an hour") from None
        refuse = lambda reason: BadInput(f"--rate: {reason}")  # noqa: E731
        rates.append((clock(at, refuse) if equals else start_s, rate))  # type: ignore[arg-type]
    if max(rate for _, rate in rates) * (scenario.length_s - start_s) / 3600 > MOST_CALLS:
        raise BadInput(f"--rate: more than {MOST_CALLS:,} calls")
    poisson(rates, 0, [CallKind()], Random(0))  # refuses what makes no sense
    return lambda chance: poisson(rates, scenario.length_s, [CallKind()], chance)


def _found(options: argparse.Namespace, scenario: Scenario, arrivals: Arrivals, target: float, within_s: float
           ) -> Scenario:  # fmt: skip
    sample = arrivals(Random(f"callers {options.seed} 0"))
    if not sample:
        raise BadInput("nobody calls")
    desk = scenario.desks[0]
    rate = len(sample) / (scenario.length_s - desk.begins_s)
    with progress_on("trying staffings") as told:
        found = find_agents(
            scenario, arrivals, lambda agents: [desk] * agents, rate, target, within_s, options.runs, options.seed,
            lambda agents, level: told(None, f"{agents} agents: {level.mean:.1%}"),
        )  # fmt: skip
    for line in (*report.staffing(found, target, within_s), ""):
        print(line)
    return replace(scenario, desks=[desk] * found.agents)


def _exact(options: argparse.Namespace, scenario: Scenario, within_s: float) -> Sequence[str]:
    if options.rate is None or "=" in options.rate or options.agents_file is not None or not float(options.rate):
        return ()
    busy_s = sum(length.mean_s for length in (scenario.handling, scenario.wrap_up, scenario.ringing))
    patience_s = scenario.patience.mean_s
    line = impatient_line(float(options.rate) / 3600, busy_s, len(scenario.desks), patience_s, within_s)
    return ("", *report.exact(line, "Erlang C" if scenario.patience.form == "never" else "Erlang A"))


def _lengths(scenario: Scenario) -> str:
    def said(length: Duration) -> str:
        return "never" if length.form == "never" else f"{length.mean_s:.0f} s {length.form}"

    return (
        f"talk {said(scenario.handling)} · wrap-up {said(scenario.wrap_up)} · ringing {said(scenario.ringing)} · "
        f"patience {said(scenario.patience)}"
    )
