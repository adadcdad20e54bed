"""The training material in one place: 8 kHz samples end to end in one file, and a line of JSON for each utterance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.phones import Phone


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance of a corpus."""

    text: str
    language: str
    speaker: str
    phones: list[Phone]
    start: int
    """Its first sample in the file."""
    length: int
    """Samples."""


class Corpus:
    """Utterances and their sound."""

    def __init__(self, name: Path, language: Language | None = None) -> None:
        """Open `name`.i16 and `name`.jsonl; `language`: what is in this one alone."""
        self.samples: NDArray[np.int16] = np.memmap(name.with_suffix(".i16"), dtype=np.int16, mode="r")
        rows = name.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
        utterances = [Utterance(**json.loads(row)) for row in rows]
        self.utterances = [u for u in utterances if language in (None, u.language)]

    def __iter__(self) -> Iterator[tuple[Utterance, NDArray[np.int16]]]:
        """Give each utterance with its samples."""
        return ((u, self.samples[u.start : u.start + u.length]) for u in self.utterances)


def exists(name: Path) -> bool:
    """Whether there is such a corpus, with something in it."""
    rows = name.with_suffix(".jsonl")
    return rows.is_file() and rows.stat().st_size > 0


def write(name: Path, spoken: Iterable[tuple[str, str, str, list[Phone], NDArray[np.int16]]]) -> int:
    """Write a corpus of (text, language, speaker, phones, samples); give how many there are."""
    start = count = 0
    with name.with_suffix(".i16").open("wb") as sound, name.with_suffix(".jsonl").open("w", encoding="utf-8") as rows:
        for text, language, speaker, phones, samples in spoken:
            utterance = Utterance(text, language, speaker, phones, start, len(samples))
            sound.write(np.ascontiguousarray(samples, dtype=np.int16).tobytes())
            rows.write(json.dumps(asdict(utterance), ensure_ascii=False) + "\n")
            start, count = start + len(samples), count + 1
    return count
