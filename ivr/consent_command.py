"""`huduma speech consent NUMBER yes|no`: what a citizen said when they were asked whether they may be recorded."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy import select

from citizen_services.citizens import normalise, record_consent
from contact_centre.database import connect, session_scope
from contact_centre.errors import BadInput
from contact_centre.settings import load_settings
from contact_centre.tables import AuditEntry, PhoneNumber


def main(argv: list[str]) -> int:
    """Write it down; nothing earlier is overwritten, the latest counts."""
    parser = argparse.ArgumentParser(prog="huduma speech consent", description=__doc__)
    parser.add_argument("number", help="their telephone number, which the centre knows")
    parser.add_argument("said", choices=("yes", "no"))
    given = parser.parse_args(argv)
    engine = connect(load_settings().url)
    try:
        with session_scope(engine) as session:
            known = session.scalar(select(PhoneNumber).where(PhoneNumber.e164 == normalise(given.number)))
            if known is None or known.citizen_id is None:
                raise BadInput("nobody is known behind this number: an agent can say who it is, during a call")
            now = datetime.now(UTC)
            record_consent(session, known.citizen_id, "recording", given.said == "yes", "centre", now)
            about = f"citizen:{known.citizen_id} {given.said}"
            session.add(AuditEntry(at=now, account_id=None, action="consent_recorded", subject=about))
    finally:
        engine.dispose()
    print(f"Written down: this citizen {'agreed' if given.said == 'yes' else 'did not agree'} to be recorded.")
    return 0
