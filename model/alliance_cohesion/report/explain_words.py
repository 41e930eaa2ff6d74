"""Numbers and names of an explanation in words, the same on a terminal and in a picture."""

from ..analysis.explain import Driver, Explanation, Spread
from ..core.inputs import Standing

WAS = {
    Standing.MEMBER: "as a member",
    Standing.FROZEN: "frozen",
    Standing.OUTSIDE: "outside",
}
ALIKE = {
    Standing.MEMBER: "members",
    Standing.FROZEN: "frozen states",
    Standing.OUTSIDE: "states outside",
}
NAMES = {"rho": "reliability"}
"""Symbols that are no letter a reader knows."""
_SMALLEST = 0.0001


def chance(share: float) -> str:
    """A chance with two digits that never rounds to certainty: `0.74 %`, `9.4 %`, `<0.01 %`."""
    if 0 < share < _SMALLEST:
        return "<0.01 %"
    if 0.995 <= share < 1:
        left = 1 - share
        return ">99.99 %" if left < _SMALLEST else f"{100 - float(f'{100 * left:.2g}'):.4g} %"
    return f"{100 * share:.2g} %" if share < 0.995 else "100 %"


def chance_range(spread: Spread) -> str:
    """`9.4 % (0.56 % to 33 %)`."""
    return f"{chance(spread.mean)} ({chance(spread.low)} to {chance(spread.high)})"


def log_odds(value: float) -> str:
    """With a sign: plus holds, minus pushes."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text


def level(driver: Driver, value: float) -> str:
    """A driver's value in its own unit."""
    text = f"{value:.1f}" if driver.symbol == "O" else f"{value:.2f}"
    return f"<{text[:-1]}1" if value > 0 and not float(text) else text


def made_of(explanation: Explanation, symbols: tuple[str, ...]) -> str:
    """`E 1.00, reliability 0.12`."""
    drivers = [explanation.driver(symbol) for symbol in symbols]
    return ", ".join(f"{NAMES.get(d.symbol, d.symbol)} {level(d, d.now.mean)}" for d in drivers)


def per(explanation: Explanation) -> str:
    """What a chance refers to."""
    return "in this renewal" if explanation.window else "per year"


def ordinal(n: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
