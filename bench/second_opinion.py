"""`python -m bench.second_opinion --work DIR`: would another engine beside our own model earn its weight?

hama and pocketsphinx (`pip install 'huduma[second-opinion]'`; `bench/other_engines.py`) hear the held-out trials that
our model's card is made of: alone, their belief multiplied with ours, and as a second opinion that must agree. DIR is
the work of `python -m ivr.training prepare`. How loud each hears, and how much stillness around the words, was chosen
on voices that our model was trained on, never on these.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from bench.other_engines import ENGINES, UNHEARD, Engine, Opinion, streams_of
from bench.stage import machine, print_table
from ivr.acoustic.model_file import SHIPPED, AcousticModel
from ivr.training.evaluate import wilson
from ivr.training.trials import RATE, Trial, english_digits, kiswahili_words, outside

RATIOS = (20, 10)
"""Signal to noise (dB)."""
MORE = 10
"""So many more streams are opened to see what each costs."""
Opinions = dict[str, Opinion]
Judgement = Callable[[Opinions], str | None]
"""What is acted on, of all opinions; None: nothing."""


def alone(name: str) -> Judgement:
    """One engine by its own bounds."""
    return lambda opinions: opinions[name].best if opinions[name].level == "act" else None


def agreed(other: str) -> Judgement:
    """Ours does not reject it, and the other thinks the same."""

    def judge(opinions: Opinions) -> str | None:
        ours = opinions["ours"]
        return ours.best if ours.level != "reject" and ours.best == opinions[other].best else None

    return judge


def helped(other: str) -> Judgement:
    """Ours is sure, or it is in doubt and the other thinks the same."""
    return lambda opinions: alone("ours")(opinions) or agreed(other)(opinions)


def checked(other: str) -> Judgement:
    """Ours is sure, and the other thinks the same."""
    return lambda opinions: agreed(other)(opinions) if opinions["ours"].level == "act" else None


POLICIES: dict[str, Judgement] = {
    "ours alone": alone("ours"),
    "hama alone": alone("hama"),
    "pocketsphinx alone": alone("pocketsphinx"),
    "ours and hama agree": agreed("hama"),
    "ours and pocketsphinx agree": agreed("pocketsphinx"),
    "ours is sure and hama agrees": checked("hama"),
    "ours is sure, or in doubt and hama agrees": helped("hama"),
}


def fused(names: Sequence[str], phrases: Sequence[str], opinions: Opinions) -> str | None:
    """The phrase that several engines together believe in most: their beliefs multiplied."""
    belief = {
        phrase: sum(np.log(max(opinions[name].shares.get(phrase, 0.0), UNHEARD)) for name in names)
        for phrase in phrases
    }
    return max(belief, key=belief.__getitem__) if any(opinions[name].best for name in names) else None


MIXTURES = (("ours",), ("hama",), ("pocketsphinx",), ("ours", "hama"), ("ours", "pocketsphinx"), ENGINES)


def held_out(work: Path, model: Path, size: int) -> Iterator[tuple[str, Trial]]:
    """Trials by what they tell about: `size` utterances of human English, and at most as many of Kiswahili."""
    trials = chain(
        english_digits(work, True, RATIOS, size),
        kiswahili_words(work, True, RATIOS, AcousticModel(model), size),
        outside(work, True, RATIOS, max(1, size // 3)),
    )
    for trial in trials:
        if trial.truth is None:
            kind = "noise, no words" if trial.group.endswith("noise alone") else "other words"
        else:
            kind = {"en": "human English digits", "sw": "human Kiswahili words"}[trial.language]
        yield kind, trial


def share(count: int, n: int) -> str:
    """With its interval."""
    low, high = wilson(count, n)
    return f"{count / max(1, n):.1%} [{100 * low:.1f}–{100 * high:.1f}]"


def memory_mb(name: str, model: Path) -> tuple[float, float]:
    """What an engine takes, and each further stream (MB); in a process of its own."""
    command = [sys.executable, "-m", "bench.second_opinion", "--memory", name, "--model", str(model)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def tell_memory(name: str, model: Path) -> None:
    """Print both."""

    def resident() -> float:
        line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    sound = np.random.default_rng(1).normal(0, 2000, 2 * RATE).astype(np.int16)
    readings, kept = [resident()], list[Engine]()
    opened = streams_of(name, model)
    for count in (1, MORE):
        for _ in range(count):
            kept.append(opened())
            kept[-1].hear(("one", "two", "three"), "en", sound)
        readings.append(resident())
    print(readings[1] - readings[0], (readings[2] - readings[1]) / MORE)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.second_opinion", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="the corpora")
    parser.add_argument("--size", type=int, default=200, help="utterances of a kind")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="our model's file")
    parser.add_argument("--memory", choices=ENGINES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.memory:
        tell_memory(given.memory, given.model)
        return
    engines = {name: streams_of(name, given.model)() for name in ENGINES}
    spent, sound_s = dict.fromkeys(engines, 0.0), 0.0
    found: dict[tuple[str, int], list[tuple[Trial, Opinions]]] = defaultdict(list)
    for kind, trial in held_out(given.work, given.model, given.size):
        opinions: Opinions = {}
        for name, engine in engines.items():
            began = time.process_time()
            opinions[name] = engine.hear(trial.phrases, trial.language, trial.pcm)
            spent[name] += time.process_time() - began
        sound_s += len(trial.pcm) / RATE
        found[kind, trial.noise_db].append((trial, opinions))
    report(found)
    rows = []
    for name, seconds in spent.items():
        first, further = memory_mb(name, given.model)
        rows.append(
            [name, f"{1000 * seconds / sound_s:.1f}", f"{sound_s / seconds:.0f}", f"{first:.0f}", f"{further:.1f}"]
        )
    print_table(["engine", "ms of processor / s of sound", "streams a core", "MB, the first", "MB, each further"], rows)
    print(machine())


def report(found: Mapping[tuple[str, int], Sequence[tuple[Trial, Opinions]]]) -> None:
    """Print who names the right phrase, and what each way of asking acts on."""
    kinds = {key: heard for key, heard in found.items() if heard[0][0].truth is not None}
    others = {key: heard for key, heard in found.items() if key not in kinds}
    head = [f"{kind}, {noise} dB (n = {len(heard)})" for (kind, noise), heard in kinds.items()]
    rows = []
    for names in MIXTURES:
        right = [
            sum(fused(names, trial.phrases, opinions) == trial.truth for trial, opinions in heard)
            for heard in kinds.values()
        ]
        rows.append(
            [" × ".join(names), *(share(r, len(heard)) for r, heard in zip(right, kinds.values(), strict=True))]
        )
    print_table(["likeliest phrase is right", *head], rows)
    rows = []
    for policy, judge in POLICIES.items():
        row: list[object] = [policy]
        for heard in kinds.values():
            done = [(judge(opinions), trial.truth) for trial, opinions in heard]
            counts = [sum(f(acted, truth) for acted, truth in done) for f in (_right, _wrong, _none)]
            row.append(" / ".join(f"{count / len(done):.1%}" for count in counts))
        row += [
            share(sum(judge(opinions) is not None for _, opinions in heard), len(heard)) for heard in others.values()
        ]
        rows.append(row)
    told = [f"{kind}, {noise} dB (n = {len(heard)}): acted on" for (kind, noise), heard in others.items()]
    print_table(["right / wrong / none", *head, *told], rows)


def _right(acted: str | None, truth: str | None) -> bool:
    return acted is not None and acted == truth


def _wrong(acted: str | None, truth: str | None) -> bool:
    return acted is not None and acted != truth


def _none(acted: str | None, truth: str | None) -> bool:
    return acted is None


if __name__ == "__main__":
    main()
