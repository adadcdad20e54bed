"""Recordings whose words are known, read for `huduma speech eval`; what cannot be used is told, and the rest goes on.

With a `manifest.tsv` (`ivr/labelled.py`) its lines count. Without one, or with one that lacks a needed column, the
names do: `WORDS_SPEAKER_…`, hyphens within the words, figures for digits, `sw` among the parts for Kiswahili
(`7_theo_3.flac`, `lost-passport_asha.wav`, `cheti-cha-kuzaliwa_juma_sw.wav`); `nothing_…` holds no words of a grammar.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_centre.errors import BadInput
from contact_centre.model import Language
from ivr.acoustic.features import RATE
from ivr.labelled import MANIFEST, NO_WORDS, Labelled
from ivr.spoken_digits import ONES_BY_LANGUAGE

NEEDED = {"file", "language"}
LONGEST_S = 15.0
"""A recogniser passes over what is longer (s)."""
MOST_PHRASES = 12
"""Of a grammar that is put together from the words of the other recordings."""
Groups = dict[str, tuple[str, ...]]
"""Options, each with all its phrases."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One utterance, and what should be heard."""

    name: str
    language: Language
    truth: str | None
    """The option that was meant; None: nothing of the grammar."""
    options: Groups
    pcm: NDArray[np.int16]


@dataclass(slots=True)
class EvaluationSet:
    """What can be used of a directory, and a line about each thing that cannot."""

    recordings: list[Recording] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def read_set(folder: Path) -> EvaluationSet:
    """Read a directory.

    Raises:
        BadInput: it is no directory.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no directory")
    found = EvaluationSet()
    rows = _lines(folder, found.complaints)
    if rows is None:
        rows = [_named(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in {".wav", ".flac"}]
    words: dict[Language, set[str]] = {"en": set(), "sw": set()}
    usable: list[tuple[Labelled, Language, NDArray[np.int16]]] = []
    for row in rows:
        try:
            language: Language = "sw" if row.language == "sw" else "en"
            usable.append((row, language, _sound(folder, row)))
        except BadInput as mistake:
            found.complaints.append(f"{row.file}: {mistake}")
            continue
        if row.option != NO_WORDS:
            words[language].add(row.option)
    for row, language, pcm in usable:
        owners = {phrase: name for name, phrases in row.options.items() for phrase in phrases}
        truth = None if row.option == NO_WORDS else owners.get(row.option, row.option)
        options = row.options or _grammar(truth, sorted(words[language]), row.file)
        if not options or (truth and truth not in options):
            found.complaints.append(f"{row.file}: what was meant is not among its phrases, or there are no phrases")
        else:
            found.recordings.append(Recording(row.file, language, truth, options, pcm))
    return found


def _lines(folder: Path, complaints: list[str]) -> list[Labelled] | None:
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, delimiter="\t")
            columns, lines = set(table.fieldnames or ()), list(table)
    except (UnicodeDecodeError, csv.Error) as mistake:
        complaints.append(f"{MANIFEST}: no table in UTF-8 ({mistake}); the files' names are read instead")
        return None
    if missing := sorted(NEEDED - columns) or ([] if {"option", "text"} & columns else ["option"]):
        complaints.append(f"{MANIFEST}: no column {', '.join(missing)}; the files' names are read instead")
        return None
    rows = []
    for number, line in enumerate(lines, 2):
        values = {name: (line.get(name) or "").strip() for name in Labelled.__dataclass_fields__}
        values["option"] = values["option"] or values["text"].lower()
        if not values["file"] or values["language"] not in {"en", "sw"} or not values["option"]:
            complaints.append(f"{MANIFEST}:{number}: a line needs a file, a language (en, sw) and an option or a text")
        else:
            rows.append(Labelled(**values))
    return rows


def _named(path: Path) -> Labelled:
    said, *rest = path.stem.split("_")
    language: Language = "sw" if "sw" in rest else "en"
    text = ONES_BY_LANGUAGE[language][int(said)] if said in set("0123456789") else said.replace("-", " ").lower()
    option = NO_WORDS if text in {"", "nothing"} else text
    return Labelled(path.name, language, text, option, rest[0] if rest else "", "", "", "")


def _sound(folder: Path, row: Labelled) -> NDArray[np.int16]:
    path = (folder / row.file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadInput("is not in this directory")
    if not path.stat().st_size:
        raise BadInput("is empty (0 bytes)")
    try:
        about = soundfile.info(path)
        if about.samplerate != RATE or about.channels != 1:
            raise BadInput(f"has {about.samplerate} Hz, {about.channels} channel(s); the line has {RATE} Hz and one")
        if not 0 < about.duration <= LONGEST_S:
            raise BadInput(f"lasts {about.duration:.1f} s; an utterance has sound, and at most {LONGEST_S:.0f} s")
        samples, _ = soundfile.read(path, dtype="int16")
    except soundfile.LibsndfileError:
        raise BadInput("is no sound that can be read") from None
    return np.asarray(samples, dtype=np.int16)


def _grammar(truth: str | None, words: list[str], seed: str) -> Groups:
    if len(words) > MOST_PHRASES:
        others = [word for word in words if word != truth]
        words = [*([truth] if truth else []), *random.Random(seed).sample(others, MOST_PHRASES - bool(truth))]
    return {word: (word,) for word in words}
