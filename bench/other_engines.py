"""Engines that `bench.second_opinion` compares: our own as the house runs it, hama, and pocketsphinx.

hama is a phone recogniser for many languages, pocketsphinx comes with an English model; both bring their models from
PyPI. Their phones are taken for ours by hand (`IPA`, `ARPABET`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from contact_centre.model import Language
from ivr.acoustic.digit_ear import DigitEar
from ivr.acoustic.features import RATE
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.model_file import AcousticModel
from ivr.acoustic.phones import BLANK, PHONES
from ivr.acoustic.recogniser import CtcHearing
from ivr.acoustic.scoring import phrase_scores, worth
from ivr.heard import Level

THEIR_RATE = 16000
"""Both were made for wide-band sound; a telephone's has nothing above 4 kHz."""
FITS = -2.0
"""hama alone accepts a phrase that fits this well (nats for each phone)."""
LIKELY = 0.5
"""pocketsphinx alone accepts a phrase of this posterior probability."""
UNHEARD = 1e-4
"""The belief in a phrase that an engine does not name."""
HAMA_LOUDNESS, HAMA_STILL_S, SPHINX_STILL_S = 0.3, 0.5, 0.2
"""Of a telephone's sound; and stillness put before and after the words (s)."""
IPA = {
    "a": "a ä ɑ ɐ à ã",
    "e": "e ɛ eɪ ẽ",
    "i": "i ĩ ì ǐ",
    "o": "o ɔ õ oʊ",
    "u": "u ũ ɯ ʉ",
    "I": "ɪ ɨ ɪə",
    "A": "æ",
    "V": "ʌ ɐ",
    "@": "ə ɘ ɚ ɐ",
    "O": "ɒ ɑ ɔ",
    "U": "ʊ",
    "3": "ɝ ɜ ɚ",
    "eI": "eɪ",
    "aI": "aɪ",
    "OI": "ɔɪ",
    "aU": "aʊ",
    "oU": "oʊ",
    "p": "p pʰ p͈",
    "b": "b ɓ β",
    "t": "t tʰ t͈ ʈ",
    "d": "d ɗ ɖ",
    "k": "k kʰ k͈",
    "g": "g ɡ",
    "f": "f ɸ",
    "v": "v ʋ",
    "s": "s s͈",
    "z": "z",
    "h": "h ɦ ħ",
    "m": "m ɱ",
    "n": "n ɴ",
    "l": "l ɫ",
    "r": "r ɹ ɾ ɻ ɽ",
    "w": "w",
    "j": "j ʝ",
    "S": "ʃ ʂ ɕ",
    "Z": "ʒ ʑ ʐ",
    "tS": "t͡ʃ t͡ɕ t͡ɕʰ t͡ɕ͈",
    "dZ": "d͡ʒ ɟ",
    "T": "θ",
    "D": "ð",
    "N": "ŋ",
    "G": "ɣ x ʁ",
    "J": "ɲ ñ",
}
"""Our phones, each with hama's that stand for it."""
ARPABET = {
    "a": "AA",
    "e": "EH",
    "i": "IY",
    "o": "AO",
    "u": "UW",
    "I": "IH",
    "A": "AE",
    "V": "AH",
    "@": "AH",
    "O": "AA",
    "U": "UH",
    "3": "ER",
    "eI": "EY",
    "aI": "AY",
    "OI": "OY",
    "aU": "AW",
    "oU": "OW",
    "h": "HH",
    "j": "Y",
    "S": "SH",
    "Z": "ZH",
    "tS": "CH",
    "dZ": "JH",
    "T": "TH",
    "D": "DH",
    "N": "NG",
    "G": "G",
    "J": "N Y",
    **{phone: phone.upper() for phone in "pbtdkgfvszmnlrw"},
}
"""Our phones, each as pocketsphinx's dictionary writes it."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an engine makes of an utterance."""

    best: str | None
    level: Level
    shares: Mapping[str, float]
    """Its belief in each phrase (0 to 1)."""


class Engine(Protocol):
    """One that hears an utterance whole."""

    def hear(self, phrases: Sequence[str], language: Language, pcm: NDArray[np.int16]) -> Opinion:
        """Say what it was."""


class Ours:
    """The recogniser as the house runs it."""

    def __init__(self, shared: CtcHearing) -> None:
        self._recogniser = shared.recogniser()

    def hear(self, phrases: Sequence[str], language: Language, pcm: NDArray[np.int16]) -> Opinion:
        self._recogniser.start(phrases, language)
        for start in range(0, len(pcm), 800):
            self._recogniser.accept(pcm[start : start + 800])
        heard = self._recogniser.finish()
        shares = {other.phrase: other.confidence for other in heard.alternatives}
        return Opinion(max(shares, key=shares.__getitem__, default=None), heard.level, shares)


class Hama:
    """Its phones' probabilities, as ours, through our own scoring of a grammar."""

    def __init__(self, shared: Any) -> None:
        self._session, tokens = shared.session, shared.decoder_tokens
        places = {token: place for place, token in enumerate(tokens)}
        named = [[places[token] for token in IPA[phone].split()] for phone in PHONES[1:]]
        used = {place for of_one in named for place in of_one}
        self._columns = [[place for place in range(len(tokens)) if place not in used], *named]

    def hear(self, phrases: Sequence[str], language: Language, pcm: NDArray[np.int16]) -> Opinion:
        wave = HAMA_LOUDNESS * _wide(pcm, HAMA_STILL_S) / 32768
        feeds = {"waveform": wave[None], "waveform_lengths": np.array([len(wave)])}
        logits, lengths = self._session.run(["log_probs", "out_lengths"], feeds)
        logits = logits[0][: int(lengths[0])]
        probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        frames = np.stack([probabilities[:, columns].sum(axis=1) for columns in self._columns], axis=1)
        assert BLANK == 0
        ways = [(phrase, way) for phrase in phrases for way in pronunciations(phrase, language)]
        scores = phrase_scores(np.log(frames + 1e-9).astype(np.float32), [way for _, way in ways])
        best = dict.fromkeys(phrases, (-np.inf, -np.inf, 1))
        for (phrase, way), score in zip(ways, scores, strict=True):
            best[phrase] = max(best[phrase], (worth(float(score), len(way)), float(score), len(way)))
        likeliest = max(best, key=lambda phrase: best[phrase])
        most, score, phones = best[likeliest]
        if not np.isfinite(score):
            return Opinion(None, "reject", {})
        weights = {phrase: np.exp((best[phrase][0] - most) / 2) for phrase in phrases}
        total = sum(weights.values())
        level: Level = "act" if score / phones > FITS else "reject"
        return Opinion(likeliest, level, {phrase: float(weight / total) for phrase, weight in weights.items()})


class PocketSphinx:
    """Its English acoustic model; each phrase of a grammar is one word of its dictionary, said in our ways."""

    def __init__(self) -> None:
        import pocketsphinx

        config = pocketsphinx.Config(
            hmm=pocketsphinx.get_model_path("en-us/en-us"),
            lm=None,
            dict=None,
            cmn="batch",
            samprate=THEIR_RATE,
            loglevel="FATAL",
        )
        self._decoder = pocketsphinx.Decoder(config)
        self._words: dict[tuple[str, Language], str] = {}
        self._grammars: dict[tuple[str, ...], str] = {}

    def hear(self, phrases: Sequence[str], language: Language, pcm: NDArray[np.int16]) -> Opinion:
        decoder: Any = self._decoder
        words = {self._word(phrase, language): phrase for phrase in phrases}
        grammar = self._grammars.get(tuple(words))
        if grammar is None:
            grammar = self._grammars[tuple(words)] = f"g{len(self._grammars)}"
            text = f"#JSGF V1.0; grammar {grammar}; public <p> = {' | '.join(words)};"
            decoder.add_jsgf_string(grammar, text)
        decoder.activate_search(grammar)
        decoder.start_utt()
        wide = _wide(pcm, SPHINX_STILL_S).clip(-32768, 32767).astype(np.int16)
        decoder.process_raw(wide.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        if hypothesis is None or not hypothesis.hypstr:
            return Opinion(None, "reject", {})
        best = words[hypothesis.hypstr.partition("(")[0]]
        belief = min(float(decoder.get_prob()), 1.0)
        rest = (1 - belief) / max(1, len(phrases) - 1)
        shares = {phrase: belief if phrase == best else max(rest, UNHEARD) for phrase in phrases}
        return Opinion(best, "act" if belief >= LIKELY else "reject", shares)

    def _word(self, phrase: str, language: Language) -> str:
        word = self._words.get((phrase, language))
        if word is None:
            word = self._words[phrase, language] = f"w{len(self._words)}"
            for number, way in enumerate(pronunciations(phrase, language)):
                said = " ".join(ARPABET[PHONES[place]] for place in way)
                self._decoder.add_word(word if not number else f"{word}({number + 1})", said, True)
        return word


ENGINES = ("ours", "hama", "pocketsphinx")


def streams_of(name: str, model: Path) -> Callable[[], Engine]:
    """Give what makes an engine's streams, one for each caller; what they can share, they share."""
    if name == "ours":
        ours = CtcHearing(AcousticModel(model), DigitEar())
        return lambda: Ours(ours)
    if name == "hama":
        import hama

        theirs = hama.ASRModel()
        return lambda: Hama(theirs)
    return PocketSphinx


def _wide(pcm: NDArray[np.int16], still_s: float) -> NDArray[np.float32]:
    still = np.zeros(int(still_s * RATE), np.float32)
    return np.asarray(soxr.resample(np.concatenate([still, pcm, still]), RATE, THEIR_RATE), np.float32)
