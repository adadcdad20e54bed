"""Builds what the live pages show, and remembers it: a call's card is read again only when something of it changed."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from agent_console import board as boards
from agent_console.call_cards import Title, call_card
from agent_console.clock import now
from agent_console.emergency import is_on
from agent_console.messages import AgentView, Board, CallCard
from agent_console.router_door import RouterDoor
from agent_console.speech_line import STALE_S
from agent_console.today import Today
from agent_console.transfer_targets import transfer_now
from citizen_services.catalogue import Catalogue
from contact_centre import journal
from contact_centre.database import read_scope
from contact_centre.model import Agent
from contact_centre.settings import Settings
from contact_centre.states import CallState
from contact_centre.tables import AgentRow, AgentSkill, CallRow, ListeningRow
from contact_centre.yaml_file import LOADER
from queue_manager.view import AgentView as LiveAgent
from queue_manager.view import View

log = logging.getLogger(__name__)
REMEMBERED = 500


class Cards:
    """One for the console; used on its event loop, with the database in worker threads."""

    def __init__(self, settings: Settings, engine: Engine, router: RouterDoor, catalogue: Catalogue) -> None:
        """Nothing was read yet."""
        self._settings = settings
        self._engine = engine
        self._router = router
        self._catalogue = catalogue
        self._menu_titles = read_menu_titles(settings)
        self._needs = boards.queue_needs(router.rules, catalogue)
        self._known: OrderedDict[tuple[str, int], tuple[tuple[Any, ...], CallCard]] = OrderedDict()
        self._editions: OrderedDict[str, int] = OrderedDict()
        self._today = Today(router.rules.queues)
        self._day = ""
        self._listening: list[dict[str, Any]] = []
        self._reading = asyncio.Lock()
        self.people: dict[int, Agent] = {}
        """Agents by id, as last read."""
        self.database = True
        self.emergency = False

    @property
    def position(self) -> int:
        """The journal's position up to which the numbers go."""
        return self._today.position

    async def catch_up(self) -> None:
        """Take in the facts and names that are new; a database that is away leaves everything as it was."""
        async with self._reading:
            try:
                await asyncio.to_thread(self._read_on)
                self.database = True
            except SQLAlchemyError as error:
                if self.database:
                    log.error("the database does not answer: %s", type(error).__name__)
                self.database = False

    def _read_on(self) -> None:
        local = now().astimezone(self._settings.zone)
        if self._day != local.date().isoformat():
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            fresh = Today(self._router.rules.queues)
            with read_scope(self._engine) as session:
                newest = journal.last_position(session)
            fresh.add(journal.since(self._engine, midnight))
            fresh.position = max(fresh.position, newest)
            self._today, self._day = fresh, local.date().isoformat()
        with read_scope(self._engine) as session:
            while facts := journal.read_after(session, self._today.position):
                self._today.add(facts)
            self.emergency = is_on(session)
            fresh_from = local - timedelta(seconds=STALE_S)
            self._listening = list(session.scalars(select(ListeningRow.report).where(ListeningRow.at > fresh_from)))
            skills: dict[int, dict[str, int]] = {}
            for skill in session.scalars(select(AgentSkill)):
                skills.setdefault(skill.agent_id, {})[skill.skill] = skill.level
            agents = session.scalars(select(AgentRow))
            self.people = {a.id: Agent(a.id, a.extension, a.name, skills.get(a.id, {})) for a in agents}

    def my_line(self, live: LiveAgent) -> AgentView:
        """An agent's own state."""
        who = self.people.get(live.id)
        return boards.my_line(live, who.name if who else live.endpoint, self._today.agent(live.id))

    def board(self, view: View) -> Board:
        """The supervisor's board."""
        return boards.board(
            view,
            self._today,
            self._router.rules.queues,
            self.people,
            self._needs,
            database=self.database,
            emergency=self.emergency,
            survey=self._settings.survey,
            listening=self._listening,
        )

    async def call(self, view: View, live: LiveAgent, *, fresh: bool = False) -> CallCard | None:
        """The card of the call that an agent is offered, talks with or wraps up."""
        if live.call_id is None:
            return None
        seen = next((call for call in view.calls if call.id == live.call_id), None)
        state = seen.state if seen else CallState.ENDED
        transfer = transfer_now(seen.transfer if seen else None, live.id, self.people)
        dialling = seen.outbound if seen is not None and state is CallState.DIALLING else None
        key = (state, live.offer_id, self._editions.get(live.call_id, 0), transfer, dialling)
        known = self._known.get((live.call_id, live.id))
        if known is not None and known[0] == key and not fresh:
            return known[1]
        card = await asyncio.to_thread(self.read_card, live.call_id)
        if card is None:
            return known[1] if known else None
        overlay: dict[str, Any] = {
            "state": state,
            "offer_id": live.offer_id,
            "transfer": transfer,
            "dialling": dialling,
        }
        if transfer is not None and not transfer.mine:  # the fact of it may not be readable yet
            overlay["transferred_by"] = transfer.colleague
        if seen is not None:
            overlay["state_since"] = seen.since
        card = card.model_copy(update=overlay)
        self._known[live.call_id, live.id] = (key, card)
        self._known.move_to_end((live.call_id, live.id))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return card

    def read_card(self, call_id: str, at: datetime | None = None) -> CallCard | None:
        """Read a call's card from the database, which is slow; None when there is no such call (or no database)."""
        try:
            with read_scope(self._engine) as session:
                row = session.get(CallRow, call_id)
                if row is None:
                    return None
                queues = self._router.rules.queues
                return call_card(session, row, self._catalogue, queues, self._menu_titles, at or now())
        except SQLAlchemyError as error:
            log.error("a card could not be read: %s", type(error).__name__)
            return None

    def changed(self, call_id: str) -> None:
        """Something of this call was written: read it again for the pages."""
        self._editions[call_id] = self._editions.get(call_id, 0) + 1
        self._editions.move_to_end(call_id)
        while len(self._editions) > REMEMBERED:
            self._editions.popitem(last=False)


def read_menu_titles(settings: Settings) -> dict[str, Title]:
    """What each of the menu's nodes is called: what it says first.

    The ivr checks the file; here a node with nothing to say shows its name.
    """
    try:
        menu = yaml.load(settings.menu.read_text(), Loader=LOADER)  # noqa: S506 - it is a safe one
    except (OSError, yaml.YAMLError):
        return {}
    nodes = menu.get("nodes") if isinstance(menu, Mapping) else None
    titles: dict[str, Title] = {}
    for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
        said = node.get("say") if isinstance(node, Mapping) else None
        if isinstance(said, Mapping) and isinstance(said.get("en"), str) and isinstance(said.get("sw"), str):
            titles[str(name)] = {"en": said["en"].rstrip(".?"), "sw": said["sw"].rstrip(".?")}
    if isinstance(menu, Mapping) and isinstance(menu.get("start"), str):
        titles[menu["start"]] = {"en": "Main menu", "sw": "Menyu kuu"}
    return titles
