"""`huduma catalogue check` and `huduma catalogue due`."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from citizen_services.catalogue import due
from citizen_services.catalogue_file import CATALOGUE_DIR, load_catalogue
from contact_centre.errors import BadInput
from contact_centre.settings import load_settings


def main(argv: list[str]) -> int:
    """Check the catalogue's files, or list the statements that must be confirmed, soonest first.

    Raises:
        FileMistake: at the first mistake in a file.
    """
    parser = argparse.ArgumentParser(prog="huduma catalogue", description="what callers are told, and until when")
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="read every file and say what is in them")
    lapsing = actions.add_parser("due", help="list what must be confirmed now or soon")
    lapsing.add_argument("--days", type=int, default=30, metavar="N", help="how far ahead to look (days; 30)")
    for one in (check, lapsing):
        one.add_argument("--directory", type=Path, default=CATALOGUE_DIR, help="where the YAML files are")
    options = parser.parse_args(argv)
    catalogue = load_catalogue(options.directory)
    if options.action == "check":
        statements = sum(len(service.statements) for service in catalogue.services)
        print(
            f"the catalogue is well formed: {len(catalogue.agencies)} agencies, {len(catalogue.services)} services, "
            f"{statements} statements"
        )
        return 0
    if not 0 <= options.days <= 3650:
        raise BadInput("--days is from 0 to 3650")
    today = datetime.now(load_settings().zone).date()
    found = sorted(due(catalogue, today, options.days), key=lambda d: str(d.statement.valid_to or ""))
    for item in found:
        until = f"{item.statement.valid_to}" if item.reason in {"lapsed", "lapses"} else "-"
        print(f"{item.reason:<12} {until:<11} {item.service.slug}: {item.statement.topic} ({item.statement.source})")
    print(f"{len(found)} statements to confirm within {options.days} days")
    return 0
