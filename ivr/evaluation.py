"""`huduma speech eval DIR [--engine ENGINE]`: how well recordings are heard, by language and noise: a summary, tables
and a picture."""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from contact_centre.errors import BadInput
from contact_centre.settings import load_settings
from ivr.__main__ import engines, vosk_models, vosk_servers
from ivr.acoustic.features import as_sound
from ivr.evaluation_set import Recording, read_set
from ivr.speech import Recogniser, hearing
from ivr.training.evaluate import wilson
from ivr.training.telephone import as_pcm, mu_law, noise, with_noise

AS_IT_IS = None
"""The noise of a recording to which none is added."""
NOBODY = "(nothing)"
COLUMNS = (
    "language,noise_db,n,right,low,high,act_right,act_wrong,confirm_right,confirm_wrong,reject,"
    "outside_n,false_accepts,false_confirms,median_ms,p95_ms"
)


@dataclass(slots=True)
class Tally:
    """What became of the recordings in one language at one noise."""

    levels: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Of those with words: (level, right)."""
    likeliest_right: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    """Of those without: the level."""
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    def row(self) -> list[float]:
        """Give the numbers of COLUMNS from n on."""
        n, outside = self.levels.total(), self.outside.total()
        low, high = wilson(self.likeliest_right, n)
        shares = [self.levels[level, right] / max(1, n) for level in ("act", "confirm") for right in (True, False)]
        rejected = (self.levels["reject", True] + self.levels["reject", False]) / max(1, n)
        accepted = [self.outside[level] / max(1, outside) for level in ("act", "confirm")]
        times = [float(np.quantile(self.milliseconds, share)) for share in (0.5, 0.95)]
        return [n, self.likeliest_right / max(1, n), low, high, *shares, rejected, outside, *accepted, *times]


Tallies = dict[tuple[str, float | None], Tally]


def measure(recogniser: Recogniser, recordings: Iterable[Recording], ratios: Iterable[float | None]) -> Tallies:
    """Let a recogniser hear every recording as a call would bring it, at each signal-to-noise ratio (dB)."""
    tallies: Tallies = {}
    ratios = tuple(ratios)
    for number, recording in enumerate(recordings):
        owners = {phrase: option for option, phrases in recording.options.items() for phrase in phrases}
        for ratio in ratios:
            tally = tallies.setdefault((recording.language, ratio), Tally())
            pcm = recording.pcm
            if ratio is not None:
                sound = as_sound(pcm)
                sound = with_noise(sound, noise(len(sound), np.random.default_rng(number)), ratio)
                pcm = as_pcm(mu_law(sound))
            recogniser.start(tuple(owners), recording.language)
            for start in range(0, len(pcm), 800):
                recogniser.accept(pcm[start : start + 800])
            began = time.perf_counter()
            heard = recogniser.finish()
            tally.milliseconds.append(1000 * (time.perf_counter() - began))
            likeliest = owners.get(heard.alternatives[0].phrase) if heard.alternatives else None
            if recording.truth is None:
                tally.outside[heard.level] += 1
            else:
                tally.levels[heard.level, likeliest == recording.truth] += 1
                tally.likeliest_right += likeliest == recording.truth
                tally.confused[recording.truth, likeliest or NOBODY] += 1
    return tallies


def main(argv: list[str]) -> int:
    """Run it.

    Raises:
        BadInput: nothing in the directory can be used.
        FileMistake: the model cannot.
        SettingsMistake: the engine has no model or server.
    """
    parser = argparse.ArgumentParser(prog="huduma speech eval", description=__doc__)
    parser.add_argument("directory", type=Path, help="recordings (8 kHz, mono), with manifest.tsv or telling names")
    parser.add_argument("--noise", type=float, nargs="*", default=[], metavar="DB", help="also with noise added, µ-law")
    parser.add_argument("--into", type=Path, default=Path("speech-evaluation"), help="where tables and picture go")
    parser.add_argument("--engine", choices=("ctc", "vosk", "vosk-server"), default="ctc", help="who hears them")
    parser.add_argument("--model", type=Path, help="a file of our own model in place of the one that is shipped")
    given = parser.parse_args(argv)
    if not all(-10 <= ratio <= 60 for ratio in given.noise):
        raise BadInput("a signal-to-noise ratio is between -10 and 60 dB")
    found = read_set(given.directory)
    for complaint in found.complaints:
        print(f"left out: {complaint}")
    if not found.recordings:
        raise BadInput(f"nothing in {given.directory} can be measured")
    settings = load_settings().model_copy(update={"speech": given.engine})
    recogniser = hearing(given.engine, given.model, vosk_models(settings), vosk_servers(settings)).recogniser()
    print("heard by: " + ", ".join(f"{who} ({language})" for language, who in engines(settings).items()))
    tallies = measure(recogniser, found.recordings, (AS_IT_IS, *given.noise))
    given.into.mkdir(parents=True, exist_ok=True)
    write(tallies, given.into)
    for (language, ratio), tally in tallies.items():
        print(told(language, ratio, tally))
    print(f"tables and picture: {given.into}")
    return 0


def told(language: str, ratio: float | None, tally: Tally) -> str:
    """One group, for people."""
    values = dict(zip(COLUMNS.split(",")[2:], tally.row(), strict=True))
    lines = [f"{language}, {named(ratio)}:"]
    if values["n"]:
        lines.append(
            f"  right {values['right']:.1%} [{values['low']:.1%}, {values['high']:.1%}] of {values['n']:.0f}; acted on"
            f" {values['act_right']:.1%} rightly, {values['act_wrong']:.1%} wrongly; asked about"
            f" {values['confirm_right']:.1%} and {values['confirm_wrong']:.1%}; rejected {values['reject']:.1%}"
        )
    if values["outside_n"]:
        low, high = wilson(tally.outside["act"], tally.outside.total())
        lines.append(
            f"  without words of the grammar ({values['outside_n']:.0f}): acted on {values['false_accepts']:.1%}"
            f" [{low:.1%}, {high:.1%}], asked about {values['false_confirms']:.1%}"
        )
    lines.append(f"  answer after {values['median_ms']:.1f} ms (median), {values['p95_ms']:.1f} ms (p95)")
    worst = [(pair, count) for pair, count in tally.confused.most_common() if pair[0] != pair[1]][:5]
    lines += [f"  {truth} heard as {said}: {count}" for (truth, said), count in worst]
    return "\n".join(lines)


def named(ratio: float | None) -> str:
    """Say what noise that is."""
    return "as recorded" if ratio is AS_IT_IS else f"{ratio:g} dB"


def write(tallies: Tallies, into: Path) -> None:
    """Write `accuracy.csv`, `confusions.csv` and `accuracy.png`."""
    with (into / "accuracy.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS.split(","))
        for (language, ratio), tally in tallies.items():
            table.writerow([language, "" if ratio is None else f"{ratio:g}", *(f"{v:.4g}" for v in tally.row())])
    with (into / "confusions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["language", "noise_db", "said", "heard", "n"])
        for (language, ratio), tally in tallies.items():
            for (truth, said), count in sorted(tally.confused.items()):
                table.writerow([language, "" if ratio is None else f"{ratio:g}", truth, said, count])
    draw(tallies, into / "accuracy.png")


def draw(tallies: Tallies, path: Path) -> None:
    """Draw the share that was heard rightly, with its interval, by language and noise."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # slow to import
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    ratios = list(dict.fromkeys(ratio for _, ratio in tallies))
    for shift, language in enumerate(dict.fromkeys(language for language, _ in tallies)):
        rows = [(place, tallies[language, r].row()) for place, r in enumerate(ratios) if (language, r) in tallies]
        rows = [(place, row) for place, row in rows if row[0]]
        if rows:
            middle = np.array([row[1] for _, row in rows])
            spread = [middle - [row[2] for _, row in rows], [row[3] for _, row in rows] - middle]
            at = [place + 0.08 * shift for place, _ in rows]
            axes.errorbar(
                at, middle, np.maximum(spread, 0), fmt="o-", capsize=4, label=f"{language}, n={rows[0][1][0]}"
            )
    axes.set_xticks(range(len(ratios)), [named(ratio) for ratio in ratios])
    axes.set(ylim=(0, 1.02), ylabel="heard rightly (95 % intervals)")
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    FigureCanvasAgg(figure)
    figure.savefig(path, format="png")
