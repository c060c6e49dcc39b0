"""Kept pages: sent again unmade while nothing that they show has changed, made anew as soon as something has."""

import shutil
from dataclasses import replace

import pytest

pytest.importorskip("fastapi")

from starlette.testclient import TestClient
from tests.retold import series, stored

from dragoman.store import open_store, writing
from dragoman.web import kept, render
from dragoman.web.app import create_app

BASE = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("kept") / "made.duckdb")


@pytest.fixture
def path(made, tmp_path):
    return shutil.copy(made, tmp_path / "process.duckdb")


@pytest.fixture
def client(path):
    with TestClient(create_app(path), base_url=BASE) as client:
        yield client


@pytest.fixture
def rendered(monkeypatch):
    """Templates rendered since it was cleared."""
    found = []
    real = render.environment()

    class Noting:
        def get_template(self, name):
            found.append(name)
            return real.get_template(name)

    monkeypatch.setattr(render, "environment", Noting)
    return found


def two_reports(path):
    """Two reports with an event of each, of different incidents."""
    with open_store(path) as store:
        rows = store.sql(
            "SELECT any_value(event_id) AS e, document_id AS d FROM traits GROUP BY document_id, incident_id ORDER BY 2"
        ).to_pylist()
    first = rows[0]
    other = next(r for r in rows if r["d"] != first["d"])
    return first, other


@pytest.mark.parametrize("address", ["/", "/reports", "/events?type=ASSAULT", "/incidents", "/commitments", "/review"])
def test_the_same_page_is_made_once(client, rendered, address):
    first = client.get(address)
    again = client.get(address)
    assert first.status_code == 200
    assert len(rendered) == 1
    assert (again.content, again.headers) == (first.content, first.headers)


def test_other_addresses_and_readers_get_their_own(client, rendered):
    page = client.get("/review").text
    client.cookies.set("reviewer", "Ann")
    own = client.get("/review").text
    assert len(rendered) == 2
    assert "Ann" in own
    assert "Ann" not in page
    assert client.get("/review?second=1").text != own
    assert len(rendered) == 3


def test_a_page_without_compression_is_another(client):
    zipped = client.get("/reports", headers={"accept-encoding": "gzip"})
    plain = client.get("/reports", headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.text == plain.text


def test_a_verdict_shows_at_once_where_it_belongs(client, path, rendered):
    judged, other = two_reports(path)
    addresses = [f"/reports/{judged['d']}", f"/reports/{other['d']}", "/events", "/review", "/incidents"]
    for address in addresses:
        client.get(address)
    rendered.clear()
    body = {"verdict": "reject", "event_id": judged["e"], "reviewer": "Ann"}
    assert client.post("/api/v1/reviews", json=body).status_code == 201
    pages = {address: client.get(address).text for address in addresses}
    assert "rejected by Ann" in pages[f"/reports/{judged['d']}"]
    assert sorted(rendered) == ["events.html", "report.html", "review.html"]  # the other report and the incidents stay


@pytest.mark.parametrize("step", ["accept", "reject", "correct", "undo", "done"])
def test_every_form_shows_at_once(client, path, step):
    judged, _ = two_reports(path)
    address = f"/reports/{judged['d']}"
    client.cookies.set("reviewer", "Ann")
    headers = {"origin": BASE}
    if step == "undo":
        client.post("/review/accept", data={"event_id": judged["e"]}, headers=headers)
    before = client.get(address).text
    data = {"document_id": judged["d"]} if step == "done" else {"event_id": judged["e"]}
    if step == "correct":
        data["changes"] = '{"status": "negated"}'
    answer = client.post(f"/review/{step}", data=data, headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert client.get(address).text != before


def test_an_added_event_shows_at_once(client, path):
    judged, _ = two_reports(path)
    address = f"/reports/{judged['d']}"
    before = client.get(address).text
    data = {"document_id": judged["d"], "start": "0", "end": "5", "changes": '{"type": "CONSULT"}', "reviewer": "Ann"}
    answer = client.post("/review/add", data=data, headers={"origin": BASE}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert client.get(address).text != before


def test_a_new_publication_makes_every_page_anew(client, path, rendered):
    client.get("/reports")
    rendered.clear()
    document = next(d for d, _, _ in series())
    fresh = replace(document, id="a-report-that-came-later", title="A report that came later")
    with writing(path) as store:
        store.put([(fresh, [], [])])
    assert "A report that came later" in client.get("/reports").text
    assert rendered == ["reports.html"]


def test_errors_and_reports_tried_are_not_kept(client, rendered):
    for address in ("/reports/none", "/try"):
        client.get(address)
        client.get(address)
    assert len(rendered) == 4


def test_room_is_bounded(client, path, monkeypatch, rendered):
    size = int(client.get("/reports").headers["content-length"])
    rendered.clear()
    monkeypatch.setattr(kept, "ROOM", 2 * size)
    with TestClient(create_app(path), base_url=BASE) as cramped:
        cramped.get("/reports")
        for number in range(1, 9):
            cramped.get(f"/reports?size={number}")
        cramped.get("/reports")  # was dropped for the others
    assert rendered[-1] == "reports.html"
    assert len(rendered) == 10


def test_a_token_is_asked_for_all_the_same(path):
    app = create_app(path, token="right")
    with TestClient(app, base_url=BASE) as client:
        assert client.get("/reports", headers={"authorization": "Bearer right"}).status_code == 200
        assert client.get("/reports", follow_redirects=False).status_code == 303
