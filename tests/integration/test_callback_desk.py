"""Whom the house agrees to call back: numbers looked at against the numbering plan and against the last day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from router_drill import START
from sqlalchemy import Engine, delete, select

from contact_centre.database import connect, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import append_in
from contact_centre.tables import Base, PhoneNumber
from queue_manager.ami_link import AmiLink
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_desk import CallbackDesk
from queue_manager.callback_events import CallbackAsked, CallbackEvent, CallbackFailed, CallbackWanted
from queue_manager.callback_state import CallbackRules
from queue_manager.events import Wish

RULES = CallbackRules(per_day=2)
OWN, OTHER = "0712345678", "0202222222"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = connect(f"sqlite:///{tmp_path / 'desk.db'}")
    Base.metadata.create_all(engine)
    return engine


class Desk:
    """The desk of a router whose link to Asterisk is down: nothing here may need it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.told: list[CallbackEvent] = []
        link = AmiLink("127.0.0.1", 1, "nobody", "nothing", lambda _message: None)
        self.desk = CallbackDesk(engine, link, self.told.append, "1919")

    async def asks(self, number: str, caller: str = OWN, call_id: str = "c-1") -> CallbackAsked:
        await self.desk.look_at(CallbackWanted(call_id, "PJSIP/trunk-1", "1.1", Wish(), number, caller), RULES)
        told = self.told[-1]
        assert isinstance(told, CallbackAsked)
        return told

    def kept(self, call_id: str, caller_id: int, number_id: int, ago: timedelta = timedelta()) -> None:
        at = datetime.now(UTC) - ago
        wish = {"queue": "general", "language": "en", "skills": [], "priority": 0, "waiting_since": at.isoformat()}
        entered = Fact(Kind.CALL_ENTERED, at, call_id, None, {"entry": "main", "number_id": caller_id})
        with session_scope(self.engine) as session:
            append_in(session, [entered, Fact(Kind.CALLBACK_ASKED, at, call_id, None, {"number_id": number_id} | wish)])


async def test_a_number_is_kept_under_an_id_and_the_same_one_has_the_same(engine: Engine) -> None:
    desk = Desk(engine)
    first, again = await desk.asks(OWN), await desk.asks("+254 712 345 678", caller="")
    assert first.number_id == again.number_id is not None
    assert (first.refused, first.channel, first.wish) == ("", "PJSIP/trunk-1", Wish())


@pytest.mark.parametrize(
    ("number", "reason"),
    [("", "no_number"), ("<unknown>", "no_number"), ("0900223456", "special"), ("+255712345678", "abroad"),
     ("999", "emergency"), ("1919", "no_number"), ("07\r\nAction: Originate", "no_number"), ("0" * 40, "no_number")],
)  # fmt: skip
async def test_what_is_no_subscriber_of_kenya_is_refused_and_not_kept(engine: Engine, number: str, reason: str) -> None:
    asked = await Desk(engine).asks(number, caller="")
    assert (asked.number_id, asked.refused) == (None, reason)
    with session_scope(engine) as session:
        assert session.scalars(select(PhoneNumber)).all() == []


async def test_so_often_for_a_number_and_so_often_from_a_telephone_in_a_day(engine: Engine) -> None:
    desk = Desk(engine)
    own, other = (await desk.asks(OWN)).number_id, (await desk.asks(OTHER)).number_id
    assert own is not None
    assert other is not None
    desk.kept("old", own, own, ago=timedelta(hours=25))
    desk.kept("a", own, other)
    assert (await desk.asks(OWN)).refused == ""
    desk.kept("b", own, 99)
    assert (await desk.asks(OTHER, caller=OWN)).refused == "too_often", "from that telephone"
    assert (await desk.asks(OTHER, caller="0722000000")).refused == ""
    desk.kept("c", 98, other)
    assert (await desk.asks(OTHER, caller="0722000000")).refused == "too_often", "for that number"


async def test_a_number_that_was_erased_is_not_dialled(engine: Engine) -> None:
    desk = Desk(engine)
    number_id = (await desk.asks(OWN)).number_id
    assert number_id is not None
    with session_scope(engine) as session:
        session.execute(delete(PhoneNumber))
    order = DialCallback("c-1", "callback-1", number_id, 30, "en", "general", frozenset(), 0, None, None, START)
    await desk.desk.dial(order, lambda: True)
    assert desk.told[-1] == CallbackFailed("c-1", "callback-1", "no_number")


async def test_without_a_link_or_a_lead_nothing_is_dialled_and_nothing_is_made_up(engine: Engine) -> None:
    desk = Desk(engine)
    number_id = (await desk.asks(OWN)).number_id
    assert number_id is not None
    order = DialCallback("c-1", "callback-1", number_id, 30, "en", "general", frozenset(), 0, None, None, START)
    for leads in (True, False):
        await desk.desk.dial(order, lambda leads=leads: leads)
    assert len(desk.told) == 1, "the next snapshot tells what became of it"
