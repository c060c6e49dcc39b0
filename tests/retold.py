"""Hand-made reports of retold happenings, for the tests of stores and linking: our own wording, no parser behind them."""

import re

from dragoman.codebook import load
from dragoman.linking import link_store
from dragoman.records import (
    Attribution,
    Document,
    Event,
    Magnitude,
    Mention,
    Participant,
    Place,
    Prospect,
    When,
    stable_id,
)
from dragoman.store import writing

PARTIES = {
    "army": Participant("the army", 0, 8, None, None, "SDN", ("MIL",)),
    "government": Participant("the government", 0, 14, "Sudan", "country/SDN", "SDN", ("GOV",)),
    "burhan": Participant(
        "General Burhan", 0, 14, "Abdel Fattah al-Burhan", "person/abdel-fattah-al-burhan", "SDN", ("GOV", "MIL")
    ),
    "rsf": Participant("the RSF", 0, 7, "Rapid Support Forces", "group/rapid-support-forces", "SDN", ("REB",)),
    "dagalo": Participant("Dagalo", 0, 6, "Mohamed Hamdan Dagalo", "person/mohamed-hamdan-dagalo", "SDN", ("REB",)),
    "usa": Participant("Washington", 0, 10, "United States", "country/USA", "USA", ("GOV",)),
    "saudi": Participant("Riyadh", 0, 6, "Saudi Arabia", "country/SAU", "SAU", ("GOV",)),
    "egyptians": Participant("Egyptian soldiers", 0, 17, None, None, "EGY", ("MIL",)),
    "civilians": Participant("civilians", 0, 9, None, None, "SDN", ("CVL",)),
    "residents": Participant("residents", 0, 9, None, None, "SDN", ("CVL",)),
}
PLACES = {
    "Khartoum": (15.55, 32.53, "Khartoum"),
    "Nyala": (12.05, 24.88, "Southern Darfur"),
    "Jeddah": (21.49, 39.19, "Mecca Region"),
    "Merowe": (18.48, 31.82, "Northern State"),
}


def participant(name, text=None):
    known = PARTIES[name]
    return (
        known
        if text is None
        else Participant(text, 0, len(text), known.name, known.entity, known.country, known.sectors)
    )


class Report:
    """One report, built sentence by sentence: `.tell("The army [shelled] Nyala.", ...)` marks the trigger."""

    def __init__(self, ident, published, publisher="Harbour Wire"):
        self.id, self.published, self.publisher = ident, published, publisher
        self.text, self.events = "", []

    def tell(
        self, sentence, type_, actors=(), recipients=(), day=None, until=None, basis="expression", mode=None, prospect=None,
        place=None, status="actual", historical=False, said_by=(), killed=None, cameo=None,
    ):  # fmt: skip
        before = re.search(r"\[(.*?)\]", sentence)
        plain = sentence.replace("[", "").replace("]", "")
        start = len(self.text)
        trigger = (start + before.start(), start + before.start() + len(before.group(1)))
        self.text += plain + " "
        book = load()
        goal = Prospect(*prospect.split("/")) if prospect else None
        span = (start, start + len(plain))
        self.events.append(
            Event(
                stable_id(self.id, trigger), self.id, self.published, type_, mode, goal,
                cameo or book.cameo_for(type_, mode, (goal.type, goal.mode) if goal else None), book.quad(type_), book.score(type_, mode), (),
                tuple(map(participant, actors)), tuple(map(participant, recipients)), status, historical,
                When(day or self.published, until or day or self.published, None, None, None, basis if day else "publication"),
                Place(place, 0, 1, place, "SDN", PLACES[place][2], *PLACES[place][:2], None) if place else None,
                tuple(Attribution(participant(s), "said", *span, *span, False, False) for s in said_by),
                (Magnitude("killed", killed, killed, False, str(killed), 0, 1),) if killed else (),
                (Mention("text", span, trigger, before.group(1)),), 0.8, ("test",),
            )
        )  # fmt: skip
        return self

    @property
    def last(self):
        return self.events[-1]

    def coded(self):
        document = Document(self.id, None, self.text, self.published, None, self.publisher, "en")
        return document, self.events, []


def series():
    """Eight reports of one war: things told twice, things that only look alike."""
    a = Report("a", "2023-05-03", "Harbour Wire")
    a.tell(
        "The army [shelled] the cattle market of Nyala on Tuesday, killing 18 people.",
        "ASSAULT",
        ["army"],
        ["civilians"],
        "2023-05-02",
        mode="heavy-weapons",
        place="Nyala",
        killed=18,
    )
    a.tell(
        "The RSF [promised] to free the Egyptian soldiers by 10 May.",
        "CONCEDE",
        ["rsf"],
        ["egyptians"],
        "2023-05-03",
        prospect="RETREAT/release",
    )
    b = Report("b", "2023-05-04", "Continental Dispatch")
    b.tell(
        "Shells of the army [hit] Nyala's market on Tuesday and killed 20.",
        "ASSAULT",
        ["army"],
        [],
        "2023-05-02",
        mode="heavy-weapons",
        place="Nyala",
        killed=20,
        said_by=["residents"],
    )
    b.tell(
        "The army denied that it had [fired] on the market.",
        "ASSAULT",
        ["army"],
        [],
        "2023-05-02",
        status="negated",
        said_by=["army"],
    )
    b.tell(
        "On Wednesday the army [shelled] a bridge in Khartoum.",
        "ASSAULT",
        ["army"],
        [],
        "2023-05-03",
        mode="heavy-weapons",
        place="Khartoum",
    )
    c = Report("c", "2023-05-05", "Meridian Post")
    c.tell(
        "The army [shelled] a bridge in Khartoum on Thursday.",
        "ASSAULT",
        ["army"],
        [],
        "2023-05-04",
        mode="heavy-weapons",
        place="Khartoum",
    )
    c.tell(
        "The RSF has [undertaken] to hand over the Egyptian soldiers by 10 May.",
        "CONCEDE",
        ["rsf"],
        ["egyptians"],
        "2023-05-03",
        prospect="RETREAT/release",
    )
    d = Report("d", "2023-05-06", "Gulf Review")
    d.tell(
        "The army [shelled] a bridge in Khartoum on Friday.",
        "ASSAULT",
        ["army"],
        [],
        "2023-05-05",
        mode="heavy-weapons",
        place="Khartoum",
    )
    d.tell(
        "General Burhan [met] Dagalo in Jeddah on Friday.",
        "CONSULT",
        ["burhan", "dagalo"],
        [],
        "2023-05-05",
        place="Jeddah",
    )
    e = Report("e", "2023-05-12", "Harbour Wire")
    e.tell(
        "The RSF [freed] the Egyptian soldiers at Merowe on Tuesday.",
        "RETREAT",
        ["rsf"],
        ["egyptians"],
        "2023-05-09",
        mode="release",
        place="Merowe",
    )
    e.tell(
        "Burhan and Dagalo [met] again in Jeddah on Thursday.",
        "CONSULT",
        ["burhan", "dagalo"],
        [],
        "2023-05-11",
        place="Jeddah",
    )
    e.tell(
        "The army and the RSF [agreed] to a truce of seven days.",
        "CONCEDE",
        ["army", "rsf"],
        [],
        "2023-05-12",
        prospect="RETREAT/ceasefire",
    )
    f = Report("f", "2023-05-16", "Continental Dispatch")
    f.tell(
        "Fighters of the RSF [attacked] the army's posts in Khartoum on Monday in breach of the truce.",
        "ASSAULT",
        ["rsf"],
        ["army"],
        "2023-05-15",
        place="Khartoum",
        cameo="196",
    )
    f.tell(
        "Riyadh [offered] to host a round of talks in June.",
        "AGREE",
        ["saudi"],
        [],
        "2023-05-16",
        prospect="CONSULT/third-party",
    )
    f.tell(
        "Washington [urged] the army to withdraw from Nyala.",
        "REQUEST",
        ["usa"],
        ["army"],
        "2023-05-16",
        prospect="RETREAT/withdraw",
        mode="yield",
    )
    f.tell(
        "The RSF [threatened] to seize Merowe within ten days.",
        "THREATEN",
        ["rsf"],
        [],
        "2023-05-16",
        prospect="COERCE/seize",
    )
    g = Report("g", "2023-06-20", "Meridian Post")
    g.tell(
        "Riyadh has withdrawn its [offer] to host talks.",
        "AGREE",
        ["saudi"],
        [],
        "2023-06-19",
        prospect="CONSULT/third-party",
    )
    g.tell(
        "The army [refused] to withdraw from Nyala.",
        "REJECT",
        ["army"],
        ["usa"],
        "2023-06-19",
        prospect="RETREAT/withdraw",
        mode="yield",
    )
    g.tell(
        "In early May shells of the army [killed] about twenty people on the market of Nyala.",
        "ASSAULT",
        ["army"],
        ["civilians"],
        "2023-05-01",
        "2023-05-10",
        mode="heavy-weapons",
        place="Nyala",
        killed=20,
        historical=True,
    )
    h = Report("h", "2023-06-21", "Gulf Review")
    h.tell(
        "In May the RSF [released] Egyptian soldiers whom it had held at Merowe.",
        "RETREAT",
        ["rsf"],
        ["egyptians"],
        "2023-05-01",
        "2023-05-31",
        mode="release",
        place="Merowe",
        historical=True,
    )
    return [r.coded() for r in (a, b, c, d, e, f, g, h)]


def stored(path):
    """A linked store of the series, at a path."""
    with writing(path) as store:
        store.put(series())
        link_store(store)
    return path
