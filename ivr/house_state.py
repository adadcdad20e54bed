"""What is so for every call just now: hours, holidays, the emergency announcement. Read in the background.

A call takes what was read last: the database may be slow or away and callers do not wait for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from citizen_services.catalogue import Text
from citizen_services.opening_hours import OpeningHours, load_holidays, opening_hours, public_holidays
from contact_centre.database import read_scope
from contact_centre.model import LANGUAGES, Language
from contact_centre.settings import Settings
from contact_centre.tables import Switch
from ivr.menu import Situation
from ivr.speaking import closed_until

log = logging.getLogger("ivr.house")

EVERY_S = 3.0
"""A switch that was turned is heard by callers after so long at most (s)."""
LONGEST_ANNOUNCEMENT = 600


class HouseState:
    """Keeps the latest of it."""

    def __init__(self, settings: Settings, engine: Engine, announced: Callable[[Text], None]) -> None:
        """`announced` is called with each new text, of an emergency or of the hours while the centre is closed, to make
        it into sound before anyone calls."""
        self._settings, self._engine, self._announced = settings, engine, announced
        self.regain_place_s = settings.regain_place_s
        """For so long after being cut off a caller in line may have the place back (s)."""
        today = datetime.now(settings.zone).date()
        self._hours = opening_hours(settings.opens, settings.closes, public_holidays((today.year, today.year + 1)))
        self._emergency: Text | None = None
        self._made: list[Text] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_reading, name="house-state", daemon=True)

    def start(self) -> None:
        """Read once, then keep reading."""
        self.read()
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._ended.set()
        self._thread.join(timeout=5)

    def situation(self, entry: str, remembered: Language | None, now: datetime | None = None) -> Situation:
        """What is so for a call that comes in now."""
        local = (now or datetime.now(UTC)).astimezone(self._settings.zone)
        return Situation(entry, local.date(), remembered, self._closed(local), self._emergency,
                         callbacks=self._settings.closed_callbacks)  # fmt: skip

    def today(self) -> date:
        """The centre's calendar day."""
        return datetime.now(self._settings.zone).date()

    def read(self) -> None:
        """Read the switch and the holidays; what cannot be read stays as it was."""
        try:
            with read_scope(self._engine) as session:
                switch = session.get(Switch, "emergency")
                emergency = announcement(switch.value) if switch else None
                closed = load_holidays(session, self.today().year)
        except SQLAlchemyError as error:
            log.warning("hours and switches could not be read: %s", type(error).__name__)
            return
        self._hours = OpeningHours(self._hours.opens, self._hours.closes, self._hours.weekdays, closed)
        said = [text for text in (emergency, self._closed(datetime.now(self._settings.zone))) if text]
        for text in said:
            if text not in self._made:
                self._announced(text)
        self._made, self._emergency = said, emergency

    def _closed(self, local: datetime) -> Text | None:
        if self._settings.ignore_hours or self._hours.is_open(local):
            return None
        opening = self._hours.next_opening(local)
        return {language: closed_until(local, opening, language) for language in LANGUAGES}

    def _keep_reading(self) -> None:
        while not self._ended.wait(EVERY_S):
            self.read()


def announcement(value: Mapping[str, Any]) -> Text | None:
    """The announcement that is on, from the switch's value `{"on": true, "en": …, "sw": …}`; None when it is off."""
    if value.get("on") is not True:
        return None
    texts = {
        language: " ".join(str(value.get(language) or "").split())[:LONGEST_ANNOUNCEMENT] for language in LANGUAGES
    }
    said = {language: text for language, text in texts.items() if text}
    return said or None
