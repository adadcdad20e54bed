"""`huduma accounts`: who may sign in."""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from agent_console import auth
from agent_console.clock import now
from asterisk_conf.credentials import agent_endpoint
from citizen_services.catalogue_file import load_catalogue
from citizen_services.door import clean_text
from contact_centre.database import connect, session_scope
from contact_centre.errors import BadInput
from contact_centre.migrate import migrate
from contact_centre.model import LANGUAGES, agency_skill, language_skill
from contact_centre.settings import Settings, load_settings
from contact_centre.tables import Account, AgentRow, AgentSkill, SignInSession

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
SKILL = re.compile(r"((?:language|agency):[a-z0-9-]{1,60})=([1-5])")


def main(argv: list[str]) -> int:
    """Run one of the commands. A password is asked for, or read from standard input when that is a pipe."""
    parser = argparse.ArgumentParser(prog="huduma accounts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="add an account")
    adding.add_argument("username", help="lower-case letters, digits, . _ -")
    adding.add_argument("--name", required=True, help="what colleagues read")
    adding.add_argument("--role", choices=("agent", "supervisor", "administrator"), default="agent")
    adding.add_argument("--phone", action="store_true", help="answers calls (agents always do)")
    adding.add_argument("--skill", action="append", default=[], metavar="SKILL=LEVEL", help="language:sw=4; all at 3")
    for name, about in (
        ("password", "set a new password; ends the account's sessions"),
        ("disable", "let it in no more"),
    ):
        commands.add_parser(name, help=about).add_argument("username")
    for name, about in (("permit", "let the account call citizens"), ("forbid", "let it call citizens no more")):
        deciding = commands.add_parser(name, help=about)
        deciding.add_argument("username")
        deciding.add_argument("what", choices=("call-out",))
    asked = parser.parse_args(argv)
    settings = load_settings()
    password = ask_password() if asked.command in ("add", "password") else ""
    migrate(settings.url)
    engine = connect(settings.url)
    try:
        match asked.command:
            case "add":
                phone = asked.phone or asked.role == "agent"
                skills = read_skills(asked.skill) if phone else {}
                seat = add(engine, settings, asked.username, asked.name, asked.role, password, skills, phone=phone)
                print(f"added {asked.username} ({asked.role}{', ' + seat if seat else ''})")
            case "password":
                set_password(engine, asked.username, password)
                print(f"{asked.username} has a new password; every session of theirs is over")
            case "permit" | "forbid":
                permit(engine, asked.username, allowed=asked.command == "permit")
                print(f"{asked.username} may {'' if asked.command == 'permit' else 'not '}call citizens")
            case _:
                disable(engine, asked.username)
                print(f"{asked.username} can sign in no more; every session of theirs is over")
    finally:
        engine.dispose()
    return 0


def ask_password() -> str:
    """Ask twice on a terminal; read one line of a pipe.

    Raises:
        BadInput: the two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise BadInput("the two passwords differ")
    return password


def read_skills(said: list[str]) -> dict[str, int]:
    """Skills with levels; without any, both languages and every agency at level 3."""
    known = {language_skill(x) for x in LANGUAGES} | {agency_skill(a.slug) for a in load_catalogue().agencies}
    if not said:
        return dict.fromkeys(sorted(known), 3)
    skills: dict[str, int] = {}
    for one in said:
        match = SKILL.fullmatch(one)
        if match is None or match[1] not in known:
            raise BadInput(f"'{one[:80]}' is not a skill with a level from 1 to 5, such as language:sw=4")
        skills[match[1]] = int(match[2])
    return skills


def add(
    engine: Engine,
    settings: Settings,
    username: str,
    name: str,
    role: str,
    password: str,
    skills: dict[str, int],
    *,
    phone: bool,
) -> str | None:
    """Add an account, with the first free seat when it answers calls; gives the seat.

    Raises:
        BadInput: the name is taken or wrong, the password too short, or every seat is taken.
    """
    if not USERNAME.fullmatch(username):
        raise BadInput("a user name is 2 to 60 lower-case letters, digits, dots, _ or -")
    hashed = auth.hash_password(password)
    with session_scope(engine) as session:
        if session.scalar(select(Account.id).where(Account.username == username)) is not None:
            raise BadInput(f"there is an account {username} already")
        account = Account(username=username, password_hash=hashed, role=role, name=clean_text(name, "the name", 200))
        account.active, account.sample, account.agent_id = True, False, None
        if phone:
            agent = AgentRow(extension=_free_seat(session, settings.agent_seats), name=account.name, auto_answer=False)
            session.add(agent)
            session.flush()
            session.add_all(AgentSkill(agent_id=agent.id, skill=s, level=level) for s, level in skills.items())
            account.agent_id = agent.id
        session.add(account)
        session.flush()
        auth.audit(session, None, "account_added", f"account:{account.id}", now())
        return agent.extension if phone else None


def _free_seat(session: Session, seats: int) -> str:
    taken = set(session.scalars(select(AgentRow.extension)))
    for seat in range(1, seats + 1):
        if agent_endpoint(seat) not in taken:
            return agent_endpoint(seat)
    raise BadInput("every seat is taken: raise agent_seats")


def set_password(engine: Engine, username: str, password: str) -> None:
    """Set a new password and end every session of the account."""
    hashed = auth.hash_password(password)
    with session_scope(engine) as session:
        account = _account(session, username)
        account.password_hash = hashed
        session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
        auth.audit(session, None, "password_set", f"account:{account.id}", now())


def disable(engine: Engine, username: str) -> None:
    """Let an account in no more and end every session of it."""
    with session_scope(engine) as session:
        account = _account(session, username)
        account.active = False
        session.execute(delete(SignInSession).where(SignInSession.account_id == account.id))
        auth.audit(session, None, "account_disabled", f"account:{account.id}", now())


def permit(engine: Engine, username: str, *, allowed: bool) -> None:
    """Let an account call citizens, or no more; it holds from its next request on."""
    with session_scope(engine) as session:
        account = _account(session, username)
        account.may_call_out = allowed
        auth.audit(session, None, f"call_out_{'permitted' if allowed else 'forbidden'}", f"account:{account.id}", now())


def _account(session: Session, username: str) -> Account:
    account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise BadInput(f"there is no account {username[:60]}")
    return account
