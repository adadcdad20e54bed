"""Who may call citizens: nobody, until an administrator says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who may call citizens."""
    with op.batch_alter_table("accounts") as table:
        table.add_column(sa.Column("may_call_out", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back to the version before."""
    with op.batch_alter_table("accounts") as table:
        table.drop_column("may_call_out")
