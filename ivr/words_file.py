"""Reads the file of how callers speak; a mistake is told with file and line."""

from __future__ import annotations

from pathlib import Path

from citizen_services.yaml_nodes import At, read_yaml
from contact_centre.model import LANGUAGES
from ivr.words import Wording, tokens

SHIPPED = Path(__file__).parent / "menus" / "words.yaml"
SAID = frozenset(
    "person again back english kiswahili agree refuse first second requirements fee where how-long".split()
)
"""What the dialogue itself must be able to hear."""


def load_words(path: Path = SHIPPED) -> Wording:
    """Read a file of words.

    Raises:
        FileMistake: at the first mistake.
    """
    keys = read_yaml(path).mapping({"said", "around", "same", "fillers"}, frozenset({"at-length", "mixed"}))
    said = {name: at.phrases() for name, at in keys["said"].mapping(set(SAID)).items()}
    for name, at in keys["said"].mapping(set(SAID)).items():
        for language in LANGUAGES:
            if not said[name].get(language):
                raise at.mistake(f"'{name}' has no phrase in '{language}'")
    fillers = frozenset(
        item.text("a word").lower() for row in keys["fillers"].items("rows") for item in row.items("words")
    )
    same: dict[tuple[str, ...], str] = {}
    for row in keys["same"].items("rows of words"):
        words = row.items("words")
        if not words:
            raise row.mistake("a row of words that mean the same is empty")
        name = words[0].text("a word", 80).lower()
        for word in words:
            _add(same, word, name)
    around = keys["around"].phrases()
    if any(pattern.count("{}") != 1 for patterns in around.values() for pattern in patterns):
        raise keys["around"].mistake("each of these has one {} where the name of a thing stands")
    at_length = {}
    if "at-length" in keys:
        places = keys["at-length"].mapping({"before", "after"})
        at_length = {place: at.phrases() for place, at in places.items()}
    rows = keys["mixed"].items("rows of words") if "mixed" in keys else []
    mixed = tuple(tuple(item.text("a word", 80).lower() for item in row.items("words")) for row in rows)
    return Wording(same, fillers, said, around, at_length, mixed)


def _add(same: dict[tuple[str, ...], str], at: At, name: str) -> None:
    key = tuple(tokens(at.text("a word", 80)))
    if not key:
        raise at.mistake("here a word is expected")
    if same.setdefault(key, name) != name:
        raise at.mistake(f"'{' '.join(key)}' means '{same[key]}' already")
