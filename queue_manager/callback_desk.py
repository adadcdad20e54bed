"""The one place where a callback meets a telephone number: it is looked at, kept in its table, and dialled from there.

Everything else knows the number's row id alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from citizen_services.citizens import find_or_add_number
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import LinkLost
from contact_centre.facts import Kind
from contact_centre.tables import CallRow, FactRow, PhoneNumber
from queue_manager.allowed_numbers import Allowed, WhyNot, judge
from queue_manager.ami_inbound import text
from queue_manager.ami_link import AmiLink
from queue_manager.ami_outbound import originate
from queue_manager.callback_commands import DialCallback
from queue_manager.callback_events import CallbackAsked, CallbackEvent, CallbackFailed, CallbackWanted
from queue_manager.callback_state import CallbackRules

log = logging.getLogger(__name__)

DAY = timedelta(hours=24)


class CallbackDesk:
    """Checks numbers and dials them, for one router."""

    def __init__(self, engine: Engine, link: AmiLink, tell: Callable[[CallbackEvent], None], shown: str) -> None:
        """`tell` takes what is to be heard by the router; `shown` is the number that the citizen's telephone shows."""
        self._engine, self._link, self._tell, self._shown = engine, link, tell, shown

    async def look_at(self, wanted: CallbackWanted, rules: CallbackRules | None) -> None:
        """Check the number that somebody confirmed; the router hears what came of it."""
        try:
            number_id, refused = await asyncio.to_thread(self._number, wanted, rules or CallbackRules())
        except Exception:  # the caller waits for an answer, and goes on waiting in line
            log.exception("call %s: the number to call back could not be kept", wanted.call_id)
            number_id, refused = None, "unavailable"
        self._tell(CallbackAsked(wanted.call_id, wanted.uniqueid, number_id, refused, wanted.channel, wanted.wish))

    async def dial(self, command: DialCallback, still: Callable[[], bool]) -> None:
        """Call the citizen, unless somebody else leads by now. The intent is in the journal already."""
        number = await asyncio.to_thread(self._to_dial, command.number_id)
        if not isinstance(number, Allowed):
            self._tell(CallbackFailed(command.call_id, command.attempt_id, "no_number"))
            return
        if not still():
            return
        try:
            answer = await self._link.action(originate(command, number.digits, self._shown))
        except LinkLost:
            return  # whether it was heard, the next snapshot tells
        if text(answer, "response") == "Error":
            log.warning("call %s: Asterisk refused to call back", command.call_id)
            self._tell(CallbackFailed(command.call_id, command.attempt_id, "unreachable"))

    def _number(self, wanted: CallbackWanted, rules: CallbackRules) -> tuple[int | None, str]:
        now = datetime.now(UTC)
        judged = judge(wanted.number)
        if not isinstance(judged, Allowed):
            return None, judged
        with session_scope(self._engine) as session:
            row = find_or_add_number(session, judged.e164, now)
            if row is None:
                return None, "no_number"
            asked = select(FactRow.payload, CallRow.number_id).join(
                CallRow, CallRow.id == FactRow.call_id, isouter=True
            )
            asked = asked.where(FactRow.kind == Kind.CALLBACK_ASKED.value, FactRow.occurred_at > now - DAY)
            caller = find_or_add_number(session, wanted.caller, now)
            known = session.execute(asked).all()
            to_it = sum(payload.get("number_id") == row.id for payload, _ in known)
            by_caller = sum(caller is not None and number_id == caller.id for _, number_id in known)
            if max(to_it, by_caller) >= rules.per_day:
                return None, "too_often"
            return row.id, ""

    def _to_dial(self, number_id: int) -> Allowed | WhyNot:
        with read_scope(self._engine) as session:
            row = session.get(PhoneNumber, number_id)
            return judge(row.e164 if row is not None else None)
