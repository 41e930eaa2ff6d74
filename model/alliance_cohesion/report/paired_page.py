"""A page that tells what a library of counterfactuals answers, with guards."""

from pathlib import Path

from ..analysis.counterfactual.answer import MAIN, Answer
from ..analysis.counterfactual.plain import agrees
from . import paired_table as table
from .text import clean, percent

_MOST = 4  # states in a table; all are in the answer's JSON
_HEAD = Path(__file__).with_suffix(".md")


def page(answers: list[Answer], command: str) -> str:
    """The page in Markdown."""
    first = answers[0]
    head = _HEAD.read_text(encoding="utf-8").format(
        command=command,
        origin=origin(first),
        count=len(answers),
        first=f"counterfactuals/{first.pair.changed.scenario.name}",
        a_draw=first.count // first.draws,
    )
    rows = "".join(_row(one) for one in answers)
    return head + rows + "\n" + "\n".join(_section(one) for one in answers)


def origin(answer: Answer) -> str:
    """Where the parameters come from, as a sentence."""
    name = clean(answer.sample.origin)
    if answer.sample.effective is None:
        drawn = f"Parameters from {name}"
    else:
        drawn = (
            f"Parameters from {name}, weighted by the record (effective number of draws "
            f"{answer.sample.effective:.0f})"
        )
    return (
        f"{drawn}; {answer.count:,} histories a question and coupling from {answer.draws} draws, "
        f"seed {answer.seed}."
    )


def _row(answer: Answer) -> str:
    scenario, span, effect = answer.pair.changed.scenario, answer.span, answer.forecast.effect
    main = _main(answer)
    cells = [
        f"[{clean(scenario.title)}](#{anchor(scenario.name)})",
        f"{clean(answer.states[main])}",
        f"{percent(float(answer.forecast.base.mean[-1, main]))} -> "
        f"{percent(float(answer.forecast.changed.mean[-1, main]))}",
        f"{table.signed(effect.mean[-1, main])} "
        f"({table.interval(effect.low[-1, main], effect.high[-1, main])})",
        "-" if answer.by_rule is None else table.signed(answer.by_rule.effect.mean[-1, main]),
        _necessity(answer, main),
        "-"
        if not span.altered
        else f"{percent(span.near or 0.0)} / {percent(span.in_hull or 0.0)}",
        {True: "agrees", False: "**disagrees**", None: "silent"}[agrees(answer, main)],
    ]
    return f"| {' | '.join(cells)} |\n"


def _main(answer: Answer) -> int:
    """The state that a row is about: the one reached by name that moves most."""
    focal = answer.pair.focal or list(range(len(answer.states)))
    return max(focal, key=lambda i: (_moved(answer, i), abs(answer.forecast.effect.mean[-1, i])))


def _moved(answer: Answer, state: int) -> float:
    """The largest necessity of a state's documented moves; nothing for one that stayed."""
    own = [one for one in answer.outcomes if one.move.state == state and one.move.kind != "stay"]
    return max((float(one.prevented[MAIN].mean) for one in own), default=0.0)


def _necessity(answer: Answer, state: int) -> str:
    told = []
    for one in answer.outcomes:
        if one.move.state == state:
            kind = {"exit": "left", "freeze": "froze", "return": "came back", "stay": "stayed"}
            chances = " / ".join(percent(float(p.mean)) for p in one.prevented.values())
            told.append(f"{kind[one.move.kind]} {one.move.date}".strip() + f": {chances}")
    return "; ".join(told) or "-"


def anchor(name: str) -> str:
    """The link to a heading that is a file's name."""
    return "".join(c for c in name.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _section(answer: Answer) -> str:
    scenario = answer.pair.changed.scenario
    known = len(answer.pair.base.scenario.changes)
    lines = [
        f"## {scenario.name}",
        "",
        f"**{clean(scenario.question or scenario.title)}**",
        "",
        *(f"- {sentence}" for sentence in table.sentences(answer)),
        "",
        "What is changed:",
        "",
        *(
            f"- *{clean(c.name)}*: {clean(c.reason)}"
            + (f" ({clean(c.source)})" if c.source else "")
            for c in scenario.changes[known:]
        ),
        "",
        f"What had to be true: {clean(scenario.rewrite)}",
        "",
        *_grid(
            ["state", "share away", *(answer.month(t) for t in answer.ticks)],
            [
                [state, what.strip(), *cells]
                for state, what, cells in table.effect_rows(answer, _MOST)
            ],
        ),
        "",
    ]
    outcomes = table.outcome_rows(answer)
    if outcomes:
        heads = ["what happened", "necessity (90 %)", "by coupling", "not by then",
                 "forecast, as it was", "forecast, changed", "sufficiency"]  # fmt: skip
        lines += [*_grid(heads, outcomes), ""]
    channels = table.channel_rows(answer)
    if channels:
        heads = ["who else moves", "question", "month", "effect, points",
                 *(f"by {name}" for name in table.CHANNELS)]  # fmt: skip
        lines += [*_grid(heads, channels), ""]
    lines += [f"{note}" for note in table.measures(answer)]
    return "\n".join([*lines, ""])


def _grid(heads: list[str], rows: list[list[str]]) -> list[str]:
    safe = [[cell.replace("|", "/") for cell in row] for row in rows]
    return [
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
        *(f"| {' | '.join(row)} |" for row in safe),
    ]
