"""The routing file of this house, checked against what the house has: its catalogue's agencies and its seats."""

from __future__ import annotations

from dataclasses import replace

from citizen_services.catalogue_file import load_catalogue
from contact_centre.settings import Settings
from queue_manager.routing_file import Known, read_routing
from queue_manager.rules import Rules


def house_rules(settings: Settings) -> Rules:
    """Read and check the routing file.

    Raises:
        FileMistake: it is wrong, or names a skill, a queue or an agent that there is not.
    """
    known = Known(
        frozenset(agency.slug for agency in load_catalogue().agencies),
        frozenset(f"agent-{seat:03d}" for seat in range(1, settings.agent_seats + 1)),
    )
    rules = read_routing(
        settings.routing, settings.ring_s, settings.missed_offers_pause, known=known, zone=settings.zone
    )
    return replace(rules, survey=settings.survey)
