"""Writes the English lexicon: the words of the menus, the catalogue and the training texts, as espeak-ng says them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml
from num2words import num2words

from ivr.acoustic.english import phones_of_ipa
from ivr.training.sentences import catalogue_texts, lines

MENUS = Path(__file__).parents[1] / "menus"
_TOKEN = re.compile(r"[A-Za-z'’]+")
SAID_OTHERWISE = {"id": "I D", "kra": "K R A", "nssf": "N S S F", "ntsa": "N T S A", "dl": "D L", "dci": "D C I"}
"""Initials that are spelled out; others (PIN, HELB, SHA) are said as words."""
SAID_AS = {"zero": ("z i r oU", "z i @ r oU")}
"""American and British where espeak-ng gives but one of two common ways."""


def vocabulary() -> list[str]:
    """Give the English words that callers may use."""
    phrases, said = catalogue_texts("en")
    texts = [*lines("english"), *lines("mixed"), *phrases, *said]
    for name in ("main", "words"):
        texts += _english(yaml.safe_load((MENUS / f"{name}.yaml").read_text(encoding="utf-8")))
    texts += [num2words(n).replace("-", " ") for n in (*range(100), 100, 1000, 1_000_000)] + ["oh"]
    texts += list(SAID_OTHERWISE)
    return sorted({w.lower().strip("'’") for text in texts for w in _TOKEN.findall(text)} - {""})


def _english(found: object, spoken: bool = False) -> list[str]:
    """The English texts of a menu file, without its Kiswahili, its keys and its comments."""
    if isinstance(found, str):
        return [found] if spoken else []
    if isinstance(found, dict):
        return [
            text for key, inner in found.items() for text in _english(inner, key == "en" or (spoken and key != "sw"))
        ]
    return [text for inner in found for text in _english(inner, spoken)] if isinstance(found, list) else []


def write_lexicon(path: Path) -> int:
    """Write it; give the number of words."""
    kiswahili = {w.lower() for text in lines("kiswahili") for w in _TOKEN.findall(text)} - {"english", "passport"}
    words = [w for w in vocabulary() if w not in kiswahili and len(w) < 24]
    american, british = _said(words, "en-us"), _said(words, "en-gb")
    for word, (us, gb) in SAID_AS.items():
        american[words.index(word)], british[words.index(word)] = us, gb
    rows = [f"{w}\t{us}\t{gb}" for w, us, gb in zip(words, american, british, strict=True) if us and gb]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)


def _said(words: list[str], accent: str) -> list[str]:
    text = "\n\n".join(SAID_OTHERWISE.get(word, word) + "." for word in words)
    asked = subprocess.run(
        ["espeak-ng", "-q", "-v", accent, "--ipa", "--stdin"], input=text, check=True, capture_output=True, text=True
    ).stdout
    said = [" ".join(phones_of_ipa(line)) for line in asked.splitlines() if line.strip()]
    if len(said) != len(words):
        raise ValueError(f"espeak-ng said {len(said)} of {len(words)} words")
    return said
