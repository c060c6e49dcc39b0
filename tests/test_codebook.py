"""The codebook is whole, agrees with itself, translates to CAMEO and back, and says all that is wrong with an own one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman import codebook as cb
from dragoman.errors import CodebookError, UsageError

BOOK = cb.load()
ACTS = [(name, None) for name in BOOK.types] + list(BOOK.modes)

# The contract of the record, written out: type -> quad and modes.
CONTRACT = {
    "AGREE": (1, ""),
    "CONSULT": (1, "visit third-party multilateral phone"),
    "SUPPORT": (1, ""),
    "CONCEDE": (1, ""),
    "COOPERATE": (2, ""),
    "AID": (2, ""),
    "RETREAT": (2, "withdraw release ceasefire disarm access resign return"),
    "REQUEST": (3, "assist change yield meet"),
    "ACCUSE": (3, "disapprove allege investigate"),
    "REJECT": (3, "assist change yield meet"),
    "THREATEN": (3, "restrict arrest relations expel territory violence"),
    "PROTEST": (4, "demo riot strike hunger boycott obstruct vandalize"),
    "SANCTION": (4, "convict expel withdraw discontinue"),
    "MOBILIZE": (4, "troops weapons police militia"),
    "COERCE": (
        4,
        "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber",
    ),
    "ASSAULT": (
        4,
        "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack aerial drone "
        "heavy-weapons crowd-control unconventional",
    ),
}
SECTORS = "GOV MIL REB COP JUD LEG PTY PRM SPY UAF UNK AGR BUS CRM CVL EDU ELI JRN LAB MED REF OPP PRE REL SOC"


def test_the_shipped_codebook_has_no_problem() -> None:
    assert cb.check(cb.FOLDER) == []


@pytest.mark.parametrize("name", CONTRACT)
def test_each_type_has_the_quad_and_modes_of_the_contract(name: str) -> None:
    quad, modes = CONTRACT[name]
    assert BOOK.quad(name) == quad
    assert {mode.name for mode in BOOK.modes_of(name)} == set(modes.split())


def test_there_are_no_other_types_and_sectors() -> None:
    assert set(BOOK.types) == set(CONTRACT)
    assert set(BOOK.sectors) == set(SECTORS.split())


def test_every_mode_belongs_to_a_known_type() -> None:
    assert {mode.type for mode in BOOK.modes.values()} <= set(BOOK.types)


@pytest.mark.parametrize("auxiliary", ["historical", "future", "hypothetical", "negation"])
def test_status_is_no_context(auxiliary: str) -> None:
    assert auxiliary not in BOOK.contexts


# --- entries read like a page ------------------------------------------------------------------------------------


def examples() -> list[str]:
    return [entry.example for entry in BOOK.types.values()] + [mode.example for mode in BOOK.modes.values()]


@pytest.mark.parametrize("example", examples())
def test_an_example_is_one_whole_sentence(example: str) -> None:
    assert re.fullmatch(r"[A-Z][^.!?]+\.", example)


def test_no_two_entries_share_an_example() -> None:
    assert len(set(examples())) == len(examples())


def test_every_type_and_mode_says_what_it_is_not() -> None:
    assert [name for name, entry in BOOK.types.items() if not entry.contrasts] == []
    assert [key for key, mode in BOOK.modes.items() if not mode.contrasts] == []


def test_keywords_are_lower_case_and_trimmed() -> None:
    words = [word for context in BOOK.contexts.values() for word in context.keywords]
    assert [word for word in words if word != word.lower().strip()] == []


# --- scores ------------------------------------------------------------------------------------------------------


def test_cooperation_scores_above_conflict() -> None:
    """REQUEST alone may stand at or above zero among the types of conflict, as in PLOVER's table."""
    for type_, mode in ACTS:
        if BOOK.quad(type_) <= 2:
            assert BOOK.score(type_, mode) > 0
        elif type_ != "REQUEST":
            assert BOOK.score(type_, mode) < 0


def test_an_unknown_or_missing_mode_scores_as_its_type() -> None:
    assert BOOK.score("RETREAT") == BOOK.score("RETREAT", None) == BOOK.score("RETREAT", "no-such-mode") == 6.5
    assert BOOK.score("RETREAT", "disarm") == 10.0


# --- PLOVER to CAMEO and back --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("type_", "mode"), ACTS)
def test_every_type_and_mode_has_a_cameo_code_that_leads_back(type_: str, mode: str | None) -> None:
    code = BOOK.cameo_for(type_, mode)
    back_type, back_mode = BOOK.plover_for(code)
    coarse = [row.coarse for row in BOOK.defaults if (row.type, row.mode, row.prospect) == (type_, mode, None)]
    assert back_type == type_
    assert back_mode == mode or coarse == [True]


@pytest.mark.parametrize("code", BOOK.cameo)
def test_every_cameo_code_leads_to_a_type_that_leads_back_to_cameo(code: str) -> None:
    type_, mode = BOOK.plover_for(code)
    if type_ is None:
        assert code == "08" or code.startswith("01")
    else:
        assert BOOK.plover_for(BOOK.cameo_for(type_, mode))[0] == type_


@pytest.mark.parametrize("mode", BOOK.modes.values(), ids=lambda mode: f"{mode.type}/{mode.name}")
def test_the_codes_a_mode_names_are_of_its_type_and_of_no_other_mode(mode: cb.ModeEntry) -> None:
    for code in mode.cameo:
        assert BOOK.plover_for(code) in {(mode.type, mode.name), (mode.type, None)}


def test_every_code_with_a_mode_is_named_by_that_mode() -> None:
    unnamed = [
        entry.code
        for entry in BOOK.cameo.values()
        if entry.type and entry.mode and entry.code not in BOOK.modes[entry.type, entry.mode].cameo
    ]
    assert [code for code in unnamed if len(code) > 2] == []


def test_every_subcode_has_its_parent() -> None:
    assert [code for code in BOOK.cameo if len(code) > 2 and code[:-1] not in BOOK.cameo] == []


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("057", ("SUPPORT", None)),  # signing
        ("0871", ("RETREAT", "ceasefire")),
        ("0873", ("RETREAT", "disarm")),
        ("0356", ("CONCEDE", None)),  # a ceasefire to come
        ("038", ("AGREE", None)),
        ("039", ("AGREE", None)),
        ("192", ("COERCE", "seize")),  # occupation with no fighting told
        ("190", ("ASSAULT", None)),
        ("196", ("ASSAULT", None)),
        ("164", ("SANCTION", "withdraw")),
        ("163", ("SANCTION", "discontinue")),
        ("116", ("SANCTION", "convict")),
        ("074", ("AID", None)),
        ("055", ("CONCEDE", None)),
        ("016", (None, None)),
    ],
)
def test_the_hard_cases_of_the_contract(code: str, act: tuple[str | None, str | None]) -> None:
    assert BOOK.plover_for(code) == act


@pytest.mark.parametrize(
    ("type_", "mode", "prospect", "code"),
    [
        ("AGREE", None, ("CONSULT", None), "036"),
        ("AGREE", None, ("CONSULT", "visit"), "036"),
        ("AGREE", None, ("AID", None), "033"),
        ("CONCEDE", None, ("RETREAT", "ceasefire"), "0356"),
        ("CONCEDE", None, ("RETREAT", "release"), "0353"),
        ("CONCEDE", None, None, "080"),
        ("REQUEST", "yield", ("RETREAT", "ceasefire"), "0256"),
        ("REQUEST", "assist", ("AID", None), "023"),
        ("REJECT", "meet", ("CONSULT", None), "125"),
        ("THREATEN", "violence", ("ASSAULT", "unconventional"), "1385"),
        ("THREATEN", "violence", ("ASSAULT", None), "138"),
        ("ASSAULT", "drone", None, "1952"),
        ("assault", None, None, "190"),
    ],
)
def test_the_prospect_chooses_a_closer_code(
    type_: str, mode: str | None, prospect: tuple[str, str | None] | None, code: str
) -> None:
    assert BOOK.cameo_for(type_, mode, prospect) == code


def test_an_appeal_has_its_demand_and_other_codes_stay() -> None:
    assert BOOK.as_demand("0256") == "1056"
    assert BOOK.as_demand("026") == "106"
    assert BOOK.as_demand("190") == "190"
    assert all(entry.demand for code, entry in BOOK.cameo.items() if code.startswith("02"))


def test_an_unknown_subcode_counts_as_its_ancestor_and_an_unknown_root_is_an_error() -> None:
    assert BOOK.plover_for("1719") == ("COERCE", "seize")
    with pytest.raises(UsageError, match="99"):
        BOOK.plover_for("99")


# --- showing ------------------------------------------------------------------------------------------------------


def test_the_overview_names_every_type_mode_context_and_sector() -> None:
    text = BOOK.render()
    names = [*BOOK.types, *(mode for _, mode in BOOK.modes), *BOOK.contexts, *BOOK.sectors]
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("name", CONTRACT)
def test_a_page_shows_modes_codes_and_contrasts(name: str) -> None:
    page = BOOK.render(name.lower())
    assert page.startswith(f"# {name}\n")
    assert BOOK.types[name].example in page
    assert all(f"## {name}/{mode.name}" in page for mode in BOOK.modes_of(name))
    assert all(code in page for code, entry in BOOK.cameo.items() if entry.type == name)


def test_an_unknown_type_is_a_usage_error_that_names_the_types() -> None:
    with pytest.raises(UsageError, match="AGREE, CONSULT"):
        BOOK.render("QUARREL")


# --- an own codebook -----------------------------------------------------------------------------------------------


def own(folder: Path, file: str, change: tuple[str, str]) -> Path:
    """The shipped file, with one passage replaced, in a folder of its own."""
    text = (cb.FOLDER / file).read_text(encoding="utf-8")
    assert change[0] in text
    (folder / file).write_text(text.replace(*change, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "change", "entry", "message"),
    [
        ("types.toml", ("quad = 1", "quad = 7"), "AGREE", "outside 1 to 4"),
        ("types.toml", ("quad = 1", "quad = 1.5"), "AGREE", "no whole number"),
        ("types.toml", ("quad = 1", 'quad = "one"'), "AGREE", "no number"),
        ("types.toml", ("why =", "wyh ="), "AGREE", "unknown key 'wyh'"),
        ("types.toml", ('but = "CONSULT"', 'but = "CONSULTS"'), "AGREE", "no type or mode 'CONSULTS'"),
        ("types.toml", ("[AGREE]", "[agree]"), "agree", "capital letters"),
        ("modes.toml", ("[RETREAT.ceasefire]", "[RETREATS.ceasefire]"), "RETREATS.ceasefire", "no type RETREATS"),
        ("modes.toml", ('cameo = ["0871"]', 'cameo = ["0879"]'), "RETREAT.ceasefire", "no CAMEO code 0879"),
        ("modes.toml", ('cameo = ["0871"]', 'cameo = ["190"]'), "RETREAT.ceasefire", "CAMEO 190 is ASSAULT"),
        ("contexts.toml", ('"army"', '"Army"'), "military", "capitals"),
        ("contexts.toml", ('"army"', '"navy"'), "military", "names twice: navy"),
        ("sectors.toml", ("[GOV]", "[GOVT]"), "GOVT", "three capital letters"),
        ("scores.toml", ("type = 2.5", "type = 25"), "scores.AGREE", "outside -10 to 10"),
        ("scores.toml", ("ceasefire = 7.5\n", ""), "scores.RETREAT", "no score for ceasefire"),
        ("cameo.toml", ('type = "RETREAT"', 'type = "RETRAET"'), "codes.0831", "no type and mode RETRAET/resign"),
        ("cameo.toml", ('code = "036"', 'code = "0366"'), "defaults 2", "no CAMEO code 0366"),
        ("cameo.toml", ('code = "036"', 'code = "190"'), "defaults 2", "leads back to ASSAULT"),
        ("cameo.toml", ("goldstein = 0.0\n", ""), "codes.01", "goldstein is missing"),
        ("cameo.toml", ('[codes."01"]', "codes = 3\n[code.01]"), "", "can't be read"),
    ],
)
def test_a_planted_problem_is_found_where_it_is(
    tmp_path: Path, file: str, change: tuple[str, str], entry: str, message: str
) -> None:
    found = cb.check(own(tmp_path, file, change))
    assert any(p.file == file and p.entry == entry and message in p.message and p.cure for p in found), found


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    own(tmp_path, "types.toml", ("quad = 1", "quad = 9"))
    own(tmp_path, "scores.toml", ("type = 2.5", "type = 99"))
    (tmp_path / "sectors.toml").write_text("[GOV\n", encoding="utf-8")
    (tmp_path / "sector.toml").write_text("", encoding="utf-8")
    files = {problem.file for problem in cb.check(tmp_path)}
    assert files == {"types.toml", "scores.toml", "sectors.toml", "sector.toml"}
    with pytest.raises(CodebookError, match=r"(?s)types\.toml.*sectors\.toml.*scores\.toml"):
        cb.load(tmp_path)


def test_an_own_file_replaces_the_shipped_one_and_the_rest_stays(tmp_path: Path) -> None:
    book = cb.load(own(tmp_path, "scores.toml", ("ceasefire = 7.5", "ceasefire = 9.0")))
    assert book.score("RETREAT", "ceasefire") == 9.0
    assert BOOK.score("RETREAT", "ceasefire") == 7.5
    assert book.types == BOOK.types


def test_a_changed_file_counts_at_the_next_load(tmp_path: Path) -> None:
    first = cb.load(own(tmp_path, "scores.toml", ("ceasefire = 7.5", "ceasefire = 9.0")))
    assert cb.load(tmp_path) is first
    assert cb.load(own(tmp_path, "scores.toml", ("ceasefire = 7.5", "ceasefire = 8.0"))) is not first


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    assert "no folder" in cb.check(tmp_path / "absent")[0].message


VALUES = st.one_of(st.integers(), st.booleans(), st.text(max_size=5), st.lists(st.integers(), max_size=2))


@settings(max_examples=60, deadline=None)
@given(file=st.sampled_from(cb.FILES), key=st.sampled_from(["AGREE", "codes", "defaults", "scores", "x"]), value=VALUES)
def test_checking_never_fails_on_a_file_of_the_wrong_shape(
    tmp_path_factory: pytest.TempPathFactory, file: str, key: str, value: object
) -> None:
    folder = tmp_path_factory.mktemp("own")
    shown = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
    (folder / file).write_text(f"{key} = {shown}\n", encoding="utf-8")
    assert cb.check(folder) != []


def test_the_hash_is_stable_and_hexadecimal() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", cb.codebook_hash())
    assert cb.codebook_hash() == cb.codebook_hash()
