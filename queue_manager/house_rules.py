"""The routing file of this house, checked against what the house has: its catalogue, its seats, its opening hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Engine

from citizen_services.catalogue_file import load_catalogue
from citizen_services.opening_hours import EVERY_DAY, load_holidays, opening_hours
from contact_centre.database import read_scope
from contact_centre.settings import Settings
from queue_manager.hours import Hours
from queue_manager.routing_file import Known, read_routing
from queue_manager.rules import Rules


def house_rules(settings: Settings) -> Rules:
    """Read and check the routing file. A queue that does not say its hours has the house's.

    Raises:
        FileMistake: it is wrong, or names a skill, a queue or an agent that there is not.
        SettingsMistake: the house's own hours are no hours.
    """
    known = Known(
        frozenset(agency.slug for agency in load_catalogue().agencies),
        frozenset(f"agent-{seat:03d}" for seat in range(1, settings.agent_seats + 1)),
    )
    rules = read_routing(
        settings.routing, settings.ring_s, settings.missed_offers_pause, known=known, zone=settings.zone,
        hours=house_hours(settings),
    )  # fmt: skip
    return replace(rules.always_open() if settings.ignore_hours else rules, survey=settings.survey)


def house_hours(settings: Settings) -> Hours:
    """When agents work, by the settings; the same every day that is not closed."""
    hours = opening_hours(settings.opens, settings.closes)
    return Hours(dict.fromkeys(EVERY_DAY, (hours.opens, hours.closes)), settings.zone)


def closed_days(settings: Settings, engine: Engine) -> frozenset[date]:
    """Public holidays and the days of the Holiday table: the days on which the conversation says so too."""
    with read_scope(engine) as session:
        return frozenset(load_holidays(session, datetime.now(settings.zone).year))
