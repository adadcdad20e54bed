"""Vosk in this process, with a real model: what is taken as one, what is heard, and who hears where Vosk cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken_words import line_of
from vosk_korean import cut_in_half, korean, korean_model, like_the_korean_model, refusal

from contact_centre.errors import BadInput, SettingsMistake
from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.__main__ import listeners
from ivr.heard import Alternative, Heard
from ivr.sentences import Sentences
from ivr.speech import hearing
from ivr.vosk_recogniser import VoskHearing
from ivr.vosk_words import Word, judge_words, words_of

HELLO, AGENT = "안녕하세요", "상담원"


class OtherEngine:
    """Stands in for our own model, and tells what it was asked."""

    answer = Heard("another", 1.0, "act", (Alternative("another", 1.0),))

    def __init__(self) -> None:
        self.started: list[tuple[tuple[str, ...], Language]] = []
        self.samples = 0

    def recogniser(self) -> OtherEngine:
        return self

    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        self.started.append((tuple(phrases), language))

    def accept(self, pcm: NDArray[np.int16]) -> None:
        self.samples += len(pcm)

    def finish(self) -> Heard:
        return self.answer


def test_a_word_is_heard_among_the_phrases_of_a_prompt() -> None:
    other = OtherEngine()
    recogniser = VoskHearing({"en": korean_model()}, other).recogniser()
    for expected in (AGENT, HELLO):
        recogniser.start([HELLO, AGENT, "passport"], "en")
        sound = line_of(0.3, korean(expected), 0.5)
        for place in range(0, len(sound), 1200):
            recogniser.accept(sound[place : place + 1200])
        heard = recogniser.finish()
        assert (heard.phrase, heard.level) == (expected, "act")
    assert not other.started


def test_silence_and_noise_are_nothing() -> None:
    recogniser = VoskHearing({"en": korean_model()}, OtherEngine()).recogniser()
    for sound in (np.zeros(0, np.int16), np.zeros(8000, np.int16), line_of(2.0)):
        recogniser.start([HELLO, AGENT], "en")
        recogniser.accept(sound)
        assert recogniser.finish().level == "reject"


def test_a_language_without_a_model_or_without_its_words_is_heard_by_the_other_engine() -> None:
    other = OtherEngine()
    recogniser = VoskHearing({"en": korean_model()}, other).recogniser()
    for phrases, language in (([HELLO], "sw"), (["nobody says qwxyz"], "en")):
        recogniser.start(phrases, language)
        recogniser.accept(np.zeros(800, np.int16))
        assert recogniser.finish() == OtherEngine.answer
    assert len(other.started) == 2
    assert other.samples == 1600


def test_past_the_cap_the_other_engine_hears_and_room_comes_back() -> None:
    other = OtherEngine()
    engine = VoskHearing({"en": korean_model()}, other, most=1)
    first, second = engine.recogniser(), engine.recogniser()
    first.start([HELLO], "en")
    second.start([HELLO], "en")
    assert len(other.started) == 1
    first.finish()
    second.start([HELLO], "en")
    assert len(other.started) == 1
    del second  # a caller who hung up in the middle of a word
    first.start([HELLO], "en")
    assert len(other.started) == 1


def test_the_model_names_its_unknown_word() -> None:
    assert korean_model().unknown == "<UNK>"
    assert korean_model().knows(HELLO)
    assert not korean_model().knows("passport")


def test_a_whole_model_is_taken_and_each_spoiled_one_refused_with_the_reason(tmp_path: Path) -> None:
    assert "no such directory" in refusal(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "no Vosk model: am/final.mdl is not there" in refusal(tmp_path / "empty")
    like_the_korean_model(tmp_path / "outer" / "inner")
    assert "point to inner inside it" in refusal(tmp_path / "outer")
    for part, contents, reason in (
        ("graph/HCLr.fst", None, "graph/HCLG.fst is not there"),
        ("graph/Gr.fst", None, "lacks graph/Gr.fst"),
        ("graph/Gr.fst", b"", "Gr.fst: this is no graph of OpenFst"),
        ("graph/HCLr.fst", bytes(200_000), "HCLr.fst: this is no graph of OpenFst"),
        ("am/final.mdl", b"", "is cut: 0 bytes"),
        ("am/final.mdl", b"PK\x03\x04" + bytes(200_000), "no Kaldi acoustic model"),
    ):
        directory = like_the_korean_model(tmp_path / f"{abs(hash(reason))}")
        (directory / part).unlink()
        if contents is not None:
            (directory / part).write_bytes(contents)
        assert reason in refusal(directory)


@pytest.mark.parametrize(
    "part",
    # without the trial: the graph and the table end the process at the first word, the splicing as it is loaded
    ["graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int", "ivector/splice.conf", "am/final.mdl"],
)
def test_a_model_whose_part_is_cut_in_half_is_refused_and_nothing_dies_of_it(part: str, tmp_path: Path) -> None:
    assert "dies of it" in refusal(cut_in_half(tmp_path / "model", part))


def test_the_house_does_not_start_with_a_foreign_directory(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no Vosk model"):
        listeners(Settings(data_dir=tmp_path, speech="vosk", vosk_model_en=tmp_path))
    with pytest.raises(SettingsMistake, match="needs a model"):
        hearing("vosk")


@pytest.mark.parametrize(
    ("said", "phrase", "level"),
    [
        ("lost passport", "lost passport", "act"),
        ("passport passport", "passport", "act"),
        ("[unk] passport", "passport", "confirm"),
        ("[unk] [unk] [unk] passport", None, "reject"),
        ("[unk]", None, "reject"),
        ("lost", None, "reject"),
        ("four seven one two", "four seven one two", "act"),
    ],
)
def test_words_become_a_phrase(said: str, phrase: str | None, level: str) -> None:
    heard = judge_words(["lost passport", "passport"], [Word(word, 1.0) for word in said.split()], digits=4)
    assert heard.level == level
    assert level == "reject" or heard.phrase == phrase


@pytest.mark.parametrize(
    ("said", "heard", "level"),
    [
        ("nataka pasipoti mpya", "nataka pasipoti mpya", "act"),
        ("lost passport", "lost passport", "act"),
        ("[unk] nataka pasipoti", "nataka pasipoti", "confirm"),
        ("[unk] [unk] [unk] pasipoti", None, "reject"),
    ],
)
def test_where_whole_sentences_are_expected_all_words_count(said: str, heard: str | None, level: str) -> None:
    words = [Word(word, 1.0) for word in said.split()]
    found = judge_words(["lost passport", "passport"], words, at_length=True)
    assert found.level == level
    assert level == "reject" or found.phrase == heard


def test_the_words_of_sentences_are_heard_in_any_order() -> None:
    sentences = Sentences({(f"{HELLO} {AGENT}", "en"): "hello"}, (), ())
    recogniser = VoskHearing({"en": korean_model()}, OtherEngine()).recogniser()
    for expected in (f"{AGENT} {HELLO}", f"{HELLO} {AGENT}"):
        recogniser.start([AGENT, "passport"], "en", 0, sentences)
        recogniser.accept(line_of(0.3, korean(expected), 0.5))
        heard = recogniser.finish()
        assert (heard.phrase, heard.level) == (expected, "act")


@pytest.mark.parametrize("answer", [None, [], "text", {}, {"text": 7}, {"result": [7, {}]}, {"result": {"word": "x"}}])
def test_what_is_no_answer_holds_no_words(answer: object) -> None:
    assert words_of(answer) == []
