"""The demonstration's citizens, cases, calls, agents and accounts: made up, marked as sample, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_services.cases import Status
from citizen_services.catalogue import Catalogue, Service
from citizen_services.catalogue_file import load_catalogue
from citizen_services.references import make_reference
from citizen_services.sample_history import Asked, facts_of
from citizen_services.sample_people import agent_names, people
from contact_centre.errors import SettingsMistake
from contact_centre.journal import append_in
from contact_centre.model import LANGUAGES, agency_skill, language_skill
from contact_centre.settings import Settings
from contact_centre.tables import Account, AgentRow, AgentSkill, Case, CaseEvent, Citizen, PhoneNumber

DEMONSTRATION_PASSWORD = "huduma-demo"  # noqa: S105 - of sample accounts only, which production refuses
AGENT_ACCOUNTS = 12
WEEKS = 3
CALLS_A_DAY = 12
OPENS_UTC_HOUR = 4  # 07:00 in Nairobi
STEPS = (Status.IN_PROGRESS, Status.WAITING_CITIZEN, Status.READY, Status.CLOSED)


def seed(
    session: Session,
    now: datetime,
    hash_password: Callable[[str], str] | None = None,
    catalogue: Catalogue | None = None,
) -> bool:
    """Fill an empty demonstration; False, and nothing changed, when sample data is there already.

    History ends with yesterday, so that today's figures are those of real calls alone.
    """
    if has_sample_data(session):
        return False
    random = Random(1919)
    known = catalogue or load_catalogue()
    agents = _agents(session, known, random, hash_password or PasswordHasher().hash)
    numbers = _citizens(session, now, random)
    cases = _cases(session, now, known, numbers, random)
    _calls(session, now, known, numbers, cases, agents, random)
    return True


def has_sample_data(session: Session) -> bool:
    """Whether anything marked as sample is in the database."""
    return any(session.scalar(select(t.id).where(t.sample).limit(1)) is not None for t in (Account, Citizen, Case))


def refuse_sample_data(session: Session, settings: Settings) -> None:
    """Stop production from starting with sample data.

    Raises:
        SettingsMistake: in production, when an account, citizen or case is marked as sample.
    """
    if settings.mode == "production" and has_sample_data(session):
        raise SettingsMistake("production refuses sample data: use a database that was never seeded")


def _agents(
    session: Session, catalogue: Catalogue, random: Random, hash_password: Callable[[str], str]
) -> Mapping[str, list[int]]:
    """Agents with skills and accounts; gives who serves each agency."""
    serving: dict[str, list[int]] = {agency.slug: [] for agency in catalogue.agencies}
    queues = sorted({agency.queue for agency in catalogue.agencies})
    password_hash = hash_password(DEMONSTRATION_PASSWORD)  # once, for it is slow on purpose, and this one is no secret
    for index, name in enumerate(agent_names(random)):
        extension = f"agent-{index + 1:03d}"
        if session.scalar(select(AgentRow.id).where(AgentRow.extension == extension)) is not None:
            continue
        agent = AgentRow(extension=extension, name=name, auto_answer=False)
        session.add(agent)
        session.flush()
        everything = index < 2  # one agent alone can show every kind of call
        spoken = LANGUAGES if index < AGENT_ACCOUNTS or index % 3 == 0 else (random.choice(LANGUAGES),)
        levels = {language_skill(language): random.randint(3, 5) for language in spoken}
        mine = {queues[index % len(queues)], queues[(index + 3) % len(queues)]}
        for agency in catalogue.agencies:
            if everything or agency.queue in mine:
                levels[agency_skill(agency.slug)] = random.randint(2, 5)
                serving[agency.slug].append(agent.id)
        session.add_all(AgentSkill(agent_id=agent.id, skill=skill, level=level) for skill, level in levels.items())
        if index < AGENT_ACCOUNTS:
            _account(session, f"agent{index + 1}", "agent", name, password_hash, agent.id)
    _account(session, "supervisor1", "supervisor", "Sample Supervisor", password_hash)
    _account(session, "admin1", "administrator", "Sample Administrator", password_hash)
    session.flush()
    return serving


def _account(
    session: Session, username: str, role: str, name: str, password_hash: str, agent: int | None = None
) -> None:
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        return
    session.add(
        Account(
            username=username,
            password_hash=password_hash,
            role=role,
            name=name,
            agent_id=agent,
            active=True,
            sample=True,
        )
    )


def _citizens(session: Session, now: datetime, random: Random) -> list[PhoneNumber]:
    numbers = []
    for person in people(random):
        since = now - timedelta(days=random.randint(30, 700))
        citizen = Citizen(
            name=person.name,
            language=person.language,
            id_last4=person.id_last4,
            birth_year=person.birth_year,
            county=person.county,
            created_at=since,
            sample=True,
        )
        session.add(citizen)
        session.flush()
        number = session.scalar(select(PhoneNumber).where(PhoneNumber.e164 == person.number))
        if number is None:
            number = PhoneNumber(e164=person.number, language=person.language, first_seen_at=since)
            session.add(number)
        number.citizen_id = citizen.id
        numbers.append(number)
    session.flush()
    return numbers


def _cases(
    session: Session, now: datetime, catalogue: Catalogue, numbers: list[PhoneNumber], random: Random
) -> dict[int, list[Case]]:
    """Cases by citizen; about two citizens in three have one or two."""
    taken = set(session.scalars(select(Case.reference)))
    opened: dict[int, list[Case]] = {}
    for number in numbers:
        assert number.citizen_id is not None
        for _ in range(random.choice((0, 1, 1, 1, 2))):
            reference = make_reference(random.randrange(10_000_000))
            if reference in taken:
                continue
            taken.add(reference)
            service = random.choice(catalogue.services)
            at = now - timedelta(days=random.uniform(3, WEEKS * 7), minutes=random.randrange(600))
            case = Case(
                reference=reference,
                citizen_id=number.citizen_id,
                agency=service.agency,
                service=service.slug,
                title=service.title["en"],
                status=Status.OPEN.value,
                opened_at=at,
                sample=True,
            )
            session.add(case)
            session.flush()
            _events(session, case, service, at, now, random)
            opened.setdefault(number.citizen_id, []).append(case)
    session.flush()
    return opened


def _events(session: Session, case: Case, service: Service, at: datetime, now: datetime, random: Random) -> None:
    channel = random.choice(("centre", "centre", "web", "mobile"))
    told = [(at, channel, "opened", f"Applied: {service.title['en']}")]

    def later(low: float, high: float) -> datetime:
        return told[-1][0] + timedelta(hours=random.uniform(low, high))

    if random.random() < 0.6:
        told.append((later(0.1, 5), "payment", "payment", "Payment received on eCitizen"))
    if channel != "centre" and random.random() < 0.5:
        told.append((later(20, 72), "centre", "visit", "Visited a Huduma centre; documents checked"))
    for step in STEPS[: random.randint(0, len(STEPS))]:
        instant = later(10, 90)
        if instant >= now:
            break
        told.append((instant, random.choice(("centre", "web")), "status", f"{case.status} → {step.value}"))
        case.status = step.value
        case.closed_at = instant if step is Status.CLOSED else None
    for instant, through, kind, text in told:
        if instant < now:
            author = "sample: citizen" if through in {"web", "mobile", "payment"} else "sample: centre officer"
            session.add(CaseEvent(case_id=case.id, at=instant, channel=through, kind=kind, author=author, text=text))


def _calls(
    session: Session,
    now: datetime,
    catalogue: Catalogue,
    numbers: list[PhoneNumber],
    cases: dict[int, list[Case]],
    agents: Mapping[str, list[int]],
    random: Random,
) -> None:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    instants = sorted(
        today - timedelta(days=day) + timedelta(hours=random.uniform(OPENS_UTC_HOUR, OPENS_UTC_HOUR + 13))
        for day in range(1, WEEKS * 7 + 1)
        for _ in range(CALLS_A_DAY)
    )
    for index, instant in enumerate(instants):
        number = random.choice(numbers)
        theirs = [case for case in cases.get(number.citizen_id or 0, []) if case.opened_at < instant]
        case = random.choice(theirs) if theirs and random.random() < 0.7 else None
        service = catalogue.service(case.service) if case else None
        service = service or random.choice(catalogue.services)
        asked = Asked(
            call_id=f"sample-{index:05d}",
            at=instant,
            number_id=number.id,
            language="sw" if number.language == "sw" else "en",
            service=service,
            queue=catalogue.queue_of(service.agency),
            case_id=case.id if case else None,
        )
        append_in(session, list(facts_of(asked, agents[service.agency], random)))
