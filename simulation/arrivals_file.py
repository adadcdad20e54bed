"""Callers and agents from CSV files. A mistake is refused with file, line and reason.

Kinds of call: `weight`, and optionally queue, language, skills, priority.
Callers: `at` (HH:MM, HH:MM:SS or an ISO instant of one day), and optionally queue, language, skills (joined by `|`),
priority, handling_s, patience_s. Agents: `count`, and optionally skills (`language:sw=4|agency:kra=2`), begins, ends,
breaks (`10:00+15|12:30+45`, minutes). Times are seconds from local midnight.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from contact_centre.errors import FileMistake
from contact_centre.model import LANGUAGES
from simulation.distributions import LONGEST_S
from simulation.scenario import EVERYBODY, Arrival, Break, CallKind, Desk

CALLER_COLUMNS = {"at", "queue", "language", "skills", "priority", "handling_s", "patience_s"}
KIND_COLUMNS = {"weight", "queue", "language", "skills", "priority"}
AGENT_COLUMNS = {"count", "skills", "begins", "ends", "breaks"}
SKILL = re.compile(r"[a-z]+:[a-z0-9-]{1,59}")
CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?")
MOST_LINES = 2_000_000
MOST_AGENTS = 10_000

Refuse = Callable[[str], FileMistake]
Row = Mapping[str, str]


def read_callers(path: Path, queues: Mapping[str, object], zone: ZoneInfo) -> list[Arrival]:
    """The callers of a file in the order of their times.

    Raises:
        FileMistake: the first mistake, with its line.
    """
    found: list[Arrival] = []
    day: str | None = None
    for row, wrong in _rows(path, CALLER_COLUMNS, "at"):
        at_s, date = _moment(row["at"], zone, wrong)
        if date is not None and date != (day := day or date):
            raise wrong(f"this call is of {date}, the first one of {day}: one day at a time")
        found.append(_caller(row, at_s, queues, wrong))
    if not found:
        raise FileMistake(path, None, "there are no calls in it")
    return sorted(found, key=lambda arrival: arrival.at_s)


def read_kinds(path: Path, queues: Mapping[str, object]) -> list[CallKind]:
    """The kinds of call of a file, each as often as its weight says.

    Raises:
        FileMistake: the first mistake, with its line.
    """
    found: list[CallKind] = []
    for row, wrong in _rows(path, KIND_COLUMNS, "weight"):
        weight = _number(row["weight"], "weight", 0, 1e9, wrong)
        like = _caller(row, 0.0, queues, wrong)
        found.append(CallKind(weight, like.queue, like.language, like.skills, like.priority))
    if not any(kind.weight for kind in found):
        raise FileMistake(path, None, "there is no kind of call with a weight in it")
    return found


def read_agents(path: Path) -> list[Desk]:
    """The agents of a file; a line is so many who work alike.

    Raises:
        FileMistake: the first mistake, with its line.
    """
    found: list[Desk] = []
    for row, wrong in _rows(path, AGENT_COLUMNS, "count"):
        count = int(_number(row["count"], "count", 1, MOST_AGENTS, wrong))
        begins_s = clock(row["begins"], wrong) if row.get("begins") else 0.0
        ends_s = clock(row["ends"], wrong) if row.get("ends") else math.inf
        if ends_s <= begins_s:
            raise wrong("the work ends before it begins")
        breaks = tuple(_break(text, begins_s, ends_s, wrong) for text in _split(row.get("breaks")))
        levels = dict(_level(text, wrong) for text in _split(row.get("skills"))) or EVERYBODY
        found += [Desk(levels, begins_s, ends_s, tuple(sorted(breaks, key=lambda b: b.at_s)))] * count
        if len(found) > MOST_AGENTS:
            raise wrong(f"more than {MOST_AGENTS} agents")
    if not found:
        raise FileMistake(path, None, "there are no agents in it")
    return found


def clock(text: str, wrong: Refuse) -> float:
    """Seconds from midnight of HH:MM or HH:MM:SS."""
    match = CLOCK.fullmatch(text.strip())
    if match is None:
        raise wrong(f"'{text[:40]}' is not a time such as 08:30 or 08:30:15")
    at_s = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3] or 0)
    if at_s > LONGEST_S:
        raise wrong(f"'{text[:40]}' is after midnight")
    return at_s


def _rows(path: Path, columns: set[str], needed: str) -> Iterator[tuple[Row, Refuse]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            head = [name.strip() for name in next(reader, [])]
            for name in head:
                if name not in columns:
                    known = ", ".join(sorted(columns))
                    raise FileMistake(path, 1, f"the column '{name[:40]}' is not known; known are {known}")
            if needed not in head:
                raise FileMistake(path, 1, f"there is no column '{needed}'")
            if len(set(head)) != len(head):
                raise FileMistake(path, 1, "a column is there twice")
            for fields in reader:
                line = reader.line_num

                def wrong(reason: str, line: int = line) -> FileMistake:
                    return FileMistake(path, line, reason)

                if not any(field.strip() for field in fields):
                    continue
                if len(fields) != len(head):
                    raise wrong(f"{len(fields)} values for {len(head)} columns")
                if line > MOST_LINES:
                    raise wrong(f"more than {MOST_LINES} lines")
                yield {name: field.strip() for name, field in zip(head, fields, strict=True)}, wrong
    except (OSError, UnicodeDecodeError) as error:
        raise FileMistake(path, None, f"cannot be read: {error.__class__.__name__}") from error
    except csv.Error as error:
        raise FileMistake(path, reader.line_num, f"not CSV: {error}") from error


def _caller(row: Row, at_s: float, queues: Mapping[str, object], wrong: Refuse) -> Arrival:
    queue, language = row.get("queue") or "general", row.get("language") or "en"
    if queue not in queues:
        raise wrong(f"there is no queue '{queue[:40]}'; there are {', '.join(queues)}")
    if language not in LANGUAGES:
        raise wrong(f"'{language[:40]}' is not a language; there are {', '.join(LANGUAGES)}")
    skills = frozenset(_split(row.get("skills")))
    for skill in skills:
        if not SKILL.fullmatch(skill):
            raise wrong(f"'{skill[:40]}' is not a skill such as agency:kra")
    lengths = [
        _number(row[name], name, 0, LONGEST_S, wrong) if row.get(name) else None
        for name in ("handling_s", "patience_s")
    ]
    priority = int(_number(row["priority"], "priority", 0, 100, wrong)) if row.get("priority") else 0
    return Arrival(at_s, queue, language, skills, priority, *lengths)


def _moment(text: str, zone: ZoneInfo, wrong: Refuse) -> tuple[float, str | None]:
    if CLOCK.fullmatch(text):
        return clock(text, wrong), None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise wrong(f"'{text[:40]}' is neither a time such as 08:30:15 nor an instant such as 2026-03-02T08:30:15+03:00"
                    ) from None  # fmt: skip
    local = at.astimezone(zone) if at.tzinfo else at
    return local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6, local.date().isoformat()


def _number(text: str, name: str, least: float, most: float, wrong: Refuse) -> float:
    try:
        value = float(text)
    except ValueError:
        raise wrong(f"{name}: '{text[:40]}' is not a number") from None
    if not least <= value <= most:
        raise wrong(f"{name}: must be from {least:g} to {most:g}")
    return value


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split("|") if part.strip()]


def _level(text: str, wrong: Refuse) -> tuple[str, int]:
    skill, _, level = text.partition("=")
    if not SKILL.fullmatch(skill):
        raise wrong(f"'{text[:40]}' is not a skill with its level, such as language:sw=4")
    return skill, int(_number(level or "3", f"the level of {skill}", 1, 5, wrong))


def _break(text: str, begins_s: float, ends_s: float, wrong: Refuse) -> Break:
    at, _, minutes = text.partition("+")
    at_s = clock(at, wrong)
    if not begins_s <= at_s < ends_s:
        raise wrong(f"the break at {at} is outside the working time")
    return Break(at_s, _number(minutes, "the minutes of a break", 1, 600, wrong) * 60)
