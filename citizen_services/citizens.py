"""Who is calling: phone numbers, the citizens behind them, their language and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from citizen_services.door import LONGEST_NAME, clean_text, last_four, one_of
from contact_centre.errors import BadInput
from contact_centre.model import LANGUAGES, OUTBOUND, Language
from contact_centre.tables import CallRow, Citizen, Consent, PhoneNumber

REGION = "KE"
LONGEST_NUMBER = 40
PURPOSES = ("recording", "history")
CHANNELS = ("call", "centre", "web", "mobile", "payment")


def normalise(number: str | None) -> str | None:
    """Give a number as E.164 (`+254712345678`), read as a Kenyan one; None when it is withheld or no number at all."""
    if not number or len(number) > LONGEST_NUMBER or not number.isascii():
        return None
    if not set(number) <= set("+0123456789 -().") or sum(c.isdigit() for c in number) < 7:
        return None
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def find_or_add_number(session: Session, number: str | None, now: datetime) -> PhoneNumber | None:
    """The row of a caller's number, made at the first call; None when the number says nothing.

    Two calls from one number at the same instant get the same row.
    """
    e164 = normalise(number)
    if e164 is None:
        return None
    found = session.scalar(select(PhoneNumber).where(PhoneNumber.e164 == e164))
    if found is None:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        row = insert(PhoneNumber).values(e164=e164, first_seen_at=now).on_conflict_do_nothing(index_elements=["e164"])
        session.execute(row)
        found = session.scalars(select(PhoneNumber).where(PhoneNumber.e164 == e164)).one()
    return found


def remember_language(session: Session, number_id: int, language: Language) -> None:
    """Keep the language chosen by a caller, for the number and for the citizen behind it.

    Raises:
        BadInput: for a language the line does not speak.
    """
    one_of(language, LANGUAGES, "language")
    number = session.get(PhoneNumber, number_id)
    if number is None:
        return
    number.language = language
    citizen = citizen_of_number(session, number_id)
    if citizen is not None:
        citizen.language = language


def language_of_number(session: Session, number_id: int) -> Language | None:
    """The language chosen on this number the last time, or that of its citizen."""
    number = session.get(PhoneNumber, number_id)
    if number is None:
        return None
    known = number.language
    if known is None and (citizen := citizen_of_number(session, number_id)) is not None:
        known = citizen.language
    return next((language for language in LANGUAGES if language == known), None)


def citizen_of_number(session: Session, number_id: int) -> Citizen | None:
    """The citizen whom a number belongs to, or None."""
    number = session.get(PhoneNumber, number_id)
    return session.get(Citizen, number.citizen_id) if number and number.citizen_id is not None else None


def numbers_of(session: Session, citizen_id: int) -> list[PhoneNumber]:
    """Every number of a citizen, the oldest first."""
    return list(
        session.scalars(select(PhoneNumber).where(PhoneNumber.citizen_id == citizen_id).order_by(PhoneNumber.id))
    )


@dataclass(frozen=True, slots=True)
class NewCitizen:
    """What is asked of a citizen who is not known yet."""

    name: str
    language: Language | None = None
    id_last4: str | None = None
    """Last four digits of the national ID: the check by phone."""
    birth_year: int | None = None
    county: str | None = None


def create_citizen(session: Session, new: NewCitizen, now: datetime, number_id: int | None = None) -> Citizen:
    """Add a citizen, with the number they call from unless it is somebody's already.

    Raises:
        BadInput: naming the first field that is wrong.
    """
    if new.birth_year is not None and not now.year - 125 <= new.birth_year <= now.year:
        raise BadInput("the year of birth is out of range")
    citizen = Citizen(
        name=clean_text(new.name, "the name", LONGEST_NAME),
        language=one_of(new.language, LANGUAGES, "language") if new.language else None,
        id_last4=last_four(new.id_last4) if new.id_last4 else None,
        birth_year=new.birth_year,
        county=clean_text(new.county, "the county", 60) if new.county else None,
        created_at=now,
        sample=False,
    )
    session.add(citizen)
    session.flush()
    number = session.get(PhoneNumber, number_id) if number_id is not None else None
    if number is not None and number.citizen_id is None:
        number.citizen_id = citizen.id
    session.flush()
    return citizen


def search(session: Session, words: str, limit: int = 20) -> list[Citizen]:
    """Find citizens by every word of a name, in any order, or by a number or its last digits; best known first.

    Anything may be typed: what cannot be searched finds nothing.
    """
    text = words.encode(errors="ignore").decode().replace("\x00", "")[:200].strip()
    if len(text) < 2:
        return []
    found: Select[Citizen] = select(Citizen).order_by(Citizen.name, Citizen.id).limit(min(limit, 100))
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if len(digits) >= 4 and set(text) <= set("+0123456789 -()."):
        owners = select(PhoneNumber.citizen_id).where(_number_matches(text, digits))
        return list(session.scalars(found.where(Citizen.id.in_(owners))))
    for word in text.split()[:6]:
        found = found.where(Citizen.name.icontains(word, autoescape=True))
    return list(session.scalars(found))


def _number_matches(text: str, digits: str) -> ColumnElement[bool]:
    whole = normalise(text)
    return PhoneNumber.e164 == whole if whole else PhoneNumber.e164.endswith(digits.lstrip("0") or digits)


def contacts_since(
    session: Session, now: datetime, *, citizen_id: int | None = None, number_id: int | None = None, days: int = 7
) -> int:
    """How many calls came from a citizen, or from a number, in the last days (7: "this week")."""
    whose = [
        column == value
        for column, value in ((CallRow.citizen_id, citizen_id), (CallRow.number_id, number_id))
        if value is not None
    ]
    if not whose:
        return 0
    recent = (
        select(func.count())
        .select_from(CallRow)
        .where(CallRow.entered_at > now - timedelta(days=days), CallRow.entry != OUTBOUND)
    )
    return session.scalar(recent.where(or_(*whose))) or 0


def record_consent(session: Session, citizen_id: int, purpose: str, given: bool, channel: str, now: datetime) -> None:
    """Write down that a citizen agreed or refused; nothing earlier is overwritten.

    Raises:
        BadInput: for an unknown purpose or channel.
    """
    one_of(purpose, PURPOSES, "purpose")
    one_of(channel, CHANNELS, "channel")
    session.add(Consent(citizen_id=citizen_id, purpose=purpose, given=given, at=now, channel=channel))
    session.flush()


def consent(session: Session, citizen_id: int, purpose: str) -> Consent | None:
    """The latest word of a citizen on a purpose; None when they were never asked."""
    return session.scalars(
        select(Consent)
        .where(Consent.citizen_id == citizen_id, Consent.purpose == purpose)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    ).first()
