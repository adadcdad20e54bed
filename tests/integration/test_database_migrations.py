"""Migrations make the very schema that tables.py declares, on both databases."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from contact_centre.database import connect
from contact_centre.errors import LinkLost, SettingsMistake
from contact_centre.migrate import drift, head, migrate, version


def test_the_migrated_schema_is_the_declared_one(empty_database_url: str) -> None:
    migrate(empty_database_url)
    migrate(empty_database_url)
    engine = connect(empty_database_url)
    assert drift(engine) == []
    assert version(engine) == head()
    engine.dispose()


def test_two_processes_that_start_together_both_find_it_migrated(empty_database_url: str) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            migrate(empty_database_url)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_who_comes_while_another_makes_the_file_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself would say "database is locked" to the second at once: it turns WAL on."""
    first = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    first.execute("CREATE TABLE of_the_first (id INTEGER)")
    engine = connect(f"sqlite:///{tmp_path / 'new.db'}")
    with monkeypatch.context() as patched:
        patched.setattr("contact_centre.database.time.sleep", lambda _seconds: first.execute("COMMIT"))
        connection = engine.connect()
    with connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("SELECT count(*) FROM of_the_first").scalar() == 0
    first.close()
    engine.dispose()


def test_what_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LinkLost, match="cannot be reached"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'huduma.db'}")
    with pytest.raises(SettingsMistake):
        migrate("not a url")
