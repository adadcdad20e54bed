"""Reads the catalogue's YAML files, one for each agency, and refuses mistakes with file, line and reason."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from citizen_services.catalogue import Agency, Catalogue, Service, Statement, Text, Topic
from citizen_services.yaml_nodes import At, read_yaml
from contact_centre.errors import FileMistake

CATALOGUE_DIR = Path(__file__).parent / "catalogue"
QUEUES = frozenset({"general", "identity", "travel", "transport", "taxes-business", "social", "justice-land"})
NO_SOURCE = re.compile(r"general knowledge|no source", re.IGNORECASE)
"""Says that nobody says so: good enough for a statement that is not told."""
NUMBERS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def load_catalogue(directory: Path = CATALOGUE_DIR) -> Catalogue:
    """Read every `*.yaml` of a directory, in the order of the agencies' codes.

    Raises:
        FileMistake: at the first mistake, naming file, line and reason.
    """
    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise FileMistake(directory, None, "there is no catalogue file (*.yaml) here")
    agencies: dict[str, Agency] = {}
    codes: dict[str, str] = {}
    services: dict[str, Service] = {}
    for path in files:
        root = read_yaml(path)
        agency, offered = _agency(root)
        if agency.slug in agencies:
            raise root.mistake(f"the agency '{agency.slug}' is in another file already")
        if agency.code in codes:
            raise root.mistake(f"the code {agency.code} belongs to '{codes[agency.code]}' already")
        agencies[agency.slug], codes[agency.code] = agency, agency.slug
        for at, service in offered:
            if service.slug in services:
                raise at.mistake(f"the service '{service.slug}' is in the catalogue already")
            services[service.slug] = service
    ordered = tuple(sorted(agencies.values(), key=lambda agency: agency.code))
    return Catalogue(ordered, tuple(s for a in ordered for s in services.values() if s.agency == a.slug))


def _agency(root: At) -> tuple[Agency, list[tuple[At, Service]]]:
    keys = root.mapping({"agency", "code", "name", "queue", "services"}, frozenset({"phrases"}))
    slug = keys["agency"].slug("the agency's slug")
    code = keys["code"].text("the code")
    if not re.fullmatch(r"[0-9]{2}", code):
        raise keys["code"].mistake(f"the code '{code}' is not two digits (write it in quotes)")
    queue = keys["queue"].slug("the queue")
    if queue not in QUEUES:
        raise keys["queue"].mistake(f"there is no queue '{queue}' (there are: {', '.join(sorted(QUEUES))})")
    phrases = keys["phrases"].phrases() if "phrases" in keys else {}
    agency = Agency(slug, code, keys["name"].both_languages("the name"), queue, phrases)
    return agency, [(item, _service(item, slug)) for item in keys["services"].items("services")]


def _service(at: At, agency: str) -> Service:
    keys = at.mapping({"slug", "title", "statements"}, frozenset({"phrases"}))
    items = keys["statements"].items("statements")
    statements = tuple(_statement(item) for item in items)
    for topic in (Topic.WHAT, Topic.FEE):
        if not any(s.topic is topic for s in statements):
            raise keys["statements"].mistake(f"a statement about '{topic}' is missing (unconfirmed, if nobody knows)")
    for index, (item, statement) in enumerate(zip(items, statements, strict=True)):
        if any(_overlap(statement, earlier) for earlier in statements[:index]):
            raise item.mistake(f"two statements about '{statement.topic}' would hold on the same day")
    return Service(
        slug=keys["slug"].slug("the service's slug"),
        agency=agency,
        title=keys["title"].both_languages("the title"),
        statements=statements,
        phrases=keys["phrases"].phrases() if "phrases" in keys else {},
    )


def _statement(at: At) -> Statement:
    keys = at.mapping({"topic", "source", "valid_from"}, frozenset({"text", "valid_to", "disputed", "unconfirmed"}))
    topic = keys["topic"].text("the topic")
    if topic not in list(Topic):
        raise keys["topic"].mistake(f"there is no topic '{topic}' (there are: {', '.join(Topic)})")
    unconfirmed = "unconfirmed" in keys and keys["unconfirmed"].flag("unconfirmed")
    if "text" not in keys and not unconfirmed:
        raise at.mistake("'text' is missing (only an unconfirmed statement may have none)")
    source = keys["source"].text("the source")
    if not unconfirmed and (none := NO_SOURCE.search(source)):
        raise keys["source"].mistake(f"'{none[0]}' is no source: name one, or mark the statement unconfirmed")
    starts = keys["valid_from"].day("valid_from")
    ends = keys["valid_to"].day("valid_to") if "valid_to" in keys else None
    if ends is not None and ends < starts:
        raise keys["valid_to"].mistake("valid_to is before valid_from")
    return Statement(
        topic=Topic(topic),
        text=_spoken(keys["text"]) if "text" in keys else {},
        source=source,
        valid_from=starts,
        valid_to=ends,
        disputed="disputed" in keys and keys["disputed"].flag("disputed"),
        unconfirmed=unconfirmed,
    )


def _spoken(at: At) -> Text:
    """Both languages must name the same numbers: a fee that differs by language is the worst of mistakes."""
    text = at.both_languages("the text")
    numbers = {language: sorted(NUMBERS.findall(words)) for language, words in text.items()}
    if numbers["en"] != numbers["sw"]:
        raise at.mistake(f"the numbers differ between languages: {numbers['en']} in en, {numbers['sw']} in sw")
    return text


def _overlap(a: Statement, b: Statement) -> bool:
    if a.topic is not b.topic or any(s.disputed or s.unconfirmed for s in (a, b)):
        return False
    return a.valid_from <= (b.valid_to or date.max) and b.valid_from <= (a.valid_to or date.max)
