"""The dialogue with a caller: `(state, input) -> (state, actions)`.

Everything that decides what a caller hears next is in this file (and in `case_dialogue.py` for case references). It
knows no clock, no telephone and no database: the situation of the call is an argument, what must be looked up is an
action, and what was found is an input. Each step ends with one `Ask`, one `LookUpCase` or one `Leave`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from citizen_services.catalogue import Service, Topic, answer
from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language, agency_skill, language_skill
from ivr import closed_callback, regained_place
from ivr.case_dialogue import case_asks, case_step
from ivr.dialogue_state import FALLBACK as FALLBACK
from ivr.dialogue_state import LANGUAGE_NODE, State, Step
from ivr.dialogue_state import Situation as Situation
from ivr.intents import intents_of
from ivr.nodes import (
    AGAIN,
    BACK,
    LANGUAGE,
    NO_INPUT,
    PERSON,
    WRONG_KEY,
    Answer,
    CaseStatus,
    Choice,
    Menu,
    Node,
    Person,
    at_first_question,
    menu_prompt,
)
from ivr.regained_place import welcome_back, welcome_back_step
from ivr.sentences import Sentences, sentences_elsewhere, sentences_of
from ivr.turns import (
    Action,
    Ask,
    CannotSpeak,
    HungUp,
    Input,
    Keys,
    Leave,
    NoInput,
    Overdue,
    Part,
    Prompt,
    Record,
    Remember,
    Said,
    Say,
    Speak,
    Spoken,
)
from ivr.understanding import doubt_step, said_step
from ivr.vocabulary import Choices, at_doubt, at_language, at_prompt

STRIKES = 3
"""So many silences or wrong keys in a row lead to a person."""
SILENCES = 2
"""So many silences in a row after an answer end the call; no wrong key ever does."""
MOST_TURNS = 60
"""A caller who has pressed so often is not being helped by a machine."""
HEARD_ENOUGH_S = 6.0
"""Who hangs up this long into an answer has heard its first facts (s)."""
LANGUAGE_KEYS: dict[str, Language] = {"1": "en", "2": "sw"}
TOPIC_KEYS: dict[str, Topic] = {"1": Topic.REQUIREMENTS, "2": Topic.FEE, "3": Topic.WHERE, "4": Topic.HOW_LONG}
"""After an answer: which key gives which part of it again."""


def other_language(language: Language) -> Language:
    """The one that key 9 leads to."""
    return "sw" if language == "en" else "en"


@dataclass(frozen=True)
class Dialogue:
    """One call's dialogue: the menu, and what is so for this call."""

    menu: Menu
    situation: Situation

    def begin(self) -> Step:
        """The first words."""
        if self.situation.place and self.situation.closed is None:
            return self._listens(*welcome_back(self, State(), self.situation.place))
        known = self.situation.remembered
        if known is None:
            parts: tuple[Part, ...] = (Prompt("welcome", "en"), Prompt("welcome", "sw"))
            return self._listens(State(), self._ask_language(parts))
        state = State(language=known)
        preface = (Prompt("welcome", known), Prompt("change-language", other_language(known)))
        chosen = (Speak(known), Record(Kind.LANGUAGE_CHOSEN, {"language": known}))
        return self._listens(*self.enter_first(state, preface, chosen))

    def step(self, state: State, event: Input) -> Step:
        """What follows from an input. After `Leave` nothing follows from anything."""
        if state.left:
            return state, ()
        return self._listens(*self.follow(replace(state, turns=state.turns + 1), event))

    def may_say(self, state: State) -> Choices:
        """What may be said just now, by the key that does the same."""
        language = state.language or FALLBACK
        wording = self.menu.wording
        if state.doubt:
            called = intents_of(self.menu).names_apart(state.doubt, language)
            return at_doubt(wording, language, called)
        if state.callback_offered:
            return closed_callback.may_say(wording, state)
        if state.node == LANGUAGE_NODE:
            return at_language(wording)
        if state.node == regained_place.NODE:
            return regained_place.may_say(wording, language)
        return at_prompt(self.menu, state.node, language)

    def _listens(self, state: State, actions: tuple[Action, ...]) -> Step:
        """The same step, its question with the words that answer it."""
        *before, asks = actions
        if isinstance(asks, Ask):
            asks = replace(
                asks,
                choices=self.may_say(state),
                language=state.language or FALLBACK,
                sentences=self._takes_sentences(state),
            )
        return state, (*before, asks)

    def _takes_sentences(self, state: State) -> Sentences | None:
        """At menus and answers; not where yes or no, a language or digits are asked for."""
        narrow = state.doubt or state.callback_offered or state.language is None
        here = isinstance(self.menu.nodes.get(state.node), (Choice, Answer))
        if not here or narrow:
            return None
        return sentences_of(self.menu) if state.node == self.menu.start else sentences_elsewhere(self.menu)

    def follow(self, state: State, event: Input) -> Step:
        """What follows from an input, before the words for its answer are added."""
        if isinstance(event, HungUp):
            return self._hung_up(state, event)
        if isinstance(event, Overdue) or state.turns > MOST_TURNS:
            return self.give_up(state, "long-call")
        if isinstance(event, CannotSpeak):
            return self.give_up(state, "long-call")
        if isinstance(event, (Keys, Said)):
            state = replace(state, silences=0)
        heard_s = event.heard_s if isinstance(event, (Keys, Said)) else HEARD_ENOUGH_S
        state = replace(state, helped=state.helped or (state.hearing and heard_s >= HEARD_ENOUGH_S), hearing=False)
        if state.node == regained_place.NODE and self.situation.place:
            return welcome_back_step(self, state, self.situation.place, event)
        if state.callback_offered:
            return closed_callback.step(self, state, event)
        if isinstance(event, Said):
            return said_step(self, state, event)
        if state.doubt:
            return doubt_step(self, state, event)
        if state.node == LANGUAGE_NODE:
            return self._language_step(state, event)
        node = self.menu.nodes[state.node]
        if isinstance(node, CaseStatus):
            return case_step(self, state, event)
        if isinstance(event, NoInput) and isinstance(node, Answer) and state.helped:
            return self.silence_after_answer(state, "answer-keys")
        if isinstance(event, NoInput):
            return self.strike(state, NO_INPUT)
        if not isinstance(event, Keys):
            return self.repeat(state)
        return self._key(state, node, event.digits or AGAIN)

    # ---- language

    def _ask_language(self, preface: tuple[Part, ...] = (), why: tuple[str, ...] = ()) -> tuple[Action, ...]:
        """Ask in each language after the other; `why`: what is said before the question, in its language."""
        id_ = "say-language" if self.situation.listening else "choose-language"
        spoken = [Prompt(one, language) for language in LANGUAGE_KEYS.values() for one in (*why, id_)]
        return (Ask((*preface, *spoken)),)

    def _language_step(self, state: State, event: Input) -> Step:
        pressed = event.digits if isinstance(event, Keys) else ""
        if pressed in LANGUAGE_KEYS:
            return self.change_language(state, LANGUAGE_KEYS[pressed])
        if pressed == PERSON:
            return self.person(state)
        if isinstance(event, Keys) and not pressed.strip(AGAIN):
            return replace(state, strikes=0), self._ask_language()
        return self.strike(state, WRONG_KEY if pressed else NO_INPUT)

    def enter_first(self, state: State, preface: tuple[Part, ...] = (), before: tuple[Action, ...] = ()) -> Step:
        """Into the main menu, or the dialled agency's; with the emergency announcement, and the hours when closed."""
        language = state.language or FALLBACK
        for said in (self.situation.emergency, self.situation.closed):
            if said and said.get(language):
                preface = (*preface, Spoken(said[language], language))
        node = self.menu.start
        if self.situation.entry != "main":
            agency = self.menu.agency_node(self.situation.entry)
            if agency is None:
                preface = (*preface, Prompt("unknown-agency", language))
            else:
                node, state = agency, replace(state, back=(self.menu.start,))
        if self.situation.listening:
            preface = (*preface, Prompt("you-may-speak", language))
        state, actions = self.enter(state, node, preface)
        return state, (*before, *actions)

    # ---- nodes

    def enter(self, state: State, node: str, preface: tuple[Part, ...] = ()) -> Step:
        """Go to a node and say what it has to say."""
        state = replace(state, node=node, strikes=0, silences=0, doubt=(), reference="", case=None)
        actions: list[Action] = [Record(Kind.MENU_VISITED, {"node": node})]
        found = self.menu.nodes[node]
        if isinstance(found, Answer):
            told = answer(self._service(found), self.situation.today)
            confirmed = all(statement is not None for _, statement in told)
            actions += [
                Record(Kind.SERVICE_CHOSEN, {"agency": found.agency, "service": found.service}),
                Record(Kind.SERVICE_ANSWERED, {"service": found.service, "confirmed": confirmed}),
            ]
        if isinstance(found, Person) and self.situation.closed is not None and self.situation.callbacks:
            *rest, before = state.back or (self.menu.start,)
            state, more = closed_callback.offer(self, replace(state, node=before, back=tuple(rest)))
        elif isinstance(found, Person) and self.situation.closed is not None:
            language = state.language or FALLBACK
            state, more = self.go_back(state, (Spoken(self.situation.closed[language], language),))
        elif isinstance(found, Person):
            state, more = self.person(state)
        else:
            state, more = self.repeat(state, preface)
        return state, (*actions, *more)

    def repeat(self, state: State, preface: tuple[Part, ...] = ()) -> Step:
        """Say again what the present node says."""
        node = self.menu.nodes[state.node]
        language = state.language or FALLBACK
        if isinstance(node, CaseStatus):
            return case_asks(self, state, preface)
        if isinstance(node, Answer):
            return self._tell(state, node, tuple(Topic), preface)
        assert isinstance(node, Choice)
        return state, (Ask((*preface, Prompt(menu_prompt(node.name), language))),)

    def _tell(self, state: State, node: Answer, topics: tuple[Topic, ...], preface: tuple[Part, ...] = ()) -> Step:
        """Say what holds today; what does not is not spoken but said to need confirming."""
        language = state.language or FALLBACK
        told = [said for topic, said in answer(self._service(node), self.situation.today) if topic in topics]
        parts: list[Part] = [*preface, *(Spoken(said.text[language], language) for said in told if said)]
        certain = bool(told) and all(told)
        if not any(told):  # what must be confirmed is named, else nothing says what it is about
            parts.append(Spoken(f"{self._service(node).title[language]}.", language))
        if not certain:
            parts.append(Prompt("must-be-confirmed", language))
        parts.append(Prompt("answer-keys", language))
        return replace(state, hearing=certain), (Ask(tuple(parts)),)

    def command(self, state: State, key: str) -> Step | None:
        """What means the same everywhere; None for any other key."""
        if key == PERSON:
            return self.person(state)
        if key == AGAIN:
            return self.repeat(replace(state, strikes=0, hearing=state.case is not None))
        if key == BACK:
            return self.go_back(state)
        if key == LANGUAGE:
            return self.change_language(state, other_language(state.language or FALLBACK))
        return None

    def _key(self, state: State, node: Node, key: str) -> Step:
        if done := self.command(state, key):
            return done
        if isinstance(node, Answer) and key in TOPIC_KEYS:
            return self._tell(replace(state, strikes=0), node, (TOPIC_KEYS[key],))
        if isinstance(node, Choice):
            for option in node.options:
                if option.key == key:
                    return self.enter(replace(state, back=(*state.back, state.node)), option.to)
        return self.strike(state, WRONG_KEY)

    def go_back(self, state: State, preface: tuple[Part, ...] = ()) -> Step:
        """To where the caller came from; from the beginning, to the main menu."""
        *rest, before = state.back or (self.menu.start,)
        return self.enter(replace(state, back=tuple(rest)), before, preface)

    def change_language(self, state: State, language: Language) -> Step:
        """Go on in this language from where the caller is; from the first question into the menu."""
        chosen = (Speak(language), Remember(language), Record(Kind.LANGUAGE_CHOSEN, {"language": language}))
        changed = replace(state, language=language, strikes=0)
        if state.node == LANGUAGE_NODE:
            return self.enter_first(changed, (), chosen)
        changed, actions = self.repeat(changed)
        return changed, (*(chosen if language != state.language else ()), *actions)

    # ---- when it does not go on

    def strike(self, state: State, words: tuple[str, ...]) -> Step:
        """A silence, a wrong key or words that nobody understood: other words each time, and at the third a person."""
        state = replace(state, strikes=state.strikes + 1)
        if state.strikes >= STRIKES:
            return self.give_up(state, "three-strikes")
        said = words[state.strikes - 1]
        if state.node == LANGUAGE_NODE:
            return state, self._ask_language(why=(at_first_question(said),))
        return self.repeat(state, (Prompt(said, state.language or FALLBACK),))

    def silence_after_answer(self, state: State, keys: str) -> Step:
        """Who says nothing after an answer is probably content: asked once, then bid goodbye."""
        state = replace(state, silences=state.silences + 1)
        language = state.language or FALLBACK
        if state.silences < SILENCES:
            return state, (Ask((Prompt("still-there", language), Prompt(keys, language))),)
        return self._goodbye(state)

    def person(self, state: State, why: str = "to-person") -> Step:
        """On to an agent; outside hours say when there will be one, and stay in the menu."""
        if self.situation.closed is not None:
            if state.language is None:
                return self.give_up(state, "three-strikes")
            if self.situation.callbacks:
                return closed_callback.offer(self, state)
            return self.repeat(state, (Spoken(self.situation.closed[state.language], state.language),))
        return self._to_agent(state, why)

    def give_up(self, state: State, why: str) -> Step:
        """The machine cannot help: on to an agent, or goodbye outside hours."""
        if self.situation.closed is None:
            return self._to_agent(state, why)
        language = state.language or FALLBACK
        return self._goodbye(state, (Spoken(self.situation.closed[language], language),))

    def _to_agent(self, state: State, why: str) -> Step:
        language = state.language or FALLBACK
        leave = self.leave_for(state, IvrResult.AGENT)
        return replace(state, left=True), (Speak(language), Say((Prompt(why, language),)), leave)

    def leave_for(self, state: State, result: IvrResult) -> Leave:
        """What the caller needs of a person, now or when they are called back."""
        language = state.language or FALLBACK
        agency, service = self._about(state)
        skills = (language_skill(language), *((agency_skill(agency),) if agency else ()))
        return Leave(
            result,
            language,
            queue=self.menu.catalogue.queue_of(agency),
            skills=skills,
            agency=agency or "",
            service=service or "",
            case_id=state.case.case_id if state.case else None,
        )

    def _goodbye(self, state: State, preface: tuple[Part, ...] = ()) -> Step:
        language = state.language or FALLBACK
        say = Say((*preface, Prompt("goodbye", language)), whole=True)
        result = IvrResult.CONTAINED if state.helped else IvrResult.HANGUP
        facts = (Record(Kind.CALL_CONTAINED),) if state.helped else ()
        return replace(state, left=True), (say, *facts, Leave(result, language))

    def _hung_up(self, state: State, event: HungUp) -> Step:
        helped = state.helped or (state.hearing and event.heard_s >= HEARD_ENOUGH_S)
        result = IvrResult.CONTAINED if helped else IvrResult.HANGUP
        facts = (Record(Kind.CALL_CONTAINED),) if helped else ()
        return replace(state, left=True, helped=helped), (*facts, Leave(result, state.language or FALLBACK))

    # ---- what the call is about

    def _about(self, state: State) -> tuple[str | None, str | None]:
        if state.case is not None:
            return state.case.agency, state.case.service
        node = self.menu.nodes.get(state.node)
        if isinstance(node, Answer):
            return node.agency, node.service
        if isinstance(node, (Choice, Person)):
            return node.agency, None
        return None, None

    def _service(self, node: Answer) -> Service:
        service = self.menu.catalogue.service(node.service)
        assert service is not None, "the menu was checked against this catalogue"
        return service
