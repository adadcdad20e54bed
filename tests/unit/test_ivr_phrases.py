"""What may be said at each prompt: enough of it, and no two phrases that nobody could tell apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from ivr_menus import MENU_FILE, real_menu

from citizen_services.catalogue_file import CATALOGUE_DIR, load_catalogue
from contact_centre.errors import FileMistake
from contact_centre.model import LANGUAGES
from ivr.commands import main
from ivr.intents import intents_of
from ivr.menu_file import load_menu
from ivr.nodes import Choice
from ivr.phrase_check import check_phrases, syllables
from ivr.vocabulary import MOST_PHRASES, OF_EACH, at_node, in_sentences
from ivr.words_file import SHIPPED, load_words

GOOD = MENU_FILE.read_text()
FILES = [*sorted(CATALOGUE_DIR.glob("*.yaml")), SHIPPED]


def test_the_phrases_of_the_house_can_be_heard() -> None:
    check_phrases(real_menu(), [MENU_FILE, *FILES])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("en: [taxes, business]", "en: [taxes, passport]", "node 'main' (en): 'passport' of key 4 sounds like"),
        ("sw: [ushuru, biashara]", "sw: [ushuru, paspoti]", "node 'main' (sw): 'paspoti' of key 4 means the same as"),
        ("en: [taxes, business]", "en: [taxes, repeat]", "'repeat' of key #"),
        ("en: [taxes, business]", "en: [tax]", "node 'main', key 4 (en): 'tax' is too short"),
        ("en: [taxes, business]", "en: [form 4]", "node 'main', key 4 (en): 'form 4' must be letters only"),
        ("en: [taxes, business]", "en: ['42']", "must be letters only"),
        (
            "{en: [taxes, business], sw: [ushuru, biashara]}",
            "{en: [taxes]}",
            "node 'main', key 4 has no phrase in 'sw'",
        ),
        ("{en: [taxes, business], sw: [ushuru, biashara]}", "{}", "node 'main', key 4 has no phrase in 'en'"),
    ],
)
def test_a_phrase_that_cannot_be_heard_is_refused_where_it_stands(
    old: str, new: str, reason: str, tmp_path: Path
) -> None:
    assert old in GOOD
    path = tmp_path / "menu.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(FileMistake) as caught:
        check_phrases(load_menu(path, load_catalogue()), [path, *FILES])
    assert reason in caught.value.reason
    assert caught.value.path == path
    assert caught.value.line


def test_a_grammar_stays_small_and_leaves_no_option_out() -> None:
    menu = real_menu()
    for node in menu.nodes.values():
        for language in LANGUAGES:
            choices = at_node(node, menu.wording, language)
            phrases = [phrase for of_one in choices.values() for phrase in of_one]
            assert len(phrases) <= MOST_PHRASES + 4 * OF_EACH, node.name
            if isinstance(node, Choice):
                assert all(choices[option.key] for option in node.options), node.name


def test_syllables_are_counted_as_they_are_said() -> None:
    assert [syllables(word, "en") for word in ("tax", "passport", "id")] == [1, 2, 2]
    assert [syllables(word, "sw") for word in ("la", "cheti", "kitambulisho", "logbook")] == [1, 2, 5, 2]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "  again:\n    en: [repeat, say that again, pardon]\n",
            "  again:\n    en: []\n",
            "'again' has no phrase in 'en'",
        ),
        ("[driving, driver", "[driving, passport, driver", "'passport' means 'passport' already"),
        ("  - [licence, license, leseni, laiseni]", "  - []", "is empty"),
        ("  refuse:", "  refuses:", "'refuses' is not known here"),
        ("  before:", "  ahead:", "'ahead' is not known here"),
        ("  - [passport, pasipoti]", "  - passport", "here a list of words is expected"),
    ],
)
def test_a_mistake_in_the_file_of_words_is_told(old: str, new: str, reason: str, tmp_path: Path) -> None:
    good = SHIPPED.read_text()
    assert old in good
    path = tmp_path / "words.yaml"
    path.write_text(good.replace(old, new, 1))
    with pytest.raises(FileMistake) as caught:
        load_words(path)
    assert reason in caught.value.reason
    assert caught.value.line


def test_a_menu_can_bring_words_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(SHIPPED.read_text().replace("[licence, license", "[licence, sticker", 1))
    (tmp_path / "menu.yaml").write_text(f"words: ours.yaml\n{GOOD}")
    menu = load_menu(tmp_path / "menu.yaml", load_catalogue())
    assert menu.wording.subjects("my sticker") == ["licence"]


def test_words_for_whole_sentences_may_be_left_out(tmp_path: Path) -> None:
    text = SHIPPED.read_text()
    start, end = text.index("\nat-length:"), text.index("\nsame:")
    (tmp_path / "ours.yaml").write_text(text[:start] + text[end:])
    assert load_words(tmp_path / "ours.yaml").at_length == {}
    assert load_words().at_length["before"]["sw"]


def test_a_grammar_has_each_option_alone_and_as_callers_ask_for_it() -> None:
    wording = real_menu().wording
    choices = in_sentences(at_node(real_menu().nodes["main"], wording, "sw"), wording, "sw")
    assert {"pasipoti", "nataka pasipoti", "pasipoti tafadhali"} <= set(choices["2"])
    assert choices["#"] == ("rudia", "rudia tena", "sikusikia"), "commands are said alone"
    assert all("{}" not in phrase for of_one in choices.values() for phrase in of_one)
    understood = intents_of(real_menu())
    for phrase in choices["2"]:
        assert understood.understand(phrase, "main").level == "act"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("nataka ku-renew leseni", "goes to service-licence-renewal (Renew a driving licence)\n"),
        ("leseni", "asks: did you mean service-business-permit (Single business permit) or agency-ntsa"),
        ("certificate", "asks: did you say "),
        ("mhudumu", "goes to key 0\n"),
        ("Kiswahili", "goes to Kiswahili\n"),
        ("pizza", "is not understood\n"),
    ],
)
def test_a_sentence_can_be_tried(words: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["understand", words]) == 0
    assert capsys.readouterr().out.startswith(told)
