"""Shapes that cross between the server and the citizen's page."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agent_console.rest_messages import Message
from contact_centre.model import Language


class WebCallBody(Message):
    """The language of the citizen's page: the line begins in it."""

    language: Language = "en"


class SaidBody(Message):
    """Asks what the line said since line `after`."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    after: Annotated[int, Field(ge=0, le=2**31)] = 0


class SaidLine(Message):
    """What the machine said in one breath, in one language."""

    n: int
    language: Language
    text: str


class WebCallNow(Message):
    """How the call of a citizen's page stands."""

    with_whom: Literal["machine", "line", "person"] | None
    """`line`: waits for a person; None: there is no call."""
    said: list[SaidLine]
