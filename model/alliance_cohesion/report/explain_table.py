"""An explanation on a terminal."""

from rich.console import Console
from rich.text import Text

from ..analysis.explain import Component, Driver, Explanation, Fact, Shift, Spread
from ..core.inputs import Standing
from . import explain_words as words
from .grid import Column, Grid, grid, numbers
from .grid import words as columns_of_words
from .marks import coded
from .terminal import table
from .text import clean

FEW = 5
"""Facts told of those that reach a state only through others."""


def show(console: Console, explanation: Explanation, folder: str = "") -> None:
    """Print chances, terms, what would have had to change, and the facts behind each driver."""

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style))

    e = explanation
    say(heading(e), "bold")
    say(asked(e))
    say("")
    say("Chances, mean and 5-95 % range over the parameter draws", "bold")
    for line in chances(e):
        say(line)
    for shown in (terms(e), shifts(e)):
        say("")
        console.print(table(shown))
        say(shown.note)
    for driver in e.drivers:
        say("")
        shown = evidence(driver)
        if shown.rows:
            console.print(table(shown))
        else:
            say(shown.title, "bold")
        if shown.note:
            say(shown.note)
    written = [f"Written: {clean(folder)}"] * bool(folder)
    console.print(Text("\n".join(["", *notes(e), *written])), soft_wrap=True)


def heading(e: Explanation) -> str:
    """What is explained."""
    return f"Why {clean(e.state)} stood where it stood in {clean(e.attributes['alliance'])}"


def asked(e: Explanation) -> str:
    """Which tick, what is known in it, and what the state did."""
    after = "stayed so" if e.ended == e.standing else f"ended it {words.WAS[e.ended]}"
    window = " In this tick the term ended and staying took a signature." if e.window else ""
    return (
        f"{clean(e.date)} lies in the tick {e.first} to {e.last}. What was perceived up to "
        f"{e.perceived_until} decides it. {clean(e.state)} began it "
        f"{words.WAS[e.standing]} and {after}.{window}"
    )


def chances(e: Explanation) -> list[str]:
    """Its chances, its rank, and what the chance would be if nothing pulled."""
    told = [f"{to.label} {words.chance_range(spread)}" for to, spread in e.chances.items()]
    peers = ", ".join(f"{clean(p.state)} {words.chance(p.chance)}" for p in e.peers)
    place = f"{words.ordinal(e.rank)} of {len(e.peers)} {words.ALIKE[e.standing]}"
    if len(e.peers) == 1:
        place = f"the only one of the {words.ALIKE[e.standing]}"
    move = e.move if e.standing != Standing.MEMBER else "leaving (freezing or going out)"
    return [
        f"To end the tick as: {'; '.join(told)}.",
        f"Of {move} {words.per(e)}: {words.chance_range(e.chance)}.",
        f"Rank by it: {place} ({peers}).",
        f"At alignment 0, where nothing pulls either way: {words.chance(e.chance_at_zero)}.",
    ]


def terms(e: Explanation) -> Grid:
    """The terms of worth and their sum."""
    rows = [
        [clean(term.name), *_three(term.log_odds), clean(words.made_of(e, term.drivers))]
        for term in e.terms
    ]
    rows.append(["alignment, their sum", *_three(e.alignment), ""])
    return grid(
        "Terms of worth (R4) in log-odds: plus holds, minus pushes",
        [
            Column("term", wraps=True),
            *numbers("mean", "5 %", "95 %"),
            Column("made of", wraps=True),
        ],
        rows,
    )


def _three(spread: Spread) -> list[str]:
    return [words.log_odds(value) for value in (spread.mean, spread.low, spread.high)]


def shifts(e: Explanation) -> Grid:
    """What each driver alone would have had to be."""
    rows = []
    for driver in e.drivers:
        if driver.shift is not None:
            low, high = driver.range
            rows.append(
                [
                    clean(driver.name),
                    f"{low:g} to {high:g}",
                    words.level(driver, driver.now.mean),
                    _target(driver, driver.shift.half, _least(driver.shift)),
                    _target(driver, driver.shift.double, _most(driver.shift)),
                ]
            )
    return grid(
        f"What alone would have halved or doubled the chance of {e.move}",
        [
            Column("driver", wraps=True),
            Column("range"),
            *(Column(head, number=True, wraps=True) for head in ("now", "halves at", "doubles at")),
        ],
        rows,
        "All else held; the driver's effect on worth has come through to alignment in full, as if "
        "it had lasted.",
    )


def _target(driver: Driver, value: float | None, reach: str) -> str:
    return words.level(driver, value) if value is not None else f"no value ({reach})"


def _least(shift: Shift) -> str:
    return f"at least x {shift.lowest:.2f}"


def _most(shift: Shift) -> str:
    return f"at most x {shift.highest:.2f}"


def _now(driver: Driver) -> str:
    spread = driver.now
    mean, low, high = (words.level(driver, v) for v in (spread.mean, spread.low, spread.high))
    return mean if low == high else f"{mean} ({low} to {high})"


def evidence(driver: Driver) -> Grid:
    """The facts behind a driver."""
    title = f"{driver.symbol}, {driver.name}: {_now(driver)}"
    if driver.symbol == "D":
        return _components(title, driver.components)
    own = [fact for fact in driver.facts if fact.own]
    others = [fact for fact in driver.facts if not fact.own]
    told = others[:FEW] if driver.symbol == "rho" else others
    columns = [
        Column(_measure(driver), number=True),
        *columns_of_words(_role(driver), "date"),
        Column("fact", wraps=True),
    ]
    rows = [
        [words.level(driver, fact.now), _part(driver, fact), clean(fact.event.date), _story(fact)]
        for fact in (*own, *told)
    ]
    note = "" if driver.facts else "no fact of the record"
    if len(told) < len(others):
        rest = others[FEW:]
        weight = sum(fact.now for fact in rest)
        note = f"and {len(rest)} more responses to others, weighing {weight:.2f} together"
    return grid(title, columns, rows, note)


def _measure(driver: Driver) -> str:
    return {"O": "points", "rho": "weight", "C": "share"}.get(driver.symbol, "level")


def _role(driver: Driver) -> str:
    return {"O": "", "rho": "response", "C": ""}.get(driver.symbol, "sets it")


def _part(driver: Driver, fact: Fact) -> str:
    if driver.symbol == "rho":
        code = fact.event.strength
        kept = "kept" if isinstance(code, float) and code > 0 else "broken"
        return kept if fact.own else f"{kept}, to others"
    if fact.cancelled_by:
        return "cancelled"
    return "" if fact.sets is None else words.chance(fact.sets) if fact.sets else "-"


def _story(fact: Fact) -> str:
    event = fact.event
    lines = [clean(event.description), f"{coded(event)}; confidence {event.confidence}"]
    lines.append(f"{clean(event.id)}; source: {clean(event.source)}")
    if fact.cancelled_by:
        lines.append(f"cancelled by {', '.join(map(clean, fact.cancelled_by))}")
    return "\n".join(lines)


def _components(title: str, components: tuple[Component, ...]) -> Grid:
    rows = []
    for component in components:
        read = [f"{r.year}: {r.value:g} ({clean(r.source)})" for r in component.rows]
        if component.held_by:
            read = [f"held by the change {clean(component.held_by)!r}"]
        rows.append(
            [f"{component.share:.2f}", f"{clean(component.name)} {component.value:.3g}",
             "\n".join(read)]
        )  # fmt: skip
    columns = [Column("share", number=True), Column("component"), Column("read from", wraps=True)]
    note = "" if rows else "no indicator of the record: the alliance's default"
    return grid(title, columns, rows, note)


def notes(e: Explanation) -> list[str]:
    """What the numbers rest on."""
    attributes = e.attributes
    origin = clean(attributes["parameters_from"])
    if not e.calibrated:
        origin = (
            "the PRIOR: nothing has been calibrated, so these numbers say what the rules allow, "
            "not what the record supports"
        )
    return [
        "level: faded by now, mean over the draws; sets it: share of draws in which no fact is "
        "higher.",
        f"Parameters: {attributes['draws']:,} draws from {origin}.",
        f"Seed {attributes['seed']}.",
    ]
