"""What callers say, and what is understood: both languages, mixed, with fillers, endings and wrong words."""

from __future__ import annotations

import pytest
from ivr_menus import real_menu

from ivr.heard import NOTHING, Alternative, Heard
from ivr.intents import Understood, decide, intents_of
from ivr.meaning import Change, Go, name_of
from ivr.spoken_digits import said_digits

MAIN = """
# at the main menu: = is acted on, ~ is asked about ("did you say", "did you mean"), ! is not understood
I lost my passport                                  = service-lost-passport
passport yangu imepotea                             = service-lost-passport
nimepoteza pasipoti yangu                           = service-lost-passport
pasi yangu imeibiwa                                 = service-lost-passport
I want to apply for a passport                      = service-new-passport
nataka ku-apply passport mpya                       = service-new-passport
naomba pasipoti mpya tafadhali                      = service-new-passport
passport                                            = travel
Pásipoti!                                           = travel
erm, hello, I need a passport please                = travel
nataka ku-renew licence                             = service-licence-renewal
nataka kurenew leseni ya udereva                    = service-licence-renewal
my driving license has expired                      = service-licence-renewal
leseni yangu imeisha                                = service-licence-renewal
I want to renew my driver's licence                 = service-licence-renewal
leseni                                              ~ agency-ntsa service-business-permit
kitambulisho                                        = agency-national-registration
ID                                                  = agency-national-registration
I D                                                 = agency-national-registration
my ID is lost                                       = service-replace-national-id
nimepoteza kitambulisho                             = service-replace-national-id
kitambulisho changu kimepotea                       = service-replace-national-id
ID yangu imepotea                                   = service-replace-national-id
is my ID ready                                      = service-collect-national-id
kitambulisho changu kiko tayari                     = service-collect-national-id
nataka kuchukua kitambulisho                        = service-collect-national-id
I am eighteen and I want my first ID                = service-first-national-id
nataka cheti cha kuzaliwa                           = service-birth-certificate
birth certificate ya mtoto                          = service-birth-certificate
my father died and I need a death certificate       = service-death-certificate
cheti cha kifo                                      = service-death-certificate
jina langu limekosewa kwa cheti                     = service-amend-certificate
certificate of good conduct                         = service-good-conduct
nataka tabia njema                                  = service-good-conduct
nimepoteza stakabadhi nataka abstract               = service-police-abstract
police abstract                                     = service-police-abstract
police officer asked me for a bribe                 = service-police-complaint
nataka kuripoti hongo                               = service-report-corruption
logbook yangu imepotea                              = service-duplicate-logbook
I sold my car and want to transfer it               = service-vehicle-transfer
nimeuza gari                                        = service-vehicle-transfer
who is the owner of this car                        = service-logbook-search
how do I get a KRA pin                              = service-kra-pin
nataka pin ya KRA                                   = service-kra-pin
k r a pin                                           = service-kra-pin
I want to file nil returns                          = service-tax-returns
how much is a driving licence renewal               = service-licence-renewal
kulipa ushuru                                       = agency-kra
tax compliance certificate                          = service-tax-compliance
register a business name                            = service-business-name
nataka kusajili kampuni                             = service-company-registration
nataka kulipa SHA                                   = service-sha-contributions
hospital imekataa SHA yangu                         = service-sha-help
kujisajili SHA                                      = service-sha-registration
mkopo wa HELB                                       = service-helb-apply
I want to repay my student loan                     = service-helb-repay
pensheni yangu imechelewa                           = service-pension-status
my pension has not been paid                        = service-pension-status
title deed search                                   = service-land-search
single business permit                              = service-business-permit
parking ya county                                   = service-county-parking
stima zimepotea                                     = service-power-outage
there is a blackout                                 = service-power-outage
hakuna umeme                                        = service-power-outage
nataka kuwekewa mita mpya                           = service-new-connection
inua jamii                                          = service-cash-transfer
pesa za wazee                                       = service-cash-transfer
cancer screening                                    = service-cancer-information
nataka kusajili chama                               = service-group-registration
I am stranded abroad                                = service-help-abroad
unfair tender                                       = service-procurement-complaint
hali ya kesi yangu                                  = case
check my case                                       = case
I want to talk to a person                          = 0
nataka kuongea na mtu                               = 0
mhudumu                                             = 0
niunganishe na mhudumu                              = 0
customer care                                       = 0
please repeat that                                  = #
rudia tena                                          = #
rudi nyuma                                          = *
go back                                             = *
Kiswahili                                           = sw
naomba Kiswahili                                    = sw
Kiingereza                                          = en
can you speak English                               = en
number two                                          = travel
namba tatu                                          = transport
I don't want a passport, I want an ID               = agency-national-registration
sitaki pasipoti nataka kitambulisho                 = agency-national-registration
hello my brother told me at the office yesterday that I should call because my passport got lost ~ service-lost-passport
birth or death certificate                          = agency-civil-registration
what is the weather tomorrow                        !
niko na njaa                                        !
pizza                                               !
I love you                                          !
bla bla bla                                         !
hello                                               !
habari yako                                         !
asante sana                                         !
number nine                                         !
certificate                                         ~ agency-civil-registration
watu wengi sana hapa                                !
the match starts at nine                            !
"""


def rows(table: str) -> list[tuple[str, str, list[str]]]:
    found = []
    for line in table.strip().splitlines():
        if not line.startswith("#"):
            sentence, mark, wanted = next(
                (line[:at].strip(), line[at + 1], line[at + 2 :].split())
                for at in range(len(line) - 1, 0, -1)
                if line[at] == " " and line[at + 1 : at + 2] in {"=", "~", "!"}
            )
            found.append((sentence, mark, wanted))
    return found


@pytest.mark.parametrize(("sentence", "mark", "wanted"), rows(MAIN), ids=lambda v: v if isinstance(v, str) else "")
def test_a_sentence_at_the_main_menu(sentence: str, mark: str, wanted: list[str]) -> None:
    understood = intents_of(real_menu()).understand(sentence, "main")
    assert (understood.level, sorted(map(name_of, understood.meanings))) == (
        {"=": "act", "~": "confirm", "!": "reject"}[mark],
        sorted(wanted),
    )


@pytest.mark.parametrize(
    ("node", "sentence", "wanted"),
    [
        ("agency-immigration", "the lost one, passport imepotea", "service-lost-passport"),
        ("agency-civil-registration", "kifo", "service-death-certificate"),
        ("travel", "I want to renew my driving licence", "service-licence-renewal"),
        ("service-new-passport", "pesa ngapi", "2"),
        ("service-new-passport", "how much is it", "2"),
        ("service-new-passport", "where do I go", "3"),
        ("service-new-passport", "inachukua siku ngapi", "4"),
        ("service-new-passport", "which documents do I need", "1"),
        ("service-new-passport", "nahitaji nini", "1"),
        ("service-new-passport", "mhudumu tafadhali", "0"),
        ("case", "naomba mhudumu", "0"),
        ("agency-immigration", "passport", "#"),
    ],
)
def test_a_sentence_elsewhere(node: str, sentence: str, wanted: str) -> None:
    understood = intents_of(real_menu()).understand(sentence, node)
    assert (understood.level, list(map(name_of, understood.meanings))) == ("act", [wanted])


def test_at_the_first_question_only_languages_and_people_are_understood() -> None:
    intents = intents_of(real_menu())
    assert intents.understand("Kiswahili tafadhali", None) == Understood("act", (Change("sw"),))
    assert intents.understand("English please", None) == Understood("act", (Change("en"),))
    assert intents.understand("passport", None).level == "reject"


CHOICES = {"2": ("passport", "travel"), "3": ("driving licence",), "0": ("agent",)}


def test_a_phrase_of_the_grammar_is_what_it_says_as_surely_as_it_was_heard() -> None:
    menu = real_menu()
    for level in ("act", "confirm"):
        assert decide(menu, Heard("travel", 0.9, level), "main", CHOICES) == Understood(level, (Go("travel"),))  # type: ignore[arg-type]
    assert decide(menu, NOTHING, "main", CHOICES).level == "reject"
    sentence = Heard("nimepoteza pasipoti", 0.6, "confirm")
    assert decide(menu, sentence, "main", CHOICES) == Understood("confirm", (Go("service-lost-passport"),))


def test_two_phrases_that_were_heard_about_equally_are_both_named() -> None:
    near = (Alternative("travel", 0.5), Alternative("passport", 0.1), Alternative("driving licence", 0.4))
    both = Understood("confirm", (Go("travel"), Go("agency-ntsa")))
    assert decide(real_menu(), Heard("travel", 0.9, "act", near), "main", CHOICES) == both
    far = (Alternative("travel", 0.8), Alternative("passport", 0.15), Alternative("driving licence", 0.05))
    assert decide(real_menu(), Heard("travel", 0.9, "act", far), "main", CHOICES) == Understood("act", (Go("travel"),))


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("four seven one two", "4712"),
        ("oh four double nine", "0499"),
        ("zero o nought one", "0001"),
        ("triple two five", "2225"),
        ("forty seven twelve", "4712"),
        ("twenty zero", "200"),
        ("it is 4 7 1 2", "4712"),
        ("mbili mbili sifuri tisa", "2209"),
        ("namba yangu ni moja mbili tatu nne", "1234"),
        ("ishirini na tatu nne", "234"),
        ("kumi na mbili", "12"),
        ("nne mara mbili moja", "441"),
        ("nne seven moja two", "4712"),
        ("two thousand", None),
        ("passport", None),
        ("my number", None),
        ("", None),
    ],
)
def test_digits_are_read_from_words(words: str, digits: str | None) -> None:
    assert said_digits(words, real_menu().wording.fillers) == digits
