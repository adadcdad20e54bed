"""The same dialogue as a classic AGI script on plain pyst2: Asterisk starts one such process for each call.

Arguments: the files of each of three prompts, joined by `&`, with the key that is expected behind them.
It prints nothing of its own: standard output is Asterisk's. It does no more than it must: no database, no menu file.
"""

from __future__ import annotations

import sys

from asterisk.agi import AGI


def main(turns: list[str]) -> None:
    """Play each prompt until its key; a wrong key ends the call, which the measurement counts as failed."""
    agi = AGI()
    agi.get_variable("CC_CALL_ID")
    agi.set_variable("CC_LANG", "en")
    for turn in turns:
        files, _, expected = turn.partition("=")
        pressed = ""
        for file in files.split("&"):
            pressed = agi.stream_file(file, "0123456789*#")
            if pressed:
                break
        if pressed != expected:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
