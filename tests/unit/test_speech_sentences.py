"""Whole sentences in sound: what is listened for, how it is scored, and that a spoken sentence reaches its service."""

from __future__ import annotations

import math
from itertools import chain

import numpy as np
import pytest
from ivr_menus import real_menu
from numpy.typing import NDArray
from spoken_words import code_switched, line_of, spoken

from contact_centre.model import LANGUAGES, Language
from ivr.acoustic.lexicon import pronunciations
from ivr.acoustic.phones import BLANK
from ivr.acoustic.scoring import phrase_scores
from ivr.acoustic.sentence_scoring import BESIDE_COST, WORDS_COST, Names, sentence_scores
from ivr.heard import Alternative, Heard
from ivr.intents import Understood, decide, intents_of
from ivr.meaning import Change, Go, Meaning, Press, name_of
from ivr.menu import Dialogue, Situation, State
from ivr.sentences import Sentences, Words, sentences_of
from ivr.speech import Recogniser, hearing
from ivr.turns import Ask, Keys

NO_WORDS = Names.of([])


def listened_for(language: Language) -> Ask:
    """The question of the main menu, with all that may answer it."""
    _, actions = Dialogue(real_menu(), Situation(remembered=language)).begin()
    ask = actions[-1]
    assert isinstance(ask, Ask)
    return ask


def understood(sound: NDArray[np.int16], language: Language, recogniser: Recogniser) -> Understood:
    """What a call at the main menu makes of it."""
    ask = listened_for(language)
    recogniser.start(ask.phrases, ask.language, 0, ask.sentences)
    recogniser.accept(line_of(0.4, sound, 0.5))
    return decide(real_menu(), recogniser.finish(), "main", ask.choices)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return hearing("ctc").recogniser()


# ---- in sound


@pytest.mark.parametrize(
    ("sentence", "language", "wanted"),
    [
        ("I want to renew my driving licence", "en", Go("service-licence-renewal")),
        ("how do I get a birth certificate", "en", Go("service-birth-certificate")),
        ("lost passport", "sw", Go("service-lost-passport")),
        ("certificate of good conduct", "en", Go("service-good-conduct")),
        ("single business permit", "en", Go("service-business-permit")),
        ("nimepoteza kitambulisho", "en", Go("service-replace-national-id")),
        ("kitambulisho changu kimepotea", "sw", Go("service-replace-national-id")),
        ("nataka cheti cha kuzaliwa", "sw", Go("service-birth-certificate")),
        ("nataka kusajili kampuni", "sw", Go("service-company-registration")),
        ("pensheni yangu imechelewa", "sw", Go("service-pension-status")),
        ("nimeuza gari", "sw", Go("service-vehicle-transfer")),
        ("naomba Kiswahili", "en", Change("sw")),
        ("nataka kuongea na mtu", "sw", Press("0")),
    ],
)
def test_a_spoken_sentence_reaches_its_service(
    sentence: str, language: Language, wanted: Meaning, recogniser: Recogniser
) -> None:
    """In the language of the call or in the other one: nobody changes it first to say a sentence."""
    spoken_in: Language = "en" if sentence.split()[0].lower() in {"i", "how", "lost", "certificate", "single"} else "sw"
    found = understood(spoken(sentence, spoken_in), language, recogniser)
    assert found == Understood("act", (wanted,))


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("*passport* yangu imepotea", "service-lost-passport"),
        ("nataka ku *renew* *licence*", "service-licence-renewal"),
        ("nimepoteza *passport*", "service-lost-passport"),
        ("naomba ku *apply* *passport*", "service-new-passport"),
        ("*logbook* yangu imepotea", "service-duplicate-logbook"),
    ],
)
def test_a_sentence_with_words_of_both_languages_reaches_its_service(
    sentence: str, wanted: str, recogniser: Recogniser
) -> None:
    assert understood(code_switched(sentence), "sw", recogniser) == Understood("act", (Go(wanted),))


@pytest.mark.parametrize(
    ("node", "said", "wanted"),
    [
        ("travel", "pasipoti mpya", Go("service-new-passport")),
        ("agency-immigration", "nimepoteza kitambulisho", Go("service-replace-national-id")),
        ("service-new-passport", "pesa ngapi", Press("2")),
        ("service-new-passport", "kitambulisho changu kimepotea", Go("service-replace-national-id")),
    ],
)
def test_behind_the_main_menu_its_own_words_and_other_services_are_heard(
    node: str, said: str, wanted: Meaning, recogniser: Recogniser
) -> None:
    """There what is offered is likelier than anything else, so that hundreds of phrases do not outweigh it."""
    dialogue = Dialogue(real_menu(), Situation(remembered="sw"))
    _, actions = dialogue.step(State(node=node, language="sw"), Keys("#"))
    ask = actions[-1]
    assert isinstance(ask, Ask)
    assert ask.sentences is not None
    assert ask.sentences.odds < 1
    recogniser.start(ask.phrases, ask.language, 0, ask.sentences)
    recogniser.accept(line_of(0.4, spoken(said, "sw"), 0.5))
    assert decide(real_menu(), recogniser.finish(), node, ask.choices) == Understood("act", (wanted,))


def test_what_is_less_likely_costs_more(recogniser: Recogniser) -> None:
    def confidence(odds: float) -> float:
        names: dict[Words, str] = {("pasipoti mpya", "sw"): "new", ("kitambulisho", "sw"): "id"}
        recogniser.start(["mhudumu"], "sw", 0, Sentences(names, (), (), odds))
        recogniser.accept(line_of(0.4, spoken("pasipoti mpya", "sw"), 0.5))
        return recogniser.finish().confidence

    assert confidence(1.0) > confidence(0.01)


@pytest.mark.parametrize("sentence", ["what is the weather tomorrow", "I love you", "the match starts at nine"])
def test_sentences_about_other_things_are_not_acted_on(sentence: str, recogniser: Recogniser) -> None:
    for language in ("en", "sw"):
        assert understood(spoken(sentence, "en"), language, recogniser).level != "act"  # type: ignore[arg-type]


def test_of_two_that_are_asked_about_one_is_chosen_by_its_name_in_sound(recogniser: Recogniser) -> None:
    dialogue = Dialogue(real_menu(), Situation(remembered="sw"))
    doubt = (Go("service-business-permit"), Go("agency-ntsa"))
    choices = dialogue.may_say(State(node="main", language="sw", doubt=doubt))
    phrases = [phrase for of_one in choices.values() for phrase in of_one]
    for said, key in (("leseni ya biashara", "1"), ("leseni ya udereva", "2"), ("ya pili", "2")):
        recogniser.start(phrases, "sw")
        recogniser.accept(line_of(0.4, spoken(said, "sw"), 0.5))
        heard = recogniser.finish()
        assert heard.level == "act"
        assert heard.phrase in choices[key]


def test_the_whole_menu_is_listened_for_at_once() -> None:
    """What that costs is measured and not tested: docs/what-callers-say.md."""
    for language in LANGUAGES:
        sentences = listened_for(language).sentences
        assert sentences is not None
        assert len(sentences.names) > 500


# ---- scores


def random_log_probabilities(frames: int, seed: int) -> NDArray[np.float32]:
    raw = np.random.default_rng(seed).normal(0, 2, (frames, 6))
    return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)), dtype=np.float32)


@pytest.mark.parametrize("cost", [math.inf, 2.0])
def test_names_alone_score_as_phrases_do(cost: float) -> None:
    ways = [[1], [2, 3], [1, 2, 1], [3, 2, 1, 4, 5], [5, 4]]
    for seed in range(5):
        given = random_log_probabilities(9, seed)
        found = sentence_scores(given, Names.of(ways), NO_WORDS, NO_WORDS, cost)
        assert found == pytest.approx(phrase_scores(given, ways, edge_cost=cost), abs=1e-4)


def test_words_around_a_name_score_as_the_best_of_all_sentences() -> None:
    """As if each sentence had been written down, and its words had their price. No two equal phones ever touch."""
    before, names, after = [[1, 2], [1, 3]], [[4, 5], [5, 4]], [[3, 1]]
    starts = [[], *([one] for one in before), *([one, two] for one in before for two in before)]
    ends = [[], *([one] for one in after)]
    around = [(start, end) for start in starts for end in ends]
    for seed in range(10):
        given = random_log_probabilities(14, seed)
        best = []
        for name in names:
            written = [[*chain(*start), *name, *chain(*end)] for start, end in around]
            prices = [WORDS_COST * (len(start) + len(end)) for start, end in around]
            scores = phrase_scores(given, written, edge_cost=math.inf)
            best.append(max(float(score) - price for score, price in zip(scores, prices, strict=True)))
        found = sentence_scores(given, Names.of(names), Names.of(before), Names.of(after), math.inf)
        assert found == pytest.approx(best, abs=1e-3)


def test_nothing_fits_into_no_sound_or_too_little() -> None:
    names = Names.of([[1, 2, 3]])
    assert sentence_scores(random_log_probabilities(2, 1), names, NO_WORDS, NO_WORDS, 2.0).tolist() == [-math.inf]
    assert sentence_scores(random_log_probabilities(0, 1), names, NO_WORDS, NO_WORDS, 2.0).tolist() == [-math.inf]
    assert sentence_scores(random_log_probabilities(3, 1), NO_WORDS, NO_WORDS, NO_WORDS, 2.0).size == 0


def test_what_stands_beside_a_name_is_dearer_than_words_that_are_known() -> None:
    given = np.full((12, 6), -9.0, np.float32)
    for frame, phone in enumerate([4, BLANK, 5, BLANK, 1, BLANK, 2, BLANK, 3, BLANK, BLANK, BLANK]):
        given[frame, phone] = -0.01
    names = Names.of([[1, 2, 3]])
    known = sentence_scores(given, names, Names.of([[4, 5]]), NO_WORDS, BESIDE_COST)[0]
    unknown = sentence_scores(given, names, NO_WORDS, NO_WORDS, BESIDE_COST)[0]
    assert known == pytest.approx(-WORDS_COST, abs=0.2)
    assert unknown == pytest.approx(-2 * BESIDE_COST, abs=0.2)


# ---- what is listened for


def test_every_service_can_be_said_in_both_languages_and_means_what_it_says() -> None:
    menu, sentences = real_menu(), sentences_of(real_menu())
    intents = intents_of(menu)
    said = {(node, language) for (_, language), meant in sentences.names.items() for node in meant.split("|")}
    for service in menu.catalogue.services:
        assert {(f"service-{service.slug}", "en"), (f"service-{service.slug}", "sw")} <= said
    for (phrase, _), meant in sentences.names.items():
        assert "|".join(map(name_of, intents.understand(phrase, "main").meanings)) == meant
    for words in (*sentences.names, *sentences.before, *sentences.after):
        assert pronunciations(*words)


@pytest.mark.parametrize(
    "phrase",
    ["passport yangu imepotea", "kurenew leseni", "kurenew licence", "kitambulisho changu kimepotea", "my id is lost"],
)
def test_words_of_both_languages_are_mixed_as_people_do(phrase: str) -> None:
    sentences = sentences_of(real_menu())
    known = [sentences.meant_by(phrase, language) for language in ("en", "sw")]  # type: ignore[arg-type]
    assert any(meant.startswith("service-") for meant in known)


def test_what_a_phrase_means_is_found_with_words_around_it() -> None:
    sentences = Sentences({("passport", "en"): "travel"}, (("i want", "en"),), (("please", "en"),))
    for phrase in ("passport", "i want passport", "passport please", "i want passport please"):
        assert sentences.meant_by(phrase, "en") == "travel"
    assert sentences.meant_by("passport", "sw") == "passport"


# ---- between services, not phrases


def test_two_phrases_of_one_service_do_not_stand_against_each_other() -> None:
    near = (Alternative("passport imepotea", 0.5), Alternative("pasipoti imeibiwa", 0.5))
    found = decide(real_menu(), Heard("passport imepotea", 0.9, "act", near), "main", {})
    assert found == Understood("act", (Go("service-lost-passport"),))


def test_two_services_that_were_heard_about_equally_are_both_named_and_a_menu_above_is_none_of_two() -> None:
    near = (Alternative("passport imepotea", 0.5), Alternative("logbook imepotea", 0.4))
    both = Understood("confirm", (Go("service-lost-passport"), Go("service-duplicate-logbook")))
    assert decide(real_menu(), Heard("passport imepotea", 0.9, "act", near), "main", {}) == both
    above = (Alternative("passport imepotea", 0.5), Alternative("passport", 0.4))
    alone = Understood("act", (Go("service-lost-passport"),))
    assert decide(real_menu(), Heard("passport imepotea", 0.9, "act", above), "main", {}) == alone
    unsure = Heard("passport imepotea", 0.6, "confirm", (Alternative("passport imepotea", 0.9),))
    assert decide(real_menu(), unsure, "main", {}).level == "confirm"
