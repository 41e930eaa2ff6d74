"""An explanation on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..explain import Component, Driver, Explanation, Fact, Shift, Spread
from ..world import Standing
from . import explain_words as words
from .text import clean

FEW = 5
"""Facts told of those that reach a state only through others."""


def show(console: Console, explanation: Explanation, folder: str = "") -> None:
    """Print chances, terms, what would have had to change, and the facts behind each driver."""

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style))

    e = explanation
    say(heading(e), "bold")
    say(_asked(e))
    say("")
    say("Chances, mean and 5-95 % range over the parameter draws", "bold")
    for line in _chances(e):
        say(line)
    say("")
    say("Terms of worth (R4) in log-odds: plus holds, minus pushes", "bold")
    console.print(_terms(e))
    say("")
    say(f"What alone would have halved or doubled the chance of {e.move}", "bold")
    console.print(_shifts(e))
    say(
        "All else held; the driver's effect on worth has come through to alignment in full, as if "
        "it had lasted."
    )
    for driver in e.drivers:
        say("")
        say(f"{driver.symbol}, {driver.name}: {_now(driver)}", "bold")
        _evidence(console, driver)
    console.print(Text(_notes(e, folder)), soft_wrap=True)


def heading(e: Explanation) -> str:
    """What is explained."""
    return f"Why {clean(e.state)} stood where it stood in {clean(e.attributes['alliance'])}"


def _asked(e: Explanation) -> str:
    after = "stayed so" if e.ended == e.standing else f"ended it {words.WAS[e.ended]}"
    window = " In this tick the term ended and staying took a signature." if e.window else ""
    return (
        f"{clean(e.date)} lies in the tick {e.first} to {e.last}. What was perceived up to "
        f"{e.perceived_until} decides it. {clean(e.state)} began it "
        f"{words.WAS[e.standing]} and {after}.{window}"
    )


def _chances(e: Explanation) -> list[str]:
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


def _terms(e: Explanation) -> Table:
    table = _table()
    table.add_column(Text("term"))
    for name in ("mean", "5 %", "95 %"):
        table.add_column(Text(name), justify="right", no_wrap=True)
    table.add_column(Text("made of"))
    for term in e.terms:
        table.add_row(
            *_texts(term.name, *_three(term.log_odds)), Text(words.made_of(e, term.drivers))
        )
    table.add_row(*_texts("alignment, their sum", *_three(e.alignment)), Text(), style="bold")
    return table


def _three(spread: Spread) -> list[str]:
    return [words.log_odds(value) for value in (spread.mean, spread.low, spread.high)]


def _shifts(e: Explanation) -> Table:
    table = _table()
    table.add_column(Text("driver"))
    table.add_column(Text("range"), no_wrap=True)
    for name in ("now", "halves at", "doubles at"):
        table.add_column(Text(name), justify="right")
    for driver in e.drivers:
        if driver.shift is not None:
            low, high = driver.range
            table.add_row(
                *_texts(
                    driver.name,
                    f"{low:g} to {high:g}",
                    words.level(driver, driver.now.mean),
                    _target(driver, driver.shift.half, _least(driver.shift)),
                    _target(driver, driver.shift.double, _most(driver.shift)),
                )
            )
    return table


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


def _evidence(console: Console, driver: Driver) -> None:
    if driver.symbol == "D":
        console.print(_components(driver.components))
        return
    if not driver.facts:
        console.print(Text("no fact of the record"))
        return
    own = [fact for fact in driver.facts if fact.own]
    others = [fact for fact in driver.facts if not fact.own]
    told = others[:FEW] if driver.symbol == "rho" else others
    table = _table()
    table.add_column(Text(_measure(driver)), justify="right", no_wrap=True)
    table.add_column(Text(_role(driver)), no_wrap=True)
    table.add_column(Text("date"), no_wrap=True)
    table.add_column(Text("fact"), overflow="fold")
    for fact in (*own, *told):
        table.add_row(
            *_texts(words.level(driver, fact.now), _part(driver, fact), fact.event.date),
            Text(_story(fact)),
        )
    console.print(table)
    if len(told) < len(others):
        rest = others[FEW:]
        weight = sum(fact.now for fact in rest)
        console.print(
            Text(f"and {len(rest)} more responses to others, weighing {weight:.2f} together")
        )


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
    lines = [clean(event.description), f"{words.coded(fact)}; confidence {event.confidence}"]
    lines.append(f"{clean(event.id)}; source: {clean(event.source)}")
    if fact.cancelled_by:
        lines.append(f"cancelled by {', '.join(map(clean, fact.cancelled_by))}")
    return "\n".join(lines)


def _components(components: tuple[Component, ...]) -> Table | Text:
    if not components:
        return Text("no indicator of the record: the alliance's default")
    table = _table()
    table.add_column(Text("share"), justify="right", no_wrap=True)
    table.add_column(Text("component"), no_wrap=True)
    table.add_column(Text("read from"), overflow="fold")
    for component in components:
        rows = [f"{r.year}: {r.value:g} ({clean(r.source)})" for r in component.rows]
        if component.held_by:
            rows = [f"held by the change {clean(component.held_by)!r}"]
        table.add_row(
            *_texts(f"{component.share:.2f}", f"{component.name} {component.value:.3g}"),
            Text("\n".join(rows)),
        )
    return table


def _notes(e: Explanation, folder: str) -> str:
    attributes = e.attributes
    origin = clean(attributes["parameters_from"])
    if not e.calibrated:
        origin = (
            "the PRIOR: nothing has been calibrated, so these numbers say what the rules allow, "
            "not what the record supports"
        )
    lines = [
        "",
        "level: faded by now, mean over the draws; sets it: share of draws in which no fact is "
        "higher.",
        f"Parameters: {attributes['draws']:,} draws from {origin}.",
        f"Seed {attributes['seed']}.",
    ]
    return "\n".join(lines + [f"Written: {clean(folder)}"] * bool(folder))


def _table() -> Table:
    return Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", collapse_padding=True
    )


def _texts(*cells: str) -> list[Text]:
    return [Text(clean(cell)) for cell in cells]
