"""What is shown of a sweep: lines for the terminal, tables, and the report with its pictures.

The report does not mention the command that was given or how often it was stopped, so that equal
sweeps have equal reports.
"""

import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..analysis.sweep.results import Findings
from .document import Column, Document, Figure, Grid, Made, Section, grid, numbers, words
from .html import render
from .keep import REPORT
from .palette import FAINT, GRID, INK
from .text import clean, listed, percent, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .pictures import Picture

_MOST_INPUTS = 4  # named in a cell
_STRONGEST = 5  # inputs of a sentence
_KEYS = {"total": "total order (share of variance)", "effect": "mean absolute effect (mu*)"}
_FILES = (
    (REPORT, "all of it on one page"),
    ("outcomes.csv", "a row per point: inputs, and the mean of every outcome"),
    ("outcomes.parquet", "a row per point and outcome, with standard error and quantiles"),
    ("chunks/", "how many histories gave each value; everything else follows from it"),
    ("points.parquet", "the points"),
    ("summary.json", "the findings, as data"),
    ("pictures/", "the pictures"),
    ("scenario/", "the scenario as it was read"),
    ("manifest.json", "the plan, its hash, and a hash of every result"),
)


def contents(
    found: Findings, manifest: dict[str, Any], *, pictures: bool = True
) -> dict[str, bytes]:
    """Report and pictures by file name.

    Args:
        found: The findings.
        manifest: Of the sweep's folder.
        pictures: Whether to draw.
    """
    figures = _drawn(found) if pictures else []
    page = render(document(found, figures), _made(found, manifest))
    drawn = {f"pictures/{figure.name}.png": figure.png for figure in figures}
    return {**drawn, REPORT: page.encode()}


def _drawn(found: Findings) -> list[Figure]:
    from . import pictures  # matplotlib is slow to import, and not always wanted

    with tempfile.TemporaryDirectory() as folder:
        return pictures.saved(lambda: draw(found), Path(folder))


def _made(found: Findings, manifest: dict[str, Any]) -> Made:
    plan = found.plan
    again = f"{manifest['again']} --histories {found.histories} --out ../again"
    return Made(
        facts=(
            ("Version of the program", str(plan["version"])),
            ("Points", f"{len(found.table):,}"),
            ("Histories at each", f"{found.histories:,}"),
            ("Seed", str(plan["seed"])),
            ("Parameters", plan["parameters"]["from"]),
            ("SHA-256 of the parameter draws", plan["parameters"]["sha256"]),
            ("SHA-256 of the plan", manifest["plan_sha256"]),
        ),
        commands=(("From inside this folder:", again),),
        files=_FILES,
        calibrated=plan["parameters"]["from"] != "prior",
    )


def document(found: Findings, figures: list[Figure]) -> Document:
    """The report, from the findings and their pictures."""
    failed = [f"{len(found.failures)} points failed and are left out."] if found.failures else []
    tables = [
        outcomes(found),
        *([sensitivity(found)] if found.sensitivity else []),
        *([regions(found)] if found.regions else []),
    ]
    more = f" and {len(found.inputs) - 4} more" if len(found.inputs) > 4 else ""
    return Document(
        title=f"{clean(found.plan['scenario'])}: a sweep over {len(found.inputs)} inputs",
        question=f"What depends on {listed(found.inputs[:4])}{more}?",
        answer=(_range(found), _inputs(found), _regions(found)),
        further=(heading(found) + ".",),
        figures=tuple(figures),
        sections=(Section("", tuple(tables)),),
        caveats=(
            *(clean(note) for note in found.notes),
            *failed,
            "All points use the same random numbers, so differences between them come from their "
            "inputs. The ranges of the inputs were chosen: an input matters only as far as it was "
            "varied.",
            "A sweep says how the model's results move with its inputs. It does not say whether "
            "the model is right.",
        ),
    )


def _range(found: Findings) -> str:
    name, low, high, error, where = outcomes(found).rows[0]
    return (
        f"Over {len(found.table):,} points with {found.histories:,} histories at each, '{name}' "
        f"ranges from {low} to {high} (95 % Monte Carlo interval: +/- {error} at most); it is "
        f"highest at {where}."
    )


def _inputs(found: Findings) -> str:
    if not found.sensitivity:
        return (
            f"{len(found.inputs)} inputs were varied ({found.plan['design']['kind']}); this design "
            "gives no indices of sensitivity, so see the pictures for how much each matters."
        )
    outcome = found.sensitivity[0]["outcome"]
    unclear = [note for note in found.notes if f"'{outcome}'" in note]
    if unclear:
        return clean(unclear[0])
    named = listed([f"{name} ({index})" for name, index in strongest(found, outcome)[:3]])
    return f"Of {len(found.inputs)} inputs, '{clean(outcome)}' depends most on {named}."


def _regions(found: Findings) -> str:
    if not found.interest:
        rows = outcomes(found).rows
        told = [f"'{name}' from {low} to {high}" for name, low, high, *_ in rows[1:4]]
        return f"Of {len(rows)} outcomes, others range: {'; '.join(told) or 'there is none'}."
    boxes = regions(found).rows
    if not boxes:
        return f"No box of inputs was found in which {clean(found.interest)} (0 boxes)."
    limits, coverage, density = boxes[0]
    return (
        f"{clean(found.interest)}, mostly where {limits}: that box holds {coverage} of the cases, "
        f"and {density} of its points are cases."
    )


def heading(found: Findings) -> str:
    """What was swept, in one line."""
    return clean(
        f"{found.plan['scenario']}: {len(found.table):,} points ({found.plan['design']['kind']}), "
        f"{found.histories:,} histories at each, parameters from "
        f"{found.plan['parameters']['from']}"
    )


def lines(found: Findings) -> Iterator[str]:
    """The findings in words and columns, for a terminal."""
    shown = outcomes(found)
    width = max(len(row[0]) for row in shown.rows)
    yield heading(found)
    yield ""
    for name, low, high, error, where in (tuple(c.head for c in shown.columns), *shown.rows):
        yield f"{name:{width}}  {low:>9}  {high:>9}  {error:>7}  {where}"
    if found.sensitivity:
        yield ""
        yield f"Sensitivity: {_KEYS[_key(found)]}, +/- 95 % interval"
        for outcome in dict.fromkeys(row["outcome"] for row in found.sensitivity):
            named = (f"{name} {index}" for name, index in strongest(found, outcome))
            yield f"  {clean(outcome)}: {', '.join(named)}"
    if found.interest:
        yield ""
        yield clean(f"Regions where {found.interest}:")
        for limits, coverage, density in regions(found).rows:
            yield f"  {limits}  (holds {coverage} of the cases; {density} of its points are cases)"
    for note in found.notes:
        yield clean(note)
    yield ""


def outcomes(found: Findings) -> Grid:
    """The range of each outcome over the points, and where it is highest."""
    rows = []
    for row in found.as_json()["outcomes"]:
        inputs = ", ".join(f"{k} = {_short(v)}" for k, v in row["highest"]["inputs"].items())
        if len(found.inputs) > _MOST_INPUTS:
            inputs = f"point {row['highest']['point']}"
        low, high = (f"{row[end]['mean']:.4g}" for end in ("lowest", "highest"))
        error = f"{1.96 * row['largest_standard_error']:.2g}"
        rows.append([clean(row["name"]), low, high, error, clean(inputs)])
    columns = [
        *words("outcome"),
        *numbers("lowest", "highest", "+/-"),
        Column("where it is highest", wraps=True),
    ]
    note = "+/-: 95 % Monte Carlo interval of the mean of one point, at its widest."
    return grid("", columns, rows, note)


def strongest(found: Findings, outcome: str) -> list[tuple[str, str]]:
    """The inputs that an outcome depends on most, each with its index and 95 % interval."""
    key = _key(found)
    own = [row for row in found.sensitivity if row["outcome"] == outcome]
    own.sort(key=lambda row: -(row[key] or 0.0))
    return [
        (
            clean(row["input"]),
            "not defined" if row[key] is None else f"{row[key]:.2g} +/- {row[key + '_ci']:.2g}",
        )
        for row in own[:_STRONGEST]
    ]


def sensitivity(found: Findings) -> Grid:
    """The strongest inputs of every outcome."""
    rows = [
        [clean(outcome) if k == 0 else "", *cells]
        for outcome in dict.fromkeys(row["outcome"] for row in found.sensitivity)
        for k, cells in enumerate(strongest(found, outcome))
    ]
    columns = [*words("outcome", "input"), *numbers("index +/- (95 %)")]
    return grid(f"Sensitivity: {_KEYS[_key(found)]}", columns, rows)


def regions(found: Findings) -> Grid:
    """Boxes of inputs in which the outcome of interest lies."""
    rows = [
        [
            clean("; ".join(f"{name} {limit_text(one)}" for name, one in box["limits"].items())),
            percent(box["coverage"]),
            f"{percent(box['density'])} ({box['cases']} of {box['points']})",
        ]
        for box in found.regions
    ]
    columns = [Column("box", wraps=True), *numbers("of the cases", "of its points are cases")]
    return grid(clean(f"Regions where {found.interest}"), columns, rows)


def limit_text(limit: dict[str, Any]) -> str:
    """A limit of a region, with all the digits that it was counted with."""
    if "values" in limit:
        return "in " + ", ".join(limit["values"])
    return f"from {limit['low']:g} to {limit['high']:g}"


def _key(found: Findings) -> str:
    return "total" if "total" in found.sensitivity[0] else "effect"


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


# Pictures

_MOST_DRAWN, _MOST_OUTCOMES, _BINS = 12, 3, 8
_SHARES = ("probability", "share")
_BAR = "#0072B2"


def draw(found: Findings) -> "list[Picture]":
    """The pictures that a sweep of this design allows."""
    drawn = [responses(found, name, k) for k, name in enumerate(list(found.units)[:_MOST_OUTCOMES])]
    if found.plan["design"]["kind"] == "grid" and len(found.inputs) == 2:
        drawn.append(maps(found))
    if any(row.get("total", row.get("effect")) is not None for row in found.sensitivity):
        drawn.append(tornado(found))
    if found.regions:
        drawn.append(boxes(found))
    return drawn


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


def responses(found: Findings, outcome: str, number: int) -> "Picture":
    """The outcome along each input: every point, and the mean over the other inputs."""
    from . import pictures

    inputs = found.inputs[:_MOST_DRAWN]
    y = found.table[outcome].to_numpy()
    error = found.errors[outcome].to_numpy()
    columns = min(2, len(inputs))
    rows = -(-len(inputs) // columns)
    figure, panels = pictures.sheet(1.7 * rows + 0.7, rows, columns, squeeze=False, sharey=True)
    said = []
    for axes in panels.ravel()[len(inputs) :]:
        axes.set_axis_off()
    for axes, name in zip(panels.flat, inputs, strict=False):
        x, levels = _places(found, name)
        if len(x) > 1 and len(found.inputs) > 1:
            axes.plot(x, y, ".", color=FAINT, ms=3 if len(x) < 500 else 1.5, alpha=0.6)
        middle, mean = _curve(x, y)
        axes.plot(middle, mean, color=INK, lw=1.5, marker="o", ms=3)
        if len(found.inputs) == 1:
            axes.errorbar(x, y, 1.96 * error, fmt="none", ecolor=INK, lw=0.8)
        _name_axis(axes, name, levels)
        _share_axis(axes, found.units[outcome])
        said.append(f"{name} from {mean[0]:.3g} to {mean[-1]:.3g}")
    pictures.legend(figure, [
        pictures.line("a point", color=FAINT, marker=".", ls=""),
        pictures.line("mean over the other inputs", color=INK, marker="o", ms=3),
    ], f"Along each input: {outcome}")  # fmt: skip
    return pictures.Picture(
        f"responses-{number + 1}", figure,
        f"{outcome} ({found.units[outcome]}) along each input; means: {'; '.join(said)}.",
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


def _name_axis(axes: "Axes", name: str, levels: list[str] | None) -> None:
    axes.set_xlabel(shorten(clean(name), 38), fontsize=7.5, parse_math=False)
    axes.locator_params(nbins=5)
    if levels is not None:
        shown = np.unique(np.linspace(0, len(levels) - 1, min(len(levels), 4)).astype(int))
        axes.set_xticks(shown, [shorten(clean(levels[k]), 44 // len(shown)) for k in shown])
        axes.set_xlim(-0.5, len(levels) - 0.5)


def _share_axis(axes: "Axes", unit: str) -> None:
    if unit in _SHARES:
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    else:
        axes.set_ylabel(unit, fontsize=7.5, labelpad=1)


def maps(found: Findings) -> "Picture":
    """Outcomes over the two inputs of a grid."""
    from . import pictures

    a, b = found.inputs
    names = list(found.units)[:6]
    figure, panels = pictures.sheet(2.4 * len(names) + 0.6, len(names), squeeze=False)
    said = []
    (x, levels_x), (y, levels_y) = _places(found, a), _places(found, b)
    xs, ys = np.unique(x), np.unique(y)
    for axes, name in zip(panels.flat, names, strict=True):
        values = np.full((len(ys), len(xs)), np.nan)
        values[np.searchsorted(ys, y), np.searchsorted(xs, x)] = found.table[name]
        image = axes.imshow(values, origin="lower", aspect="auto", cmap="cividis")
        share = found.units[name] in _SHARES
        if len(xs) <= 8 and len(ys) <= 12:
            middle = (np.nanmin(values) + np.nanmax(values)) / 2
            for (row, column), value in np.ndenumerate(values):
                if np.isfinite(value):
                    axes.text(
                        column, row, percent(value) if share else f"{value:.3g}", ha="center",
                        va="center", fontsize=6.5, color="k" if value > middle else "w",
                    )  # fmt: skip
        bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
        bar.ax.tick_params(labelsize=6.5)
        if share:
            bar.ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        bar.outline.set_visible(False)
        _steps(axes.set_xticks, xs, levels_x)
        _steps(axes.set_yticks, ys, levels_y)
        axes.set_xlabel(shorten(clean(a), 60), fontsize=7.5, parse_math=False)
        axes.set_ylabel(shorten(clean(b), 34), fontsize=7.5, parse_math=False)
        axes.set_title(shorten(clean(name), 56), loc="left", fontsize=8.5, parse_math=False)
        said.append(f"{name} from {np.nanmin(values):.3g} to {np.nanmax(values):.3g}")
    return pictures.Picture(
        "map", figure, f"Heat maps over {a} and {b}: {'; '.join(said)}.",
        "Each outcome over the two inputs: the brighter, the higher.",
    )  # fmt: skip


def _steps(place: Any, values: np.ndarray, words: list[str] | None) -> None:
    chosen = np.unique(np.linspace(0, len(values) - 1, min(len(values), 7)).astype(int))
    texts = [words[k] if words else f"{values[k]:.3g}" for k in chosen]
    place(chosen, [shorten(clean(text), 12) for text in texts])


def tornado(found: Findings) -> "Picture":
    """Sensitivity indices with their intervals, the largest on top."""
    from . import pictures

    key = _key(found)
    defined = [row for row in found.sensitivity if row[key] is not None]
    outcomes = list(dict.fromkeys(row["outcome"] for row in defined))[:6]
    count = min(len(found.inputs), 10)
    what = "total order (bars), first order (circles)" if key == "total" else "mu* of Morris"
    figure, panels = pictures.sheet(
        len(outcomes) * (0.7 + 0.36 * count) + 0.7, len(outcomes), squeeze=False
    )
    said = []
    for axes, outcome in zip(panels.flat, outcomes, strict=True):
        rows = [row for row in defined if row["outcome"] == outcome]
        rows = sorted(rows, key=lambda row: -row[key])[:count]
        pictures.no_sides(axes)
        for k, row in enumerate(rows):
            reach = row[f"{key}_ci"]
            axes.barh(-k, row[key], 0.3, color=_BAR)
            axes.errorbar(row[key], -k, xerr=reach, fmt="none", ecolor=INK, lw=0.9)
            if key == "total":
                axes.plot(row["first"], -k, "o", mfc="w", mec=INK, ms=4)
            index = f"{row[key]:.2g} \N{PLUS-MINUS SIGN} {reach:.2g}"
            axes.annotate(
                shorten(clean(row["input"]), 48), (0, -k + 0.17), (0, 1), va="bottom",
                xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                fontsize=pictures.SMALL, parse_math=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )  # fmt: skip
            axes.annotate(
                index, (1, -k + 0.17), (0, 1), va="bottom", ha="right", fontsize=pictures.SMALL,
                xycoords=axes.get_yaxis_transform(), textcoords="offset points",
            )  # fmt: skip
        axes.set_ylim(-len(rows) + 0.6, 0.75)
        axes.axvline(0, color=FAINT, lw=0.6)
        axes.set_title(shorten(clean(outcome), 56), loc="left", fontsize=8.5, parse_math=False)
        said.append(f"{outcome}: {rows[0]['input']} {rows[0][key]:.2g}")
    handles = [pictures.line("95 % interval", color=INK, lw=0.9)]
    if key == "total":
        handles.append(pictures.line("first order", color=INK, marker="o", mfc="w", ls="", ms=4))
    pictures.legend(figure, handles, f"Which inputs matter: {what}")
    return pictures.Picture(
        "tornado", figure, f"Largest {key} by outcome: {'; '.join(said)}.",
        "Which inputs matter, the strongest on top. If an interval reaches 0, the input may not "
        "matter at all.",
    )  # fmt: skip


def boxes(found: Findings) -> "Picture":
    """Each box as bars: the part of each input's range that it keeps."""
    from . import pictures

    regions = found.regions
    heights = [0.45 * len(box["limits"]) + 0.55 for box in regions]
    figure, panels = pictures.sheet(
        sum(heights) + 0.5, len(regions), squeeze=False, height_ratios=heights
    )
    said = []
    for axes, box in zip(panels.flat, regions, strict=True):
        names = list(box["limits"])
        pictures.no_sides(axes)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        for place, name in enumerate(names[::-1]):
            _limit(axes, place, name, box["limits"][name], found)
        axes.set_ylim(-0.4, len(names) - 0.2)
        axes.set_xlim(0, 1)
        told = (
            f"holds {percent(box['coverage'])} of the cases; {percent(box['density'])} of its "
            f"points are cases; {percent(box['mass'])} of all points lie in it"
        )
        axes.set_title(textwrap.fill(told, 66), loc="left", fontsize=pictures.SMALL)
        said.append(f"{', '.join(names)}: {told}")
    figure.suptitle(
        pictures.title_text(f"Where {found.interest}"), fontsize=9, fontweight="bold", x=0.01,
        ha="left", parse_math=False,
    )  # fmt: skip
    return pictures.Picture(
        "regions", figure, f"Boxes of inputs. {'; '.join(said)}.",
        "Where the outcome of interest lies: the dark part of each bar is the part of an input's "
        "range that the box keeps.",
    )  # fmt: skip


def _limit(axes: "Axes", place: int, name: str, limit: dict[str, Any], found: Findings) -> None:
    axes.barh(place, 1.0, 0.28, color=GRID)
    if "values" in limit:
        words = _words(found, name)
        for k, word in enumerate(words):
            if word in limit["values"]:
                axes.barh(place, 1 / len(words), 0.28, left=k / len(words), color=INK)
        text = limit_text(limit)
    else:
        column = found.table[name].astype(float)
        low, high = column.min(), column.max()
        a, b = ((limit[end] - low) / (high - low) for end in ("low", "high"))
        axes.barh(place, b - a, 0.28, left=a, color=INK)
        text = f"{limit_text(limit)} (of {low:.3g} to {high:.3g})"
    axes.text(
        0, place + 0.2, shorten(clean(f"{name}: {text}"), 70), fontsize=7.5, va="bottom",
        parse_math=False,
    )  # fmt: skip
