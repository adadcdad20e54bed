"""Whether expected waits come true: the share of answered calls that were answered inside the range first told."""

from __future__ import annotations

from datetime import datetime

from contact_centre.facts import Fact, Kind
from queue_manager.service_level import share

PROMISED = 0.8
"""What a range promises: four of five."""
FORMULA = "answered inside the range first told / answered after a range was told"
FORMULA_SW = "zilizojibiwa ndani ya muda ulioambiwa kwanza / zilizojibiwa baada ya kuambiwa muda"


class KeptPromises:
    """Folds facts as they come; each once, in the journal's order."""

    def __init__(self) -> None:
        """Nothing promised yet."""
        self.answered = 0
        """Answered calls that had been told a range."""
        self.sooner = 0
        self.later = 0
        self._first: dict[str, tuple[datetime, float, float]] = {}

    @property
    def inside(self) -> int:
        """Answered inside the range first told."""
        return self.answered - self.sooner - self.later

    @property
    def share(self) -> float | None:
        """Inside / answered; None before the first answer. Good is near 0.8: much more means ranges too wide."""
        return share(self.inside, self.answered)

    def apply(self, fact: Fact) -> None:
        """Fold one fact."""
        call_id = fact.call_id
        if call_id is None:
            return
        match fact.kind:
            case Kind.WAIT_PROMISED:
                low_s, high_s = fact.payload["low_s"], fact.payload["high_s"]
                if high_s is not None:  # else it was said only that it takes longer
                    self._first.setdefault(call_id, (fact.occurred_at, float(low_s), float(high_s)))
            case Kind.CALL_CONNECTED:
                told_at, low_s, high_s = self._first.pop(call_id, (fact.occurred_at, -1.0, 0.0))
                if low_s >= 0:
                    took_s = (fact.occurred_at - told_at).total_seconds()
                    self.answered += 1
                    self.sooner += took_s < low_s
                    self.later += took_s > high_s
            case Kind.CALL_ENDED | Kind.CALL_ABANDONED | Kind.CALLBACK_ASKED:
                self._first.pop(call_id, None)
            case _:
                pass
