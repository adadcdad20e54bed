"""Builds the console's pages with Node from PyPI, once for each state of their sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from contact_centre.errors import SetupFailed
from contact_centre.settings import PROJECT_ROOT

WEB = PROJECT_ROOT / "agent_console" / "web"
NOT_SOURCES = {"node_modules", "dist", "coverage"}


def build_console(cache: Path, progress: Callable[[str], None], web: Path = WEB) -> Path:
    """Give the directory of built pages, `web/dist`; built only when the sources changed.

    Raises:
        SetupFailed: npm could not install or build; the message carries its last words.
    """
    mark = fingerprint(web)
    built = cache / "console" / mark
    if not (built / "index.html").exists():
        install_packages(progress, web)
        progress("building")
        npm(web, "run", "build")
        _keep(web / "dist", built)
    dist = web / "dist"
    if not (dist / ".mark").exists() or (dist / ".mark").read_text() != mark:
        shutil.rmtree(dist, ignore_errors=True)
        shutil.copytree(built, dist)
        (dist / ".mark").write_text(mark)
    return dist


def with_sources(web: Path) -> Path:
    """`web` itself, holding the present sources: an installed package is copied, never written into."""
    if web != WEB and (not web.exists() or fingerprint(web) != fingerprint(WEB)):
        shutil.rmtree(web, ignore_errors=True)
        shutil.copytree(WEB, web, ignore=shutil.ignore_patterns(*NOT_SOURCES))
    return web


def install_packages(progress: Callable[[str], None], web: Path = WEB) -> None:
    """Install what the pages are built and checked with, unless this lock file's packages are there already.

    Pages taken from the cache bring no packages; whoever runs a script of `web/` asks for them first.

    Raises:
        SetupFailed: npm could not install them.
    """
    mark = web / "node_modules" / ".lock-mark"
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == lock:
        return
    progress("installing the pages' packages")
    npm(web, "ci", "--no-audit", "--no-fund")
    mark.write_text(lock)


def fingerprint(web: Path) -> str:
    """A name for the present state of the pages' sources."""
    digest = hashlib.sha256()
    for path in sorted(web.rglob("*")):
        relative = path.relative_to(web)
        if path.is_file() and not NOT_SOURCES & set(relative.parts):
            digest.update(f"{relative}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def npm(web: Path, *arguments: str) -> None:
    """Run the npm that came with the Python packages, whatever Node the machine has."""
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "true"}
    done = subprocess.run(
        [str(programs / "npm"), *arguments],
        cwd=web,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "error" in line.lower()] or done.stdout.splitlines()[-3:]
        raise SetupFailed(f"the console's pages could not be built (npm {arguments[0]}): {' / '.join(lines[:3])}")


def _keep(dist: Path, built: Path) -> None:
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as scratch:
        draft = Path(scratch) / "dist"
        shutil.copytree(dist, draft)
        if not built.exists():
            draft.rename(built)
