"""P. The places a call can be handed to, from the router's view."""

from __future__ import annotations

from collections.abc import Mapping

from agent_console.messages import AgentTarget, QueueTarget, TransferNow, TransferTargets
from citizen_services.catalogue import Catalogue
from contact_centre.model import LANGUAGES, Agent, Language, Queue, agency_skill, language_skill
from contact_centre.states import AgentState, CallState
from queue_manager.view import TransferView, View


def targets(
    view: View,
    queues: Mapping[str, Queue],
    catalogue: Catalogue,
    people: Mapping[int, Agent],
    language: Language,
    asking: int | None,
) -> TransferTargets:
    """Every agency's place in line, and one for general enquiries, in the catalogue's order. `asking` is left out."""
    ready = [
        people[live.id]
        for live in view.agents
        if live.state is AgentState.READY and live.phone_registered and live.id in people and live.id != asking
    ]
    speaking = [agent for agent in ready if language_skill(language) in agent.skills]
    waiting = [call.queue for call in view.calls if call.state in (CallState.WAITING, CallState.OFFERED)]

    def place(agency: str | None, name: Mapping[Language, str] | None) -> QueueTarget:
        queue = queues.get(catalogue.queue_of(agency)) or queues["general"]
        able = [agent for agent in speaking if agency is None or agency_skill(agency) in agent.skills]
        return QueueTarget(
            queue=queue.name,
            title=dict(queue.title),
            agency=agency,
            agency_name=dict(name) if name else None,
            waiting=waiting.count(queue.name),
            ready=len(able),
        )

    return TransferTargets(
        queues=[place(None, None), *(place(agency.slug, agency.name) for agency in catalogue.agencies)],
        agents=[
            AgentTarget(
                agent_id=agent.id,
                name=agent.name,
                languages=[spoken for spoken in LANGUAGES if language_skill(spoken) in agent.skills],
            )
            for agent in sorted(ready, key=lambda agent: (agent not in speaking, agent.name))
        ],
    )


def transfer_now(transfer: TransferView | None, agent_id: int, people: Mapping[int, Agent]) -> TransferNow | None:
    """How one of the two agents sees a transfer; None for everybody else."""
    if transfer is None or agent_id not in (transfer.asked_by, transfer.to):
        return None
    mine = transfer.asked_by == agent_id
    other = people.get(transfer.to if mine else transfer.asked_by)
    return TransferNow(
        transfer_id=transfer.id,
        how=transfer.how,
        phase=transfer.phase,
        mine=mine,
        colleague=other.name if other else "",
    )
