"""Read the evidence tables: CSV files whose rows are checked one by one."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from . import events as event_table
from . import indicators as indicator_table
from .events import Event, EventRow, repeated_ids
from .files import read_text
from .indicators import Indicator
from .problems import MOST_PROBLEMS, Problem, any_of, quoted, raise_any, shown
from .spelling import slip_of
from .translate import problems_of

MOST_COLUMNS = 200
MOST_ROWS = 200_000

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_YEAR = re.compile(r"X?(1[89]|20)\d\d(\.0)?( ?\[YR\d{4}\])?", re.ASCII)  # as a column's name
_LONGEST_PREAMBLE = 20  # rows above the column names

Row = TypeVar("Row", bound=BaseModel)
Cells = dict[str, str]


def load_events(path: Path | str) -> tuple[Event, ...]:
    """Read an event table.

    Raises:
        ScenarioError: with everything that is wrong in it.
    """
    events, problems = read_events(Path(path))
    raise_any(problems)
    return events


def read_events(*paths: Path) -> tuple[tuple[Event, ...], list[Problem]]:
    """Read event tables into one: their sound rows, and what is wrong with the others."""
    problems: list[Problem] = []
    events: list[Event] = []
    for path in paths:
        wrong: list[Problem] = []
        file = shown(path)
        for place, cells in read_rows(path, event_table.REQUIRED, event_table.OPTIONAL, wrong):
            row = checked(EventRow, cells, file, place, wrong)
            if row:
                events.append(row.event(file, place))
        problems += wrong
    return tuple(events), problems + repeated_ids(events)


def read_indicators(*paths: Path) -> tuple[tuple[Indicator, ...], list[Problem]]:
    """Read indicator tables into one: their sound rows, and what is wrong with the others."""
    problems: list[Problem] = []
    indicators: dict[tuple[str, int, str], Indicator] = {}
    for path in paths:
        wrong: list[Problem] = []
        file = shown(path)
        for place, cells in read_rows(path, indicator_table.COLUMNS, (), wrong):
            known = {column: cells[column] for column in indicator_table.COLUMNS}
            row = checked(Indicator, known | {"file": file, "place": place}, file, place, wrong)
            if row is None:
                continue
            key = (row.state, row.year, row.indicator)
            first = indicators.setdefault(key, row)
            if first is not row:
                where = first.place if first.file == row.file else f"{first.file}, {first.place}"
                result = f"found {quoted(', '.join(map(str, key)))}, as in {where}"
                allowed = "one value a state, year and indicator"
                wrong.append(Problem(row.file, place, result, allowed, slip="twice"))
        problems += wrong
    return tuple(indicators.values()), problems


def checked(
    model: type[Row], cells: Cells, file: str, place: str, problems: list[Problem]
) -> Row | None:
    """A row as its model reads it, or None and the problems with it."""
    try:
        return model.model_validate(cells)
    except ValidationError as error:
        problems += problems_of(error, file, f"{place},", model)
        return None


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text, numbered from 1, with any end of line.

    Raises:
        csv.Error: the text is no CSV.
    """
    lines = (match.group() for match in _LINE.finditer(text) if match.group())
    yield from enumerate(csv.reader(lines, strict=True), start=1)


def safe_cell(value: object) -> object:
    """A cell for a CSV file that a spreadsheet may open: text that it would take for a formula
    gets an apostrophe before it. Numbers stay as they are.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def read_rows(
    path: Path, required: Sequence[str], optional: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[str, Cells]]:
    """The rows of a CSV file with a header: their places (`row 2`) and cells by column, stripped.

    Args:
        path: The file.
        required: Columns that must be there, in any order; upper and lower case are alike.
        optional: Columns that may be; any other column is kept.
        problems: What is wrong is appended here, by the caller too; reading stops when they are
            too many. Rows with too few or many cells are left out.
    """
    text = read_text(path, problems)
    if text is None:
        return
    name, number = shown(path), 0
    known = (*required, *optional)
    try:
        rows = csv_rows(text)
        number, cells = next(rows, (1, []))
        header = _columns(cells, known)
        wrong = list(_header_problems(name, header, required, optional, text))
        problems += wrong
        if wrong:
            return
        for number, cells in rows:
            place = f"row {number}"
            if len(problems) >= MOST_PROBLEMS:
                result = f"more than {MOST_PROBLEMS:,} problems; the rest was not read"
                problems.append(Problem(name, place, result))
                return
            if number > MOST_ROWS + 1:
                allowed = f"at most {MOST_ROWS:,} rows"
                problems.append(Problem(name, place, "too many rows", allowed))
                return
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if len(cells) == len(header):
                named = zip(header, stripped, strict=True)
                yield place, {column: cell for column, cell in named if column}
            else:
                hint = "a cell that contains a comma needs quotes"
                result, allowed = f"{len(cells)} cells", f"{len(header)} cells"
                problems.append(Problem(name, place, result, allowed, hint))
    except csv.Error as error:
        problems.append(Problem(name, f"row {number + 1}", f"not a CSV row ({error})"))


def _columns(cells: Sequence[str], known: Sequence[str]) -> list[str]:
    """Names of columns, those known in their own spelling."""
    names = [cell.strip() for cell in cells]
    plain = [re.sub(r"[ -]+", "_", name.casefold()) for name in names]
    return [low if low in known else name for name, low in zip(names, plain, strict=True)]


def _header_problems(
    name: str, header: list[str], required: Sequence[str], optional: Sequence[str], text: str
) -> Iterator[Problem]:
    place, known = "row 1", (*required, *optional)
    missing = [column for column in required if column not in header]
    others = [column for column in header if column and column not in known]
    if len(header) > MOST_COLUMNS:
        yield Problem(name, place, f"{len(header):,} columns", f"at most {MOST_COLUMNS}")
        return
    if missing and (elsewhere := _where_names_stand(text, required)):
        result = f"found {quoted(header[0])}" if any(header) else "nothing there"
        hint = f"they are in row {elsewhere}: delete the rows above it"
        yield Problem(name, place, result, "the names of the columns", hint)
        return
    if missing and (wide := _wide(text)):
        hint = "turn it into one value a row (R: pivot_longer, Python: pandas melt)"
        allowed = f"columns {', '.join(known)}"
        yield Problem(name, f"row {wide}", "a table with a column for each year", allowed, hint)
        return
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        hint = "separate columns by commas; see docs/evidence.md"
        yield Problem(name, place, "one column", ", ".join(known), hint)
        return
    guesses = {column: slip_of(column, others) for column in known if column not in header}
    if missing:
        slips = [f'"{guess}"' for column in missing if (guess := guesses[column])]
        hint = f"did you mean {', '.join(slips)}?" if slips else ""
        there = f", only {any_of(others, 8)}" if others and not slips else ""
        result = f"no column {', '.join(map(quoted, missing))}{there}"
        yield Problem(name, place, result, ", ".join(known), hint)
    for column in optional:
        if guess := guesses.get(column):
            hint = f'did you mean "{column}"?'
            yield Problem(name, place, f"found column {quoted(guess)}", ", ".join(known), hint)
    for column in sorted({column for column in header if column and header.count(column) > 1}):
        yield Problem(name, place, f"column {quoted(column)} twice", "each column once")


def _first_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, cells in csv_rows(text):
            if number > _LONGEST_PREAMBLE:
                return
            yield number, cells
    except csv.Error:
        return


def _where_names_stand(text: str, required: Sequence[str]) -> int:
    """The row in which the names of the columns stand, if it is not the first; else 0."""
    for number, cells in _first_rows(text):
        if number > 1 and set(required) <= set(_columns(cells, required)):
            return number
    return 0


def _wide(text: str) -> int:
    """The row in which years are names of columns, or 0."""
    for number, cells in _first_rows(text):
        if sum(bool(_YEAR.fullmatch(cell.strip())) for cell in cells) >= 5:
            return number
    return 0
