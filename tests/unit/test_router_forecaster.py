"""The shell around the forecast: when it looks, and that a failure of it costs nobody their place."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from router_drill import START

from contact_centre.facts import Fact, Kind
from queue_manager import forecaster
from queue_manager.events import WaitsForecast
from queue_manager.expected_wait import InLine, Outlook, Stage
from queue_manager.forecaster import Forecaster
from queue_manager.steps import Need

SOMEBODY = Outlook((InLine("a", "general", (Stage(0.0, Need(frozenset(), frozenset())),)),), ())


@pytest.mark.parametrize("kind", [Kind.CALL_WAITING, Kind.CALL_REQUEUED, Kind.ROUTER_STARTED, Kind.ASTERISK_FOUND])
async def test_it_looks_when_somebody_begins_to_wait_and_again_and_survives_a_failure(
    kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(forecaster, "AT_MOST_EVERY_S", 0.0)
    monkeypatch.setattr(forecaster, "AGAIN_AFTER_S", 0.01)
    seen: list[Outlook | Exception] = [Outlook((), ()), ValueError("not foreseen"), SOMEBODY, SOMEBODY]
    looked, told = asyncio.Event(), asyncio.Queue[WaitsForecast]()

    def look() -> Outlook:
        looked.set()
        found = seen.pop(0) if seen else Outlook((), ())
        if isinstance(found, Exception):
            raise found
        return found

    running = Forecaster(look, told.put_nowait, iter((False, True)).__next__)
    task = asyncio.create_task(running.run())
    async with asyncio.timeout(5):
        await looked.wait()
        assert len(seen) == 3, "with nobody in line it waits for somebody"
        running.learn([Fact(kind, START, None if kind is Kind.ROUTER_STARTED else "a", None, {"queue": "general"})])
        for emergency in (False, True):
            assert await told.get() == WaitsForecast({}, emergency), "the switch is read with each look"
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert "could not be found" in caplog.text
