"""What a reader does, done in a browser: search, walk, filter, sort, page, export, choose, try, review."""

import json
import re

import pytest

REPORT = (
    "Sudan's army and the Rapid Support Forces signed a ceasefire in Jeddah on Saturday, mediators said.\n\n"
    "Egypt urged both sides to spare civilians. Fighters shelled a market in Omdurman, killing 12 people."
)


def count(page):
    return int(re.search(r"of ([\d,]+)", page.locator(".pager .soft").inner_text())[1].replace(",", ""))


# --- reading ---------------------------------------------------------------------------------------------------------


def test_search_from_the_first_page(open_page, base):
    page = open_page()
    page.goto(base)
    page.keyboard.press("/")
    page.keyboard.type("truce")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports?q=truce")
    assert page.locator(".reports mark").first.inner_text().lower().startswith("truce")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*")


def test_keys_walk_the_marks_and_open_the_cards(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    page.keyboard.press("j")
    first = page.locator(".card.on").get_attribute("data-n")
    assert page.locator(".card[open]").count() == 1
    assert page.locator("a.m.t-on").count() >= 1
    page.keyboard.press("n")
    assert page.locator(".card.on").get_attribute("data-n") != first
    page.keyboard.press("p")
    assert page.locator(".card.on").get_attribute("data-n") == first
    page.keyboard.press("k")
    assert page.locator(".card.on").get_attribute("data-n") == first


def test_hover_shows_whose_words_they_are(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    mark = page.locator(".text.body a.m").first
    mark.hover()
    assert page.locator(".s-on").count() >= 1
    assert "on" not in (page.locator(".card").first.get_attribute("class") or "").split()[1:]
    page.mouse.move(0, 0)
    assert page.locator(".s-on").count() == 0


def test_a_mark_opens_its_card_with_every_field(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    page.locator(".text.body a.m", has_text="urged").click()
    card = page.locator(".card.on")
    shown = card.inner_text()
    for label in (
        "Kind",
        "Who",
        "To whom",
        "Status",
        "When",
        "On whose word",
        "CAMEO",
        "Sure to",
        "Why it was coded so",
        "Also told",
    ):
        assert label in shown, label
    assert "fit the pattern" in shown
    assert "person/antony-blinken" in shown
    assert "#e-" in page.url


def test_an_address_opens_the_card_of_an_event(open_page, base):
    page = open_page()
    page.goto(base + "/events?type=REQUEST")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/reports/*#e-*")
    assert page.locator(".card.on[open]").count() == 1


def test_on_a_telephone_a_mark_leads_to_its_card(open_page, base):
    page = open_page(390, has_touch=True)
    page.goto(base + "/reports/sudan2")
    page.locator(".text.body a.m").first.tap()
    page.wait_for_timeout(300)
    assert page.locator(".card.on .fields").is_visible()
    assert page.locator(".card.on").bounding_box()["y"] < 400


# --- tables ----------------------------------------------------------------------------------------------------------


def test_filters_make_an_address_that_can_be_shared(open_page, base):
    page = open_page()
    page.goto(base + "/events")
    everything = count(page)
    page.locator(".more > summary").click()
    page.select_option("#f-type", "REQUEST")
    page.fill("#f-actor", "Blinken")
    page.locator(".more button").click()
    page.wait_for_url("**/events?actor=Blinken&type=REQUEST")
    assert 0 < count(page) < everything
    assert set(page.locator("tbody .kind").all_inner_texts()) <= {
        "REQUEST",
        "REQUEST/yield",
        "REQUEST/change",
        "REQUEST/meet",
        "REQUEST/assist",
    }
    fresh = open_page()
    fresh.goto(page.url)
    assert count(fresh) == count(page)
    page.locator(".chips a", has_text="Blinken").click()
    page.wait_for_url("**/events?type=REQUEST")
    assert page.locator(".chips li").count() == 1


def test_sorting_and_paging(open_page, base):
    page = open_page()
    page.goto(base + "/events?size=25")
    days = page.locator("tbody td.d").all_inner_texts()
    assert days == sorted(days, key=lambda d: d[:10], reverse=True)
    page.locator("a[rel=next]").click()
    page.wait_for_url("**after=*")
    second = page.locator("tbody a").first.get_attribute("href")
    page.locator("a[rel=prev]").click()
    page.wait_for_url("**before=*")
    assert page.locator("tbody td.d").all_inner_texts() == days
    assert page.locator("tbody a").first.get_attribute("href") != second
    page.locator("thead a", has_text="Sure").click()
    page.wait_for_url("**sort=-confidence*")
    shares = [int(t.rstrip("%")) for t in page.locator("tbody td.n").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Sure")


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "plover", "cameo", "table"])
def test_export_of_a_view(open_page, base, tmp_path, format):
    page = open_page()
    page.goto(base + "/events?type=REQUEST")
    wanted = count(page)
    page.locator(".export > summary").click()
    with page.expect_download() as started:
        page.locator(".export a", has_text=re.compile(f"^{format}$")).click()
    path = tmp_path / "export"
    started.value.save_as(path)
    if format == "parquet":
        import pyarrow.parquet as pq

        assert pq.read_table(path).num_rows == wanted
    elif format in ("jsonl", "plover"):
        assert len(path.read_text(encoding="utf-8").splitlines()) == wanted
    elif format == "csv":
        assert path.read_text(encoding="utf-8").count(",REQUEST,") == wanted
    else:
        assert path.read_text(encoding="utf-8").strip()


# --- processes ---------------------------------------------------------------------------------------------------------


def test_choosing_parties_draws_the_process(open_page, base):
    page = open_page()
    page.goto(base + "/processes")
    fields = page.locator("input[name=party]")
    fields.nth(0).fill("SDN")
    fields.nth(1).fill("Rapid Support Forces")
    page.locator("#from").fill("2023-04-01")
    page.get_by_role("button", name="Show the process").click()
    page.wait_for_url("**/processes?party=SDN&party=Rapid+Support+Forces&from=2023-04-01")
    for drawing in ("timeline", "network", "map"):
        assert page.locator(f"svg.{drawing}").count() == 1
    assert page.locator("svg.map path.land").count() == 1
    assert page.locator("#ledger").count() == 1


def test_every_mark_leads_to_its_reports(open_page, base):
    page = open_page()
    page.goto(base + "/processes?party=SDN&party=Rapid+Support+Forces")
    for drawing, row in (("timeline", "from-"), ("network", "tie-"), ("map", "spot-")):
        links = page.locator(f"svg.{drawing} a[href^='#{row}']")
        assert links.count() > 0, drawing
        target = links.first.get_attribute("href")
        page.goto(page.url.split("#")[0] + target)
        found = page.locator(f"[id='{target[1:]}'] a[href^='/incidents/']")
        assert found.first.is_visible(), drawing
    found.first.click()
    page.wait_for_url("**/incidents/*")
    page.locator(".src a[href^='/reports/']").first.click()
    page.wait_for_url("**/reports/*#e-*")


def test_an_unknown_party_is_told_with_near_ones(open_page, base):
    page = open_page()
    page.goto(base + "/processes?party=Sudam&party=RSF")
    assert "Sudan" in page.locator("[role=alert]").inner_text()
    open_page.problems[:] = [p for p in open_page.problems if "400" not in p]


# --- trying ----------------------------------------------------------------------------------------------------------


def test_a_report_pasted_is_coded_and_kept(open_page, own):
    page = open_page()
    page.goto(own + "/try")
    page.fill("#text", REPORT)
    page.fill("#published", "2023-05-21")
    page.fill("#title", "A truce in Jeddah")
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".done")
    assert page.locator(".card").count() >= 2
    page.get_by_role("button", name="Read it").wait_for()
    page.fill("#text", REPORT)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".done")
    took = float(re.search(r"in ([\d.]+) seconds", page.locator(".done").inner_text())[1])
    assert took < 5, "warm, a report takes well under a second on a quiet machine"
    page.get_by_role("button", name="Keep it in the store").click()
    page.wait_for_url("**/reports/*")
    page.goto(own + "/reports?q=Omdurman+market")
    assert page.locator(".reports li").count() >= 1


def test_a_file_is_read(open_page, base, tmp_path):
    rows = [{"text": REPORT, "title": f"Report {n}", "published": "2023-05-21"} for n in range(2)]
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows) + "{broken\n", encoding="utf-8")
    page = open_page()
    page.goto(base + "/try")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".done")
    assert "2 reports" in page.locator(".done").inner_text()
    assert page.locator(".problem").count() == 1


def test_nothing_given_is_told(open_page, base):
    page = open_page()
    page.goto(base + "/try")
    page.get_by_role("button", name="Read it").click()
    assert "paste" in page.locator("[role=alert]").inner_text()
    open_page.problems[:] = [p for p in open_page.problems if "400" not in p]


# --- reviewing ---------------------------------------------------------------------------------------------------------


def name(page, base, who):
    page.goto(base + "/review")
    page.fill("#name", who)
    page.locator("form[action='/review/name'] button").click()
    page.wait_for_load_state()
    assert page.locator("#name").input_value() == who


def test_reviewing_with_the_keyboard_alone(open_page, own):
    page = open_page()
    name(page, own, "Ada")
    waiting = page.locator(".queue > li").count()
    assert waiting > 2
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.locator(".queue > li").nth(0).locator(".said[role=status]").wait_for()
    assert page.locator(".queue > li").nth(0).locator(".said[role=status]").inner_text() == "Accepted."
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator(".queue > li").nth(1).locator(".said[role=status]").wait_for()
    assert page.locator(".queue > li").nth(1).locator(".said[role=status]").inner_text() == "Rejected."


def test_a_verdict_is_seen_by_another_reader_and_taken_back(open_page, own):
    ada, ben = open_page(), open_page()
    name(ada, own, "Ada")
    name(ben, own, "Ben")
    ada.goto(own + "/reports/sudan2")
    ada.keyboard.press("j")
    ada.keyboard.press("x")
    ada.locator(".card.on .said[role=status]").wait_for()
    assert "rejected by Ada" in ada.locator(".card.on .meta").inner_text()
    assert ada.locator(".card.on button.undo").is_visible()
    ben.goto(own + "/reports/sudan2")
    assert "rejected by Ada" in ben.locator(".card").first.inner_text()
    ada.reload()
    ada.keyboard.press("j")
    ada.locator(".card.on button.undo").click()
    ada.locator(".card.on .said[role=status]").wait_for()
    ben.reload()
    assert "rejected by Ada" not in ben.locator(".card").first.inner_text()


def test_a_correction_stands_beside_the_record(open_page, own):
    page = open_page()
    name(page, own, "Ada")
    page.goto(own + "/reports/sudan2")
    page.keyboard.press("j")
    page.keyboard.press("c")
    form = page.locator(".card.on .correct form")
    form.locator("select[name=status]").select_option("hypothetical")
    form.locator("textarea[name=actors]").fill("Sudanese army; SDN; MIL")
    form.locator("textarea[name=magnitudes]").fill("killed 12")
    form.locator("select[name=prospect_type]").select_option("CONSULT")
    form.locator("input[name=note]").fill("only announced")
    form.get_by_role("button", name="Save the correction").click()
    page.wait_for_load_state()
    assert "corrected by Ada" in page.locator(".card").first.inner_text()
    rows = page.evaluate("async () => (await (await fetch('/api/v1/reviews')).json())")
    (told,) = [r["fields"] for r in rows["records"] if r["verdict"] == "correct"]
    assert told["status"] == "hypothetical"
    assert told["magnitudes"][0]["low"] == 12
    assert told["prospect"] == {"type": "CONSULT", "mode": None}
    assert [p["country"] for p in told["actors"]] == ["SDN"]
    assert "type" not in told, "what stays as it was is no correction"


def test_a_missed_event_is_added_from_selected_words(open_page, own):
    page = open_page()
    name(page, own, "Ada")
    page.goto(own + "/reports/sudan2")
    before = page.locator(".card").count()
    words = "collapsed within minutes"
    page.evaluate(
        """words => {
          const body = document.querySelector('.text.body');
          const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
          while (walk.nextNode()) {
            const at = walk.currentNode.data.indexOf(words);
            if (at >= 0) { getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + words.length); return; }
          }
        }""",
        words,
    )
    page.wait_for_timeout(100)
    page.keyboard.press("m")
    form = page.locator("#add-form")
    form.locator("select[name=type]").select_option("SANCTION")
    form.locator("textarea[name=actors]").fill("Sudan; SDN; MIL")
    form.get_by_role("button", name="Add the event").click()
    page.wait_for_load_state()
    assert page.locator(".card").count() == before + 1
    added = page.locator(".card", has_text="added by Ada")
    assert added.count() == 1
    assert page.locator("a.m", has_text=words).count() == 1


def test_read_to_the_end(open_page, own):
    page = open_page()
    name(page, own, "Ada")
    page.goto(own + "/reports/sudan3")
    page.get_by_role("button", name="I have read the whole report").click()
    page.wait_for_load_state()
    assert "Read to the end by Ada" in page.locator("main").inner_text()


def test_a_server_that_only_reads_offers_no_writing(open_page, reports):
    from tests.served import Served

    served = Served(reports, read_only=True)
    try:
        page = open_page()
        page.goto(served.base + "/reports/sudan2")
        assert page.locator("form[action^='/review']").count() == 0
        page.goto(served.base + "/review")
        assert "only reads" in page.locator("main").inner_text()
    finally:
        served.stop()


def test_who_gave_no_name_is_asked_for_it(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    assert page.locator(".card form[action^='/review']").count() == 0
    page.keyboard.press("j")
    page.locator(".card.on").get_by_role("link", name="Give your name").click()
    page.wait_for_url("**/review")


def test_a_report_that_was_kept_is_linked_when_told(open_page, own):
    page = open_page()
    page.goto(own + "/try")
    page.fill("#text", REPORT)
    page.fill("#published", "2023-05-21")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Keep it in the store").click()
    page.wait_for_url("**/reports/*")
    page.goto(own)
    page.get_by_role("button", name="Link it now").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Link it now").count() == 0
    page.goto(own + "/incidents?q=Omdurman+market")
    assert page.locator("tbody tr").count() >= 1


def test_cards_of_two_reports_keep_apart(open_page, base, tmp_path):
    rows = [{"text": REPORT, "title": f"Report {n}", "published": f"2023-05-2{n}"} for n in range(1, 3)]
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    page = open_page()
    page.goto(base + "/try")
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".done")
    page.locator(".reader").nth(1).locator("a.m").first.click()
    assert page.locator(".reader").nth(1).locator(".card.on").count() == 1
    assert page.locator(".reader").nth(0).locator(".card.on").count() == 0


def test_a_question_in_sql(open_page, base):
    page = open_page()
    page.goto(base + "/sql")
    page.fill("#query", "SELECT count(*) AS n FROM documents")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**/sql?query=*")
    assert int(page.locator("tbody td").inner_text()) > 5
    page.fill("#query", "DELETE FROM events")
    page.get_by_role("button", name="Ask").click()
    assert "SELECT" in page.locator("[role=alert]").inner_text()
    open_page.problems[:] = [p for p in open_page.problems if "400" not in p]


# --- good to use -----------------------------------------------------------------------------------------------------


def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page, base):
    page = open_page()
    page.goto(base + "/reports/sudan2")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement); return [document.activeElement.tagName,"
            " s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1] }"
        )
        assert shown[1] or shown[0] == "BODY", shown
        seen.add(shown[0])
    assert {"A", "SUMMARY"} <= seen


def test_the_list_of_keys(open_page, base):
    page = open_page()
    page.goto(base + "/events")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()


def test_a_slow_page_says_that_it_is_loading(open_page, base):
    page = open_page()
    page.goto(base + "/events")
    page.evaluate(
        "() => new MutationObserver(() => sessionStorage.setItem('told', document.querySelector('#busy').innerText))"
        ".observe(document.querySelector('#busy'), {attributes: true})"
    )
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    page.locator(".top nav a", has_text="Incidents").click()
    page.wait_for_url("**/incidents")
    assert page.evaluate("sessionStorage.getItem('told')").strip() == "Loading"
    assert page.locator("#busy").is_hidden()
