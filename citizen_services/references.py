"""Case references: seven digits and a check digit by Damm, which finds every wrong digit and every swap of neighbours.

Callers key them in; a mistyped one is told at once instead of being looked up.
"""

from __future__ import annotations

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""A totally anti-symmetric quasigroup of order ten (H. M. Damm, 2004)."""

DIGITS = 8


def check_digit(digits: str) -> str:
    """The digit that completes a number of decimal digits."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def make_reference(number: int) -> str:
    """The reference of a number from 0 to 9,999,999."""
    if not 0 <= number < 10_000_000:
        raise ValueError("a reference holds seven digits and a check digit")
    return f"{number:07d}" + check_digit(f"{number:07d}")


def is_reference(text: str) -> bool:
    """Whether text is a reference that could exist."""
    return text.isascii() and text.isdigit() and len(text) == DIGITS and check_digit(text) == "0"
