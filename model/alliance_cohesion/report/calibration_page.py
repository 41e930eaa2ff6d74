"""A calibration in words and tables, with nothing in it that is not a figure."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.parameters import PARAMETERS
from .document import Section
from .grid import Column, Grid, grid
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
        found: list[Figures] = tomllib.load(file)["specification"]
    return found


def sentences(figures: Figures) -> list[str]:
    """The three sentences a sceptic reads first; two where nothing ran free."""
    gain = figures["gain"]
    eve = figures["on_the_eve_held_out"]
    leaving = [row for row in eve if row["kind"] != "return"]
    together = Counter(row["date"] for row in leaving)
    first = sum(row["rank"] <= together[row["date"]] for row in leaving)
    back = [row for row in eve if row["kind"] == "return"]
    free = figures.get("free_run", {}).get("model")
    told = [
        f"Held out by event cluster, the rules beat the window-aware null by "
        f"{_signed(gain['gain'])} nats over {len(gain['gain_by_cluster'])} clusters.",
        f"On the eve of {len(leaving)} documented leavings, {first} were by the states ranked "
        "likeliest to leave (where k left in one tick, by one of the first k); the "
        f"{len(back)} documented return{'s were' if len(back) != 1 else ' was'} ranked "
        f"{', '.join(str(row['rank']) + ' of ' + str(row['of']) for row in back) or '-'}.",
    ]
    if free:
        ever = ", ".join(f"{c['state']} {percent(c['within_2_years'])}" for c in free["changes"])
        told.append(
            f"Running free from the start, {percent(free['right_standing'])} of state-ticks have "
            f"the documented standing, and the documented changes come within two years of their "
            f"date with chances {ever}."
        )
    return told


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
    found: list[tuple[str, list[Part]]] = [("", [])]
    for part in _body(figures, tried):
        if isinstance(part, str) and part.startswith(_HEADING):
            found.append((part.removeprefix(_HEADING), []))
        else:
            found[-1][1].append(_unmarked(part))
    return tuple(Section(heading, tuple(parts)) for heading, parts in found)


def caveats(figures: Figures) -> tuple[str, ...]:
    """What the calibration cannot say."""
    clusters = len(figures["gain"]["gain_by_cluster"])
    shuffled = figures.get("share_of_gain_left_after_shuffling")
    return (
        f"The record has {clusters} clusters of events. So few teach little about single slopes: "
        "where contraction is near 0, signs and priors do the work.",
        "Gains are held out: each stretch of time is judged by a fit that has not seen it. The "
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
        "All gains are held-out log scores over the *window-aware constant* (one rate between "
        "renewals, one chance at renewals, one rate of return), in nats, with every row marked "
        "`consequence` inert. Time is cut half-way between clusters, so that every decision is "
        "held out exactly once, the uneventful ones too. The null is fitted and held out the "
        "same way, under the thresholds' prior that suits it.",
        "## Held out by cluster",
        _clusters(figures),
        "## On the eve (held out)",
        _table(
            ("state", "from", "kind", "chance in the tick", "chance in a year", "rank"),
            [
                (e["state"], e["date"], e["kind"], e["chance_in_tick"], e["chance_in_year"],
                 f"{e['rank']} of {e['of']}")
                for e in figures["on_the_eve_held_out"]
            ],
        ),
        *(
            f"Chance of just this set, given how many left ({w['cluster']}): "
            f"{w['set_likelihood']:.3f}; null {w['null']:.3f}."
            for w in figures["set_likelihood"]
        ),
        *_ranks(figures),
    ]  # fmt: skip
    if "gain_forward" in figures:
        parts += [
            "## Forward, and without one state",
            _table(
                ("hold-out", "gain"),
                [(k.replace("_", " "), _signed(v)) for k, v in figures["gain_forward"].items()]
                + [
                    (f"without {k}" if k != "total" else "leave-one-state-out, total", _signed(v))
                    for k, v in figures["gain_leave_one_state_out"].items()
                ],
            ),
        ]
    if figures["baselines"]:
        parts += [
            "## Baselines",
            _table(
                ("baseline", "gain over the null"),
                [(name, _signed(r["gain"])) for name, r in figures["baselines"].items()],
            ),
        ]
    if figures["placebos"]:
        parts += ["## Placebos and perturbations", *_placebos(figures)]
    if "theories" in figures:
        parts += ["## Theory tournament", *_theories(figures)]
    if "gain_with_graded_signs" in figures:
        parts += [
            "## Graded signs of alignment in the likelihood (a switch, off in the shipped fit)",
            _table(
                ("signs", "gain"),
                [("none", _signed(figures["gain"]["gain"]))]
                + [(n, _signed(r["gain"])) for n, r in figures["gain_with_graded_signs"].items()],
            ),
        ]
    if "sweeps" in figures:
        parts += [
            "## Priors and nuisance parameters swept",
            _table(
                ("held at", "gain"),
                [(f"{r['name']} = {r['value']:g}" if r["name"] != "slopes"
                  else f"scale of slopes x {r['value']:g}", _signed(r["gain"]))
                 for r in figures["sweeps"]],
            ),
        ]  # fmt: skip
    if "free_run" in figures:
        parts += ["## Free runs", _free(figures)]
    if "prior_predictive" in figures:
        parts += [
            "## What the prior alone expects (prior predictive check)",
            _table(
                ("histories from the prior, over this record's forcing", "median", "5 %", "95 %"),
                [
                    (name.replace("_", " "), r["median"], r["low"], r["high"])
                    for name, r in figures["prior_predictive"].items()
                ],
            ),
        ]
    if "posterior" in figures:
        parts += ["## Posterior", *_posterior(figures)]
    if "simulation_based_calibration" in figures:
        parts += ["## Simulation-based calibration", _simulated(figures)]
    if "reactions_held_out" in figures:
        parts += ["## What answers back (R10, R11)", *_reactions(figures)]
    parts += [
        "## Specifications tried",
        f"{len(tried)} specifications, the failures too; one was adopted. With four clusters a "
        "search over that many can find a nat by luck, so the gains above are best read as upper "
        "ends.",
        _table(
            ("specification", "record", "gain", "one tick late", "verdict"),
            [(s["name"], s["record"], s.get("gain"), s.get("gain_lagged"), s["verdict"])
             for s in tried],
        ),
    ]  # fmt: skip
    return parts


def _clusters(figures: Figures) -> Grid:
    late = figures.get("gain_lagged_one_tick")
    names = figures["gain"]["gain_by_cluster"]
    rows: list[tuple[object, ...]] = [
        (name, _signed(value), _signed(late["gain_by_cluster"][name]) if late else None)
        for name, value in names.items()
    ]
    rows.append(
        ("**all**", _signed(figures["gain"]["gain"]), _signed(late["gain"]) if late else None)
    )
    return _table(("cluster", "gain", "every input one tick later"), rows)


def _ranks(figures: Figures) -> list[Part]:
    auc = [
        (kind, None if r is None else r["auc"], None if r is None else r["p"],
         None if r is None else f"{r['moves']} of {r['moves'] + r['others']}")
        for kind, r in figures["auc_held_out"].items()
    ]  # fmt: skip
    proper = ", ".join(
        f"{name} score {r['model']:.5f} against {r['null']:.5f} (skill {r['skill']:+.3f})"
        for name, r in figures["proper_scores_held_out"].items()
    )
    table = _table(("kind of change", "AUC", "p", "moves among decisions"), auc)
    return [table, f"Proper scores, held out, rules against null: {proper}."]


def _placebos(figures: Figures) -> list[Part]:
    meaning = {
        "swap": "covariate histories permuted across states",
        "time_shift": "all drivers turned round the clock by two years or more",
        "noise": "drivers replaced by red noise",
        "shuffled": "contents shuffled among a state's rows, dates kept",
        "thinned": "leavers' rows thinned to the stayers' density",
        "jittered": "every strength moved by -1, 0 or +1",
    }
    rows = [
        (meaning[name], r["repeats"], _signed(r["mean_gain"]), _signed(r["gain_10th_percentile"]),
         _signed(r["gain_90th_percentile"]), r["p"])
        for name, r in figures["placebos"].items()
    ]  # fmt: skip
    head = ("record with ...", "repeats", "mean gain", "10th percentile", "90th", "p")
    text = _table(head, rows)
    extra = [
        f"p: share of repeats (and one) that score at least as much as the record's "
        f"{_signed(figures['gain']['gain'])}. For the last two it is no test but a measure of how "
        "much hangs on the exact codes."
    ]
    if figures.get("share_of_gain_left_after_shuffling") is not None:
        extra.append(
            "Share of the gain left after shuffling contents: "
            f"{figures['share_of_gain_left_after_shuffling']:.2f}."
        )
    for name, words in (
        ("confident", "rows of low confidence dropped"),
        ("second_coder", "the second coder's strengths"),
    ):
        if f"gain_{name}" in figures:
            extra.append(f"Gain with {words}: {_signed(figures[f'gain_{name}']['gain'])}.")
    return [text, " ".join(extra)]


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


def _free(figures: Figures) -> Grid:
    model, null = figures["free_run"]["model"], figures["free_run"]["null"]
    rows: list[tuple[object, ...]] = [
        ("right standing, share of state-ticks", model["right_standing"], null["right_standing"]),
        ("no stayer ever leaves", model["no_stayer_leaves"], null["no_stayer_leaves"]),
        ("stayers that leave, mean", model["false_leavers"], null["false_leavers"]),
    ]
    rows += [
        (f"{a['state']} {a['kind']} {a['date'][:4]} within two years", a["within_2_years"],
         b["within_2_years"])
        for a, b in zip(model["changes"], null["changes"], strict=True)
    ]  # fmt: skip
    return _table(("free-running from the start", "rules", "null"), rows)


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


def _simulated(figures: Figures) -> str:
    found = figures["simulation_based_calibration"]
    low = [n for n, r in found.items() if n != "simulations" and r["p_uniform"] < 0.01]
    return (
        f"{found['simulations']} parameter draws from the prior, a history from each, fitted: the "
        "truth's rank among posterior draws should be uniform (chi-square, ten bins). Parameters "
        f"with p < 0.01: {', '.join(low) if low else 'none'}."
    )
