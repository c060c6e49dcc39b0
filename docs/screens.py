"""Makes the pictures of the walk-through (`docs/workbench.md`): `python docs/screens.py`.

Codes and links some of `examples/` into a store of its own, opens the workbench on it, does in a real Chromium what the
page tells, and takes the pictures. Needs `pip install 'dragoman[dev]'` and a Chromium (`DRAGOMAN_CHROMIUM`, else the one
on the path).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.served import Served, chromium

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screens"

INPUTS = (
    "sudan-2023.jsonl",
    "sudan-seven-day-ceasefire.html",
    "sudan-aid-panel.md",
    "sudan-igad.warc.gz",
    "georgia-ticker.txt.gz",
)

REPORT = (
    "Sudan's army and the Rapid Support Forces signed a seven-day ceasefire in Jeddah on Saturday, mediators said.\n\n"
    "Egypt urged both sides to spare civilians. The army denied that it had shelled a market in Omdurman."
)

WIDE = {"width": 1200, "height": 760}
NARROW = {"width": 390, "height": 760}

QUALITY = 62
"""Of the JPEG files: text stays sharp, a picture stays below 100 kB."""


def made(folder: Path) -> Path:
    """A store of the examples, linked."""
    store = folder / "sudan.duckdb"
    inputs = [str(ROOT / "examples" / name) for name in INPUTS]
    for arguments in (["code", *inputs, "--store", str(store)], ["link", str(store)]):
        subprocess.run([sys.executable, "-m", "dragoman.cli", *arguments], check=True, capture_output=True)
    return store


def reader(page: Any) -> None:
    """Three marks on."""
    for _ in range(3):
        page.keyboard.press("j")


def named(page: Any) -> None:
    """A reviewer's name, and two verdicts."""
    page.fill("#name", "Ada")
    page.locator("form[action='/review/name'] button").click()
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    for key in ("j", "a", "j", "x"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    page.evaluate("scrollTo(0, 0)")


def tried(page: Any) -> None:
    """A report pasted and read."""
    page.fill("#text", REPORT)
    page.fill("#published", "2023-05-21")
    page.get_by_role("button", name="Read it").click()
    page.wait_for_selector(".done", timeout=60_000)
    page.keyboard.press("j")


def corrected(page: Any) -> None:
    """The form of a correction, open."""
    page.keyboard.press("j")
    page.keyboard.press("c")


def to(where: str) -> Callable[[Any], None]:
    """Scrolls a part of the page into view."""
    return lambda page: page.evaluate("id => document.getElementById(id).scrollIntoView()", where)


def nothing(_: Any) -> None:
    """The page as it opens."""


PROCESS = "/processes?party=SDN&party=Rapid+Support+Forces"

PICTURES: tuple[tuple[str, str, dict[str, int], str, Callable[[Any], None]], ...] = (
    ("home", "/", WIDE, "light", nothing),
    ("reports", "/reports?q=truce", WIDE, "light", nothing),
    ("reader", "/reports/sudan2", WIDE, "light", reader),
    ("reader-narrow", "/reports/sudan2", NARROW, "dark", nothing),
    ("events", "/events?type=REQUEST&sort=-confidence", WIDE, "light", nothing),
    ("process", PROCESS, WIDE, "light", to("timeline")),
    ("map", PROCESS, WIDE, "dark", to("map")),
    ("try", "/try", WIDE, "light", tried),
    ("review", "/review", WIDE, "light", named),
    ("correct", "/reports/sudan2", WIDE, "light", corrected),
)
"""(name, address, size, theme, what is done first)."""


def main() -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        served = Served(made(Path(folder)))
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, address, size, theme, first in PICTURES:
            page = browser.new_page(viewport=size, color_scheme=theme)
            page.goto(served.base + address)
            first(page)
            page.wait_for_timeout(300)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)
            page.close()
        browser.close()
        served.stop()
    sizes = [p.stat().st_size for p in FOLDER.glob("*.jpg")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
