"""What is shown of a calibration: README.md and report.html, made from what its folder holds.

Such a folder has no manifest.json: it is added to when a calibration goes on, and never replaced
like the folder of a run. What it was made from stands in the posterior's own JSON file.
"""

import json
import re
import tempfile
import textwrap
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..core.inputs import Floats, Status
from ..core.parameters import PARAMETERS
from ..inference import priors as prior
from ..util import shipped
from . import markdown, palette
from .compare import leavings, reliability
from .document import Column, Document, Figure, Grid, Made, Section, grid
from .folder import FolderError
from .html import render
from .keep import REPORT, write_text
from .run import rank
from .text import percent, shorten

if TYPE_CHECKING:
    from .pictures import Picture

Figures = dict[str, Any]
Part = str | Grid
README = "README.md"
TITLE = "Calibration: what was fitted, and how far to believe it"
_DRAWS = 4000
_LONG = 50  # characters; longer cells are broken over lines
_UNMARKED = str.maketrans("", "", "*`")  # marks of Markdown in the log
_FILES = (
    ("figures.json", "every figure of this report"),
    (README, "the tables of this report, as Markdown"),
    (
        "posterior-*.csv",
        "the parameter draws of the fit, one row each; .json: what it was made from",
    ),
    ("null-*.csv", "the same of the window-aware baseline"),
    (
        "held-out-*.csv",
        "every decision, predicted by fits that have not seen its fold; .json: the "
        "log scores. `cohesion compare` reads both",
    ),
    ("scores-*.csv", "log scores of all experiments, one row for each repeat and fold"),
    ("reactions-*.json", "the fit of rules R10 and R11"),
)


def renew(folder: Path) -> None:
    """Make README.md and report.html again; nothing is fitted.

    Raises:
        FolderError: the folder holds no calibration.
    """
    for name, text in pages(folder, folder).items():
        write_text(folder / name, text)


def pages(folder: Path, kept: Path) -> dict[str, str]:
    """The pages by file name; the same folder gives the same bytes.

    Args:
        folder: With the figures and the posterior.
        kept: Where the log of specifications is, and the priors if they are not the shipped ones.

    Raises:
        FolderError: the folder holds no calibration.
    """
    try:
        figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
        posterior = sorted(folder.glob("posterior-*.csv"))[-1]
        about = json.loads(posterior.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError, IndexError) as error:
        raise FolderError(f"{folder}: holds no calibration ({error})") from error
    log = kept / "specifications.toml"
    command = figures["settings"]["command"]
    document = Document(
        title=TITLE,
        question=f"How far can the rules be believed that were fitted to "
        f"{figures['settings']['scenario']}, and what did its record teach them?",
        answer=tuple(sentences(figures)),
        further=(f"Made by: {command}. Every number is in figures.json.",),
        figures=_drawn(figures, posterior, kept),
        sections=sections(figures, specifications(log) if log.exists() else []),
        caveats=caveats(figures),
    )
    made = Made(
        facts=(
            ("Version of the program", str(about["version"])),
            ("Seed", str(about["seed"])),
            ("Weighted draws", f"{about['weighted_draws']:,}, worth {about['effective_draws']:,}"),
            ("SHA-256 of the posterior", str(about["csv_sha256"])),
            ("SHA-256 of the evidence", str(about["evidence_sha256"])),
            ("SHA-256 of the priors", str(about["priors_sha256"])),
        ),
        commands=(
            ("This was made by:", command),
            ("These pages alone, without fitting anything:", "cohesion calibrate --pages --out ."),
        ),
        files=_FILES,
    )  # fmt: skip
    return {README: markdown.render(document), REPORT: render(document, made)}


def _drawn(figures: Figures, posterior: Path, kept: Path) -> tuple[Figure, ...]:
    """The pictures; the prior is drawn from where the folder has one, else from the shipped."""
    from . import pictures  # matplotlib is slow to import

    own = kept / "priors.toml"
    believed = prior.read(own if own.exists() else shipped.folder("calibration") / "priors.toml")
    before = believed.transform(believed.cube(_DRAWS, int(figures["settings"]["seed"])))
    after = pd.read_csv(posterior)[list(prior.NAMES)].to_numpy(dtype=float)
    with tempfile.TemporaryDirectory() as place:
        return tuple(pictures.saved(lambda: draw(figures, before, after), Path(place)))


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


def sections(figures: Figures, tried: list[Figures]) -> tuple[Section, ...]:
    """Paragraphs and tables, in their order; the first section has no heading."""
    ahead = _table(
        ("change", "from", "probability in the time step", "in a year", "rank"),
        [
            (name, row["date"], row["probability"], row["in_a_year"],
             rank(row["rank"], row["of"], row["tied"]))
            for name, row in figures["one_step_ahead"].items()
        ],
    )  # fmt: skip
    sets = [
        f"Probability of just this set, given how many left ({name}): {one['rules']:.3f}; by "
        f"luck {one['luck']:.3f}."
        for name, one in figures["set_likelihood"].items()
    ]
    parts = [
        Section("", (
            "All gains are held-out log scores over the window-aware baseline (one rate between "
            "renewals, one probability at renewals, one rate of return), in nats, with every row "
            "marked consequence left out. Time is cut half-way between clusters, so that every "
            "decision is held out exactly once, the uneventful ones too. The baseline is fitted "
            "and held out the same way, under the thresholds' prior that suits it. scores-*.csv "
            "has every log score behind this page, one row for each experiment, repeat and fold.",
            _fit(figures),
        )),
        Section("Held out by cluster", (_clusters(figures),)),
        Section("One step ahead (held out)", (ahead, *sets, *_ranks(figures))),
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
            parts.append(Section(heading, tuple(section(figures))))
    specified = _table(
        ("specification", "record", "gain", "one step late", "verdict"),
        [
            tuple(
                one.translate(_UNMARKED) if isinstance(one, str) else one
                for one in (s["name"], s["record"], s.get("gain"), s.get("gain_lagged"),
                            s["verdict"])
            )
            for s in tried
        ],
    )  # fmt: skip
    said = (
        f"{len(tried)} specifications, the failures too; one was adopted. With four clusters a "
        "search over that many can find a nat by luck, so the gains above are best read as upper "
        "ends. Their gains were measured with an earlier sampler, to about 0.3."
    )
    return (*parts, Section("Specifications tried", (said, specified)))


def _clusters(figures: Figures) -> Grid:
    late = figures.get("gain_lagged_one_step")
    names = figures["gain"]["gain_by_cluster"]
    rows: list[tuple[object, ...]] = [
        (name, _signed(value), _signed(late["gain_by_cluster"][name]) if late else None)
        for name, value in names.items()
    ]
    rows.append(("all", _signed(figures["gain"]["gain"]), _signed(late["gain"]) if late else None))
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


_BINS = 40
_EDGES = (0.005, 0.985)  # quantiles between which a panel lies
_BEFORE, _AFTER, _INK = "#8a8a8a", palette.STATUS[Status.MEMBER], palette.INK


def draw(figures: Figures, before: Floats, after: Floats) -> "list[Picture]":
    """The pictures that the figures allow.

    Args:
        figures: Of the calibration.
        before: [draw, parameter] from the prior.
        after: [draw, parameter] from the posterior.
    """
    judged = reliability(pd.DataFrame(figures["calibration_curve"]), "held out")
    return [learned(figures, before, after), judged] if "posterior" in figures else [judged]


def learned(figures: Figures, before: Floats, after: Floats) -> "Picture":
    """Prior and posterior of every fitted parameter, what was learned most about first."""
    from . import pictures

    result = figures["posterior"]
    fitted = [name for name in prior.NAMES if result[name]["contraction"] is not None]
    fitted.sort(key=lambda name: -result[name]["contraction"])
    meaning = {row.name: row.meaning for row in PARAMETERS}
    rows = -(-len(fitted) // 2)
    figure, panels = pictures.sheet(1.15 * rows + 0.6, rows, 2, squeeze=False)
    for axes in panels.ravel()[len(fitted) :]:
        axes.set_axis_off()
    for axes, name in zip(panels.flat, fitted, strict=False):
        k = prior.NAMES.index(name)
        pair = (before[:, k], after[:, k])
        low = min(np.quantile(values, _EDGES[0]) for values in pair)
        high = max(np.quantile(values, _EDGES[1]) for values in pair)
        edges = np.linspace(low, high, _BINS + 1)
        for values, colour, filled in zip(pair, (_BEFORE, _AFTER), (False, True), strict=True):
            # Of all draws, those beyond the panel too, so that the areas can be compared.
            height = np.histogram(values, edges)[0] / (len(values) * np.diff(edges))
            if filled:
                axes.stairs(height, edges, fill=True, color=colour, alpha=0.65)
            axes.stairs(height, edges, color=_INK if filled else colour, linewidth=0.9)
        row = result[name]
        axes.axvline(row["mean"], color=_INK, linewidth=0.9)
        axes.axvline(row["prior_mean"], color=_BEFORE, linewidth=0.9, linestyle=(0, (2, 1.5)))
        axes.set_xlim(low, high)
        axes.set_ylim(bottom=0)
        pictures.no_sides(axes)
        axes.locator_params(axis="x", nbins=4)
        axes.set_title(
            f"{name}: contraction {share(row['contraction'])}\n"
            + textwrap.fill(shorten(meaning[name], 68), 36),
            fontsize=pictures.SMALL, loc="left", linespacing=1.15,
        )  # fmt: skip
    pictures.legend(figure, [
        pictures.area("prior", facecolor="none", edgecolor=_BEFORE),
        pictures.area("posterior", facecolor=_AFTER, edgecolor=_INK, alpha=0.65),
        pictures.line("prior mean", color=_BEFORE, lw=0.9, ls=(0, (2, 1.5))),
        pictures.line("posterior mean", color=_INK, lw=0.9),
    ])  # fmt: skip
    told = "; ".join(
        f"{name} {result[name]['mean']:.2f} "
        f"({result[name]['low']:.2f} to {result[name]['high']:.2f}),"
        f" prior mean {result[name]['prior_mean']:.2f}, contraction "
        f"{share(result[name]['contraction'])}"
        for name in fitted
    )
    return pictures.Picture(
        "learned", figure, f"Prior and posterior of each parameter, by contraction: {told}.",
        "Where the filled area (after) looks like the outline (before), the record taught nothing "
        "and the prior speaks. Contraction, 1 less the ratio of the variances, counts width "
        "only: 100 % would be certainty, below 0 the posterior is wider, and where the two means "
        "lie apart something was learned however small it is. Long tails are cut off at the right.",
    )  # fmt: skip


def share(contraction: float) -> str:
    """A contraction as a percentage, with a true minus sign."""
    return f"{100 * contraction:.0f} %".replace("-", "\N{MINUS SIGN}")
