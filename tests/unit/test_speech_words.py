"""How phrases are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_centre.errors import BadInput, FileMistake
from ivr.acoustic.kiswahili import kiswahili_phones
from ivr.acoustic.lexicon import english_lexicon, pronunciations
from ivr.acoustic.phones import PHONES, places
from ivr.spoken_digits import ONES_EN
from ivr.training.sentences import figures_as_read, with_figures_as_read, with_figures_in_words
from ivr.training.words import write_lexicon


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("kitambulisho", "k i t a m b u l i S o"),
        ("ng'ombe", "N o m b e"),
        ("nyangumi", "J a N g u m i"),
        ("cheti", "tS e t i"),
        ("saa", "s a"),
        ("Thelathini", "T e l a T i n i"),
    ],
)
def test_kiswahili_is_said_as_it_is_written(word: str, said: str) -> None:
    assert kiswahili_phones(word) == said.split()


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("parking ya county", "p a k i N j a k a u n t i"),
        ("bima ya afya", "b i m a j a f j a"),
        ("is my id ready", "i z m a i a i d i r e d i"),
    ],
)
def test_where_two_words_meet_one_sound_is_one_and_no_other_is_lost(phrase: str, said: str) -> None:
    assert said.split() in [[PHONES[place] for place in way] for way in pronunciations(phrase, "sw")]


def test_small_words_of_a_sentence_are_also_said_weakly() -> None:
    ways = [" ".join(PHONES[place] for place in way) for way in pronunciations("apply for a passport", "en")]
    assert any("f @ p A s" in way for way in ways)
    assert any("f o r eI p A s" in way for way in ways)
    assert places(["f", "@"]) not in pronunciations("for", "en")


def test_english_has_an_american_a_british_and_a_kenyan_way() -> None:
    ways = pronunciations("birth certificate", "en")
    assert len(ways) == 3
    assert places("b 3 T".split()) == ways[0][:3]
    assert places("b a T".split()) == ways[2][:3]


def test_english_words_in_a_kiswahili_sentence_are_said_in_english_too() -> None:
    ways = [[PHONES[place] for place in way] for way in pronunciations("nataka ku-renew licence", "sw")]
    assert any("l aI s @ n s" in " ".join(way) for way in ways)


def test_every_digit_is_in_the_lexicon() -> None:
    assert set(ONES_EN) <= set(english_lexicon())


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(BadInput, match="in words"):
        pronunciations("1 2 3", "en")


def test_a_damaged_lexicon_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("one\tw V n\tw O n\ntwo\tt oo\tt u\n")
    with pytest.raises(FileMistake, match=r"bad\.txt:2"):
        english_lexicon(tmp_path / "bad.txt")


def test_figures_are_read_in_kiswahili() -> None:
    assert with_figures_in_words("watu 13").split() == ["watu", "kumi", "na", "tatu"]


def test_figures_of_recordings_are_what_was_read() -> None:
    assert with_figures_as_read("mwaka 1963 watu 13", ["naintin siksti thri", "kumi na tatu"]).split() == [
        *("mwaka", "naintin", "siksti", "thri", "watu", "kumi", "na", "tatu"),
    ]
    read = figures_as_read()
    assert len(read) == 115
    assert all(kiswahili_phones(word) for figures in read.values() for one in figures for word in one.split())


def test_the_lexicon_is_written_anew_with_english_words_alone(tmp_path: Path) -> None:
    count = write_lexicon(tmp_path / "english.txt")
    made = english_lexicon(tmp_path / "english.txt")
    assert len(made) == count > 500
    assert {"passport", "something", *ONES_EN} <= set(made)
    assert not {"kitambulisho", "bonyeza", "ambayo"} & set(made)


def test_the_shipped_lexicon_has_no_kiswahili() -> None:
    assert not {"kitambulisho", "chagua", "hatujasikia", "endelea"} & set(english_lexicon())
