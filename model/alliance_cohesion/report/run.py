"""What is shown and kept of a run: text, page, Markdown, JSON, CSV and pictures, one function each.

All of it is made from the tables and the dataset of the result.
"""

from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from ..inference.draws import Draws
from ..result import BEYOND, HELD_OUT, IN_SAMPLE, NOT_CALIBRATED, STATUSES, Result
from ..scenario.history import month
from .document import Column, Document, Figure, Grid, Section, grid, numbers
from .terminal import WIDTH, table
from .text import clean, first_of, listed, percent

if TYPE_CHECKING:
    from ..simulation import Simulation

NUMBERS = "histories.nc"
_FILES = {
    "episodes": "the documented changes: how likely in simulation, and held out",
    "states": "the states: shares at the end, who ever leaves or returns, and when",
    "status": "the shares over time: one row for each time step, state and status",
    "parameters": "the parameter draws, one row each",
}
MEANS = {
    IN_SAMPLE: "In sample: the parameters were fitted to this record, so agreement is no test.",
    HELD_OUT: "Held out: the parameters were fitted to other records, never to this one.",
    BEYOND: "Beyond the record: extrapolation. Nothing there can have taught the model.",
    NOT_CALIBRATED: "The parameters come from the PRIOR, not calibrated: the shares say what the "
    "rules allow, not what the record supports.",
}
CAVEATS = (
    "A probability here is a share of simulated histories: what the stated rules imply when only "
    "what happened around the states is scripted. It is no forecast and no proof of causes.",
    "The rules know nothing of secret bargaining, of leaders, or of domestic politics short of a "
    "threat to the regime.",
)
_READING = """\
time is the first day of a time step; statuses are those at its end: member, frozen or out (0, 1, 2
in histories.nc; -1: after the record ends). In Python, xarray.open_dataset("histories.nc") has a
sentence on every variable. path and alignment hold the first {kept:,} histories one by one.
In states.csv, q05 to q95 give the month by which 5 to 95 % of ALL histories had first left; empty
means not by the end of the clock.
"""


# Tables


def main_grid(result: Result) -> Grid:
    """The first table: episodes where the record has any in the simulated time, else states."""
    if result.episodes.empty:
        return states_grid(result)
    return episodes_grid(result.episodes, result.sample)


def episodes_grid(rows: pd.DataFrame, sample: str) -> Grid:
    """A line for each documented change: how likely in simulation, and held out before it.

    Args:
        rows: name, event, date, within_two_years; rank, of, risk, base_rate where they are known;
            tied (how many peers share the rank) and drove (what moved the state) if there is more.
        sample: Of what simulation says.
    """
    columns = [
        Column("\n\nwhat happened", wraps=True, least=20),
        *numbers(f"{sample}:\nwithin\n2 years"),
    ]
    cells = [
        [f"{clean(row.name_)} {row.event}, {month(row.date)}", percent(row.within_two_years)]
        for row in named(rows)
    ]
    note = "within 2 years: share of histories with the change within two years of its date."
    if rows["rank"].notna().all():
        columns += numbers("held out:\nrank just\nbefore it", "held out:\nrisk that\nyear")
        for line, row in zip(cells, named(rows), strict=True):
            line += [rank(row.rank, row.of, getattr(row, "tied", 0)), risk(row.risk)]
        note += (
            "\nheld out: predicted by a fit that never saw the change; rank among the states of "
            "the same\n  status, 1 the likeliest to move."
        )
        if rows["base_rate"].notna().all():
            columns += numbers("held out:\nbase rate\nthat year")
            for line, row in zip(cells, named(rows), strict=True):
                line.append(risk(row.base_rate))
    if "drove" in rows:
        columns.append(Column(f"{sample}:\nwhat set it apart\nfrom its peers", wraps=True))
        for line, row in zip(cells, named(rows), strict=True):
            line.append(row.drove)
        note += (
            "\nwhat set it apart: terms of the utility of membership, in log-odds, in which it "
            "differed most\n  from the states of the same status."
        )
    return grid("", columns, cells, note, "episodes.csv")


def states_grid(result: Result) -> Grid:
    """A line for each state: the record, and the shares of histories."""
    end, since = _end(result.simulation), result.simulation.since
    whole = not since
    heads = [f"{status}\n{end}" for status in STATUSES]
    columns = [
        Column("\nstate", wraps=True, least=8),
        Column("\nrecord", wraps=True),
        *numbers(*heads, "leaves or\nfreezes", "\nreturns"),
        *([Column("first leaves or freezes:\nmedian (90 % range)")] if whole else []),
    ]
    return grid(
        "",
        columns,
        [
            [
                clean(row.name_),
                row.record.replace("; ", "\n"),
                *(percent(getattr(row, status)) for status in STATUSES),
                percent(row.leaves),
                percent(row.returns),
                *([f"{row.q50 or 'never'} ({_span(row.q05, row.q95)})"] if whole else []),
            ]
            for row in named(result.states)
        ],
        f"Shares of histories, {result.sample}. leaves or freezes, returns: at least once"
        + (f" after {result.simulation.scenario.clock.known_until}." if since else "."),
        "states.csv",
    )


def named(frame: pd.DataFrame) -> list[Any]:
    """Rows with attributes; missing values are None."""
    plain = frame.rename(columns={"name": "name_"}).astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False))


def rank(place: float, of: int, tied: int) -> str:
    """A rank as text: `1 of 6`, or `3.5 of 6, tied with 2`."""
    return f"{place:g} of {of:g}" + (f", tied with {tied}" if tied else "")


def risk(share: float) -> str:
    """A yearly risk: one digit more than `percent` where it is small."""
    return f"{100 * share:.1f} %" if 0.001 <= share < 0.0995 else percent(share)


def _span(low: str | None, high: str | None) -> str:
    """`1999 to never`; `never` where too few ever leave for the range to begin."""
    return f"{low[:4]} to {high[:4] if high else 'never'}" if low else "never"


def _end(simulation: "Simulation") -> str:
    """The end of the clock: `2035`, or `Jun 2026` within a year."""
    last = str(simulation.inputs.end - 1)[:7]
    return last[:4] if last.endswith("-12") else month(last)


# Sentences


def heading(simulation: "Simulation", draws: Draws, histories: int, sample: str) -> str:
    """What was simulated, from which parameters, in one line."""
    scenario = simulation.scenario
    name, alliance = scenario.name, scenario.alliance.name
    also = "" if name.casefold() == alliance.casefold() else f" ({name})"
    origin = "the prior" if sample == NOT_CALIBRATED else draws.origin
    start = scenario.clock.known_until or scenario.clock.start
    return clean(
        f"{alliance}{also}, {start.year + bool(scenario.clock.known_until)}-"
        f"{_end(simulation)[-4:]}: {len(scenario.states)} states, {histories:,} simulated "
        f"histories ({origin}, {sample})"
    )


def _heading(result: Result) -> str:
    return heading(result.simulation, result.draws, result.histories, result.sample)


def stayed(result: Result) -> str:
    """The states that never left, and in what share of histories they stay; "" if none did."""
    if result.episodes.empty or result.stayers.empty:
        return ""
    told = [f"{clean(row.name_)} {percent(row.stays)}" for row in named(result.stayers)]
    return f"stayed: {first_of(told, 'states.csv')} of histories ({result.sample})"


def error_note(result: Result) -> str:
    """The Monte Carlo error of a share of one half, the largest there is."""
    return (
        f"Monte Carlo error: at most {100 * 1.645 * 0.5 / result.histories**0.5:.1f} percentage "
        "points either way (90 %)."
    )


def held(result: Result) -> str:
    """What the scenario holds or changes, if anything."""
    scenario = result.simulation.scenario
    fixed = [f"{name} = {value:g}" for name, value in scenario.parameters.fixed.items()]
    parts = [f"parameters held: {', '.join(fixed)}"] if fixed else []
    names = [clean(change.name) for change in scenario.changes]
    if names:
        what = "1 change" if len(names) == 1 else f"{len(names)} changes"
        parts.append(f"{what} to its base: {'; '.join(names[:4])}"
                     + (f" and {len(names) - 4} more" if len(names) > 4 else ""))  # fmt: skip
    return f"The scenario's own settings: {'; '.join(parts)}." if parts else ""


def sentences(result: Result) -> tuple[str, ...]:
    """The answer in three sentences with numbers."""
    first = _departures(result) if result.episodes.empty else _episodes(result)
    second = _returns(result) if result.episodes.empty else _held_out(result)
    return first, second, _how_many(result)


def _episodes(result: Result) -> str:
    rows = result.episodes
    n = len(rows)
    what = "The documented change comes" if n == 1 else f"The {n} documented changes come"
    least, most = rows["within_two_years"].min(), rows["within_two_years"].max()
    share = percent(most) if n == 1 else f"{percent(least)} to {percent(most)}"
    also = ""
    if len(stayers := result.stayers):
        low, high = percent(stayers["stays"].min()), percent(stayers["stays"].max())
        also = f"; the {len(stayers)} states that stayed stay in {low} to {high}"
    return f"{what} within two years in {share} of simulated histories{also} ({result.sample})."


def _held_out(result: Result) -> str:
    rows = result.episodes
    if rows["rank"].isna().any():
        return (
            f"No held-out prediction of the {len(rows)} changes is kept for this scenario; "
            "`cohesion compare` makes them."
        )
    first = int((rows["rank"] == 1).sum())
    return (
        f"Just before a change, the state that moved ranked first in {first} of {len(rows)} cases; "
        f"its risk in that year was {risk(rows['risk'].min())} to {risk(rows['risk'].max())} "
        "(held out)."
    )


def _departures(result: Result) -> str:
    inside = result.states[result.states["known"] == "member"]
    when = _since(result)
    if inside.empty or not inside["leaves"].max():
        return f"In none of {result.histories:,} histories does a member leave or freeze{when}."
    top = inside[inside["leaves"] == inside["leaves"].max()]
    who = listed([clean(name) for name in top["name"]])
    share = percent(top["leaves"].iloc[0])
    ends = "" if len(top) > 1 else (
        f", and at the end it is out in {percent(top['out'].iloc[0])} and frozen in "
        f"{percent(top['frozen'].iloc[0])}"
    )  # fmt: skip
    tied = " each" if len(top) > 1 else ""
    return (
        f"Of {len(inside)} members, {who} most often leave{'s' * (len(top) == 1)} or "
        f"freeze{'s' * (len(top) == 1)}{when}: in {share} of histories{tied}{ends}."
    )


def _returns(result: Result) -> str:
    states = result.states
    frozen, out = (states[states["known"] == status] for status in ("frozen", "out"))
    parts = [
        f"{clean(row.name_)}, frozen now, is a member in {percent(row.member)}, frozen in "
        f"{percent(row.frozen)} and out in {percent(row.out)} of histories"
        for row in named(frozen)[:2]
    ]
    if len(out):
        top = out.loc[out["member"].idxmax()]
        parts.append(
            f"of the {len(out)} out, {clean(top['name'])} is most often a member again "
            f"({percent(top['member'])})"
        )
    told = "; ".join(parts) or f"0 of {len(states)} states had been frozen or out before"
    return f"At the end of {_end(result.simulation)}, {told}."


def _how_many(result: Result) -> str:
    sums, known = result.states[["frozen", "out"]].sum(), list(result.states["known"])
    return (
        f"At the end of {_end(result.simulation)}, {sums['frozen']:.1f} states are frozen and "
        f"{sums['out']:.1f} out in the average history; the record"
        f"{' ends with' if result.simulation.since else ' has'} {known.count('frozen')} frozen and "
        f"{known.count('out')} out."
    )


def _since(result: Result) -> str:
    known = result.simulation.scenario.clock.known_until
    return f" after {known}" if known else ""


# Text, page, Markdown, JSON


def show(console: Console, result: Result) -> None:
    """Print the first table with what it rests on."""
    below = [
        stayed(result),
        "",
        main_grid(result).note,
        MEANS[result.sample],
        error_note(result),
        *_followed(result),
        *filter(None, [held(result)]),
    ]
    console.print(Text(_heading(result), style="bold"))
    console.print()
    console.print(table(main_grid(result)))
    console.print(Text("\n".join(below[not below[0] :])), soft_wrap=True)


def text(result: Result) -> str:
    """What `show` prints, as text."""
    out = StringIO()
    show(Console(file=out, width=WIDTH, markup=False, highlight=False, emoji=False), result)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def further(result: Result, report: Path, scenario: str) -> str:
    """The last line: where the report is, and what to ask next of a scenario, as it was named."""
    import shlex

    rows = result.episodes
    why = ""
    if not rows.empty:
        last = rows.iloc[-1]
        words = ["cohesion", "explain", scenario, last["name"], last["date"]]
        why = f"      Why: {clean(shlex.join(words))}"
    return f"Report: {clean(report)}{why}"


def notebook(result: Result) -> str:
    """The first table for a notebook."""
    from .html import table_html

    return table_html(_heading(result), main_grid(result), stayed(result))


def document(result: Result, figures: Iterable[Figure] = ()) -> Document:
    """The report, as page and Markdown show it."""
    scenario, known = result.simulation.scenario, not result.episodes.empty
    tables: list[str | Grid] = [main_grid(result), *filter(None, [stayed(result)])]
    return Document(
        title=f"{clean(scenario.title or scenario.name)}: simulated histories",
        question=scenario.question or "Who leaves or freezes, and who comes back?",
        answer=sentences(result),
        further=tuple(filter(None, [f"{_heading(result)}.", held(result)])),
        figures=tuple(figures),
        sections=(
            Section(
                "What happened, and how likely it was" if known else "The states",
                tuple(tables),
                first=True,
            ),
            *([Section("All states", (states_grid(result),))] if known else []),
        ),
        caveats=(
            MEANS[result.sample],
            *_followed(result),
            error_note(result),
            *CAVEATS,
        ),
    )


def _followed(result: Result) -> list[str]:
    known = result.simulation.scenario.clock.known_until
    return [f"Histories follow the record up to {known}; counts begin there."] if known else []


def as_json(result: Result) -> dict[str, Any]:
    """The tables and what they rest on, as plain data."""
    return {
        "scenario": result.simulation.scenario.name,
        "question": result.simulation.scenario.question,
        "histories": result.histories,
        "seed": result.seed,
        "parameters_from": result.draws.origin,
        "parameters_sha256": result.draws.digest,
        "sample": result.sample,
        "monte_carlo_error": 1.645 * 0.5 / result.histories**0.5,
        "known_until": _text(result.simulation.scenario.clock.known_until),
        **{
            name: [dict(zip(frame.columns, row, strict=True)) for row in named(frame)]
            for name, frame in (("episodes", result.episodes), ("states", result.states))
        },
        "absent_at_end": (result.ensemble.away_at_end / result.histories).tolist(),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# The results folder


def write(
    result: Result,
    folder: Path | str,
    command: Sequence[str] = (),
    *,
    pictures: bool = True,
    overwrite: bool = False,
) -> Path:
    """Write a results folder.

    Args:
        result: What a run gave.
        folder: Where to; its parents are made.
        command: The command line, kept in the manifest.
        pictures: Whether to draw.
        overwrite: Whether results that are there already are replaced.

    Returns:
        The folder.

    Raises:
        FolderError: the folder holds results already, or something else, or cannot be written.
    """
    from .keep import Origin, keeping

    engine = result.engine
    origin = Origin(
        job="run",
        kind="run",
        scenario=result.simulation.scenario,
        command=command,
        seed=result.seed,
        parameters_from=result.draws.origin,
        parameters_sha256=result.draws.digest,
        histories=result.histories,
        asked=() if engine == "ensemble" else ("--engine", engine),
        reading=_READING.format(kept=result.dataset.sizes["history"]),
        more={"engine": engine},
    )
    with keeping(folder, origin, overwrite=overwrite) as draft:
        draft.json(as_json(result), "summary.json", "the tables that the program shows, as data")
        draft.numbers(result.dataset, NUMBERS, "every number over time (netCDF 4)")
        draft.tables(result.tables, _FILES)
        if pictures:
            from . import figures_run  # Matplotlib is slow to import, and not always needed

            draft.draw(lambda: figures_run.draw(result))
        draft.report(document(result, draft.figures))
    return draft.final
