"""Expected waits in a simulated centre: the house's own forecast, told to simulated callers and held against them."""

from __future__ import annotations

from contact_centre.facts import Fact, Kind
from queue_manager import events as e
from queue_manager.expected_wait import forecast
from queue_manager.handling_history import HandlingHistory
from queue_manager.kept_promises import KeptPromises
from simulation.engine import Engine


class Forecaster:
    """Listens to one engine; forecasts when a caller has to wait, and again now and then while somebody waits."""

    def __init__(self, engine: Engine, every_s: float = 15.0) -> None:
        """Attach to an engine that has not run yet."""
        self.history = HandlingHistory()
        self.kept = KeptPromises()
        self.spoken = KeptPromises()
        """The same, held against the rounded range that was spoken."""
        self.told = 0
        self.longer = 0
        """How often a caller was told that it takes longer than was said."""
        self.widths: list[float] = []
        self._engine = engine
        self._every_s = every_s
        self._seed = 0
        self._due = False
        engine.listeners.append(self._hear)

    def _hear(self, fact: Fact) -> None:
        self.history.apply(fact)
        self.kept.apply(fact)
        if fact.kind is Kind.WAIT_PROMISED:
            self.told += 1
            self.longer += bool(fact.payload["longer"])
            if fact.payload["high_s"] is not None:
                self.widths.append(fact.payload["high_s"] - fact.payload["low_s"])
            high_min = fact.payload["high_min"]
            rounded = {
                "low_s": fact.payload["low_min"] * 60,
                "high_s": float("inf") if high_min is None else high_min * 60,
            }
            self.spoken.apply(Fact(fact.kind, fact.occurred_at, fact.call_id, None, rounded))
        else:
            self.spoken.apply(fact)
        if fact.kind is Kind.CALL_WAITING and not self._due:
            self._due = True
            self._engine.at(self._engine.now_s + 0.1, self._look)

    def _look(self, _: str) -> None:
        outlook = self._engine.router.outlook(self._engine.now)
        self._due = False
        if not outlook.line:
            return
        self._seed += 1
        ranges = forecast(outlook, self.history.lengths(), self._seed)
        self._engine.tell(e.WaitsForecast(ranges))
        if not self._due:
            self._due = True
            self._engine.at(self._engine.now_s + self._every_s, self._look)
