"""The recogniser `vosk`, in this process: one model for each language, loaded once; a recogniser for each utterance
with the grammar of its prompt. The end of speech is found by our own endpointer, which is sooner than Vosk's."""

from __future__ import annotations

import json
import logging
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contact_centre.errors import FileMistake, SetupFailed
from contact_centre.model import Language
from ivr.heard import Heard
from ivr.model_directory import check_directory, unknown_word
from ivr.processors import processors
from ivr.sentences import Sentences
from ivr.speech import Hearing, Recogniser
from ivr.spoken_digits import ONES_BY_LANGUAGE
from ivr.voice_activity import RATE
from ivr.vosk_trial import survives
from ivr.vosk_words import Word, grammar_of, judge_words, spelling, words_of

log = logging.getLogger("ivr.listening")

LONGEST = 15 * RATE
"""More sound than this in one utterance is passed over (samples)."""
A_CORE = 12
"""So many utterances may be decoded at once for each core; measured, about 15 come in time."""


class VoskModel:
    """One loaded model; some 100 MB that all calls share. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        """Load it, which takes some seconds.

        Raises:
            FileMistake: no Vosk model is there, or a damaged one, which might end this process: it is tried in another
                first. The reason is told.
            SetupFailed: Vosk is not installed.
        """
        check_directory(directory)
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise SetupFailed("Vosk is not installed here: pip install 'huduma[vosk]'") from error
        vosk.SetLogLevel(-1)  # it would write callers' words to stderr
        self.unknown = unknown_word(directory)
        if not survives(directory, self.unknown):
            raise FileMistake(directory, None, "Vosk cannot load this model, or dies of it: fetch it again")
        try:
            self._model = vosk.Model(str(directory))
        except Exception as error:  # vosk raises a bare Exception
            raise FileMistake(directory, None, "Vosk cannot load this model: fetch it again") from error
        self._recogniser = vosk.KaldiRecognizer

    def knows(self, phrase: str) -> bool:
        """Whether every word of the phrase is in the model's dictionary."""
        words = spelling(phrase).split()
        return bool(words) and all(self._model.vosk_model_find_word(word) >= 0 for word in words)

    def begin(self, phrases: Sequence[str]) -> _Decoder:
        """Make a decoder that knows these phrases and nothing else."""
        made = self._recogniser(self._model, RATE, json.dumps([*phrases, self.unknown], ensure_ascii=False))
        made.SetWords(True)
        return _Decoder(made)


class _Decoder:
    """Kaldi's, for one utterance."""

    def __init__(self, decoder: Any) -> None:
        self._decoder, self._words = decoder, list[Word]()

    def accept(self, pcm: NDArray[np.int16]) -> None:
        if self._decoder.AcceptWaveform(pcm.tobytes()):
            self._words += words_of(json.loads(self._decoder.Result()))

    def finish(self) -> list[Word]:
        return self._words + words_of(json.loads(self._decoder.FinalResult()))


class VoskHearing:
    """The models of all languages; who has none, or comes past the cap, is heard by the other engine."""

    def __init__(self, models: Mapping[Language, VoskModel], otherwise: Hearing, most: int = 0) -> None:
        """Listen to at most so many utterances at once; 0: `A_CORE` for each core."""
        self.models, self._otherwise = models, otherwise
        self._most = most or A_CORE * processors()
        self._lock = threading.Lock()
        self._busy: weakref.WeakSet[VoskRecogniser] = weakref.WeakSet()

    def recogniser(self) -> VoskRecogniser:
        """Give a recogniser for one call."""
        return VoskRecogniser(self, self._otherwise.recogniser())

    def begin(self, one: VoskRecogniser, language: Language) -> VoskModel | None:
        """The model of this language if there is one and room is left; `end` makes the room free again."""
        with self._lock:
            self._busy.discard(one)
            if language not in self.models or len(self._busy) >= self._most:
                return None
            self._busy.add(one)
        return self.models[language]

    def end(self, one: VoskRecogniser) -> None:
        """There is room for another."""
        with self._lock:
            self._busy.discard(one)


class VoskRecogniser:
    """Listens to one caller."""

    def __init__(self, hearing: VoskHearing, otherwise: Recogniser) -> None:
        """Nothing is expected before `start`."""
        self._hearing, self._otherwise = hearing, otherwise
        self._decoder: _Decoder | None = None
        self._phrases: list[str] = []
        self._left = self._digits = 0
        self._at_length = False

    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        """Begin an utterance, in which one of these phrases is expected, so many digits, or a whole sentence."""
        model = self._hearing.begin(self, language)
        self._digits, self._left, self._decoder = digits, LONGEST, None
        self._phrases = [phrase for phrase in phrases if model is not None and model.knows(phrase)]
        names = ONES_BY_LANGUAGE[language] if digits else ()
        names = tuple(name for name in names if model is not None and model.knows(name))
        self._at_length = sentences is not None
        if model is None or not (self._phrases or names):
            self._hearing.end(self)
            self._otherwise.start(phrases, language, digits, sentences)
        else:
            if len(self._phrases) < len(phrases):
                log.debug("%s phrases hold words the model does not know", len(phrases) - len(self._phrases))
            grammar = grammar_of(self._phrases, names, sentences)
            self._decoder = model.begin([one for one in grammar if model.knows(one)])

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the next samples (8 kHz)."""
        if self._decoder is None:
            self._otherwise.accept(pcm)
        elif some := len(pcm[: self._left]):
            self._decoder.accept(pcm[:some])
            self._left -= some

    def finish(self) -> Heard:
        """Say what was heard."""
        if self._decoder is None:
            return self._otherwise.finish()
        decoder, self._decoder = self._decoder, None
        try:
            return judge_words(self._phrases, decoder.finish(), self._digits, self._at_length)
        finally:
            self._hearing.end(self)
