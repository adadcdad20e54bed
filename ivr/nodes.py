"""What a menu is made of. A menu is a value: read from a file, checked, drawn, walked; it holds no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from citizen_services.catalogue import Catalogue, Phrases, Text
from contact_centre.model import WAIT_STEPS_MIN
from ivr.words import Wording

CHOICE_KEYS = "12345678"
"""Keys that a menu may give a meaning."""
PERSON, LANGUAGE, BACK, AGAIN = "0", "9", "*", "#"
"""Keys that mean the same in every menu: a person · the other language · back · hear it again."""

NO_INPUT = ("no-input-1", "no-input-2")
WRONG_KEY = ("wrong-key-1", "wrong-key-2")
NOT_UNDERSTOOD = ("not-understood-1", "not-understood-2")
"""What is said at the first and at the second strike; the third leads to a person."""


def at_first_question(words: str) -> str:
    """Id of the same words where no language is chosen yet, so that they are said in both and must be short."""
    return f"language-{words}"


POSITIONS = 20
"""Places in line that have a prompt of their own; behind them `position-many` is spoken."""

MINUTES = WAIT_STEPS_MIN[1:]
WAITS = frozenset(
    {f"wait-{how}-{minutes}" for how in ("under", "over") for minutes in MINUTES}
    | {f"wait-from-{minutes}" for minutes in MINUTES[:-1]}
    | {f"wait-to-{minutes}" for minutes in MINUTES[1:]}
)
"""Expected waits: "less than 5 minutes", "more than 60 minutes", "between 3" "and 5 minutes"."""

OPENING_DAYS = ("today", "tomorrow", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPENING_TIMES = tuple(f"{hour:02d}{minute:02d}" for hour in range(5, 15) for minute in (0, 30))
"""Times at which a queue may open and say so; at another one only the day is said."""
OPENINGS = frozenset({f"opens-{day}" for day in OPENING_DAYS} | {f"opens-at-{time}" for time in OPENING_TIMES})
"""When a queue that is closed opens: "there will be somebody tomorrow" "at eight in the morning"."""

DIALPLAN_PROMPTS = frozenset(
    {"apology", "recording-notice", "recording-refused", "closed", "position-many", "wait-longer"}
    | {"callback-offer", "callback-confirm", "callback-kept", "callback-refused", "callback-enter"}
    | {"callback-entered", "callback-right", "callback-already", "callback-not-now", "callback-instead", "goodbye"}
    | {f"digit-{digit}" for digit in range(10)}
    | {"callback-hello", "callback-declined", "called-back", "survey-ask", "survey-thanks"}
    | {"turned-away-full", "turned-away-late", "turned-away-closed"}
    | {f"position-{place}" for place in range(1, POSITIONS + 1)}
    | WAITS
    | OPENINGS
)
"""Prompts that the dialplan plays by name (`asterisk_conf/templates/extensions.conf.j2`)."""

NEEDED_PROMPTS = frozenset(
    {
        "callback-closed",
        *NO_INPUT,
        *WRONG_KEY,
        *NOT_UNDERSTOOD,
        *map(at_first_question, (*NO_INPUT, *WRONG_KEY, *NOT_UNDERSTOOD)),
        "say-language",
        "you-may-speak",
        "did-you-say",
        "yes-or-no",
        "did-you-mean",
        "or",
        "first-or-second",
        "you-said",
        "is-that-right",
        "welcome",
        "welcome-back",
        "welcome-back-shared",
        "choose-language",
        "change-language",
        "to-person",
        "three-strikes",
        "long-call",
        "goodbye",
        "answer-keys",
        "must-be-confirmed",
        "still-there",
        "one-moment",
        "unknown-agency",
        "case-reference",
        "case-check",
        "case-mistyped",
        "case-unknown",
        "case-too-many",
        "case-unavailable",
        "case-keys",
        "case-status-open",
        "case-status-in-progress",
        "case-status-waiting-citizen",
        "case-status-ready",
        "case-status-closed",
    }
)
"""Prompts that the dialogue itself says; a menu file without one of them is refused."""


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a menu."""

    key: str
    to: str
    """Name of the node it leads to."""
    label: Text
    """What is said before "press …"."""
    phrases: Phrases = field(default_factory=dict)
    """What a caller may say instead of pressing the key, for the recogniser."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Some options, one key each."""

    name: str
    say: Text
    options: tuple[Option, ...]
    agency: str | None = None
    """Whose menu it is: a person reached from here knows this agency."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the catalogue says about a service."""

    name: str
    service: str
    agency: str


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """How far a case is, for a caller who knows its reference and the check."""

    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """The way to an agent."""

    name: str
    agency: str | None = None


Node = Choice | Answer | CaseStatus | Person


@dataclass(frozen=True, eq=False)
class Menu:
    """A whole menu, checked: every target exists, every node can be left, every text is there in both languages."""

    start: str
    nodes: Mapping[str, Node]
    prompts: Mapping[str, Text]
    """Every fixed prompt by id, those of the choices (`menu-NODE`) included."""
    catalogue: Catalogue
    wording: Wording = field(default_factory=Wording)
    """How callers speak."""

    def name_of(self, node: str) -> Text:
        """What a node is called when it is asked about: as the first menu that offers it calls it."""
        for menu in self.nodes.values():
            for option in menu.options if isinstance(menu, Choice) else ():
                if option.to == node:
                    return option.label
        found = self.nodes[node]
        if isinstance(found, Answer) and (service := self.catalogue.service(found.service)):
            return service.title
        agency = self.catalogue.agency(found.agency) if isinstance(found, Choice) and found.agency else None
        return agency.name if agency else {"en": node, "sw": node}

    def agency_node(self, code: str) -> str | None:
        """The menu of the agency behind two dialled digits, or None."""
        agency = self.catalogue.agency_by_code(code)
        return agency_node(agency.slug) if agency else None


def agency_node(agency: str) -> str:
    """Name of the node with an agency's services."""
    return f"agency-{agency}"


def service_node(service: str) -> str:
    """Name of the node that answers about a service."""
    return f"service-{service}"


def menu_prompt(node: str) -> str:
    """Id of the prompt that reads a choice out."""
    return f"menu-{node}"
