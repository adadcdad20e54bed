"""P. What the board says of speech, from the reports of all IVR processes and today's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent_console.messages import Speech, SpeechServer
from agent_console.today import Answers

STALE_S = 45.0
"""A report that is older is of a process that was killed (s)."""


def speech(reports: Sequence[Mapping[str, Any]], answers: Answers) -> Speech:
    """Several processes are shown as one: streams are added, the latest answers count, one ill server is ill."""
    listening = [report for report in reports if report["engines"]]
    late = [report["late_ms"] for report in listening if report["late_ms"] is not None]
    well: dict[tuple[str, str], bool] = {}
    for report in listening:
        for one in report["servers"]:
            server = (one["language"], one["address"])
            well[server] = well.get(server, True) and one["well"]
    return Speech(
        engines=listening[0]["engines"] if listening else {},
        known=bool(reports),
        streams=sum(report["streams"] for report in listening),
        most=sum(report["most"] for report in listening),
        late_ms=max(late, default=None),
        keys_only=bool(listening) and all(r["paused"] or r["streams"] >= r["most"] for r in listening),
        servers=[
            SpeechServer.model_validate({"language": language, "address": address, "well": is_well})
            for (language, address), is_well in sorted(well.items())
        ],
        by_voice=answers.voice,
        by_key=answers.key,
        not_answered=answers.none,
        unheard=answers.unheard,
    )
