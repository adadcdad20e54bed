"""Every exception this project raises on purpose.

HudumaError
├── BadInput                something from outside is wrong: the message says what, and for a file where
│   ├── FileMistake         a menu, catalogue, routing or settings file: path, line, reason
│   └── SettingsMistake     a setting is missing, out of range, or an unsafe default
├── IllegalTransition       a call or an agent cannot go there from here; nothing was changed
├── Refused                 a request was understood and declined (wrong state, not allowed); says why
├── SetupFailed             the machine cannot run the house yet; says what to do
└── LinkLost                Asterisk, the database or a recogniser is not reachable just now
"""

from __future__ import annotations

from pathlib import Path


class HudumaError(Exception):
    """Base of all; catch it only at a door."""


class BadInput(HudumaError):
    """Input from outside is wrong. Nothing was changed."""


class FileMistake(BadInput):
    """A file that people write is wrong."""

    def __init__(self, path: Path | str, line: int | None, reason: str) -> None:
        """Name the file, the line (1-based, None when it concerns the whole file) and the reason in plain words."""
        self.path = Path(path)
        self.line = line
        self.reason = reason
        where = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {reason}")


class SettingsMistake(BadInput):
    """A setting is missing, out of range, or unsafe in production."""


class IllegalTransition(HudumaError):
    """An event that the present state does not allow."""


class Refused(HudumaError):
    """A request that was understood and declined; `reason` is a short code, the message is for people."""

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code for programs (`wrong_state`, `not_allowed`, …) and the sentence for people."""
        self.reason = reason
        super().__init__(message)


class SetupFailed(HudumaError):
    """The machine cannot run the house yet; the message says what to do."""


class LinkLost(HudumaError):
    """A part we depend on does not answer now; try again."""
