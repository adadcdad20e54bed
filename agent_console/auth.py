"""Passwords and sessions: argon2 for the one, random tokens of which only a keyed hash is stored for the other."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from agent_console.messages import Role
from contact_centre.database import read_scope
from contact_centre.errors import BadInput
from contact_centre.tables import Account, AgentRow, AuditEntry, SignInSession

COOKIE = "huduma_session"
SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)
"""Each check takes 64 MiB: a shift that signs in together must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sent a request."""

    account_id: int
    username: str
    name: str
    role: Role
    agent_id: int | None
    extension: str | None
    auto_answer: bool
    may_call_out: bool
    """Whether they may call citizens of their own accord."""
    session: str
    """The session's row key, a hash of the browser's token."""
    since: datetime
    expires_at: datetime

    @property
    def supervises(self) -> bool:
        """Whether every call and number may be seen."""
        return self.role in ("supervisor", "administrator")


def hash_password(password: str) -> str:
    """Hash a new password.

    Raises:
        BadInput: when it is too short or too long to be one.
    """
    if not SHORTEST_PASSWORD <= len(password) <= 200:
        raise BadInput(f"a password has {SHORTEST_PASSWORD} to 200 characters")
    with _at_once:
        return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def matching_account(engine: Engine, username: str, password: str) -> int | None:
    """The id of the active account with this name and password; None takes the same time whatever was wrong.

    The password is checked (slowly, on purpose) when nothing of the database is held any more.
    """
    with read_scope(engine) as session:
        account = (
            session.scalar(select(Account).where(Account.username == username)) if username.isprintable() else None
        )
        known = (account.id, account.password_hash, account.active) if account else None
    stored = known[1] if known else _nobodys_hash()
    try:
        with _at_once:
            _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return None
    return known[0] if known and known[2] else None


def token_hash(token: str, secret: str) -> str:
    """What is stored of a browser's token."""
    return hmac.new(secret.encode(), token.encode(errors="replace"), hashlib.sha256).hexdigest()


def begin_session(session: Session, account_id: int, now: datetime, hours: int, secret: str) -> str:
    """Store a new session and give the token for the browser's cookie, which exists nowhere else."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=token_hash(token, secret),
            account_id=account_id,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    audit(session, account_id, "sign_in", f"account:{account_id}", now)
    return token


def visitor_of(session: Session, hashed: str, now: datetime) -> Visitor | None:
    """Who holds this session; None when it is unknown, expired, or the account was disabled."""
    found = session.execute(
        select(SignInSession, Account, AgentRow)
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(AgentRow, AgentRow.id == Account.agent_id)
        .where(SignInSession.token_hash == hashed, SignInSession.expires_at > now, Account.active)
    ).first()
    if found is None:
        return None
    kept, account, agent = found
    return Visitor(
        account_id=account.id,
        username=account.username,
        name=account.name,
        role=cast(Role, account.role),
        agent_id=agent.id if agent else None,
        extension=agent.extension if agent else None,
        auto_answer=agent.auto_answer if agent else False,
        may_call_out=account.may_call_out,
        session=kept.token_hash,
        since=kept.created_at,
        expires_at=kept.expires_at,
    )


def end_session(session: Session, hashed: str) -> None:
    """Forget a session; the cookie opens nothing any more."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == hashed))


def newest_session(session: Session, account_id: int, now: datetime) -> str | None:
    """The account's latest sign-in that still holds."""
    return session.scalar(
        select(SignInSession.token_hash)
        .where(SignInSession.account_id == account_id, SignInSession.expires_at > now)
        .order_by(SignInSession.created_at.desc())
        .limit(1)
    )


def end_expired(session: Session, now: datetime) -> None:
    """Forget sessions whose time is over."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))


def agents_with_sessions(session: Session, now: datetime) -> set[int]:
    """Agents who are signed in in some browser."""
    rows = session.scalars(
        select(Account.agent_id)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(SignInSession.expires_at > now, Account.active, Account.agent_id.is_not(None))
    )
    return {agent_id for agent_id in rows if agent_id is not None}


def audit(session: Session, account_id: int | None, action: str, subject: str, now: datetime) -> None:
    """Write who did what to what (ids only)."""
    session.add(AuditEntry(at=now, account_id=account_id, action=action, subject=subject))
