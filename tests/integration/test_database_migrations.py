"""Migrations make the very schema that tables.py declares, on both databases."""

from __future__ import annotations

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


def test_what_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LinkLost, match="cannot be reached"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'huduma.db'}")
    with pytest.raises(SettingsMistake):
        migrate("not a url")
