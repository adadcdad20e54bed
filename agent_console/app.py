"""The composition: what there is, in which order it starts, and how it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine

from agent_console import (
    pages,
    refusals,
    routes_accounts,
    routes_board,
    routes_calls,
    routes_calls_out,
    routes_catalogue,
    routes_citizens,
    routes_health,
    routes_labels,
    routes_live,
    routes_phone,
    routes_sign_in,
    routes_transfers,
    routes_web_call,
)
from agent_console.cards import Cards
from agent_console.choices import load_choices
from agent_console.live import Live
from agent_console.parts import Parts
from agent_console.router_choice import chosen_router
from agent_console.router_door import RouterDoor
from agent_console.shield import Shield
from agent_console.sweep import Sweep
from agent_console.web_call import WebCalls
from citizen_services.catalogue_file import load_catalogue
from citizen_services.sample_data import refuse_sample_data
from contact_centre.database import connect, read_scope
from contact_centre.journal import Journal
from contact_centre.migrate import migrate
from contact_centre.settings import Settings

log = logging.getLogger(__name__)
DOORS = (
    routes_sign_in,
    routes_phone,
    routes_calls,
    routes_calls_out,
    routes_citizens,
    routes_catalogue,
    routes_transfers,
    routes_board,
    routes_labels,
    routes_accounts,
    routes_web_call,
    routes_health,
    routes_live,
)


def make_parts(settings: Settings, engine: Engine, router: RouterDoor) -> Parts:
    """Put a console together around a database and a router.

    Raises:
        FileMistake: the catalogue or one of the lists is wrong.
    """
    catalogue = load_catalogue()
    cards = Cards(settings, engine, router, catalogue)
    return Parts(
        settings=settings,
        engine=engine,
        journal=Journal(engine, settings.data_dir / "spool" / "console.jsonl"),
        router=router,
        catalogue=catalogue,
        choices=load_choices(router.rules.pause_reasons),
        cards=cards,
        live=Live(engine, router, cards),
        web_calls=WebCalls(router, settings.web_seats),
    )


def create_app(settings: Settings, router: RouterDoor | None = None, dist: Path = pages.DIST) -> FastAPI:
    """Make the application; nothing is started before its lifespan begins. `router`: another one than Asterisk's.

    Raises:
        FileMistake: a file that people write is wrong.
        Refused: production, and sample data in the database.
        LinkLost: the database cannot be reached.
    """
    migrate(settings.url)
    engine = connect(settings.url)
    if settings.mode == "production":
        refuse_samples(engine, settings)
    parts = make_parts(settings, engine, router or chosen_router(settings, engine))

    @asynccontextmanager
    async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(engine.dispose)
            for part in (parts.router, parts.live, parts.web_calls, Sweep(parts)):
                await part.start()
                stack.push_async_callback(part.stop)
            log.info("the console is ready")
            yield
            log.info("the console stops; calls go on")
        await asyncio.sleep(0)

    app = FastAPI(title="Huduma console", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    refusals.install(app)
    for door in DOORS:
        app.include_router(door.router)
    app.include_router(pages.page_routes(dist))
    app.add_middleware(Shield, settings=settings)
    return app


def refuse_samples(engine: Engine, settings: Settings) -> None:
    """Raise when sample accounts or citizens are in a production database."""
    with read_scope(engine) as session:
        refuse_sample_data(session, settings)
