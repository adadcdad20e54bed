"""`./huduma` itself on a machine where nothing can be fetched or written: one clear line, and exit code 1."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contact_centre.settings import PROJECT_ROOT
from operations import bootstrap

pytestmark = pytest.mark.gives_way

NEEDS = ("huduma", "pyproject.toml", "README.md", "operations", "asterisk_conf", "contact_centre")


def checkout(into: Path) -> Path:
    """What the first start reads of a checkout."""
    into.mkdir(exist_ok=True)
    for name in NEEDS:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, into / name)
    return into


def first_start(here: Path) -> subprocess.CompletedProcess[str]:
    """`./huduma help`, with a package index at which nobody answers and no other source of packages."""
    nobody = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    environment = {"PATH": os.environ["PATH"], "HOME": str(here), "HUDUMA_PYTHON": sys.executable, **nobody}
    return subprocess.run(
        [str(here / "huduma"), "help"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, so small that it is as good as full. Only root can make one."""
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "huduma-test", str(at)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"a file system of its own cannot be mounted here: {made.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


def only_line(ended: subprocess.CompletedProcess[str]) -> str:
    """What was said of the failure: one line."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    said = ended.stderr.splitlines()
    assert len(said) == 1, ended.stderr
    return said[0].removeprefix("huduma: the Python packages could not be installed: ")


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    here = checkout(tmp_path / "house")
    assert only_line(first_start(here)).startswith("no network, or the package index does not answer (")
    assert not (here / ".venv" / "huduma-stamp").exists(), "the next start tries again"


def test_a_full_disk_is_named_with_what_is_needed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 40) as small:
        said = only_line(first_start(checkout(small)))
    assert said.startswith(f"{tmp_path / 'small'} has ")
    assert said.endswith(f" MB free, {bootstrap.ROOM_NEEDED >> 20} MB are needed")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 40) as small:
        checkout(small)
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        said = only_line(first_start(small))
    assert said == f"nothing can be written in {tmp_path / 'small'}: run this as its owner"


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("WARNING: x\nERROR: Could not install: [Errno 28] No space left on device\n", "the disk is full: Could not"),
        ("  WARNING: broken by 'NewConnectionError(…)'\n  ERROR: No matching distribution found for a\n", "no network"),
        ("ERROR: a 2 requires b 3\nERROR: and more", "a 2 requires b 3"),
        ("", "Command"),
    ],
)
def test_of_what_pip_says_the_reason_is_told(stderr: str, reason: str) -> None:
    error = subprocess.CalledProcessError(1, ["pip"], stderr=stderr)
    assert bootstrap._reason(error).startswith(reason)
