"""What one failure leaves behind must not fail the next transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from contact_centre.database import connect, read_scope, session_scope


@pytest.mark.parametrize("scope", [read_scope, session_scope])
def test_a_query_cut_off_by_an_error_does_not_lock_the_next_writer_out(
    tmp_path: Path, scope: Callable[[Engine], AbstractContextManager[Session]]
) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'scopes.sqlite3'}")
    other = connect(f"sqlite:///{tmp_path / 'scopes.sqlite3'}")
    with session_scope(engine) as session:
        session.execute(text("CREATE TABLE line (place INTEGER)"))
        session.execute(text("INSERT INTO line VALUES (1), (2), (3)"))
    held = []  # as a logged exception keeps its frames, and with them the half-read cursor

    def cut_off() -> None:
        with scope(engine) as session:
            rows = session.execute(text("SELECT place FROM line"))
            held.append(rows)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_off()
    with session_scope(other) as session:
        session.execute(text("INSERT INTO line VALUES (4)"))
    with session_scope(engine) as session:
        session.execute(text("INSERT INTO line VALUES (5)"))
        assert session.scalar(text("SELECT count(*) FROM line")) == 5
    held[0].close()
    for one in (engine, other):
        one.dispose()
