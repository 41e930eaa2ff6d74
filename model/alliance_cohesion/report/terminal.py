"""Tables on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .document import Grid

WIDTH = 100  # where the output is no terminal


def table(grid: Grid) -> Table:
    """A table as the terminal shows it."""
    made = Table(
        title=Text(grid.title) if grid.title else None, title_justify="left", title_style="bold",
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", collapse_padding=True,
    )  # fmt: skip
    for column in grid.columns:
        made.add_column(
            Text(column.head),
            justify="right" if column.number else "left",
            no_wrap=not column.wraps,
            overflow="fold" if column.wraps else "ellipsis",
            min_width=column.least or None,
        )
    for row in grid.rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def console() -> Console:
    """Standard output; nothing that is printed there is taken for markup."""
    made = Console(markup=False, highlight=False, emoji=False)
    if made.is_terminal:
        return made
    return Console(markup=False, highlight=False, emoji=False, width=WIDTH)
