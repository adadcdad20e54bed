"""Sign-in, sign-out and who one is."""

from __future__ import annotations

import asyncio
import logging

from fastapi import APIRouter, Request, Response

from agent_console import auth
from agent_console.clock import now
from agent_console.deps import InParts, SignedIn, anyone
from agent_console.messages import Me, PreferencesBody, SignInBody
from agent_console.parts import Parts
from agent_console.refusals import TooMany
from agent_console.seats import leave_seat
from contact_centre.database import session_scope
from contact_centre.errors import BadInput, Refused
from contact_centre.tables import AgentRow

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api")


def me(parts: Parts, visitor: auth.Visitor) -> Me:
    """What the pages know of who is signed in."""
    return Me(
        account_id=visitor.account_id,
        username=visitor.username,
        name=visitor.name,
        role=visitor.role,
        agent_id=visitor.agent_id,
        extension=visitor.extension,
        auto_answer=visitor.auto_answer,
        may_call_out=visitor.may_call_out and visitor.agent_id is not None,
        timezone=parts.settings.timezone,
        prefix=parts.settings.prefixes[0],
        demonstration=parts.settings.mode == "demonstration",
    )


@router.post("/sign-in", dependencies=[anyone])
async def sign_in(body: SignInBody, request: Request, response: Response, parts: InParts) -> Me:
    """Check the password and begin a session; what was wrong with a refused one is not told."""
    address = address_of(request)
    username = body.username.strip().lower()
    wait_s = parts.sign_ins.wait_s(username, address, now())
    if wait_s > 0:
        raise TooMany(wait_s)
    parts.sign_ins.failed(username, address, now())  # counted first: tries sent at once must not slip through together
    found = await asyncio.to_thread(_begin, parts, username, body.password)
    if found is None:
        log.warning("sign-in refused")
        raise Refused("wrong_password", "The name or the password is not right.")
    parts.sign_ins.succeeded(username, address)
    token, visitor = found
    response.set_cookie(
        auth.COOKIE,
        token,
        max_age=parts.settings.session_hours * 3600,
        path="/",
        httponly=True,
        samesite="strict",
        secure=parts.settings.secure_cookies,
    )
    if visitor.agent_id is not None:
        parts.live.signed_in(visitor)
    log.info("account %d signed in", visitor.account_id)
    return me(parts, visitor)


def _begin(parts: Parts, username: str, password: str) -> tuple[str, auth.Visitor] | None:
    account_id = auth.matching_account(parts.engine, username, password)
    if account_id is None:
        return None
    secret, hours = parts.settings.secrets["session"], parts.settings.session_hours
    with session_scope(parts.engine) as session:
        token = auth.begin_session(session, account_id, now(), hours, secret)
        session.flush()
        visitor = auth.visitor_of(session, auth.token_hash(token, secret), now())
    return (token, visitor) if visitor else None


@router.post("/sign-out", status_code=204)
async def sign_out(visitor: SignedIn, response: Response, parts: InParts) -> None:
    """End the session; the agent's phone credentials die with it. Refused while a citizen is on the line."""
    if visitor.agent_id is not None and parts.live.holds_seat(visitor):
        await leave_seat(parts, visitor.account_id, visitor.agent_id)
    await asyncio.to_thread(_end, parts, visitor)
    parts.live.signed_out(visitor.session)
    response.delete_cookie(
        auth.COOKIE, path="/", httponly=True, samesite="strict", secure=parts.settings.secure_cookies
    )
    log.info("account %d signed out", visitor.account_id)


def _end(parts: Parts, visitor: auth.Visitor) -> None:
    with session_scope(parts.engine) as session:
        auth.end_session(session, visitor.session)
        auth.audit(session, visitor.account_id, "sign_out", f"account:{visitor.account_id}", now())


@router.get("/me")
def get_me(visitor: SignedIn, parts: InParts) -> Me:
    """Who is signed in."""
    return me(parts, visitor)


@router.put("/me/preferences")
def put_preferences(body: PreferencesBody, visitor: SignedIn, parts: InParts) -> Me:
    """Keep what an agent likes."""
    if visitor.agent_id is None:
        raise BadInput("only an account that answers calls has these preferences")
    with session_scope(parts.engine) as session:
        agent = session.get(AgentRow, visitor.agent_id)
        assert agent is not None
        agent.auto_answer = body.auto_answer
        session.flush()
        changed = auth.visitor_of(session, visitor.session, now())
    return me(parts, changed or visitor)


def address_of(request: Request) -> str:
    """Where a request comes from: uvicorn has put in the forwarded address of a proxy it trusts."""
    return request.client.host if request.client else "unknown"
