"""Pictures of a sweep: response curves, heat maps, tornado, boxes of regions."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..analysis.sweep.results import Findings
from . import palette
from .page import Picture, legend, sheet
from .sweep import limit_text
from .text import clean, percent, shorten

_MOST_INPUTS, _MOST_OUTCOMES = 12, 3
_BINS = 8
_SHARES = ("probability", "share")
_BAR = "#0072B2"


def draw(found: Findings) -> list[Picture]:
    """The pictures that a sweep of this design allows."""
    drawn = [
        _responses(found, name, k) for k, name in enumerate(list(found.units)[:_MOST_OUTCOMES])
    ]
    if found.plan["design"]["kind"] == "grid" and len(found.inputs) == 2:
        drawn.append(_maps(found))
    if any(row.get("total", row.get("effect")) is not None for row in found.sensitivity):
        drawn.append(_tornado(found))
    if found.regions:
        drawn.append(_regions(found))
    return drawn


def _subtitle(found: Findings) -> str:
    return (
        f"{shorten(clean(found.plan['scenario']), 40)}; {len(found.table):,} points "
        f"({found.plan['design']['kind']}), {found.histories:,} histories at each, common random "
        f"numbers; seed {found.plan['seed']}; parameters from "
        f"{clean(found.plan['parameters']['from'])}"
    )


def _places(found: Findings, name: str) -> tuple[np.ndarray, list[str] | None]:
    """Where the points lie along an input, and the words there if it has words."""
    column = found.table[name]
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float), None
    words = _words(found, name)
    where = {word: k for k, word in enumerate(words)}
    return np.array([where[str(value)] for value in column], dtype=float), words


def _words(found: Findings, name: str) -> list[str]:
    """The values of an input that has words, in the order of the plan."""
    levels = next(one["levels"] for one in found.plan["variables"] if one["name"] == name)
    present = set(found.table[name].astype(str))
    return [str(level).removesuffix(".0") for level in levels] or sorted(present)


def _responses(found: Findings, outcome: str, number: int) -> Picture:
    """The outcome along each input: every point, and the mean over the other inputs."""
    inputs = found.inputs[:_MOST_INPUTS]
    y = found.table[outcome].to_numpy()
    error = found.errors[outcome].to_numpy()
    made = sheet(
        shorten(clean(f"Along each input: {outcome}"), 80), _subtitle(found), len(inputs),
        panel=1.6, gap=0.75, columns=min(3, len(inputs)),
    )  # fmt: skip
    told = []
    for axes, name in zip(made.panels, inputs, strict=True):
        x, words = _places(found, name)
        if len(x) > 1 and len(found.inputs) > 1:
            axes.plot(x, y, ".", color=palette.FAINT, ms=3 if len(x) < 500 else 1.5, alpha=0.6)
        middle, mean = _curve(x, y)
        axes.plot(middle, mean, color="k", lw=1.5, marker="o", ms=3)
        if len(found.inputs) == 1:
            axes.errorbar(x, y, 1.96 * error, fmt="none", ecolor="k", lw=0.8)
        _name_axis(axes, name, words)
        _share_axis(axes, found.units[outcome])
        told.append(f"{name} from {mean[0]:.3g} to {mean[-1]:.3g}")
    legend(
        made.figure,
        [
            Line2D([], [], color=palette.FAINT, marker=".", ls="", label="a point"),
            Line2D([], [], color="k", marker="o", ms=3, label="mean over the other inputs"),
        ],
    )
    alt = f"{outcome} ({found.units[outcome]}) along each input; means: {'; '.join(told)}."
    return Picture(
        f"responses-{number + 1}", made.figure, alt,
        "The outcome along each input: grey dots are the points of the sweep, the line is the "
        "mean over all other inputs. A flat line means that the input hardly matters on average.",
    )  # fmt: skip


def _curve(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means at each value of `x`, or in bins where it has many."""
    values = np.unique(x)
    if len(values) <= 2 * _BINS:
        return values, np.array([y[x == value].mean() for value in values])
    edges = np.linspace(values[0], values[-1], _BINS + 1)
    where = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, _BINS - 1)
    full = [k for k in range(_BINS) if (where == k).any()]
    middle = (edges[:-1] + edges[1:]) / 2
    return middle[full], np.array([y[where == k].mean() for k in full])


def _name_axis(axes: Axes, name: str, words: list[str] | None) -> None:
    axes.set_xlabel(shorten(clean(name), 38), fontsize=7, parse_math=False)
    if words is not None:
        axes.set_xticks(range(len(words)), [shorten(clean(word), 14) for word in words])
        axes.set_xlim(-0.5, len(words) - 0.5)


def _share_axis(axes: Axes, unit: str) -> None:
    if unit in _SHARES:
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    else:
        axes.set_ylabel(unit, fontsize=7, labelpad=1)


def _maps(found: Findings) -> Picture:
    """Outcomes over the two inputs of a grid."""
    a, b = found.inputs
    names = list(found.units)[:6]
    made = sheet(
        shorten(clean(f"{b} (upwards) by {a} (across)"), 80), _subtitle(found), len(names),
        panel=2.2, gap=0.7, columns=2, legend_lines=0, above=0.3,
    )  # fmt: skip
    told = []
    (x, words_x), (y, words_y) = _places(found, a), _places(found, b)
    xs, ys = np.unique(x), np.unique(y)
    for axes, name in zip(made.panels, names, strict=True):
        grid = np.full((len(ys), len(xs)), np.nan)
        grid[np.searchsorted(ys, y), np.searchsorted(xs, x)] = found.table[name]
        image = axes.imshow(grid, origin="lower", aspect="auto", cmap="cividis")
        share = found.units[name] in _SHARES
        if grid.size <= 100:
            middle = (np.nanmin(grid) + np.nanmax(grid)) / 2
            for (row, column), value in np.ndenumerate(grid):
                if np.isfinite(value):
                    axes.text(
                        column, row, percent(value) if share else f"{value:.3g}", ha="center",
                        va="center", fontsize=6, color="k" if value > middle else "w",
                    )  # fmt: skip
        bar = made.figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
        bar.ax.tick_params(labelsize=6)
        bar.outline.set_visible(False)
        axes.grid(False)
        _steps(axes.set_xticks, xs, words_x)
        _steps(axes.set_yticks, ys, words_y)
        axes.set_title(shorten(clean(name), 48), loc="left", fontsize=8, parse_math=False)
        told.append(f"{name} from {np.nanmin(grid):.3g} to {np.nanmax(grid):.3g}")
    return Picture(
        "map", made.figure, f"Heat maps over {a} and {b}: {'; '.join(told)}.",
        "Each outcome over the two inputs: the brighter, the higher.",
    )  # fmt: skip


def _steps(place: Any, values: np.ndarray, words: list[str] | None) -> None:
    chosen = np.unique(np.linspace(0, len(values) - 1, min(len(values), 7)).astype(int))
    texts = [words[k] if words else f"{values[k]:.3g}" for k in chosen]
    place(chosen, [shorten(clean(text), 12) for text in texts])


def _tornado(found: Findings) -> Picture:
    """Sensitivity indices with their intervals, the largest on top."""
    key = "total" if "total" in found.sensitivity[0] else "effect"
    defined = [row for row in found.sensitivity if row[key] is not None]
    outcomes = list(dict.fromkeys(row["outcome"] for row in defined))[:6]
    count = min(len(found.inputs), 10)
    what = "total order (bars), first order (circles)" if key == "total" else "mu* of Morris"
    made = sheet(
        f"Which inputs matter: {what}", _subtitle(found), len(outcomes),
        panel=0.35 + 0.27 * count, gap=0.7, columns=2,
    )  # fmt: skip
    told = []
    for axes, outcome in zip(made.panels, outcomes, strict=True):
        rows = [row for row in defined if row["outcome"] == outcome]
        rows = sorted(rows, key=lambda row: -row[key])[:count][::-1]
        places = np.arange(len(rows))
        axes.barh(places, [row[key] for row in rows], 0.36, color=_BAR)
        pm = [row[f"{key}_ci"] for row in rows]
        axes.errorbar([row[key] for row in rows], places, xerr=pm, fmt="none", ecolor="k", lw=0.9)
        if key == "total":
            axes.plot([row["first"] for row in rows], places, "o", mfc="w", mec="k", ms=4)
        axes.set_yticks([])
        for place, row in zip(places, rows, strict=True):
            axes.annotate(
                shorten(clean(row["input"]), 34), (0, place + 0.2), xytext=(2, 0), va="bottom",
                textcoords="offset points", fontsize=6, parse_math=False,
            )  # fmt: skip
        axes.set_ylim(-0.5, len(rows) - 0.2)
        axes.axvline(0, color=palette.FAINT, lw=0.6)
        axes.grid(False)
        axes.set_title(shorten(clean(outcome), 48), loc="left", fontsize=8, parse_math=False)
        told.append(f"{outcome}: {rows[-1]['input']} {rows[-1][key]:.2g}")
    handles: list[Line2D | Patch] = [Line2D([], [], color="k", lw=0.9, label="95 % interval")]
    if key == "total":
        handles.append(
            Line2D([], [], color="k", marker="o", mfc="w", ls="", ms=4, label="first order")
        )
    legend(made.figure, handles)
    return Picture(
        "tornado", made.figure, f"Largest {key} by outcome: {'; '.join(told)}.",
        "Which inputs matter, the strongest on top. If an interval reaches 0, the input may not "
        "matter at all.",
    )  # fmt: skip


def _regions(found: Findings) -> Picture:
    """Each box as bars: the part of each input's range that it keeps."""
    boxes = found.regions
    most = max(len(box["limits"]) for box in boxes)
    made = sheet(
        shorten(clean(f"Where {found.interest}"), 80), _subtitle(found), len(boxes),
        panel=0.3 + 0.42 * most, gap=0.6, columns=1, legend_lines=0, above=0.3,
    )  # fmt: skip
    told = []
    for axes, box in zip(made.panels, boxes, strict=True):
        names = list(box["limits"])
        for place, name in enumerate(names[::-1]):
            _limit(axes, place, name, box["limits"][name], found)
        axes.set_ylim(-0.6, len(names) - 0.25)
        axes.set_xlim(0, 1)
        axes.set_yticks([])
        axes.set_xticks([])
        axes.grid(False)
        said = (
            f"holds {percent(box['coverage'])} of the cases; {percent(box['density'])} of its "
            f"points are cases; {percent(box['mass'])} of all points lie in it"
        )
        axes.set_title(said, loc="left", fontsize=8)
        told.append(f"{', '.join(names)}: {said}")
    return Picture(
        "regions", made.figure, f"Boxes of inputs. {'; '.join(told)}.",
        "Where the outcome of interest lies: the dark part of each bar is the part of an input's "
        "range that the box keeps.",
    )  # fmt: skip


def _limit(axes: Axes, place: int, name: str, limit: dict[str, Any], found: Findings) -> None:
    axes.barh(place, 1.0, 0.28, color=palette.GRID)
    if "values" in limit:
        words = _words(found, name)
        for k, word in enumerate(words):
            if word in limit["values"]:
                axes.barh(place, 1 / len(words), 0.28, left=k / len(words), color="k")
        text = limit_text(limit)
    else:
        column = found.table[name].astype(float)
        low, high = column.min(), column.max()
        a, b = ((limit[end] - low) / (high - low) for end in ("low", "high"))
        axes.barh(place, b - a, 0.28, left=a, color="k")
        text = f"{limit_text(limit)} (of {low:.3g} to {high:.3g})"
    axes.text(
        0, place + 0.2, shorten(clean(f"{name}: {text}"), 110), fontsize=7, va="bottom",
        parse_math=False,
    )  # fmt: skip
