"""Checks on what comes from callers, browsers and agents, before it reaches a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from contact_centre.errors import BadInput

LONGEST_NAME = 200
LONGEST_NOTE = 10_000

Word = TypeVar("Word", bound=str)


def clean_text(value: str, what: str, longest: int, *, lines: bool = False) -> str:
    """Give text trimmed; a single line unless `lines`.

    Raises:
        BadInput: when it is empty, too long, or holds NUL, other control characters or half a surrogate pair.
    """
    if len(value) > longest:
        raise BadInput(f"{what} is longer than {longest} characters")
    text = value.replace("\r\n", "\n").strip() if lines else " ".join(value.split())
    if not text:
        raise BadInput(f"{what} is empty")
    allowed = {"\n", "\t"} if lines else set()
    if any((ord(c) < 32 and c not in allowed) or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in text):
        raise BadInput(f"{what} has characters that cannot be stored")
    return text


def one_of(value: str, known: Iterable[Word], what: str) -> Word:
    """Give the known word that equals the value.

    Raises:
        BadInput: when there is none.
    """
    found = next((word for word in known if word == value), None)
    if found is None:
        raise BadInput(f"{what} is not one that is known")
    return found


def last_four(value: str) -> str:
    """Give the last four digits of a national ID.

    Raises:
        BadInput: when they are not four digits.
    """
    if not (value.isascii() and value.isdigit() and len(value) == 4):
        raise BadInput("the last four digits of the ID are four digits")
    return value
