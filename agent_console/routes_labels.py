"""Words that were not understood: a supervisor hears them and says what they were. Every hearing is written down."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter
from fastapi.responses import FileResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agent_console.auth import audit
from agent_console.cards import read_menu_titles
from agent_console.clock import now
from agent_console.deps import InParts, RowId, Supervisor
from agent_console.messages import LabelBody, UtteranceList, UtteranceView
from agent_console.refusals import not_found
from agent_console.wrap_up import plain_text
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import BadInput
from contact_centre.model import Language
from contact_centre.tables import UtteranceRow
from recordings import utterances

router = APIRouter(prefix="/api/utterances")
AT_ONCE = 50
LANGUAGE_NODE: dict[Language, str] = {"en": "Language", "sw": "Lugha"}


@router.get("")
def to_label(visitor: Supervisor, parts: InParts) -> UtteranceList:
    """The oldest that nobody labelled."""
    titles = {"language": LANGUAGE_NODE, **read_menu_titles(parts.settings)}
    with read_scope(parts.engine) as session:
        open_ones = select(UtteranceRow).where(UtteranceRow.label.is_(None)).order_by(UtteranceRow.at).limit(AT_ONCE)
        return UtteranceList(
            to_label=_count(session, labelled=False),
            labelled=_count(session, labelled=True),
            kept_days=parts.settings.utterances_days if parts.settings.recording else 0,
            utterances=[_view(row, titles) for row in session.scalars(open_ones)],
        )


@router.get("/{utterance_id}/sound")
def sound(utterance_id: RowId, visitor: Supervisor, parts: InParts) -> FileResponse:
    """Hear one."""
    with session_scope(parts.engine) as session:
        path = utterances.find(session, utterance_id, parts.settings.utterances_dir)
        if path is None:
            raise not_found("recording")
        audit(session, visitor.account_id, "utterance_heard", f"utterance:{utterance_id}", now())
    return FileResponse(path, media_type="audio/flac", headers={"Cache-Control": "private, no-store"})


@router.put("/{utterance_id}/label", status_code=204)
def label(utterance_id: RowId, body: LabelBody, visitor: Supervisor, parts: InParts) -> None:
    """Say what it was; a label that it had is replaced."""
    with session_scope(parts.engine) as session:
        row = _one(session, utterance_id)
        words = " ".join(plain_text(body.words or "").split())
        if (body.label == "option" or body.option) and body.option not in row.options:
            raise BadInput("there is no such option at that question")
        if body.label == "words" and not words:
            raise BadInput("write down what was said")
        row.label = body.label
        row.option = body.option if body.label in {"option", "words"} else None
        row.words = words or None if body.label != "skipped" else None
        row.labelled_by, row.labelled_at = visitor.account_id, now()
        audit(session, visitor.account_id, "utterance_labelled", f"utterance:{utterance_id}", now())


@router.delete("/{utterance_id}/label", status_code=204)
def undo(utterance_id: RowId, visitor: Supervisor, parts: InParts) -> None:
    """Take the label back."""
    with session_scope(parts.engine) as session:
        row = _one(session, utterance_id)
        row.label = row.option = row.words = row.labelled_by = row.labelled_at = None
        audit(session, visitor.account_id, "utterance_label_undone", f"utterance:{utterance_id}", now())


def _one(session: Session, utterance_id: int) -> UtteranceRow:
    row = session.get(UtteranceRow, utterance_id)
    if row is None:
        raise not_found("recording")
    return row


def _count(session: Session, *, labelled: bool) -> int:
    which = UtteranceRow.label.is_not(None) if labelled else UtteranceRow.label.is_(None)
    return session.scalar(select(func.count()).select_from(UtteranceRow).where(which)) or 0


def _view(row: UtteranceRow, titles: dict[str, dict[Language, str]]) -> UtteranceView:
    return UtteranceView.model_validate(
        {
            **{name: getattr(row, name) for name in ("id", "at", "language", "node", "heard", "level", "confidence")},
            **{name: getattr(row, name) for name in ("duration_s", "snr_db", "label", "option", "words")},
            "node_title": titles.get(row.node),
            "options": {key: cast(list[str], phrases)[0] for key, phrases in row.options.items() if phrases},
        }
    )
