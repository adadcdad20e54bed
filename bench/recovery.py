"""How soon the house is there: opened for the first time, opened again, and whole again after a program was killed.

`python -m bench.recovery [ROUNDS]`: a whole house, every program for real. It is there when supervisord has every
program running, the console and its router say so, and the IVR's door takes a connection. Each program is killed
(`kill -9`) in turn, round by round; what counts is the ratio to an opening in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from bench.stage import machine, print_table

from running_house import RunningHouse, house_running  # isort: skip

ROUNDS = 3


async def killed(house: RunningHouse) -> dict[str, float]:
    """Kill each program, one after another; seconds until the house was whole again."""
    took: dict[str, float] = {}
    for program in house.house.states():
        began = time.monotonic()
        await house.kill(program)
        took[program] = time.monotonic() - began
    return took


def main() -> None:
    """Open, kill, print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="huduma-bench-") as directory:
        for number in range(rounds + 1):
            began = time.monotonic()
            with house_running(Path(directory) / "house") as house:
                took["opened again" if number else "opened for the first time"].append(time.monotonic() - began)
                if number:
                    for program, seconds in asyncio.run(killed(house)).items():
                        took[f"{program} killed"].append(seconds)
    opening = median(took["opened again"])
    rows = [
        (what, len(all_), f"{median(all_):.1f}", f"{max(all_):.1f}", f"{median(all_) / opening:.2f}")
        for what, all_ in took.items()
    ]
    print_table(("what happened", "times", "whole after s, median", "most", "openings"), rows)
    print(machine())


if __name__ == "__main__":
    main()
