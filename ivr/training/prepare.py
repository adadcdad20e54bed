"""Gathers what is trained on: human recordings with their transcripts, and synthesised readers."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import Phone
from ivr.labelled import read_manifest
from ivr.training import corpus, voices
from ivr.training.sentences import ENGLISH_DIGITS, sentences, with_figures_in_words, words

Row = tuple[str, str, str, list[Phone], NDArray[np.int16]]
HELD_OUT_SESSION = "200703-095932"
"""The Kiswahili session that is never trained on."""
HELD_OUT_SPEAKERS = ("nicolas", "theo")
"""The English speakers that are never trained on: the last two by alphabet, chosen before anything was measured."""
ENGLISH_DIGIT_PHONES: tuple[list[Phone], ...] = (
    *(["z", "i", "r", "oU"], ["w", "V", "n"], ["t", "u"], ["T", "r", "i"], ["f", "o", "r"]),
    *(["f", "aI", "v"], ["s", "I", "k", "s"], ["s", "e", "v", "@", "n"], ["eI", "t"], ["n", "aI", "n"]),
)


def prepare(
    kiswahili_read: Path,
    english_digits: Path,
    work: Path,
    english_prompts: Path | None = None,
    size: int = 3000,
    seed: int = 7,
    labelled: Path | None = None,
) -> None:
    """Write the corpora `human-sw`, `held-sw`, `human-en`, `held-en`, `prompts-en` and `synthetic` into `work`.

    `labelled`: what `huduma speech export` wrote; those of its clips whose words are known become one more, `labelled`.

    `english_prompts`: Asterisk's English sounds, with their texts in `core-sounds-en.txt`; without them that corpus is
    missing. `size`: synthesised utterances per language by espeak-ng; the others read about half as many together.
    """
    work.mkdir(parents=True, exist_ok=True)
    for name, held in (("human-sw", False), ("held-sw", True)):
        corpus.write(work / name, _kiswahili(kiswahili_read, held))
    for name, held in (("human-en", False), ("held-en", True)):
        corpus.write(work / name, _digits(english_digits, held))
    if english_prompts is not None:
        corpus.write(work / "prompts-en", _prompts(english_prompts))
    if labelled is not None:
        corpus.write(work / "labelled", _labelled(labelled))
    corpus.write(work / "synthetic", _synthetic(size, random.Random(seed)))


def _kiswahili(folder: Path, held: bool) -> Iterator[Row]:
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path = folder / row["file"]
            in_figures = any(c.isdigit() for c in row["text"])  # who knows how these were read?
            if (row["session"] == HELD_OUT_SESSION) == held and path.is_file() and not in_figures:
                text = " ".join(words(with_figures_in_words(row["text"])))
                phones = [phone for word in text.split() for phone in kiswahili_phones(word)]
                yield text, "sw", row["session"], phones, _samples(path)


def _digits(folder: Path, held: bool) -> Iterator[Row]:
    for path in sorted(folder.glob("*.flac")):
        digit, speaker, _ = path.stem.split("_")
        if (speaker in HELD_OUT_SPEAKERS) == held:
            yield ENGLISH_DIGITS[int(digit)], "en", speaker, ENGLISH_DIGIT_PHONES[int(digit)], _samples(path)


def _prompts(folder: Path) -> Iterator[Row]:
    """What an announcer said, without the prompts whose text is a description, or holds figures."""
    for line in (folder / "core-sounds-en.txt").read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition(":")
        path = folder / f"{name.strip()}.wav"
        plain = text.strip(" .\t")
        if not plain or line.startswith(";") or any(c in "[]<>" or c.isdigit() for c in plain) or not path.is_file():
            continue
        phones = [phone for word in voices.english_words(plain, "en-us") for phone in word]
        if len(phones) > 1:
            yield plain, "en", "announcer", phones, _samples(path)


def _labelled(folder: Path) -> Iterator[Row]:
    """Callers' own words, where a person wrote down exactly what was said."""
    for clip in read_manifest(folder):
        text = " ".join(words(clip.text))
        if not text:
            continue
        if clip.language == "sw":
            phones = [phone for word in text.split() for phone in kiswahili_phones(word)]
        else:
            phones = [phone for word in voices.english_words(text, "en-us") for phone in word]
        if phones:
            yield text, clip.language, clip.speaker, phones, _samples(folder / clip.file)


def _synthetic(size: int, chance: random.Random) -> Iterator[Row]:
    languages: tuple[Language, ...] = ("en", "sw")
    for language in languages:
        for text in sentences(language, size, chance):
            yield _row(voices.espeak(text, language, chance.choice(voices.VARIANTS), chance))
        if voices.installed("flite"):
            for text in sentences(language, size // 4, chance):
                yield _row(voices.flite(text, language, chance.choice(voices.FLITE), chance))
    for text in sentences("en", size // 4, chance):
        yield _row(voices.in_kenya(text, chance.choice(voices.VARIANTS), chance))
    for language in languages:
        yield from map(_row, voices.piper(sentences(language, size // 5, chance), language, chance))


def _row(spoken: voices.Spoken) -> Row:
    return spoken.text, spoken.language, spoken.voice, spoken.phones, spoken.samples


def _samples(path: Path) -> NDArray[np.int16]:
    samples, rate = soundfile.read(path, dtype="int16")
    if rate != voices.RATE:
        raise ValueError(f"{path.name} is not at {voices.RATE} Hz")
    return np.asarray(samples, dtype=np.int16)
