"""Read a CSV table as text, row by row, and check what any table must satisfy."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .files import read_text
from .problems import (
    MOST_PROBLEMS,
    Problem,
    has_control_character,
    has_invisible_character,
    mixes_alphabets,
    quoted,
    shown,
)
from .spelling import slip_of, suggestion

LONGEST_CELL = 10_000  # characters
LONGEST_NAME = 100  # characters
MOST_COLUMNS = 200
MOST_ROWS = 200_000
NAMES = ("id", "kind", "actor", "target", "state", "indicator")  # columns that hold names

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass
class Row:
    """One row while it is read: its cells by column, and what is wrong with them."""

    file: str
    place: str
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    number: int = 0

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def wrong(self, column: str, allowed: str, hint: str = "") -> None:
        """Note that a cell is not what is allowed there."""
        found = f"found {quoted(self[column])}" if self[column] else "nothing there"
        place = f"{self.place}, {column}" if self.place else column
        self.problems.append(Problem(self.file, place, found, allowed, hint))

    def one_of(self, column: str, words: tuple[str, ...]) -> bool:
        """Check that a cell is one of some words."""
        if self[column] in words:
            return True
        self.wrong(column, ", ".join(words), suggestion(self[column], words))
        return False

    def filled(self, column: str) -> None:
        """Check that a cell is not empty."""
        if not self[column]:
            self.wrong(column, "some text")

    def check_text(self) -> None:
        """Check that cells are of bearable length and do nothing to a terminal."""
        for column, text in self.cells.items():
            if len(text) > LONGEST_CELL:
                self.wrong(column, f"at most {LONGEST_CELL:,} characters")
            if has_control_character(text):
                self.wrong(column, "text without control characters")
            elif column in NAMES:
                self._check_name(column, text)

    def _check_name(self, column: str, text: str) -> None:
        if len(text) <= LONGEST_NAME and text.isascii():
            return
        if any(len(part) > LONGEST_NAME for part in text.split("|")):
            self.wrong(column, f"names of at most {LONGEST_NAME} characters")
        elif has_invisible_character(text):
            self.wrong(column, "a name without invisible characters")
        elif mixes_alphabets(text):
            self.wrong(column, "a name in one alphabet")


def csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text, numbered from 1, whatever ends its lines.

    Raises:
        csv.Error: a row is none.
    """
    lines = (match.group() for match in _LINE.finditer(text) if match.group())
    yield from enumerate(csv.reader(lines, strict=True), start=1)


def safe_cell(value: object) -> object:
    """A cell for a CSV file that a spreadsheet may open: text that it would take for a formula
    gets an apostrophe before it. Numbers stay as they are.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def read_rows(
    path: Path, required: tuple[str, ...], optional: tuple[str, ...], problems: list[Problem]
) -> Iterator[Row]:
    """The rows of a CSV file with a header, cells stripped; row 1 is the header.

    Args:
        path: The file.
        required: Columns that must be there, in any order.
        optional: Columns that may be; any other column is kept.
        problems: What is wrong is appended here, by the caller too; reading stops when they are
            too many. Rows with too few or many cells are left out.
    """
    text = read_text(path, problems)
    if text is None:
        return
    name = shown(path)
    numbered = csv_rows(text)
    number = 0
    try:
        number, cells = next(numbered, (1, []))
        header = [cell.strip() for cell in cells]
        problems.extend(_header_problems(name, header, required, optional))
        if problems:
            return
        for row in _rows(name, header, numbered, problems):
            number = row.number
            yield row
    except csv.Error as error:
        problems.append(Problem(name, f"row {number + 1}", f"not a CSV row ({error})"))


def _rows(
    name: str,
    header: list[str],
    numbered: Iterator[tuple[int, list[str]]],
    problems: list[Problem],
) -> Iterator[Row]:
    for number, cells in numbered:
        if len(problems) >= MOST_PROBLEMS:
            found = f"more than {MOST_PROBLEMS:,} problems; the rest was not read"
            problems.append(Problem(name, f"row {number}", found))
            return
        if number > MOST_ROWS + 1:
            allowed = f"at most {MOST_ROWS:,} rows"
            problems.append(Problem(name, f"row {number}", "too many rows", allowed))
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            hint = "a cell that contains a comma needs quotes"
            found = f"{len(cells)} cells"
            problems.append(Problem(name, f"row {number}", found, f"{len(header)} cells", hint))
            continue
        stripped = (cell.strip() for cell in cells)
        row = Row(name, f"row {number}", dict(zip(header, stripped, strict=True)), number=number)
        row.check_text()
        yield row


def _header_problems(
    name: str, header: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Problem]:
    place, known = "row 1", required + optional
    if len(header) > MOST_COLUMNS:
        yield Problem(name, place, f"{len(header):,} columns", f"at most {MOST_COLUMNS}")
        return
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield Problem(
            name,
            place,
            "one column",
            ", ".join(known),
            "separate columns by commas; see docs/evidence.md",
        )
        return
    for column in required:
        if column not in header:
            hint = suggestion(column, [other for other in header if other not in known])
            yield Problem(name, place, f"no column {quoted(column)}", ", ".join(known), hint)
    for column in optional:
        guess = slip_of(column, [other for other in header if other and other not in known])
        if column not in header and guess:
            hint = f'did you mean "{column}"?'
            yield Problem(name, place, f"found column {quoted(guess)}", ", ".join(known), hint)
    for column in sorted({column for column in header if column and header.count(column) > 1}):
        yield Problem(name, place, f"column {quoted(column)} twice", "each column once")
