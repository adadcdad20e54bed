"""The demonstration's data: complete, the same every time, marked, and refused in production."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from citizen_services.catalogue_file import load_catalogue
from citizen_services.citizens import normalise
from citizen_services.references import is_reference
from citizen_services.sample_data import DEMONSTRATION_PASSWORD, refuse_sample_data, seed
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import SettingsMistake
from contact_centre.model import LANGUAGES, agency_skill, language_skill
from contact_centre.settings import Settings
from contact_centre.tables import Account, AgentRow, AgentSkill, CallRow, Case, CaseEvent, Citizen, FactRow, PhoneNumber
from queue_manager.house_rules import house_rules
from queue_manager.steps import fits, ladder

pytestmark = pytest.mark.gives_way

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def settings(mode: str, tmp_path: Path) -> Settings:
    return Settings.model_validate({"mode": mode, "data_dir": tmp_path, "ignore_hours": False, "secure_cookies": True})


def test_the_whole_demonstration(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine) as session:
        refuse_sample_data(session, settings("production", tmp_path))
        assert seed(session, NOW, lambda password: f"hash of {password}") is True
    with session_scope(engine) as session:
        assert seed(session, NOW) is False
        refuse_sample_data(session, settings("demonstration", tmp_path))
        with pytest.raises(SettingsMistake, match="sample data"):
            refuse_sample_data(session, settings("production", tmp_path))
    with read_scope(engine) as session:
        assert session.scalar(select(func.count()).select_from(Citizen).where(Citizen.sample)) == 200
        assert all(normalise(number) == number for number in session.scalars(select(PhoneNumber.e164)))
        assert all(is_reference(reference) for reference in session.scalars(select(Case.reference).where(Case.sample)))
        accounts = {a.username: a for a in session.scalars(select(Account))}
        assert set(accounts) == {f"agent{n}" for n in range(1, 13)} | {"supervisor1", "admin1"}
        assert all(a.sample and a.password_hash == f"hash of {DEMONSTRATION_PASSWORD}" for a in accounts.values())
        extensions = session.scalars(select(AgentRow.extension).order_by(AgentRow.extension)).all()
        assert (len(extensions), extensions[0]) == (24, "agent-001")
        skills = session.scalars(select(AgentSkill)).all()
        first = {s.skill for s in skills if s.agent_id == accounts["agent1"].agent_id}
        assert first >= {language_skill(lang) for lang in LANGUAGES}
        assert first >= {agency_skill(agency.slug) for agency in load_catalogue().agencies}
        assert {s.level for s in skills} <= {1, 2, 3, 4, 5}
        assert set(session.scalars(select(CaseEvent.channel))) >= {"centre", "web", "mobile", "payment"}
        outcomes = set(session.scalars(select(CallRow.outcome)))
        assert outcomes == {"contained", "handled", "abandoned", "left_ivr"}
        assert set(session.scalars(select(CallRow.state))) == {"ended"}
        earliest, latest = session.execute(select(func.min(CallRow.entered_at), func.max(CallRow.entered_at))).one()
        assert latest - earliest > timedelta(days=19)
        assert session.scalar(select(func.max(FactRow.occurred_at))) < NOW.replace(hour=0), "today starts empty"
        positions = session.execute(select(FactRow.call_id).order_by(FactRow.position)).scalars().all()
        assert all(call is not None and call.startswith("sample-") for call in positions)


def test_every_call_of_the_shipped_rules_has_a_sample_agent_at_first_and_more_of_them_later(
    engine: Engine, tmp_path: Path
) -> None:
    with session_scope(engine) as session:
        seed(session, NOW)
    skills: dict[int, dict[str, int]] = {}
    with read_scope(engine) as session:
        for row in session.scalars(select(AgentSkill)):
            skills.setdefault(row.agent_id, {})[row.skill] = row.level
    rules, widened = house_rules(settings("demonstration", tmp_path)), set()
    for agency in load_catalogue().agencies:
        for language in LANGUAGES:
            routing = rules.routing_of(agency.queue)
            wanted = frozenset({language_skill(language), agency_skill(agency.slug)})
            able = [
                sum(fits(levels, rung.need) for levels in skills.values())
                for rung in ladder(routing.levels, routing.steps, wanted)
            ]
            assert able[0] > 0, f"nobody can take a call about {agency.slug} in {language} at first"
            assert able == sorted(able)
            if routing.levels and able[1] > able[0]:
                widened.add(agency.queue)
    assert widened == {"taxes-business", "justice-land"}, "a lower level lets somebody in"
