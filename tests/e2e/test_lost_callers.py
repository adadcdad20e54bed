"""Nobody is lost: no answer, giving up, and a page that goes away."""

from __future__ import annotations

import pytest
from citizen import QUIET, calling, loudness, tone_share
from desk import MICROPHONE_HZ, at_desk
from playwright.async_api import Browser, expect
from running_house import RunningHouse

from contact_centre.facts import Kind
from demonstration import sound_files
from demonstration.carrier import Carrier
from demonstration.listening import RATE

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up


async def test_no_answer_goes_to_the_next_agent_and_pauses_the_first(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with at_desk(chromium, huduma, "agent1") as first, at_desk(chromium, huduma, "agent2") as second:
        await first.become_ready()
        await second.become_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.waits_for_a_person()
            await first.rings()
            await second.answer()
            await expect(first.page.get_by_text("Missed a call")).to_be_visible()
            await first.picture("missed")
            missed = await citizen.fact(Kind.OFFER_FAILED, reason="no_answer")
            connected = await citizen.fact(Kind.CALL_CONNECTED)
            assert missed.fact.agent_id != connected.fact.agent_id
            offers = [
                r.fact for r in huduma.facts(citizen.began_at, citizen.call_id) if r.fact.kind is Kind.CALL_OFFERED
            ]
            assert [one.agent_id for one in offers] == [missed.fact.agent_id, connected.fact.agent_id]
            paused = await huduma.fact(Kind.AGENT_PAUSED, citizen.began_at, reason="missed")
            assert paused.fact.agent_id == missed.fact.agent_id
            await second.end()
            await citizen.line.ended()


async def test_a_citizen_gives_up_while_waiting_and_while_the_phone_rings(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with calling(huduma, carrier_driver) as citizen:
        await citizen.waits_for_a_person()
        await citizen.line.hang_up()
        await citizen.fact(Kind.CALL_ABANDONED, phase="waiting")
        await citizen.fact(Kind.CALL_ENDED, by="caller")
        assert huduma.call(citizen.call_id).outcome == "abandoned"

    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.waits_for_a_person()
            await desk.rings()
            await citizen.line.hang_up()
            await expect(desk.page.get_by_role("button", name="Answer")).to_be_hidden()
            await desk.is_ready()
            await citizen.fact(Kind.CALL_ABANDONED, phase="ringing")
            assert huduma.call(citizen.call_id).outcome == "abandoned"
            assert Kind.AGENT_PAUSED not in [r.fact.kind for r in huduma.facts(citizen.began_at)]


async def test_whoever_was_cut_off_in_line_and_calls_again_is_before_who_came_later(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    number = "0712555888"
    async with calling(huduma, carrier_driver, caller=number) as first:
        await first.waits_for_a_person()
        await first.line.hang_up()
        lost = await first.fact(Kind.CALL_ENDED)
    async with calling(huduma, carrier_driver) as later, at_desk(chromium, huduma, "agent1") as desk:
        await later.waits_for_a_person()
        async with calling(huduma, carrier_driver, caller=number) as again:
            await again.hears("en/welcome-back")
            await again.stands_in_line()
            regained = await again.fact(Kind.PLACE_REGAINED)
            assert regained.fact.payload["from_call"] == lost.fact.call_id == first.call_id
            assert huduma.call(again.call_id).waiting_since == huduma.call(first.call_id).waiting_since
            await desk.page.get_by_role("button", name="Become ready").click()
            await desk.answer()
            await again.fact(Kind.CALL_CONNECTED)
            assert huduma.call(later.call_id).state == "waiting"
            await desk.end()
            await again.line.ended()
        await later.line.hang_up()
        await later.fact(Kind.CALL_ENDED)


async def test_a_reloaded_page_gets_its_call_back_and_the_caller_hears_music_meanwhile(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with calling(huduma, carrier_driver) as citizen:
            await citizen.waits_for_a_person()
            await desk.answer()
            await citizen.hears_tone(MICROPHONE_HZ)
            await desk.page.reload()
            lost = await citizen.fact(Kind.AGENT_LOST)
            back = await citizen.fact(Kind.CALL_REJOINED)
            assert lost.fact.agent_id == back.fact.agent_id
            await desk.talks()
            await citizen.hears_tone(MICROPHONE_HZ)
            await desk.picture("back-after-reload")
            await desk.end()
            await citizen.line.ended()
        heard = sound_files.read(citizen.line.heard)
        pieces = [heard[at : at + RATE // 5] for at in range(0, len(heard), RATE // 5)]
        agent = [
            n for n, piece in enumerate(pieces) if tone_share(piece, MICROPHONE_HZ) > 0.8 and loudness(piece) > QUIET
        ]
        between = pieces[agent[0] : agent[-1]]
        music = [p for p in between if loudness(p) > QUIET and tone_share(p, MICROPHONE_HZ) < 0.3]
        assert len(music) >= 2, "music between the two halves of the conversation"
        assert citizen.kinds().count(Kind.CALL_OFFERED) == 1


async def test_who_calls_again_comes_to_the_agent_of_before_though_another_has_been_ready_longer(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser
) -> None:
    number = "0712555889"
    async with at_desk(chromium, huduma, "agent1") as first, at_desk(chromium, huduma, "agent2") as other:
        await first.become_ready()
        async with calling(huduma, carrier_driver, caller=number) as citizen:
            await citizen.waits_for_a_person()
            await first.answer()
            before = await citizen.fact(Kind.CALL_CONNECTED)
            await first.end()
            await citizen.line.ended()
        await other.become_ready()
        await first.save_then_ready()
        async with calling(huduma, carrier_driver, caller=number) as again:
            await again.waits_for_a_person()
            offered = await again.fact(Kind.CALL_OFFERED)
            assert offered.fact.agent_id == before.fact.agent_id
            assert offered.fact.payload["decided_by"] == "preferred"
            assert offered.fact.payload["why"]["steps"][-1]["ready"] == 2, "the other one could have had it"
            assert offered.fact.payload["why"]["held_for"] == before.fact.agent_id
            await first.answer()
            await first.end()
            await again.line.ended()
