"""`python -m ivr.vosk_trial DIRECTORY UNKNOWN`: lets a Vosk model hear a second of noise, in a process of its own.

Kaldi takes some damaged models without a word and ends the whole process at the first caller's word (a graph that is
cut, a half of a small table). So a model is tried before it is taken, where only the trial can die of it. `UNKNOWN` is
what the model calls a word it does not know.
"""

from __future__ import annotations

import heapq
import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from contact_centre.settings import PROJECT_ROOT

LONGEST_S = 180.0
"""A model that has not heard anything by then is taken for damaged (s); the largest official one loads in some 20."""
RATE = 8000
WORDS = 300
"""So many words of the model, its shortest, make the trial's grammar: they sound like each other, and only where words
do are all of a graph's marks looked at."""
TABLE = bytes.fromhex("74fbb27e")
"""What a table of words begins with, within a graph."""


def survives(directory: Path, unknown: str) -> bool:
    """Whether this model loads and hears; takes as long as loading it."""
    command = [sys.executable, "-m", "ivr.vosk_trial", str(directory.absolute()), unknown]
    try:
        done = subprocess.run(
            command,
            cwd=PROJECT_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def known_words(directory: Path) -> Iterator[str]:
    """Words that the model knows, in no order: from its words.txt, or from the table within its grammar graph."""
    for path in (directory / "graph" / "words.txt", directory / "words.txt"):
        if path.is_file():
            lines = path.read_text(errors="replace").splitlines()
            yield from (word for line in lines if (word := line.partition(" ")[0]).isalpha())
            return
    for path in (directory / "graph" / "Gr.fst", directory / "Gr.fst"):
        if path.is_file():
            yield from _table(path.read_bytes())
            return


def _table(data: bytes) -> Iterator[str]:
    """The words of OpenFst's table: a name, two counts, then each word behind its length and before its number."""
    at = data.find(TABLE) + len(TABLE)
    if at < len(TABLE):
        return
    at += 4 + struct.unpack_from("<i", data, at)[0]
    (count,) = struct.unpack_from("<q", data, at + 8)
    at += 16
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, at)
        word = data[at + 4 : at + 4 + length].decode(errors="replace")
        at += 4 + length + 8
        if word.isalpha():
            yield word


def main() -> None:
    """Load, hear, end well; anything else is the answer too."""
    import vosk

    directory, unknown = sys.argv[1:]
    vosk.SetLogLevel(-1)
    grammar = [*heapq.nsmallest(WORDS, known_words(Path(directory)), key=len), unknown]
    decoder = vosk.KaldiRecognizer(vosk.Model(directory), RATE, json.dumps(grammar, ensure_ascii=False))
    decoder.AcceptWaveform(np.random.default_rng(1).normal(0, 2000, RATE).astype(np.int16).tobytes())
    decoder.FinalResult()


if __name__ == "__main__":
    main()
