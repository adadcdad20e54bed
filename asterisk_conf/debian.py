"""Unpacks Debian and Ubuntu packages beside the system, as any user, changing nothing of the system.

`apt-get` does the resolving, the downloading and the checking of signatures, with state directories of our own and an
empty list of installed packages, so that the result carries its own libc and runs on an older release. The mirror is
the one that this machine's own apt uses.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from contact_centre.errors import SetupFailed

Progress = Callable[[str], None]
Suite = Literal["own", "newest"]
"""`own`: the release that this machine runs; `newest`: Debian's unstable suite, on Ubuntu the machine's own."""

ROOM_NEEDED = 700 * 1024 * 1024
"""Free space asked for before anything is fetched (bytes): 107 MB of archives and 306 MB unpacked for Asterisk."""
MULTIARCH = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
LOADER = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}
"""The dynamic loader's name on each machine that packages are unpacked for."""
PACKAGE_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """One line of apt's sources."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str
    """Path of a keyring, or empty for apt's trusted keys."""

    def line(self) -> str:
        """As apt's `sources.list` wants it."""
        option = f"[signed-by={self.signed_by}] " if self.signed_by.startswith("/") else ""
        return f"deb {option}{self.uri} {self.suite} {' '.join(self.components)}\n"


def unpack(packages: Sequence[str], into: Path, *, suite: Suite = "own", progress: Progress = lambda _: None) -> Path:
    """Fetch the packages with all they depend on and unpack them under `into`; nothing happens if it exists already.

    `into` appears whole or not at all; two processes may do this at once. `progress` gets short lines for people.

    Raises:
        SetupFailed: no apt here, no network, no room on the disk, or a package that the suite does not carry.
    """
    if into.exists():
        return into
    if wrong := [name for name in packages if not PACKAGE_NAME.fullmatch(name)]:
        raise SetupFailed(f"not the name of a package: {wrong[0]!r}")
    with _workshop(into) as workshop:
        source = own_source()
        if suite == "newest" and source.components == ("main",):
            source = replace(source, suite="sid")
        apt = _apt(workshop, source)
        progress("reading the list of packages")
        _watch([*apt, "update"], progress, _reason)
        _watch([*apt, "install", "--download-only", "-y", *packages], progress, _reason)
        archives = sorted((workshop / "cache" / "archives").glob("*.deb"))
        prefix = workshop / "prefix"
        prefix.mkdir()
        for number, archive in enumerate(archives, 1):
            progress(f"unpacking {number} of {len(archives)}")
            _watch(["dpkg-deb", "-x", str(archive), str(prefix)], progress, _reason)
        try:
            prefix.rename(into)
        except OSError:
            if not into.exists():  # another process was first: its prefix is as good as ours
                raise
    return into


def command_of(prefix: Path, program: str) -> tuple[str, ...] | None:
    """What starts a program (`usr/bin/espeak-ng`) of packages unpacked under `prefix`, with the libc they came with.

    None when the program or its loader is not there. Some libraries lie a directory deeper, where only a path fixed in
    the library that needs them would find them; that path is the system's, so those directories are named too.
    """
    machine = platform.machine()
    if machine not in LOADER:
        return None
    libraries = [place / MULTIARCH[machine] for place in (prefix / "usr/lib", prefix / "lib")]
    loaders = (*(place / LOADER[machine] for place in libraries), *sorted(prefix.glob(f"*/{LOADER[machine]}")))
    loader = next((path for path in loaders if path.exists()), None)
    if loader is None or not (prefix / program).exists():
        return None
    deeper = sorted({found.parent for place in libraries for found in place.glob("*/lib*.so*")})
    search = ":".join(str(place) for place in (*libraries, *deeper) if place.is_dir())
    return (str(loader), "--library-path", search, str(prefix / program))


def release() -> str:
    """What this machine's release is called. Where it has no name yet (Debian's unstable), the suite that its apt uses:
    apt takes most of a second to say so.

    Raises:
        SetupFailed: it has no name, and apt names none either.
    """
    return _codename(_os_release()) or own_source().suite


def own_source() -> Source:
    """The source that this machine's own apt uses for its own release.

    Raises:
        SetupFailed: not a Debian-like machine, or apt names no usable source.
    """
    told = _os_release()
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise SetupFailed("there is no apt-get here: install Asterisk 18 or newer with this system's own means")
    asked = "$(RELEASE)\t$(COMPONENT)\t$(SIGNED_BY)\t$(REPO_URI)"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", asked, "Created-By: Packages"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    ubuntu = told.get("ID") == "ubuntu" or "ubuntu" in told.get("ID_LIKE", "")
    for row in listed.stdout.splitlines():
        suite, component, signed_by, uri = row.split("\t")
        if component == "main" and suite in {_codename(told), "stable", "testing", "unstable", "sid"}:
            return Source(uri, suite, ("main", "universe") if ubuntu else ("main",), signed_by)
    raise SetupFailed("apt on this machine names no source for its own release: see /etc/apt/sources.list")


def _codename(told: dict[str, str]) -> str:
    return told.get("UBUNTU_CODENAME") or told.get("VERSION_CODENAME", "")


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


@contextmanager
def _workshop(into: Path) -> Iterator[Path]:
    """A directory beside `into`, so that the last rename is one step; gone afterwards whatever happens."""
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(into.parent).free < ROOM_NEEDED:
            raise SetupFailed(
                f"{into.parent} has less than {ROOM_NEEDED // 2**20} MB free: make room, or set cache_dir"
            )
        workshop = Path(tempfile.mkdtemp(prefix=f".{into.name}.", dir=into.parent))
    except OSError as error:
        raise SetupFailed(f"cannot write in {into.parent}: {error.strerror}") from error
    try:
        yield workshop
    except OSError as error:
        raise SetupFailed(f"cannot unpack into {into.parent}: {error.strerror}") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _apt(workshop: Path, source: Source) -> list[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (workshop / name).mkdir(parents=True)
    (workshop / "status").touch()
    (workshop / "sources.list").write_text(source.line())
    options = {
        "Dir::Etc::sourcelist": workshop / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": workshop,
        "Dir::State::Lists": workshop / "lists",
        "Dir::State::status": workshop / "status",
        "Dir::Cache": workshop / "cache",
        "APT::Install-Recommends": "false",
        "APT::Get::List-Cleanup": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "2",
        "APT::Update::Error-Mode": "any",
        "Debug::NoLocking": "1",
        "APT::Status-Fd": "1",
    }
    if os.geteuid() == 0:
        options["APT::Sandbox::User"] = "root"
    return ["apt-get", "-q", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]


def _watch(command: Sequence[str], progress: Progress, reason: Callable[[str], str]) -> None:
    """Run a command, pass its progress on, and turn a failure into one line."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        with process:
            assert process.stdout is not None
            told = ""
            for line in process.stdout:
                if line.startswith("dlstatus:") and (tell := line.rstrip().split(":", 3)[3].lower()) != told:
                    progress(told := tell)
        if process.returncode:
            errors.seek(0)
            raise SetupFailed(reason(errors.read()))


def _reason(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.startswith(("E:", "dpkg"))] or stderr.splitlines()[-1:]
    said = lines[0].removeprefix("E: ") if lines else "it said nothing"
    if re.search(r"Could not (resolve|connect)|Failed to fetch|Temporary failure|timed out", stderr):
        return f"no network, or the package mirror does not answer: {said}"
    if re.search(r"No space left|enough free space", stderr):
        return f"the disk is full: {said}"
    return f"the packages could not be unpacked: {said}"
