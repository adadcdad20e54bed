"""The emergency announcement: a switch that the ivr reads, and two facts that say when it was on."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field
from sqlalchemy.orm import Session

from agent_console.messages import Message
from citizen_services.door import clean_text
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.tables import Switch

NAME = "emergency"
LONGEST = 600


class EmergencyBody(Message):
    """What every caller hears first while it is on, in both languages."""

    on: bool
    en: str = Field("", max_length=LONGEST)
    sw: str = Field("", max_length=LONGEST)


def is_on(session: Session) -> bool:
    """Whether callers hear the announcement."""
    switch = session.get(Switch, NAME)
    return bool(switch and switch.value.get("on"))


def read(session: Session) -> EmergencyBody:
    """How the switch stands."""
    switch = session.get(Switch, NAME)
    if switch is None:
        return EmergencyBody(on=False)
    value = switch.value
    return EmergencyBody(on=bool(value.get("on")), en=str(value.get("en", "")), sw=str(value.get("sw", "")))


def write(session: Session, wanted: EmergencyBody, account_id: int, now: datetime) -> None:
    """Turn it on or off; each change is a fact.

    Raises:
        BadInput: on, without words in both languages.
    """
    words = {
        language: clean_text(text, f"the announcement in {language}", LONGEST) if wanted.on or text.strip() else ""
        for language, text in (("en", wanted.en), ("sw", wanted.sw))
    }
    was_on = is_on(session)
    session.merge(Switch(name=NAME, value={"on": wanted.on, **words}, changed_at=now, changed_by=account_id))
    if wanted.on != was_on:
        append_in(session, [Fact(Kind.EMERGENCY_ANNOUNCED if wanted.on else Kind.EMERGENCY_CLEARED, now)])
