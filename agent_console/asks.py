"""What a page may ask of the router, turned into the router's requests."""

from __future__ import annotations

from agent_console.live_page import LivePage
from agent_console.messages import Ask, Outcome
from agent_console.parts import Parts
from agent_console.seats import leave_seat
from citizen_services.catalogue import Catalogue
from contact_centre.errors import Refused
from queue_manager import requests


async def perform(parts: Parts, page: LivePage, ask: Ask) -> Outcome:
    """Ask the router; only the page that takes the agent's calls may."""
    visitor = page.visitor
    if visitor.agent_id is None:
        return Outcome(id=ask.id, accepted=False, reason="not_an_agent", message="Your account does not answer calls.")
    if not parts.live.takes_calls(page):
        message = "Another tab or sign-in of yours takes the calls."
        return Outcome(id=ask.id, accepted=False, reason="not_here", message=message)
    if ask.what == "sign_out":
        try:
            await leave_seat(parts, visitor.account_id, visitor.agent_id)
        except Refused as refusal:
            return Outcome(id=ask.id, accepted=False, reason=refusal.reason, message=str(refusal))
        return Outcome(id=ask.id, accepted=True)
    if ask.what == "phone_lost":  # Asterisk tells the router itself, by the phone's registration
        return Outcome(id=ask.id, accepted=True)
    request = request_of(ask, visitor.account_id, visitor.agent_id, parts.catalogue)
    if request is None:
        return Outcome(id=ask.id, accepted=False, reason="incomplete", message="Something is missing in this request.")
    outcome = await parts.router.request(request)
    return Outcome(id=ask.id, accepted=outcome.accepted, reason=outcome.reason or None, message=outcome.message or None)


def request_of(ask: Ask, account_id: int, agent_id: int, catalogue: Catalogue) -> requests.Request | None:
    """The router's request; None when the page left out what it needs."""
    who = (f"{account_id}:{ask.id}", account_id, agent_id)
    match ask.what:
        case "ready":
            return requests.SetReady(*who)
        case "pause" if ask.reason:
            return requests.Pause(*who, ask.reason)
        case "end_call" if ask.call_id:
            return requests.EndCall(*who, ask.call_id)
        case "decline" if ask.offer_id:
            return requests.Decline(*who, ask.offer_id)
        case "extend_wrap_up" if ask.seconds:
            return requests.ExtendWrapUp(*who, ask.seconds, ask.reason or "")
        case "finish_wrap_up":
            return requests.FinishWrapUp(*who)
        case "transfer_to_queue" if ask.call_id and (ask.agency is None or catalogue.agency(ask.agency)):
            return requests.TransferToQueue(*who, ask.call_id, catalogue.queue_of(ask.agency), ask.agency)
        case "transfer_to_agent" if ask.call_id and ask.to_agent_id:
            return requests.TransferToAgent(*who, ask.call_id, ask.to_agent_id, ask.speak_first)
        case "steer_transfer" if ask.call_id and ask.steer:
            return requests.SteerTransfer(*who, ask.call_id, ask.steer)
        case "ask_for_help":
            return requests.AskForHelp(*who)
        case "end_help":
            return requests.EndHelp(*who)
        case _:
            return None
