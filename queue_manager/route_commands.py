"""`huduma route explain CALL` and `huduma route check`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from sqlalchemy import select

from contact_centre.database import connect, read_scope
from contact_centre.errors import BadInput
from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.journal import of_call
from contact_centre.settings import load_settings
from contact_centre.tables import AgentRow
from queue_manager.explanations import Explanation, explanations
from queue_manager.house_rules import house_rules

DECIDED_BY = {
    "preferred": "the caller's last agent, for whom it waited",
    "only_one": "the only ready agent who could take it",
    "level": "the best level of those who could take it",
    "longest_ready": "the longest ready of the equally able",
    "safety_net": "Asterisk's own queue, while no router lived",
}
RELAXED = {"level": "lower levels are enough", "agency": "the agency is required no more",
           "language": "the language is required no more"}  # fmt: skip


def main(argv: list[str]) -> int:
    """Explain a call's way to its agent from the journal, or check the routing file.

    Raises:
        BadInput: the journal knows no such call.
        FileMistake: at the first mistake in the routing file.
    """
    parser = argparse.ArgumentParser(prog="huduma route", description="who gets the call, and why")
    actions = parser.add_subparsers(dest="action", required=True)
    explain = actions.add_parser("explain", help="say who was eligible at each step, and what decided")
    explain.add_argument("call", metavar="CALL", help="the call's id, as its page shows it")
    actions.add_parser("check", help="read the routing file and say what is in it")
    options = parser.parse_args(argv)
    settings = load_settings()
    if options.action == "check":
        rules = house_rules(settings)
        steps = sum(len(rules.routing_of(queue).steps) for queue in rules.queues)
        print(f"the routing file is well formed: {len(rules.queues)} queues, {steps} steps")
        return 0
    engine = connect(settings.url)
    with read_scope(engine) as session:
        facts = list(of_call(session, options.call))
        names = {row.id: row.name for row in session.scalars(select(AgentRow))}
    if not facts:
        raise BadInput("the journal knows no such call")
    print("\n".join(told(facts, names)))
    return 0


def told(facts: list[Recorded], names: Mapping[int, str]) -> list[str]:
    """The story of a call's routing, a line for each thing, in order."""
    offers = {one.position: one for one in explanations(facts)}
    offered = {one.fact.payload.get("offer_id") for one in facts if one.fact.kind is Kind.CALL_OFFERED}
    lines = []
    for one in facts:
        fact, p = one.fact, one.fact.payload
        at = f"{fact.occurred_at:%H:%M:%S}"
        match fact.kind:
            case Kind.CALL_WAITING:
                lines.append(f"{at}  waits in {p['queue']}, needs {', '.join(p['skills'])}, priority {p['priority']}")
            case Kind.CALL_OVERFLOWED:
                why = "was full" if p.get("reason") == "full" else "waited long enough"
                lines.append(f"{at}  flows over from {p['from_queue']} to {p['queue']}: {why}")
            case Kind.CALL_REQUEUED:
                lines.append(f"{at}  back in line in {p['queue']}")
            case Kind.CALL_TURNED_AWAY:
                lines.append(f"{at}  turned away from {p['queue']}: {p['reason']}")
            case Kind.CALLBACK_ASKED:
                lines.append(f"{at}  hung up and keeps the place in {p['queue']}")
            case Kind.CALLBACK_DIALLED:
                lines.append(f"{at}  called back, attempt {p['attempt']}")
            case Kind.CALLBACK_FAILED:
                again = "tried again later" if "next_at" in p else "not tried again"
                lines.append(f"{at}  not reached: {str(p['reason']).replace('_', ' ')}; {again}")
            case Kind.CALLBACK_REACHED:
                lines.append(f"{at}  reached, in line again with the wait of before")
            case Kind.TRANSFER_ASKED | Kind.TRANSFER_JOINED | Kind.TRANSFER_COMPLETED | Kind.TRANSFER_FAILED:
                lines.append(f"{at}  {_transfer(fact, names)}")
            case Kind.CITIZEN_DIALLED:
                lines.append(f"{at}  called by {_name(fact.agent_id, names)}, for {p['queue']}: nobody else was asked")
            case Kind.CITIZEN_NOT_REACHED:
                lines.append(f"{at}  the citizen was not reached: {str(p['reason']).replace('_', ' ')}")
            case Kind.CALL_CONNECTED if p.get("offer_id") not in offered:
                by = "the agent's own call" if p.get("outbound") else DECIDED_BY["safety_net"]
                lines.append(f"{at}  connected to {_name(fact.agent_id, names)} without an offer: {by}")
            case Kind.CALL_ABANDONED:
                lines.append(f"{at}  the caller gave up")
            case Kind.CALL_OFFERED:
                lines += [f"{at}  {line}" if number == 0 else f"          {line}"
                          for number, line in enumerate(_offer(offers[one.position], names))]  # fmt: skip
            case _:
                pass
    return lines or ["this call never waited for an agent"]


def _name(agent_id: int | None, names: Mapping[int, str]) -> str:
    return names.get(agent_id or 0, f"agent {agent_id}")


def _transfer(fact: Fact, names: Mapping[int, str]) -> str:
    p, agent = fact.payload, _name(fact.agent_id, names)
    match fact.kind:
        case Kind.TRANSFER_ASKED:
            to = f"the line of {p['queue']}" if "queue" in p else _name(p.get("to_agent"), names)
            return f"{agent} hands it on to {to}" if p.get("how") == "cold" else f"{agent} asks {to} to join"
        case Kind.TRANSFER_JOINED:
            return f"{agent}, the citizen and the colleague hear each other"
        case Kind.TRANSFER_COMPLETED:
            return f"{agent} has the call now, from {_name(p.get('from_agent'), names)}"
        case _:
            return f"the transfer to {agent} came to nothing: {str(p.get('reason')).replace('_', ' ')}"


def _offer(offer: Explanation, names: Mapping[int, str]) -> list[str]:
    def name(agent_id: int | None) -> str:
        return _name(agent_id, names)

    lines = [f"offered to {name(offer.agent_id)}: {DECIDED_BY.get(offer.decided_by, offer.decided_by)}"]
    if offer.waited_s is not None:
        lines.append(
            f"it had waited {offer.waited_s:.0f} s, priority {offer.priority}, "
            f"place {offer.place} in {offer.queue}, {offer.waiting} waiting in all"
        )
    if offer.held_for is not None:
        lines.append(f"it waited for {name(offer.held_for)} alone: the caller's last agent")
    if offer.passed_over:
        lines.append(f"not asked again yet: {', '.join(map(name, offer.passed_over))}")
    for stage in offer.stages:
        who = ", ".join(name(agent_id) for agent_id in stage.agents) or "nobody"
        more = f" and {stage.ready - len(stage.agents)} more" if stage.ready > len(stage.agents) else ""
        step = f"after {stage.after_s} s, {RELAXED.get(stage.relax, stage.relax)}" if stage.relax else "at first"
        lines.append(f"{step}: {', '.join(stage.needs) or 'anybody'} -> {who}{more}")
    if offer.ended is not None:
        lines.append(f"ended: {offer.ended.replace('_', ' ')}")
    return lines
