"""Names, numbers and counties for the demonstration: made up, from many of Kenya's communities, the same every time."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from contact_centre.model import Language

CITIZENS = 200
AGENTS = 24
FIRST_NUMBER = 254700190000

GIVEN = (
    "Wanjiku Kamau Achieng Otieno Chebet Kiprop Nafula Wekesa Mwende Mutua Halima Abdi Kemunto Nyaboke Zawadi Katana "
    "Amina Hassan Naserian Lekishon Kawira Mwiti Akinyi Ochieng Cherono Kiplagat Nekesa Barasa Syombua Kioko Fatuma "
    "Yusuf Moraa Ombati Mapenzi Kahindi Njeri Mwangi Adhiambo Ouma Jepkosgei Cheruiyot Nasimiyu Simiyu Ndinda Musyoka "
    "Hodan Farah Bosibori Nyakundi Mwanajuma Juma Namunyak Saitoti Kathure Murithi Ekai Akiru Gumato Boru"
).split()
FAMILY = (
    "Mwangi Njoroge Kariuki Odhiambo Owino Okoth Koech Rotich Sang Wafula Wanyonyi Masinde Mutiso Kilonzo Nzioka "
    "Mohamed Ali Adan Onyancha Nyamweya Mogaka Charo Ngala Mwakio Ole-Sankale Nkaissery Mugambi Kirimi Lokwang Ekiru "
    "Guyo Galgallo Githinji Waweru Okello Were Chepkwony Kosgei Makokha Shikuku Muli Mbithi Omar Noor Gesare Momanyi"
).split()
FAITH = "Grace John Mary Peter Faith Joseph Mercy David Esther Samuel Ruth Daniel Rehema Ibrahim Zainab Salim".split()
COUNTIES = (
    "Nairobi|Mombasa|Kisumu|Nakuru|Uasin Gishu|Kiambu|Machakos|Kakamega|Garissa|Kisii|Kilifi|Turkana|Meru|Nyeri|"
    "Bungoma|Kericho|Kitui|Wajir|Narok|Marsabit|Siaya|Homa Bay|Taita-Taveta|Lamu|Murang'a|Migori"
).split("|")


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up citizen."""

    name: str
    number: str
    language: Language
    id_last4: str
    birth_year: int
    county: str


def people(random: Random) -> list[Person]:
    """The demonstration's citizens, each with another number."""
    return [
        Person(
            name=_name(random),
            number=f"+{FIRST_NUMBER + index * 37}",
            language="sw" if random.random() < 0.6 else "en",
            id_last4=f"{random.randrange(10_000):04d}",
            birth_year=random.randint(1946, 2007),
            county=random.choice(COUNTIES),
        )
        for index in range(CITIZENS)
    ]


def agent_names(random: Random) -> list[str]:
    """The demonstration's agents, each with another name."""
    names: dict[str, None] = {}
    while len(names) < AGENTS:
        names[f"{random.choice(FAITH)} {random.choice(FAMILY)}"] = None
    return list(names)


def _name(random: Random) -> str:
    given = [random.choice(GIVEN)]
    if random.random() < 0.7:
        given.insert(0, random.choice(FAITH))
    return " ".join([*given, random.choice(FAMILY)])
