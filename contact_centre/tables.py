"""Everything that is stored, as SQLAlchemy tables.

The journal is the source; call, segment and offer rows are its fold.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contact_centre.database import UtcDateTime


class Base(DeclarativeBase):
    """Named constraints, so that migrations can drop them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


Position = BigInteger().with_variant(Integer, "sqlite")


class FactRow(Base):
    """The journal: append-only."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_call_id_position", "call_id", "position"), {"sqlite_autoincrement": True})

    position: Mapped[int] = mapped_column(Position, primary_key=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    call_id: Mapped[str | None] = mapped_column(String(64))
    agent_id: Mapped[int | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]]


class Citizen(Base):
    """A person who asks. `sample` marks demonstration data."""

    __tablename__ = "citizens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    id_last4: Mapped[str | None] = mapped_column(String(4))  # last four digits of the national ID: the check by phone
    birth_year: Mapped[int | None]
    county: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    sample: Mapped[bool] = mapped_column(default=False)


class PhoneNumber(Base):
    """A number that called or was given. It remembers the language even when nobody is known behind it."""

    __tablename__ = "phone_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    e164: Mapped[str] = mapped_column(String(16), unique=True)
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    first_seen_at: Mapped[datetime]


class Consent(Base):
    """What a citizen agreed to or refused, the latest per purpose counting."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))  # recording, history
    given: Mapped[bool]
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(20))


class Case(Base):
    """One matter of one citizen, over every channel."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)  # eight digits, the last a check digit
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id", ondelete="CASCADE"), index=True)
    agency: Mapped[str] = mapped_column(String(60), index=True)
    service: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(30), index=True)  # open, in_progress, waiting_citizen, ready, closed
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    sample: Mapped[bool] = mapped_column(default=False)


class CaseEvent(Base):
    """Something that happened to a case."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(20))  # call, centre, web, mobile, payment
    kind: Mapped[str] = mapped_column(String(30))  # opened, note, status, payment, visit
    author: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)


class AgentRow(Base):
    """A person who answers calls, with the endpoint of the seat."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True)
    extension: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    auto_answer: Mapped[bool] = mapped_column(default=False)


class AgentSkill(Base):
    """What an agent can serve, and how well (1 learning … 5 expert)."""

    __tablename__ = "agent_skills"

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(80), primary_key=True)
    level: Mapped[int]


class CallRow(Base):
    """One contact of one citizen, written only by `projection.py`, but for the note and the citizen matched to it."""

    __tablename__ = "calls"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    linkedid: Mapped[str | None] = mapped_column(String(64))
    number_id: Mapped[int | None] = mapped_column(ForeignKey("phone_numbers.id", ondelete="SET NULL"), index=True)
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id", ondelete="SET NULL"), index=True)
    entry: Mapped[str] = mapped_column(String(20))
    language: Mapped[str | None] = mapped_column(String(2))
    agency: Mapped[str | None] = mapped_column(String(60))
    service: Mapped[str | None] = mapped_column(String(60))
    queue: Mapped[str | None] = mapped_column(String(60))
    path: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(20), index=True)
    entered_at: Mapped[datetime] = mapped_column(index=True)
    waiting_since: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(20))
    outcome: Mapped[str | None] = mapped_column(String(20))  # contained, handled, abandoned, turned_away,
    # not_reached (a callback that came to nothing), left_ivr
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"), index=True)
    recording: Mapped[str] = mapped_column(String(20), default="off")  # off, armed, refused, archived
    disposition: Mapped[str | None] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(Text, default="")


class QueueSegment(Base):
    """One stay of a call in one queue."""

    __tablename__ = "queue_segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    queue: Mapped[str] = mapped_column(String(60), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    agency: Mapped[str | None] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(index=True)
    left_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))
    # answered, abandoned, overflowed, turned_away, called_back, transferred
    agent_id: Mapped[int | None]


class OfferRow(Base):
    """One agent rung for one call."""

    __tablename__ = "offers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = mapped_column(index=True)
    offered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))  # answered, or the reason it failed


class Recording(Base):
    """An archived recording: one file, citizen left, agent right."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    path: Mapped[str] = mapped_column(String(300))  # relative to the archive
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    duration_s: Mapped[float]
    archived_at: Mapped[datetime]


class Account(Base):
    """Someone who may sign in."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))  # agent, supervisor, administrator
    name: Mapped[str] = mapped_column(String(200))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    may_call_out: Mapped[bool] = mapped_column(default=False, server_default=false())  # citizens, of their own accord
    sample: Mapped[bool] = mapped_column(default=False)


class SignInSession(Base):
    """A signed-in browser. Only a hash of its token is stored."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AuditEntry(Base):
    """Who looked at or changed what: sign-ins, recordings heard, switches."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))


class Switch(Base):
    """A thing people turn on and off while the house runs, such as the emergency announcement."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]


class Holiday(Base):
    """A closed day that the calendar library does not know (a gazetted day announced at short notice)."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name_en: Mapped[str] = mapped_column(String(100))
    name_sw: Mapped[str] = mapped_column(String(100))


class LeadershipRow(Base):
    """One row: how often a router has taken the lead, and when the last one did."""

    __tablename__ = "leadership"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    taken_at: Mapped[datetime]


class ListeningRow(Base):
    """How callers are listened to just now: one row for each IVR process, which keeps it true while it runs."""

    __tablename__ = "listening"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]
    report: Mapped[dict[str, Any]]  # as ivr/listening_report.py writes it


class UtteranceRow(Base):
    """Words of a caller who agreed to be recorded that the line did not understand, kept for a while to be labelled."""

    __tablename__ = "utterances"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(2))
    node: Mapped[str] = mapped_column(String(80))
    heard: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(10))  # act, confirm, reject
    confidence: Mapped[float]
    options: Mapped[dict[str, Any]]  # keys of the menu there, each with the phrases that could be said instead
    path: Mapped[str] = mapped_column(String(300))  # relative to the directory of utterances
    duration_s: Mapped[float]
    snr_db: Mapped[float | None]
    label: Mapped[str | None] = mapped_column(String(10), index=True)  # option, words, nothing, skipped
    option: Mapped[str | None] = mapped_column(String(80))
    words: Mapped[str | None] = mapped_column(Text)
    labelled_by: Mapped[int | None]
    labelled_at: Mapped[datetime | None]
