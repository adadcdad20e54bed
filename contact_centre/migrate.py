"""Brings the database to this version with Alembic, without an alembic.ini: `huduma database`."""

from __future__ import annotations

import argparse
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from contact_centre.database import connect
from contact_centre.errors import LinkLost, SettingsMistake
from contact_centre.settings import load_settings
from contact_centre.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x48554D47
"""One number for PostgreSQL's advisory lock: two processes that start together migrate one after the other."""


def migrate(url: str) -> None:
    """Bring the database at `url` to this version; an SQLite file and its directory are made when absent.

    Raises:
        SettingsMistake: the URL is not one.
        LinkLost: the database cannot be reached.
    """
    try:
        database = make_url(url)
    except ArgumentError as error:
        raise SettingsMistake("database_url is not an SQLAlchemy URL, such as sqlite:////path/huduma.db") from error
    try:
        if database.get_backend_name() == "sqlite" and database.database and database.database != ":memory:":
            Path(database.database).parent.mkdir(parents=True, exist_ok=True)
        engine = connect(url)
        try:
            migrate_engine(engine)
        finally:
            engine.dispose()
    except (OperationalError, OSError) as error:
        reason = error.orig if isinstance(error, OperationalError) else error.strerror
        url = database.render_as_string(hide_password=True)
        raise LinkLost(f"the database {url} cannot be reached: {str(reason).strip().splitlines()[0]}") from error


def migrate_engine(engine: Engine) -> None:
    """Bring the database behind an engine to this version, in one transaction."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        command.upgrade(_config(connection), "head")


def version(engine: Engine) -> str | None:
    """The revision that the database is at; None when it was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision of this version of the code."""
    found = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert found is not None
    return found


def drift(engine: Engine) -> list[str]:
    """How the database differs from `tables.py`, one line a difference; empty when it does not."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def main(argv: list[str]) -> int:
    """`huduma database [migrate|status]`: migrate is the default; status ends with 1 when a migration is due."""
    parser = argparse.ArgumentParser(prog="huduma database", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("migrate", "status"), default="migrate")
    action = parser.parse_args(argv).action
    url = load_settings().url
    if action == "migrate":
        migrate(url)
        print(f"the database is at version {head()}")
        return 0
    engine = connect(url)
    try:
        at = version(engine)
    except OperationalError as error:
        raise LinkLost("the database cannot be reached") from error
    finally:
        engine.dispose()
    print(f"the database is at {at or 'no version'}; this program wants {head()}")
    return 0 if at == head() else 1
