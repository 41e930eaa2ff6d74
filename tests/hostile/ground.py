"""Sound files to spoil: a small scenario, a counterfactual of it, and what each command makes."""

import hashlib
import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.inference.draws import shipped_file
from alliance_cohesion.scenario import write_new
from alliance_cohesion.util import shipped

CHILD = """
name = "child"
base = "starter"
rewrite = "The coast stayed calm."

[parameters]
posterior = "posterior.csv"
fixed = { b_D = 2.0 }

[[change]]
name = "calm"
reason = "To see"
action = "drop"
where = { kind = "threat", from = 2003 }

[[change]]
name = "free"
reason = "To see"
action = "parameter"
parameter = "b_P"
value = 1

[[change]]
name = "offered"
reason = "To see"
action = "add"
event = { date = 2004-05-01, kind = "offer", actor = "FAR", target = "members", strength = 2 }

[sweep]
design = "latin"
points = 4
histories = 10
[sweep.vary]
b_S = "0:2"
"change:calm" = ["on", "off"]
"event:*.days" = { low = -10, high = 10 }
[[sweep.outcome]]
measure = "leavers"
"""
SWEEP = ("--vary", "b_D=1:6:2", "--vary", "alliance:notice=0,6", "--histories", "10")


def lay(folder: Path) -> None:
    """Fill an empty folder with everything there is to spoil."""
    write_new(folder / "starter")
    text = CHILD.replace("from = 2003", 'from = "2003"')
    (folder / "child.toml").write_text(text, encoding="utf-8")
    shutil.copytree(shipped.folder("scenarios") / "csto", folder / "csto", ignore=_not_read)
    posterior(folder)
    (folder / "points.csv").write_text("b_D,alliance:notice\n1,0\n2,6\n3,12\n", encoding="utf-8")
    _made("run", "starter", "--histories", "12", "--no-pictures", "--out", "run")
    _made("sweep", "starter", *SWEEP, "--no-pictures", "--out", "whole")
    # Compiled code is then there for every command: a case is not blamed for what comes once.
    _made("compare", "run", "--histories", "3")
    _made("counterfactual", "child.toml", "--histories", "20", "--no-pictures", "--out", "answer")
    for k in (1, 2):
        _made("sweep", "starter", *SWEEP, "--shard", f"{k}/2", "--out", f"shard-{k}")


def posterior(folder: Path) -> None:
    """A short posterior file that is up to date."""
    shipped_csv = shipped_file("posterior")
    assert shipped_csv is not None
    lines = shipped_csv.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "posterior.csv").write_text("".join(lines[:21]), encoding="utf-8")
    about = json.loads(shipped_csv.with_suffix(".json").read_text(encoding="utf-8"))
    (folder / "posterior.json").write_text(json.dumps(about), encoding="utf-8")
    vouch_for_posterior(folder)


def vouch_for_posterior(folder: Path) -> None:
    """Write the hash of the posterior as it is now into its manifest."""
    from alliance_cohesion.inference.basis import file_hash

    manifest = folder / "posterior.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    about["csv_sha256"] = file_hash([folder / "posterior.csv"])
    manifest.write_text(json.dumps(about), encoding="utf-8")


def vouch_for(folder: Path) -> None:
    """Write the hashes of a results folder's files as they are now into its manifest."""
    manifest = folder / "manifest.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    for name in about["files"]:
        about["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest.write_text(json.dumps(about), encoding="utf-8")


def _made(*words: str) -> None:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output


def _not_read(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".md") or name in ("coding", "coverage.csv")]


def refused(*words: str) -> str:
    """The message of a command that ends with status 2 and prints nothing else."""
    done = CliRunner().invoke(app, list(words))
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    return done.stderr
