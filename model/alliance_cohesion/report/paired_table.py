"""A counterfactual's answer in words and tables."""

import numpy as np
from rich.console import Console
from rich.text import Text

from ..analysis.counterfactual.answer import CHANNELS, MAIN, Answer, Outcome
from ..analysis.counterfactual.plain import agrees
from ..core.inputs import Standing
from .grid import Grid, grid, numbers, words
from .terminal import table
from .text import clean, listed, percent

_DONE = {
    "exit": "would not have left",
    "freeze": "would not have frozen its membership",
    "return": "would not have come back",
    "stay": "would not have stayed as it was",
}
_HAPPENS = {"exit": "leaves", "freeze": "freezes", "return": "comes back", "stay": "stays put"}
_MOST = 4  # moves that a sentence names
SMALL = 0.01  # effects below a point are not worth a sentence


def sentences(answer: Answer) -> list[str]:
    """The answer in a few plain sentences: forecast, given what happened, and how far to trust.

    The two questions are kept apart.
    """
    return [sentence for said in by_question(answer) for sentence in said]


def by_question(answer: Answer) -> tuple[list[str], list[str], list[str]]:
    """The same, apart: forecast, given what happened, guards."""
    return _forecast(answer), _given(answer), [trust(answer)]


def _forecast(answer: Answer) -> list[str]:
    effect = answer.forecast.effect
    order = _by_size(answer)
    end, branch = answer.month(len(answer.edges) - 2), str(answer.edges[0])[:7]
    told = [i for i in order if abs(effect.mean[-1, i]) >= SMALL][:2]
    if not told:
        return [
            f"Forecast, knowing the record up to {branch}: no state's chance of being away at the "
            f"end ({end}) changes by a point or more."
        ]
    parts = [
        f"{clean(answer.states[i])} is frozen or outside in "
        f"{percent(answer.forecast.changed.mean[-1, i])} of histories instead of "
        f"{percent(answer.forecast.base.mean[-1, i])} "
        f"({points(effect.mean[-1, i])}, 90 % interval "
        f"{interval(effect.low[-1, i], effect.high[-1, i])})"
        for i in told
    ]
    return [
        f"Forecast, knowing the record up to {branch}: at the end ({end}) {listed(parts)}.",
        *_by_rule(answer, told),
    ]


def _by_rule(answer: Answer, told: list[int]) -> list[str]:
    """The same where history answers back."""
    if answer.by_rule is None:
        return []
    parts = [
        f"{clean(answer.states[i])} {percent(answer.by_rule.changed.mean[-1, i])} instead of "
        f"{percent(answer.by_rule.base.mean[-1, i])}"
        for i in told
    ]
    return [
        "Where requests, threats and offers after the branch follow rules R10 and R11 and not the "
        f"record: {listed(parts)}."
    ]


def _given(answer: Answer) -> list[str]:
    moved = [one for one in answer.outcomes if one.move.kind != "stay"]
    worth = [one for one in moved if float(one.prevented[MAIN].mean) >= SMALL]
    outcomes = (worth or moved or answer.outcomes)[:_MOST]
    found = [f"{_prevention(answer, one)} {_chances(one)}" for one in outcomes]
    told = [f"Given all that happened, {listed(found)} of histories."] if found else []
    if len(outcomes) == 1 and outcomes[0].move.kind in ("exit", "freeze"):
        state = outcomes[0].move.state
        frozen, outside = answer.given[MAIN].standing[-1, state, 1:]
        told.append(
            f"At the end {clean(answer.states[state])} is then frozen in {percent(frozen)} and "
            f"outside in {percent(outside)} of them ({MAIN} coupling)."
        )
    effect = answer.given[MAIN].effect.mean[-1]
    named = {one.move.state for one in outcomes}
    others = [
        i for i in _by_size(answer, given=True) if abs(effect[i]) >= SMALL and i not in named
    ][:2]
    if others:
        words = [f"{clean(answer.states[i])} ({points(effect[i])})" for i in others]
        told.append(f"The chance of being away at the end also changes for {listed(words)}.")
    return told


def _prevention(answer: Answer, one: Outcome) -> str:
    move, last = one.move, len(answer.edges) - 2
    dated = f" (as it did in {move.date})" if move.date else ""
    until = "" if move.stop == last else f" by {answer.month(move.stop)}"
    return f"{clean(answer.states[move.state])} {_DONE[move.kind]}{dated}{until} in"


def _chances(one: Outcome) -> str:
    return _range(np.array([float(found.mean) for found in one.prevented.values()]))


def _range(chances: np.ndarray) -> str:
    """The couplings' chances: `68 to 85 %`, or one number where they agree."""
    low, high = percent(float(chances.min())), percent(float(chances.max()))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


def trust(answer: Answer) -> str:
    """How far the guards let an answer be trusted, in one sentence."""
    span = answer.span
    if not span.altered:
        where = "the change alters no decision noticeably"
    else:
        where = (
            f"of {span.altered} altered decisions {percent(span.near or 0.0)} lie near the "
            f"evidence and {percent(span.in_hull or 0.0)} inside its convex hull"
        )
    verdicts = {i: agrees(answer, i) for i in answer.watched if i in answer.pair.focal}
    said = [verdict for verdict in verdicts.values() if verdict is not None]
    if not said:
        baseline = "the logistic baseline has nothing to say"
    elif all(said):
        baseline = "the logistic baseline agrees in direction"
    else:
        against = [clean(answer.states[i]) for i, verdict in verdicts.items() if verdict is False]
        baseline = f"the logistic baseline DISAGREES in direction ({', '.join(against)})"
    apart = float(answer.disagreement[-1].max())
    return f"Guards: {where}; {baseline}; couplings differ by up to {_size(apart)} at the end."


def _by_size(answer: Answer, *, given: bool = False) -> list[int]:
    effect = answer.given[MAIN].effect if given else answer.forecast.effect
    return [int(i) for i in np.argsort(-np.abs(effect.mean[-1]), kind="stable")]


def points(effect: float) -> str:
    """A difference of shares in points: `12 points higher`, `under 1 point lower`."""
    if effect == 0:
        return "no change"
    return f"{_size(abs(effect))} {'higher' if effect > 0 else 'lower'}"


def _size(share: float) -> str:
    if share == 0:
        return "0 points"
    if share < 0.01:
        return "under 1 point"
    rounded = round(100 * share)
    return f"{rounded} point{'s' if rounded != 1 else ''}"


def interval(low: float, high: float) -> str:
    """`-56 to -3`, in points."""
    return f"{signed(low)} to {signed(high)}"


def signed(effect: float) -> str:
    """A difference in points with its sign; `0` for less than half a point."""
    rounded = round(100 * effect)
    return f"{rounded:+d}" if rounded else "0"


def show(console: Console, answer: Answer, folder: str = "") -> None:
    """Print the answer: sentences, tables, guards."""
    scenario = answer.pair.changed.scenario
    console.print(Text(clean(scenario.question or scenario.title), style="bold"))
    console.print()
    for sentence in sentences(answer):
        console.print(Text(sentence))
    console.print()
    for shown in tables(answer):
        console.print(table(shown))
        console.print()
    console.print(Text("\n".join(notes(answer, folder))), soft_wrap=True)


def tables(answer: Answer) -> list[Grid]:
    """Effects over time; documented moves; who else moves. What is empty is left out."""
    return [found for found in (_effects(answer), _outcomes(answer), _channels(answer)) if found]


def _effects(answer: Answer) -> Grid:
    dates = [answer.month(t) for t in answer.ticks]
    rows = [[state, what, *cells] for state, what, cells in effect_rows(answer)]
    return grid("", [*words("state", "share away"), *numbers(*dates)], rows)


def effect_rows(answer: Answer, most: int | None = None) -> list[tuple[str, str, list[str]]]:
    """State, what is told, and a cell for each of the answer's dates; `most` states at most."""
    rows: list[tuple[str, str, list[str]]] = []
    for i in answer.watched[:most]:
        state, free = clean(answer.states[i]), answer.forecast

        def cells(values: np.ndarray, i: int = i) -> list[str]:
            return [percent(values[t, i]) for t in answer.ticks]

        def frozen(shares: np.ndarray, i: int = i) -> None:
            some = shares[answer.ticks, i, Standing.FROZEN]
            if some.max() >= SMALL:
                rows.append(("", "  of it frozen", [percent(share) for share in some]))

        rows.append((state, "forecast, as it was", cells(free.base.mean)))
        frozen(answer.forecast_base)
        rows.append(("", "forecast, changed", cells(free.changed.mean)))
        frozen(free.standing)
        effect = free.effect
        rows.append(
            (
                "",
                "effect, points",
                [signed(effect.mean[t, i]) for t in answer.ticks],
            )
        )
        wide = [interval(effect.low[t, i], effect.high[t, i]) for t in answer.ticks]
        rows.append(("", "  90 % interval", wide))
        if answer.by_rule is not None:
            back = answer.by_rule.effect.mean
            rows.append(("", "  by R10, R11", [signed(back[t, i]) for t in answer.ticks]))
        was = "record" if answer.all_known else "given, as it was"
        rows.append(("", was, cells(answer.given[MAIN].base.mean)))
        sides = np.stack([side.changed.mean[:, i] for side in answer.given.values()])
        rows.append(("", "given, changed", [_range(sides[:, t]) for t in answer.ticks]))
        frozen(answer.given[MAIN].standing)
    return rows


def _outcomes(answer: Answer) -> Grid | None:
    if not answer.outcomes:
        return None
    heads = (
        "necessity\n(90 %)", "by coupling", "not by\nthen", "forecast\nas it was",
        "forecast\nchanged", "suffi-\nciency",
    )  # fmt: skip
    return grid("", [*words("what happened"), *numbers(*heads)], outcome_rows(answer))


def outcome_rows(answer: Answer) -> list[list[str]]:
    """For each documented move: necessity, by coupling, forecasts and sufficiency."""
    rows = []
    for one in answer.outcomes:
        if one.move.state not in answer.watched:
            continue
        main = one.prevented[MAIN]
        rows.append(
            [
                f"{clean(answer.states[one.move.state])} "
                f"{_HAPPENS[one.move.kind]} {one.move.date}".strip(),
                f"{percent(float(main.mean))} "
                f"({100 * float(main.low):.0f} to {100 * float(main.high):.0f})",
                " / ".join(percent(float(found.mean)) for found in one.prevented.values()),
                percent(one.delayed[MAIN]),
                percent(one.base),
                percent(one.changed),
                "-" if one.sufficiency is None else percent(one.sufficiency),
            ]
        )
    return rows


def _channels(answer: Answer) -> Grid | None:
    rows = channel_rows(answer)
    if not rows:
        return None
    by = [f"by {name}" for name in CHANNELS]
    for break_at in (" (", " to ", " it ", " that "):
        by = [head.replace(break_at, f"\n{break_at.strip()} ".replace("( ", "(")) for head in by]
    columns = [*words("who else\nmoves", "question"), *numbers("month", "effect,\npoints", *by)]
    return grid("", columns, rows)


def channel_rows(answer: Answer) -> list[list[str]]:
    """Other states moved by half a point or more, and the rules that carry it, in points."""
    rows = []
    for question, found in (
        ("forecast", answer.through_forecast),
        (f"given, {MAIN}", answer.through_given),
    ):
        for one in sorted(found, key=lambda one: -abs(one.effect)):
            carried = max(abs(lost) for lost in one.by.values()) >= 0.005
            if abs(one.effect) < 0.005 or (one.state in answer.pair.focal and not carried):
                continue
            rows.append(
                [
                    clean(answer.states[one.state]),
                    question,
                    answer.month(one.tick),
                    tenths(one.effect),
                    *(tenths(one.by[name]) for name in CHANNELS),
                ]
            )
    return rows


def tenths(effect: float) -> str:
    """A difference in points with one decimal."""
    return f"{100 * effect:+.1f}" if round(1000 * effect) else "0"


def notes(answer: Answer, folder: str = "") -> list[str]:
    """What the numbers rest on, and the guards in full."""
    lines = [
        *meanings(),
        *measures(answer),
        f"What had to be true: {clean(answer.pair.changed.scenario.rewrite)}",
        origin(answer),
    ]
    return [*lines, f"Results: {clean(folder)}"] if folder else lines


def meanings() -> list[str]:
    """What the words of the tables mean."""
    return [
        "away: frozen or outside. forecast: both worlds run free from the branch, with the same "
        "chance.",
        "by R10, R11: the same effect where, from the branch on, the patron's answers, threats and "
        "offers follow rules fitted to the record (only what is asked about stays scripted).",
        "given: history replayed with the noise that explains what happened; three couplings, as "
        "the record does not settle that noise.",
        "necessity: given what happened, it does not happen without what was changed, up to the "
        "state's next documented move or the end; not by then: not by its documented tick.",
        "sufficiency: of forecasts whose changed world lacks it, share whose base world has it.",
        "by ..: part of the effect that goes where this rule is fed from the base world.",
    ]


def measures(answer: Answer) -> list[str]:
    """When the worlds part, what pairing saves, and where the change lies in the evidence."""
    span, part = answer.span, answer.forecast.parting
    given = answer.given[MAIN].parting
    lines = [
        f"Worlds branch {answer.pair.branch_day}; they part in {percent(part.share)} of forecasts"
        f"{_median(answer, part.median)}, in {percent(given.share)} of replays"
        f"{_median(answer, given.median)}.",
    ]
    if answer.ratio:
        lines.append(
            f"Pairing cuts the variance of the forecast's differences {answer.ratio:.1f} times."
        )
    if span.altered:
        beyond = f"; beyond the range seen in {', '.join(span.beyond)}" if span.beyond else ""
        lines.append(
            f"Span of the evidence: {span.altered} altered decisions, {percent(span.near or 0.0)} "
            f"near (Gower), {percent(span.in_hull or 0.0)} in the convex hull; farthest "
            f"{clean(span.farthest)}{beyond}."
        )
    return lines


def _median(answer: Answer, tick: int | None) -> str:
    return "" if tick is None else f" (median {str(answer.edges[tick])[:7]})"


def origin(answer: Answer) -> str:
    """How many histories, and which parameters."""
    name = clean(answer.sample.origin)
    weighted = (
        ""
        if answer.sample.effective is None
        else f", weighted by the record (effective number {answer.sample.effective:.0f})"
    )
    return (
        f"{answer.count:,} histories a question and coupling, {answer.draws} parameter draws from "
        f"{name}{weighted}; seed {answer.seed}."
    )
