"""Charts: what they count is what the tables hold, each says what it shows, and colours keep apart on their ground."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.retold import stored

from dragoman import charts, open_store
from dragoman.errors import UsageError

DRAWN = ("timeline", "dyads", "network", "map", "ledger")
DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    with open_store(stored(tmp_path_factory.mktemp("charts") / "s.duckdb")) as store:
        return {"incidents": store.incidents(), "commitments": store.commitments()}


def drawn(tables, name, **options):
    return getattr(charts, name)(tables["commitments" if name == "ledger" else "incidents"], **options)


def values(chart):
    """All rows that a chart draws, each once."""
    made = chart.to_dict()
    rows = {json.dumps(r) for layer in [made, *made.get("layer", ())] for r in layer.get("data", {}).get("values", ())}
    return [json.loads(row) for row in sorted(rows)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_has_a_title_a_description_and_tooltips(tables, name, theme):
    made = drawn(tables, name, theme=theme).to_dict()
    assert made["title"]["text"]
    assert made["title"]["subtitle"]
    assert len(made["description"]) > 30
    assert "tooltip" in json.dumps(made)
    assert made["config"]["background"] == charts.PALETTES[theme].ground


@pytest.mark.parametrize("name", DRAWN)
def test_frames_draw_as_tables_do(tables, name):
    table = tables["commitments" if name == "ledger" else "incidents"]
    assert getattr(charts, name)(table.to_pylist()).to_dict() == getattr(charts, name)(table).to_dict()


def as_pandas_has_it(value):
    """Lists as arrays and absent numbers as NaN, as `Table.to_pandas` gives them."""
    if isinstance(value, dict):
        return {
            k: float("nan") if v is None and k in ("latitude", "longitude") else as_pandas_has_it(v)
            for k, v in value.items()
        }
    return np.array([as_pandas_has_it(v) for v in value], dtype=object) if isinstance(value, list) else value


@pytest.mark.parametrize("name", DRAWN)
def test_rows_as_pandas_has_them_draw_as_tables_do(tables, name):
    table = tables["commitments" if name == "ledger" else "incidents"]
    rows = [as_pandas_has_it(row) for row in table.to_pylist()]
    assert getattr(charts, name)(rows).to_dict() == getattr(charts, name)(table).to_dict()


def test_the_timeline_counts_every_dated_incident(tables):
    rows = [r for r in values(charts.timeline(tables["incidents"])) if "incidents" in r]
    assert sum(r["incidents"] for r in rows) == tables["incidents"].num_rows
    assert all(r["low"] * r["high"] >= 0 for r in rows)
    assert all((r["high"] > 0) == r["kind"].endswith(("cooperation", "cooperation in words")) for r in rows)


def test_dyads_tell_who_acts_on_whom(tables):
    pairs = {r["pair"] for r in values(charts.dyads(tables["incidents"]))}
    assert any(pair.startswith("Rapid Support Forces → ") for pair in pairs)


def test_the_map_counts_every_placed_incident(tables):
    placed = [i for i in tables["incidents"].to_pylist() if i["place"] and i["place"]["latitude"] is not None]
    made = charts.map(tables["incidents"])
    spots = {(r["place"], r["x"], r["y"]): r["incidents"] for r in values(made) if "place" in r}
    assert placed
    assert sum(spots.values()) == len(placed)
    assert any("outline" in r for r in values(made))


def test_the_ledger_draws_each_commitment_to_its_end(tables):
    rows = [r for r in values(charts.ledger(tables["commitments"])) if "made" in r]
    assert sorted(r["outcome"] for r in rows) == sorted(tables["commitments"]["outcome"].to_pylist())
    assert all(r["made"] <= r["until"] for r in rows)


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_to_draw_is_said(tables, name):
    table = tables["commitments" if name == "ledger" else "incidents"]
    made = getattr(charts, name)(table.slice(0, 0)).to_dict()
    assert made["title"]["text"] == "Nothing to draw"


def test_wrong_tables_and_themes_are_one_clear_line(tables):
    with pytest.raises(UsageError, match="no column date"):
        charts.timeline(tables["incidents"].drop_columns(["date"]))
    with pytest.raises(UsageError, match="not of int"):
        charts.dyads(7)
    with pytest.raises(UsageError, match="no theme 'sepia'"):
        charts.map(tables["incidents"], theme="sepia")


def test_without_the_extra_the_error_names_it(tables, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(UsageError, match=r"dragoman\[charts\]"):
        charts.timeline(tables["incidents"])


def _luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    a, b = sorted((_luminance(one), _luminance(other)))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("palette", charts.PALETTES.values(), ids=charts.PALETTES)
def test_colours_stand_out_from_their_ground(palette):
    assert contrast(palette.ink, palette.ground) > 7
    assert contrast(palette.soft, palette.ground) > 4.5
    assert all(contrast(c, palette.ground) > 3 for c in palette.outcomes)
    assert all(contrast(c, palette.ground) > 2 for c in palette.quads)


@pytest.fixture(scope="module")
def notebook():
    spec = importlib.util.spec_from_file_location("docs_notebook", DOCS / "notebook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebook_holds_the_cells_of_its_script(notebook):
    written = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))
    assert [(c["cell_type"], "".join(c["source"])) for c in written["cells"]] == notebook.CELLS
    assert all(c["outputs"] for c in written["cells"] if c["cell_type"] == "code" and "close" not in c["source"][0])


def test_the_code_of_the_notebook_runs(notebook, tmp_path):
    session = notebook.Session(tmp_path)
    for kind, source in notebook.CELLS:
        if kind == "code":
            _, value = session.run(source)
            if source.startswith("charts."):
                assert value.to_dict()["title"]["text"] != "Nothing to draw"
