"""Makes the virtual environment the first time, then becomes `contact_centre/cli.py` inside it.

Runs on a bare Python 3.11 or newer, so it imports the standard library only. Debian's `python3` comes without
ensurepip: then pip is unpacked from Debian's own package of it, without root, beside the system.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOM_NEEDED = 2 << 30
"""Free space asked for before anything is fetched (bytes): the packages take 1.4 GB with what the tests need."""
NO_NETWORK = (
    r"NewConnectionError|Connection (refused|broken|aborted|reset)|Failed to establish|ConnectTimeout|timed out|"
    r"Name or service not known|Temporary failure in name|Network is unreachable|No route to host|ProxyError|"
    r"No address associated|from versions: none"
)
"""How pip says that it reached nobody; its last word is then that no distribution matches, which leads astray. An index
that is reached knows some version of everything that is asked for."""


def main(here: Path, arguments: list[str]) -> int:
    """Prepare `.venv` and hand over; it comes back only with the exit code of a failed preparation."""
    if sys.version_info < (3, 11):
        print(f"huduma: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    venv = here / ".venv"
    extras = "[test]" if arguments[:1] == ["test"] or "+test" in _stamp(venv) else ""
    wanted = f"{_fingerprint(here)} {sys.version_info.major}.{sys.version_info.minor}{' +test' if extras else ''}"
    if _stamp(venv) != wanted:
        try:
            _look_at_the_disk(here)
            _make(here, venv, extras)
            (venv / "huduma-stamp").write_text(wanted)
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"huduma: the Python packages could not be installed: {_reason(error)}", file=sys.stderr)
            return 1
    python = str(venv / "bin" / "python")
    return os.execv(python, [python, "-m", "contact_centre.cli", *arguments])  # noqa: S606


def _fingerprint(here: Path) -> str:
    return hashlib.sha256((here / "pyproject.toml").read_bytes()).hexdigest()[:16]


def _stamp(venv: Path) -> str:
    try:
        return (venv / "huduma-stamp").read_text()
    except OSError:
        return ""


def _make(here: Path, venv: Path, extras: str) -> None:
    python = venv / "bin" / "python"
    if not python.exists() or not _runs(python):
        shutil.rmtree(venv, ignore_errors=True)
        print("huduma: making the virtual environment", flush=True)
        if _has_ensurepip():
            _run([sys.executable, "-m", "venv", str(venv)])
        else:
            _run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
            _unpack_pip(here, python)
    print("huduma: installing the Python packages (about a minute the first time)", flush=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*install, "--editable", f"{here}{extras}"])


def _has_ensurepip() -> bool:
    ask = subprocess.run([sys.executable, "-c", "import ensurepip, pyexpat"], capture_output=True, check=False)
    return ask.returncode == 0


def _runs(python: Path) -> bool:
    return subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _unpack_pip(here: Path, python: Path) -> None:
    """Install pip from the wheel that Debian ships for exactly this purpose (`python3-pip-whl`)."""
    sys.path.insert(0, str(here))
    from asterisk_conf.debian import unpack
    from contact_centre.errors import SetupFailed

    with tempfile.TemporaryDirectory() as scratch:
        try:
            prefix = unpack(["python3-pip-whl"], Path(scratch) / "pip")
        except SetupFailed as failed:
            raise OSError(f"{failed} (or install python3-venv)") from failed
        wheel = next((prefix / "usr/share/python-wheels").glob("pip-*.whl"))
        _run([str(python), f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)])


def _run(command: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True, env=environment)


def _look_at_the_disk(here: Path) -> None:
    if not os.access(here, os.W_OK):
        raise OSError(f"nothing can be written in {here}: run this as its owner")
    if (free := shutil.disk_usage(here).free) < ROOM_NEEDED:
        raise OSError(f"{here} has {free >> 20} MB free, {ROOM_NEEDED >> 20} MB are needed")


def _reason(error: Exception) -> str:
    """One line: the network or the disk where that is it, else what pip said first of what went wrong."""
    said = getattr(error, "stderr", "") or str(error)
    lines = said.strip().splitlines()
    wrong = [line for line in map(str.strip, lines) if line.startswith("ERROR")] or lines
    first = wrong[0].removeprefix("ERROR: ") if wrong else "no reason given"
    if re.search(r"No space left|Disk quota", said):
        return f"the disk is full: {first}"
    if re.search(NO_NETWORK, said):
        return f"no network, or the package index does not answer ({first})"
    return first


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
