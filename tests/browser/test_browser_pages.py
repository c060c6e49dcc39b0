"""Every page, at both widths and in both themes: no complaint, nothing cut off, nothing that shuts a reader out."""

from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "artifacts" / "screens"

PAGES = {
    "home": "/",
    "reports": "/reports",
    "search": "/reports?q=truce&type=CONCEDE",
    "report": "/reports/sudan2",
    "events": "/events?sort=-confidence",
    "incidents": "/incidents",
    "incident": "FIRST /incidents?sort=-denials",
    "commitments": "/commitments",
    "commitment": "FIRST /commitments?status=kept",
    "processes": "/processes",
    "process": "/processes?party=SDN&party=Rapid+Support+Forces",
    "charts": "/processes/charts?party=SDN&party=Rapid+Support+Forces",
    "sql": "/sql?query=SELECT+outcome,+count(*)+AS+n+FROM+commitments+GROUP+BY+outcome",
    "try": "/try",
    "review": "/review",
    "nothing": "/events?type=PROTEST&actor=XKX",
    "missing": "/reports/no-such-report",
    "wrong": "/events?from=yesterday",
}

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def visit(page, base, address):
    if address.startswith("FIRST "):
        page.goto(base + address.removeprefix("FIRST "))
        page.locator("tbody a[href^='/incidents/'], tbody a[href^='/commitments/']").first.click()
        page.wait_for_load_state()
        return
    page.goto(base + address)
    if page.locator(".vega").count():
        page.locator(".vega[data-drawn]").nth(4).wait_for(timeout=60_000)
        assert page.locator(".vega[data-drawn='0']").all_inner_texts() == []


@pytest.fixture(scope="session")
def axe():
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def serious(page, axe):
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", PAGES)
def test_page(open_page, base, axe, name, width, theme):
    page = open_page(width, theme)
    visit(page, base, PAGES[name])
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}-{width}-{theme}.png", full_page=True)
    assert page.evaluate(WIDE) <= 0, "the page scrolls sideways"
    assert serious(page, axe) == []
    if name in ("missing", "wrong"):
        # the browser itself notes a page that answers with an error
        open_page.problems[:] = [p for p in open_page.problems if "Failed to load resource" not in p]


@pytest.mark.parametrize("address", ["/reports/sudan2", "/try", "/review"])
def test_open_cards_and_forms_shut_nobody_out(open_page, base, axe, address):
    page = open_page()
    page.context.add_cookies([{"name": "reviewer", "value": "Ada", "url": base}])
    page.goto(base + address)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate("document.querySelectorAll('form[hidden]').forEach(f => { f.hidden = false })")
    assert serious(page, axe) == []


def test_hostile_text_stays_text(open_page, base):
    page = open_page()
    ident = quote('evil/"><script>window.__hit=1</script>', safe="")
    for address in ("/", "/reports", f"/reports/{ident}", "/events?actor=KEN", "/incidents?actor=KEN", "/review"):
        page.goto(base + address)
        assert page.evaluate("window.__hit") is None, address
        assert page.evaluate("document.querySelectorAll('main script, main iframe, main img').length") == 0
    page.goto(f"{base}/reports/{ident}")
    assert "<script>window.__hit=3</script>" in page.locator(".text.body").inner_text()
    assert "{{ 7*7 }}" in page.locator(".text.body").inner_text()
    assert page.locator("a[href^='javascript:']").count() == 0
    page.goto(f"{base}/reports?q=" + quote('"><script>window.__hit=8</script>'))
    assert page.evaluate("window.__hit") is None
    assert page.locator("#q").input_value().startswith('"><script>')


def test_what_a_page_loads_is_its_own(open_page, base):
    page = open_page()
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(base + "/processes?party=SDN&party=Rapid+Support+Forces")
    page.goto(base + "/reports/sudan2")
    assert asked
    assert [u for u in asked if not u.startswith(base)] == []


def test_printed_the_report_and_its_cards_are_all_there(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    page.emulate_media(media="print")
    assert page.locator(".top").is_hidden()
    assert page.locator(".review").first.is_hidden()
    assert page.locator(".card .fields").last.is_visible()
    assert len(page.pdf()) > 10_000


def test_an_empty_store_says_what_to_do(open_page, tmp_path):
    from tests.served import Served

    from dragoman.store import writing

    with writing(tmp_path / "empty.duckdb"):
        pass
    served = Served(tmp_path / "empty.duckdb")
    try:
        page = open_page()
        for address in ("/", "/reports", "/events", "/incidents", "/commitments", "/processes", "/review"):
            page.goto(served.base + address)
            assert "dragoman " in page.locator(".empty code").first.inner_text(), address
    finally:
        served.stop()


def test_without_scripts_a_report_is_read_all_the_same(browser, base):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/reports/sudan2")
    page.locator("a.m").first.click()
    target = page.url.split("#")[1]
    assert page.locator(f"[id='{target}']").is_visible()
    context.close()
