"""`python -m bench.short_words`: how soon a word of one syllable stops the prompt.

Each word is spoken over a prompt into an ear, 20 ms at a time as Asterisk sends them. Certain: the first moment at
which the judge of onsets, asked every 20 ms about all that has come so far, says that these are words. Stopped: when
the call's thread is told. A word of which it is never certain stops nothing; it is understood at its end.
"""

from __future__ import annotations

import os
import time

import numpy as np
from numpy.typing import NDArray

from bench.stage import machine, print_table, quantile
from contact_centre.model import Language
from ivr.acoustic.model_file import AcousticModel
from ivr.ear import Sign
from ivr.listening import Ears
from ivr.onset import LOOKED_AT, Onset, Playing
from ivr.speech import hearing
from ivr.utterance import Question

from spoken_words import RATE, line_of, spoken  # isort: skip

WORDS: dict[Language, tuple[str, ...]] = {
    "en": ("yes", "no", "one", "two", "three", "five", "six", "eight", "nine", "fee", "where", "back"),
    "sw": ("ndio", "hapana", "tisa", "sita", "moja", "rudi"),
}
"""Kiswahili has hardly a word of one syllable: these have two or three."""
VOICES = ("m6", "f4")
LEAD_S = 0.4
FRAME = RATE // 50


def certain_at(onset: Onset, sound: NDArray[np.int16], word: str, language: Language) -> float | None:
    """After how much of the sound (s); None: never."""
    for end in range(int((LEAD_S + 0.1) * RATE), len(sound), FRAME):
        if onset.is_words(sound[max(0, end - LOOKED_AT) : end], (word,), language):
            return end / RATE
    return None


def stopped_at(ears: Ears, sound: NDArray[np.int16], word: str, language: Language) -> float | None:
    """When the prompt was stopped (s from the first sample); None: it was not, before the end."""
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    ear = ears.open(reads, lambda: None)
    ear.attend(Question((word,), language, Playing(())))
    began = time.monotonic()
    try:
        for number, at in enumerate(range(0, len(sound), FRAME), 1):
            os.write(writes, sound[at : at + FRAME].tobytes())
            time.sleep(max(0.0, began + number * FRAME / RATE - time.monotonic()))
            if ear.notice() is Sign.SPEECH:
                return time.monotonic() - began
        return None
    finally:
        ear.close()
        os.close(writes)


def main() -> None:
    """Measure and print."""
    onset, rows = Onset(AcousticModel()), list[list[object]]()
    ears = Ears(hearing("ctc"), onset, most=10)
    for language, words in WORDS.items():
        delays, from_onset, tried = [], [], 0
        for word in words:
            for voice in VOICES:
                sound, tried = line_of(LEAD_S, spoken(word, language, voice), 0.6), tried + 1
                certain = certain_at(onset, sound, word, language)
                stopped = stopped_at(ears, sound, word, language)
                if certain is not None and stopped is not None:
                    delays.append(1000 * max(0.0, stopped - certain))
                    from_onset.append(1000 * (stopped - LEAD_S))
        spread = [f"{quantile(some, share):.0f}" for some in (delays, from_onset) for share in (0.5, 0.95)]
        rows.append([language, tried, len(delays), *spread])
    ears.close()
    print(f"Short words over a prompt; {machine()}\n")
    head = ("language", "words", "stopped the prompt", "certain → stopped ms, median", "p95")
    print_table((*head, "word's first sound → stopped ms, median", "p95"), rows)


if __name__ == "__main__":
    main()
