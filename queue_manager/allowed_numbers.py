"""P. Which numbers the centre may dial: Kenyan fixed and mobile lines; nothing that costs more, no emergency line.

A number is judged by its kind in the numbering plan (`phonenumbers`), never by a list of forbidden beginnings: what the
plan does not know as an ordinary Kenyan line is not dialled. Whoever dials asks here again right before it dials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberType

REGION = "KE"
COUNTRY_CODE = 254
LONGEST = 40
ORDINARY = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

WhyNot = Literal["no_number", "emergency", "abroad", "special"]
"""`no_number`: nothing that can be dialled; `special`: premium, toll-free, shared cost, voicemail, a pager."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A number that may be dialled."""

    e164: str
    """As it is stored: `+254712345678`."""

    @property
    def digits(self) -> str:
        """As the trunk dials it, inside Kenya: `0712345678`. Digits only, so it can stand in a dialplan's variable."""
        return "0" + self.e164.removeprefix(f"+{COUNTRY_CODE}")


def judge(number: str | None) -> Allowed | WhyNot:
    """Say whether the centre may dial a number, read as a Kenyan one unless it begins with `+`; else why not."""
    text = (number or "").strip()
    if not text or len(text) > LONGEST or not text.isascii() or not set(text) <= set("+0123456789 -()."):
        return "no_number"
    if phonenumbers.connects_to_emergency_number("".join(c for c in text if c.isdigit()), REGION):
        return "emergency"
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return "no_number"
    if parsed.country_code != COUNTRY_CODE:
        return "abroad"
    if not phonenumbers.is_valid_number_for_region(parsed, REGION):
        return "no_number"
    if phonenumbers.number_type(parsed) not in ORDINARY:
        return "special"
    return Allowed(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
