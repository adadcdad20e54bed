"""`huduma whatif`: what would happen with these callers and these agents?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from contact_centre.errors import BadInput
from contact_centre.settings import load_settings
from simulation import report
from simulation.distributions import FORMS, Duration
from simulation.erlang import impatient_line
from simulation.picture import draw
from simulation.progress import progress_on
from simulation.question import PATIENCE, TALK, WRAP_UP, Question, asked
from simulation.replications import repeat
from simulation.roster import find_roster
from simulation.scenario import Desk, Scenario
from simulation.staffing import find_agents, scaled


def main(argv: list[str]) -> int:
    """Simulate and print.

    Raises:
        BadInput: an option or a file is wrong; the message names it.
    """
    options = _parser().parse_args(argv)
    settings = load_settings()
    question = asked(options, settings)
    scenario = question.scenario
    if options.find_agents:
        scenario = replace(
            scenario, desks=_found(question, options.runs, options.seed, options.agents_file is not None)
        )
    with progress_on("simulating") as told:
        runs = repeat(scenario, question.arrivals, options.runs, options.seed, told)
    _print(
        [f"{len(scenario.desks)} agents · {_lengths(scenario)}", *report.figures(runs, question.within_s)],
        report.by_queue(runs),
        _exact(question, scenario) if options.agents_file is None else (),
        report.plot(runs, settings.zone),
    )
    if options.png is not None:
        draw(runs, scenario.begins, settings.zone, question.target, options.png)
        print(f"the picture is in {options.png}")
    return 0


def _print(*parts: Iterable[str]) -> None:
    for part in parts:
        lines = list(part)
        if lines:
            print(*lines, "", sep="\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huduma whatif", description="Simulate a day with the house's own router.", allow_abbrev=False
    )
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--rate", help="calls an hour at random: 120, or 08:00=90,10:00=240,14:00=120")
    who.add_argument("--calls", type=Path, metavar="FILE", help="callers from a CSV file (docs/simulator.md)")
    who.add_argument("--day", help="the callers of a day of the journal: yesterday, or YYYY-MM-DD")
    parser.add_argument("--mix", type=Path, metavar="FILE", help="kinds of call that a rate brings, from CSV")
    staff = parser.add_mutually_exclusive_group()
    staff.add_argument("--agents", type=int, metavar="N", help="so many agents who can do everything")
    staff.add_argument("--agents-file", type=Path, metavar="FILE", help="agents, skills, hours and breaks from CSV")
    parser.add_argument(
        "--find-agents", action="store_true",
        help="find how many the target needs; with --agents-file, of such a mix as is in it",
    )  # fmt: skip
    parser.add_argument(
        "--target", default="80/30", help="share of calls / threshold T in seconds (default: %(default)s)"
    )
    parser.add_argument("--handling", help=f"talk: {FORMS}; with --day what that day was, otherwise {TALK}")
    parser.add_argument("--wrap-up", help=f"work after the call, likewise; with --day that day's, otherwise {WRAP_UP}")
    parser.add_argument(
        "--patience", help=f"how long callers wait, or none; with --day that day's mean, otherwise {PATIENCE}"
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


def _found(question: Question, times: int, seed: int, mixed: bool) -> Sequence[Desk]:
    scenario, desks = question.scenario, question.scenario.desks
    sample = question.arrivals(Random(f"callers {seed} 0"))
    if not sample:
        raise BadInput("nobody calls")
    rate = len(sample) / (scenario.length_s - question.begins_s)
    with progress_on("trying staffings") as told:
        found = find_agents(
            scenario, question.arrivals, lambda agents: scaled(desks, agents), rate, question.target, question.within_s,
            times, seed, lambda agents, level: told(None, f"{agents} agents: {level.mean:.1%}"),
        )  # fmt: skip
    _print(report.staffing(found, question.target, question.within_s))
    if mixed or len(question.rates) < 2:
        return scaled(desks, found.agents)
    with progress_on("trying rosters") as told:
        roster = find_roster(
            scenario, question.arrivals, question.rates, desks[0], question.target, question.within_s, times, seed,
            lambda agents: told(None, f"{max(agents)} agents at most"),
        )  # fmt: skip
    _print(report.roster(roster, question.target, question.within_s))
    return roster.desks


def _exact(question: Question, scenario: Scenario) -> Iterable[str]:
    if not question.one_rate:
        return ()
    busy_s = sum(length.mean_s for length in (scenario.handling, scenario.wrap_up, scenario.ringing))
    line = impatient_line(
        question.one_rate, busy_s, len(scenario.desks), scenario.patience.mean_s, question.within_s
    )  # fmt: skip
    return report.exact(line, "Erlang C" if scenario.patience.form == "never" else "Erlang A")


def _lengths(scenario: Scenario) -> str:
    def said(length: Duration) -> str:
        return "never" if length.form == "never" else f"{length.mean_s:.0f} s {length.form}"

    return (
        f"talk {said(scenario.handling)} · wrap-up {said(scenario.wrap_up)} · ringing {said(scenario.ringing)} · "
        f"patience {said(scenario.patience)}"
    )
