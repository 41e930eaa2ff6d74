"""Read a CSV table as text, row by row, and check what any table must satisfy."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .problems import Problem, has_control_character, quoted, shown
from .spelling import slip_of, suggestion

LARGEST_FILE = 64 * 2**20  # bytes
LONGEST_CELL = 10_000  # characters


@dataclass
class Row:
    """One row while it is read: its cells by column, and what is wrong with them."""

    file: str
    place: str
    cells: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

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


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """The text of a UTF-8 file, or None and a problem."""
    name = shown(path)
    try:
        if not path.is_file():
            problems.append(Problem(name, "", "there is no such file"))
            return None
        size = path.stat().st_size
        if size > LARGEST_FILE:
            allowed = f"at most {LARGEST_FILE // 2**20} MB"
            problems.append(Problem(name, "", f"{size / 2**20:.0f} MB", allowed))
            return None
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        hint = "save the file as UTF-8"
        problems.append(Problem(name, f"line {line}", "not UTF-8 text", "UTF-8", hint))
    except (OSError, ValueError) as error:
        problems.append(Problem(name, "", f"cannot be read ({error})"))
    return None


def read_rows(
    path: Path, required: tuple[str, ...], optional: tuple[str, ...], problems: list[Problem]
) -> list[Row]:
    """The rows of a CSV file with a header, cells stripped; row 1 is the header.

    Args:
        path: The file.
        required: Columns that must be there, in any order.
        optional: Columns that may be; any other column is kept.
        problems: What is wrong is appended here. Rows with too few or many cells are left out.
    """
    text = read_text(path, problems)
    if text is None:
        return []
    name = shown(path)
    rows: list[Row] = []
    numbered = enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
    try:
        header = [cell.strip() for cell in next(numbered, (1, []))[1]]
        problems.extend(_header_problems(name, header, required, optional))
        if problems:
            return []
        rows.extend(_rows(name, header, numbered, problems))
    except csv.Error as error:
        problems.append(Problem(name, f"row {len(rows) + 2}", f"not a CSV row ({error})"))
    return rows


def _rows(
    name: str,
    header: list[str],
    numbered: Iterator[tuple[int, list[str]]],
    problems: list[Problem],
) -> Iterator[Row]:
    for number, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            hint = "a cell that contains a comma needs quotes"
            found = f"{len(cells)} cells"
            problems.append(Problem(name, f"row {number}", found, f"{len(header)} cells", hint))
            continue
        stripped = (cell.strip() for cell in cells)
        row = Row(name, f"row {number}", dict(zip(header, stripped, strict=True)))
        row.check_text()
        yield row


def _header_problems(
    name: str, header: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Problem]:
    place, known = "row 1", required + optional
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        yield Problem(name, place, "one column", ", ".join(known), "separate columns by commas")
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
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Problem(name, place, f"column {quoted(column)} twice", "each column once")
