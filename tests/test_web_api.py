"""The interface for programs: the command line's JSON, one shape of errors, paging, and verdicts that are read back."""

import csv
import io
import json
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing

import pytest
from tests.retold import series

from dragoman import open_store
from dragoman.cli import app as command_line
from dragoman.linking import link_store
from dragoman.records import Claim, Participant
from dragoman.store import writing

pytest.importorskip("fastapi")

from starlette.testclient import TestClient

from dragoman.web.app import create_app
from dragoman.web.pool import Pool
from dragoman.web.session import BusyError, Session

BASE = "http://127.0.0.1:8765"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "process.duckdb"
    speaker = Participant("the RSF", 0, 7, "Rapid Support Forces", None, "SDN", ("REB",))
    with writing(path) as store:
        store.put(
            [(d, e, [Claim(d.id, speaker, ((0, 7),), ((8, 12),), ((12, 20),), False, False)]) for d, e, _ in series()]
        )
        link_store(store)
    return path


@pytest.fixture
def client(path):
    with TestClient(create_app(path), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def get(client, address, status=200):
    answer = client.get("/api/v1" + address)
    assert answer.status_code == status, answer.text
    return answer.json()


def post(client, address, body, status=201):
    answer = client.post("/api/v1" + address, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def exported(path, tmp_path, what, *options):
    from typer.testing import CliRunner

    out = tmp_path / f"{what}.jsonl"
    done = CliRunner().invoke(command_line, ["export", str(path), "--what", what, "-o", str(out), *options])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in out.read_text().splitlines()]


def errors(answer):
    return answer["error"]["code"], answer["error"]["where"]


# --- reading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/reports", "documents"),
        ("/events", "events"),
        ("/claims", "claims"),
        ("/incidents", "incidents"),
        ("/commitments", "commitments"),
    ],
)
def test_records_are_those_of_the_command_line(client, path, tmp_path, address, what):
    def ordered(rows):
        return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))

    found = get(client, f"{address}?size=200")
    assert ordered(found["records"]) == ordered(exported(path, tmp_path, what))
    assert found["total"] == len(found["records"])
    assert (found["after"], found["before"]) == (None, None)


def test_single_records(client):
    for address in ("/reports", "/events", "/incidents", "/commitments"):
        for record in get(client, address)["records"]:
            assert get(client, f"{address}/{record['id']}") == record
        assert errors(get(client, f"{address}/nothing", 404)) == ("not_found", None)


def test_pages_cover_everything_once_in_order(client):
    whole = [r["id"] for r in get(client, "/events?size=200&sort=confidence")["records"]]
    seen, after = [], ""
    while True:
        found = get(client, f"/events?size=7&sort=confidence&after={after}")
        seen += [r["id"] for r in found["records"]]
        if not found["after"]:
            break
        after = found["after"]
    assert seen == whole
    back = get(client, f"/events?size=7&sort=confidence&before={found['before']}")
    assert [r["id"] for r in back["records"]] == whole[
        len(whole) - len(found["records"]) - 7 : len(whole) - len(found["records"])
    ]


def test_claims_are_paged_by_count(client):
    first = get(client, "/claims?size=3")
    second = get(client, f"/claims?size=3&after={first['after']}")
    assert [r["document_id"] for r in first["records"] + second["records"]] == list("abcdef")
    assert second["before"] == "0"
    assert get(client, "/claims?document=a")["total"] == 1


@pytest.mark.parametrize(
    "query", ["type=assault", "status=negated", "actor=SAU", "from=2023-06-01&to=2023-06-30", "document=a"]
)
def test_filters_are_those_of_the_pages(client, query):
    found = get(client, f"/events?{query}")
    assert 0 < found["total"] < 20


def test_the_dossier_is_that_of_the_command_line(client, path):
    from dragoman.dossier import gather
    from dragoman.records import to_dict

    with open_store(path) as store:
        wanted = json.loads(json.dumps(to_dict(gather(store, ["SDN"]))))
    assert get(client, "/dossier?party=SDN") == wanted
    assert errors(get(client, "/dossier", 400))[0] == "invalid"


@pytest.mark.parametrize(
    ("address", "status", "where"),
    [
        ("/events?from=May", 422, "from"),
        ("/events?from=2023-02-31", 400, None),
        ("/events?type=WAR", 400, None),
        ("/events?size=0", 422, "size"),
        ("/events?confidence=2", 422, "confidence"),
        ("/events?sort=nonsense", 400, None),
        ("/events?after=%00%ff", 400, None),
        ("/events?q=%00", 400, None),
        ("/nothing", 404, None),
        ("/export/secrets", 422, "what"),
        ("/export/incidents?format=cameo", 400, None),
        ("/export/incidents?reviewed=true", 400, None),
        ("/reviews/nothing", 404, None),
        ("/queue?size=x", 422, "size"),
    ],
)
def test_errors_have_one_shape(client, address, status, where):
    answer = get(client, address, status)
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "message", "where"}
    assert answer["error"]["where"] == where
    assert answer["error"]["message"]


def test_a_wrong_method_and_an_unknown_body_have_it_too(client):
    assert client.put("/api/v1/events", json={}).json()["error"]["code"] == "method_not_allowed"
    answer = client.post("/api/v1/reviews", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, errors(answer.json())[0]) == (422, "invalid")


def test_exports(client, path, tmp_path):
    lines = client.get("/api/v1/export/events").text.splitlines()
    assert [json.loads(line) for line in lines] == exported(path, tmp_path, "events")
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/export/incidents?format=csv").text)))
    assert len(rows) == get(client, "/incidents")["total"]
    assert client.get("/api/v1/export/events?format=parquet").content[:4] == b"PAR1"
    assert len(client.get("/api/v1/export/claims").text.splitlines()) == 8


def test_the_description_names_every_address_and_resolves(client):
    told = get(client, "/openapi.json")
    assert {p.removeprefix("/api/v1") for p in told["paths"]} == {
        "", "/codebook", "/reports", "/reports/{ident}", "/events", "/events/{ident}", "/incidents", "/incidents/{ident}",
        "/commitments", "/commitments/{ident}", "/claims", "/dossier", "/export/{what}", "/reviews", "/reviews/{ident}",
        "/queue", "/agreement", "/judgements", "/link", "/code", "/sql",
    }  # fmt: skip
    references = {part.split('"')[0] for part in json.dumps(told).split("#/components/schemas/")[1:]}
    assert references <= set(told["components"]["schemas"])
    event = told["components"]["schemas"]["Event"]
    assert set(event["required"]) == set(get(client, "/events")["records"][0])
    assert told["components"]["schemas"]["Mention"]["properties"]["in"] == {"type": "string", "enum": ["text", "title"]}


# --- coding ------------------------------------------------------------------------------------------------------


def test_a_report_is_coded_and_kept_if_wanted(client):
    report = {"text": "Egypt accused Sudan on Monday of shelling a village.", "published": "2024-05-07"}
    found = post(client, "/code", report, 200)
    assert "ACCUSE" in {e["type"] for e in found["events"]}
    assert get(client, f"/reports/{found['document']['id']}", 404)
    kept = post(client, "/code", report | {"keep": True, "id": "mine/1"}, 200)
    assert get(client, "/reports/mine/1")["text"] == report["text"]
    assert get(client, "/events?document=mine/1")["records"] == kept["events"]
    for wrong in ({"text": ""}, {"text": "x\u0000"}, {"text": "x", "published": "May"}, {"text": "x", "more": 1}, {}):
        assert client.post("/api/v1/code", json=wrong).status_code in (400, 422)


# --- review ------------------------------------------------------------------------------------------------------


def test_verdicts_are_given_read_back_and_count_in_exports(client):
    first, second = (e["id"] for e in get(client, "/events?document=a&sort=day")["records"])
    done = post(
        client,
        "/reviews",
        {"verdict": "correct", "event_id": first, "reviewer": "Amal", "fields": {"status": "negated"}},
    )
    assert done["reviews"][0]["verdict"] == "correct"
    post(client, "/reviews", {"verdict": "reject", "event_id": second, "reviewer": "Amal", "note": "only a plan"})
    post(
        client,
        "/reviews",
        {"verdict": "add", "document_id": "a", "start": 4, "end": 8, "reviewer": "Amal", "fields": {"type": "PROTEST"}},
    )
    listed = get(client, "/reviews?document=a")
    assert [r["verdict"] for r in listed["records"]] == ["correct", "reject", "add"]
    assert get(client, f"/reviews/{listed['records'][1]['id']}")["note"] == "only a plan"
    assert [r["now"] for r in get(client, f"/reviews?event={first}")["records"]] == [first]
    lines = client.get("/api/v1/export/events?document=a&reviewed=true").text.splitlines()
    assert [(r["type"], r["status"]) for r in map(json.loads, lines)] == [("ASSAULT", "negated"), ("PROTEST", "actual")]
    assert get(client, f"/events/{first}")["status"] == "actual"
    post(client, "/reviews", {"verdict": "undo", "review_id": listed["records"][0]["id"], "reviewer": "Amal"})
    assert get(client, "/reviews?document=a")["total"] == 2
    post(client, "/reviews", {"verdict": "done", "document_id": "a", "reviewer": "Amal"})
    gold = [json.loads(line) for line in client.get("/api/v1/export/gold").text.splitlines()]
    assert [(g["id"], len(g["events"]), len(g["not_events"])) for g in gold] == [("a", 2, 1)]


@pytest.mark.parametrize(
    ("verdict", "where"),
    [
        ({"verdict": "correct", "event_id": "EVENT", "fields": {"status": "maybe"}}, "status"),
        (
            {"verdict": "correct", "event_id": "EVENT", "fields": {"actors": [{"name": "X", "country": 3}]}},
            "actors[0].country",
        ),
        ({"verdict": "correct"}, "event_id"),
        ({"verdict": "accept", "event_id": "EVENT", "fields": {"status": "actual"}}, "fields"),
        ({"verdict": "add", "document_id": "a", "fields": {"type": "PROTEST"}}, "start"),
        ({"verdict": "add", "document_id": "a", "start": 3, "end": 2, "fields": {"type": "PROTEST"}}, "trigger"),
        ({"verdict": "add", "document_id": "a", "start": 4, "end": 8}, "type"),
        ({"verdict": "done"}, "document_id"),
        ({"verdict": "undo"}, "review_id"),
    ],
)
def test_wrong_verdicts_say_where(client, verdict, where):
    event = get(client, "/events?document=a&sort=day")["records"][0]["id"]
    body = {k: event if v == "EVENT" else v for k, v in verdict.items()} | {"reviewer": "Amal"}
    assert errors(post(client, "/reviews", body, 400)) == ("invalid", where)
    assert get(client, "/reviews")["total"] == 0


def test_queue_and_agreement(client):
    queued = get(client, "/queue?size=3")
    assert queued["total"] == 20
    top = queued["records"][0]
    assert top["reasons"][0] == "20 % doubt"
    for reader in ("Amal", "Ben"):
        post(client, "/reviews", {"verdict": "accept", "event_id": top["event"]["id"], "reviewer": reader})
    assert get(client, "/queue?reviewer=Carl")["total"] == 19
    found = {row["field"]: row for row in get(client, "/agreement")}
    assert (found["type"]["units"], found["type"]["same"]) == (1, 1.0)


def test_judgements_are_followed_by_linking(client):
    incident = next(i for i in get(client, "/incidents?size=200")["records"] if len(i["reports"]) > 1)
    one, other = incident["reports"][0]["event_id"], incident["reports"][1]["event_id"]
    body = {"one": one, "other": other, "judgement": "different", "reviewer": "Amal"}
    post(client, "/judgements", body)
    assert get(client, "/judgements")["records"][0]["judgement"] == "different"
    before = get(client, "/incidents")["total"]
    post(client, "/link", {}, 200)
    assert get(client, "/incidents")["total"] == before + 1
    assert errors(post(client, "/judgements", body | {"other": one}, 400))[0] == "invalid"
    assert errors(post(client, "/judgements", body | {"other": "nothing"}, 400))[0] == "invalid"


def test_what_is_written_is_published_when_the_server_ends(path):
    with TestClient(create_app(path), base_url=BASE) as client:
        event = get(client, "/events")["records"][0]["id"]
        post(client, "/reviews", {"verdict": "accept", "event_id": event, "reviewer": "Amal"})
    with open_store(path) as store:
        assert store.sql("SELECT count(*) AS n FROM verdicts")["n"][0].as_py() == 1


# --- forms -------------------------------------------------------------------------------------------------------


def form(client, address, **fields):
    return client.post(address, data=fields, headers={"origin": BASE}, follow_redirects=False)


def test_the_forms_of_the_pages(client):
    event = get(client, "/events?document=a&sort=day")["records"][0]
    fields = {
        "event_id": event["id"], "reviewer": "Amal", "next": "/reports/a", "type": "ASSAULT", "mode": "heavy-weapons",
        "status": "actual", "historical": "false", "date_start": "2023-05-02", "date_end": "2023-05-03", "place": "Nyala",
        "place_country": "SDN", "actors": "the army; SDN; MIL\nEgypt; EGY; GOV MIL", "recipients": "", "speakers": "",
    }  # fmt: skip
    answer = form(client, "/review/correct", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reports/a")
    (row,) = get(client, "/reviews")["records"]
    assert set(row["fields"]) == {"date", "actors", "recipients"}
    assert [(p["text"], p["country"]) for p in row["fields"]["actors"]] == [("the army", "SDN"), ("Egypt", "EGY")]
    assert form(client, "/review/undo", event_id=event["id"], reviewer="Amal").status_code == 303
    assert get(client, "/reviews")["total"] == 0
    assert (
        form(client, "/review/add", document_id="a", start="4", end="8", type="PROTEST", reviewer="Amal").status_code
        == 303
    )
    assert form(client, "/review/done", document_id="a", reviewer="Amal").status_code == 303
    assert [r["verdict"] for r in get(client, "/reviews")["records"]] == ["add", "pass", "pass", "done"]
    assert (
        form(client, "/review/accept", event_id=event["id"], reviewer="Ben", next="//evil.example").headers["location"]
        == "/"
    )
    assert form(client, "/review/accept", event_id=event["id"]).status_code == 400
    client.cookies.set("reviewer", "Carl")
    assert form(client, "/review/reject", event_id=event["id"]).status_code == 303
    assert get(client, "/reviews?reviewer=Carl")["total"] == 1


def test_an_unchanged_form_is_an_acceptance(client):
    event = get(client, "/events?document=a&sort=day")["records"][0]
    form(client, "/review/correct", event_id=event["id"], reviewer="Amal", type="ASSAULT", actors="the army; SDN; MIL")
    assert [r["verdict"] for r in get(client, "/reviews")["records"]] == ["accept"]


# --- many at once ------------------------------------------------------------------------------------------------


def test_many_readers_and_reviewers_at_once(path):
    """Eight threads review and read while the writer is given back and taken again all the time."""
    app = create_app(path)
    app.state.session.quiet = 0.05
    problems = []
    with TestClient(app, base_url=BASE) as client:
        events = [e["id"] for e in get(client, "/events")["records"]]

        def work(reader):
            for number in range(12):
                body = {"verdict": "accept", "event_id": events[number], "reviewer": reader}
                answers = [client.post("/api/v1/reviews", json=body), client.get(f"/api/v1/reviews?reviewer={reader}")]
                answers += [
                    client.get("/api/v1/events"),
                    client.get("/api/v1/queue"),
                    client.get("/api/v1/export/events?reviewed=true"),
                ]
                problems.extend(a.text for a in answers if a.status_code >= 400)
                if answers[1].status_code == 200 and answers[1].json()["total"] != number + 1:
                    problems.append(f"{reader} sees {answers[1].json()['total']} of {number + 1}")
                if number % 4 == 0:
                    time.sleep(0.1)

        threads = [threading.Thread(target=work, args=(f"reader {n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert get(client, "/reviews")["total"] == 96
    with open_store(path) as store:
        assert store.sql("SELECT count(*) AS n FROM verdicts")["n"][0].as_py() == 96


def test_another_program_may_write_when_the_server_is_quiet(path):
    with closing(Pool(path)) as pool:
        session = Session(path, pool, quiet=0.05)
        with session.writing() as store:
            store.sql("INSERT INTO pending VALUES ('x')")
        deadline = time.monotonic() + 10
        while path.with_name(f".{path.name}.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        with writing(path) as other:
            assert other.sql("SELECT * FROM pending")["document_id"].to_pylist() == ["x"]
            with pytest.raises(BusyError, match="being written"), session.writing():
                pass
        session.close()


def test_what_a_killed_server_had_taken_in_is_there_again(path):
    code = f"""
        import os
        from pathlib import Path
        from dragoman.web.pool import Pool
        from dragoman.web.session import Session
        path = Path({str(path)!r})
        session = Session(path, Pool(path))
        with session.writing() as store:
            store.sql("INSERT INTO pending VALUES ('x')")
        os._exit(9)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)]).returncode == 9
    with closing(Pool(path)) as pool:
        session = Session(path, pool)
        with session.reading() as store:
            assert store.sql("SELECT * FROM pending")["document_id"].to_pylist() == ["x"]
        session.close()
