"""The scorecard on a terminal: does it reproduce what happened? Three questions, never mixed."""

from rich.console import Console
from rich.text import Text

from ..analysis.compare import Scorecard
from ..inference.scores import Ranking
from .grid import Column, Grid, grid, numbers, words
from .terminal import table
from .text import clean, first_of, percent

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
    return f"Does {clean(card.scenario)} reproduce its {len(card.ahead)} documented changes?"


def answer(card: Scorecard) -> list[str]:
    """One sentence for each question: one step ahead, free-running, conditional on the record."""
    changes = len(card.ahead)
    well = sum(one.within_2_years >= GOOD for one in card.free.changes)
    some = sum(FAIR <= one.within_2_years < GOOD for one in card.free.changes)
    source = "held out" if card.held_out else "from a posterior that has not seen this alliance"
    return [
        f"One step ahead ({source}): {leavings(card.leavings())}; the record scores "
        f"{sum(card.gain):+.1f} nats over the window-aware baseline.",
        f"Free-running (only the inputs scripted): {well} of {changes} come within two years in at "
        f"least half of the histories, {some} more in a quarter to a half; "
        f"{percent(card.free.right_status)} of states and time steps have the right status "
        f"(baseline: {percent(card.free_baseline.right_status)}).",
        f"Conditional on the record: {percent(card.replicate_p)} of the rules' own histories are "
        "as improbable as the record, or more"
        + (", so the record is no surprise." if card.replicate_p > 0.05 else ": it is a surprise."),
    ]


def leavings(counted: dict[str, float]) -> str:
    """How many leavings were by the states ranked likeliest, and how many luck would give."""
    told = (
        f"{counted['likeliest']} of {counted['of']} leavings were by the states ranked likeliest "
        f"to leave (luck alone would give {counted['by_luck']:.1f})"
    )
    if counted["tied"]:
        told += f", {counted['tied']} tied with others"
    if counted["without_peer"]:
        told += f"; {counted['without_peer']} more had no peer"
    return told


def rank(place: float, of: int, tied: int) -> str:
    """A rank as text: `1 of 6`, or `3.5 of 6, tied with 2`."""
    return f"{place:g} of {of}" + (f", tied with {tied}" if tied else "")


def tables(card: Scorecard) -> list[Grid]:
    """One table for each question."""
    return [_ahead(card), _free(card), _latent(card)]


def _ahead(card: Scorecard) -> Grid:
    rows = []
    for row in card.ahead:
        terms = ", ".join(f"{name} {value:+.1f}" for name, value in row.stood_out_by)
        rows.append(
            [clean(row.state), row.date, row.kind, f"{100 * row.probability:.1f} %",
             f"{100 * row.in_a_year:.1f} %",
             rank(row.rank, row.of, row.tied), terms or "nothing"]
        )  # fmt: skip
    return grid(
        "One step ahead: given the record up to the time step before",
        [*words("state", "from", "change"), *numbers("probability", "in a year"),
         *words("rank"), Column("stood out by", wraps=True)],
        rows,
    )  # fmt: skip


def _free(card: Scorecard) -> Grid:
    rows = [
        [clean(row.state), row.kind, row.date,
         f"{percent(one.within_1_year)} ({percent(null.within_1_year)})",
         f"{percent(one.within_2_years)} ({percent(null.within_2_years)})",
         "never" if one.median is None else str(one.median)]
        for row, one, null in zip(
            card.ahead, card.free.changes, card.free_baseline.changes, strict=True
        )
    ]  # fmt: skip
    return grid(
        "Free-running: from the start, with only the inputs scripted (baseline in brackets)",
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
        "Conditional on the record: the state that moved, just before",
        [*words("state", "from"),
         *numbers("alignment", "5 to 95 %", "its peers", "reliability", "surprise")],
        rows,
    )  # fmt: skip


def measures(card: Scorecard) -> list[str]:
    """Scores, their controls, and where the parameters come from."""
    lines = ["Scores against the window-aware baseline (one rate between renewals, one at them):"]
    gains = first_of(
        [f"{name} {value:+.2f}" for name, value in zip(card.clusters, card.gain, strict=True)],
        "--json",
    )
    lines.append(f"  log score in nats by cluster: {clean(gains)}; all {sum(card.gain):+.2f}")
    if card.gain_recalibrated is not None:
        lines.append(
            "  after both have learned this alliance's base rates (not who, nor when): "
            f"{sum(card.gain_recalibrated):+.2f}"
        )
    for name, score in card.proper.items():
        lines.append(
            f"  {name} score {score.rules:.5f}, baseline {score.baseline:.5f}, "
            f"skill {score.skill:+.2f}"
        )
    for kind, result in card.auc.items():
        if result is not None:
            lines.append(f"  AUC {kind}: {area(result)}")
    lines.append(
        f"  free runs in which no stayer leaves: {percent(card.free.no_stayer_leaves)} "
        f"(baseline {percent(card.free_baseline.no_stayer_leaves)}); stayers that leave, mean: "
        f"{card.free.false_leavers:.1f} (baseline {card.free_baseline.false_leavers:.1f})"
    )
    lines += [f"Parameters: {clean(card.parameters_from)}.", *seen(card)]
    return lines


def area(found: Ranking) -> str:
    """An AUC with its interval, and from how many."""
    return (
        f"{found.auc:.2f} (95 %: {found.low:.2f} to {found.high:.2f}; p {found.p:.3f}; "
        f"{found.moves} of {found.moves + found.others} decisions)"
    )


def seen(card: Scorecard) -> list[str]:
    """Which figures come from parameters that have seen the record, and whose thresholds."""
    if card.parameters_from == "prior":
        return [
            "Held out: one step ahead and the scores, by fits that have not seen the cluster in "
            "question. Free-running and conditional: by the prior, which has seen no record."
        ]
    if card.held_out:
        return [
            "Held out: one step ahead and the scores, by fits to this record without the cluster "
            "in question.",
            "In sample: free-running, conditional, and what a state stood out by. Their "
            "parameters, thresholds among them, are those of "
            f"{clean(card.parameters_from)}, fitted to this alliance as it was coded then; codes "
            "you changed since have not moved them.",
        ]
    return [
        "Held out: everything above but the line after both have learned the base rates, which "
        "has seen how many changes there are, not whose or when. The slopes were fitted to "
        "other alliances' records; rows borrowed from those were seen.",
        "Thresholds: none of this alliance's own; drawn around the mean of the alliances that "
        "were fitted, so the level of every probability is theirs.",
    ]
