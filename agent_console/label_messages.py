"""The shapes of words that were not understood, and of what people say they were."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from agent_console.rest_messages import Message
from contact_centre.model import Language


class UtteranceView(Message):
    """Words of a caller who agreed to be recorded, which the line did not understand for certain."""

    id: int
    at: datetime
    language: Language
    node: str
    node_title: dict[Language, str] | None
    heard: str | None
    """The phrase that they were most like."""
    level: Literal["act", "confirm", "reject"]
    confidence: float
    options: dict[str, str]
    """Keys of the menu there, each with a phrase for it."""
    duration_s: float
    snr_db: float | None
    label: Literal["option", "words", "nothing", "skipped"] | None
    option: str | None
    words: str | None


class UtteranceList(Message):
    """The oldest that nobody labelled, and how many there are."""

    to_label: int
    labelled: int
    kept_days: int
    """0: none are kept."""
    utterances: list[UtteranceView]


class LabelBody(Message):
    """What was said: an option of the menu there, words, nothing; or skipped.

    The exact words may come with an option, or with nothing (words that are none of this line's): the option says what
    should have been understood, the words what was said, and training needs these.
    """

    label: Literal["option", "words", "nothing", "skipped"]
    option: Annotated[str | None, Field(max_length=80)] = None
    words: Annotated[str | None, Field(max_length=200)] = None
