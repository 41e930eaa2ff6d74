"""An explanation as terminal text, Markdown, a page, JSON, CSV and a picture: one function each.

`document` says it once, in sentences and tables; text, Markdown and page all show that.
"""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from ..analysis.explain import Explanation
from ..analysis.explain.explanation import IN_SAMPLE, OUT_OF_SAMPLE, PRIOR
from ..core.inputs import Status
from ..scenario import Scenario
from ..scenario.events import RESPONSE, STATUS
from ..scenario.fields import INTERNAL
from ..scenario.states import name_of
from . import palette
from .document import Column, Document, Figure, Grid, Section, grid, numbers, words
from .keep import Origin, keeping
from .terminal import table
from .text import clean, first_of, listed, shorten

if TYPE_CHECKING:
    from .pictures import Picture

ALIKE = {
    Status.MEMBER: "members",
    Status.FROZEN: "frozen states",
    Status.OUT: "states that are out",
}
SAMPLE = {
    IN_SAMPLE: "All numbers not called held out are in sample: the parameters were fitted to this "
    "record, this decision included.",
    OUT_OF_SAMPLE: "All numbers are held out: the parameters were fitted to other records, "
    "never to this one.",
    PRIOR: "The parameters were drawn from the PRIOR and not calibrated: they say what the rules "
    "allow, not what the record supports.",
}
ABOUT = {
    "terms": "the terms of the utility of membership, in log-odds, and their sum",
    "drivers": "the drivers at the date",
    "facts": "the rows of the record behind each driver, with sources",
    "dependence": "the components of dependence, with sources",
    "probabilities": "the probabilities, with their spread and Monte Carlo error",
    "peers": "the states of the same status, by probability",
    "shifts": "what each driver alone would have had to be",
    "statements": "what the state said and what followed; moves nothing",
}
CAPTION = (
    "The terms of the utility of membership in log-odds, each from zero, and their sum, the "
    "alignment. A term at zero has no effect; to its right a term holds the state, to its left it "
    "pushes the state away. One unit changes the rate of leaving by a factor of 2.7. Lines are the "
    "5 to 95 % range over the parameter draws; ranges do not add up, since terms vary together."
)
FEW = 5
"""Answers to others that are shown."""
_SMALLEST = 0.0001


def probability(share: float) -> str:
    """Two digits that never round to certainty: `0.74 %`, `9.4 %`, `<0.01 %`."""
    if 0 < share < _SMALLEST:
        return "<0.01 %"
    if 0.995 <= share < 1:
        left = 1 - share
        return ">99.99 %" if left < _SMALLEST else f"{100 - float(f'{100 * left:.2g}'):.4g} %"
    percent = 100 * share
    return f"{percent:#.2g} %" if 0 < percent < 9.95 else f"{percent:.0f} %"


def spread(row: Any) -> str:
    """`9.4 % (0.56 % to 33 %)`: the mean and the 5 to 95 % range of a row of probabilities."""
    return f"{probability(row['mean'])} ({probability(row['q05'])} to {probability(row['q95'])})"


def log_odds(value: float) -> str:
    """With a sign: plus holds, minus pushes."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text


def level(symbol: str, value: float) -> str:
    """A driver's value in its own unit."""
    text = f"{value:.1f}" if symbol == "O" else f"{value:.2f}"
    return f"<{text[:-1]}1" if value > 0 and not float(text) else text


def made_of(e: Explanation, symbols: str) -> str:
    """`E 1.00, reliability 0.12`: the drivers of a term, from their symbols."""
    return ", ".join(
        f"{'reliability' if symbol == 'rho' else symbol} "
        f"{level(symbol, e.drivers.loc[symbol, 'mean'])}"
        for symbol in filter(None, symbols.split("|"))
    )


def per(e: Explanation) -> str:
    """What the probability of the move refers to."""
    return "at this renewal" if e.renewal else "a year"


def rank(e: Explanation, by: str = "probability") -> str:
    """`1st of 5 members`, by a column of the peers."""
    if len(e.peers) == 1:
        return f"the only one of the {ALIKE[e.before]}"
    n = 1 + int((e.peers[by] > e.peers.loc[e.state, by]).sum())
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending} of {len(e.peers)} {ALIKE[e.before]}"


def name(e: Explanation, code: str) -> str:
    """The name of a state or another actor."""
    return clean(name_of(code, e.names))


def step(e: Explanation) -> str:
    """What is documented of the time step, and what decides it."""
    state = name(e, e.state)
    after = "stayed so" if e.after == e.before else f"ended it as {e.after.label}"
    renewal = " In it the term ended and staying took a signature." if e.renewal else ""
    return (
        f"{state} began the time step {e.first} to {e.last} as {e.before.label} and {after}."
        f"{renewal} One step ahead: only what was perceived up to {e.known_until} decides it."
    )


def coded(e: Explanation, row: Any) -> str:
    """What a row is and how it is coded: `threat by Azerbaijan, code 3; confidence medium`."""
    sure = f"confidence {row['confidence']}"
    if row["kind"] == STATUS:
        return clean(f"membership status of {name(e, row['actor'])}; {sure}")
    kind = "answer" if row["kind"] == RESPONSE else row["kind"].replace("_", " ")
    by = "from within" if row["actor"] == INTERNAL else f"by {name(e, row['actor'])}"
    to = "" if row["target"] == e.state else _towards(e, row)
    prompted = row["threat_level"]
    threat = f" for a threat of level {prompted:g}" if pd.notna(prompted) else ""
    return clean(f"{kind} {by}{to}, code {row['strength']:g}{threat}; {sure}")


def _towards(e: Explanation, row: Any) -> str:
    targets = [name(e, target) for target in row["target"].split("|") if target]
    return f" to {listed(targets)}" if targets else ""


def document(e: Explanation, figures: Sequence[Figure] = ()) -> Document:
    """The whole explanation, in the order in which it is read."""
    state, alliance = name(e, e.state), clean(e.about["alliance"])
    status = e.before.label + ("" if e.after == e.before else f", then {e.after.label}")
    where = clean(e.about["title"] or e.about["scenario"])
    return Document(
        title=f"{state} in {alliance}, {e.first} to {e.last}: {status}",
        question=f"What held {state} in {alliance}, what pushed it at {clean(e.date)} ({where})?",
        answer=(_probability(e), _terms(e), _shifts(e)),
        further=(step(e), *_further(e)),
        figures=tuple(figures),
        sections=(
            Section("What held it and what pushed it", (terms(e),)),
            Section("What alone would have changed much", (shifts(e),)),
            Section(f"What {state} said, and what followed from decisions", (statements(e),)),
            Section("The facts behind each driver", tuple(_facts(e, s) for s in e.drivers.index)),
        ),
        caveats=(
            SAMPLE[e.sample],
            f"{e.about['draws']:,} parameter draws from {clean(e.about['parameters_from'])}; seed "
            f"{e.about['seed']}. Ranges are 5 to 95 % over the draws; Monte Carlo error of the "
            f"probability: {100 * e.probability['monte_carlo_error']:.2g} percentage points.",
            "The explanation is the rules' own account, given the record: it says which coded "
            "facts move them, not what moved those who decided. To halve or double the probability "
            "one driver changes and the rest is held; in history they move together.",
        ),
    )


def _probability(e: Explanation) -> str:
    means = e.probabilities["mean"]
    parts = ""
    if e.before == Status.MEMBER:
        frozen, out = (probability(means[f"leaving to {to}"]) for to in ("frozen", "out"))
        parts = f", of which frozen {frozen} and out {out}"
    unseen = ""
    if f"{e.move}, held out" in means:
        rate, base = (probability(means[f"{e.move}, held out{k}"]) for k in ("", ", base rate"))
        unseen = (
            f" Held out, by a fit that never saw this episode, it was {rate} {per(e)}, "
            f"{rank(e, 'held_out')}; the base rate was {base}."
        )
    return (
        f"The probability of {e.move} was {spread(e.probability)} {per(e)}{parts} ({e.sample}), "
        f"which ranked it {rank(e)}; at alignment 0, where nothing pulls either way, it would have "
        f"been {probability(means[f'{e.move} at alignment 0'])}.{unseen}"
    )


def _terms(e: Explanation, most: int = 3) -> str:
    by_size = e.terms.drop("alignment")["mean"].sort_values(key=abs, ascending=False)

    def strongest(some: pd.Series) -> str:
        return listed([f"{k} {log_odds(v)}" for k, v in some[:most].items()]) or "nothing"

    mean, low, high = (log_odds(e.terms.loc["alignment", key]) for key in ("mean", "q05", "q95"))
    return (
        f"Most held by {strongest(by_size[by_size > 0.005])}; most pushed by "
        f"{strongest(by_size[by_size < -0.005])} (log-odds). All terms add up to an alignment of "
        f"{mean} ({low} to {high}); one unit {'more' if e.before == Status.OUT else 'less'} "
        f"multiplies the rate of {e.move} by 2.7."
    )


def _shifts(e: Explanation) -> str:
    result = e.shifts.dropna(subset="half")
    if result.empty:
        return f"None of {len(e.shifts)} drivers could alone have halved it within its range."
    halves = [
        f"{e.drivers.loc[symbol, 'name']} at {level(symbol, row['half'])} instead of "
        f"{level(symbol, row['now'])}"
        for symbol, row in result.iterrows()
    ]
    return f"Any one of these alone would have halved it: {'; '.join(halves)}."


def _further(e: Explanation) -> tuple[str, str]:
    ends = e.probabilities.filter(like="ends the step", axis=0)
    by_status = [f"{event.rpartition(' ')[2]} {spread(row)}" for event, row in ends.iterrows()]
    peers = [f"{name(e, peer)} {probability(p)}" for peer, p in e.peers["probability"].items()]
    return (
        f"To end the time step as: {'; '.join(by_status)}.",
        f"By the probability of {e.move} {per(e)}: {first_of(peers, 'peers.csv')}.",
    )


def _ordered(e: Explanation) -> pd.DataFrame:
    """The terms from what holds most to what pushes most, and their sum."""
    each = e.terms.drop("alignment").sort_values("mean", ascending=False, kind="stable")
    return pd.concat([each, e.terms.loc[["alignment"]]])


def terms(e: Explanation) -> Grid:
    """The terms of the utility of membership."""
    rows = [
        [str(k), *(log_odds(row[q]) for q in ("mean", "q05", "q95")), made_of(e, row["drivers"])]
        for k, row in _ordered(e).iterrows()
    ]
    rows[-1][0] = "alignment, their sum"
    return grid(
        "Terms of the utility of membership (R4)",
        [
            Column("term", wraps=True),
            *numbers("mean", "5 %", "95 %"),
            Column("made of", wraps=True),
        ],
        rows,
        "In log-odds: plus holds, minus pushes. Ranges do not add up: terms vary together over "
        "draws.",
    )


def shifts(e: Explanation) -> Grid:
    """What each driver alone would have had to be."""

    def at(symbol: str, value: float, reach: str) -> str:
        return f"no value ({reach})" if pd.isna(value) else level(symbol, value)

    return grid(
        "One driver alone: where it would halve or double that probability",
        [
            Column("driver", wraps=True),
            Column("range"),
            *(Column(head, number=True, wraps=True) for head in ("now", "halves at", "doubles at")),
        ],
        [
            [
                e.drivers.loc[symbol, "name"],
                f"0 to {e.drivers.loc[symbol, 'high']:g}",
                level(symbol, row["now"]),
                at(symbol, row["half"], f"at least x {row['lowest_multiple']:.2f}"),
                at(symbol, row["double"], f"at most x {row['highest_multiple']:.2f}"),
            ]
            for symbol, row in e.shifts.iterrows()
        ],
        "All else held; the driver's effect on utility has reached alignment in full, as if it had "
        "lasted.",
    )


def statements(e: Explanation) -> Grid:
    """What the state said and what followed from its decision."""
    shown = e.statements[e.statements["shown"]]
    rest = len(e.statements) - len(shown)
    more = f"{rest} more are in statements.csv" if rest else f"{len(shown)} in all"
    return grid(
        f"Statements and consequences, nearest to {clean(e.date)} first",
        [Column("date"), Column("said or done", wraps=True)],
        [
            [
                clean(row["date"]),
                f"{name(e, row['actor'])}{_towards(e, row)}: {clean(row['description'])}\n"
                f"{clean(row['id'])}; source: {clean(row['source'])}",
            ]
            for _, row in shown.iterrows()
        ],
        "These rows move nothing in the model: what a state says of its motives is no input, and "
        "what followed from a decision cannot explain it. Five years before to one year after the "
        f"date: {more}.",
    )


def _facts(e: Explanation, symbol: str) -> Grid:
    """The facts behind a driver."""
    driver = e.drivers.loc[symbol]
    mean, low, high = (level(symbol, driver[key]) for key in ("mean", "q05", "q95"))
    title = f"{symbol}, {driver['name']}: {mean if low == high else f'{mean} ({low} to {high})'}"
    if symbol == "D":
        return _dependence(e, title)
    facts = e.facts[e.facts["driver"] == symbol]
    others = facts.index[~facts["own"].astype(bool)]
    cut = others[FEW:] if symbol == "rho" else others[:0]
    measure = {"O": "points", "rho": "weight", "C": "share"}.get(symbol, "level")
    role = {"O": "", "rho": "answer", "C": ""}.get(symbol, "sets it")
    note = "" if len(facts) else "no fact of the record"
    if len(cut):
        weight = facts.loc[cut, "now"].sum()
        note = f"and {len(cut)} more answers to others, weighing {weight:.2f} together"
    elif role == "sets it" and len(facts):
        note = "level: faded by now, mean over draws; sets it: share of draws with none higher"
    return grid(
        title,
        [Column(measure, number=True), *words(role, "date"), Column("fact", wraps=True)],
        [
            [
                level(symbol, row["now"]),
                _part(symbol, row),
                clean(row["date"]),
                f"{clean(row['description'])}\n{coded(e, row)}; {clean(row['id'])}; source: "
                f"{clean(row['source'])}",
            ]
            for _, row in facts.drop(cut).iterrows()
        ],
        note,
        "facts.csv",
    )


def _part(symbol: str, row: Any) -> str:
    if symbol == "rho":
        kept = "kept" if row["strength"] > 0 else "broken"
        return kept if row["own"] else f"{kept}, to others"
    if row["cancelled_by"]:
        return f"cancelled by {clean(row['cancelled_by'].replace('|', ', '))}"
    sets = row["sets_the_level"]
    return "" if pd.isna(sets) else probability(sets) if sets else "-"


def _dependence(e: Explanation, title: str) -> Grid:
    rows = []
    for component, lines in e.dependence.groupby("component", sort=False):
        first = lines.iloc[0]
        read = [f"held by the change {clean(first['held_by'])!r}"] if first["held_by"] else [
            f"{line['year']:.0f}: {line['reading']:g} ({clean(line['source'])})"
            for _, line in lines.iterrows()
        ]  # fmt: skip
        text = f"{clean(component)} {first['value']:.3g}"
        rows.append([f"{first['share']:.2f}", text, "\n".join(read)])
    columns = [Column("share", number=True), Column("component"), Column("read from", wraps=True)]
    return grid(title, columns, rows, "" if rows else "no indicator: the alliance's default")


def show(console: Console, e: Explanation) -> None:
    """Print it."""
    shown = document(e)
    console.print(Text(shown.title, style="bold"))
    console.print(Text("\n".join((*shown.answer, *shown.further))))
    for part in (part for section in shown.sections for part in section.parts):
        assert isinstance(part, Grid)
        console.print()
        console.print(table(part) if part.rows else Text(part.title, style="bold"))
        if part.note:
            console.print(Text(part.note))
    console.print(Text("\n".join(("", *shown.caveats))))


def heading(e: Explanation) -> str:
    """What the picture shows."""
    state, alliance = shorten(name(e, e.state), 24), shorten(clean(e.about["alliance"]), 24)
    outside = e.before == Status.OUT
    verb = f"drew {state} to {alliance}" if outside else f"held {state} in {alliance}"
    return textwrap.fill(f"What {verb} and what pushed it away, {clean(e.date)}", 52)


def picture(e: Explanation) -> "Picture":
    """The terms as bars from zero, their sum below; to be read at the width of a phone."""
    from matplotlib.figure import Figure as Canvas  # slow to import, and not always needed

    from .pictures import Picture

    shown = _ordered(e)
    last = len(shown) - 1
    canvas = Canvas((8.27, 1.9 + 0.62 * len(shown)), facecolor="white", layout="constrained")
    axes = canvas.add_subplot()
    holds, pushes = palette.STATUS[Status.MEMBER], palette.STATUS[Status.OUT]
    for k, (_, row) in enumerate(shown.iterrows()):
        colour = "#555555" if k == last else holds if row["mean"] > 0 else pushes
        axes.barh(k, row["mean"], height=0.55, color=colour, zorder=2)
        for shade, width in (("white", 4.0), (palette.INK, 1.6)):  # a rim, to be seen on the bar
            axes.plot([row["q05"], row["q95"]], [k, k], color=shade, linewidth=width, zorder=3)
        axes.annotate(
            log_odds(row["mean"]).replace("-", "\N{MINUS SIGN}"), (1.0, k), (66, 0),
            xycoords=axes.get_yaxis_transform(), textcoords="offset points", fontsize=16,
            ha="right", va="center", fontweight="bold" if k == last else "normal",
        )  # fmt: skip
    axes.axvline(0.0, color=palette.INK, linewidth=1.2, zorder=1)
    axes.axhline(last - 0.5, color=palette.FAINT, linewidth=0.8)
    labels = [*(textwrap.fill(str(term), 18) for term in shown.index[:last]), "alignment:\nthe sum"]
    axes.set_yticks(range(last + 1), labels, fontsize=16, linespacing=1.0)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_ylim(last + 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=15, color=palette.FAINT)
    axes.grid(axis="x", color=palette.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(palette.FAINT)
    draws_in = "draws it in" if e.before == Status.OUT else "holds it"
    for side, away, text in (
        ("right", -10, "\N{LEFTWARDS ARROW} pushes it away"),
        ("left", 10, f"{draws_in} \N{RIGHTWARDS ARROW}"),
    ):
        axes.annotate(
            text, (0.0, 0.0), (away, -26), xycoords=axes.get_xaxis_transform(),
            textcoords="offset points", fontsize=16, ha=side, va="top",
        )  # fmt: skip
    zero = probability(e.probabilities.loc[f"{e.move} at alignment 0", "mean"])
    foot = (
        "Log-odds; bars start at 0, which is no effect; lines: 5 to 95 % of the draws. "
        f"Probability of {e.move} {per(e)}: {probability(e.probability['mean'])} ({e.sample}); it "
        f"would be {zero} if the terms added up to 0. Known up to {e.known_until}."
    )
    left: dict[str, Any] = {"x": 0.01, "ha": "left", "parse_math": False}
    canvas.suptitle(heading(e), fontsize=18, fontweight="bold", **left)
    foot = textwrap.fill(foot.replace(" %", "\N{NO-BREAK SPACE}%"), 74)
    canvas.supxlabel(foot, fontsize=15, color="#444444", **left)
    alt = f"Bars of the terms. {_terms(e, len(shown))} {_probability(e)}"
    return Picture("terms", canvas, alt, CAPTION)


def write(
    scenario: Scenario,
    e: Explanation,
    folder: Path | str,
    command: Sequence[str] = (),
    *,
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write all forms to a results folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    origin = Origin(
        job="explain",
        kind="explanation",
        scenario=scenario,
        command=command,
        seed=int(e.about["seed"]),
        parameters_from=str(e.about["parameters_from"]),
        parameters_sha256=str(e.about["parameters_sha256"]),
        asked=(e.state, e.date),
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(e.as_json(), "explanation.json", "all of it, as data")
        draft.tables(e.tables(), ABOUT)
        if pictures:
            draft.draw(lambda: [picture(e)])
        draft.report(document(e, draft.figures))
    return draft.final
