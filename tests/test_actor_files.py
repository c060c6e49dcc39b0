"""The user's own actor knowledge: dictionaries read in, rows added, folders laid over ours, look-up."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dragoman import Coder
from dragoman.actor_files.codes import Code, CodeError, disjoint, read_code
from dragoman.actor_files.folders import add_rows, check_folders, simple_row
from dragoman.actor_files.imports import read_files
from dragoman.actor_files.lookup import explain, find
from dragoman.actor_files.names import spellings
from dragoman.cli import app
from dragoman.errors import UsageError
from dragoman.listing import list_mentions
from dragoman.mentions.actor_tables import COLUMNS, fault
from dragoman.mentions.knowledge import Knowledge, knowledge
from dragoman.records import Document

ACTORS = """\
# An actor dictionary made up for this test
VELDORA_LIBERATION_ARMY_(VLA)_ [MOZREB] ; invented
+VELDORAN_LIBERATORS_

QUENTIN_ABADOZI_   ; invented too
\t[MOZELI 800101-930331]
\t[MOZGOV 930401-981231]
\t[MOZGOVMIL >20020615]
\t[MOZELI]
TETEPARE_RIVER_COMMISSION_
+TRC_
\t[IGOUNODEV <990101] [IGO]
UNFINISHED_BUSINESS_
BROKEN_CODE_ [MOZGOV
LONG_CODE_ [MOZGO]
BAD_MONTH_MAN_
\t[MOZGOV 931301-941231]
\t[MOZGOV 950101-961231]
STRANGE_LAND_ [QQQGOV]
KENYA_ [KEN]
PORT_HALVERSEN_ [KEN]
RAID_ [KENGOV]
NOBODY_ [---]
+STRAY + SIGN_ [KENGOV]
TRAILING_ [KENGOV] words
\t[KENGOV]
"""

AGENTS = """\
!KEEPER! = KEEPER, KEEPERS
; nouns made up for this test
DYKE_WARDEN {} [~GOV]
PEARL_FISHERMAN [~BUS]
TIN_BARON {TIN_BARONS} [~BUSXQX]
!KEEPER! OF_THE_GATE [~GOVMIL]
!MISSING! OF_STATE [~GOV]
GENERAL_ [~MIL]
ZEN_SKEPTIC [~BUD]
NO_CODE_AT_ALL
"""


@pytest.fixture
def imported(tmp_path):
    (tmp_path / "actors.txt").write_text(ACTORS, encoding="utf-8")
    return read_files([tmp_path / "actors.txt"])


def verdict(made, text):
    return next((line.outcome, line.detail) for line in made.lines if text in line.text)


def rows(made, theme):
    return [dict(zip(COLUMNS[theme], row, strict=True)) for row in made.rows.get(theme, ())]


def test_every_line_gets_one_verdict(imported):
    assert len(imported.lines) == len(ACTORS.splitlines()) == sum(imported.counts().values())
    assert [line.number for line in imported.lines] == list(range(1, len(imported.lines) + 1))
    assert all(line.detail for line in imported.left_out())


def test_every_row_is_sound(imported):
    assert not [wrong for theme, made in imported.rows.items() for row in made if (wrong := fault(theme, row))]


def test_a_group_with_synonym_and_short_name(imported):
    (group,) = rows(imported, "groups")
    assert group["name"] == "Veldora Liberation Army"
    assert group["aliases"] == "VLA | Veldoran Liberators"
    assert (group["country"], group["sectors"]) == ("MOZ", "REB")


def test_dated_codes_become_offices(imported):
    terms = [(r["sectors"], r["start"], r["end"]) for r in rows(imported, "persons") if "Abadozi" in r["name"]]
    assert terms == [("GOV", "1993-04-01", "1998-12-31"), ("GOV MIL", "2002-06-15", "")]
    assert verdict(imported, "[MOZELI]") == ("ignored", "outside his offices a person is ELI anyway")


def test_a_code_without_time_fills_what_the_others_leave(imported):
    found = {(r["country"], r["start"], r["end"]) for r in rows(imported, "organizations") if "Tetepare" in r["name"]}
    assert found == {("UNO", "", "1998-12-31"), ("IGO", "1999-01-01", "")}


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("UNFINISHED_BUSINESS_", "malformed", "no code before the next name"),
        ("BROKEN_CODE_", "malformed", "[CODE]"),
        ("LONG_CODE_", "malformed", "add or remove a letter"),
        ("931301", "malformed", "no day of the calendar"),
        ("950101", "imported", ""),
        ("STRANGE_LAND_", "malformed", "QQQ is no country"),
        ("KENYA_", "ignored", "known already"),
        ("PORT_HALVERSEN_", "imported", ""),
        ("RAID_", "ignored", "ordinary word"),
        ("NOBODY_", "ignored", "nobody is meant"),
        ("+STRAY", "malformed", "a line of its own"),
        ("TRAILING_", "malformed", "put ; before"),
        ("Liberation", "comment", ""),
    ],
)
def test_verdicts_tell_the_cure(imported, text, outcome, words):
    if text == "Liberation":
        text = "# An actor"
    found, detail = verdict(imported, text)
    assert found == outcome, detail
    assert words in detail


def test_places_of_a_state_stand_for_it_as_its_capital_does(imported):
    (row,) = rows(imported, "countries")
    assert (row["entity"], row["name"], row["seats"]) == ("country/KEN", "Kenya", "Port Halversen")


def test_agents_become_roles(tmp_path):
    (tmp_path / "agents.txt").write_text(AGENTS, encoding="utf-8")
    made = read_files([tmp_path / "agents.txt"])
    found = {r["role"]: (r["plural"], r["sectors"]) for r in rows(made, "roles")}
    assert found["dyke warden"] == ("", "GOV")
    assert found["pearl fisherman"] == ("pearl fishermen", "BUS")
    assert found["keeper of the gate"][1] == "GOV MIL"
    assert "keepers of the gate" in found
    assert verdict(made, "TIN_BARON") == ("in part", "unknown part XQX of the code is left out")
    assert verdict(made, "!MISSING!")[0] == "malformed"
    assert verdict(made, "GENERAL_") == ("ignored", "known already, with the same sectors")
    assert verdict(made, "ZEN_SKEPTIC")[0] == "ignored"
    assert verdict(made, "NO_CODE")[0] == "malformed"
    assert sum(made.counts().values()) == len(AGENTS.splitlines())


def test_a_dictionary_of_peoples(tmp_path):
    (tmp_path / "p.txt").write_text("# CAMEO ethnic groups codes\nVELDORANS_ [VLD]\n+VELDORIANS_\n", encoding="utf-8")
    made = read_files([tmp_path / "p.txt"])
    (row,) = rows(made, "peoples")
    assert (row["name"], row["nouns"], row["kind"]) == ("Veldorans", "Veldorians", "ethnic")


def test_csv_of_both_kinds(tmp_path):
    (tmp_path / "own.csv").write_text(
        'name,country,sectors,aliases\nVeldora Front,MOZ,REB,VF;Front of Veldora\nBad,XYZ,GOV,\n"Odd, cells",MOZ\n',
        encoding="utf-8",
    )
    (tmp_path / "ours.csv").write_text(
        ",".join(COLUMNS["groups"]) + "\ngroup/veldora-guard,Veldora Guard,,,MOZ,PRM,1999,,,\n", encoding="utf-8"
    )
    (tmp_path / "strange.csv").write_text("who,what\na,b\n", encoding="utf-8")
    made = read_files([tmp_path / "own.csv", tmp_path / "ours.csv", tmp_path / "strange.csv"])
    assert [r["name"] for r in rows(made, "groups")] == ["Veldora Front", "Veldora Guard"]
    assert rows(made, "groups")[0]["aliases"] == "VF | Front of Veldora"
    assert verdict(made, "Bad,XYZ")[0] == "malformed"
    assert "quote cells" in verdict(made, "Odd")[1]
    assert "unknown columns" in verdict(made, "who,what")[1]


def test_old_encodings_are_read_line_by_line(tmp_path):
    (tmp_path / "a.txt").write_bytes(
        b"JOS\xc9_VELDORAN_ [MOZGOV >990101]\nJOS\xc3\x89_OTRO_VELDORAN_ [MOZGOV >990101]\n"
    )
    names = {r["name"] for r in rows(read_files([tmp_path / "a.txt"]), "persons")}
    assert names == {"José Veldoran", "José Otro Veldoran"}


# -- codes, dates, names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "sectors", "start", "end"),
    [
        ("AFGGOVMIL", "AFG", "GOV MIL", "", ""),
        ("RUS >911226", "RUS", "", "1991-12-26", ""),
        ("RUS < 911226", "RUS", "", "", "1991-12-25"),
        ("USAMED 000101-20051231", "USA", "JRN", "2000-01-01", "2005-12-31"),
        ("TMP", "TLS", "", "", ""),
        ("GBRFLK", "FLK", "", "", ""),
        ("IGOEUREEC", "EUR", "", "", ""),
        ("MNCUSA", "MNC", "BUS", "", ""),
        ("IMGMUSALQ", "IMG", "REB", "", ""),
        ("~HLH", None, "MED", "", ""),
    ],
)
def test_codes(text, country, sectors, start, end):
    code = read_code(text)
    assert (code.country, " ".join(code.sectors), code.start, code.end) == (country, sectors, start, end)


@pytest.mark.parametrize(
    "text", ["", "afg", "AF", "AFGG", "AFG 990101", "AFG 990231-990301", "AFG 20-30", "AFG 990101-980101"]
)
def test_malformed_codes_are_refused(text):
    with pytest.raises(CodeError):
        read_code(text)


DAYS = st.one_of(st.just(""), st.dates(date(2000, 1, 1), date(2000, 2, 1)).map(date.isoformat))


@given(st.lists(st.tuples(DAYS, DAYS), max_size=5))
def test_times_made_disjoint_cover_the_same_days_once(spans):
    codes = [Code(str(i), (), a, b) for i, (a, b) in enumerate(spans) if not (a and b and a > b)]
    made = disjoint(codes)
    ordered = [c for c in codes if c.dated] + [c for c in codes if not c.dated]
    for n in range(-2, 40):
        day = (date(2000, 1, 1) + timedelta(days=n)).isoformat()
        first = next(
            (c.country for c in ordered if (not c.start or c.start <= day) and (not c.end or day <= c.end)), None
        )
        now = [c.country for c in made if (not c.start or c.start <= day) and (not c.end or day <= c.end)]
        assert now == ([first] if first is not None else [])


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        ("KOFI_ANNAN_", "Kofi Annan"),
        ("OSAMA_BIN_LADEN_", "Osama bin Laden"),
        ("BANK_OF_THE_SOUTH", "Bank of the South"),
        ("AL-VELDORI_BRIGADE_", "al-Veldori Brigade"),
        ("UN_VELDORA_MISSION_", "UN Veldora Mission"),
        ("BRIAN_O'VELDORA_", "Brian O'Veldora"),
        ("U.N._", "U.N."),
        ("Already_Written_", "Already Written"),
    ],
)
def test_names_are_written_as_news_writes_them(raw, first):
    assert spellings(raw)[0] == first


@given(st.text(max_size=40))
def test_any_line_is_read(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(("NAME_ [KENGOV]\n" + text).encode("utf-8", "surrogatepass"))
    made = read_files([path])
    assert sum(made.counts().values()) == len(made.lines)


# -- folders -------------------------------------------------------------------------------------------------------------


def test_rows_are_added_once(tmp_path):
    theme, row = simple_row({"name": "Veldora Front", "country": "moz", "sectors": "reb"})
    assert (theme, row[0], row[4], row[5]) == ("groups", "group/veldora-front", "MOZ", "REB")
    assert add_rows(tmp_path / "own", {theme: [row, row]}) == 1
    assert add_rows(tmp_path / "own", {theme: [row]}) == 0
    assert [p.name for p in (tmp_path / "own").iterdir()] == ["groups.csv"]


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "X"},
        {"name": "X", "country": "ZZZ"},
        {"name": "X", "country": "KEN", "sectors": "ABC"},
        {"name": "X", "country": "KEN", "start": "1999-13"},
        {"name": "X", "country": "KEN", "start": "2001", "end": "1999"},
        {"name": "X", "country": "KEN", "kind": "state"},
    ],
)
def test_what_is_wrong_with_an_entry_is_said(values):
    with pytest.raises(ValueError, match=r"give|use|write|change"):
        simple_row(values)


@pytest.fixture
def own(tmp_path):
    """A folder that gives Kenya's Kibaki another office in one year, a new group, and a faulty row."""
    folder = tmp_path / "own"
    theme, row = simple_row(
        {"name": "Mwai Kibaki", "country": "KEN", "sectors": "JUD", "title": "judge", "start": "2009", "end": "2009"}
    )
    more, group = simple_row({"name": "Veldora Front", "country": "MOZ", "sectors": "REB", "aliases": "VFX"})
    add_rows(folder, {theme: [row], more: [group]})
    with (folder / "groups.csv").open("a", encoding="utf-8") as stream:
        stream.write("group/odd,Odd,,,MARS,REB,,,,\n")
    return str(folder)


def test_own_entries_win_on_their_days(own):
    known = Knowledge([Path(own)])
    assert [o.title for o in known.offices("person/mwai-kibaki", "2009-05-01")] == ["judge"]
    assert [o.title for o in known.offices("person/mwai-kibaki", "2010-05-01")] == ["president"]
    assert len(known.problems) == 1
    assert "groups.csv:3: unknown country MARS" in known.problems[0]


def test_own_entries_are_used_in_coding(own):
    document = Document("1", None, "Veldora Front fighters attacked a convoy. VFX claimed the attack.", "2009-05-01")
    entities = {row["entity"] for row in list_mentions(document, ["actor"], (own,))}
    assert "group/veldora-front" in entities
    assert "group/veldora-front" not in {row["entity"] for row in list_mentions(document, ["actor"])}
    document = Document("2", None, "Mwai Kibaki condemned the raid.", "2009-05-01")
    (event,) = Coder(actors=(own,)).code(document)
    assert event.actors[0].sectors == ("JUD",)
    (event,) = Coder().code(document)
    assert event.actors[0].sectors == ("GOV",)


def test_a_folder_must_be_one(tmp_path):
    with pytest.raises(UsageError, match="is no folder"):
        check_folders([str(tmp_path / "none")])
    with pytest.raises(UsageError, match="holds no actor table"):
        check_folders([str(tmp_path)])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name\nx\n", b'"unclosed', b""])
def test_a_broken_table_is_told_and_the_rest_loaded(tmp_path, content):
    (tmp_path / "groups.csv").write_bytes(content)
    known = Knowledge([tmp_path])
    assert len(known.problems) == 1
    assert str(tmp_path / "groups.csv") in known.problems[0]
    assert known.entries("Kenya")


# -- look-up -------------------------------------------------------------------------------------------------------------


def test_a_name_is_explained_as_of_the_day():
    known = knowledge()
    before, after = explain(known, "Putin", "1999-06-01")[0], explain(known, "Putin", "2024-08-19")[0]
    assert before.entry.entity == after.entry.entity == "person/vladimir-putin"
    assert "SPY" in before.sectors
    assert "Federal Security Service" in before.why
    assert after.sectors == ("GOV",)
    assert "president" in after.why
    assert "no office" in explain(known, "Putin", "1985-01-01")[0].why


def test_names_are_found_by_part():
    found = find(knowledge(), "polisario")
    assert found[0].entity == "group/polisario-front"
    assert find(knowledge(), "  ") == []


def test_the_commands(tmp_path, own):
    run = CliRunner().invoke
    told = run(app, ["actors", "explain", "Putin", "--on", "1999-06-01"])
    assert told.exit_code == 0
    assert "RUS SPY" in told.output
    assert "- president: from 2012-05-07; RUS GOV" in told.output
    assert run(app, ["actors", "explain", "Nobody Known Here"]).exit_code == 1
    assert "Veldora" in run(app, ["actors", "find", "veldora", "--actors", own]).output
    folder = tmp_path / "mine"
    words = ["actors", "add", "--name", "Veldora Guard", "--country", "MOZ", "--sectors", "PRM", "--file", str(folder)]
    assert run(app, words).exit_code == 0
    (tmp_path / "a.txt").write_text(ACTORS, encoding="utf-8")
    words = ["actors", "import", str(tmp_path / "a.txt"), "-o", str(folder)]
    told = run(app, words)
    assert told.exit_code == 0
    assert "a.txt:13: " in told.output
    assert run(app, [*words, "--strict"]).exit_code == 1
    account = list(csv.DictReader((folder / "import.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["outcome"] for row in account} == {"ignored", "malformed"}
    assert check_folders([str(folder)]) == []
