"""The scorecard on a terminal: does it reproduce what happened? In three senses, never mixed."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..compare import Scorecard
from .text import clean

GOOD, FAIR = 0.5, 0.25


def show(console: Console, card: Scorecard) -> None:
    """Print the answer first, then the tables."""
    for line in answer(card):
        console.print(Text(line), soft_wrap=True)
    console.print()
    console.print(_eve(card))
    console.print()
    console.print(_free(card))
    console.print()
    console.print(_latent(card))
    console.print()
    for line in _scores(card):
        console.print(Text(line), soft_wrap=True)


def answer(card: Scorecard) -> list[str]:
    """Does it reproduce the documented changes? One line in each sense."""
    changes = len(card.eve)
    leaving = [row for row in card.eve if row.kind != "return"]
    on_top = sum(row.rank <= _ties(card, row.date) for row in leaving)
    well = sum(one.within_2_years >= GOOD for one in card.free.changes)
    some = sum(FAIR <= one.within_2_years < GOOD for one in card.free.changes)
    source = "held out" if card.held_out else "from a posterior that has not seen this alliance"
    return [
        f"Does {clean(card.scenario)} reproduce its {changes} documented changes?",
        f"  On the eve ({source}): {on_top} of {len(leaving)} leavings were by those ranked "
        f"likeliest to leave; the record scores {sum(card.gain):+.1f} nats over the "
        "window-aware null.",
        f"  Free (only what happened around them scripted): {well} of {changes} come within two "
        f"years in at least half of the histories, {some} more in a quarter to a half; "
        f"{card.free.right_standing:.0%} of state-ticks have the right standing "
        f"(null: {card.free_null.right_standing:.0%}).",
        f"  Constrained: {card.replicate_p:.0%} of the rules' own histories are as improbable as "
        "the record, or more"
        + (", so the record is no surprise." if card.replicate_p > 0.05 else ": it is a surprise."),
    ]


def _ties(card: Scorecard, date: str) -> int:
    """How many left in the tick: of three that leave together, ranks 1 to 3 are all right."""
    return sum(row.date == date and row.kind != "return" for row in card.eve)


def _eve(card: Scorecard) -> Table:
    table = _table("On the eve: given the record up to the tick before")
    for head in ("state", "from", "change", "chance", "in a year", "rank", "stood out by"):
        table.add_column(head, justify="right" if head in ("chance", "in a year") else "left")
    for row in card.eve:
        carried = ", ".join(f"{name} {value:+.1f}" for name, value in row.carried_by)
        table.add_row(
            clean(row.state), row.date, row.kind, f"{row.chance:.1%}",
            f"{row.chance_in_year:.1%}", f"{row.rank} of {row.of}", carried or "nothing",
        )  # fmt: skip
    return table


def _free(card: Scorecard) -> Table:
    table = _table("Free: from the start, with only the forcing scripted (null in brackets)")
    for head in ("state", "change", "documented", "within 1 year", "within 2 years", "median"):
        table.add_column(head, justify="right" if "within" in head else "left")
    for row, one, null in zip(card.eve, card.free.changes, card.free_null.changes, strict=True):
        table.add_row(
            clean(row.state), row.kind, row.date,
            f"{one.within_1_year:.0%} ({null.within_1_year:.0%})",
            f"{one.within_2_years:.0%} ({null.within_2_years:.0%})",
            "never" if one.median is None else str(one.median),
        )  # fmt: skip
    return table


def _latent(card: Scorecard) -> Table:
    table = _table("Constrained: what the record says of the mover's mind on the eve")
    for head in ("state", "from", "alignment", "5 to 95 %", "its peers", "reliability", "surprise"):
        table.add_column(head, justify="left" if head in ("state", "from") else "right")
    for row in card.latent:
        low, high = row.alignment_range
        table.add_row(
            clean(row.state), row.date, f"{row.alignment:+.1f}", f"{low:+.1f} to {high:+.1f}",
            f"{row.alignment_of_peers:+.1f}", f"{row.reliability:.2f}",
            f"{row.surprise_bits:.1f} bits",
        )  # fmt: skip
    return table


def _scores(card: Scorecard) -> list[str]:
    lines = ["Scores against the window-aware null (one rate between renewals, one at them):"]
    gains = ", ".join(
        f"{name} {value:+.2f}" for name, value in zip(card.clusters, card.gain, strict=True)
    )
    lines.append(f"  log score in nats by cluster: {clean(gains)}; all {sum(card.gain):+.2f}")
    if card.gain_recalibrated is not None:
        lines.append(
            "  after both have learned this alliance's base rates (not who, nor when): "
            f"{sum(card.gain_recalibrated):+.2f}"
        )
    for name, score in card.proper.items():
        lines.append(
            f"  {name} score {score.model:.5f}, null {score.null:.5f}, skill {score.skill:+.2f}"
        )
    for kind, found in card.auc.items():
        if found is not None:
            lines.append(
                f"  AUC {kind}: {found.auc:.2f} (p {found.p:.3f}; {found.moves} of "
                f"{found.moves + found.others} decisions)"
            )
    lines.append(
        f"  free runs in which no stayer leaves: {card.free.no_stayer_leaves:.0%} "
        f"(null {card.free_null.no_stayer_leaves:.0%}); stayers that leave, mean: "
        f"{card.free.false_leavers:.1f} (null {card.free_null.false_leavers:.1f})"
    )
    lines.append(f"Parameters: {clean(card.parameters_from)}.")
    return lines


def _table(title: str) -> Table:
    return Table(
        title=Text(title), title_justify="left", title_style="bold", box=None, padding=(0, 1),
        pad_edge=False, header_style="bold",
    )  # fmt: skip
