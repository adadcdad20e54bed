"""Run by Alembic for each command; the connection comes from `contact_centre/migrate.py`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from contact_centre.database import UtcDateTime
from contact_centre.tables import Base


def _plain_types(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write the database's own type into a new migration, so that it needs nothing of ours later."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=_plain_types,
    transaction_per_migration=False,
)
context.run_migrations()
