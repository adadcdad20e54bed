"""Where a wrong setting stands, and why it is wrong, in plain words: a file and its line, or a variable."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from contact_centre.errors import BadInput, FileMistake, SettingsMistake

PREFIX = "HUDUMA_"
NOT_SETTINGS = frozenset({"HUDUMA_CONFIG", "HUDUMA_PYTHON"})
"""Variables that are read elsewhere, as are those that begin with `HUDUMA_TEST_`."""


def in_words(error: ValidationError, path: Path, environment: Mapping[str, str], known: Collection[str]) -> BadInput:
    """The first mistake with its place, the others behind it."""
    found: list[tuple[tuple[Path, int | None] | None, str]] = []
    for one in error.errors():
        name = str(one["loc"][0]) if one["loc"] else "settings"
        reason = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            reason = f"there is no such setting{meant(name, known)}"
        if variable := _variable(name, environment):
            found.append((None, f"{variable}: {reason}"))
        elif (line := line_of(name, path)) is not None:
            found.append(((path, line), f"{name}: {reason}"))
        else:
            found.append((None, f"{name}: {reason}"))
    place, first = found[0]
    rest = "".join(f"; {f'line {where[1]}: ' if where else ''}{said}" for where, said in found[1:])
    return FileMistake(*place, first + rest) if place else SettingsMistake(first + rest)


def not_toml(error: ValueError, path: Path) -> FileMistake:
    """A file that cannot be read as TOML, with the line where reading ended."""
    said = str(error)
    if isinstance(error, UnicodeDecodeError):
        return FileMistake(path, None, "this is not text in UTF-8")
    at = re.search(r" \(at line (\d+), column \d+\)", said)
    if at is None:
        whole = path.read_text(errors="replace").splitlines() or [""]
        return FileMistake(path, len(whole), f"this is not TOML: {said}")
    return FileMistake(path, int(at[1]), f"this is not TOML: {said.replace(at[0], '')}")


def not_json(field: str, environment: Mapping[str, str]) -> SettingsMistake:
    """A list in the environment that is not written as one."""
    variable = _variable(field, environment) or PREFIX + field.upper()
    return SettingsMistake(f'{variable}: a list is written as ["one", "two"]')


def unknown_variable(environment: Mapping[str, str], known: Collection[str]) -> SettingsMistake | None:
    """The first `HUDUMA_…` variable that nobody reads: a slip of the pen would else go unseen."""
    for variable in sorted(environment):
        name = variable.upper().removeprefix(PREFIX).lower()
        if (
            variable.upper().startswith(PREFIX)
            and name not in known
            and variable not in NOT_SETTINGS
            and not variable.startswith("HUDUMA_TEST_")
        ):
            return SettingsMistake(f"{variable}: there is no such setting{meant(name, known, PREFIX)}")
    return None


def meant(name: str, known: Collection[str], prefix: str = "") -> str:
    """The setting that was probably meant, as the end of a sentence; empty when none is near."""
    near = difflib.get_close_matches(name, known, 1, 0.75)
    if not near:
        return ""
    return f"; is {prefix + near[0].upper() if prefix else near[0]} meant?"


def line_of(key: str, path: Path) -> int | None:
    """The line (from 1) of a file on which a key or a table of this name begins; None: it is not there."""
    begins = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*([=.\]]|$)""")
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if begins.match(line)), None)


def _variable(name: str, environment: Mapping[str, str]) -> str | None:
    return next((one for one in environment if one.upper() == PREFIX + name.upper()), None)
