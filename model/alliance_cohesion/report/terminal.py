"""The table of a run on a terminal."""

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .table import Row, Summary
from .text import clean, percent

WIDTH = 100  # where the output is no terminal


def show(console: Console, summary: Summary, folder: str) -> None:
    """Print the table, and below it what it rests on."""
    console.print(_table(summary))
    console.print(Text(_notes(summary, folder)), soft_wrap=True)


def console() -> Console:
    """Standard output; nothing that is printed there is taken for markup."""
    made = Console(markup=False, highlight=False, emoji=False)
    if made.is_terminal:
        return made
    return Console(markup=False, highlight=False, emoji=False, width=WIDTH)


def _table(summary: Summary) -> RenderableType:
    table = Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", collapse_padding=True
    )
    longest = max(len(row.state) for row in summary.rows)
    table.add_column(Text("\nstate"), overflow="fold", min_width=min(longest, 8))
    table.add_column(Text("\nrecord"), no_wrap=True)
    for date in summary.dates:
        table.add_column(Text(f"away\n{date}"), justify="right", no_wrap=True)
    table.add_column(Text("leaves:\nmedian"), justify="right", no_wrap=True)
    table.add_column(Text("50 %\nrange"), no_wrap=True)
    table.add_column(Text("90 %\nrange"), no_wrap=True)
    for row in summary.rows:
        table.add_row(*(Text(cell) for cell in _cells(row)))
    title = clean(summary.attributes["question"] or summary.attributes["scenario"])
    return Group(Text(title, style="bold"), Text(), table)


def _cells(row: Row) -> list[str]:
    return [
        row.state,
        "\n".join(row.record),
        *(percent(share) for share in row.away),
        _date(row.leaving["q50"]),
        _range(row.leaving["q25"], row.leaving["q75"]),
        _range(row.leaving["q05"], row.leaving["q95"]),
    ]


def _date(date: str | None) -> str:
    return date or "never"


def _range(low: str | None, high: str | None) -> str:
    """`1999-never`; `-` where too few ever leave for the range to begin."""
    return f"{low[:4]}-{high[:4] if high else 'never'}" if low else "-"


def _notes(summary: Summary, folder: str) -> str:
    attributes = summary.attributes
    if summary.calibrated:
        origin = f"drawn from the posterior {clean(attributes['parameters_from'])}"
    else:
        origin = (
            "drawn from the PRIOR: nothing has been calibrated, so these chances say what the "
            "rules allow, not what the record supports"
        )
    return "\n".join(
        [
            "",
            "away: share of histories in which the state is out or frozen at the end of that year "
            "(or month).",
            "leaves: when it first goes out or freezes, over all histories, those in which it "
            "never does included;",
            "  never: not by the end of the clock; -: the whole range is never.",
            f"Parameters: {origin}.",
            f"Histories: {int(attributes['histories']):,}; seed {attributes['seed']}.",
            f"Results: {clean(folder)}",
        ]
    )
