"""How the house is, for `huduma up`, load balancers and the citizen's page."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from agent_console.deps import InParts, anyone
from agent_console.messages import Message
from contact_centre.database import read_scope
from contact_centre.journal import last_position

router = APIRouter(prefix="/api")


class Health(Message):
    """Whether each part answers."""

    asterisk: bool
    database: bool
    position: int
    """The journal's newest position; 0 when the database does not answer."""
    prefix: str
    """What citizens dial."""


@router.get("/health", dependencies=[anyone])
def health(parts: InParts) -> Health:
    """Look now."""
    try:
        with read_scope(parts.engine) as session:
            position, database = last_position(session), True
    except SQLAlchemyError:
        position, database = 0, False
    asterisk, prefix = parts.router.view().link_up, parts.settings.prefixes[0]
    return Health(asterisk=asterisk, database=database, position=position, prefix=prefix)
