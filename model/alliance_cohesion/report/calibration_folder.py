"""The pages of a calibration's folder, made from what else the folder holds.

Such a folder has no manifest.json: it is added to when a calibration goes on, and never replaced
like the folder of a run. What it was made from stands in the posterior's own JSON file.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from ..inference import priors as prior
from ..util import shipped
from . import calibrate as page
from .document import Document, Figure, Made
from .folder import FolderError
from .html import render
from .keep import REPORT, write_text

README = "README.md"
_DRAWS = 4000
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
    tried = page.specifications(log) if log.exists() else []
    command = figures["settings"]["command"]
    document = Document(
        title=page.TITLE,
        question=f"How far can the rules be believed that were fitted to "
        f"{figures['settings']['scenario']}, and what did its record teach them?",
        answer=tuple(page.sentences(figures)),
        figures=_drawn(figures, posterior, kept),
        sections=page.sections(figures, tried),
        caveats=page.caveats(figures),
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
    return {README: page.page(figures, tried, command), REPORT: render(document, made)}


def _drawn(figures: dict[str, Any], posterior: Path, kept: Path) -> tuple[Figure, ...]:
    """The pictures; the prior is drawn from where the folder has one, else from the shipped."""
    from . import calibration_plot, pictures  # matplotlib is slow to import

    own = kept / "priors.toml"
    believed = prior.read(own if own.exists() else shipped.folder("calibration") / "priors.toml")
    before = believed.transform(believed.cube(_DRAWS, int(figures["settings"]["seed"])))
    after = pd.read_csv(posterior)[list(prior.NAMES)].to_numpy(dtype=float)
    with tempfile.TemporaryDirectory() as place:
        return tuple(
            pictures.saved(
                lambda: calibration_plot.draw(figures, prior.NAMES, before, after), Path(place)
            )
        )
