"""Measures the recogniser on speakers, voices and a session that were never trained on.

`python -m ivr.training evaluate`: a table with numbers of trials and 95 % intervals (Wilson), and a CSV of it.
"""

from __future__ import annotations

import csv
import itertools
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ivr.acoustic.digit_ear import DigitEar
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.recogniser import CtcHearing
from ivr.training.trials import Trial, english_digits, kiswahili_words, neural, outside, synthetic

RATIOS = (30, 20, 10)
"""Signal to noise (dB)."""


@dataclass(slots=True)
class Tally:
    """What became of the trials of one group at one noise."""

    trials: int = 0
    right: int = 0
    """The likeliest phrase was the true one, whatever the confidence."""
    levels: dict[tuple[str, bool], int] = field(default_factory=lambda: defaultdict(int))
    """(act | confirm | reject, right)."""
    milliseconds: list[float] = field(default_factory=list)
    confused: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def share(self, level: str, right: bool) -> float:
        """The share of trials with this end."""
        return self.levels[level, right] / max(1, self.trials)


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Give the 95 % interval of a proportion."""
    if not trials:
        return 0.0, 1.0
    z, p = 1.96, successes / trials
    middle = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(hearing: CtcHearing, trials: Iterable[Trial]) -> dict[tuple[str, int], Tally]:
    """Let a recogniser hear every trial as a call would bring it, in pieces of 100 ms."""
    recogniser = hearing.recogniser()
    tallies: dict[tuple[str, int], Tally] = defaultdict(Tally)
    for trial in trials:
        tally = tallies[trial.group, trial.noise_db]
        recogniser.start(trial.phrases, trial.language)
        for start in range(0, len(trial.pcm), 800):
            recogniser.accept(trial.pcm[start : start + 800])
        began = time.perf_counter()
        heard = recogniser.finish()
        tally.milliseconds.append(1000 * (time.perf_counter() - began))
        likeliest = heard.alternatives[0].phrase if heard.alternatives else None
        right = likeliest == trial.truth
        tally.trials += 1
        tally.right += right
        tally.levels[heard.level, right] += 1
        if not right and trial.truth and likeliest:
            tally.confused[trial.truth, likeliest] += 1
    return tallies


def held_out(work: Path, model: AcousticModel, size: int) -> Iterator[Trial]:
    """Every trial of the evaluation. `size`: at most so many utterances of a kind, the digits aside."""
    return itertools.chain(
        english_digits(work, True, RATIOS),
        kiswahili_words(work, True, RATIOS, model, size),
        synthetic(True, RATIOS, size),
        neural(work, RATIOS),
        outside(work, True, RATIOS, size),
    )


def evaluate(work: Path, model_path: Path, digits: Path, table: Path, size: int = 240) -> None:
    """Print the table, and write it as CSV. `digits`: the ear for digits."""
    model = AcousticModel(model_path)
    tallies = measure(CtcHearing(model, DigitEar(digits)), held_out(work, model, size))
    columns = "group,noise_db,n,right,low,high,act_right,act_wrong,confirm_right,confirm_wrong,reject,median_ms,p95_ms"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns.split(","))
        for (group, noise_db), tally in sorted(tallies.items(), key=lambda item: (item[0][0], -item[0][1])):
            low, high = wilson(tally.right, tally.trials)
            taken = sorted(tally.milliseconds)
            shares = [tally.share(level, right) for level in ("act", "confirm") for right in (True, False)]
            shares.append(tally.share("reject", True) + tally.share("reject", False))
            values = [tally.right / tally.trials, low, high, *shares]
            times = [taken[len(taken) // 2], taken[int(len(taken) * 0.95)]]
            rows.writerow([group, noise_db, tally.trials, *(f"{v:.4f}" for v in values), *(f"{t:.1f}" for t in times)])
            right = "" if group.startswith("outside") else f"{values[0]:6.1%} [{low:.1%}, {high:.1%}]"
            print(f"{group:44} {noise_db} dB n={tally.trials:4} {right:24} ", end="")
            print(
                f"act {shares[0]:.1%} right {shares[1]:.1%} wrong, confirm {shares[2]:.1%} right {shares[3]:.1%} "
                f"wrong, reject {shares[4]:.1%}; {times[0]:.1f} ms, p95 {times[1]:.1f}"
            )
            worst = sorted(tally.confused.items(), key=lambda item: -item[1])[:4]
            if worst and noise_db == 20:
                print("    " + ", ".join(f"{truth} heard as {said} {count}x" for (truth, said), count in worst))
