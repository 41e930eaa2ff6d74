"""Pictures of a calibration: what was believed before and after, and how far chances hold."""

from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..core.inputs import Floats, Status
from ..core.parameters import PARAMETERS
from . import palette
from .compare_plot import reliability
from .page import Picture, legend, sheet
from .text import clean, shorten

_BINS = 40
_EDGES = (0.005, 0.985)  # quantiles between which a panel lies
_BEFORE, _AFTER = palette.FAINT, palette.STATUS[Status.MEMBER]


def draw(
    figures: dict[str, Any], names: tuple[str, ...], before: Floats, after: Floats
) -> list[Picture]:
    """The pictures that the figures allow.

    Args:
        figures: Of the calibration.
        names: Of the parameters.
        before: [draw, parameter] from the prior.
        after: [draw, parameter] from the posterior.
    """
    source = f"{clean(figures['settings']['scenario'])}; held out by event cluster"
    bins = [
        (b["predicted"], b["observed"], b["moves"], b["decisions"])
        for b in figures["calibration_curve"]
    ]
    drawn = [reliability(source, bins)]
    if "posterior" in figures:
        drawn.insert(0, _learned(figures, names, before, after))
    return drawn


def _learned(
    figures: dict[str, Any], names: tuple[str, ...], before: Floats, after: Floats
) -> Picture:
    """Prior and posterior of every fitted parameter, what was learned most about first."""
    result = figures["posterior"]
    fitted = [name for name in names if result[name]["contraction"] is not None]
    fitted.sort(key=lambda name: -result[name]["contraction"])
    meaning = {row.name: row.meaning for row in PARAMETERS}
    made = sheet(
        "What the record taught: each parameter before and after",
        f"{clean(figures['settings']['scenario'])}; sorted by contraction: 100 % would be "
        "certainty, 0 % means that nothing was learned",
        len(fitted), panel=0.75, gap=0.78, above=0.5, columns=3,
    )  # fmt: skip
    for axes, name in zip(made.panels, fitted, strict=True):
        k = names.index(name)
        pair = (before[:, k], after[:, k])
        low = min(np.quantile(values, _EDGES[0]) for values in pair)
        high = max(np.quantile(values, _EDGES[1]) for values in pair)
        edges = np.linspace(low, high, _BINS + 1)
        for values, colour, filled in zip(pair, (_BEFORE, _AFTER), (False, True), strict=True):
            # Of all draws, those beyond the panel too, so that the areas can be compared.
            height = np.histogram(values, edges)[0] / (len(values) * np.diff(edges))
            if filled:
                axes.stairs(height, edges, fill=True, color=colour, alpha=0.65)
            axes.stairs(height, edges, color=palette.INK if filled else colour, linewidth=0.9)
        row = result[name]
        axes.axvline(row["mean"], color=palette.INK, linewidth=0.9)
        axes.axvline(row["prior_mean"], color=_BEFORE, linewidth=0.9, linestyle=(0, (2, 1.5)))
        axes.set_xlim(low, high)
        axes.set_ylim(bottom=0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(False)
        axes.text(
            0, 1.24, f"{name}   contraction {share(row['contraction'])}", fontsize=8,
            fontweight="bold", transform=axes.transAxes, va="bottom", color=palette.INK,
        )  # fmt: skip
        axes.text(
            0, 1.06, shorten(meaning[name], 46), fontsize=6.5, transform=axes.transAxes,
            va="bottom", color="#555555",
        )  # fmt: skip
    legend(
        made.figure,
        [
            Patch(facecolor="none", edgecolor=_BEFORE, label="prior"),
            Patch(facecolor=_AFTER, edgecolor=palette.INK, alpha=0.65, label="posterior"),
            Line2D([], [], color=_BEFORE, lw=0.9, ls=(0, (2, 1.5)), label="prior mean"),
            Line2D([], [], color=palette.INK, lw=0.9, label="posterior mean"),
        ],
    )
    told = "; ".join(
        f"{name} {result[name]['mean']:.2f} "
        f"({result[name]['low']:.2f} to {result[name]['high']:.2f}),"
        f" prior mean {result[name]['prior_mean']:.2f}, contraction "
        f"{share(result[name]['contraction'])}"
        for name in fitted
    )
    return Picture(
        "learned", made.figure, f"Prior and posterior of each parameter, by contraction: {told}.",
        "Where the filled area (after) looks like the outline (before), the record taught nothing "
        "and the prior speaks. Contraction, 1 less the ratio of the variances, counts width "
        "only: below 0 the posterior is wider, and where the two means lie apart something was "
        "learned however small it is. Long tails are cut off at the right.",
    )  # fmt: skip


def share(contraction: float) -> str:
    """A contraction as a percentage, with a true minus sign."""
    return f"{100 * contraction:.0f} %".replace("-", "\N{MINUS SIGN}")
