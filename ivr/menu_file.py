"""Reads a menu file and refuses mistakes with file, line, node and reason.

What people need not write is made here from the catalogue: a node for each agency's services, one for each service's
answer, and the words that read a choice out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from citizen_services.catalogue import Agency, Catalogue, Phrases, Text
from citizen_services.yaml_nodes import At, read_yaml
from contact_centre.model import LANGUAGES
from ivr.menu_check import find_circle, find_unreachable
from ivr.nodes import (
    CHOICE_KEYS,
    DIALPLAN_PROMPTS,
    NEEDED_PROMPTS,
    OPENING_DAYS,
    OPENING_TIMES,
    OPENINGS,
    POSITIONS,
    WAITS,
    Answer,
    CaseStatus,
    Choice,
    Menu,
    Node,
    Option,
    Person,
    agency_node,
    menu_prompt,
    service_node,
)
from ivr.speaking import opening_day
from ivr.words_file import load_words

SENTENCES = {
    "option": {"label", "key"},
    "next-option": {"label", "key"},
    "more": set(),
    "person-key": set(),
    "position": {"place"},
    "minute": set(),
    "minutes": {"count"},
    "wait-under": {"minutes"},
    "wait-over": {"minutes"},
    "wait-from": {"count"},
    "wait-to": {"minutes"},
    "opens": {"day"},
    "opens-at": {"time"},
}
"""Sentences that are put together, each with the blanks it must have."""
PROMPT_BLANKS = {"closed": {"opens", "closes"}}
PERSON_NODE = "person"
MOST_AT_ONCE = 6
"""Services of several agencies that are read out in one menu; eight of them took 47 s in Kiswahili."""
BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass
class _Reading:
    catalogue: Catalogue
    nodes: dict[str, Node] = field(default_factory=dict)
    written: dict[str, At] = field(default_factory=dict)
    targets: list[tuple[At, str, str]] = field(default_factory=list)
    sentences: dict[str, Text] = field(default_factory=dict)


def load_menu(path: Path, catalogue: Catalogue, opens: str = "07:00", closes: str = "21:00") -> Menu:
    """Read a menu file against a catalogue; opening hours are spoken by the prompt `closed`.

    The file of words is the one that `words` names, beside the menu file, or else the one that the house ships with.

    Raises:
        FileMistake: at the first mistake.
    """
    keys = read_yaml(path).mapping({"start", "nodes", "sentences", "prompts"}, frozenset({"words"}))
    reading = _Reading(catalogue)
    sentences = keys["sentences"].mapping(set(SENTENCES))
    reading.sentences = {name: _with_blanks(at, f"'{name}'", SENTENCES[name]) for name, at in sentences.items()}
    prompts = _prompts(keys["prompts"], {"opens": opens, "closes": closes})
    _catalogue_nodes(reading)
    _nodes(reading, keys["nodes"])
    start = keys["start"].slug("the first node")
    if start not in reading.written:
        raise keys["start"].mistake(f"there is no node '{start}' in this file")
    if not isinstance(reading.nodes[start], Choice):
        raise keys["start"].mistake(f"the first node '{start}' must be a menu of options")
    for at, node, target in reading.targets:
        if target not in reading.nodes:
            raise at.mistake(f"node '{node}': there is no node '{target}'")
    for name in find_unreachable(reading.nodes, start, reading.written):
        raise reading.written[name].mistake(f"node '{name}' cannot be reached: nothing leads to it")
    for name in find_circle(reading.nodes, reading.written):
        raise reading.written[name].mistake(f"node '{name}' leads nowhere: its options only go round in a circle")
    for place in range(1, POSITIONS + 1):
        prompts[f"position-{place}"] = _filled(reading.sentences["position"], {"place": str(place)})
    for digit in range(10):
        prompts[f"digit-{digit}"] = dict.fromkeys(LANGUAGES, f"{digit}.")
    for wait in sorted(WAITS):
        prompts[wait] = _wait(reading.sentences, *wait.rsplit("-", 1))
    for day in OPENING_DAYS:
        text = reading.sentences["opens"]
        prompts[f"opens-{day}"] = {
            language: _filled(text, {"day": opening_day(day, language)})[language] for language in LANGUAGES
        }
    for time in OPENING_TIMES:
        prompts[f"opens-at-{time}"] = _filled(reading.sentences["opens-at"], {"time": f"{time[:2]}:{time[2:]}"})
    for made in reading.nodes.values():
        if isinstance(made, Choice):
            prompts[menu_prompt(made.name)] = _read_out(reading, made)
    words = load_words(path.parent / keys["words"].text("a file of words")) if "words" in keys else load_words()
    return Menu(start, dict(reading.nodes), prompts, catalogue, words)


# ---- what is written


def _prompts(at: At, values: Mapping[str, str]) -> dict[str, Text]:
    known = NEEDED_PROMPTS | {name for name in DIALPLAN_PROMPTS if not re.fullmatch(r".+-\d+", name)} - OPENINGS
    found = at.mapping(set(known))
    return {
        name: _filled(_with_blanks(text, f"prompt '{name}'", PROMPT_BLANKS.get(name, set())), values)
        for name, text in found.items()
    }


def _with_blanks(at: At, what: str, blanks: set[str]) -> Text:
    text = at.both_languages(what)
    for language in LANGUAGES:
        if set(BLANK.findall(text[language])) != blanks:
            wanted = ", ".join(f"{{{b}}}" for b in sorted(blanks)) or "none"
            raise at.mistake(f"{what} ({language}) must have these blanks: {wanted}")
    return text


def _nodes(reading: _Reading, at: At) -> None:
    if not hasattr(at.node, "value") or not at.node.value:
        raise at.mistake("there are no nodes")
    names = frozenset(key.value for key, _ in at.node.value if isinstance(key.value, str))
    for name, node in at.mapping(set(), names).items():
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", name):
            raise node.mistake(f"node '{name}': a name is lower-case letters, digits and hyphens")
        if name in reading.nodes or name in {"language", PERSON_NODE}:
            raise node.mistake(f"node '{name}': this name is taken by a node that is made by itself")
        reading.written[name] = node
    for name, node in reading.written.items():
        reading.nodes[name] = _node(reading, name, node)


def _node(reading: _Reading, name: str, at: At) -> Node:
    kinds = {"options", "agencies_of", "services_of", "case_status"}
    keys = at.mapping(set(), frozenset({"say", "agency", *kinds}))
    if len(kinds & keys.keys()) != 1:
        raise at.mistake(f"node '{name}': one of {', '.join(sorted(kinds))} is expected")
    say = keys["say"].both_languages(f"node '{name}': what it says") if "say" in keys else None
    if "case_status" in keys:
        if not keys["case_status"].flag("case_status") or say:
            raise at.mistake(f"node '{name}': case_status is true and says its own words")
        return CaseStatus(name)
    if "services_of" in keys:
        return _services(reading, name, _agency(reading, keys["services_of"], name), say)
    if "agencies_of" in keys:
        return _agencies(reading, name, keys["agencies_of"], say)
    if say is None:
        raise at.mistake(f"node '{name}': 'say' is missing")
    agency_of = _agency(reading, keys["agency"], name).slug if "agency" in keys else None
    options = keys["options"].mapping(set(), frozenset(CHOICE_KEYS))
    if not options:
        raise keys["options"].mistake(f"node '{name}' has no options")
    return Choice(name, say, tuple(_option(reading, name, key, option) for key, option in options.items()), agency_of)


def _option(reading: _Reading, node: str, key: str, at: At) -> Option:
    kinds = {"to", "service", "agency", "person"}
    keys = at.mapping(set(), frozenset({"label", "phrases", *kinds}))
    if len(kinds & keys.keys()) != 1:
        raise at.mistake(f"node '{node}', key {key}: one of {', '.join(sorted(kinds))} is expected")
    name: Text | None = None
    phrases: Phrases = {}
    if "to" in keys:
        target = keys["to"].text("a node's name")
    elif "service" in keys:
        service = reading.catalogue.service(keys["service"].text("a service"))
        if service is None:
            raise keys["service"].mistake(f"node '{node}', key {key}: there is no such service in the catalogue")
        target, name, phrases = service_node(service.slug), service.title, service.phrases
    elif "agency" in keys:
        found = _agency(reading, keys["agency"], node)
        target = agency_node(found.slug)
        name, phrases = found.name, found.phrases
    else:
        keys["person"].flag("person")
        target = PERSON_NODE
    reading.targets.append((at, node, target))
    if "label" in keys:
        label = keys["label"].both_languages(f"node '{node}', key {key}: the label")
    elif name is not None:
        label = name
    else:
        raise at.mistake(f"node '{node}', key {key}: 'label' is missing")
    return Option(key, target, label, keys["phrases"].phrases() if "phrases" in keys else phrases)


def _agency(reading: _Reading, at: At, node: str) -> Agency:
    slug = at.text("an agency")
    found = reading.catalogue.agency(slug)
    if found is None:
        raise at.mistake(f"node '{node}': there is no agency '{slug}' in the catalogue")
    return found


# ---- what is made from the catalogue


def _catalogue_nodes(reading: _Reading) -> None:
    reading.nodes[PERSON_NODE] = Person(PERSON_NODE)
    for service in reading.catalogue.services:
        name = service_node(service.slug)
        reading.nodes[name] = Answer(name, service.slug, service.agency)
    for agency in reading.catalogue.agencies:
        name = agency_node(agency.slug)
        reading.nodes[name] = _services(reading, name, agency, None)


def _services(reading: _Reading, name: str, agency: Agency, say: Text | None) -> Choice:
    services = [(service_node(s.slug), s.title, s.phrases) for s in reading.catalogue.services_of(agency.slug)]
    return _paged(reading, name, say or {lang: f"{agency.name[lang]}." for lang in LANGUAGES}, services, agency.slug)


def _agencies(reading: _Reading, name: str, at: At, say: Text | None) -> Choice:
    """Few services: all of them at once; many: the agencies first."""
    queue = at.text("a queue")
    agencies = [a for a in reading.catalogue.agencies if a.queue == queue]
    if not agencies:
        raise at.mistake(f"node '{name}': no agency of the catalogue has the queue '{queue}'")
    if say is None:
        raise at.mistake(f"node '{name}': 'say' is missing")
    services = [s for a in agencies for s in reading.catalogue.services_of(a.slug)]
    if len(agencies) == 1:
        return _services(reading, name, agencies[0], say)
    if len(services) <= MOST_AT_ONCE:
        return _paged(reading, name, say, [(service_node(s.slug), s.title, s.phrases) for s in services], None)
    return _paged(reading, name, say, [(agency_node(a.slug), a.name, a.phrases) for a in agencies], None)


def _paged(
    reading: _Reading,
    name: str,
    say: Text,
    entries: list[tuple[str, Text, Phrases]],
    agency: str | None,
    page: int = 1,
) -> Choice:
    """Eight keys at most; behind more entries the last key leads to the rest."""
    last = CHOICE_KEYS[-1]
    here = entries if len(entries) <= len(CHOICE_KEYS) else entries[: len(CHOICE_KEYS) - 1]
    options = [
        Option(key, target, title, phrases) for key, (target, title, phrases) in zip(CHOICE_KEYS, here, strict=False)
    ]
    if len(here) < len(entries):
        rest = f"{name}-{page + 1}" if page == 1 else f"{name.rsplit('-', 1)[0]}-{page + 1}"
        reading.nodes[rest] = _paged(reading, rest, say, entries[len(here) :], agency, page + 1)
        options.append(Option(last, rest, reading.sentences["more"]))
    return Choice(name, say, tuple(options), agency)


def _read_out(reading: _Reading, node: Choice) -> Text:
    said: dict[str, str] = {}
    for language in LANGUAGES:
        first, following = (reading.sentences[name][language] for name in ("option", "next-option"))
        choices = [
            (following if place else first).format(label=option.label[language], key=option.key)
            for place, option in enumerate(node.options)
        ]
        said[language] = " ".join([node.say[language], *choices, reading.sentences["person-key"][language]])
    return said  # type: ignore[return-value]


def _wait(sentences: Mapping[str, Text], sentence: str, count: str) -> Text:
    minutes = sentences["minute"] if count == "1" else _filled(sentences["minutes"], {"count": count})
    text = sentences[sentence]
    return {language: _filled(text, {"count": count, "minutes": minutes[language]})[language] for language in LANGUAGES}


def _filled(text: Text, values: Mapping[str, str]) -> Text:
    filled: dict[str, str] = {}
    for language in LANGUAGES:
        filled[language] = BLANK.sub(lambda blank: values.get(blank[1], blank[0]), text[language])
    return filled  # type: ignore[return-value]
