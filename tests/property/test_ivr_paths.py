"""Laws that hold on every way through the menu, whatever is pressed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_menus import TODAY, real_menu

from citizen_services.references import make_reference
from contact_centre.channel_vars import IvrResult
from contact_centre.model import LANGUAGES, Language
from ivr.heard import Heard
from ivr.menu import MOST_TURNS, Dialogue, Situation
from ivr.spoken_digits import ONES_EN
from ivr.turns import (
    Ask,
    CaseFound,
    CaseNotFound,
    CaseUnavailable,
    HungUp,
    Input,
    Keys,
    Leave,
    LookUpCase,
    NoInput,
    Prompt,
    Said,
)

REFERENCE = make_reference(1234567)
CLOSED = {"en": "Nobody is here.", "sw": "Hakuna mtu."}
SENTENCES = [
    *(
        "passport",
        "kiswahili",
        "english",
        "leseni",
        "kesi yangu",
        "rudi",
        "repeat",
        "agent",
        "yes",
        "hapana",
        "ya pili",
    ),
    *("passport yangu imepotea", "pesa ngapi", "four eight two one", " ".join(ONES_EN[int(d)] for d in REFERENCE)),
]
PRESSED = st.one_of(
    st.sampled_from([*"0123456789*", ""]).map(Keys),
    st.sampled_from([REFERENCE, "4821", "12345678", "0*", "00000000"]).map(Keys),
    st.text("0123456789*", max_size=9).map(Keys),
    st.just(NoInput()),
    st.builds(
        lambda phrase, level: Said(Heard(phrase, 0.5, level)),
        st.one_of(st.none(), st.sampled_from(SENTENCES), st.text(max_size=40)),
        st.sampled_from(["act", "confirm", "reject"]),
    ),
)
LOOKED_UP = st.sampled_from(
    [CaseFound(1, "immigration", "new-passport", "ready"), CaseNotFound(), CaseUnavailable(), NoInput()]
)
SITUATIONS = st.builds(
    Situation,
    entry=st.sampled_from(["main", "12", "00"]),
    today=st.just(TODAY),
    remembered=st.sampled_from([None, *LANGUAGES]),
    closed=st.sampled_from([None, CLOSED]),
    callbacks=st.booleans(),
    emergency=st.sampled_from([None, {"en": "Fire.", "sw": "Moto."}]),
)


@settings(max_examples=150, deadline=None)
@given(SITUATIONS, st.data())
def test_every_way_ends_and_everything_said_exists_in_the_callers_language(
    situation: Situation, data: st.DataObject
) -> None:
    dialogue = Dialogue(real_menu(), situation)
    state, actions = dialogue.begin()
    for _ in range(MOST_TURNS + 2):
        for action in actions:
            for part in getattr(action, "parts", ()):
                assert not isinstance(part, Prompt) or part.id in real_menu().prompts
        kinds = [type(a) for a in actions if isinstance(a, (Ask, LookUpCase, Leave))]
        assert len(kinds) == 1, "each step asks, looks up or leaves: exactly one of them, and last"
        assert isinstance(actions[-1], kinds[0])
        if kinds == [Leave]:
            break
        event: Input = data.draw(LOOKED_UP if kinds == [LookUpCase] else PRESSED)
        state, actions = dialogue.step(state, event)
    assert state.left
    assert dialogue.step(state, Keys("1")) == (state, ())


@settings(max_examples=100, deadline=None)
@given(st.lists(PRESSED, max_size=12), st.sampled_from(LANGUAGES))
def test_zero_reaches_a_person_from_anywhere(pressed: list[Input], language: Language) -> None:
    dialogue = Dialogue(real_menu(), Situation(today=TODAY, remembered=language))
    state, actions = dialogue.begin()
    for event in pressed:
        if isinstance(actions[-1], LookUpCase):
            event = CaseNotFound()
        following = dialogue.step(state, event)
        if following[0].left:  # content and silent after an answer, say: zero is pressed just before
            break
        state, actions = following
    if isinstance(actions[-1], LookUpCase) if actions else False:
        state, actions = dialogue.step(state, CaseNotFound())
    if not state.left:
        state, actions = dialogue.step(state, Keys("0"))
    leave = actions[-1]
    assert isinstance(leave, Leave)
    assert leave.result is IvrResult.AGENT
    assert any(skill.startswith("language:") for skill in leave.skills)


@settings(max_examples=60, deadline=None)
@given(SITUATIONS, st.lists(PRESSED, max_size=10), st.floats(0, 100))
def test_a_hang_up_at_any_moment_ends_it(situation: Situation, pressed: list[Input], heard_s: float) -> None:
    dialogue = Dialogue(real_menu(), situation)
    state, _ = dialogue.begin()
    for event in pressed:
        state, _ = dialogue.step(state, event)
    if not state.left:
        state, actions = dialogue.step(state, HungUp(heard_s))
        assert isinstance(actions[-1], Leave)
        assert actions[-1].result is not IvrResult.AGENT
    assert state.left


def test_no_node_is_without_exit_in_either_language() -> None:
    for language in LANGUAGES:
        dialogue = Dialogue(real_menu(), Situation(today=TODAY, remembered=language))
        start, _ = dialogue.begin()
        for name in real_menu().nodes:
            state, actions = dialogue.enter(start, name)
            if state.left:
                continue
            assert isinstance(actions[-1], Ask)
            left, _ = dialogue.step(state, Keys("0"))
            assert left.left
            back, _ = dialogue.step(state, Keys("*"))
            assert back.node == "main"
