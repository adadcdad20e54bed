"""`huduma …`: one table of commands. Each lives in the room it belongs to and is imported only when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from contact_centre.errors import HudumaError

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("operations.up:main", "set everything up the first time, then run the house until Ctrl-C"),
    "test": ("operations.test:main", "install what tests need and run the whole suite"),
    "doctor": ("operations.doctor:main", "say what is missing on this machine and what to do"),
    "call": ("demonstration.call:main", "place a real SIP call and show what is played and pressed"),
    "simulate": ("demonstration.simulate:main", "keep the house busy with real calls and simulated agents"),
    "ivr": ("ivr.commands:main", "check or draw the menu: `ivr check`, `ivr draw`"),
    "speech": (
        "ivr.speech_commands:main",
        "callers' words: `speech listen [CALL]` watches a live call; `speech export DIR` writes what people labelled",
    ),
    "models": ("operations.models:main", "Vosk's models: `models list`, `models fetch NAME`, `models check DIRECTORY`"),
    "catalogue": ("citizen_services.commands:main", "check the catalogue, list what must be confirmed again"),
    "database": ("contact_centre.migrate:main", "migrate the database to this version"),
    "whatif": (
        "simulation.commands:main",
        "what if so many called and so many worked: simulate a day, find the staffing",
    ),
    "route": (
        "queue_manager.route_commands:main",
        "say why a call went to its agent: `route explain CALL`; `route check`",
    ),
    "accounts": ("agent_console.commands:main", "add an account, set its password, disable it"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; a mistake of the outside world ends in one line and exit code 1, never a traceback."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print("usage: huduma COMMAND [options]\n")
        for name, (_, about) in COMMANDS.items():
            print(f"  {name:<10} {about}")
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        print(f"huduma: there is no command '{name}'; `huduma help` lists them", file=sys.stderr)
        return 2
    module, function = COMMANDS[name][0].split(":")
    try:
        return int(getattr(import_module(module), function)(rest) or 0)
    except HudumaError as error:
        print(f"huduma: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
