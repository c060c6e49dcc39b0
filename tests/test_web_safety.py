"""Who may ask, from where and how much; and that hostile reports stay text."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.retold import Report, series, stored

from dragoman.errors import UsageError
from dragoman.linking import link_store
from dragoman.records import Claim, Participant, Place
from dragoman.store import writing

pytest.importorskip("fastapi")

from starlette.testclient import TestClient

from dragoman.web.api_write import ask
from dragoman.web.app import create_app
from dragoman.web.safety import HEADERS, hashed, is_local, local_path, new_token

BASE = "http://127.0.0.1:8765"

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'-alert(3)-'",
    "</textarea><svg onload=alert(4)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(5)",
    "--><iframe srcdoc='<script>alert(6)</script>'>",
)


@pytest.fixture
def path(tmp_path):
    return stored(tmp_path / "process.duckdb")


def served(path, base=BASE, **options):
    return TestClient(create_app(path, **options), base_url=base, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def client(path):
    with served(path) as client:
        yield client


# --- where it listens ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.9.1"])
def test_addresses_of_this_machine_need_no_token(path, host):
    assert is_local(host)
    create_app(path, host=host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org", "127.0.0.1.example.org", ""])
def test_others_do(path, host):
    assert not is_local(host)
    with pytest.raises(UsageError, match="needs a token"):
        create_app(path, host=host)
    create_app(path, host=host, token=new_token())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("localhost:9", 200),
        ("[::1]:8765", 200),
        ("evil.example", 421),
        ("evil.example:8765", 421),
        ("127.0.0.1.evil.example", 421),
        ("127.0.0.1@evil.example", 421),
        ("", 421),
    ],
)
def test_foreign_names_are_refused(client, host, status):
    for address in ("/", "/api/v1/events"):
        assert client.get(address, headers={"host": host}).status_code == status


# --- the token -----------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(path):
    token = new_token()
    with served(path, "http://192.168.1.4:8765", host="0.0.0.0", token=token) as client:
        yield client, token


def test_nothing_is_shown_without_the_token(guarded):
    client, _ = guarded
    for address in ("/", "/reports", "/reports/a", "/events?type=ASSAULT", "/review", "/export/events"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login?next=%2F")
    for address in ("/api/v1/events", "/api/v1/openapi.json", "/api/v1/export/gold"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_needed")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert client.post("/review/done", data={"document_id": "a", "reviewer": "x"}).status_code == 401
    assert client.get("/login").status_code == 200


def test_programs_show_it_in_a_header(guarded):
    client, token = guarded
    assert client.get("/api/v1/events", headers={"authorization": f"Bearer {token}"}).status_code == 200
    wrong = (f"Bearer {token}x", f"Bearer {hashed(token)}", "Bearer ", "Bearer", f"Basic {token}", token, "Bearer \xff")
    for header in wrong:
        assert client.get("/api/v1/events", headers={"authorization": header.encode("latin-1")}).status_code == 401


def test_people_show_it_once(guarded):
    client, token = guarded
    origin = {"origin": "http://192.168.1.4:8765"}
    assert client.post("/login", data={"token": "wrong"}, headers=origin).status_code == 401
    assert client.get("/").status_code == 303
    answer = client.post("/login", data={"token": token, "next": "/events?type=ASSAULT"}, headers=origin)
    assert (answer.status_code, answer.headers["location"]) == (303, "/events?type=ASSAULT")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert token not in cookie
    assert hashed(token) not in cookie
    assert client.get("/").status_code == 200
    client.cookies.clear()
    client.cookies.set("dragoman", "0" * 64)
    assert client.get("/").status_code == 303


def test_the_token_is_kept_as_a_hash_alone(path):
    token = new_token()
    app = create_app(path, host="0.0.0.0", token=token)
    assert len(token) >= 43
    assert app.state.settings.token == hashed(token)
    assert token not in repr(app.state.settings)
    assert hashed(token) not in repr(app.state.settings)


@pytest.mark.parametrize(
    "place", ["//evil.example", "/\\evil.example", "http://evil.example", "evil", "", "/a\nb", "/\t/evil.example"]
)
def test_nobody_is_sent_elsewhere(place):
    assert local_path(place) == "/"
    assert local_path("/reports/a?x=1#e") == "/reports/a?x=1#e"


# --- writes --------------------------------------------------------------------------------------------------------


def test_pages_of_other_sites_cannot_write(client):
    data = {"document_id": "a", "reviewer": "Amal"}
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8765.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
        {"x-csrf-token": "0" * 64},
    ):
        assert client.post("/review/done", data=data, headers=headers).status_code == 403, headers
    blocked = {"origin": "http://evil.example", "content-type": "application/json"}
    assert client.post("/api/v1/link", content=b"{}", headers=blocked).status_code == 403
    assert client.post("/api/v1/link", content=b"{}", headers={"content-type": "text/plain"}).status_code == 403
    assert client.get("/api/v1/reviews").json()["total"] == 0


def test_own_pages_and_programs_can(client):
    data = {"document_id": "a", "reviewer": "Amal"}
    mark = re.search(r'name="csrf"[^>]*(?:content|value)="(\w+)"', client.get("/").text)
    headers = [{"origin": BASE}, {"sec-fetch-site": "same-origin"}]
    headers += [{"x-csrf-token": mark.group(1)}] if mark else []
    for one in headers:
        assert client.post("/review/done", data=data, headers=one).status_code == 303, one
    assert client.post("/api/v1/link", json={}).status_code == 200


def test_a_server_that_only_reads(path):
    with served(path, read_only=True) as client:
        event = client.get("/api/v1/events").json()["records"][0]["id"]
        for address, body in (
            ("/api/v1/reviews", {"verdict": "accept", "event_id": event, "reviewer": "Amal"}),
            ("/api/v1/judgements", {"one": "a", "other": "b", "judgement": "same", "reviewer": "Amal"}),
            ("/api/v1/link", {}),
            ("/api/v1/code", {"text": "Egypt met Sudan in Cairo.", "keep": True}),
        ):
            answer = client.post(address, json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden"), address
        origin = {"origin": BASE}
        assert (
            client.post("/review/accept", data={"event_id": event, "reviewer": "A"}, headers=origin).status_code == 403
        )
        assert client.post("/try/keep", data={"text": "Egypt met Sudan in Cairo."}, headers=origin).status_code == 403
        assert client.post("/api/v1/code", json={"text": "Egypt met Sudan in Cairo."}).status_code == 200
        assert client.get("/").status_code == 200
    assert not list(path.parent.glob(".process.duckdb*"))


# --- limits --------------------------------------------------------------------------------------------------------


def test_too_much_is_not_taken(client):
    answer = client.post("/api/v1/reviews", content=b" " * (2 << 20), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    huge = client.post("/try", files={"file": ("x.txt", b"x" * (9 << 20))}, headers={"origin": BASE})
    assert huge.status_code == 413

    def pieces():
        for _ in range(40):
            yield b" " * (1 << 16)

    answer = client.post("/api/v1/reviews", content=pieces(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert client.get("/api/v1/events", headers={"content-length": "-1"}).status_code == 413


def test_what_comes_too_slowly_is_not_waited_for(client, monkeypatch):
    import asyncio

    from dragoman.web import safety

    monkeypatch.setattr(safety, "ARRIVAL", 0.05)

    async def never():
        await asyncio.sleep(5)

    sent = []

    async def take(message):
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"origin", b"http://127.0.0.1")]
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/link", "raw_path": b"/api/v1/link", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": "",
        "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    # in a thread of its own: the browser's driver may keep a loop in this one
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(client.app(scope, never, take))).result()
    assert sent[0]["status"] == 408


def test_what_takes_too_long_is_stopped(path, monkeypatch):
    from contextlib import closing

    from dragoman.errors import StoreError
    from dragoman.web import pool

    monkeypatch.setattr(pool, "SECONDS", 0.1)
    with closing(pool.Pool(path)) as readers, readers.reader() as store, pytest.raises(StoreError, match="too long"):
        store.sql("SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE a.range % 7 = b.range")


# --- SQL -----------------------------------------------------------------------------------------------------------


def test_questions_in_sql_are_off(client):
    answer = client.post("/api/v1/sql", json={"query": "SELECT 1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


HOSTILE = (
    "DROP TABLE events",
    "DELETE FROM events",
    "UPDATE events SET id = 'x'",
    "INSERT INTO meta VALUES ('a', 'b')",
    "SELECT 1; DROP TABLE events",
    "COPY events TO 'out.csv'",
    "ATTACH 'other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CREATE TABLE mine (x INT)",
    "CREATE TEMP TABLE mine AS SELECT 1",
    "USE memory",
    "DETACH store",
    "EXPORT DATABASE 'out'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT getenv('HOME')",
    "SELECT * FROM statements",
    "SELECT * FROM state",
    "",
    "SELEC",
    "SELECT nonsense FROM events",
    "PREPARE x AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
)


@pytest.mark.parametrize("query", HOSTILE)
def test_sql_reads_this_store_and_nothing_else(sql_client, query):
    answer = sql_client.post("/api/v1/sql", json={"query": query})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["error"]["code"] == "invalid"


@pytest.fixture(scope="module")
def sql_client(tmp_path_factory):
    path = tmp_path_factory.mktemp("sql") / "process.duckdb"
    with writing(path) as store:
        store.put(series())
    with served(path, sql=True) as client:
        yield client


def test_sql_answers_within_limits(sql_client, monkeypatch):
    from dragoman.web import api_write

    found = sql_client.post(
        "/api/v1/sql", json={"query": 'SELECT "type", count(*) AS n FROM events GROUP BY 1 ORDER BY n DESC'}
    ).json()
    assert found["columns"] == ["type", "n"]
    assert found["rows"][0] == ["ASSAULT", 8]
    many = sql_client.post("/api/v1/sql", json={"query": "SELECT range FROM range(5000)"}).json()
    assert (len(many["rows"]), many["more"]) == (api_write.ROWS, True)
    odd = "SELECT 'nan'::DOUBLE, DATE '2024-01-01', [1, NULL], {'a': 1.5}, '\\x00'::BLOB, 10::HUGEINT ** 30"
    assert sql_client.post("/api/v1/sql", json={"query": odd}).status_code == 200
    monkeypatch.setattr(api_write, "SECONDS", 0.2)
    slow = sql_client.post(
        "/api/v1/sql",
        json={"query": "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range % 7 = b.range"},
    )
    assert "longer than" in slow.json()["error"]["message"]
    assert ask(sql_client.app.state, "SELECT 1 AS one") == (["one"], [[1]], False)


INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE events; --",
    '" OR 1=1 --',
    "\\' OR 1=1 --",
    "%' OR 'a'='a",
    "x') OR ('a'='a",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_typed_never_becomes_sql(client, text):
    for name in ("q", "publisher", "actor", "mode", "place", "document"):
        for what in ("reports", "events", "incidents", "commitments"):
            found = client.get(f"/api/v1/{what}", params={name: text})
            assert (found.status_code, found.json().get("total")) == (200, 0), (name, what, found.text)
    for address in ("events", "incidents", "commitments", "reports", "reviews"):
        assert client.get(f"/api/v1/{address}/{text}").status_code in (404, 405)
    assert (
        client.get("/api/v1/reviews", params={"document": text, "reviewer": text, "event": text}).json()["total"] == 0
    )
    assert client.get("/api/v1/claims", params={"document": text}).json()["total"] == 0
    assert client.get("/api/v1/events", params={"sort": text}).status_code in (400, 422)
    assert client.get("/api/v1/events", params={"after": text}).status_code in (200, 400)
    assert client.get("/api/v1/events").json()["total"] == 20


# --- hostile reports -------------------------------------------------------------------------------------------------


OWN = ("/static/", "/processes/vega.js")
"""Where the pages' own scripts lie."""


class _Tags(HTMLParser):
    """What a browser would run or load of a page."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.text = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag in ("iframe", "object", "embed", "base", "style") or (
            tag == "script" and not (names.get("src") or "").startswith(OWN)
        ):
            inert = tag == "script" and names.get("type") in ("application/json",)
            if not inert:
                self.found.append((tag, names))
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append((tag, name, value))
            if name in ("href", "src", "action", "formaction") and re.match(
                r"\s*(javascript|vbscript|data):", value or "", re.I
            ):
                self.found.append((tag, name, value))


def hostile_store(path, payload):
    report = Report("evil", "2024-01-01", payload)
    report.tell(f"The army {payload} [shelled] Nyala {payload}.", "ASSAULT", ["army"], ["rsf"], place="Nyala", killed=3)
    report.tell(
        f"The RSF {payload} [promised] a truce.", "CONCEDE", ["rsf"], prospect="RETREAT/ceasefire", said_by=["army"]
    )
    document, events, _ = report.coded()
    bad = Participant(payload, 0, 5, payload, f"group/{payload}", "SDN", ("MIL",), payload)
    place = Place(payload, 0, 5, payload, "SDN", payload, 1.0, 2.0, None)
    events = [replace(e, actors=(bad, *e.actors), recipients=(bad,), place=place, basis=(payload,)) for e in events]
    document = replace(document, title=payload, url=payload)
    claim = Claim(document.id, bad, ((0, 5),), ((5, 9),), ((10, 15),), True, False)
    with writing(path) as store:
        store.put([(document, events, [claim]), *series()])
        link_store(store)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_reports_stay_text(tmp_path, payload):
    path = tmp_path / "evil.duckdb"
    hostile_store(path, payload)
    with served(path) as client:
        event = client.get("/api/v1/events?document=evil").json()["records"][0]
        verdict = {"verdict": "correct", "event_id": event["id"], "reviewer": payload[:80], "note": payload}
        fields = {"actors": [{"name": payload, "country": "SDN"}], "place": {"name": payload}}
        assert client.post("/api/v1/reviews", json=verdict | {"fields": fields}).status_code == 201
        incident = client.get("/api/v1/incidents?document=evil").json()["records"][0]["id"]
        commitment = client.get("/api/v1/commitments?document=evil").json()["records"][0]["id"]
        addresses = [
            "/", "/reports", "/reports/evil", "/events", "/incidents", f"/incidents/{incident}", "/commitments",
            f"/commitments/{commitment}", "/processes", "/processes?party=SDN", "/processes/charts?party=SDN", "/review", "/review/agreement", "/try",
        ]  # fmt: skip
        for address in addresses:
            check_page(client.get(address), address)
        for address in ("/reports", "/events", "/processes", "/review", "/login", "/nothing"):
            for name in ("q", "actor", "party", "publisher", "next", "sort", "type", "reviewer"):
                check_page(client.get(address, params={name: payload}), f"{address}?{name}")
        for address in ("/try", "/review/name"):
            answer = client.post(
                address,
                data={"text": payload, "title": payload, "published": payload, "reviewer": payload},
                headers={"origin": BASE},
            )
            check_page(answer, address)
        check_page(client.get(f"/reports/{payload}"), "a report that isn't there")


def check_page(answer, address):
    assert answer.status_code < 500, (address, answer.text[:300])
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, (address, name)
    if answer.headers.get("content-type", "").startswith("text/html"):
        tags = _Tags()
        tags.feed(answer.text)
        assert tags.found == [], (address, tags.found)


def test_the_policy_allows_nothing_inline_and_nothing_foreign():
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_every_answer_has_the_headers_errors_too(client):
    for answer in (
        client.get("/"),
        client.get("/api/v1/events"),
        client.get("/nothing"),
        client.get("/", headers={"host": "evil.example"}),
        client.post("/review/done", data={}, headers={"origin": "http://evil.example"}),
        client.get("/api/v1/events?type=WAR"),
    ):
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
        assert answer.headers["cache-control"] == "no-store"


def test_an_error_of_ours_shows_nothing_of_the_inside(client, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret path /srv/store")

    monkeypatch.setattr(type(client.app.state.desk), "facets", broken)
    for address in ("/", "/api/v1"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]
