"""The router on a real Asterisk: real SIP calls from the telephone company, real telephones for the agents."""

from __future__ import annotations

from manager_line import ManagerLine
from routed_house import agent, agent_phone, calls_in, house_with_agents, kinds_of, make_ready, routing, until
from running_asterisk import RunningAsterisk
from subscriber import calling

ENGLISH = {"language:en": 3}


async def test_a_waiting_call_is_offered_answered_and_ended(
    centre: RunningAsterisk, carrier_manager: ManagerLine
) -> None:
    settings = centre.settings
    engine = house_with_agents(settings, "one_call", a1=ENGLISH)
    async with (
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        calling(carrier_manager, settings.prefixes[0]) as citizen,
    ):
        view = await until(runner, lambda view: calls_in(view, "waiting"))
        call_id = view.calls[0].id
        await make_ready(runner, 1)
        invite = await phone.invited()
        assert invite.get("X-CC-Call-Id") == call_id
        phone.answer(invite)
        view = await until(runner, lambda view: calls_in(view, "connected"))
        assert agent(view, 1).state == "on_call"
        await citizen.hang_up()
        view = await until(runner, lambda view: agent(view, 1).state == "wrap_up")
        assert view.calls == ()
    kinds = kinds_of(engine, call_id)
    assert kinds == [
        "IvrFailed", "CallWaiting", "CallOffered", "CallConnected", "CallEnded", "AgentWrappingUp",
    ]  # fmt: skip
