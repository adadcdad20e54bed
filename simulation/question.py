"""What was asked on the command line, checked and made into a scenario with its callers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from contact_centre.database import connect
from contact_centre.errors import BadInput, FileMistake
from contact_centre.settings import Settings
from queue_manager.house_rules import house_rules
from queue_manager.rules import Rules
from simulation.arrivals_file import clock, read_agents, read_callers, read_kinds
from simulation.distributions import read_duration
from simulation.journal_arrivals import Day, day_of
from simulation.replications import Arrivals
from simulation.scenario import EVERYBODY, Arrival, CallKind, Desk, Scenario, poisson

QUARTER_S = 900.0
MOST_CALLS = 5_000_000
NO_DAY = date(2026, 3, 2)
"""The day of calls that have none."""
TALK, WRAP_UP, PATIENCE = "lognormal:240,180", "fixed:45", "exponential:180"


@dataclass(frozen=True, slots=True)
class Question:
    """One scenario, who calls in it, and what is wanted of it."""

    scenario: Scenario
    arrivals: Arrivals
    rates: tuple[tuple[float, float], ...]
    """(from, calls an hour) when calls come at a rate; nothing otherwise."""
    begins_s: float
    """When calls begin to arrive."""
    target: float
    within_s: float

    @property
    def one_rate(self) -> float | None:
        """Calls a second, when they come at one rate all the time."""
        return self.rates[0][1] / 3600 if len(self.rates) == 1 else None


def asked(options: argparse.Namespace, settings: Settings) -> Question:
    """Check the options and read the files that they name.

    Raises:
        BadInput: an option or a file is wrong; the message names it.
    """
    _ranges(options)
    target, within_s = _target(options.target)
    rules = _rules(settings, within_s)
    day = _day(_date(options.day, settings), settings) if options.day else None
    callers = _callers(options, rules, settings, day)
    kinds = read_kinds(options.mix, rules.queues) if options.mix is not None else [CallKind()]
    if callers is None:
        begins_s = clock(options.begins, lambda reason: _mistake("--from", reason))
        ends_s = begins_s + options.hours * 3600
        rates = _rates(options.rate, begins_s, ends_s)
        needed = {skill for kind in kinds for skill in kind.skills}
    else:
        begins_s = callers[0].at_s // 3600 * 3600
        ends_s = (callers[-1].at_s // QUARTER_S + 1) * QUARTER_S
        rates = ()
        needed = {skill for caller in callers for skill in caller.skills}
    if not 0 <= options.warm_up * 60 < ends_s - begins_s:
        raise BadInput("--warm-up: shorter than the time in which calls arrive")
    scenario = _scenario(options, rules, settings, day, (begins_s, ends_s), needed)

    def arrivals(chance: Random) -> Sequence[Arrival]:
        return poisson(rates, ends_s, kinds, chance) if callers is None else callers

    return Question(scenario, arrivals, rates, begins_s, target, within_s)


def _day(day: date, settings: Settings) -> Day:
    try:
        return day_of(connect(settings.url), day, settings.zone)
    except SQLAlchemyError as error:
        raise BadInput(f"--day: the journal cannot be read ({type(error).__name__}): is the database there?") from error


def _ranges(options: argparse.Namespace) -> None:
    if options.agents is None and options.agents_file is None and not options.find_agents:
        raise BadInput("who works? --agents, --agents-file, or --find-agents")
    if options.agents is not None and options.find_agents:
        raise BadInput("--agents and --find-agents: one or the other")
    for name, value, most in (("--runs", options.runs, 1000), ("--agents", options.agents, 10_000)):
        if value is not None and not 1 <= value <= most:
            raise BadInput(f"{name}: from 1 to {most}")
    if not 0 < options.hours <= 24:
        raise BadInput("--hours: from above 0 to 24")
    if options.png is not None and (options.png.suffix != ".png" or not options.png.parent.is_dir()):
        raise BadInput("--png: name a file that ends in .png in a directory that is there")
    if options.mix is not None and options.rate is None:
        raise BadInput("--mix: goes with --rate; other callers have their own needs")


def _mistake(option: str, reason: str) -> FileMistake:
    return FileMistake(option, None, reason)


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
              span_s: tuple[float, float], needed: set[str]) -> Scenario:  # fmt: skip
    begins_s, ends_s = span_s
    if options.agents_file is not None:
        desks: Sequence[Desk] = [replace(d, begins_s=d.begins_s or begins_s) for d in read_agents(options.agents_file)]
    else:
        everything = dict(EVERYBODY) | dict.fromkeys(needed, 3)
        desks = [Desk(everything, begins_s)] * (options.agents or 1)
    handling, wrap_up = options.handling, options.wrap_up
    talks = day.handling() if day is not None and handling is None else read_duration(handling or TALK)
    patience = day.patience() if day is not None and options.patience is None else None
    written = day.wrap_up() if day is not None and wrap_up is None else None
    midnight = day.begins if day is not None else datetime.combine(NO_DAY, time(), settings.zone)
    return Scenario(
        rules, desks, ends_s, talks, written or read_duration(wrap_up or WRAP_UP),
        patience or read_duration(options.patience or PATIENCE), read_duration(options.ringing),
        begins_s + options.warm_up * 60, midnight.astimezone(UTC),
    )  # fmt: skip


def _rates(text: str, begins_s: float, ends_s: float) -> tuple[tuple[float, float], ...]:
    rates = []
    for part in text.split(","):
        at, equals, per_hour = part.rpartition("=")
        try:
            rate = float(per_hour)
        except ValueError:
            raise BadInput(f"--rate: '{part[:40]}' is no number of calls an hour") from None
        rates.append((clock(at, lambda reason: _mistake("--rate", reason)) if equals else begins_s, rate))
    poisson(rates, 0, [CallKind()], Random(0))  # refuses what makes no sense
    if max(rate for _, rate in rates) * (ends_s - begins_s) / 3600 > MOST_CALLS:
        raise BadInput(f"--rate: more than {MOST_CALLS:,} calls")
    return tuple(rates)
