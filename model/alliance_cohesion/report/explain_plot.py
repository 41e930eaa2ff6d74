"""The terms of worth as a waterfall: from 0 through each term to the alignment."""

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..analysis.explain import Explanation, Spread
from ..core.inputs import Standing
from . import explain_words as words
from . import page, palette
from .page import Picture
from .text import clean, listed, shorten

HOLDS, PUSHES = palette.STANDING[Standing.MEMBER], palette.STANDING[Standing.OUTSIDE]
SUM = "#555555"
CAPTION = (
    "What membership was worth, term by term, in log-odds: each bar starts where the one above it "
    "ends, and they add up to the alignment. One unit changes the odds of leaving by a factor of "
    "2.7."
)
_LEFT, _RIGHT, _ROW = 2.0, 0.75, 0.42  # inches


def draw(explanation: Explanation) -> Picture:
    """One bar a term, from where the terms above it end; then the alignment from 0."""
    e = explanation
    rows = len(e.terms) + 1
    made = page.sheet(
        title(e), _subtitle(e), 1, panel=_ROW * rows, columns=1, above=0.05, foot=0.62
    )
    axes = made.panels[0]
    _make_room(axes)
    at = 0.0
    for row, term in enumerate(e.terms):
        _bar(axes, row, at, term.log_odds, HOLDS if term.log_odds.mean > 0 else PUSHES)
        at += term.log_odds.mean
        axes.plot([at, at], [row, row + 1], color=palette.FAINT, linewidth=0.7, zorder=1)
    _bar(axes, rows - 1, 0.0, e.alignment, SUM)
    axes.axhline(rows - 1.5, color=palette.FAINT, linewidth=0.5)
    axes.axvline(0.0, color=palette.INK, linewidth=0.8, zorder=1)
    axes.set_ylim(rows - 0.5, -0.5)
    names = [_name(e, k) for k in range(len(e.terms))]
    axes.set_yticks(range(rows), [*names, "alignment, the sum"])
    axes.tick_params(axis="y", length=0)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=palette.GRID, linewidth=0.5)
    axes.set_xlabel("log-odds", fontsize=7.5, labelpad=14)
    holds = "draws it in" if e.standing == Standing.OUTSIDE else "holds"
    for side, text in (
        ("right", "\N{LEFTWARDS ARROW} pushes away"),
        ("left", f"{holds} \N{RIGHTWARDS ARROW}"),
    ):
        axes.annotate(
            text,
            (0.0, 0.0),
            (-6 if side == "right" else 6, -15),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=7.5,
            color=palette.INK,
            annotation_clip=False,
        )
    page.legend(
        made.figure,
        [
            Patch(color=HOLDS, linewidth=0, label=holds),
            Patch(color=PUSHES, linewidth=0, label="pushes away"),
            Patch(color=SUM, linewidth=0, label="their sum"),
            Line2D([], [], color=palette.INK, linewidth=1, label="5-95 % of the draws"),
        ],
    )
    made.figure.text(
        page.LEFT / page.WIDTH,
        0.1 / made.figure.get_figheight(),
        _foot(e),
        fontsize=7,
        color="#555555",
        va="bottom",
        parse_math=False,
    )
    return Picture("terms", made.figure, _alt(e), CAPTION)


def title(e: Explanation) -> str:
    """What the picture says, in words."""
    state, alliance = shorten(clean(e.state), 20), shorten(clean(e.attributes["alliance"]), 20)
    when = f"{e.first:%Y-%m}"
    if e.standing == Standing.OUTSIDE:
        return f"What drew {state} to {alliance} and what pushed it away, {when}"
    return f"What held {state} in {alliance} and what pushed it away, {when}"


def _subtitle(e: Explanation) -> str:
    origin = shorten(clean(e.attributes["parameters_from"]), 50)
    drawn = (
        "parameters drawn from the prior, NOT calibrated"
        if not e.calibrated
        else f"parameters from {origin}"
    )
    name = shorten(clean(e.attributes["scenario"]), 30)
    return f"{name}; what was perceived up to {e.perceived_until}; {drawn}"


def _make_room(axes: Axes) -> None:
    box = axes.get_position()
    left, right = _LEFT / page.WIDTH, 1 - _RIGHT / page.WIDTH
    axes.set_position((left, box.y0, right - left, box.height))


def _bar(axes: Axes, row: int, start: float, term: Spread, colour: str) -> None:
    axes.barh(row, term.mean, left=start, height=0.5, color=colour, zorder=2)
    low, high = start + term.low, start + term.high
    for colour, width in (("white", 2.6), (palette.INK, 1.0)):  # a rim, to be seen on the bar
        axes.plot([low, high], [row, row], color=colour, linewidth=width, zorder=3)
        for end in (low, high):
            axes.plot([end, end], [row - 0.1, row + 0.1], color=colour, linewidth=width, zorder=3)
    axes.annotate(
        words.log_odds(term.mean).replace("-", "\N{MINUS SIGN}"),
        (max(high, start, start + term.mean), row),
        (4, 0),
        textcoords="offset points",
        fontsize=7.5,
        va="center",
        color=palette.INK,
        annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )


def _name(e: Explanation, k: int) -> str:
    term = e.terms[k]
    made = words.made_of(e, term.drivers)
    return f"{term.name}\n({made})" if made else term.name


def _foot(e: Explanation) -> str:
    return (
        f"Mean chance of {e.move} {words.per(e)}: {words.chance_range(e.chance)}. "
        f"At 0 nothing pulls either way and it would be {words.chance(e.chance_at_zero)}.\n"
        "Each bar starts where the one above it ends; its whisker is the range of that term alone, "
        "from the bar's start.\n"
        "Ranges of terms do not add up: the terms vary together from draw to draw."
    )


def _alt(e: Explanation) -> str:
    ordered = sorted(e.terms, key=lambda term: -abs(term.log_odds.mean))
    hold = [_said(t.name, t.log_odds) for t in ordered if t.log_odds.mean > 0.005]
    push = [_said(t.name, t.log_odds) for t in ordered if t.log_odds.mean < -0.005]
    return (
        f"Waterfall of the terms of worth of {clean(e.state)}, {e.first} to {e.last}. "
        f"Holding it: {listed(hold) or 'nothing'}. Pushing it: {listed(push) or 'nothing'}. "
        f"They add up to an alignment of {words.log_odds(e.alignment.mean)} "
        f"({words.log_odds(e.alignment.low)} to {words.log_odds(e.alignment.high)}), and to a "
        f"chance of {e.move} {words.per(e)} of {words.chance_range(e.chance)}."
    )


def _said(name: str, term: Spread) -> str:
    return f"{name} {words.log_odds(term.mean)}"
