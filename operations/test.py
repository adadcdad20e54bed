"""`huduma test`: installs what the tests need from Debian, if it may, and runs the whole suite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from asterisk_conf.embedded import find
from contact_centre.errors import SetupFailed
from contact_centre.settings import IN_CHECKOUT, PROJECT_ROOT, load_settings
from ivr.prompts import render_all
from operations.chromium import OF_DEBIAN, fetching, find_chromium, on_ubuntu
from operations.console_build import build_console

SIDE_BY_SIDE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
"""Calls take the time they take, and leave processors idle: three files at a time, each with a house of its own, which
fills two cores. In the order of the folders: the long files come first, and what is short fills the end."""
NEEDED: dict[str, Callable[[], object]] = {
    OF_DEBIAN: find_chromium,
    "espeak-ng": lambda: shutil.which("espeak-ng"),
    "postgresql": lambda: next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None),
    "sip-tester": lambda: shutil.which("sipp"),
}
"""Debian package -> how to see that it is here."""


def main(argv: list[str]) -> int:
    """Install, build, test. Arguments go to pytest."""
    if not IN_CHECKOUT:
        raise SetupFailed("the tests are not installed with the package: run `./huduma test` in a checkout")
    install_from_debian([package for package, found in NEEDED.items() if not found()])
    settings = load_settings()
    build_console(settings.cache_dir, lambda line: print(f"huduma: console pages: {line}", flush=True))
    find(
        settings, lambda line: print(f"huduma: asterisk: {line}", flush=True)
    )  # once, before three ask for it at a time
    with tempfile.TemporaryDirectory(prefix="huduma-prompts-") as folder:
        cached = settings.model_copy(update={"data_dir": Path(folder)})
        render_all(cached, lambda line: print(f"huduma: {line}", flush=True), ahead=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *(argv or SIDE_BY_SIDE)], cwd=PROJECT_ROOT, check=False
    ).returncode


def install_from_debian(missing: list[str]) -> None:
    """Install packages as root, or by sudo where it asks no password; otherwise say what to install.

    Raises:
        SetupFailed: naming the command that a person must run.
    """
    if not missing:
        return
    become_root: list[str] = []
    if os.geteuid() != 0:
        asked = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)  # noqa: S607
        if not asked or asked.returncode:
            told = " && ".join(" ".join(words) for words in _steps(missing, ["sudo"]))
            raise SetupFailed(f"the tests need {', '.join(missing)}: run `{told}` once")
        become_root = ["sudo", "-n"]
    print(f"huduma: installing {', '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in _steps(missing, become_root):
        done = subprocess.run(words, check=False, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise SetupFailed(f"`{' '.join(words)}` failed: {done.stderr.strip().splitlines()[-1:]}")


def _steps(missing: list[str], become_root: list[str]) -> list[list[str]]:
    of_debian = [package for package in missing if not (package == OF_DEBIAN and on_ubuntu())]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *of_debian]
    steps = [[*become_root, "apt-get", "-q", "update"], [*become_root, *install]] if of_debian else []
    return steps if of_debian == missing else [*steps, *fetching(become_root)]
