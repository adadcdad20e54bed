"""Fixtures that give a fresh, migrated database for each test: once on SQLite, once on PostgreSQL.

PostgreSQL is Debian's, in a cluster of the test run's own: no port (a socket in a private directory), no fsync.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from contact_centre.database import connect
from contact_centre.migrate import migrate

NO_POSTGRESQL = (
    "These tests run on PostgreSQL too, and its server is not installed here. "
    "Install it: apt-get install postgresql (Debian, Ubuntu), or put initdb and postgres on PATH."
)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    program = str(found[-1]) if found else shutil.which("initdb")
    if program is None:
        pytest.fail(NO_POSTGRESQL, pytrace=False)
    return Path(program).parent


@pytest.fixture(scope="session")
def postgresql_socket() -> Iterator[Path]:
    """The socket directory of a private PostgreSQL server (user postgres, no password)."""
    programs = _programs()
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    user: dict[str, object] = {"cwd": home, "env": environment, "stdin": subprocess.DEVNULL}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(home, "postgres", "postgres")
        user |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    initdb = [programs / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **user)  # type: ignore[call-overload]
    fast = "fsync=off synchronous_commit=off full_page_writes=off shared_buffers=32MB max_connections=80".split()
    options = [
        word for setting in [*fast, "listen_addresses=", f"unix_socket_directories={home}"] for word in ("-c", setting)
    ]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            [programs / "postgres", "-D", "data", *options], stdout=log, stderr=subprocess.STDOUT, **user
        )
    try:
        for _ in range(300):
            ready = subprocess.run([programs / "pg_isready", "-q", "-h", home, "-t", "1"], check=False)
            if ready.returncode == 0:
                break
            if server.poll() is not None:
                pytest.fail(f"PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}", pytrace=False)
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        yield home
    finally:
        server.send_signal(2)  # fast shutdown
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_socket: Path) -> str:
    """Name of a migrated database that others are copied from."""
    _administer(postgresql_socket, "CREATE DATABASE template_migrated")
    migrate(_postgresql_url(postgresql_socket, "template_migrated"))
    return "template_migrated"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        yield from _postgresql_database(request.getfixturevalue("postgresql_socket"), "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh database with every table."""
    if request.param == "sqlite":
        file = tmp_path / "huduma.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        template = request.getfixturevalue("postgresql_template")
        yield from _postgresql_database(request.getfixturevalue("postgresql_socket"), template)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with every table."""
    made = connect(database_url)
    yield made
    made.dispose()


@contextmanager
def fresh_postgresql(socket: Path, template: str) -> Iterator[str]:
    """URL of a database of its own, copied from a template, until the block ends."""
    yield from _postgresql_database(socket, template)


def _postgresql_database(socket: Path, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    _administer(socket, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _postgresql_url(socket, name)
    _administer(socket, f"DROP DATABASE {name} WITH (FORCE)")


def _postgresql_url(socket: Path, name: str) -> str:
    return f"postgresql+psycopg://postgres@/{name}?host={socket}"


def _administer(socket: Path, statement: str) -> None:
    with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
