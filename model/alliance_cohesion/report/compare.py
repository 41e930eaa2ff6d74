"""A comparison as terminal text, page, Markdown, JSON, CSV and pictures: one function each.

All of it is made from the tables and the dataset of the result.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.text import Text

from ..analysis.compare import Comparison
from ..core.inputs import Status
from ..result import IN_SAMPLE, NOT_CALIBRATED
from ..scenario.history import month
from .document import Column, Document, Figure, Grid, Section, grid, numbers, words
from .keep import Origin, keeping
from .run import episodes_grid, heading, named, rank, risk
from .terminal import table
from .text import clean, percent

if TYPE_CHECKING:
    from .pictures import Picture

GOOD, FAIR = 0.5, 0.25
HELD_OUT = "held out"
ABOUT = {
    "episodes": "the documented changes: one step ahead, free-running, conditional on the record",
    "terms": "the terms in which each state that moved stood out, in log-odds",
    "clusters": "gains in log score, held out, by cluster of changes",
    "proper": "proper scores, held out",
    "auc": "how well the movers are ranked, held out",
    "reliability": "decisions in groups of like probability, and how many left",
    "sets": "probability of just the set of states that left together",
    "free_runs": "free-running histories against the record",
    "leavers": "how many states ever leave in a free-running history",
}
_SCORES = {"brier": "Brier score of leaving", "ranked probability": "ranked probability score"}
_AUC = "AUC, "
_MEASURES = {
    "right_status": "right status, states and time steps",
    "no_stayer_leaves": "no stayer ever leaves, histories",
    "false_leavers": "stayers that leave, mean",
}
_CHANGE, _BASELINE = "#d55e00", "#8a8a8a"
_BACK: dict[str, Any] = {"color": "#1b7837", "linewidth": 1.3, "linestyle": ":"}


# Sentences


def _heading(c: Comparison) -> str:
    return heading(c.simulation, c.draws, c.histories, c.sample)


def question(c: Comparison) -> str:
    """What a comparison asks."""
    changes = len(c.episodes)
    return (
        f"Does {clean(c.simulation.scenario.name)} reproduce its {changes} documented "
        f"change{'s' * (changes != 1)}?"
    )


def answer(c: Comparison) -> list[str]:
    """One sentence for each question: one step ahead, free-running, conditional on the record."""
    near = c.episodes["within_two_years"]
    well, some = int((near >= GOOD).sum()), int(((near >= FAIR) & (near < GOOD)).sum())
    source = HELD_OUT if c.held_out else "held out, by parameters that never saw this alliance"
    right = c.free_runs.set_index("measure").loc["right_status"]
    return [
        f"One step ahead ({source}): {leavings(c.leavings())}; the record scores "
        f"{c.clusters['gain'].sum():+.1f} nats over the window-aware baseline.",
        f"Free-running, with only the inputs scripted ({c.sample}): {well} of {len(near)} come "
        f"within two years in at least half of the histories, {some} more in a quarter to a half; "
        f"{percent(right['rules'])} of states and time steps have the right status (baseline: "
        f"{percent(right['baseline'])}).",
        f"Conditional on the record ({c.sample}): {percent(c.replicate_p)} of the rules' own "
        "histories are as improbable as the record, or more"
        + (", so the record is no surprise." if c.replicate_p > 0.05 else ": it is a surprise."),
    ]


def leavings(counted: dict[str, float]) -> str:
    """How many leavings were by the states ranked likeliest, and how many luck would give."""
    text = (
        f"{counted['likeliest']} of {counted['of']} leavings were by the states ranked likeliest "
        f"to leave (luck alone would give {counted['by_luck']:.1f})"
    )
    if counted["tied"]:
        text += f", {counted['tied']} tied with others"
    if counted["without_peer"]:
        text += f"; {counted['without_peer']} more had no peer"
    return text


def seen(c: Comparison) -> list[str]:
    """Which figures come from parameters that have seen the record, and whose thresholds."""
    if c.sample == NOT_CALIBRATED:
        return [
            "Held out: one step ahead and the scores, by fits that have not seen the cluster in "
            "question. Free-running and conditional: by the prior, which has seen no record."
        ]
    if c.held_out:
        return [
            "Held out: one step ahead and the scores, by fits to this record without the cluster "
            "in question.",
            "In sample: free-running, conditional, and what a state stood out by. Their "
            "parameters, thresholds among them, are those of "
            f"{clean(c.draws.origin)}, fitted to this alliance as it was coded then; codes "
            "you changed since have not moved them.",
        ]
    return [
        "Held out: everything above but the line after both have learned the base rates, which "
        "has seen how many changes there are, not whose or when. The slopes were fitted to "
        "other alliances' records; rows borrowed from those were seen.",
        "Thresholds: none of this alliance's own; drawn around the mean of the alliances that "
        "were fitted, so the level of every probability is theirs.",
    ]


def fitted_to(c: Comparison) -> str:
    """What the parameters of a scenario's numbers were fitted to, in one sentence."""
    name, origin = clean(c.simulation.scenario.name), clean(c.draws.origin)
    fit = f"{origin}, fitted to the scenario {clean(c.draws.fitted_to)}"
    if c.sample == IN_SAMPLE and c.draws.fitted_to != c.simulation.scenario.name:
        fit += " (another coding of this alliance's record)"
    ahead = (
        f"held out, by fits to this record{' made now' if c.fitted_anew else ''}, each without the "
        "cluster in question"
    )
    if c.sample == NOT_CALIBRATED:
        return f"{name}: one step ahead {ahead}; free-running by the prior, not calibrated."
    if c.held_out:
        return f"{name}: one step ahead {ahead}; free-running in sample, by {fit}."
    return f"{name}: all held out, by {fit}, which never saw this alliance."


# Tables


def episodes(c: Comparison) -> Grid:
    """The documented changes, as `cohesion run` shows them, and what each state stood out by."""
    rows = c.episodes.assign(
        drove=[
            "\n".join(f"{term.split(': ')[-1]} {value:+.1f}" for term, value in c.stood_out(k)[:2])
            or "nothing"
            for k in range(len(c.episodes))
        ]
    )
    return episodes_grid(rows, c.sample)


def scores(c: Comparison) -> Grid:
    """Every score with what it is of: the rules, the baseline, held out or in sample."""
    cells: list[list[str]] = []

    def add(what: str, rules: str, baseline: str = "", more: str = "", of: str = HELD_OUT) -> None:
        cells.append([clean(what), of, rules, baseline, more])

    for row in named(c.clusters):
        add(f"gain in log score: {row.cluster}", f"{row.gain:+.2f} nats")
    add("gain in log score: all", f"{c.clusters['gain'].sum():+.2f} nats")
    if c.clusters["gain_recalibrated"].notna().all():
        add(
            "gain once both know the base rates",
            f"{c.clusters['gain_recalibrated'].sum():+.2f} nats",
            of="base rates seen",
        )
    for row in named(c.proper):
        skill = f"skill {row.skill:+.2f}"
        add(_SCORES[row.score], f"{row.rules:.5f}", f"{row.baseline:.5f}", skill)
    for row in named(c.auc):
        if row.auc is not None:
            interval = f"95 %: {row.low:.2f} to {row.high:.2f}; p {row.p:.3f}; "
            of = f"{row.moves} of {row.moves + row.others} decisions"
            add(_AUC + row.kind, f"{row.auc:.2f}", "", interval + of)
    for row in named(c.sets):
        add(f"just this set leaves: {row.set}", percent(row.rules), percent(row.luck), "by luck")
    for row in named(c.free_runs):
        if row.measure in _MEASURES:
            share = (lambda x: f"{x:.1f}") if row.measure == "false_leavers" else percent
            add(_MEASURES[row.measure], share(row.rules), share(row.baseline), "", c.sample)
    add("as improbable as the record, histories", percent(c.replicate_p), of=c.sample)
    return grid(
        "By the rules and by the baseline",
        [Column("score", wraps=True), *words("sample"), *numbers("rules", "baseline"),
         Column("", wraps=True)],
        cells,
        "Baseline: one rate between renewals, one at them, one of return; it knows nothing else. "
        "Gain: log score less the baseline's. AUC: 0.5 is luck, 1 is perfect.",
    )  # fmt: skip


def free(c: Comparison) -> Grid:
    """Free-running."""
    return grid(
        f"Free-running: from the start, with only the inputs scripted ({c.sample})",
        [*words("documented"), *numbers("within 1 year", "within 2 years", "ever"),
         *words("median")],
        [
            [
                _change(row),
                *(f"{percent(getattr(row, what))} ({percent(getattr(row, f'baseline_{what}'))})"
                  for what in ("within_one_year", "within_two_years", "ever")),
                "never" if row.median is None else month(row.median[:7]),
            ]
            for row in named(c.episodes)
        ],
        f"Shares of {c.histories:,} histories; the baseline's in brackets.",
    )  # fmt: skip


def conditional(c: Comparison) -> Grid:
    """Conditional on the record."""
    return grid(
        f"Conditional on the record: the state that moved, just before ({c.sample})",
        [*words("change"),
         *numbers("alignment", "5 to 95 %", "its peers", "reliability", "surprise")],
        [
            [
                _change(row), f"{row.alignment:+.1f}",
                f"{row.alignment_q05:+.1f} to {row.alignment_q95:+.1f}",
                "-" if row.alignment_of_peers is None else f"{row.alignment_of_peers:+.1f}",
                f"{row.reliability:.2f}", f"{row.surprise:.1f} bits",
            ]
            for row in named(c.episodes)
        ],
    )  # fmt: skip


def _change(row: Any) -> str:
    return f"{clean(row.name_)} {row.event} {month(row.date)}"


def side_by_side(*those: Comparison) -> list[Grid]:
    """The same questions for several scenarios, a column each; `-` where one has no such row."""
    heads = [clean(c.simulation.scenario.name) for c in those]
    gains = [dict(zip(c.clusters["cluster"], c.clusters["gain"], strict=True)) for c in those]
    changes = [{_change(row): row for row in named(c.episodes)} for c in those]

    def block(title: str, rows: list[list[str]], note: str = "") -> Grid:
        return grid(title, [Column("", wraps=True), *numbers(*heads)], rows, note)

    def each(tables: list[dict[str, Any]], show: Any) -> list[list[str]]:
        names = sorted({name: None for one in tables for name in one}, key=_when(tables))
        return [
            [clean(name), *(show(one[name]) if name in one else "-" for one in tables)]
            for name in names
        ]

    measures = [c.free_runs.set_index("measure") for c in those]
    samples = ", ".join(dict.fromkeys(c.sample for c in those))
    return [
        block(
            "Gain in log score over the baseline, nats, by cluster of changes (held out)",
            [
                *each(gains, lambda gain: f"{gain:+.2f}"),
                ["all", *(f"{c.clusters['gain'].sum():+.2f}" for c in those)],
            ],
        ),
        block(
            "Rank just before each change, among the states of the same status (held out)",
            each(changes, lambda row: rank(row.rank, row.of, row.tied)),
        ),
        block(
            f"Free-running: share of histories within two years of each change ({samples})",
            [
                *each(changes, lambda row: f"{percent(row.within_two_years)} "
                      f"({percent(row.baseline_within_two_years)})"),
                *(
                    [words_, *(f"{percent(m.loc[key, 'rules'])} ({percent(m.loc[key, 'baseline'])})"
                               for m in measures)]
                    for key, words_ in _MEASURES.items() if key != "false_leavers"
                ),
            ],
            "In brackets: the baseline's.",
        ),
    ]  # fmt: skip


def _when(tables: list[dict[str, Any]]) -> Any:
    """Rows in the order of time: clusters begin with their year, changes have a date."""
    date = {name: getattr(row, "date", name) for one in tables for name, row in one.items()}
    return lambda name: (date[name], name)


# Text, page, Markdown


def show(console: Console, *those: Comparison) -> None:
    """Print one comparison, or several side by side."""
    if len(those) > 1:
        for c in those:
            console.print(Text(_heading(c), style="bold"), soft_wrap=True)
        for shown in side_by_side(*those):
            console.print()
            _print(console, shown)
        console.print()
        for c in those:
            console.print(Text(fitted_to(c)), soft_wrap=True)
        return
    (c,) = those
    console.print(Text(_heading(c), style="bold"), soft_wrap=True)
    console.print()
    _print(console, episodes(c))
    console.print()
    console.print(Text(question(c)), soft_wrap=True)
    for sentence in answer(c):
        console.print(Text(f"  {sentence}"), soft_wrap=True)
    for shown in (scores(c), free(c), conditional(c)):
        console.print()
        _print(console, shown)
    console.print()
    console.print(Text("\n".join(seen(c))), soft_wrap=True)


def _print(console: Console, shown: Grid) -> None:
    if shown.title:
        console.print(Text(shown.title, style="bold"), soft_wrap=True)
    console.print(table(replace(shown, title="")))
    if shown.note:
        console.print(Text(shown.note), soft_wrap=True)


def document(
    c: Comparison, figures: Sequence[Figure] = (), beside: Sequence[Comparison] = ()
) -> Document:
    """The report.

    Args:
        c: The comparison.
        figures: Its pictures.
        beside: Comparisons that it is shown beside, itself among them.
    """
    scenario = c.simulation.scenario
    together = Section(
        "Beside other scenarios", (*side_by_side(*beside), *map(fitted_to, beside))
    ) if len(beside) > 1 else None  # fmt: skip
    return Document(
        title=f"{clean(scenario.title or scenario.name)}: against its record",
        question=question(c),
        answer=tuple(answer(c)),
        further=(f"{_heading(c)}.",),
        figures=tuple(figures),
        sections=(
            Section("What happened, and how likely it was", (episodes(c),), first=True),
            Section("Scores", (scores(c),), first=True),
            *([together] if together else []),
            Section("Free-running, and conditional on the record", (free(c), conditional(c))),
        ),
        caveats=(
            *seen(c),
            f"The record has {len(c.episodes)} documented changes in {len(c.clusters)} clusters. "
            "That is few: a score over so little can be luck, and whoever coded the record knew "
            "how history went.",
            "Expect the rules to tell better who is at risk than when something happens.",
        ),
    )


# The results folder


def write(
    c: Comparison,
    folder: Path | str,
    command: Sequence[str] = (),
    *,
    beside: Sequence[Comparison] = (),
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write tables, numbers, pictures and report to a results folder.

    Args:
        c: The comparison.
        folder: Where to; its parents are made.
        command: The command line, kept in the manifest.
        beside: Comparisons that the report shows beside it, itself among them.
        pictures: Whether to draw.
        overwrite: Whether results that are there already are replaced.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    origin = Origin(
        job="compare",
        kind="comparison",
        scenario=c.simulation.scenario,
        command=command,
        seed=c.seed,
        parameters_from=c.draws.origin,
        parameters_sha256=c.draws.digest,
        histories=c.histories,
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(c.as_json(), "comparison.json", "every score and every table, as data")
        draft.numbers(c.dataset, "comparison.nc", "what was expected of every decision (netCDF 4)")
        draft.tables(c.tables, ABOUT)
        if pictures:
            draft.draw(lambda: draw(c))
        draft.report(document(c, draft.figures, beside))
    return draft.final


# Pictures

_LOW, _ORDERS, _BAND = 1e-3, 3.0, 0.5  # lowest risk shown, orders of magnitude, height of a row
PER_PICTURE = 12  # states


def draw(c: Comparison) -> "list[Picture]":
    """The pictures of a comparison."""
    bins = c.reliability
    total = len(c.simulation.names)
    parts = [range(k, min(k + PER_PICTURE, total)) for k in range(0, total, PER_PICTURE)]
    return [
        *(risks(c, part, f"risk-{n}" if n > 1 else "risk") for n, part in enumerate(parts, 1)),
        reliability(bins, HELD_OUT),
        free_runs(c),
    ]


def risks(c: Comparison, states: Sequence[int], name: str = "risk") -> "Picture":
    """Each state's yearly risk of changing its status, by rules and baseline: a row for each."""
    from . import pictures
    from .palette import INK
    from .timeline import Timeline, decimal_year

    timeline = Timeline(c.dataset, c.simulation.scenario)
    figure, axes = pictures.sheet(0.72 * len(states) + 0.6)
    pictures.no_sides(axes)
    before = c.dataset["before"].values
    said = []
    for row, i in enumerate(states):
        base = -row
        found = timeline.changes(i)
        for change in found:
            at = decimal_year(change.day)
            axes.plot([at, at], [base, base + _BAND], color=_CHANGE, linewidth=1.2)
        member = before[:, i] == Status.MEMBER
        for variable, shown, style in (
            ("base_rate", before[:, i] >= 0, {"color": _BASELINE, "linewidth": 1.0}),
            ("risk", member, {"color": INK, "linewidth": 1.3}),
            ("risk", (before[:, i] >= 0) & ~member, _BACK),
        ):
            values = np.where(shown, c.dataset[variable].values[:, i], np.nan)
            with np.errstate(invalid="ignore"):
                y = base + _BAND * np.clip(np.log10(values / _LOW) / _ORDERS, 0, 1)
            axes.step(timeline.years, np.append(y, y[-1]), where="post", **style)
        axes.plot(timeline.years[[0, -1]], [base, base], color="#dddddd", linewidth=0.6, zorder=0)
        steps = ", ".join(f"{change.verb} {change.date[:4]}" for change in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        pictures.row_heading(axes, base + _BAND, c.simulation.names[i], steps + more)
        own = c.dataset["risk"].values[member, i]
        if len(own):
            said.append(f"{c.simulation.names[i]}: highest {risk(float(np.nanmax(own)))}")
    axes.set_ylim(-len(states) + 0.85, _BAND + 0.3)
    axes.set_yticks([0, _BAND / 3, 2 * _BAND / 3, _BAND], ["0.1 %", "1 %", "10 %", "100 %"])
    axes.tick_params("y", length=0, labelsize=pictures.SMALL - 1.5)
    pictures.years(axes, float(timeline.years[0]), float(timeline.years[-1]))
    pictures.legend(figure, [
        pictures.line("leaving or freezing", color=INK, linewidth=1.3),
        pictures.line("coming back", **_BACK),
        pictures.line("baseline", color=_BASELINE, linewidth=1),
        pictures.line("documented", color=_CHANGE, linewidth=1.2),
    ])  # fmt: skip
    return pictures.Picture(
        name, figure,
        f"For each state, its yearly risk of leaving or freezing, held out. {'; '.join(said)}.",
        "The probability, held out, that each state changes its status within a year (at a "
        "renewal: at it): a member's of leaving or freezing, and, dotted, another's of coming "
        "back; and the baseline's for the same. A good model is high just before a documented "
        "change and low elsewhere. The scale is logarithmic and the same in every row.",
    )  # fmt: skip


def reliability(bins: pd.DataFrame, sample: str) -> "Picture":
    """Predicted against observed share of members that leave: a row for each group."""
    from . import pictures
    from .palette import INK

    figure, axes = pictures.sheet(0.42 * len(bins) + 0.95)
    pictures.no_sides(axes)
    least = 5e-4
    for row, group in enumerate(bins.itertuples()):
        low, high = _wilson(group.moves, group.decisions)
        axes.plot([max(low, least), high], [-row, -row], color=INK, linewidth=1)
        axes.plot(
            max(group.observed, least), -row, "o", color=INK, markersize=5,
            markerfacecolor=INK if group.moves else "white",
        )  # fmt: skip
        axes.plot(max(group.predicted, least), -row, "|", color=_CHANGE, markersize=13, mew=2)
        pictures.row_heading(
            axes, -row + 0.22, f"{group.moves} of {group.decisions} left",
            f"predicted {risk(group.predicted)}, observed {risk(group.observed)}",
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(0.9 * least, 1.1)
    axes.set_ylim(-len(bins) + 0.6, 0.75)
    ticks = [0.001, 0.01, 0.1, 1.0]
    axes.set_xticks(ticks, ["0.1 %", "1 %", "10 %", "100 %"])
    axes.minorticks_off()
    axes.grid(axis="x", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("probability that a member leaves in a time step", fontsize=pictures.SMALL)
    pictures.legend(figure, [
        pictures.line("predicted", color=_CHANGE, marker="|", ls="", ms=10, mew=2),
        pictures.line("share that left, 95 % interval", color=INK, marker="o", ms=5),
        pictures.line("none left", color=INK, marker="o", ms=5, mfc="white", ls=""),
    ])  # fmt: skip
    told = "; ".join(
        f"predicted {risk(group.predicted)}, {group.moves} of {group.decisions} left"
        for group in bins.itertuples()
    )
    return pictures.Picture(
        "reliability", figure, f"Predicted and observed shares ({sample}). {told}.",
        "Members' decisions are grouped by the probability the rules gave them "
        f"({sample}). Of those given 1 %, 1 % should leave: the bar should lie on the point or "
        "within its interval. With so few leavings the intervals are wide, and an empty point "
        "stands for none at all.",
    )  # fmt: skip


def _wilson(moves: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.96
    p = moves / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def free_runs(c: Comparison) -> "Picture":
    """How often each change comes in time, and how many members leave, in free histories."""
    from . import pictures
    from .palette import INK

    rows = named(c.episodes)
    figure, (top, bottom) = pictures.sheet(
        0.4 * len(rows) + 2.4, 2, height_ratios=(0.4 * len(rows) + 0.3, 1.3)
    )
    pictures.no_sides(top)
    for k, row in enumerate(rows):
        for value, y, colour in (
            (row.within_two_years, -k, INK), (row.baseline_within_two_years, -k - 0.2, _BASELINE)
        ):  # fmt: skip
            top.barh(y, value, 0.18, color=colour)
        pictures.row_heading(
            top, -k + 0.1, _change(row), f"{percent(row.within_two_years)}, baseline "
            f"{percent(row.baseline_within_two_years)}",
        )  # fmt: skip
    top.set_ylim(-len(rows) + 0.6, 0.55)
    top.set_xlim(0, 1)
    top.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    top.set_xlabel("histories with it within two years of its date", fontsize=pictures.SMALL)
    bottom.axvspan(
        c.documented_leavers - 0.45, c.documented_leavers + 0.45, color=_CHANGE, alpha=0.25,
        linewidth=0, zorder=0,
    )  # fmt: skip
    for column, colour, shift in (("rules", INK, -0.18), ("baseline", _BASELINE, 0.18)):
        bottom.bar(c.leavers["states"] + shift, c.leavers[column], 0.34, color=colour)
    last = max(int(c.leavers.loc[(c.leavers[["rules", "baseline"]] > 0.001).any(axis=1),
                                 "states"].max()), c.documented_leavers)  # fmt: skip
    bottom.set_xlim(-0.6, last + 0.6)
    step = -(-(last + 1) // 12)
    bottom.set_xticks(range(0, last + 1, step))
    bottom.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    bottom.set_xlabel("states that ever leave or freeze", fontsize=pictures.SMALL)
    bottom.set_ylabel("histories", fontsize=pictures.SMALL)
    pictures.legend(figure, [
        pictures.area("rules", color=INK),
        pictures.area("baseline", color=_BASELINE),
        pictures.area("documented number", color=_CHANGE, alpha=0.25),
    ])  # fmt: skip
    told = "; ".join(f"{_change(row)} {percent(row.within_two_years)}" for row in rows)
    return pictures.Picture(
        "free-run", figure, f"Within two years of the documented date ({c.sample}): {told}.",
        f"Free-running histories ({c.sample}). Above: in what share each documented change comes "
        "within two years of its date. Below: how many states ever leave or freeze in a history, "
        "beside how many did.",
    )  # fmt: skip
