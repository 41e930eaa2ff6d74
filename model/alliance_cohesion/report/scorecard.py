"""The scorecard on a terminal: does it reproduce what happened? In three senses, never mixed."""

from rich.console import Console
from rich.text import Text

from ..analysis.compare import Scorecard
from .grid import Column, Grid, grid, numbers, words
from .terminal import table
from .text import clean, percent

GOOD, FAIR = 0.5, 0.25


def show(console: Console, card: Scorecard) -> None:
    """Print the answer first, then the tables."""
    console.print(Text(question(card)), soft_wrap=True)
    for line in answer(card):
        console.print(Text(f"  {line}"), soft_wrap=True)
    for shown in tables(card):
        console.print()
        console.print(table(shown))
    console.print()
    for line in measures(card):
        console.print(Text(line), soft_wrap=True)


def question(card: Scorecard) -> str:
    """What a comparison asks."""
    return f"Does {clean(card.scenario)} reproduce its {len(card.eve)} documented changes?"


def answer(card: Scorecard) -> list[str]:
    """One sentence in each sense: on the eve, free, constrained."""
    changes = len(card.eve)
    leaving = [row for row in card.eve if row.kind != "return"]
    ranked = [row for row in leaving if row.of > 1]  # first among one says nothing
    on_top = sum(row.rank <= _ties(card, row.date) for row in ranked)
    alone = (
        f" ({len(leaving) - len(ranked)} more had no peer)" if len(ranked) < len(leaving) else ""
    )
    well = sum(one.within_2_years >= GOOD for one in card.free.changes)
    some = sum(FAIR <= one.within_2_years < GOOD for one in card.free.changes)
    source = "held out" if card.held_out else "from a posterior that has not seen this alliance"
    return [
        f"On the eve ({source}): {on_top} of {len(ranked)} leavings were by those ranked "
        f"likeliest to leave{alone}; the record scores {sum(card.gain):+.1f} nats over the "
        "window-aware null.",
        f"Free (only what happened around them scripted): {well} of {changes} come within two "
        f"years in at least half of the histories, {some} more in a quarter to a half; "
        f"{percent(card.free.right_standing)} of state-ticks have the right standing "
        f"(null: {percent(card.free_null.right_standing)}).",
        f"Constrained: {percent(card.replicate_p)} of the rules' own histories are as improbable "
        "as the record, or more"
        + (", so the record is no surprise." if card.replicate_p > 0.05 else ": it is a surprise."),
    ]


def _ties(card: Scorecard, date: str) -> int:
    """How many left in the tick: of three that leave together, ranks 1 to 3 are all right."""
    return sum(row.date == date and row.kind != "return" for row in card.eve)


def tables(card: Scorecard) -> list[Grid]:
    """On the eve, free, constrained: one table each."""
    return [_eve(card), _free(card), _latent(card)]


def _eve(card: Scorecard) -> Grid:
    rows = []
    for row in card.eve:
        carried = ", ".join(f"{name} {value:+.1f}" for name, value in row.carried_by)
        rows.append(
            [clean(row.state), row.date, row.kind, f"{100 * row.chance:.1f} %",
             f"{100 * row.chance_in_year:.1f} %",
             f"{row.rank} of {row.of}", carried or "nothing"]
        )  # fmt: skip
    return grid(
        "On the eve: given the record up to the tick before",
        [*words("state", "from", "change"), *numbers("chance", "in a year"),
         *words("rank"), Column("stood out by", wraps=True)],
        rows,
    )  # fmt: skip


def _free(card: Scorecard) -> Grid:
    rows = [
        [clean(row.state), row.kind, row.date,
         f"{percent(one.within_1_year)} ({percent(null.within_1_year)})",
         f"{percent(one.within_2_years)} ({percent(null.within_2_years)})",
         "never" if one.median is None else str(one.median)]
        for row, one, null in zip(card.eve, card.free.changes, card.free_null.changes, strict=True)
    ]  # fmt: skip
    return grid(
        "Free: from the start, with only the forcing scripted (null in brackets)",
        [*words("state", "change", "documented"), *numbers("within 1 year", "within 2 years"),
         *words("median")],
        rows,
    )  # fmt: skip


def _latent(card: Scorecard) -> Grid:
    rows = []
    for row in card.latent:
        low, high = row.alignment_range
        peers = row.alignment_of_peers
        rows.append(
            [clean(row.state), row.date, f"{row.alignment:+.1f}", f"{low:+.1f} to {high:+.1f}",
             "-" if peers is None else f"{peers:+.1f}", f"{row.reliability:.2f}",
             f"{row.surprise_bits:.1f} bits"]
        )  # fmt: skip
    return grid(
        "Constrained: what the record says of the mover's mind on the eve",
        [*words("state", "from"),
         *numbers("alignment", "5 to 95 %", "its peers", "reliability", "surprise")],
        rows,
    )  # fmt: skip


def measures(card: Scorecard) -> list[str]:
    """Scores, their controls, and where the parameters come from."""
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
        f"  free runs in which no stayer leaves: {percent(card.free.no_stayer_leaves)} "
        f"(null {percent(card.free_null.no_stayer_leaves)}); stayers that leave, mean: "
        f"{card.free.false_leavers:.1f} (null {card.free_null.false_leavers:.1f})"
    )
    lines += [f"Parameters: {clean(card.parameters_from)}.", *seen(card)]
    return lines


def seen(card: Scorecard) -> list[str]:
    """Which figures come from parameters that have seen the record, and whose thresholds."""
    if card.parameters_from == "prior":
        return [
            "Held out: on the eve and the scores, by fits that have not seen the cluster in "
            "question. Free and constrained: by the prior, which has seen no record."
        ]
    if card.held_out:
        return [
            "Held out: on the eve and the scores, by fits to this record without the cluster in "
            "question.",
            "Not held out: free, constrained, and what a state stood out by. Their parameters, "
            f"thresholds among them, are those of {clean(card.parameters_from)}, fitted to this "
            "alliance as it was coded then; codes you changed since have not moved them.",
        ]
    return [
        "Held out: everything above but the line after both have learned the base rates, which "
        "has seen how many changes there are, not whose or when. The slopes were fitted to "
        "other alliances' records; rows borrowed from those were seen.",
        "Thresholds: none of this alliance's own; drawn around the mean of the alliances that "
        "were fitted, so the level of every chance is theirs.",
    ]
