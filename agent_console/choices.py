"""The lists that people choose from: dispositions and pause reasons, in both languages, from YAML files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from agent_console.messages import Disposition, PauseReason
from contact_centre.errors import FileMistake

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Choices:
    """What may be chosen."""

    dispositions: list[Disposition]
    pause_reasons: list[PauseReason]

    def is_disposition(self, code: str) -> bool:
        """Whether a call can end this way."""
        return any(d.code == code for d in self.dispositions)


def load_choices(allowed_pauses: Iterable[str], directory: Path = HERE) -> Choices:
    """Read both lists. The routing file says which pauses there are; their words are here.

    Raises:
        FileMistake: a file that is no list of codes with both titles, a code twice, or a pause without words.
    """
    dispositions = _read(directory / "dispositions.yaml", TypeAdapter(list[Disposition]))
    pauses = {p.code: p for p in _read(directory / "pause_reasons.yaml", TypeAdapter(list[PauseReason]))}
    chosen = []
    for code in allowed_pauses:
        if code not in pauses:
            raise FileMistake(directory / "pause_reasons.yaml", None, f"there are no words for the pause '{code}'")
        chosen.append(pauses[code])
    return Choices(dispositions, chosen)


def _read(path: Path, shape: TypeAdapter[Any]) -> Any:
    try:
        entries = shape.validate_python(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise FileMistake(path, mark.line + 1 if mark else None, "this is not YAML") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FileMistake(path, None, f"entry {where}: {first['msg']}") from error
    codes = [entry.code for entry in entries]
    for entry in entries:
        if codes.count(entry.code) > 1:
            raise FileMistake(path, None, f"the code '{entry.code}' is there twice")
        if set(entry.title) != {"en", "sw"}:
            raise FileMistake(path, None, f"'{entry.code}' needs its title in en and in sw")
    return entries
