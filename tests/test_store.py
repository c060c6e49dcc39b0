"""One file of everything: written by one, read by many, moved forward from every earlier version."""

import subprocess
import sys
import textwrap

import duckdb
import pytest
from tests.retold import Report, series, stored

from dragoman import open_store
from dragoman.errors import StoreError, UsageError
from dragoman.linking import link_store
from dragoman.records import Claim, Commitment, Document, Event, Incident, arrow_schema, from_arrow
from dragoman.schema import STEPS, VERSION
from dragoman.store import migrate, writing


@pytest.fixture
def path(tmp_path):
    return tmp_path / "process.duckdb"


@pytest.fixture
def filled(path):
    return stored(path)


def test_what_is_put_in_comes_out(filled):
    documents, events = zip(*((d, e) for d, e, _ in series()), strict=True)
    with open_store(filled) as store:
        assert from_arrow(store.documents(), Document) == list(documents)
        assert from_arrow(store.events(), Event) == [e for found in events for e in found]


@pytest.mark.parametrize("cls", [Document, Event, Claim, Incident, Commitment])
def test_the_tables_have_the_columns_of_the_records(path, cls):
    with writing(path) as store:
        assert store.select(cls.__name__.lower() + "s", _all()).schema == arrow_schema(cls)


def _all():
    from dragoman.store import Selection

    return Selection()


def test_the_same_document_again_replaces_itself(filled):
    with writing(filled) as store:
        store.put(series())
        store.put(series()[:2])
    with open_store(filled) as store:
        assert len(store.events()) == sum(len(e) for _, e, _ in series())
        assert len(store.documents()) == 8


def test_a_document_coded_anew_loses_its_old_events(filled):
    document, events, _ = series()[0]
    with writing(filled) as store:
        store.put([(document, events[:1], [])])
    with open_store(filled) as store:
        assert store.events(where="document_id = 'a'")["id"].to_pylist() == [events[0].id]


def test_a_run_knows_what_it_has_done(filled):
    document = series()[0][0]
    with writing(filled) as store:
        store.put([series()[0]], "release 1")
        assert store.holds(document, "release 1")
        assert not store.holds(document, "release 2")
        assert not store.holds(series()[1][0], "release 1")


def test_a_second_writer_is_told_who_writes(filled):
    with writing(filled), pytest.raises(StoreError, match="being written"), writing(filled):
        pass


def test_readers_read_while_one_writes_and_see_whole_stores(filled):
    with writing(filled) as store:
        store.put([Report("z", "2024-01-01").tell("The army [met] the RSF.", "CONSULT", ["army", "rsf"]).coded()])
        assert _count(filled) == 8
        store.publish()
        assert _count(filled) == 9


def _count(path):
    """Counted in another process, as another program would."""
    code = f"from dragoman import open_store; print(len(open_store({str(path)!r}).documents()))"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def test_what_a_killed_writer_had_committed_is_taken_up(filled):
    code = f"""
        import os
        from dragoman.store import writing
        from tests.retold import Report
        with writing({str(filled)!r}) as store:
            store.put([Report("z", "2024-01-01").tell("The army [met] the RSF.", "CONSULT", ["army", "rsf"]).coded()])
            os._exit(9)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)]).returncode == 9
    assert _count(filled) == 8
    with writing(filled):
        pass
    assert _count(filled) == 9


def test_an_error_leaves_what_was_whole(filled):
    with pytest.raises(RuntimeError):
        _stumble(filled)
    assert _count(filled) == 9


def _stumble(path):
    with writing(path) as store:
        store.put([Report("z", "2024-01-01").tell("The army [met] the RSF.", "CONSULT", ["army"]).coded()])
        with store.transaction():
            store.remove(["a"])
            raise RuntimeError


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_earlier_store_is_brought_up_to_date(path, version):
    connection = duckdb.connect(str(path))
    migrate(connection, version)
    connection.execute(
        "INSERT INTO documents (id, text, published) VALUES ('old', 'The army met the RSF.', '2023-05-01')"
    )
    connection.close()
    with open_store(path) as store:
        assert store.version() == VERSION
        assert store.documents()["id"].to_pylist() == ["old"]
        assert store.sql("SELECT * FROM pending")["document_id"].to_pylist() == (["old"] if version < 2 else [])
        assert store.sql("SELECT count(*) AS n FROM verdicts")["n"][0].as_py() == 0


def test_a_store_that_an_earlier_release_has_linked_is_linked_anew(filled):
    with open_store(filled) as store:
        expected = store.incidents().to_pylist()
    with writing(filled) as store:
        store.sql("DROP TABLE profiles")
        for name, kind in (
            ("keys", "BIGINT[]"),
            ("names", "VARCHAR[]"),
            ("words", "VARCHAR[]"),
            ("cues", "VARCHAR[]"),
            ("due", "VARCHAR"),
            ("due_text", "VARCHAR"),
            ("denied", "VARCHAR[]"),
        ):
            store.sql(f"ALTER TABLE traits ADD COLUMN {name} {kind}")
        store.sql("UPDATE meta SET \"value\" = '3' WHERE name = 'version'")
        store.sql("UPDATE meta SET \"value\" = '1' WHERE name = 'rules'")
    with open_store(filled) as store:
        assert store.incidents().to_pylist() == expected  # as last linked, until it is linked again
    with writing(filled) as store:
        assert link_store(store).events > 0
    with open_store(filled) as store:
        assert store.incidents().to_pylist() == expected


def test_every_step_stands_on_the_one_before(path):
    connection = duckdb.connect(str(path))
    for version in range(1, len(STEPS) + 1):
        migrate(connection, version)
    connection.close()
    open_store(path).close()


def test_a_store_of_a_later_release_is_refused(filled):
    with writing(filled) as store:
        store.sql("UPDATE meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(StoreError, match="later release"):
        open_store(filled)
    with pytest.raises(StoreError, match="later release"), writing(filled):
        pass


def test_other_files_are_refused(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no store")
    with pytest.raises(StoreError, match="can't be opened"):
        open_store(text)
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).execute("CREATE TABLE mine (x INT)").close()
    with pytest.raises(StoreError, match="no store of dragoman"):
        open_store(other)
    with pytest.raises(StoreError, match="no store at"):
        open_store(tmp_path / "none.duckdb")


def test_filters(filled):
    with open_store(filled) as store:
        assert set(store.events(type="consult")["type"].to_pylist()) == {"CONSULT"}
        assert set(store.events(status="negated")["document_id"].to_pylist()) == {"b"}
        assert store.events(country="SAU")["document_id"].to_pylist() == ["f", "g"]
        assert store.events(start="2023-06-01", end="2023-06-30")["document_id"].to_pylist() == ["g", "g"]
        assert len(store.events(where="len(magnitudes) > 0 AND magnitudes[1].low >= 20")) == 2
        assert len(store.incidents(type="RETREAT")) == 1
        assert store.commitments(country="SAU")["type"].to_pylist() == ["AGREE"]


def test_filters_by_who_and_where(filled):
    with open_store(filled) as store:
        both = store.events(parties=["group/rapid-support-forces", "EGY"]).to_pylist()
        assert both
        for event in both:
            sides = [*event["actors"], *event["recipients"]]
            assert "group/rapid-support-forces" in [p["entity"] for p in sides]
            assert "EGY" in [p["country"] for p in sides]
        assert len(both) < len(store.events(parties=["group/rapid-support-forces"]))
        assert {p["name"] for p in store.incidents(place="khartoum")["place"].to_pylist()} == {"Khartoum"}
        assert {c["type"] for c in store.commitments(parties=["group/rapid-support-forces", "EGY"]).to_pylist()} == {
            "CONCEDE"
        }
        first = store.events()["id"].to_pylist()[:3]
        assert store.events(limit=3)["id"].to_pylist() == first
        with pytest.raises(UsageError, match="no limit -1"):
            store.events(limit=-1)


def test_a_wrong_question_is_one_clear_line(filled):
    with open_store(filled) as store:
        for wrong in (
            lambda: store.events(where="nonsense = 1"),
            lambda: store.events(start="May"),
            lambda: store.sql("SELEC"),
        ):
            with pytest.raises(UsageError):
                wrong()


def test_export_and_import_carry_everything(filled, tmp_path):
    with open_store(filled) as store:
        store.export_parquet(tmp_path / "out")
    assert (tmp_path / "out" / "events" / "month=2023-05").is_dir()
    other = tmp_path / "other.duckdb"
    with writing(other) as store:
        store.import_parquet(tmp_path / "out")
        store.import_parquet(tmp_path / "out")
        link_store(store)
    with open_store(filled) as one, open_store(other) as two:
        for table in ("documents", "events", "incidents", "commitments"):
            assert two.select(table, _all()) == one.select(table, _all())


def test_export_needs_a_new_folder(filled, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with open_store(filled) as store, pytest.raises(UsageError, match="not empty"):
        store.export_parquet(tmp_path / "full")
    with writing(filled) as writer, pytest.raises(UsageError, match="no exported store"):
        writer.import_parquet(tmp_path)
