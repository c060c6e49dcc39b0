"""How charts look: their colours on a light and on a dark ground, their titles, and what makes them accessible.

Altair is loaded when the first chart is drawn; without it the error names the extra that brings it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dragoman.dossier_words import QUAD_NAMES
from dragoman.errors import UsageError

if TYPE_CHECKING:
    import altair as alt

    Drawing = alt.Chart | alt.LayerChart

Theme = Literal["light", "dark"]

OUTCOMES = ("kept", "open", "overdue", "withdrawn", "refused", "broken")
"""Outcomes of commitments, best first."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one ground, as CSS."""

    ground: str
    ink: str
    soft: str
    line: str
    land: str
    quads: tuple[str, str, str, str]
    outcomes: tuple[str, ...]
    """One for each of `OUTCOMES`."""


PALETTES: Mapping[str, Palette] = {
    "light": Palette(
        "#ffffff", "#1b1f24", "#59636e", "#d6dbe1", "#eef1f4", ("#56b4e9", "#0072b2", "#e69f00", "#c8501a"),
        ("#0072b2", "#7a828c", "#9a6a00", "#7a3e9d", "#c8501a", "#c8501a"),
    ),
    "dark": Palette(
        "#12161b", "#e6e9ed", "#a3adb8", "#333b45", "#1f262e", ("#9ad4f6", "#3f9be0", "#f3bd4f", "#ee7a4a"),
        ("#3f9be0", "#98a2ad", "#f3bd4f", "#c79be6", "#ee7a4a", "#ee7a4a"),
    ),
}  # fmt: skip
"""After Okabe and Ito's colours, which the colour-blind tell apart; on each ground at least 3 to 1 against it, the first
alone excepted, which never stands without its place above the axis."""


def load_altair() -> Any:
    """Altair, loaded on first use; raises `UsageError` where it isn't installed."""
    try:
        import altair
    except ImportError:
        raise UsageError('charts need the extra `charts`: install it with `pip install "dragoman[charts]"`') from None
    return altair


def palette_of(theme: str) -> Palette:
    """The colours of a ground; raises `UsageError` for an unknown one."""
    if theme not in PALETTES:
        raise UsageError(f"no theme {theme!r}; use one of {', '.join(PALETTES)}")
    return PALETTES[theme]


def finished(chart: Any, title: str, subtitle: str, description: str, palette: Palette) -> Drawing:
    """A chart with its title, description and the colours of its ground."""
    alt = load_altair()
    heading = alt.TitleParams(title, subtitle=subtitle, anchor="start", offset=14)
    made: Drawing = (
        chart.properties(title=heading, description=description)
        .configure(background=palette.ground, font="system-ui, Segoe UI, Roboto, Noto Sans, sans-serif")
        .configure_view(stroke=None)
        .configure_title(color=palette.ink, subtitleColor=palette.soft, fontSize=16, subtitleFontSize=12)
        .configure_axis(
            labelColor=palette.soft, titleColor=palette.soft, gridColor=palette.line, domainColor=palette.soft,
            tickColor=palette.line, titleFontWeight="normal", labelFontSize=12, titleFontSize=12,
        )
        .configure_legend(labelColor=palette.ink, titleColor=palette.soft, orient="top", labelFontSize=12, labelLimit=260)
        .configure_text(color=palette.ink)
    )  # fmt: skip
    return made


def values(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Rows as a chart holds them."""
    return load_altair().Data(values=list(rows))


def by_quad(alt: Any, palette: Palette) -> Any:
    """Colour by kind of incident."""
    return alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(QUAD_NAMES), range=list(palette.quads)),
        legend=alt.Legend(title=None, columns=4),
    )


def nothing(alt: Any, what: str, palette: Palette) -> Drawing:
    """What is drawn where there is nothing to draw: a sentence."""
    chart = alt.Chart(values([{"said": what}])).mark_text(size=14, color=palette.soft).encode(text="said:N")
    return finished(chart.properties(width=420, height=60), "Nothing to draw", "", what, palette)
