"""A calibration in words and tables, with nothing in it that is not a figure."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.parameters import PARAMETERS
from .document import Section
from .grid import Column, Grid, grid
from .scorecard import leavings, rank
from .text import percent

Figures = dict[str, Any]
Part = str | Grid
TITLE = "Calibration: what was fitted, and how far to believe it"
_HEADING = "## "
_LONG = 50  # characters; longer cells are broken over lines
_UNMARKED = str.maketrans("", "", "*`")


def _table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Grid:
    columns = [
        Column(
            name,
            number=k > 0 and all(_is_number(row[k]) for row in rows),
            wraps=any(len(_cell(row[k])) > _LONG for row in rows),
        )
        for k, name in enumerate(head)
    ]
    return grid("", columns, [[_cell(value) for value in row] for row in rows])


def _is_number(value: object) -> bool:
    return value is None or re.fullmatch(r"[+-]?[\d.]+(e-\d+)?", _cell(value)) is not None


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _signed(value: float) -> str:
    return f"{value:+.2f}"


def specifications(path: Path) -> list[Figures]:
    """The log of specifications tried."""
    with path.open("rb") as file:
        result: list[Figures] = tomllib.load(file)["specification"]
    return result


def sentences(figures: Figures) -> list[str]:
    """What a sceptic reads first."""
    gain = figures["gain"]
    ahead, free = figures["one_step_ahead"], figures["free_run"]["rules"]
    back = [row for row in ahead.values() if row["kind"] == "return"]
    ranks = ", ".join(rank(row["rank"], row["of"], row["tied"]) for row in back)
    returned = f"; the documented returns were ranked {ranks}" if back else ""
    near = ", ".join(
        f"{name} {percent(one['within_2_years'])}" for name, one in free["changes"].items()
    )
    return [
        f"Held out by event cluster, the rules beat the window-aware baseline by "
        f"{_signed(gain['gain'])} nats over {len(gain['gain_by_cluster'])} clusters (numerical "
        f"error {gain['error']:.2f}).",
        f"One step ahead, {leavings(figures['leavings'])}{returned}.",
        f"Free-running from the start, {percent(free['right_status'])} of states and time steps "
        f"have the documented status, and the documented changes come within two years of their "
        f"date in these shares of histories: {near}.",
    ]


def _fit(figures: Figures) -> str:
    """How the rules were fitted, and how well."""
    fit = figures["fit"]
    return (
        f"Fitted by {fit['method']}: {fit['draws']:,} weighted draws, worth "
        f"{fit['effective_draws']:,} equal ones; Pareto k {fit['pareto_k']:.2f} (below 0.7 is "
        f"sound); log evidence {figures['log_evidence']:.2f} +- {fit['log_evidence_error']:.2f}. "
        "The alliance's own thresholds are integrated out."
    )


def page(figures: Figures, tried: list[Figures], command: str) -> str:
    """The page, in Markdown."""
    parts: list[Part] = [
        f"# {TITLE}",
        f"Made by `{command}`; every number stands in `figures.json`. Do not edit by hand.",
        " ".join(sentences(figures)),
        *_body(figures, tried),
    ]
    return "\n\n".join(_markdown(part) for part in parts) + "\n"


def sections(figures: Figures, tried: list[Figures]) -> tuple[Section, ...]:
    """The same as sections of a report; their first has no heading."""
    result: list[tuple[str, list[Part]]] = [("", [])]
    for part in _body(figures, tried):
        if isinstance(part, str) and part.startswith(_HEADING):
            result.append((part.removeprefix(_HEADING), []))
        else:
            result[-1][1].append(_unmarked(part))
    return tuple(Section(heading, tuple(parts)) for heading, parts in result)


def caveats(figures: Figures) -> tuple[str, ...]:
    """What the calibration cannot say."""
    clusters = len(figures["gain"]["gain_by_cluster"])
    shuffled = figures.get("share_of_gain_left_after_shuffling")
    return (
        f"The record has {clusters} clusters of events. So few teach little about single slopes: "
        "where contraction is near 0, signs and priors do the work.",
        "Gains are held out: each fold is predicted by a fit that has not seen it. The "
        "posterior itself is fitted to the whole record, so whatever is made with it on this "
        "record is in sample.",
        *(
            [f"{100 * shuffled:.0f} % of the gain is left when what happened is shuffled among a "
             "state's own rows: the rules know the state better than the moment."]
            if shuffled is not None else []
        ),
        "Whoever coded the record knew how history went, and specifications were tried and "
        "dropped; read the gains as upper ends.",
    )  # fmt: skip


def _unmarked(part: Part) -> Part:
    """Without the marks of Markdown."""
    if isinstance(part, str):
        return part.translate(_UNMARKED)
    rows = tuple(tuple(cell.translate(_UNMARKED) for cell in row) for row in part.rows)
    return replace(part, rows=rows)


def _markdown(part: Part) -> str:
    if isinstance(part, str):
        return part
    heads = [column.head for column in part.columns]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(_line(row) for row in part.rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _body(figures: Figures, tried: list[Figures]) -> list[Part]:
    """Headings, paragraphs and tables, in their order."""
    parts: list[Part] = [
        "All gains are held-out log scores over the *window-aware baseline* (one rate between "
        "renewals, one probability at renewals, one rate of return), in nats, with every row "
        "marked `consequence` left out. Time is cut half-way between clusters, so that every "
        "decision is held out exactly once, the uneventful ones too. The baseline is fitted and "
        "held out the same way, under the thresholds' prior that suits it. `scores-*.csv` has "
        "every log score behind this page, one row for each experiment, repeat and fold.",
        _fit(figures),
        "## Held out by cluster",
        _clusters(figures),
        "## One step ahead (held out)",
        _table(
            ("change", "from", "probability in the time step", "in a year", "rank"),
            [
                (name, row["date"], row["probability"], row["in_a_year"],
                 rank(row["rank"], row["of"], row["tied"]))
                for name, row in figures["one_step_ahead"].items()
            ],
        ),
        *(
            f"Probability of just this set, given how many left ({name}): {one['rules']:.3f}; by "
            f"luck {one['luck']:.3f}."
            for name, one in figures["set_likelihood"].items()
        ),
        *_ranks(figures),
    ]  # fmt: skip
    for heading, key, section in (
        ("Forward, and without one state", "gain_leave_one_state_out", _forward),
        ("Baselines", "baselines", _baselines),
        ("Placebos and perturbations", "placebos", _placebos),
        ("Theories compared", "theories", _theories),
        ("Graded signs of alignment in the likelihood (an option, off in the shipped fit)",
         "gain_with_graded_signs", _signs),
        ("Priors and nuisance parameters varied", "sweeps", _sweeps),
        ("Free-running histories", "free_run", _free),
        ("What the prior alone expects (prior predictive check)", "prior_predictive", _predictive),
        ("Posterior", "posterior", _posterior),
        ("Is the fit right? (simulation-based calibration)", "checks", _checks),
        ("What answers back (R10, R11)", "reactions_held_out", _reactions),
    ):  # fmt: skip
        if figures.get(key):
            parts += [f"{_HEADING}{heading}", *section(figures)]
    parts += [
        "## Specifications tried",
        f"{len(tried)} specifications, the failures too; one was adopted. With four clusters a "
        "search over that many can find a nat by luck, so the gains above are best read as upper "
        "ends. Their gains were measured with an earlier sampler, to about 0.3.",
        _table(
            ("specification", "record", "gain", "one step late", "verdict"),
            [(s["name"], s["record"], s.get("gain"), s.get("gain_lagged"), s["verdict"])
             for s in tried],
        ),
    ]  # fmt: skip
    return parts


def _clusters(figures: Figures) -> Grid:
    late = figures.get("gain_lagged_one_step")
    names = figures["gain"]["gain_by_cluster"]
    rows: list[tuple[object, ...]] = [
        (name, _signed(value), _signed(late["gain_by_cluster"][name]) if late else None)
        for name, value in names.items()
    ]
    rows.append(
        ("**all**", _signed(figures["gain"]["gain"]), _signed(late["gain"]) if late else None)
    )
    return _table(("cluster", "gain", "every input one time step later"), rows)


def _ranks(figures: Figures) -> list[Part]:
    auc = [
        (kind, None if r is None else r["auc"],
         None if r is None else f"{r['low']:.2f} to {r['high']:.2f}",
         None if r is None else r["p"],
         None if r is None else f"{r['moves']} of {r['moves'] + r['others']}")
        for kind, r in figures["auc"].items()
    ]  # fmt: skip
    proper = ", ".join(
        f"{name} score {r['rules']:.5f} against {r['baseline']:.5f} (skill {r['skill']:+.3f})"
        for name, r in figures["proper_scores"].items()
    )
    return [
        _table(("kind of change", "AUC", "95 % interval", "p", "moves among decisions"), auc),
        "Decisions are ranked within folds. Of one or two moves an AUC says little: read the "
        "interval.",
        f"Proper scores, held out, rules against baseline: {proper}.",
    ]


def _forward(figures: Figures) -> list[Part]:
    rows = [(f"fit until {k.removeprefix('after ')}", _signed(v))
            for k, v in figures["gain_forward"].items()]  # fmt: skip
    rows += [
        (f"without {k}" if k != "total" else "leave-one-state-out, total", _signed(v))
        for k, v in figures["gain_leave_one_state_out"].items()
    ]
    return [_table(("hold-out", "gain"), rows)]


def _gains(figures: Figures, head: str) -> Grid:
    return _table((head, "gain"), [(name, _signed(r["gain"])) for name, r in figures.items()])


def _baselines(figures: Figures) -> list[Part]:
    return [_gains(figures["baselines"], "baseline")]


def _signs(figures: Figures) -> list[Part]:
    none = {"none": figures["gain"]}
    return [_gains({**none, **figures["gain_with_graded_signs"]}, "signs")]


def _sweeps(figures: Figures) -> list[Part]:
    return [_gains(figures["sweeps"], "held at (slopes: their scale multiplied)")]


def _placebos(figures: Figures) -> list[Part]:
    meaning = {
        "swap": "input histories permuted across states",
        "time_shift": "all inputs turned round the clock by two years or more",
        "noise": "every input replaced by red noise",
        "shuffled": "contents shuffled among a state's rows, dates kept",
        "thinned": "leavers' rows thinned to the stayers' density",
        "jittered": "every strength moved by -1, 0 or +1",
    }
    result = figures["placebos"]
    rows = [
        (words, r["repeats"], _signed(r["mean_gain"]), _signed(r["gain_10th_percentile"]),
         _signed(r["gain_90th_percentile"]), r["p"])
        for words, r in ((words, result[name]) for name, words in meaning.items() if name in result)
    ]  # fmt: skip
    repeats = figures["repeats"]
    more = [
        f"p: share of repeats (and one) that score at least as much as the record's "
        f"{_signed(figures['gain']['gain'])}. For the last two it is no test but a measure of how "
        "much hangs on the exact codes.",
        f"Each repeat is a fit of {repeats['draws']:,} weighted draws at most; the standard error "
        f"of its gain is {repeats['error']:.2f}, small beside the spread between repeats.",
    ]
    if figures.get("share_of_gain_left_after_shuffling") is not None:
        more.append(
            "Share of the gain left after shuffling contents: "
            f"{figures['share_of_gain_left_after_shuffling']:.2f}."
        )
    for name, words in (
        ("confident", "rows of low confidence dropped"),
        ("second_coder", "the second coder's strengths"),
    ):
        if f"gain_{name}" in figures:
            more.append(f"Gain with {words}: {_signed(figures[f'gain_{name}']['gain'])}.")
    head = ("record with ...", "repeats", "mean gain", "10th percentile", "90th", "p")
    return [_table(head, rows), " ".join(more)]


def _theories(figures: Figures) -> list[Part]:
    rows = [
        (name, _signed(r["gain"]), f"{r['log_evidence']:.2f}")
        for name, r in figures["theories"].items()
    ]
    over = figures["log_bayes_factor_of_all_rules_over"]
    verdicts = ", ".join(
        f"{name} {_signed(over[name])}" for name in over if name.endswith("instead of S")
    )
    return [
        _table(("model", "gain", "log evidence"), rows),
        f"Log Bayes factor of the interaction in R3 over its rivals: {verdicts}.",
    ]


def _free(figures: Figures) -> list[Part]:
    rules, baseline = figures["free_run"]["rules"], figures["free_run"]["baseline"]
    rows: list[tuple[object, ...]] = [
        (words, rules[key], baseline[key])
        for words, key in (
            ("right status, share of states and time steps", "right_status"),
            ("no stayer ever leaves", "no_stayer_leaves"),
            ("stayers that leave, mean", "false_leavers"),
        )
    ]
    rows += [
        (f"{name} within two years", one["within_2_years"],
         baseline["changes"][name]["within_2_years"])
        for name, one in rules["changes"].items()
    ]  # fmt: skip
    return [_table(("free-running from the start", "rules", "baseline"), rows)]


def _predictive(figures: Figures) -> list[Part]:
    rows = [
        (name.replace("_", " "), r["median"], r["low"], r["high"])
        for name, r in figures["prior_predictive"].items()
    ]
    head = ("histories from the prior, under this record's inputs", "median", "5 %", "95 %")
    return [_table(head, rows)]


def _posterior(figures: Figures) -> list[Part]:
    meaning = {row.name: row.meaning for row in PARAMETERS}
    table = _table(
        ("parameter", "meaning", "prior mean", "mean", "90 % range", "contraction"),
        [
            (name, meaning[name], r["prior_mean"], r["mean"], f"{r['low']:.2f} to {r['high']:.2f}",
             r["contraction"])
            for name, r in figures["posterior"].items()
            if r["contraction"] is not None
        ],
    )  # fmt: skip
    return [
        table,
        "Contraction is 1 - posterior variance / prior variance: near 0 means that the record "
        "taught nothing and the prior speaks.",
    ]


def _reactions(figures: Figures) -> list[Part]:
    held = figures["reactions_held_out"]
    rows = [
        (words, size, _signed(held[name]["rule"] - held[name]["constant"]))
        for name, words, size in (
            ("answers", "R10: the patron's answers, one left out at a time", held["requests"]),
            ("episodes", "R11: new threats, the last third", held["episodes"]["begun"]),
            ("offers", "R11: new offers, the last third", held["offers"]["made"]),
        )
    ]
    slopes = ", ".join(f"{name} {value:+.2f}" for name, value in figures["answers"].items())
    return [
        _table(("rule", "events", "gain over the constant rate, nats"), rows),
        f"R10 in log-odds: {slopes}. A gain near or below zero means that the record does "
        "not support more than a constant rate; the rules then act, nearly, as one.",
    ]


def _checks(figures: Figures) -> list[Part]:
    rows = [
        (f"the {start}", r["simulations"], r["quantities"], r["lowest_p"], r["lowest"],
         r["p_uniform"]["log likelihood"])
        for start, r in figures["checks"].items()
    ]  # fmt: skip
    head = (
        "parameters drawn from",
        "simulations",
        "quantities",
        "lowest p",
        "of",
        "log likelihood, p",
    )
    return [
        "Parameters are drawn, a history is simulated from each and fitted, and the truth's rank "
        "among fitted draws should be uniform (chi-square, twenty bins). Drawn from the posterior, "
        "the history is fitted together with the record.",
        _table(head, rows),
        "The lowest of so many p-values is below 0.05 divided by their number once in twenty times "
        "if the fit is right.",
    ]
