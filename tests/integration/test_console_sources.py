"""The pages' own checks, which Node runs: tests of their pure parts, and the types that the messages give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.console_build import WEB, install_packages

pytestmark = pytest.mark.gives_way

PROGRAMS = Path(sys.executable).parent
"""Node and npm came with the Python packages."""


@pytest.fixture(scope="module")
def packages() -> None:
    """What the checks run with; pages taken from the cache bring none of it."""
    install_packages(print)


def node(*words: str) -> str:
    """Run a program of Node's in the pages' directory; what it wrote, when it found nothing wrong."""
    environment = {**os.environ, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "CI": "true", "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=WEB, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("packages")
def test_the_pages_pass_their_own_checks() -> None:
    told = node(str(PROGRAMS / "npm"), "run", "check")
    for tests in (WEB / "src").rglob("*.test.ts"):
        assert f"{tests.relative_to(WEB)} (" in told, "every file of tests ran"


@pytest.mark.usefixtures("packages")
def test_the_types_are_those_of_the_messages() -> None:
    node(str(PROGRAMS / "node"), "scripts/types.mjs", "--check")
