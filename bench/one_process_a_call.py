"""The same dialogue as a classic AGI script on plain pyst2: Asterisk starts one such process for each call.

Arguments: a database's URL, or `-`; then the files of each of three prompts, joined by `&`, with the key that is
expected behind them. With `-` it does no more than it must: no number is looked up, nothing is kept. With a database it
keeps the records that `python -m ivr` keeps, by the same code: the number, its language, and one fact for each step.
It prints nothing of its own: standard output is Asterisk's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from asterisk.agi import AGI


def main(database: str, turns: list[str]) -> None:
    """Play each prompt until its key; a wrong key ends the call, which the measurement counts as failed."""
    agi = AGI()
    call_id = agi.get_variable("CC_CALL_ID")
    keep = records(database, call_id, agi.env["agi_callerid"]) if database != "-" else None
    agi.set_variable("CC_LANG", "en")
    for number, turn in enumerate(turns):
        if keep is not None:
            keep(number)
        files, _, expected = turn.partition("=")
        pressed = ""
        for file in files.split("&"):
            pressed = agi.stream_file(file, "0123456789*#")
            if pressed:
                break
        if pressed != expected:
            return


def records(database: str, call_id: str, caller: str) -> Callable[[int], None]:
    """What keeps the facts of a turn; a plain script loads only here what it needs for it."""
    from datetime import UTC, datetime
    from pathlib import Path

    from citizen_services.citizens import find_or_add_number, language_of_number
    from contact_centre.database import connect, session_scope
    from contact_centre.facts import Fact, Kind
    from contact_centre.journal import Journal

    engine = connect(database)
    with session_scope(engine) as session:
        number = find_or_add_number(session, caller, datetime.now(UTC))
        assert number is not None
        number_id, language = number.id, language_of_number(session, number.id)
    journal = Journal(engine, Path("never-written.jsonl"))
    kept: list[list[tuple[Kind, dict[str, object]]]] = [
        [
            (Kind.CALL_ENTERED, {"entry": "main", "number_id": number_id, "web": False}),
            (Kind.LANGUAGE_CHOSEN, {"language": language}),
            (Kind.MENU_VISITED, {"node": "main"}),
        ],
        [(Kind.MENU_VISITED, {"node": "travel"})],
        [
            (Kind.MENU_VISITED, {"node": "new-passport"}),
            (Kind.SERVICE_CHOSEN, {"agency": "immigration", "service": "new-passport"}),
            (Kind.SERVICE_ANSWERED, {"service": "new-passport", "confirmed": True}),
        ],
    ]

    def keep(turn: int) -> None:
        now = datetime.now(UTC)
        journal.append(*(Fact(kind, now, call_id, payload=payload) for kind, payload in kept[turn]))

    return keep


if __name__ == "__main__":
    sys.path.insert(0, sys.path[0].rpartition("/")[0])
    main(sys.argv[1], sys.argv[2:])
