"""What was promised, asked or threatened, by whom, until when, and what became of it."""

import pytest
from tests.retold import Report, series

from dragoman import open_store
from dragoman.commitments import as_of
from dragoman.linking import link_store
from dragoman.records import Commitment, from_arrow
from dragoman.store import writing
from dragoman.traits import days_in, traits


def ledger(tmp_path, reports, day=None):
    path = tmp_path / "s.duckdb"
    path.unlink(missing_ok=True)
    with writing(path) as store:
        store.put(reports)
        link_store(store)
    with open_store(path) as store:
        return from_arrow(store.commitments(as_of=day), Commitment)


def one(tmp_path, *reports, day=None):
    found = ledger(tmp_path, [r.coded() for r in reports], day)
    assert len(found) >= 1
    return found[0]


@pytest.fixture
def process(tmp_path):
    return {(c.type, c.prospect.mode or c.prospect.type): c for c in ledger(tmp_path, series())}


def test_each_one_is_opened_once_however_often_it_is_told(process):
    promise = process["CONCEDE", "release"]
    assert {m.document_id for m in promise.made} == {"a", "c"}
    assert [p.entity for p in promise.by] == ["group/rapid-support-forces"]
    assert [p.text for p in promise.to] == ["Egyptian soldiers"]


def test_outcomes(process):
    assert {key: c.outcome for key, c in process.items()} == {
        ("CONCEDE", "release"): "kept",
        ("CONCEDE", "ceasefire"): "broken",
        ("AGREE", "third-party"): "withdrawn",
        ("REQUEST", "withdraw"): "refused",
        ("THREATEN", "seize"): "overdue",
    }


def test_deadlines(process):
    assert process["CONCEDE", "release"].due == "2023-05-10"
    assert process["CONCEDE", "ceasefire"].due == "2023-05-19"
    assert process["AGREE", "third-party"].due == "2023-06-30"
    assert process["THREATEN", "seize"].due == "2023-05-26"
    assert process["REQUEST", "withdraw"].due is None


def test_every_outcome_names_its_evidence(process):
    for commitment in process.values():
        if commitment.outcome in ("open", "overdue"):
            continue
        assert commitment.outcome in {e.effect for e in commitment.evidence}
        assert all(e.reasons for e in commitment.evidence)


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2023-05-05", "open"), ("2023-05-11", "overdue"), ("2023-05-12", "kept"), ("2024-01-01", "kept")],
)
def test_a_promise_as_of_any_day(process, day, outcome):
    assert as_of(process["CONCEDE", "release"], day).outcome == outcome


def test_what_was_made_later_is_not_yet_there(tmp_path):
    assert {c.type for c in ledger(tmp_path, series(), "2023-05-10")} == {"CONCEDE"}


def promise(
    ident="p", published="2023-05-01", sentence="The RSF [promised] to free Egyptian soldiers by 10 May.", **fields
):
    return Report(ident, published).tell(
        sentence, "CONCEDE", ["rsf"], ["egyptians"], published, prospect="RETREAT/release", **fields
    )


def release(published, day, sentence="The RSF [freed] Egyptian soldiers.", recipients=("egyptians",), **fields):
    return Report(f"d{published}", published).tell(
        sentence, "RETREAT", ["rsf"], recipients, day, mode="release", **fields
    )


def test_a_deed_told_as_not_done_breaks_it(tmp_path):
    failed = release("2023-05-12", "2023-05-10", "The RSF failed to [free] the Egyptian soldiers.", status="negated")
    assert one(tmp_path, promise(), failed).outcome == "broken"


def test_a_deed_long_after_the_deadline_breaks_it(tmp_path):
    assert one(tmp_path, promise(), release("2023-07-02", "2023-07-01")).outcome == "broken"


def test_a_deed_to_others_does_not_keep_it(tmp_path):
    other = release("2023-05-06", "2023-05-05", "The RSF [freed] civilians.", ["civilians"])
    assert one(tmp_path, promise(), other).outcome == "open"


def test_the_makers_own_denial_is_no_breach(tmp_path):
    said = release(
        "2023-05-06",
        "2023-05-05",
        "The RSF denied that it had [freed] Egyptian soldiers.",
        status="negated",
        said_by=["rsf"],
    )
    assert one(tmp_path, promise(), said).outcome == "open"


def test_a_threat_carried_out_is_kept(tmp_path):
    threat = Report("t", "2023-05-01").tell(
        "The RSF [threatened] to bomb the bridges of Khartoum.",
        "THREATEN",
        ["rsf"],
        [],
        "2023-05-01",
        prospect="ASSAULT/explosives",
    )
    deed = Report("u", "2023-05-09").tell(
        "The RSF [blew up] a bridge in Khartoum.",
        "ASSAULT",
        ["rsf"],
        [],
        "2023-05-08",
        mode="explosives",
        place="Khartoum",
    )
    assert one(tmp_path, threat, deed).outcome == "kept"


def truce(sentence="The RSF [announced] a truce of seven days.", ident="t", published="2023-05-01"):
    return Report(ident, published).tell(
        sentence, "CONCEDE", ["rsf"], ["army"], published, prospect="RETREAT/ceasefire"
    )


def test_a_truce_fought_through_is_broken_by_either_side(tmp_path):
    fight = Report("f", "2023-05-04").tell(
        "The army [attacked] the RSF in Nyala.", "ASSAULT", ["army"], ["rsf"], "2023-05-03", place="Nyala"
    )
    assert one(tmp_path, truce(), fight).outcome == "broken"


def test_force_after_its_last_day_does_not_break_a_truce(tmp_path):
    fight = Report("f", "2023-05-12").tell(
        "The army [attacked] the RSF in Nyala.", "ASSAULT", ["army"], ["rsf"], "2023-05-11", place="Nyala"
    )
    assert one(tmp_path, truce(), fight).outcome == "overdue"


def test_a_truce_told_as_observed_is_kept(tmp_path):
    after = Report("f", "2023-05-20").tell(
        "The RSF [observed] its truce of early May.",
        "RETREAT",
        ["rsf"],
        [],
        "2023-05-01",
        "2023-05-08",
        mode="ceasefire",
        historical=True,
    )
    assert one(tmp_path, truce(), after).outcome == "kept"


def test_prolonging_is_a_new_one_that_names_the_old(tmp_path):
    longer = truce("The RSF [prolonged] its truce with the army by five days.", "u", "2023-05-07")
    first, second = ledger(tmp_path, [truce().coded(), longer.coded()])
    assert (second.extends, first.extends) == (first.id, None)
    assert second.due == "2023-05-12"


@pytest.mark.parametrize(
    ("sentence", "due"),
    [
        ("The RSF [promised] to free the men by 30 June.", "2023-06-30"),
        ("The RSF [promised] to hold its fire until 20 June.", "2023-06-20"),
        ("The RSF [promised] to leave before 20 June.", "2023-06-19"),
        ("The RSF [promised] to leave within ten days.", "2023-06-11"),
        ("The RSF [promised] to leave next week.", "2023-06-11"),
        ("The RSF [promised] to meet the army on 10 December.", "2023-12-10"),
        ("The RSF [promised] to leave in September.", "2023-09-30"),
        ("The RSF [promised] to free the men whom it has held since April.", None),
        ("The RSF [promised] again to free the men.", None),
    ],
)
def test_days_to_keep_it(sentence, due):
    document, events, _ = promise(published="2023-06-01", sentence=sentence).coded()
    assert traits(document, events)[0].due == due


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("72-hour", 3),
        ("two months", 61),
        ("a fortnight", 14),
        ("seven-day", 7),
        ("24 hours", 1),
        ("ten days", 10),
        ("some time", None),
    ],
)
def test_lengths_of_time(text, days):
    assert (None if days_in(text) is None else round(days_in(text))) == days


def test_linking_as_of_a_day_tells_that_day(tmp_path):
    path = tmp_path / "s.duckdb"
    with writing(path) as store:
        store.put(series())
        link_store(store, as_of="2023-05-11")
    with open_store(path) as store:
        found = from_arrow(store.commitments(), Commitment)
        assert {(c.type, c.outcome, c.as_of) for c in found} == {("CONCEDE", "overdue", "2023-05-11")}
        assert all((e.published or "") <= "2023-05-11" for c in found for e in c.evidence)
        assert {c.outcome for c in from_arrow(store.commitments(as_of="2023-05-13", type="concede"), Commitment)} == {
            "kept",
            "open",
        }
