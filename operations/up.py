"""`huduma up`: prepares the house with progress shown, runs it, and stops all of it on Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Sequence
from types import FrameType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from citizen_services.sample_data import DEMONSTRATION_PASSWORD
from contact_centre.errors import HudumaError, SetupFailed
from contact_centre.settings import IN_CHECKOUT, Settings, load_settings
from operations.house import House
from operations.steps import STEPS, Step


class Stopped(Exception):
    """Someone asked us to stop."""


def main(argv: list[str]) -> int:
    """Set up, start, print how to use it, and wait."""
    parser = argparse.ArgumentParser(prog="huduma up", description=main.__doc__)
    parser.add_argument("--only-set-up", action="store_true", help="prepare everything, start nothing")
    arguments = parser.parse_args(argv)
    settings = load_settings()
    screen = Console(highlight=False)
    prepare(settings, screen, [step for step in STEPS if not (arguments.only_set_up and step.to_start)])
    if arguments.only_set_up:
        return 0
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        with House(settings) as house:
            try:
                house.wait_until_ready()
                screen.print(banner(settings))
                _watch(house, screen)
            except Stopped:
                screen.print("\nStopping; calls in progress end now.")
    except Stopped:  # before anything ran
        pass
    return 0


def prepare(settings: Settings, screen: Console, steps: Sequence[Step]) -> None:
    """Take the steps, with their progress on the screen."""
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<26}"),
        TextColumn("[dim]{task.fields[detail]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=screen) as bar:
        for step in steps:
            task = bar.add_task(step.title, total=1, detail="")
            try:
                step.run(settings, lambda detail, task=task: bar.update(task, detail=detail[:60]))  # type: ignore[misc]
            except OSError as error:
                raise SetupFailed(f"{step.title}: {error}") from error
            except HudumaError:
                bar.update(task, detail="[red]failed")
                raise
            bar.update(task, completed=1, detail="")


def banner(settings: Settings) -> str:
    """Where everything is, for the person who just started it."""
    url, command = settings.console_url, "./huduma" if IN_CHECKOUT else "huduma"
    lines = ["", "[bold]The house is open.[/bold]  Ctrl-C stops it.", ""]
    lines += [
        f"  agent's console   {url}/agent",
        f"  live board        {url}/supervisor",
        f"  citizen's page    {url}/call",
        "",
    ]
    if settings.mode == "demonstration":
        lines += [
            f"  sign in as agent1 … agent12, supervisor1 or admin1, password {DEMONSTRATION_PASSWORD}",
            f"  place a call      {command} call {settings.prefixes[0]} --keys 1,1,0",
            f"  keep it busy      {command} simulate --calls-per-minute 12 --agents 5",
        ]
    return "\n".join([*lines, f"  logs              {settings.data_dir / 'logs'}", ""])


def _watch(house: House, screen: Console) -> None:
    """Say when a part dies and when it is back; supervisord does the restarting."""
    before = house.states()
    while True:
        time.sleep(1)
        now = house.states()
        for name, (state, pid) in now.items():
            old_state, old_pid = before.get(name, ("", 0))
            if state == "RUNNING" and (pid != old_pid or old_state != state):
                screen.print(f"  {name} is running again")
            elif state != old_state:
                screen.print(f"  {name}: {state.lower()}; it is restarted")
        before = now
        if all(state == "UNKNOWN" for state, _ in now.values()):
            raise SetupFailed(f"supervisord ended: {house.trouble()}")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Raise `Stopped`, once: an impatient second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped
