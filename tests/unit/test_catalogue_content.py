"""The catalogue that is shipped, and what may be said of it on a given day."""

from __future__ import annotations

from datetime import date

import pytest

from citizen_services.catalogue import Service, Statement, Topic, answer, due
from citizen_services.catalogue_file import QUEUES, load_catalogue
from citizen_services.commands import main
from contact_centre.model import LANGUAGES
from contact_centre.settings import PROJECT_ROOT
from queue_manager.routing_file import read_routing

TODAY = date(2026, 11, 23)
CATALOGUE = load_catalogue()


def fee(service: str, today: date = TODAY) -> Statement | None:
    found = CATALOGUE.service(service)
    assert found is not None
    return dict(answer(found, today))[Topic.FEE]


def test_it_covers_the_agencies_and_services_asked_for() -> None:
    assert len(CATALOGUE.agencies) >= 17
    assert len(CATALOGUE.services) >= 40
    assert {agency.queue for agency in CATALOGUE.agencies} == QUEUES
    assert read_routing(PROJECT_ROOT / "queue_manager" / "routing.yaml").queues.keys() == QUEUES
    assert all(CATALOGUE.services_of(agency.slug) for agency in CATALOGUE.agencies)


def test_agencies_are_reached_by_code_and_by_slug() -> None:
    immigration = CATALOGUE.agency_by_code("12")
    assert immigration is not None
    assert immigration is CATALOGUE.agency("immigration")
    assert CATALOGUE.agency_by_code("99") is None
    assert CATALOGUE.queue_of("immigration") == "travel"
    assert CATALOGUE.queue_of(None) == CATALOGUE.queue_of("no-such") == "general"


def test_every_title_is_short_and_everybody_is_called_by_everyday_words() -> None:
    for service in CATALOGUE.services:
        for language in LANGUAGES:
            assert len(service.title[language]) <= 50, service.slug
            assert service.phrases[language], service.slug


def test_sentences_are_short_enough_to_be_heard() -> None:
    for service in CATALOGUE.services:
        for statement in service.statements:
            for words in statement.text.values():
                for sentence in words.split(". "):
                    assert len(sentence.split()) <= 20, f"{service.slug}: {sentence}"


def test_a_confirmed_fee_is_told() -> None:
    told = fee("new-passport")
    assert told is not None
    assert "KSh 7,550" in told.text["en"]
    assert "KSh 7,550" in told.text["sw"]


@pytest.mark.parametrize("service", ["passport-66-pages", "licence-renewal", "business-name", "replace-national-id"])
def test_a_disputed_unconfirmed_or_lapsed_fee_is_not(service: str) -> None:
    assert fee(service) is None


def test_the_fee_of_its_day_is_told() -> None:
    before, during = fee("replace-national-id", date(2025, 10, 30)), fee("replace-national-id", date(2026, 4, 30))
    assert before is not None
    assert "1,000" in before.text["en"]
    assert during is not None
    assert "free" in during.text["en"]
    assert fee("replace-national-id", date(2026, 5, 1)) is None


def test_a_statement_holds_on_its_first_and_last_day_only_between() -> None:
    statement = Statement(Topic.FEE, {"en": "a", "sw": "b"}, "s", date(2026, 1, 2), date(2026, 1, 4))
    assert [statement.holds(date(2026, 1, day)) for day in range(1, 6)] == [False, True, True, True, False]
    assert Statement(Topic.FEE, {}, "s", date(2026, 1, 2), None).holds(date(2100, 1, 1))


def test_nearly_every_service_has_something_to_tell_from_a_named_source() -> None:
    silent = [s.slug for s in CATALOGUE.services if not any(told for _, told in answer(s, TODAY))]
    assert silent == ["county-parking"]


def test_topics_come_in_telling_order_and_unknown_ones_are_left_out() -> None:
    day = date(2026, 1, 1)
    made = [Statement(topic, {}, "s", day, None) for topic in (Topic.HOW_LONG, Topic.WHAT)]
    service = Service("s", "a", {"en": "", "sw": ""}, tuple(made))
    assert [topic for topic, _ in answer(service, day)] == [Topic.WHAT, Topic.HOW_LONG]


def test_what_is_due_names_why_and_leaves_replaced_versions_out() -> None:
    reasons = {(d.service.slug, d.statement.topic): d.reason for d in due(CATALOGUE, TODAY, 0)}
    assert reasons["passport-66-pages", Topic.FEE] == "disputed"
    assert reasons["business-name", Topic.FEE] == "unconfirmed"
    assert reasons["replace-national-id", Topic.FEE] == "lapsed"
    ids = [d for d in due(CATALOGUE, TODAY, 0) if d.service.slug == "replace-national-id"]
    assert len([d for d in ids if d.statement.topic is Topic.FEE]) == 1
    assert ("new-passport", Topic.FEE) not in reasons
    later = {(d.service.slug, d.statement.topic): d.reason for d in due(CATALOGUE, date(2027, 6, 10), 30)}
    assert later["new-passport", Topic.FEE] == "lapses"


def test_the_commands_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "well formed" in capsys.readouterr().out
    assert main(["due", "--days", "10"]) == 0
    assert "disputed" in capsys.readouterr().out
