"""Utterances whose truth is known, spoiled like telephone calls: to calibrate (voices trained on) and to evaluate."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.features import RATE, Floats, as_sound, log_mel, without_the_line
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.phones import places
from ivr.kiswahili_numbers import ONES
from ivr.spoken_digits import ONES_BY_LANGUAGE, ONES_EN
from ivr.training import voices
from ivr.training.alignment import word_cuts
from ivr.training.corpus import Corpus, exists
from ivr.training.sentences import catalogue_texts, words
from ivr.training.telephone import as_pcm, mu_law, noise, with_noise

MENUS: dict[Language, tuple[str, ...]] = {
    "en": (
        *("identity card", "birth certificate", "passport", "driving licence", "vehicles", "taxes", "business"),
        *("health insurance", "student loan", "my case", "land", "something else"),
    ),
    "sw": (
        *("kitambulisho", "cheti cha kuzaliwa", "pasipoti", "leseni ya udereva", "magari", "ushuru", "biashara"),
        *("bima ya afya", "mkopo wa masomo", "kesi yangu", "ardhi", "jambo lingine"),
    ),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One utterance, its grammar, and what was said (None: nothing of the grammar)."""

    group: str
    language: Language
    noise_db: int
    truth: str | None
    phrases: tuple[str, ...]
    pcm: NDArray[np.int16]


def call(samples: NDArray[np.int16] | Floats, noise_db: int, seed: str) -> NDArray[np.int16]:
    """Put clean sound on a line: 300-3400 Hz, noise of a colour that follows from `seed`, µ-law, silence around it."""
    chance = np.random.default_rng(zlib.crc32(seed.encode()))
    sound = np.asarray(samples, np.float32)
    sound = np.concatenate([np.zeros(RATE // 5, np.float32), sound, np.zeros(RATE * 3 // 10, np.float32)])
    spectrum, hz = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= (hz > 300) & (hz < 3400)
    sound = np.fft.irfft(spectrum, len(sound)).astype(np.float32)
    sound = with_noise(sound, noise(len(sound), chance), noise_db)
    return as_pcm(mu_law(sound * np.float32(0.3) / (np.abs(sound).max() + 1e-9)))


def english_digits(work: Path, held: bool, ratios: tuple[int, ...], most: int = 10_000) -> Iterator[Trial]:
    """Single human digits, of the speakers held out of training, or of the others."""
    name = work / ("held-en" if held else "human-en")
    if not exists(name):
        return
    for utterance, samples in list(Corpus(name))[:: max(1, 1000 // most)]:
        for ratio in ratios:
            pcm = call(samples, ratio, f"{utterance.start} {ratio}")
            yield Trial(f"human English digits ({utterance.speaker})", "en", ratio, utterance.text, ONES_EN, pcm)


def kiswahili_words(
    work: Path, held: bool, ratios: tuple[int, ...], model: AcousticModel, most: int
) -> Iterator[Trial]:
    """Human digits, and phrases of one to three words among eleven others, cut out of read sentences."""
    chance = random.Random(11)
    corpus = Corpus(work / ("held-sw" if held else "human-sw"))
    pieces: dict[str, list[tuple[str, NDArray[np.int16]]]] = {"digits": [], "phrases": []}
    for utterance, samples in corpus:
        frames = without_the_line(log_mel(as_sound(samples)))
        said = [(word, places(kiswahili_phones(word))) for word in utterance.text.split()]
        cuts = word_cuts(model.log_probabilities(frames), [w for w in said if w[1]])
        pieces["digits"] += [(word, samples[first:last]) for word, first, last in cuts if word in ONES]
        for _ in range(4):
            count = chance.choice([1, 2, 2, 3])
            if len(cuts) > count:
                at = chance.randrange(len(cuts) - count)
                text = " ".join(word for word, _, _ in cuts[at : at + count])
                if len(kiswahili_phones(text)) >= 5:
                    pieces["phrases"].append((text, samples[cuts[at][1] : cuts[at + count - 1][2]]))
    chance.shuffle(pieces["phrases"])
    for kind, cut in pieces.items():
        for number, (text, sound) in enumerate(cut[:most]):
            others = [other for other, _ in cut if other != text and not set(other.split()) & set(text.split())]
            phrases = ONES if kind == "digits" else (text, *chance.sample(sorted(set(others)), 11))
            for ratio in ratios:
                pcm = call(sound, ratio, f"{kind} {number} {ratio}")
                yield Trial(f"human Kiswahili {kind} (cut from sentences)", "sw", ratio, text, phrases, pcm)


def synthetic(held: bool, ratios: tuple[int, ...], most: int) -> Iterator[Trial]:
    """Menu phrases and digits by synthesised voices."""
    chance = random.Random(12 + held)
    variants = voices.HELD_OUT_VARIANTS if held else voices.VARIANTS
    languages: tuple[Language, ...] = ("en", "sw")
    for language in languages:
        for grammar, kind in ((MENUS[language], "menu"), (ONES_BY_LANGUAGE[language], "digits")):
            for number in range(most):
                text = grammar[number % len(grammar)]
                if number % 4 == 3 and voices.installed("flite"):
                    voice = voices.HELD_OUT_FLITE if held else chance.choice(voices.FLITE)
                    spoken = voices.flite(text, language, voice, chance)
                else:
                    spoken = voices.espeak(text, language, chance.choice(variants), chance)
                for ratio in ratios:
                    pcm = call(spoken.samples, ratio, f"{held} {language} {kind} {number} {ratio}")
                    name = {"en": "English", "sw": "Kiswahili"}[language]
                    yield Trial(f"synthetic {name} {kind}", language, ratio, text, grammar, pcm)


def neural(work: Path, ratios: tuple[int, ...]) -> Iterator[Trial]:
    """Menu phrases and digits by voices of Kokoro that are never trained on, where that corpus was made."""
    if not exists(work / "held-kokoro"):
        return
    for utterance, samples in Corpus(work / "held-kokoro"):
        language: Language = "en" if utterance.language == "en" else "sw"
        kind = "menu" if utterance.text in MENUS[language] else "digits"
        grammar = MENUS[language] if kind == "menu" else ONES_BY_LANGUAGE[language]
        for ratio in ratios:
            pcm = call(samples, ratio, f"{utterance.start} {ratio}")
            name = {"en": "English", "sw": "Kiswahili"}[language]
            yield Trial(f"neural voices' {name} {kind}", language, ratio, utterance.text, grammar, pcm)


def outside(work: Path, held: bool, ratios: tuple[int, ...], most: int) -> Iterator[Trial]:
    """Speech that is not in the grammar, and noise alone: nothing should be heard."""
    chance = random.Random(13)
    read = list(Corpus(work / ("held-sw" if held else "human-sw")))
    grammars = [(language, grammar) for table in (MENUS, ONES_BY_LANGUAGE) for language, grammar in table.items()]
    catalogue = [p for p in catalogue_texts("en")[0] if not set(words(p)) & set(words(" ".join(MENUS["en"])))]
    for number in range(most):
        language, grammar = grammars[number % 4]
        _, samples = read[chance.randrange(len(read))]
        start = chance.randrange(max(1, len(samples) - 3 * RATE))
        variant = chance.choice(voices.HELD_OUT_VARIANTS if held else tuple(voices.VARIANTS))
        spoken = voices.espeak(chance.choice(catalogue), "en", variant, chance)
        hiss = noise(2 * RATE, np.random.default_rng(number)) * 300
        for ratio in ratios:
            seed = f"out {number} {ratio}"
            sentence = samples[start : start + chance.randint(RATE, 3 * RATE)]
            yield Trial("outside: read Kiswahili", language, ratio, None, grammar, call(sentence, ratio, seed))
            yield Trial(
                "outside: other English phrases", language, ratio, None, grammar, call(spoken.samples, ratio, seed)
            )
            yield Trial("outside: noise alone", language, ratio, None, grammar, call(hiss, ratio, seed))
