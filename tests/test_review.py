"""What people decide is kept beside the machine's record, counts when asked for, and outlives coding anew."""

import json
from dataclasses import replace

import pytest
from tests.retold import Report, series, stored

from dragoman import open_store
from dragoman.errors import UsageError
from dragoman.linking import link_store
from dragoman.records import Event, from_arrow
from dragoman.review import accept, add, correct, done, placed, reject, reviews, standing, undo
from dragoman.review_agreement import agreement, alpha
from dragoman.review_fields import FieldError, check
from dragoman.review_gold import anchor, gold
from dragoman.review_overlay import decisions, overlay, reviewed
from dragoman.review_queue import queue, ranked
from dragoman.score import evaluate
from dragoman.store import writing


@pytest.fixture
def path(tmp_path):
    return stored(tmp_path / "process.duckdb")


def events(store, **filters):
    return from_arrow(store.events(**filters), Event)


def first(store, document="a"):
    return events(store, where=f"document_id = '{document}'")[0]


def as_reviewed(path):
    with open_store(path) as store:
        overlay(store)
        return {e.id: e for e in events(store)}


# --- verdicts ------------------------------------------------------------------------------------------------------


def test_the_machines_record_is_never_written_over(path):
    with writing(path) as store:
        before = events(store)
        correct(store, before[0].id, {"status": "negated"}, "Amal")
        reject(store, before[1].id, "Amal")
        add(store, "a", "text", (4, 8), {"type": "PROTEST"}, "Amal")
        assert events(store) == before
        with reviewed(store):
            assert events(store) != before
        assert events(store) == before


def test_accepted_rejected_corrected_and_added(path):
    with writing(path) as store:
        one, two, three = events(store)[:3]
        accept(store, one.id, "Amal")
        reject(store, two.id, "Amal")
        correct(
            store,
            three.id,
            {"type": "CONSULT", "actors": [{"name": "Sudan", "country": "SDN", "sectors": ["GOV"]}]},
            "Amal",
        )
        fresh = add(
            store, "a", "text", (4, 8), {"type": "PROTEST", "mode": "demo", "date": {"start": "2023-05-01"}}, "Amal"
        )
    found = as_reviewed(path)
    assert found[one.id] == replace(one, confidence=1.0, basis=(*one.basis, "review/accept Amal"))
    assert two.id not in found
    now = found[three.id]
    assert (now.type, now.quad, now.actors[0].country, now.basis[-1]) == ("CONSULT", 1, "SDN", "review/correct Amal")
    assert now.recipients == three.recipients
    new = found[fresh.event_id]
    assert (new.type, new.mode, new.cameo[:2], new.date.start, new.mentions[0].text) == (
        "PROTEST",
        "demo",
        "14",
        "2023-05-01",
        "army",
    )
    assert new.confidence == 1.0


def test_a_new_type_brings_its_code_and_drops_a_mode_it_cannot_have(path):
    with writing(path) as store:
        shelled = first(store)
        correct(store, shelled.id, {"type": "PROTEST"}, "Amal")
    now = as_reviewed(path)[shelled.id]
    assert shelled.mode == "heavy-weapons"
    assert (now.mode, now.cameo[:2], now.score) != (shelled.mode, shelled.cameo[:2], shelled.score)
    assert now.mode is None


def test_the_last_verdict_counts(path):
    with writing(path) as store:
        event = first(store)
        reject(store, event.id, "Amal")
        correct(store, event.id, {"status": "negated"}, "Ben")
        assert overlay_of(store, event.id).status == "negated"
        accept(store, event.id, "Amal")
        assert overlay_of(store, event.id).status == "actual"


def overlay_of(store, ident):
    with reviewed(store):
        return next((e for e in events(store) if e.id == ident), None)


def test_what_was_let_stand_yields_to_a_verdict(path):
    with writing(path) as store:
        event = first(store)
        reject(store, event.id, "Amal")
        done(store, "a", "Ben")
        assert overlay_of(store, event.id) is None


def test_undo_brings_back_the_verdict_before(path):
    with writing(path) as store:
        event = first(store)
        correct(store, event.id, {"status": "negated"}, "Amal")
        last = reject(store, event.id, "Amal")
        with pytest.raises(UsageError, match="alone can take it back"):
            undo(store, last.id, "Ben")
        undo(store, last.id, "Amal")
        assert overlay_of(store, event.id).status == "negated"
        assert len(reviews(store)) == 3
        with pytest.raises(UsageError, match="no review"):
            undo(store, "nothing", "Amal")


def test_an_added_event_can_be_judged_by_others(path):
    with writing(path) as store:
        fresh = add(store, "a", "text", (4, 8), {"type": "PROTEST"}, "Amal")
        correct(store, fresh.event_id, {"status": "future"}, "Ben")
        assert overlay_of(store, fresh.event_id).status == "future"
        reject(store, fresh.event_id, "Carl")
        assert overlay_of(store, fresh.event_id) is None


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({}, "changes"),
        ([], "changes"),
        ({"id": "x"}, "id"),
        ({"type": "WAR"}, "type"),
        ({"type": "PROTEST", "mode": "aerial"}, "mode"),
        ({"mode": "demo"}, "mode"),
        ({"status": "perhaps"}, "status"),
        ({"historical": "yes"}, "historical"),
        ({"date": {"start": "2023-02-30"}}, "date.start"),
        ({"date": {"start": "2023-02-03", "end": "2023-02-01"}}, "date"),
        ({"actors": [{"name": "X", "country": "sdn"}]}, "actors[0].country"),
        ({"actors": [{}]}, "actors[0]"),
        ({"actors": [{"name": "X", "sectors": ["ARMY"]}]}, "actors[0].sectors[0]"),
        ({"actors": [{"name": "x" * 401}]}, "actors[0].name"),
        ({"actors": [{"name": "\ud800"}]}, "actors[0].name"),
        ({"place": {"country": "SDN"}}, "place"),
        ({"place": {"name": "Nyala", "latitude": 99}}, "place.latitude"),
        ({"magnitudes": [{"kind": "hurt", "low": 1}]}, "magnitudes[0].kind"),
        ({"magnitudes": [{"kind": "killed", "low": float("nan")}]}, "magnitudes[0].low"),
        ({"attribution": [{"cue": "said"}]}, "attribution[0].speaker"),
        ({"prospect": {"mode": "release"}}, "prospect.type"),
        ({"cameo": "999"}, "cameo"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(path, changes, where):
    with writing(path) as store, pytest.raises(FieldError) as found:
        correct(store, first(store).id, changes, "Amal")
    assert found.value.where == where


def test_verdicts_need_a_name_and_an_event(path):
    with writing(path) as store:
        with pytest.raises(FieldError, match="your name"):
            accept(store, first(store).id, "  ")
        with pytest.raises(UsageError, match="no event"):
            accept(store, "nothing", "Amal")
        with pytest.raises(UsageError, match="no report"):
            done(store, "nothing", "Amal")
        with pytest.raises(FieldError, match="stretch"):
            add(store, "a", "text", (5, 10_000), {"type": "PROTEST"}, "Amal")
        assert reviews(store) == []


def test_the_events_own_json_is_a_correction_that_changes_nothing(path):
    from dragoman.review_fields import corrected, plain

    with open_store(path) as store:
        for event in events(store):
            document = None
            now = corrected(event, check(json.loads(json.dumps(plain(event)))), document, "")
            assert replace(now, confidence=event.confidence, basis=event.basis, date=event.date) == event


# --- coding anew -----------------------------------------------------------------------------------------------------


def recoded(store, document="a", **changes):
    """The same report, its events under other ids."""
    row = next((d, e, c) for d, e, c in series() if d.id == document)
    fresh = [replace(e, id=f"new-{e.id}", **changes) for e in row[1]]
    store.put([(row[0], fresh, row[2])])
    return fresh


def test_verdicts_outlive_events_that_are_coded_anew(path):
    with writing(path) as store:
        one, two = events(store, where="document_id = 'a'")
        correct(store, one.id, {"status": "negated"}, "Amal")
        reject(store, two.id, "Amal")
        fresh = recoded(store)
        with reviewed(store):
            found = events(store, where="document_id = 'a'")
    assert [(e.id, e.status) for e in found] == [(fresh[0].id, "negated")]


def test_what_a_person_saw_and_accepted_stands_against_another_reading(path):
    with writing(path) as store:
        one = first(store)
        accept(store, one.id, "Amal")
        recoded(store, status="hypothetical", type="PROTEST", mode=None)
        with reviewed(store):
            found = first(store)
    assert (found.status, found.type, found.mode, found.recipients) == (one.status, one.type, one.mode, one.recipients)


def test_a_shifted_text_takes_its_verdicts_along(path):
    with writing(path) as store:
        one = first(store)
        correct(store, one.id, {"status": "negated"}, "Amal")
        report = Report("a", "2023-05-03").tell("It was [hot].", "CONSULT", ["army"])
        report.events.clear()
        report.tell("The army [shelled] the cattle market of Nyala on Tuesday, killing 18 people.", "ASSAULT", ["army"])
        store.put([report.coded()])
        with reviewed(store):
            found = first(store)
        assert found.mentions[0].trigger[0] != one.mentions[0].trigger[0]
        assert found.status == "negated"


def test_verdicts_without_an_event_are_orphans_and_say_so(path):
    with writing(path) as store:
        accept(store, first(store).id, "Amal")
        store.put([(series()[0][0], [], [])])
        found = placed(store, standing(reviews(store)))
        assert [(p.orphan, p.event_id) for p in found] == [(True, None)]
        assert decisions(store) == []


def test_an_added_event_gives_way_to_the_coders_own(path):
    with writing(path) as store:
        document, found, claims = series()[0]
        store.put([(document, [], [])])
        trigger = found[0].mentions[0].trigger
        add(store, "a", "text", trigger, {"type": "ASSAULT", "status": "negated"}, "Amal")
        store.put([(document, found, claims)])
        with reviewed(store):
            now = events(store, where="document_id = 'a'")
        assert [e.id for e in now] == [e.id for e in found]
        assert now[0].status == "negated"


def test_verdicts_travel_with_an_exported_store(path, tmp_path):
    with writing(path) as store:
        reject(store, first(store).id, "Amal")
        store.publish()
        with open_store(path) as reader:
            reader.export_parquet(tmp_path / "out")
    with writing(tmp_path / "other.duckdb") as other:
        other.import_parquet(tmp_path / "out")
        other.import_parquet(tmp_path / "out")
        assert [r.verdict for r in reviews(other)] == ["reject"]


def test_linking_and_filters_follow_the_reviewed_events(path):
    with writing(path) as store:
        before = store.incidents()["id"].to_pylist()
        ident = before[0]
        for telling in store.incidents()["reports"][0].as_py():
            reject(store, telling["event_id"], "Amal")
        link_store(store, reviewed=True)
        assert ident not in store.incidents()["id"].to_pylist()
        assert store.meta("linked") == "reviewed"
        link_store(store)
        assert sorted(store.incidents()["id"].to_pylist()) == sorted(before)
        correct(store, first(store).id, {"type": "PROTEST"}, "Amal")
        with reviewed(store):
            assert store.events(type="protest")["id"].to_pylist() == [first(store).id]


def command(*arguments):
    from typer.testing import CliRunner

    from dragoman.cli import app

    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_the_command_line_takes_verdicts_where_asked(path, tmp_path):
    with writing(path) as store:
        one, two = events(store, where="document_id = 'a'")
        correct(store, one.id, {"status": "negated"}, "Amal")
        reject(store, two.id, "Amal")
        done(store, "a", "Amal")
    plain = [json.loads(line) for line in command("export", path).splitlines()]
    asked = [json.loads(line) for line in command("export", path, "--reviewed").splitlines()]
    assert len(plain) - len(asked) == 1
    assert {e["id"]: e["status"] for e in asked}[one.id] == "negated"
    assert {e["id"]: e["status"] for e in plain}[one.id] == "actual"
    ids = [json.loads(line)["id"] for line in command("export", path, "--reviewed", "--status", "negated").splitlines()]
    assert one.id in ids
    command("export", path, "--format", "gold", "-o", tmp_path / "gold.jsonl")
    assert [json.loads(line)["id"] for line in (tmp_path / "gold.jsonl").read_text().splitlines()] == ["a"]
    before = command("dossier", path, "SDN", "--format", "json")
    command("link", path, "--reviewed")
    assert command("dossier", path, "SDN", "--format", "json") != before
    with open_store(path) as store:
        assert store.meta("linked") == "reviewed"
        assert all(two.id not in str(row) for row in store.incidents()["reports"].to_pylist())


# --- the queue -------------------------------------------------------------------------------------------------------


def test_the_queue_puts_doubt_and_weight_first(path):
    unsure = Report("z", "2024-01-01").tell("The army [met] the RSF.", "CONSULT", ["army", "rsf"])
    unsure.tell("The army [shelled] Nyala.", "ASSAULT", ["army"], mode="heavy-weapons")
    document, found, claims = unsure.coded()
    found = [replace(e, confidence=c) for e, c in zip(found, (0.3, 0.3), strict=True)]
    with writing(path) as store:
        store.put([(document, found, claims)])
        order = [r.event_id for r in ranked(store)]
        assert order[0] == found[1].id
        assert found[0].id in order[1:5]
        told = {r.event_id: r.reports for r in ranked(store)}
        assert max(told.values()) > 1
        background = next(r for r in ranked(store) if r.event_id == found[0].id)
        store.put([(document, [replace(found[0], historical=True)], claims)])
        assert ranked(store, ["z"])[0].importance == pytest.approx(background.importance / 2)


def test_the_queue_leaves_out_what_is_judged_and_offers_second_readings(path):
    with writing(path) as store:
        one = first(store)
        accept(store, one.id, "Amal")
        assert one.id not in {r.event_id for r in queue(store, "Ben")}
        assert queue(store, "Ben", second=True) == []
        done(store, "a", "Amal")
        assert {r.document_id for r in queue(store, "Ben", second=True)} == {"a"}
        assert queue(store, "Amal", second=True) == []
        recoded(store)
        assert not {r.event_id for r in queue(store, "Amal")} & {e.id for e in events(store, where="document_id = 'a'")}


# --- agreement -------------------------------------------------------------------------------------------------------


def units(*readers):
    return [[None if v == "." else v for v in unit] for unit in zip(*readers, strict=True)]


def test_alpha_of_the_worked_examples():
    """Krippendorff (2011), examples B, C and D: binary, nominal, and four readers with gaps."""
    assert alpha(units("0100000010", "1110010000")) == pytest.approx(0.095, abs=0.0005)
    assert alpha(units("aabbdcccedda", "babbbcccedddd"[:12])) == pytest.approx(0.692, abs=0.0005)
    four = ("123321412...", "1233224125.3", ".33323422 51."[:9] + "51.", "123324412 51."[:9] + "51.")
    assert alpha(units(*four)) == pytest.approx(0.743, abs=0.0005)


def test_alpha_where_nothing_can_be_said():
    assert alpha([]) is None
    assert alpha([["a"], [None, "b"]]) is None
    assert alpha([["a", "a"], ["a", "a"]]) is None
    assert alpha([["a", "a"], ["b", "b"]]) == 1.0


def test_readers_of_one_report_give_agreement_by_field(path):
    with writing(path) as store:
        one, two = events(store, where="document_id = 'a'")
        for reader in ("Amal", "Ben"):
            accept(store, one.id, reader)
        correct(store, two.id, {"status": "negated"}, "Amal")
        reject(store, two.id, "Ben")
        add(store, "a", "text", (4, 8), {"type": "PROTEST"}, "Amal")
        done(store, "a", "Amal")
        found = {a.field: a for a in agreement(store)}
        assert found["found"].units == 2  # what Amal added counts when Ben has read the report to its end
        done(store, "a", "Ben")
        found = {a.field: a for a in agreement(store)}
    assert (found["found"].units, found["found"].readers) == (3, 2)
    assert found["found"].same == pytest.approx(1 / 3)
    assert (found["type"].units, found["type"].same) == (1, 1.0)


def test_agreement_outlives_coding_anew(path):
    with writing(path) as store:
        one = first(store)
        accept(store, one.id, "Amal")
        recoded(store, status="hypothetical")
        correct(store, f"new-{one.id}", {"status": "negated"}, "Ben")
        found = {a.field: a for a in agreement(store)}
    assert (found["status"].units, found["status"].same) == (1, 0.0)


# --- gold ------------------------------------------------------------------------------------------------------------


def test_gold_has_the_reports_that_were_read_to_the_end(path):
    with writing(path) as store:
        one, two = events(store, where="document_id = 'a'")
        correct(store, one.id, {"status": "hypothetical"}, "Amal")
        reject(store, two.id, "Amal")
        add(store, "a", "text", (4, 8), {"type": "PROTEST", "actors": [{"text": "army", "country": "SDN"}]}, "Amal")
        accept(store, first(store, "b").id, "Amal")
        assert list(gold(store)) == []
        done(store, "a", "Amal")
        (row,) = gold(store)
        assert list(gold(store, "Ben")) == []
    assert [(e["types"], e["anchor"], e["status"]) for e in row["events"]] == [
        (["PROTEST"], "army", "actual"),
        (["ASSAULT"], "shelled", "hypothetical"),
    ]
    assert row["not_events"] == [two.mentions[0].text]
    assert row["events"][1]["modes"] == ["heavy-weapons"]


def test_the_reviewed_record_scores_full_marks_against_its_gold(path, tmp_path):
    with writing(path) as store:
        correct(store, first(store).id, {"status": "hypothetical"}, "Amal")
        reject(store, first(store, "b").id, "Amal")
        for document in store.documents()["id"].to_pylist():
            done(store, document, "Amal")
        rows = list(gold(store))
        with reviewed(store):
            coded = [json.dumps(row) for row in store.events().to_pylist()]
    (tmp_path / "gold.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    (tmp_path / "events.jsonl").write_text("\n".join(coded))
    result = evaluate(tmp_path / "gold.jsonl", tmp_path / "events.jsonl")
    assert (result.total.missed, result.total.spurious) == (0, 0)
    assert result.total.record_f1 == 1.0


def test_an_anchor_is_the_first_of_its_words():
    passage = "They met here. They met there and they met again."
    for start in (5, 20, 39):
        found = anchor(passage, (start, start + 3))
        assert passage.find(found) <= start < passage.find(found) + len(found)
        assert "met" in found
