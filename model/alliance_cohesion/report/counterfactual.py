"""What is shown of a counterfactual: sentences, three rows, guards; a page, a report, pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..analysis.counterfactual import Answer
from ..analysis.counterfactual.answer import BY_RULE, CHANNELS, FORECAST, MAIN, given
from ..analysis.counterfactual.coupling import COUPLINGS
from ..core.inputs import Status
from .document import Document, Figure, Section
from .grid import Column, Grid, grid, numbers, words
from .keep import Origin, keeping
from .terminal import table
from .text import clean, listed, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .page import Picture

_MOST = 3  # states that the first sentences name
_SMALL = 0.01  # a difference below a percentage point is not worth a sentence
_KEPT = {"exit": "stays a member", "freeze": "stays a member", "return": "does not return"}
_DONE = {"exit": "left", "freeze": "froze its membership", "return": "returned"}
_EVENT = {"member": "freezes or leaves", "frozen": "changes its status", "out": "returns"}
_NOTE = (
    "Intervals hold 90 % of parameter draws. They leave out whether the rules and the coding are "
    "right."
)
_RULES = (
    "threats, offers and answers after the change stay as they happened, except those that are "
    "changed"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

Row = Any  # one row of a table, by column name


def month(text: str) -> str:
    """`2022-07` as `July 2022`."""
    year, _, number = text.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}" if number else year


def of_100(share: float) -> str:
    """A share as a number out of 100 that never rounds to certainty."""
    if 0 < share < 0.01:
        return "under 1"
    if 0.99 < share < 1:
        return "over 99"
    return f"{100 * share:.0f}"


def span(low: float, high: float) -> str:
    """`43 to 65`, or one number where both are the same."""
    one, other = of_100(low), of_100(high)
    return one if one == other else f"{one} to {other}"


def points(effect: float) -> str:
    """A difference in percentage points with its sign."""
    rounded = round(100 * effect)
    return f"{rounded:+d}" if rounded else "0"


def in_points(effect: float) -> str:
    """`-2 points`."""
    return f"{points(effect)} point{'' if abs(round(100 * effect)) == 1 else 's'}"


def interval(row: Row) -> str:
    """The 90 % interval of a difference, in points."""
    low, high = points(row["effect_low"]), points(row["effect_high"])
    return low if low == high else f"{low} to {high}"


def asked(answer: Answer) -> list[Row]:
    """The documented moves that the first sentences are about: the first of each state.

    Of the states that the change reaches by name, those that it moves most; three at most.
    """
    first = answer.tables["moves"].groupby("state", sort=False).head(1).to_dict("records")
    order = sorted(first, key=lambda row: -_score(row))[:_MOST]
    return [row for row in order if _score(row) >= max(_SMALL, _score(order[0]) / 4)] or order[:1]


def _score(row: Row) -> float:
    return max(*(row[f"necessity_{name}"] for name in COUPLINGS), abs(row["effect"]))


def _necessity(row: Row) -> tuple[float, float, float, float]:
    """Lowest and highest mean over couplings; lowest and highest end of their intervals."""
    names = [f"necessity_{coupling}" for coupling in COUPLINGS]
    means = [row[name] for name in names]
    lows, highs = ([row[f"{name}_{end}"] for name in names] for end in ("low", "high"))
    return min(means), max(means), min(lows), max(highs)


def _not_so(row: Row) -> str:
    """What a state does where the documented move, or stay, does not happen."""
    if row["kind"] == "stay":
        return _EVENT[row["from"]]
    return "does not leave" if row["from"] == "frozen" else _KEPT[row["kind"]]


def _event(row: Row) -> str:
    """What the forecasts of a row count."""
    if row["kind"] in ("stay", "return"):
        return _EVENT[row["from"]]
    return "leaves" if row["from"] == "frozen" else _EVENT["member"]


def _forecast(row: Row, side: str) -> str:
    """`24 in 100 (20 frozen, 4 out)`: the status to which the first such move leads."""
    share = 1.0 - row[side] if row["kind"] == "stay" else row[side]
    shown = f"{of_100(share)} in 100"
    if _event(row) != _EVENT["member"]:
        return shown
    return f"{shown} ({of_100(row[f'{side}_frozen'])} frozen, {of_100(row[f'{side}_out'])} out)"


def _difference(row: Row) -> Row:
    """Effect and its interval on the event that the forecasts count."""
    low, high, effect = row["effect_low"], row["effect_high"], row["effect"]
    if row["kind"] == "stay":
        low, high, effect = -high, -low, -effect
    return {"effect": effect, "effect_low": low, "effect_high": high}


def sentences(answer: Answer) -> list[str]:
    """The answer in sentences that can be quoted: given what happened, forecast, other states."""
    rows = asked(answer)
    return [*_given(answer, rows), *_seen_from(answer, rows), *_others(answer)]


def _given(answer: Answer, rows: list[Row]) -> list[str]:
    """What follows from the change in histories that otherwise match what happened."""
    parts = []
    for row in rows:
        low, high, least, most = _necessity(row)
        dated = f" (in fact it {_DONE[row['kind']]} in {month(row['date'])})" if row["date"] else ""
        what = f"{clean(row['name'])} {_not_so(row)} by {month(row['until'])}{dated}"
        what = what.replace("stays a member by", "stays a member to")
        parts.append((span(low, high), what, span(least, most)))
    if len(parts) == 1:
        share, what, allowed = parts[0]
        uncertain = f"uncertainty about the parameters alone allows {allowed}{_verdict(rows[0])}"
        return [
            f"In {share} of 100 histories that match what happened except for this change, {what}; "
            f"{'none in any parameter draw' if share == allowed == '0' else uncertain}."
        ]
    said = [
        f"{what} in {share} of 100 (parameters allow {allowed})" for share, what, allowed in parts
    ]
    start = "In histories that match what happened except for this change, "
    return [f"{start}{listed(said)}."] if said else []


def _verdict(row: Row) -> str:
    _, _, least, most = _necessity(row)
    if least > 0.5:
        return ", more than half in nine of ten draws"
    if most < 0.5:
        return ", less than half in nine of ten draws"
    return ": the record does not settle it"


def _seen_from(answer: Answer, rows: list[Row]) -> list[str]:
    """The forecast, and whether its sign is settled."""
    start = f"Seen from {month(answer.data.attrs['branch'][:7])}, with nothing later known except "
    start += "the scripted events, "
    if not rows:
        return [start + _projected(answer)]
    parts = []
    for row in rows:
        change = _difference(row)
        parts.append(
            f"{clean(row['name'])} {_event(row)} by {month(row['until'])} in "
            f"{_forecast(row, 'changed')} instead of {_forecast(row, 'base')}: "
            f"{in_points(change['effect'])} ({interval(change)})"
        )
    told = [f"{start}{'; '.join(parts)}."]
    if "effect_by_rule" in rows[0]:
        by_rule = [in_points((-1 if row["kind"] == "stay" else 1) * row["effect_by_rule"])
                   for row in rows]  # fmt: skip
        told.append(
            "Where threats, offers and answers after that day follow fitted rules (R10, R11) and "
            f"not the record, the difference is {listed(by_rule)}."
        )
    return told


def _projected(answer: Answer) -> str:
    """The forecast at the end of the clock, of the states that move most."""
    parts = [
        f"{clean(row['name'])} is frozen or out in {_status(row, 'changed')} instead of "
        f"{_status(row, 'base')} at the end of {month(row['month'])}, a difference of "
        f"{in_points(row['effect'])} ({interval(row)})"
        for row in _most_moved(answer)
    ]
    return f"{listed(parts)}."


def _most_moved(answer: Answer) -> list[Row]:
    """The states that the forecast moves by a point or more, or the one that it moves most."""
    rows = _at_end(answer, FORECAST)
    return [row for row in rows[:_MOST] if abs(row["effect"]) >= _SMALL] or rows[:1]


def _at_end(answer: Answer, question: str) -> list[Row]:
    """Shares at the end of the clock, those that the change moves most first."""
    rows = answer.tables["shares"].query("question == @question")
    rows = rows[rows["month"] == rows["month"].max()].to_dict("records")
    return sorted(rows, key=lambda row: -abs(row["effect"]))


def _status(row: Row, side: str) -> str:
    frozen, out = row[f"{side}_frozen"], row[f"{side}_out"]
    return f"{of_100(frozen + out)} in 100 ({of_100(frozen)} frozen, {of_100(out)} out)"


def _others(answer: Answer) -> list[str]:
    if not answer.all_known:
        return []
    named = {row["state"] for row in asked(answer)}
    rows = [
        row
        for row in _at_end(answer, given(MAIN))
        if row["state"] not in named and abs(row["effect"]) >= _SMALL
    ][:2]
    if not rows:
        return []
    parts = [f"{clean(row['name'])} ({in_points(row['effect'])})" for row in rows]
    return [
        f"Given all that happened, the share frozen or out at the end also changes for "
        f"{listed(parts)}."
    ]


def headline(*answers: Answer) -> Grid:
    """Three rows for each state asked about; one column for each calibration."""
    first = answers[0]
    states = [row["state"] for row in asked(first)]
    columns = [list(_cells(answer, states)) for answer in answers]
    rows = [
        [label, *(column[k][1] for column in columns)] for k, (label, _) in enumerate(columns[0])
    ]
    heads = [clean(answer.data.attrs["calibration"]) for answer in answers]
    branch = month(first.data.attrs["branch"][:7])
    return grid(
        "",
        [Column(f"seen from {branch}"), *(Column(head, wraps=True) for head in heads)],
        rows,
        f"Changes are in percentage points. {_NOTE}",
    )


def _cells(answer: Answer, states: list[str]) -> Iterator[tuple[str, str]]:
    """Label and cell of each row."""
    moves = answer.tables["moves"]
    for state in states:
        row = moves[moves["state"] == state].iloc[0].to_dict()
        change, (low, high, least, most) = _difference(row), _necessity(row)
        yield f"{clean(row['name'])} {_event(row)} by {month(row['until'])}", _forecast(row, "base")
        effect = f"{points(change['effect'])} ({interval(change)})"
        yield "  with the change", f"{_forecast(row, 'changed')}; {effect}"
        frozen, out = (
            span(*_ends([row[f"{status}_{coupling}"] for coupling in COUPLINGS]))
            for status in ("frozen", "out")
        )
        split = f"; {frozen} frozen, {out} out" if row["from"] == "member" else ""
        yield (
            f"  given all that happened, {_not_so(row)}",
            f"{span(low, high)} in 100 (parameters: {span(least, most)}){split}",
        )
    for row in [] if states else _most_moved(answer):
        yield f"{clean(row['name'])} frozen or out, {month(row['month'])}", _status(row, "base")
        effect = f"{points(row['effect'])} ({interval(row)})"
        yield "  with the change", f"{_status(row, 'changed')}; {effect}"


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def guards(answer: Answer) -> list[tuple[str, str]]:
    """How far to trust the answer: name and sentence of each guard."""
    check, attrs = answer.tables["guards"].to_dict("records")[0], answer.data.attrs
    evidence = "the change alters no decision noticeably"
    if check["altered"]:
        beyond = f"; beyond its range in {check['beyond']}" if check["beyond"] else ""
        evidence = (
            f"of {check['altered']} altered decisions {percent(check['near'])} lie near the "
            f"evidence and {percent(check['in_hull'])} inside its convex hull; farthest: "
            f"{clean(answer.name(check['farthest_state']))}, {month(check['farthest_month'])}"
            f"{beyond}"
        )
    watched, rows = set(answer.watched), answer.tables["baseline"].to_dict("records")
    verdicts = {row["state"]: row["agrees"] for row in rows if row["state"] in watched}
    said = {state: bool(v) for state, v in verdicts.items() if isinstance(v, bool | np.bool_)}
    against = [clean(answer.name(state)) for state, agrees in said.items() if not agrees]
    baseline = "a logistic hazard fitted to the same record "
    if not said:
        baseline += "says nothing about it"
    elif not against:
        baseline += "changes in the same direction"
    else:
        baseline += f"changes in the OPPOSITE direction for {listed(against)}"
    part = answer.tables["partings"].set_index("question")["share"]
    couplings = (
        f"the three differ by up to {100 * check['coupling_disagreement']:.0f} points at the end; "
        f"the simulations part in {percent(part[FORECAST])} of forecasts and "
        f"{percent(part[given(MAIN)])} of replays"
    )
    return [
        ("evidence", evidence),
        ("baseline", baseline),
        ("couplings", couplings),
        ("script", _RULES),
        ("had to be true", clean(attrs["rewrite"])),
    ]


def origin(answer: Answer) -> str:
    """How many histories, from which parameters, with what Monte Carlo error."""
    attrs, error = answer.data.attrs, answer.data["frozen_or_out"].sel(band="error").values.max()
    weighted = (
        f", weighted by the record (effective draws: {attrs['effective_draws']:.0f})"
        if np.isfinite(attrs["effective_draws"])
        else ""
    )
    saved = (
        f"; common random numbers cut the variance of differences {attrs['variance_ratio']:.1f} "
        "times"
        if np.isfinite(attrs["variance_ratio"])
        else ""
    )
    return (
        f"{attrs['histories']:,} histories for each question and coupling, {attrs['draws']} draws "
        f"from {clean(attrs['parameters_from'])}{weighted}; seed {attrs['seed']}. Monte Carlo "
        f"error: at most {max(0.1, 100 * error):.1f} points{saved}. The forecasts are in sample."
    )


def show(console: Console, *answers: Answer, folder: str = "") -> None:
    """Print the answer on one screen; one column for each calibration."""
    first = answers[0]
    shown = Table.grid(padding=(0, 2))
    for name, sentence in guards(first):
        shown.add_row(Text(name), Text(sentence))
    parts: list[RenderableType] = [
        Text(clean(first.scenario.question or first.scenario.title), style="bold"),
        *(Text(f"\n{sentence}") for sentence in sentences(first)),
        Text(),
        table(headline(*answers)),
        Text(f"\n{headline(*answers).note}\n\nGuards"),
        shown,
        Text("\n" + "\n".join(origin(answer) for answer in answers)),
    ]
    console.print(Group(*parts))
    if folder:
        console.print(Text(f"Results: {clean(folder)}"), soft_wrap=True)


def tables(answer: Answer) -> list[Grid]:
    """Shares over time; documented moves; other states. Empty ones are left out."""
    return [made for made in (_shares(answer), _moves(answer), _channels(answer)) if made.rows]


def _shares(answer: Answer) -> Grid:
    shares = answer.tables["shares"]
    months = list(dict.fromkeys(shares["month"]))
    was = "record" if answer.all_known else "given, as it was"
    rows = []
    for state in answer.watched:
        own = shares[shares["state"] == state]
        by = {question: list(part.to_dict("records")) for question, part in own.groupby("question")}
        told = [
            ("forecast, as it was", [_three(row, "base") for row in by[FORECAST]]),
            ("forecast, changed", [_three(row, "changed") for row in by[FORECAST]]),
            ("difference, points", [points(row["effect"]) for row in by[FORECAST]]),
            ("  90 % interval", [interval(row) for row in by[FORECAST]]),
            ("  by R10, R11", [points(row["effect"]) for row in by.get(BY_RULE, [])]),
            (was, [_three(row, "base") for row in by[given(MAIN)]]),
            *((f"given, {c}", [_three(row, "changed") for row in by[given(c)]]) for c in COUPLINGS),
        ]
        name = clean(answer.name(state))
        rows += [[name if k == 0 else "", what, *cells] for k, (what, cells) in enumerate(told)
                 if cells]  # fmt: skip
    return grid(
        "Frozen or out at the end of these months",
        [*words("state", "of 100 histories"), *numbers(*months)],
        rows,
        "In brackets: frozen, out. Differences are in percentage points of frozen or out.",
    )


def _three(row: Row, side: str) -> str:
    frozen, out = row[f"{side}_frozen"], row[f"{side}_out"]
    return f"{of_100(frozen + out)} ({of_100(frozen)}, {of_100(out)})"


def _moves(answer: Answer) -> Grid:
    watched, rows = set(answer.watched), []
    for row in answer.tables["moves"].to_dict("records"):
        if row["state"] in watched:
            did = "stayed " + row["from"] if row["kind"] == "stay" else _DONE[row["kind"]]
            sufficient = row["sufficiency"]
            rows.append([
                f"{clean(row['name'])} {did} {row['date']}".strip(),
                *(f"{of_100(row[name])} ({span(row[name + '_low'], row[name + '_high'])})"
                  for name in (f"necessity_{coupling}" for coupling in COUPLINGS)),
                of_100(row[f"delayed_{MAIN}"]),
                of_100(row["base"]), of_100(row["changed"]),
                "-" if np.isnan(sufficient) else of_100(sufficient),
            ])  # fmt: skip
    heads = (*(f"necessity,\n{coupling}" for coupling in COUPLINGS), "not by\nthen",
             "forecast,\nas it was", "forecast,\nchanged", "suffi-\nciency")  # fmt: skip
    return grid(
        "What happened, and whether it needed what is changed (of 100)",
        [*words("what happened"), *numbers(*heads)],
        rows,
        "Necessity: given all that happened, it does not happen with the change, up to the state's "
        "next documented move or the end (90 % interval). Not by then: not by its documented time "
        f"step ({MAIN} coupling). Sufficiency: of the forecasts that lack it with the change, "
        "those that have it without.",
    )


def _channels(answer: Answer) -> Grid:
    focal = {answer.pair.base.inputs.states[i] for i in answer.pair.focal}
    rows = []
    for row in answer.tables["channels"].to_dict("records"):
        carried = max(abs(row[name]) for name in CHANNELS)
        if abs(row["effect"]) >= 0.005 and (row["state"] not in focal or carried >= 0.005):
            cells = [f"{100 * row[name]:+.1f}" for name in ("effect", *CHANNELS)]
            rows.append([clean(answer.name(row["state"])), row["question"], row["month"], *cells])
    heads = (name.replace(" (", "\n(") for name in CHANNELS)
    return grid(
        "Which other states move, and through which rule (points)",
        [*words("state", "question"), *numbers("month", "difference", *heads)],
        rows,
        "The part of the difference that is lost where this rule is fed from the base simulation.",
    )


def document(answer: Answer, figures: Sequence[Figure] = ()) -> Document:
    """The report, from the answer and its pictures."""
    scenario, told, checks = answer.scenario, sentences(answer), guards(answer)
    rows = [[clean(cell) for cell in row] for row in answer.tables["changes"].values.tolist()]
    columns = [*words("change"), Column("reason", wraps=True), Column("source", wraps=True)]
    return Document(
        title=clean(scenario.title or scenario.name),
        question=scenario.question or scenario.title,
        answer=(*told[:2], f"{checks[0][1][:1].upper()}{checks[0][1][1:]}; {checks[1][1]}."),
        further=tuple(told[2:]),
        figures=tuple(figures),
        sections=(
            Section("", (headline(answer),)),
            Section("What is changed", (grid("", columns, rows),)),
            Section("Two questions, never mixed", tuple(tables(answer))),
        ),
        caveats=(
            *(f"{name[:1].upper()}{name[1:]}: {sentence}." for name, sentence in checks),
            "Forecast: both simulations are free after the branch, with common random numbers. "
            "Given all that happened: history is replayed with the noise that explains the record. "
            "The record does not identify that noise, so there are three couplings.",
            _NOTE,
            origin(answer),
        ),
    )


def markdown(answers: Sequence[Answer], level: int = 2) -> str:
    """All answers as Markdown: one table of all, then a screen each."""
    rows = [
        [
            f"[{clean(answer.scenario.title)}](#{clean(answer.scenario.name)})",
            *_glance(answer, asked(answer)),
        ]
        for answer in answers
    ]
    heads = ["counterfactual", "state", "forecast, as it was", "with the change",
             "given all that happened", "near, in hull"]  # fmt: skip
    parts = [origin(answers[0]), _pipes(heads, rows)]
    for answer in answers:
        shown = headline(answer)
        parts += [
            f"{'#' * level} {clean(answer.scenario.name)}",
            f"**{clean(answer.scenario.question or answer.scenario.title)}**",
            *sentences(answer),
            _pipes([column.head for column in shown.columns], shown.rows),
            "\n".join(
                f"- *{clean(name)}*: {clean(reason)} ({clean(source)})"
                for name, reason, source in answer.tables["changes"].values.tolist()
            ),
            "\n".join(f"- **{name}**: {sentence}" for name, sentence in guards(answer)
                      if name != "script"),
        ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _glance(answer: Answer, rows: list[Row]) -> list[str]:
    if not rows:
        return ["-"] * 5
    row, check = rows[0], answer.tables["guards"].iloc[0]
    low, high, least, most = _necessity(row)
    near = f"{percent(check['near'])}, {percent(check['in_hull'])}" if check["altered"] else "-"
    return [
        clean(row["name"]),
        f"{_event(row)}: {_forecast(row, 'base')}",
        f"{_forecast(row, 'changed')}; {points(_difference(row)['effect'])} "
        f"({interval(_difference(row))})",
        f"{_not_so(row)}: {span(low, high)} ({span(least, most)})",
        near,
    ]


def _pipes(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    safe = [[cell.replace("|", "/") for cell in row] for row in (heads, *rows)]
    lines = [f"| {' | '.join(row)} |" for row in safe]
    return "\n".join([lines[0], f"|{'---|' * len(heads)}", *lines[1:]])


def write(
    folder: Path,
    answer: Answer,
    command: Sequence[str],
    *,
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write report, numbers, tables and pictures to a results folder.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    attrs = answer.data.attrs
    made = Origin(
        job="counterfactual",
        kind="counterfactual",
        scenario=answer.scenario,
        command=command,
        seed=attrs["seed"],
        parameters_from=attrs["parameters_from"],
        parameters_sha256=attrs["parameters_sha256"],
        histories=attrs["histories"],
        more={"base": attrs["base"]},
    )
    with keeping(folder, made, overwrite=overwrite) as draft:
        draft.numbers(answer.data, "counterfactual.nc", "every number over time (netCDF 4)")
        draft.json(answer.as_json(), "answer.json", "all tables, and what their columns mean")
        for name, content in answer.tables.items():
            rows = content.astype(object).where(content.notna(), "").values.tolist()
            draft.csv(list(content.columns), rows, f"{name}.csv", _ABOUT[name])
        if pictures:
            draft.draw(lambda: draw(answer))
        draft.report(document(answer, draft.figures))
    return draft.final


_ABOUT = {
    "shares": "shares frozen and out, and differences, by question, state and month",
    "moves": "probabilities of necessity and of sufficiency of each documented move",
    "channels": "how the change reaches other states",
    "partings": "when the two simulations first differ",
    "guards": "where the change lies in the evidence, and how far the couplings differ",
    "baseline": "what a logistic hazard says",
    "changes": "what is changed, with reasons and sources",
}

_WIDTH, _PANEL = 5.6, 1.35  # inches: legible on a telephone too
_PANELS = 8  # states that a picture shows
_BEFORE = 2.0  # years before the branch that are shown
_TITLES = {
    FORECAST: (
        "Forecast: the record up to the branch, then simulation",
        "The record is known up to the branch (dotted); after it both simulations are free, with "
        "common random numbers.",
    ),
    given(MAIN): (
        "Given all that happened: history replayed",
        "History is replayed with the noise that explains it. Dashed: the other two couplings; how "
        "far they lie apart is what the record does not settle.",
    ),
}


def draw(answer: Answer) -> "list[Picture]":
    """A picture for each question: statuses in both simulations, and the difference."""
    states = answer.watched[:_PANELS]
    return [_picture(answer, question, states) for question in _TITLES if states]


def _picture(answer: Answer, question: str, states: list[str]) -> "Picture":
    from matplotlib.figure import Figure as Sheet
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from . import palette
    from .page import Picture, heading
    from .timeline import Timeline, decimal_year

    data, timeline = answer.data.sel(question=question), Timeline(answer.data, answer.scenario)
    title, caption = _TITLES[question]
    was = "record" if question != FORECAST and answer.all_known else "as it was"
    alternatives = [given(c) for c in COUPLINGS if c != MAIN] if question != FORECAST else []
    years, branch = timeline.years, decimal_year(np.datetime64(answer.data.attrs["branch"], "D"))
    begin, end = max(float(years[0]), branch - _BEFORE), float(years[-1])
    wide = data["frozen_or_out"].sel(simulation="difference", state=states)
    limit = np.ceil(10 * max(0.1, float(np.abs(wide.values[:3]).max()))) / 10
    figure = Sheet(figsize=(_WIDTH, 1.15 + _PANEL * len(states)), facecolor="white",
                   layout="constrained")  # fmt: skip
    _, subtitle = heading(timeline, title)
    figure.suptitle(f"{title}\n", fontsize=11, fontweight="bold", x=0.01, ha="left")
    panels = figure.subplots(len(states), 3, squeeze=False, sharex=True)
    for state, (left, middle, right) in zip(states, panels, strict=True):
        i = timeline.data["state"].values.tolist().index(state)
        name = clean(answer.name(state))
        for axes, side, label in ((left, "base", was), (middle, "changed", "with the change")):
            share = data["share"].sel(simulation=side, state=state).values
            _stack(axes, years, share)
            axes.set_title(label, fontsize=8.5, loc="left")
        left.set_title(f"{name}\n{was}", fontsize=8.5, loc="left", parse_math=False)
        mean, low, high = (np.append(x, x[-1]) for x in wide.sel(state=state).values[:3])
        right.fill_between(years, low, high, step="post", color=palette.INK, alpha=0.15, lw=0)
        right.step(years, mean, where="post", color=palette.INK, lw=1.3)
        for rival in alternatives:
            other = answer.data["frozen_or_out"].sel(
                question=rival, simulation="difference", band="mean", state=state
            )
            y = np.append(other.values, other.values[-1])
            right.step(years, y, where="post", color=palette.INK, lw=0.9, dashes=(3, 2))
        right.axhline(0, color=palette.FAINT, lw=0.6)
        right.set_title("difference, points", fontsize=8.5, loc="left")
        right.set_ylim(-limit, limit)
        right.set_yticks([-limit, 0, limit], [points(-limit), "0", points(limit)])
        for axes in (left, middle, right):
            axes.axvline(branch, color=palette.INK, lw=0.9, linestyle=":")
            for change in timeline.changes(i):
                axes.axvline(decimal_year(change.day), color=palette.INK, lw=0.7)
            _years(axes, begin, end)
    handles = [
        *(Patch(color=palette.STATUS[status], label=status.label) for status in Status),
        Line2D([], [], color=palette.INK, lw=0.7, label="documented change"),
        Line2D([], [], color=palette.INK, lw=0.9, linestyle=":", label="branch"),
        Patch(color=palette.INK, alpha=0.15, label="90 % of parameter draws"),
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=8)
    ends = " ".join(_alt(answer, question, state) for state in states)
    alt = (
        f"{title}. For each state three panels over time: shares of histories as member, frozen "
        f"and out {was}, the same with the change, and the difference. {ends}"
    )
    return Picture(question.partition(",")[0], figure, alt, f"{caption} {subtitle}.", small=True)


def _stack(axes: "Axes", years: Any, share: Any) -> None:
    """Shares of histories [time, status] on top of each other: out, frozen, member."""
    from . import palette

    bottom = np.zeros(len(years))
    for status in reversed(Status):
        top = bottom + np.append(share[:, status], share[-1, status])
        axes.fill_between(years, bottom, top, step="post", color=palette.STATUS[status], lw=0)
        bottom = top
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100 %"])


def _years(axes: "Axes", begin: float, end: float) -> None:
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (end - begin) / s <= 3.5), 100)
    ticks = np.arange(-(-begin // step) * step, end + 1e-9, step)
    axes.set_xlim(begin, end)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    axes.tick_params(labelsize=8, length=2.5)


def _alt(answer: Answer, question: str, state: str) -> str:
    rows = answer.tables["shares"].query("question == @question and state == @state")
    row = rows.iloc[-1].to_dict()
    return (
        f"{clean(row['name'])}, {month(row['month'])}: {_status(row, 'base')} frozen or out as it "
        f"was, {_status(row, 'changed')} with the change."
    )
