"""What a route may ask for: the parts, and who is there. Every route names its reader with one of these (tested)."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from agent_console.auth import COOKIE, Visitor, token_hash, visitor_of
from agent_console.clock import now
from agent_console.messages import Role
from agent_console.parts import Parts
from contact_centre.database import read_scope
from contact_centre.errors import Refused

RANK: dict[str, int] = {"agent": 1, "supervisor": 2, "administrator": 3}


def parts_of(connection: HTTPConnection) -> Parts:
    """The console that this connection belongs to."""
    return cast(Parts, connection.app.state.parts)


def look_up(connection: HTTPConnection) -> Visitor | None:
    """Who holds the connection's cookie; reads the database."""
    token = connection.cookies.get(COOKIE)
    if not token:
        return None
    parts = parts_of(connection)
    with read_scope(parts.engine) as session:
        return visitor_of(session, token_hash(token, parts.settings.secrets["session"]), now())


class Needs:
    """Lets in whoever has at least a role; with `phone`, only those who answer calls."""

    def __init__(self, role: Role, *, phone: bool = False) -> None:
        """Name the lowest role."""
        self.role = role
        self.phone = phone

    def __call__(self, connection: HTTPConnection) -> Visitor:
        """Give the visitor.

        Raises:
            Refused: `not_signed_in` or `not_allowed`.
        """
        visitor = look_up(connection)
        if visitor is None:
            raise Refused("not_signed_in", "Please sign in.")
        if RANK.get(visitor.role, 0) < RANK[self.role]:
            raise Refused("not_allowed", "Your account may not do this.")
        if self.phone and visitor.agent_id is None:
            raise Refused("not_an_agent", "Your account does not answer calls.")
        return visitor


class Open:
    """Marks a route that anyone may use, so that leaving the reader out is never an accident."""

    def __call__(self) -> None:
        """Let everybody in."""


anyone = Depends(Open())
InParts = Annotated[Parts, Depends(parts_of)]
SignedIn = Annotated[Visitor, Depends(Needs("agent"))]
AnsweringCalls = Annotated[Visitor, Depends(Needs("agent", phone=True))]
Supervisor = Annotated[Visitor, Depends(Needs("supervisor"))]
Administrator = Annotated[Visitor, Depends(Needs("administrator"))]

CallId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
