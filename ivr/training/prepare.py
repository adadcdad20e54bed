"""Gathers what is trained on: human recordings with their transcripts, and synthesised readers."""

from __future__ import annotations

import csv
import random
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contact_centre.model import LANGUAGES, Language
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import Phone
from ivr.labelled import read_manifest
from ivr.spoken_digits import ONES_BY_LANGUAGE, ONES_EN
from ivr.training import corpus, voices
from ivr.training.sentences import (
    digit_strings,
    figures_as_read,
    sentences,
    short_texts,
    with_figures_as_read,
    words,
)

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
    kokoro_voices: Path | None = None,
    held_out: Collection[str] = HELD_OUT_SPEAKERS,
) -> None:
    """Write `human-sw`, `held-sw`, `human-en`, `held-en`, `prompts-en`, `synthetic` and `digits-en` into `work`.

    `held_out`: English speakers that are not trained on. `english_prompts`: Asterisk's English sounds, with their texts
    in `core-sounds-en.txt`; without them that corpus is missing. `size`: synthesised utterances per language by
    espeak-ng; the others read about half as many together. `kokoro_voices`: the folder of Kokoro's voices; with it come
    `kokoro-en`, `kokoro-sw` and `held-kokoro`. `labelled`: what `huduma speech export` wrote; those of its clips whose
    words are known become one more, `labelled`.
    """
    work.mkdir(parents=True, exist_ok=True)
    for name, held in (("human-sw", False), ("held-sw", True)):
        corpus.write(work / name, _kiswahili(kiswahili_read, held))
    for name, held in (("human-en", False), ("held-en", True)):
        corpus.write(work / name, _digits(english_digits, held_out, held))
    if english_prompts is not None:
        corpus.write(work / "prompts-en", _prompts(english_prompts))
    if labelled is not None:
        corpus.write(work / "labelled", _labelled(labelled))
    corpus.write(work / "synthetic", _synthetic(size, random.Random(seed)))
    corpus.write(work / "digits-en", _spoken_digits(kokoro_voices, random.Random(seed)))
    if kokoro_voices is not None:
        for language in LANGUAGES:
            count = size * 3 // 2 if language == "en" else size * 9 // 10
            corpus.write(work / f"kokoro-{language}", _kokoro(kokoro_voices, language, count, random.Random(seed)))
        corpus.write(work / "held-kokoro", _kokoro_callers(kokoro_voices, random.Random(seed)))


def _kiswahili(folder: Path, held: bool) -> Iterator[Row]:
    read = figures_as_read()
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path, told = folder / row["file"], row["text"]
            if row["file"] in read:
                told = with_figures_as_read(told, read[row["file"]])
            in_figures = any(c.isdigit() for c in told)  # who knows how these were read?
            if (row["session"] == HELD_OUT_SESSION) == held and path.is_file() and not in_figures:
                text = " ".join(words(told))
                phones = [phone for word in text.split() for phone in kiswahili_phones(word)]
                yield text, "sw", row["session"], phones, _samples(path)


def _digits(folder: Path, held_out: Collection[str], held: bool) -> Iterator[Row]:
    for path in sorted(folder.glob("*.flac")):
        digit, speaker, _ = path.stem.split("_")
        if (speaker in held_out) == held:
            yield ONES_EN[int(digit)], "en", speaker, ENGLISH_DIGIT_PHONES[int(digit)], _samples(path)


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


def _spoken_digits(kokoro_voices: Path | None, chance: random.Random) -> Iterator[Row]:
    """English digits by every voice there is, Kokoro's with every accent."""
    for variant in voices.VARIANTS:
        for text in digit_strings(24, chance):
            yield _row(voices.espeak(text, "en", variant, chance))
        for text in digit_strings(6, chance):
            yield _row(voices.in_kenya(text, variant, chance))
    if voices.installed("flite"):
        for voice in voices.FLITE:
            for text in digit_strings(40, chance):
                yield _row(voices.flite(text, "en", voice, chance))
    yield from map(_row, voices.piper(digit_strings(180, chance), "en", chance))
    if kokoro_voices is not None:
        from ivr.training.kokoro import read_all

        texts = digit_strings(1500, chance)
        yield from map(_row, read_all(kokoro_voices, texts, "en", chance, any_accent=True))


def _kokoro(folder: Path, language: Language, count: int, chance: random.Random) -> Iterator[Row]:
    from ivr.training.kokoro import read_all

    return map(_row, read_all(folder, short_texts(language, count, chance), language, chance))


def _kokoro_callers(folder: Path, chance: random.Random, count: int = 240) -> Iterator[Row]:
    """Voices that are not trained on say what a menu names, and digits."""
    from ivr.training.kokoro import read_all
    from ivr.training.trials import MENUS

    for language in LANGUAGES:
        for grammar in (MENUS[language], ONES_BY_LANGUAGE[language]):
            texts = [grammar[number % len(grammar)] for number in range(count)]
            yield from map(_row, read_all(folder, texts, language, chance, held_out=True))


def _row(spoken: voices.Spoken) -> Row:
    return spoken.text, spoken.language, spoken.voice, spoken.phones, spoken.samples


def _samples(path: Path) -> NDArray[np.int16]:
    samples, rate = soundfile.read(path, dtype="int16")
    if rate != voices.RATE:
        raise ValueError(f"{path.name} is not at {voices.RATE} Hz")
    return np.asarray(samples, dtype=np.int16)
