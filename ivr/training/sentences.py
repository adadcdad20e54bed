"""What the synthesised voices read: menus, requests, digits, the catalogue, and everyday sentences."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Sequence
from pathlib import Path

from num2words import num2words

from citizen_services.catalogue_file import load_catalogue
from contact_centre.model import Language
from ivr.kiswahili_numbers import digit_by_digit, in_words
from ivr.spoken_digits import ONES_EN

TEXTS = Path(__file__).parent / "texts"
_WORD = re.compile(r"[a-z'’]+")


def words(text: str) -> list[str]:
    """Give the words of a text: lower case, numbers left out, `ku-renew` as one word."""
    return [w.strip("'’") or w for w in _WORD.findall(text.lower().replace("-", ""))]


def lines(name: str) -> list[str]:
    """Give the lines of one of the text files."""
    return (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def catalogue_texts(language: Language) -> tuple[list[str], list[str]]:
    """Give the catalogue's phrases (names, titles, what callers say) and its sentences."""
    catalogue = load_catalogue()
    phrases = [p for agency in catalogue.agencies for p in agency.phrases.get(language, ())]
    phrases += [p for service in catalogue.services for p in service.phrases.get(language, ())]
    phrases += [agency.name[language] for agency in catalogue.agencies]
    phrases += [service.title[language] for service in catalogue.services]
    said = [
        statement.text[language]
        for service in catalogue.services
        for statement in service.statements
        if language in statement.text
    ]
    return sorted(set(phrases)), sorted({s for text in said for s in re.split(r"(?<=[.!?;:])\s+", text) if s})


def digits(language: Language, chance: random.Random) -> str:
    """Give a few digits, or a number, in words."""
    figures = "".join(chance.choice("0123456789") for _ in range(chance.choice([1, 1, 1, 2, 3, 4, 4, 6, 8])))
    if chance.random() < 0.2:
        number = chance.randrange(10 ** chance.randint(1, 5))
        return (
            in_words(number).replace(",", "")
            if language == "sw"
            else num2words(number).replace("-", " ").replace(",", "")
        )
    if language == "sw":
        return digit_by_digit(figures)
    return " ".join("oh" if f == "0" and chance.random() < 0.2 else ONES_EN[int(f)] for f in figures)


def digit_strings(count: int, chance: random.Random) -> list[str]:
    """Give so many texts of one to four English digits, more than half of them of one."""
    texts = []
    for _ in range(count):
        said = [chance.choice(ONES_EN) for _ in range(chance.choice([1, 1, 1, 1, 1, 2, 3, 4]))]
        texts.append(" ".join("oh" if digit == "zero" and chance.random() < 0.2 else digit for digit in said))
    return texts


def with_figures_in_words(text: str) -> str:
    """Put a Kiswahili sentence's numbers in words; "737 Max 8" is read in Kiswahili."""
    joined = re.sub(r"(?<=\d)[,.](?=\d{3}\b)", "", text)
    return re.sub(r"\d+", lambda found: f" {in_words(int(found[0])) if len(found[0]) < 10 else ''} ", joined)


def figures_as_read() -> dict[str, list[str]]:
    """Give how the figures in recordings of the read Kiswahili were read, one after another, for each file.

    Years mostly in English, written as Kiswahili spells it ("naintin siksti thri"). Nobody wrote it down: of the ways
    there are the one is taken that fits best by hama, another recogniser than ours, by 3 nats at least.
    """
    with (TEXTS / "figures.tsv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row["read as"].split("|") for row in csv.DictReader(file, delimiter="\t")}


def with_figures_as_read(text: str, read: Sequence[str]) -> str:
    """Put a sentence's figures in the words that were read."""
    said = iter(read)
    return re.sub(r"\d+", lambda _: f" {next(said)} ", text)


def sentences(language: Language, count: int, chance: random.Random) -> list[str]:
    """Give so many texts for the voices of a language, in a mix that is like a telephone line's."""
    phrases, said = catalogue_texts(language)
    own = lines("english" if language == "en" else "kiswahili")
    vocabulary = sorted({w for text in [*own, *phrases, *said] for w in words(text) if len(w) > 1})
    mixed = lines("mixed") if language == "sw" else own
    texts: list[str] = []
    while len(texts) < count:
        kind = chance.random()
        if kind < 0.25:
            texts.append(digits(language, chance))
        elif kind < 0.45:
            texts.append(chance.choice(own))
        elif kind < 0.62:
            texts.append(chance.choice(phrases))
        elif kind < 0.80:
            texts.append(chance.choice(said))
        elif kind < 0.86:
            texts.append(chance.choice(mixed))
        else:
            texts.append(" ".join(chance.choice(vocabulary) for _ in range(chance.choice([1, 1, 2, 3]))))
    return [with_figures_in_words(t) if language == "sw" else in_english_words(t) for t in texts]


def short_texts(language: Language, count: int, chance: random.Random) -> list[str]:
    """Give so many texts as short as callers' answers: digits, what a menu names, a few words."""
    own = lines("english" if language == "en" else "kiswahili")
    phrases, said = catalogue_texts(language)
    short = [text for text in [*own, *phrases] if len(text.split()) < 6]
    vocabulary = sorted({w for text in [*own, *phrases, *said] for w in words(text) if len(w) > 1})
    texts: list[str] = []
    while len(texts) < count:
        kind = chance.random()
        if kind < 0.45:
            texts.append(" ".join(digits(language, chance).split()[:5]))
        elif kind < 0.8:
            texts.append(chance.choice(short))
        else:
            texts.append(" ".join(chance.choice(vocabulary) for _ in range(chance.choice([1, 1, 2]))))
    return [with_figures_in_words(t) if language == "sw" else in_english_words(t) for t in texts]


def in_english_words(text: str) -> str:
    """Put an English sentence's numbers in words."""
    joined = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return re.sub(r"\d+", lambda found: f" {num2words(int(found[0])).replace('-', ' ')} ", joined)
