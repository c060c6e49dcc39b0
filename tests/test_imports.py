"""The import order is the table of contents of the house: a module may import those above it, never those below."""

import ast
from pathlib import Path

SRC = Path(__file__).parent.parent / "src" / "dragoman"

ORDER = [
    "errors",
    "cycles",
    "whole",
    "records",
    "ontology",
    "codebook",
    "lexicon",
    "dates",
    "language",
    "furniture",
    "printed",
    "markdown",
    "encodings",
    "remote",
    "sources",
    "formats",
    "jsonarrays",
    "webpages",
    "documents",
    "reading",
    "syntax",
    "vocabulary",
    "mentions",
    "actor_files",
    "gate",
    "layers",
    "arcs",
    "words",
    "trees",
    "parse",
    "wordpiece",
    "relations",
    "doubts",
    "participants",
    "frames",
    "prospects",
    "folding",
    "modes",
    "events",
    "speech",
    "quotes",
    "statements",
    "collect",
    "claims",
    "scene",
    "binding",
    "reckoning",
    "clauses",
    "dating",
    "status",
    "qualify",
    "weave",
    "confidence",
    "pipeline",
    "listing",
    "relate",
    "export",
    "careful",
    "nursery",
    "workers",
    "scale",
    "journal",
    "shares",
    "scale_ray",
    "tally",
    "score",
    "traits",
    "likeness",
    "incidents",
    "profiles",
    "pairing",
    "merging",
    "commitments",
    "schema",
    "store",
    "ledger",
    "review_fields",
    "review",
    "review_overlay",
    "review_agreement",
    "review_queue",
    "review_gold",
    "linking",
    "witness",
    "changes",
    "timeline",
    "parties",
    "dossier_words",
    "dossier",
    "dossier_text",
    "outlines",
    "chart_style",
    "charts",
    "dossier_charts",
    "dossier_style",
    "dossier_page",
    "cli_store",
    "cli_dossier",
    "cli_actors",
    "web",
    "cli_serve",
    "cli_code",
    "cli",
]
"""Rooms from the top of the house down."""

TYPES_ONLY = {("reading", "mentions")}
"""The working record names types of the mentions, for the type checker alone."""


def room(path: Path) -> str:
    part = path.relative_to(SRC).parts[0]
    return part.removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("dragoman."):
            names.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "dragoman":
            names.update(alias.name for alias in node.names if (SRC / f"{alias.name}.py").exists())
        elif isinstance(node, ast.Import):
            names.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("dragoman."))
    return names


def modules():
    return sorted(p for p in SRC.rglob("*.py") if p.name != "__init__.py" or p.parent != SRC)


def test_every_room_has_its_place_in_the_order():
    assert {room(p) for p in modules()} <= set(ORDER), "a new module: give it its place in ORDER"


def test_no_room_imports_one_below_it():
    for path in modules():
        here = room(path)
        for other in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if other != here and (here, other) not in TYPES_ONLY:
                assert ORDER.index(other) < ORDER.index(here), f"{here} imports {other}, which stands below it"


def test_nobody_sees_the_command_line():
    for path in modules():
        if room(path) not in {"cli", "__main__"}:
            assert "cli" not in imported(ast.parse(path.read_text(encoding="utf-8")))
