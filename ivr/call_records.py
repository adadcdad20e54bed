"""What the line writes and reads while callers talk: never slow, never a reason for a call to fail.

One thread writes: facts are handed over and appended in batches, those of many calls in one transaction; a database
that is away costs the caller nothing (the journal spools). Reading for a caller has a bound: who cannot be looked up in
time is simply not known.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from citizen_services.cases import look_up
from citizen_services.citizens import find_or_add_number, normalise, remember_language
from contact_centre.database import read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from contact_centre.model import LANGUAGES, Language
from contact_centre.tables import CallRow, Citizen, PhoneNumber
from ivr.regained_place import Place
from ivr.turns import CaseFound, CaseNotFound, CaseUnavailable

log = logging.getLogger("ivr.records")
T = TypeVar("T")

BATCH_S = 1.0
"""Facts wait so long for company before they are appended (s), unless somebody needs them sooner. It is also what a
killed process (SIGKILL, a power cut) can lose of a call that is in the menu."""
NUMBER_PATIENCE_S = 1.0
"""How long a caller hears nothing while their number is looked up, at most (s)."""
CASE_PATIENCE_S = 4.0

Write = Callable[[Session], None]
KNOWN = (
    select(PhoneNumber.id, PhoneNumber.language, Citizen.language.label("of_citizen"))
    .outerjoin(Citizen, Citizen.id == PhoneNumber.citizen_id)
    .where(PhoneNumber.e164 == bindparam("number"))
)
"""A caller's number, with the language chosen on it the last time, and that of its citizen."""

SHARED_FROM = 5
"""So many calls of a number within a day: a place of theirs is asked for by key."""
LATEST_CALLS = (
    select(
        *(CallRow.id, CallRow.outcome, CallRow.ended_at, CallRow.waiting_since, CallRow.language),
        *(CallRow.queue, CallRow.agency, CallRow.service, CallRow.case_id),
    )
    .where(CallRow.number_id == bindparam("number_id"), CallRow.id != bindparam("call_id"))
    .where(CallRow.entered_at >= bindparam("since"))
    .order_by(CallRow.entered_at.desc())
    .limit(SHARED_FROM)
)
"""A number's latest calls, the newest first."""

LAST_AGENT = (
    select(CallRow.agent_id, CallRow.answered_at)
    .where(CallRow.number_id == bindparam("number_id"), CallRow.agent_id.is_not(None), CallRow.answered_at.is_not(None))
    .order_by(CallRow.answered_at.desc())
    .limit(1)
)
"""Who answered this number's last call that was answered."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the number tells."""

    number_id: int | None = None
    language: Language | None = None


class LineRecords:
    """The one door of all calls to the database."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        """Start the writing thread."""
        self._engine, self._journal = engine, journal
        self._waiting: queue.SimpleQueue[Fact | Write | None] = queue.SimpleQueue()
        self._needed = threading.Event()
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="records-read")
        self._writer = threading.Thread(target=self._write, name="records-write", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Write what is waiting, then end."""
        self._waiting.put(None)
        self._needed.set()
        self._writer.join(timeout=15)
        self._readers.shutdown(wait=False, cancel_futures=True)

    def note(self, fact: Fact) -> None:
        """Append a fact, soon."""
        self._waiting.put(fact)

    def flush(self) -> None:
        """Let what is waiting be written now: somebody is about to read it. Returns at once."""
        self._needed.set()

    def known(self, number: str) -> Known:
        """The row and the language of a caller's number, made at the first call; nothing when withheld or late."""
        e164 = normalise(number)
        if e164 is None:
            return Known()
        return self._in_time(lambda: self._number(e164), NUMBER_PATIENCE_S, Known())

    def remember(self, number_id: int, language: Language) -> None:
        """Keep a number's language, soon."""
        self._waiting.put(lambda session: remember_language(session, number_id, language))

    def case(self, reference: str, id_last4: str) -> CaseFound | CaseNotFound | CaseUnavailable:
        """Find a case for a caller who knows its check."""
        unavailable: CaseFound | CaseNotFound | CaseUnavailable = CaseUnavailable()
        return self._in_time(lambda: self._case(reference, id_last4), CASE_PATIENCE_S, unavailable)

    def lost_place(self, number_id: int | None, call_id: str, within_s: int) -> Place | None:
        """Where in line this number's last call was when it was cut off; None when it was not, or too long ago."""
        if number_id is None or not within_s:
            return None
        return self._in_time(lambda: self._lost_place(number_id, call_id, within_s), NUMBER_PATIENCE_S, None)

    def _lost_place(self, number_id: int, call_id: str, within_s: int) -> Place | None:
        now = datetime.now(UTC)
        since = now - timedelta(days=1)
        with self._engine.connect() as connection:
            rows = connection.execute(LATEST_CALLS, {"number_id": number_id, "call_id": call_id, "since": since}).all()
        last = rows[0] if rows else None
        if last is None or last.outcome != "abandoned" or last.ended_at is None or last.waiting_since is None:
            return None
        language = next((language for language in LANGUAGES if language == last.language), None)
        if language is None or last.ended_at < now - timedelta(seconds=within_s):
            return None
        return Place(
            last.id,
            language,
            last.queue or "general",
            last.waiting_since.timestamp(),
            last.agency or "",
            last.service or "",
            last.case_id,
            shared=len(rows) >= SHARED_FROM or any(row.ended_at is None for row in rows),
        )

    def last_agent(self, number_id: int | None) -> str:
        """Who talked with this number last, and when: `7@1790000000`; empty when nobody did, or late."""
        if number_id is None:
            return ""
        return self._in_time(lambda: self._last_agent(number_id), NUMBER_PATIENCE_S, "")

    def _last_agent(self, number_id: int) -> str:
        with self._engine.connect() as connection:
            row = connection.execute(LAST_AGENT, {"number_id": number_id}).one_or_none()
        return f"{row.agent_id}@{int(row.answered_at.timestamp())}" if row is not None else ""

    def _number(self, e164: str) -> Known:
        with self._engine.connect() as connection:
            row = connection.execute(KNOWN, {"number": e164}).one_or_none()
        if row is not None:
            said = row.language or row.of_citizen
            return Known(row.id, next((language for language in LANGUAGES if language == said), None))
        with session_scope(self._engine) as session:
            made = find_or_add_number(session, e164, datetime.now(UTC))
            return Known(made.id if made else None)

    def _case(self, reference: str, id_last4: str) -> CaseFound | CaseNotFound | CaseUnavailable:
        with read_scope(self._engine) as session:
            case = look_up(session, reference, id_last4)
            return CaseFound(case.id, case.agency, case.service, case.status) if case else CaseNotFound()

    def _in_time(self, read: Callable[[], T], patience_s: float, otherwise: T) -> T:
        try:
            return self._readers.submit(read).result(timeout=patience_s)
        except (SQLAlchemyError, Late, RuntimeError) as error:
            log.warning("reading for a call failed: %s", type(error).__name__)
            return otherwise

    def _write(self) -> None:
        ended = False
        while not ended:
            batch = [self._waiting.get()]
            self._needed.wait(BATCH_S)
            self._needed.clear()  # before the rest is taken: whoever asks after this is heard the next time
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            ended = None in batch
            self._append([entry for entry in batch if isinstance(entry, Fact)])
            self._change([entry for entry in batch if entry is not None and not isinstance(entry, Fact)])

    def _append(self, facts: list[Fact]) -> None:
        if not facts or self._try(lambda: self._journal.append(*facts)):
            return
        for fact in facts:  # one of them is bad: the others are still kept
            if not self._try(lambda fact=fact: self._journal.append(fact)):  # type: ignore[misc]
                self._try(lambda fact=fact: self._journal.set_aside(fact))  # type: ignore[misc]

    def _change(self, writes: list[Write]) -> None:
        if not self._try(lambda: self._run(writes)) and len(writes) > 1:
            for write in writes:
                self._try(lambda write=write: self._run([write]))  # type: ignore[misc]

    def _run(self, writes: list[Write]) -> None:
        if writes:
            with session_scope(self._engine) as session:
                for write in writes:
                    write(session)

    def _try(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except Exception:  # the thread that writes for every call never ends
            log.exception("writing failed")
            return False
        return True


class CallRecords:
    """The records as one call sees them."""

    def __init__(self, line: LineRecords, call_id: str, number_id: int | None) -> None:
        """Facts get the call's id; without a number nothing is remembered."""
        self._line, self._call_id, self._number_id = line, call_id, number_id

    def note(self, kind: Kind, payload: Mapping[str, Any]) -> None:
        """Put a fact into the journal, later."""
        self._line.note(Fact(kind, datetime.now(UTC), call_id=self._call_id, payload=dict(payload)))

    def flush(self) -> None:
        """The call leaves for a person: what the agent will see of it is written now."""
        self._line.flush()

    def remember(self, language: Language) -> None:
        """Keep the number's language, later."""
        if self._number_id is not None:
            self._line.remember(self._number_id, language)

    def look_up(self, reference: str, id_last4: str) -> CaseFound | CaseNotFound | CaseUnavailable:
        """Find a case."""
        return self._line.case(reference, id_last4)
