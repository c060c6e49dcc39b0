"""The same happening across documents: joined where it is one, kept apart where it only looks alike."""

import random
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.retold import Report, series

from dragoman import open_store
from dragoman.errors import UsageError
from dragoman.likeness import VETO, likeness, profile
from dragoman.linking import link_store
from dragoman.merging import Source, independent
from dragoman.pairing import FEW, FOLLOWERS, meetings
from dragoman.profiles import pack, unpack
from dragoman.records import Incident, from_arrow
from dragoman.store import Selection, writing
from dragoman.traits import overlap, sketch, traits


def linked(tmp_path, *batches, judgements=(), name="s.duckdb"):
    """A store linked after each batch of reports."""
    path = tmp_path / name
    path.unlink(missing_ok=True)
    with writing(path) as store:
        for batch in batches:
            store.put(batch)
            link_store(store)
        for judgement in judgements:
            store.judge(*judgement)
            link_store(store)
    return path


def content(path):
    with open_store(path) as store:
        return [store.select(what, Selection()).to_pylist() for what in ("incidents", "commitments")]


def incidents(path):
    with open_store(path) as store:
        return from_arrow(store.incidents(), Incident)


def tellings(path):
    """The sets of (document, day of the event) that share an incident, where more than one does."""
    return {frozenset(r.document_id for r in i.reports) for i in incidents(path) if len(i.reports) > 1}


def profiles(*reports):
    made = []
    for report in reports:
        document, events, claims = report.coded()
        made += [profile(e, t) for e, t in zip(events, traits(document, events, claims), strict=True)]
    return made


def test_what_is_told_again_is_one_happening(tmp_path):
    path = linked(tmp_path, series())
    assert tellings(path) >= {frozenset("abg"), frozenset("ac"), frozenset("eh")}


def test_the_fights_of_three_days_are_three(tmp_path):
    shelling = [
        i
        for i in incidents(linked(tmp_path, series()))
        if i.place and i.place.name == "Khartoum" and i.mode == "heavy-weapons"
    ]
    assert sorted((i.date.start, i.documents) for i in shelling) == [
        ("2023-05-03", 1),
        ("2023-05-04", 1),
        ("2023-05-05", 1),
    ]


def test_a_long_run_of_daily_fights_never_becomes_one(tmp_path):
    reports = []
    for n in range(1, 29):
        report = Report(f"r{n}", f"2023-05-{n:02}", f"Paper {n}")
        report.tell(
            "Guns of the army [shelled] Khartoum.",
            "ASSAULT",
            ["army"],
            ["rsf"],
            report.published,
            mode="heavy-weapons",
            place="Khartoum",
        )
        reports.append(report.coded())
    for incident in incidents(linked(tmp_path, reports)):
        assert len({r.published for r in incident.reports}) <= 2


def test_a_second_meeting_of_the_same_two_is_another(tmp_path):
    found = [i for i in incidents(linked(tmp_path, series())) if i.type == "CONSULT"]
    assert len(found) == 2


def test_a_promise_and_its_keeping_are_two(tmp_path):
    found = incidents(linked(tmp_path, series()))
    assert not any({"CONCEDE", "RETREAT"} <= {v.value for v in i.spread if v.field == "type"} for i in found)


def test_merged_values_and_their_spread(tmp_path):
    market = next(i for i in incidents(linked(tmp_path, series())) if i.counts)
    assert (market.counts[0].best, market.counts[0].low, market.counts[0].high) == (20, 18, 20)
    assert (market.date.start, market.place.name, market.mode) == ("2023-05-02", "Nyala", "heavy-weapons")
    assert (market.first_report, market.last_report) == ("2023-05-03", "2023-06-20")
    assert market.publishers == 3
    assert {v.field for v in market.spread} >= {"killed", "date"}
    assert not market.historical


def test_who_affirms_and_who_denies(tmp_path):
    market = next(i for i in incidents(linked(tmp_path, series())) if i.counts)
    assert [p.text for p in market.affirmed_by] == ["residents"]
    assert [p.text for p in market.denied_by] == ["the army"]
    assert [d.document_id for d in market.denials] == ["b"]
    assert all(d.event_id not in {r.event_id for r in market.reports} for d in market.denials)


def test_every_link_says_why(tmp_path):
    for incident in incidents(linked(tmp_path, series())):
        if len(incident.reports) == 1:
            assert incident.links == ()
            continue
        assert {r.event_id for r in incident.reports} == {e for link in incident.links for e in (link.one, link.other)}
        for link in incident.links:
            total = sum(float(reason.rsplit(" ", 1)[1]) for reason in link.reasons)
            assert total == pytest.approx(link.score, abs=0.06)


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(8)), st.lists(st.integers(1, 7), max_size=3))
def test_any_order_report_by_report_gives_the_same(tmp_path_factory, order, cuts):
    folder = tmp_path_factory.mktemp("orders")
    reports = series()
    shuffled = [reports[n] for n in order]
    cuts = [0, *sorted(set(cuts)), 8]
    batches = [shuffled[a:b] for a, b in pairwise(cuts)]
    assert content(linked(folder, *batches, name="b.duckdb")) == content(linked(folder, reports, name="a.duckdb"))


def test_incremental_is_a_rebuild_on_a_larger_store(tmp_path):
    rng = random.Random(7)
    reports = []
    for n in range(60):
        day = rng.randrange(1, 13)
        report = Report(f"r{n}", f"2023-05-{day + 1:02}", f"Paper {n % 7}")
        where = rng.choice(["Khartoum", "Nyala", "Merowe"])
        sides = rng.sample(["army", "rsf"], 2)
        for _ in range(2):
            report.tell(
                f"Men [attacked] a post near {where}.",
                "ASSAULT",
                sides[:1],
                sides[1:],
                f"2023-05-{day:02}",
                place=where,
                mode=rng.choice([None, "firearms"]),
            )
        reports.append(report.coded())
    one = linked(tmp_path, reports, name="one.duckdb")
    many = linked(tmp_path, *(reports[i : i + 9] for i in range(0, 60, 9)), name="many.duckdb")
    assert content(one) == content(many)
    with writing(many) as store:
        store.remove(["r3", "r40"])
        link_store(store)
    with writing(one) as store:
        store.remove(["r3", "r40"])
        link_store(store, rebuild=True)
    assert content(one) == content(many)


def test_linking_twice_changes_nothing(tmp_path):
    path = linked(tmp_path, series())
    before = content(path)
    with writing(path) as store:
        assert link_store(store).events == 0
        link_store(store, rebuild=True)
    assert content(path) == before


def events_of(path, document):
    with open_store(path) as store:
        return store.events(where=f"document_id = '{document}'")["id"].to_pylist()


def test_a_persons_judgement_parts_and_joins_and_outlives_rebuilds(tmp_path):
    path = linked(tmp_path, series())
    (one, *_), (other, *_) = events_of(path, "a"), events_of(path, "b")
    bridge, again = events_of(path, "b")[2], events_of(path, "c")[0]
    path = linked(tmp_path, series(), judgements=[(one, other, "different"), (bridge, again, "same")])
    for _ in range(2):
        homes = {r.event_id: i.id for i in incidents(path) for r in i.reports}
        assert homes[one] != homes[other]
        assert homes[bridge] == homes[again]
        with writing(path) as store:
            link_store(store, rebuild=True)
    with writing(path) as store:
        store.judge(one, other, "unsure")
        link_store(store)
    homes = {r.event_id: i.id for i in incidents(path) for r in i.reports}
    assert homes[one] == homes[other]


def test_a_judgement_finds_its_event_when_it_is_coded_anew(tmp_path):
    from dataclasses import replace

    path = linked(tmp_path, series())
    one, other = events_of(path, "a")[0], events_of(path, "b")[0]
    document, events, claims = series()[0]
    with writing(path) as store:
        store.judge(one, other, "different")
        store.put([(document, [replace(events[0], id="renamed"), *events[1:]], claims)])
        link_store(store)
    homes = {r.event_id: i.id for i in incidents(path) for r in i.reports}
    assert homes["renamed"] != homes[other]


def test_unknown_judgements_and_events_are_refused(tmp_path):
    path = linked(tmp_path, series())
    with writing(path) as store:
        with pytest.raises(UsageError, match="no judgement"):
            store.judge("x", "y", "perhaps")
        with pytest.raises(UsageError, match="no event"):
            store.judge("x", "y", "same")


AGENCY = (
    "Fighting spread through the western districts of the city on Monday as soldiers and paramilitaries exchanged fire near"
    " the bridges, residents said, and columns of smoke rose over the airport. Shops stayed shut for a third day and the"
    " hospitals asked for blood. Envoys of two neighbouring states were expected in the port later in the week."
)


def test_near_copies_of_one_text_count_once():
    other = "A quite different account of the same day, written by a reporter who had walked to the market and counted the stalls that still stood after the shells had fallen on it at noon."
    cut = AGENCY.replace("on Monday", "late on Monday").rsplit(".", 2)[0] + "."
    sources = [Source(str(n), publisher, tuple(sketch(text))) for n, (publisher, text) in enumerate([("A", AGENCY), ("B", cut), ("C", other), ("C", other + " More."), (None, other[:80])])]  # fmt: skip
    assert overlap(sources[0].sketch, sources[1].sketch) > 0.5 > overlap(sources[0].sketch, sources[2].sketch)
    assert independent(sources[:2]) == 1
    assert independent(sources[:3]) == 2
    assert independent(sources[2:4]) == 1


def test_likeness_is_symmetric():
    found = profiles(*(_report(c) for c in series()))
    for a in found:
        for b in found:
            if a is not b:
                assert likeness(a, b)[0] == pytest.approx(likeness(b, a)[0])


def _report(coded):
    report = Report("x", None)
    report.coded = lambda: coded
    return report


def pair(first, second):
    a, b = profiles(first, second)
    return likeness(a, b)[0]


def attack(ident, published, sentence="Gunmen [attacked] a convoy near Merowe.", **fields):
    settled = {"day": "2023-05-02", "place": "Merowe"} | fields
    return Report(ident, published).tell(
        sentence, "ASSAULT", settled.pop("actors", ["rsf"]), settled.pop("recipients", ["army"]), **settled
    )


def test_what_rules_a_pair_out():
    first = attack("a", "2023-05-03")
    assert pair(first, attack("b", "2023-05-03")) > 1
    assert pair(first, attack("b", "2023-05-05", day="2023-05-04")) == VETO
    assert pair(first, attack("b", "2023-05-03", "Gunmen [attacked] a convoy near Nyala.", place="Nyala")) < 0
    assert pair(first, attack("b", "2023-05-03", actors=["army"], recipients=["rsf"])) < 0
    assert (
        pair(
            first, Report("b", "2023-05-03").tell("The RSF [met] the army.", "CONSULT", ["rsf"], ["army"], "2023-05-02")
        )
        == VETO
    )


def test_force_told_as_another_kind_of_force_may_be_one():
    first = Report("a", "2023-05-03").tell(
        "The RSF [abducted] Egyptian soldiers at Merowe.",
        "ASSAULT",
        ["rsf"],
        ["egyptians"],
        "2023-05-02",
        mode="abduct",
        place="Merowe",
    )
    second = Report("b", "2023-05-03").tell(
        "The RSF [detained] Egyptian soldiers at Merowe.",
        "COERCE",
        ["rsf"],
        ["egyptians"],
        "2023-05-02",
        mode="arrest",
        place="Merowe",
    )
    assert pair(first, second) > 0


def test_a_profile_comes_back_from_the_store_as_it_was():
    for found in profiles(*(_report(c) for c in series())):
        assert unpack(pack(found)) == found


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), unique=True, max_size=140),
    st.sets(st.integers(0, 60)),
)
def test_all_of_a_small_block_meet_and_in_a_large_one_neighbours_do(members, left_out):
    blocks = {}
    for key, rank in sorted(members):
        blocks.setdefault(key, []).append(rank)
    wanted = np.array([n not in left_out for n in range(61)])
    expected = set()
    for block in blocks.values():
        near = len(block) if len(block) <= FEW else FOLLOWERS
        expected |= {(block[a], block[b]) for a, b in combinations(range(len(block)), 2) if b - a <= near}
    expected = {(a, b) for a, b in expected if wanted[a] and wanted[b]}
    keys, ranks = (np.array([m[side] for m in members], dtype=np.int64) for side in (0, 1))
    found = [tuple(pair) for pair in meetings(keys, ranks, wanted).tolist()]
    assert found == sorted(expected)
