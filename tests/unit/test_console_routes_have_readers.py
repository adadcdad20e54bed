"""Every route says who may use it, and the table here is the one the console keeps to."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from agent_console.app import DOORS
from agent_console.deps import Needs, Open
from agent_console.pages import page_routes

WHO = {
    "POST /api/sign-in": "anyone",
    "POST /api/sign-out": "agent",
    "GET /api/me": "agent",
    "PUT /api/me/preferences": "agent",
    "POST /api/phone": "agent with a phone",
    "GET /api/calls/recent": "agent",
    "GET /api/calls": "supervisor",
    "GET /api/calls/{call_id}": "agent",
    "GET /api/calls/{call_id}/recording": "agent",
    "PUT /api/calls/{call_id}/note": "agent with a phone",
    "POST /api/calls/{call_id}/disposition": "agent with a phone",
    "POST /api/calls/{call_id}/citizen": "agent with a phone",
    "GET /api/citizens": "agent",
    "GET /api/citizens/{citizen_id}": "agent",
    "POST /api/cases": "agent",
    "GET /api/cases/{case_id}": "agent",
    "POST /api/cases/{case_id}/events": "agent",
    "GET /api/catalogue": "agent",
    "GET /api/catalogue/{service}": "agent",
    "GET /api/dispositions": "agent",
    "GET /api/pause-reasons": "agent",
    "GET /api/transfer-targets": "agent with a phone",
    "POST /api/calls-out": "agent with a phone",
    "GET /api/accounts": "administrator",
    "PUT /api/accounts/{account_id}/call-out": "administrator",
    "GET /api/board": "supervisor",
    "GET /api/utterances": "supervisor",
    "GET /api/utterances/{utterance_id}/sound": "supervisor",
    "PUT /api/utterances/{utterance_id}/label": "supervisor",
    "DELETE /api/utterances/{utterance_id}/label": "supervisor",
    "DELETE /api/agents/{agent_id}/help": "supervisor",
    "GET /api/switches/emergency": "supervisor",
    "PUT /api/switches/emergency": "supervisor",
    "POST /api/web-call": "anyone",
    "POST /api/web-call/said": "anyone",
    "GET /api/health": "anyone",
    "GET /{path:path}": "anyone",
}


def readers(dependant: Dependant) -> Iterator[str]:
    for one in dependant.dependencies:
        if isinstance(one.call, Open):
            yield "anyone"
        if isinstance(one.call, Needs):
            yield one.call.role + (" with a phone" if one.call.phone else "")
        yield from readers(one)


def test_each_route_names_exactly_one_reader() -> None:
    found = {}
    for door in [*(door.router for door in DOORS), page_routes()]:
        for route in door.routes:
            if isinstance(route, APIRoute):
                for method in route.methods:
                    who = list(readers(route.dependant))
                    assert len(who) == 1, f"{method} {route.path} must say who may use it"
                    found[f"{method} {route.path}"] = who[0]
    assert found == WHO
