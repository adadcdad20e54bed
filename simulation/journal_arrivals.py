"""A day of the journal, played again: who called when for what, and how long things lasted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from contact_centre.errors import BadInput
from contact_centre.facts import Kind
from contact_centre.journal import since
from contact_centre.model import Language, language_skill
from queue_manager.handling_history import HandlingHistory
from simulation.distributions import Duration, seen
from simulation.scenario import Arrival


@dataclass(frozen=True, slots=True)
class Day:
    """What one day was."""

    begins: datetime
    """Local midnight."""
    arrivals: list[Arrival]
    history: HandlingHistory
    """The last lengths of that day."""

    def handling(self) -> Duration:
        """Conversations of that day, drawn again.

        Raises:
            BadInput: there was none.
        """
        return seen([length for talks in self.history.talks.values() for length in talks])

    def wrap_up(self) -> Duration | None:
        """Wrap-ups of that day, drawn again; None when there was none."""
        return seen(list(self.history.wrap_ups)) if self.history.wrap_ups else None

    def patience(self) -> Duration | None:
        """How long callers waited before they gave up, those who were answered counted in; None when nobody did."""
        mean_s = self.history.patience_s
        return Duration("exponential", mean_s) if 0 < mean_s < math.inf else None


def day_of(engine: Engine, day: date, zone: ZoneInfo) -> Day:
    """Read a local day.

    Raises:
        BadInput: nobody asked for a person on that day.
    """
    begins = datetime.combine(day, time(), zone)
    ends = begins + timedelta(days=1)
    arrivals: list[Arrival] = []
    history = HandlingHistory()
    for recorded in since(engine, begins):
        fact = recorded.fact
        if fact.occurred_at >= ends:
            continue
        history.apply(fact)
        if fact.kind is Kind.CALL_WAITING:
            language = cast(Language, fact.payload.get("language") or "en")
            arrivals.append(
                Arrival(
                    (fact.occurred_at - begins).total_seconds(),
                    str(fact.payload["queue"]),
                    language,
                    frozenset(fact.payload.get("skills") or ()) - {language_skill(language)},
                    int(fact.payload.get("priority") or 0),
                )
            )
    if not arrivals:
        raise BadInput(f"nobody asked for a person on {day.isoformat()}; the journal holds no such call")
    return Day(begins, sorted(arrivals, key=lambda arrival: arrival.at_s), history)
