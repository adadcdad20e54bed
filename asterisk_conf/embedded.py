"""Finds an Asterisk that will do, or unpacks one beside the system, and says how to start it.

It needs no root and leaves the system alone; several run side by side, because `asterisk.conf` names every directory.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from asterisk_conf import debian
from asterisk_conf.modules import CENTRE_ONLY, REQUIRED
from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings

PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
OLDEST = 18


@dataclass(frozen=True, slots=True)
class Asterisk:
    """An Asterisk on this machine."""

    program: tuple[str, ...]
    """The command that starts it, without arguments."""
    module_dir: Path
    data_dir: Path
    """Where its own documentation, sounds and music are (`astdatadir`)."""

    @property
    def music_dir(self) -> Path:
        """Music on hold that came with it; may not exist."""
        return self.data_dir / "moh"

    def has(self, module: str) -> bool:
        """Whether a module (`app_dial`) can be loaded."""
        return (self.module_dir / f"{module}.so").exists()

    def command(self, rendered: Path) -> list[str]:
        """The command line that runs it in the foreground with a rendered configuration."""
        return [*self.program, "-C", str(rendered / "asterisk.conf"), "-f", "-n"]

    def remote(self, rendered: Path, command: str) -> list[str]:
        """The command line that asks a running one something (`core show channels`); give it no standard input."""
        return [*self.program, "-C", str(rendered / "asterisk.conf"), "-n", "-rx", command]


def find(settings: Settings, progress: debian.Progress = lambda _: None) -> Asterisk:
    """The Asterisk to use: the one that the settings name, else one on the path, else one unpacked into `cache_dir`.

    Raises:
        SetupFailed: saying what is missing and what to install.
    """
    if settings.asterisk_program is not None:
        return _installed(str(settings.asterisk_program))
    if on_path := shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"):
        try:
            return _installed(on_path)
        except SetupFailed as unfit:
            progress(f"{unfit}; unpacking another")
    return unpacked(settings.cache_dir, progress)


def unpacked(cache_dir: Path, progress: debian.Progress = lambda _: None) -> Asterisk:
    """The Asterisk under `cache_dir`, fetched the first time (about 15 s on a good line, 107 MB).

    Raises:
        SetupFailed: the machine is not Debian-like, has another processor, no network or no room.
    """
    machine = platform.machine()
    if machine not in debian.LOADER:
        raise SetupFailed(f"no packaged Asterisk is known for {machine}: install Asterisk {OLDEST} or newer")
    prefix = debian.unpack(
        PACKAGES, cache_dir / f"asterisk-{debian.release()}-{machine}", suite="newest", progress=progress
    )
    return at_prefix(prefix)


def at_prefix(prefix: Path) -> Asterisk:
    """The Asterisk of packages that were unpacked under `prefix`, run with the libc that came with it.

    Raises:
        SetupFailed: something it needs is not there.
    """
    program = debian.command_of(prefix, "usr/sbin/asterisk")
    if program is None:
        raise SetupFailed(f"{prefix} holds no whole Asterisk: remove it and start again")
    asterisk = Asterisk(
        program=program,
        module_dir=prefix / "usr/lib" / debian.MULTIARCH[platform.machine()] / "asterisk/modules",
        data_dir=prefix / "usr/share/asterisk",
    )
    return _suitable(asterisk)


def _installed(program: str) -> Asterisk:
    machine = debian.MULTIARCH.get(platform.machine(), "")
    places = [Path(p) for p in (f"/usr/lib/{machine}/asterisk/modules", "/usr/lib64/asterisk/modules",
                                "/usr/lib/asterisk/modules", "/usr/local/lib/asterisk/modules")]  # fmt: skip
    data = [Path(p) for p in ("/usr/share/asterisk", "/var/lib/asterisk", "/usr/local/share/asterisk")]
    modules = next((place for place in places if (place / "chan_pjsip.so").exists()), None)
    data_dir = next((place for place in data if (place / "documentation").is_dir()), None)
    if modules is None or data_dir is None:
        raise SetupFailed(f"{program} has no modules or no documentation where they usually are")
    return _suitable(Asterisk((program,), modules, data_dir))


def _suitable(asterisk: Asterisk) -> Asterisk:
    try:
        said = subprocess.run([*asterisk.program, "-V"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupFailed(f"{asterisk.program[-1]} does not start: install Asterisk {OLDEST} or newer") from error
    version = re.search(r"Asterisk (?:GIT-)?(\d+)", said)
    if version is None or int(version[1]) < OLDEST:
        raise SetupFailed(f"{asterisk.program[-1]} is '{said.strip()}': Asterisk {OLDEST} or newer is needed")
    if missing := [name for name in REQUIRED + CENTRE_ONLY if not asterisk.has(name)]:
        raise SetupFailed(f"{asterisk.program[-1]} lacks modules: {', '.join(missing)}")
    return asterisk
