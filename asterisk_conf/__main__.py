"""`python -m asterisk_conf [carrier]`: render the configuration, then become that Asterisk."""

from __future__ import annotations

import os
import sys

from asterisk_conf import embedded, ports, render
from contact_centre.errors import HudumaError
from contact_centre.settings import load_settings


def main(arguments: list[str]) -> int:
    """Never returns when all is well: the process is Asterisk from then on."""
    if arguments not in ([], ["carrier"]):
        print("usage: python -m asterisk_conf [carrier]", file=sys.stderr)
        return 2
    try:
        settings = load_settings()
        asterisk = embedded.find(settings, lambda line: print(f"asterisk: {line}", file=sys.stderr, flush=True))
        if arguments:
            rendered = settings.data_dir / "carrier"
            ports.refuse_taken_carrier(settings)
            render.render_carrier(settings, asterisk, rendered)
        else:
            rendered = settings.data_dir / "asterisk"
            ports.refuse_taken_centre(settings)
            render.render_centre(settings, asterisk, rendered)
    except HudumaError as error:
        print(f"asterisk: {error}", file=sys.stderr)
        return 1
    os.umask(0o077)  # recordings and the database of credentials are nobody else's business
    command = asterisk.command(rendered)
    os.execv(command[0], command)  # noqa: S606 - a command of our own making, no shell
    return 0  # not reached


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
