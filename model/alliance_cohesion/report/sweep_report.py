"""The report of a sweep."""

from . import sweep_table
from .document import Document, Figure, Section
from .grid import Grid
from .sweep_table import Findings
from .text import clean, listed


def document(found: Findings, figures: list[Figure]) -> Document:
    """The report, from the findings and their pictures."""
    return Document(
        title=f"{clean(found.scenario)}: a sweep over {len(found.inputs)} inputs",
        question=f"What hangs on {listed(found.inputs[:4])}"
        + (f" and {len(found.inputs) - 4} more?" if len(found.inputs) > 4 else "?"),
        answer=(_range(found), _inputs(found), _regions(found)),
        further=(sweep_table.heading(found) + ".",),
        figures=tuple(figures),
        sections=(Section("", tuple(_tables(found))),),
        caveats=(
            *(clean(note) for note in found.notes),
            *([f"{len(found.failures)} points failed and are left out."] if found.failures else []),
            "All points use the same chance, so that differences between them are the inputs'. "
            "Ranges of inputs were chosen by whoever made the sweep: an input matters only as far "
            "as it was varied.",
            "A sweep says how the answer of the rules moves with what is put in, and nothing of "
            "whether the rules are right.",
        ),
    )


def _tables(found: Findings) -> list[Grid]:
    return [
        sweep_table.outcomes(found),
        *([sweep_table.sensitivity(found)] if found.sensitivity else []),
        *([sweep_table.regions(found)] if found.regions else []),
    ]


def _range(found: Findings) -> str:
    name, low, high, error, where = sweep_table.outcomes(found).rows[0]
    return (
        f"Over {len(found.table):,} points with {found.histories:,} histories at each, '{name}' "
        f"ranges from {low} to {high} (give or take {error}); it is highest at {where}."
    )


def _inputs(found: Findings) -> str:
    if not found.sensitivity:
        return (
            f"{len(found.inputs)} inputs were varied ({found.design}); how much each matters is "
            "told by the pictures, as this design yields no indices."
        )
    outcome = found.sensitivity[0]["outcome"]
    named = [f"{name} ({value} +/- {pm})" for name, value, pm in
             sweep_table.strongest(found, outcome)[:3]]  # fmt: skip
    return f"Of {len(found.inputs)} inputs, '{clean(outcome)}' hangs most on {listed(named)}."


def _regions(found: Findings) -> str:
    if not found.interest:
        rows = sweep_table.outcomes(found).rows
        told = [f"'{name}' from {low} to {high}" for name, low, high, *_ in rows[1:4]]
        return f"Of {len(rows)} outcomes, others range so: {'; '.join(told) or 'there is none'}."
    boxes = sweep_table.regions(found).rows
    if not boxes:
        return f"No box of inputs was found in which {clean(found.interest)} (0 boxes)."
    limits, coverage, density = boxes[0]
    return (
        f"{clean(found.interest)}, mostly where {limits}: that box holds {coverage} of the cases, "
        f"and {density} of its points are cases."
    )
