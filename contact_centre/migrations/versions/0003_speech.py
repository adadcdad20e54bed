"""How callers are listened to, and words to be labelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables about speech."""
    op.create_table(
        "listening",
        sa.Column("process", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_listening")),
    )
    op.create_table(
        "utterances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("node", sa.String(80), nullable=False),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("snr_db", sa.Double(), nullable=True),
        sa.Column("label", sa.String(10), nullable=True),
        sa.Column("option", sa.String(80), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("labelled_by", sa.Integer(), nullable=True),
        sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_utterances_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utterances")),
    )
    for column in ("call_id", "at", "label"):
        op.create_index(op.f(f"ix_utterances_{column}"), "utterances", [column], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("utterances")
    op.drop_table("listening")
