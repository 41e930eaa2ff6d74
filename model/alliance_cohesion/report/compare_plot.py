"""Pictures of a comparison: hazard against record, reliability diagram, free runs."""

import numpy as np
from matplotlib.lines import Line2D

from ..analysis.compare import Scorecard
from ..core.inputs import Inputs
from ..inference import record
from . import palette
from .page import Picture, Sheet, legend, sheet, time_axis
from .text import percent
from .timeline import Timeline


def draw(timeline: Timeline, inputs: Inputs, card: Scorecard) -> list[Picture]:
    """All pictures of a comparison."""
    return [
        _hazard(timeline, inputs, card),
        reliability(_source(timeline, card), _bins(card)),
        _free(timeline, card),
    ]


def _hazard(timeline: Timeline, inputs: Inputs, card: Scorecard) -> Picture:
    """Per state the probability of changing status, rules and baseline, and what it did."""
    risk = record.at_risk(inputs)
    changes = record.changes(inputs)
    title = "Probability of leaving, freezing or coming back, against the record"
    subtitle = (
        f"{_source(timeline, card)}; a member's probability of leaving, another's of coming back"
    )
    made: Sheet = sheet(title, subtitle, len(inputs.states), panel=1.05, gap=0.5, legend_lines=1)
    # The last entry of `years` closes the last time step.
    years = np.asarray(timeline.years[: len(risk)])
    for i, (state, axes) in enumerate(zip(inputs.states, made.panels, strict=True)):
        for one, colour, width in ((card.baseline, palette.FAINT, 1.0), (card.rules, "k", 1.4)):
            shown = np.where(risk[:, i], one.in_a_year[:, i], np.nan)
            axes.step(years, shown, where="post", color=colour, lw=width)
        for change in changes:
            if change.state == i:
                axes.axvline(years[change.step], color="#d55e00", lw=1.2, zorder=0)
                late = years[change.step] > years[0] + 0.85 * (years[-1] - years[0])
                axes.annotate(
                    f"{change.kind} {str(change.date)[:4]}",
                    (years[change.step], 0.55),
                    xytext=(-2 if late else 2, 0),
                    textcoords="offset points",
                    ha="right" if late else "left",
                    fontsize=6,
                    color="#d55e00",
                )
        axes.set_yscale("log")
        axes.set_ylim(0.0005, 1.0)
        axes.set_yticks([0.001, 0.01, 0.1, 1.0], ["0.1 %", "1 %", "10 %", "100 %"])
        axes.minorticks_off()
        axes.set_title(state, loc="left", fontsize=9, fontweight="bold")
        time_axis(axes, timeline)
    legend(
        made.figure,
        [
            Line2D([], [], color="k", lw=1.4, label="rules, in a year (at a renewal: at it)"),
            Line2D([], [], color=palette.FAINT, label="window-aware baseline"),
            Line2D([], [], color="#d55e00", label="documented change"),
        ],
    )
    told = "; ".join(f"{e.state} {e.date[:4]}: {100 * e.in_a_year:.1f} %" for e in card.ahead)
    return Picture(
        "hazard", made.figure,
        f"Yearly probability that each state changes its status. Just before changes: {told}.",
        "The probability that each state changes its status within a year (at a renewal: at it), "
        "by the rules and by a baseline that knows only when terms end. A good model is high "
        "just before a documented change and low elsewhere. The scale is logarithmic.",
    )  # fmt: skip


def _source(timeline: Timeline, card: Scorecard) -> str:
    if card.held_out:
        return (
            f"{timeline.data.attrs['scenario']}; held out: each fold is predicted by a fit that "
            "has not seen it"
        )
    return (
        f"{timeline.data.attrs['scenario']}; parameters from {card.parameters_from}, which has not "
        "seen this alliance"
    )


Bin = tuple[float, float, int, int]
"""Decisions of like probability: predicted, observed, how many left, of how many."""


def _bins(card: Scorecard) -> list[Bin]:
    return [(b.predicted, b.observed, b.moves, b.decisions) for b in card.calibration]


def reliability(source: str, bins: list[Bin]) -> Picture:
    """Predicted against observed share of members that leave."""
    title = "When the rules say x, how often does it happen?"
    made = sheet(title, source, 1, panel=3.4, columns=1)
    axes = made.panels[0]
    axes.plot([0.0005, 1], [0.0005, 1], color=palette.FAINT, lw=1, ls="--")
    for predicted, observed, moves, decisions in bins:
        low, high = _wilson(moves, decisions)
        x = max(predicted, 0.0005)
        axes.plot([x, x], [max(low, 0.0005), high], color="k", lw=1)
        axes.plot(x, max(observed, 0.0005), "o", color="k", ms=5, mfc="w" if not moves else "k")
        axes.annotate(
            f"{moves} of {decisions}", (x, high), xytext=(0, 3), textcoords="offset points",
            ha="center", fontsize=7,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.0004, 1.3)
    axes.set_ylim(0.0004, 2.0)
    ticks = [0.001, 0.01, 0.1, 1.0]
    labels = ["0.1 %", "1 %", "10 %", "100 %"]
    axes.set_xticks(ticks, labels)
    axes.set_yticks(ticks, labels)
    axes.minorticks_off()
    axes.set_xlabel("predicted probability that a member leaves in a time step", fontsize=8)
    axes.set_ylabel("share that did (bars: 95 % interval)", fontsize=8)
    legend(
        made.figure,
        [
            Line2D([], [], color="k", marker="o", ls="", label="decisions of like probability"),
            Line2D([], [], color="k", marker="o", mfc="w", ls="", label="none of them left"),
            Line2D([], [], color=palette.FAINT, ls="--", label="perfect"),
        ],
    )
    told = "; ".join(f"predicted {100 * predicted:.2f} %, {moves} of {decisions} left"
                     for predicted, _, moves, decisions in bins)  # fmt: skip
    return Picture(
        "reliability", made.figure, f"Reliability diagram. {told}.",
        "Decisions are grouped by the probability the rules gave them. Of those given 1 %, 1 % "
        "should leave: points on the dashed line are as often right as they claim. With so few "
        "leavings the bars are wide, and a point at the bottom edge stands for none at all.",
    )  # fmt: skip


def _wilson(moves: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.96
    p = moves / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _free(timeline: Timeline, card: Scorecard) -> Picture:
    """How many members leave in free histories, and how often each change comes in time."""
    title = "Free-running histories: how often is each documented change made?"
    subtitle = (
        f"{timeline.data.attrs['scenario']}; {card.free.histories:,} histories from the start; "
        f"parameters from {card.parameters_from}"
    )
    made = sheet(title, subtitle, 2, panel=2.4, columns=2)
    left, right = made.panels
    names = [f"{row.state} {row.kind} {row.date[:4]}" for row in card.ahead]
    y = np.arange(len(names))[::-1]
    for free, colour, shift, height in (
        (card.free, "k", 0.22, 0.3), (card.free_baseline, palette.FAINT, -0.1, 0.3)
    ):  # fmt: skip
        left.barh(y + shift, [c.within_2_years for c in free.changes], height, color=colour)
        right.bar(np.arange(len(free.leavers)) - shift, free.leavers, 0.34, color=colour)
    for place, name in zip(y, names, strict=True):
        left.text(0.005, place + 0.4, name, fontsize=6.5, va="bottom")
    left.set_yticks([])
    left.set_ylim(-0.5, len(names) - 0.1)
    left.set_xlim(0, 1)
    left.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    left.set_xlabel("share of histories, within two years of it", fontsize=7)
    right.axvspan(
        card.free.documented_leavers - 0.45, card.free.documented_leavers + 0.45,
        color="#d55e00", alpha=0.25, lw=0, zorder=0,
    )  # fmt: skip
    right.set_xticks(np.arange(len(card.free.leavers)))
    right.set_xlabel("states that ever leave", fontsize=7)
    right.set_ylabel("share of histories", fontsize=7)
    legend(
        made.figure,
        [
            Line2D([], [], color="k", lw=5, label="rules"),
            Line2D([], [], color=palette.FAINT, lw=5, label="baseline"),
            Line2D([], [], color="#d55e00", alpha=0.3, lw=5, label="documented number"),
        ],
    )
    told = "; ".join(
        f"{name} {percent(one.within_2_years)}"
        for name, one in zip(names, card.free.changes, strict=True)
    )
    return Picture(
        "free", made.figure, f"Within two years of the documented date: {told}.",
        "Left: in what share of free histories each documented change comes within two years of "
        "its date. Right: how many states ever leave in a history, beside how many did.",
    )  # fmt: skip
