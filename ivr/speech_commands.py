"""`huduma speech …`: one table of commands, each imported only when it is called."""

from __future__ import annotations

import sys
from importlib import import_module

COMMANDS: dict[str, tuple[str, str]] = {
    "listen": ("ivr.listen_command:main", "[CALL]: watch how a live call is understood, if its caller agreed to that"),
    "consent": ("ivr.consent_command:main", "NUMBER yes|no: write down what a citizen said to being recorded"),
    "eval": ("ivr.evaluation:main", "DIR: how well recordings are heard, by language and noise; tables and a picture"),
    "export": ("ivr.labelled:main", "DIR: write words that people labelled, to evaluate and to train with"),
}


def main(argv: list[str]) -> int:
    """Run one; mistakes are raised for `huduma` to tell in one line."""
    name, *rest = argv or ["help"]
    if name not in COMMANDS:
        print("usage: huduma speech COMMAND\n", *(f"  {n:<8} {about}" for n, (_, about) in COMMANDS.items()), sep="\n")
        if name not in {"help", "-h", "--help"}:
            print(f"huduma speech: there is no command '{name}'", file=sys.stderr)
            return 2
        return 0 if argv else 2
    module, function = COMMANDS[name][0].split(":")
    return int(getattr(import_module(module), function)(rest) or 0)
