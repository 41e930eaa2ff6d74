"""Cases by kind: spoil one sound thing, and say which command meets it."""

import csv
import io
import json
import os
import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit

from . import ground, nasty

Command = list[str]
Kind = Callable[[random.Random, Path], Command]

CHILD_FILES = ("starter", "child.toml", "posterior.csv", "posterior.json")
RUN = ["--histories", "3", "--no-pictures", "--out", "out"]


def meet(rng: random.Random, scenario: str) -> Command:
    """A command that reads a scenario."""
    return rng.choice(
        (
            ["check", scenario],
            ["check", scenario],
            ["run", scenario, *RUN],
            ["run", scenario, *RUN, "--json"],
            ["explain", scenario, "ANA", "2004-05", "--json"],
            ["sweep", scenario, "--dry-run"],
        )
    )


def scenario_bytes(rng: random.Random, place: Path) -> Command:
    """A scenario file with spoiled bytes."""
    name = rng.choice(("starter/scenario.toml", "child.toml", "csto/scenario.toml"))
    _spoil(rng, place / name)
    return meet(rng, name)


def scenario_values(rng: random.Random, place: Path) -> Command:
    """A scenario file with values of other kinds and sizes."""
    name = rng.choice(("starter/scenario.toml", "child.toml", "child.toml"))
    tree = tomllib.loads((place / name).read_text(encoding="utf-8"))
    nasty.edit(rng, tree, rng.choice((1, 1, 1, 2, 5)))
    _toml(place / name, tree)
    return meet(rng, name)


def table_bytes(rng: random.Random, place: Path) -> Command:
    """An evidence table with spoiled bytes."""
    folder = rng.choice(("starter", "starter", "csto"))
    _spoil(rng, place / folder / rng.choice(("events.csv", "indicators.csv")))
    return meet(rng, folder)


def table_cells(rng: random.Random, place: Path) -> Command:
    """An evidence table with nasty cells, rows and columns."""
    table = place / "starter" / rng.choice(("events.csv", "indicators.csv"))
    _cells(rng, table)
    return meet(rng, "starter")


def posterior_bytes(rng: random.Random, place: Path) -> Command:
    """A posterior or its manifest with spoiled bytes."""
    name = rng.choice(("posterior.csv", "posterior.csv", "posterior.json"))
    _spoil(rng, place / name)
    if name == "posterior.csv" and rng.random() < 0.7:
        ground.vouch_for_posterior(place)
    return rng.choice((["run", "child.toml", *RUN], ["sweep", "child.toml", "--dry-run"]))


def posterior_values(rng: random.Random, place: Path) -> Command:
    """A posterior with nasty cells, or a manifest with other values."""
    if rng.random() < 0.7:
        _cells(rng, place / "posterior.csv")
        ground.vouch_for_posterior(place)
    else:
        _json(rng, place / "posterior.json")
    return ["run", "child.toml", *RUN]


def results_bytes(rng: random.Random, place: Path) -> Command:
    """A results folder with spoiled bytes, whose manifest vouches for them or does not."""
    name = rng.choice(("histories.nc", "histories.nc", "manifest.json", "summary.json"))
    _spoil(rng, place / "run" / name)
    if name != "manifest.json" and rng.random() < 0.8:
        ground.vouch_for(place / "run")
    return _meet_results(rng)


def results_values(rng: random.Random, place: Path) -> Command:
    """A results folder whose manifest or summary says something else."""
    _json(rng, place / "run" / rng.choice(("manifest.json", "manifest.json", "summary.json")))
    return _meet_results(rng)


def sweep_bytes(rng: random.Random, place: Path) -> Command:
    """The folder of a sweep with spoiled bytes."""
    folder = rng.choice(("whole", "shard-1", "shard-2"))
    files = sorted(path for path in (place / folder).rglob("*") if path.is_file())
    _spoil(rng, rng.choice(files))
    return _meet_sweep(rng, folder)


def sweep_values(rng: random.Random, place: Path) -> Command:
    """The folder of a sweep with a manifest that says something else, or chunks of another kind."""
    folder = rng.choice(("whole", "shard-1"))
    if rng.random() < 0.7:
        _json(rng, place / folder / "manifest.json")
    else:
        chunk = rng.choice(sorted((place / folder / "chunks").rglob("*.parquet")))
        _chunk(rng, chunk)
    return _meet_sweep(rng, folder)


def sweep_inputs(rng: random.Random, place: Path) -> Command:
    """Inputs of a sweep that are none, from the command line or a list."""
    if rng.random() < 0.4:
        _cells(rng, place / "points.csv")
        return ["sweep", "starter", "--list", "points.csv", "--dry-run"]
    known = ("b_D", "omega", "h_align", "event:coast-2003.strength", "event:*.days",
             "event:*.present", "alliance:renewal", "alliance:notice", "alliance:offers",
             "alliance:renewal_length",
             "indicator:ANA.energy", "change:calm", "event:coast-2003.days")  # fmt: skip
    names = known if rng.random() < 0.8 else nasty.WORDS
    two = [rng.choice(nasty.NUMBERS[:16]) for _ in range(2)]
    words = ["0:1", "1:1e300:9", "-1e300:1e300", "1:5:10000", "nan:nan", "1,1", "on,off", "1:4",
             "act,automatic", "off", "0:2:2", "-400000:4000000", "rule,record",
             "0,1,2"]  # fmt: skip
    words += [f"{two[0]}:{two[1]}", f"{two[0]},{two[1]}", rng.choice(nasty.WORDS)]
    design = rng.choice(("grid", "latin", "sobol", "morris", "saltelli", "list"))
    vary = [f"--vary={rng.choice(names)}={rng.choice(words)}" for _ in range(rng.choice((1, 2)))]
    word = ["--dry-run"] if rng.random() < 0.6 else ["--histories", "3", "--no-pictures"]
    return ["sweep", "starter", *vary, "--design", design, "--points", "4", *word]


def paths(rng: random.Random, place: Path) -> Command:
    """Names that stand for pipes, devices, folders, loops, or places elsewhere."""
    os.mkfifo(place / "pipe")
    (place / "folder").mkdir()
    (place / "loop").symlink_to("loop")
    (place / "zero.toml").symlink_to("/dev/zero")
    name = rng.choice((*nasty.WORDS, "zero.toml", "pipe", "loop", "folder", "y" * 300, "/dev/zero"))
    match rng.randrange(7):
        case 0:
            _replace(place / "starter/scenario.toml", '"events.csv"', json.dumps(name))
        case 1:
            _replace(place / "child.toml", '"starter"', json.dumps(name))
            return meet(rng, "child.toml")
        case 2:
            _replace(place / "child.toml", '"posterior.csv"', json.dumps(name))
            return ["run", "child.toml", *RUN]
        case 3:
            return meet(rng, name)
        case 4:
            victim = place / rng.choice(
                ("starter/events.csv", "run/manifest.json", "run/histories.nc", "posterior.json",
                 "whole/manifest.json", "starter/scenario.toml", "points.csv")
            )  # fmt: skip
            victim.unlink()
            if rng.random() < 0.5:
                os.mkfifo(victim)
            else:
                victim.symlink_to(rng.choice(("/dev/zero", "loop", victim.name, "/etc")))
            listed = ["sweep", "starter", "--list", "points.csv", "--dry-run"]
            sweep, results = _meet_sweep(rng, "whole"), _meet_results(rng)
            return rng.choice((results, sweep, listed, meet(rng, "starter"),
                               ["run", "child.toml", *RUN]))  # fmt: skip
        case 5:
            return ["run", "starter", "--histories", "3", "--no-pictures", "--out", name or "x"]
        case _:
            return rng.choice((["new", name or "x"], ["sweep", "starter", "--list", name]))
    return meet(rng, "starter")


def bases(rng: random.Random, place: Path) -> Command:
    """Chains and cycles of bases."""
    length = rng.choice((1, 2, 3, 9, 10, 11, 12, 40))
    last = rng.choice(("starter", "b0.toml", "b1.toml", "csto", "../bases", f"b{length - 1}.toml"))
    for k in range(length):
        base = f"b{k + 1}.toml" if k < length - 1 else last
        text = f'name = "b{k}"\nbase = {json.dumps(base)}\n' + rng.choice(("", "[run]\nseed = 2\n"))
        (place / f"b{k}.toml").write_text(text, encoding="utf-8")
    return meet(rng, "b0.toml")


def huge(rng: random.Random, place: Path) -> Command:
    """Files, cells, rows, headers and nests that are too large."""
    events, toml = place / "starter/events.csv", place / "starter/scenario.toml"
    head, first, *_ = events.read_text(encoding="utf-8").splitlines()
    size = rng.choice((10**5, 10**6, 10**7))
    match rng.randrange(12):
        case 0:
            events.write_text(f"{head}\n{first},{'x' * size}\n", encoding="utf-8")
        case 1:
            events.write_text(head + "," * size + "\n", encoding="utf-8")
        case 2:
            events.write_text(f"{head}\n" + f"{',' * head.count(',')}\n" * (size // 10))
        case 3:
            events.write_text(f"{head}\n" + "\n".join(["a" + "," * head.count(",")] * (size // 20)))
        case 4:
            events.write_text(f"{head}\n" + '"' * size)
        case 5:
            os.truncate(events, rng.choice((2**25 + 1, 2**33)))
        case 6:
            _append(toml, "x = " + "[" * size + "]" * size)
        case 7:
            _append(toml, "[sweep.vary]\n" + "".join(f"k{k} = 1\n" for k in range(size // 100)))
        case 8:
            key = f"a{'.a' * size}"
            _append(toml, rng.choice((f"[{key}]\n", f"{key} = 1\n")))
        case 9:
            _append(toml, f"[run]\nseed = 0x{'f' * (size // 10)}\n")
        case 10:
            states = ", ".join(f'"S{k}"' for k in range(size // 100))
            text = toml.read_text(encoding="utf-8")
            members = text.index("members")
            _replace(toml, text[members : text.index("]", members) + 1], f"members = [{states}]")
        case _:
            deep = "[" * (size // 10) + "]" * (size // 10)
            (place / "run/manifest.json").write_text(f'{{"program": {deep}}}')
            return _meet_results(rng)
    return rng.choice((["check", "starter"], ["run", "starter", *RUN]))


def command_line(rng: random.Random, place: Path) -> Command:
    """Words that no command expects."""
    commands = {
        "run": ["starter", "--histories", "3", "--seed", "1", "--no-pictures", "--out", "out"],
        "check": ["starter", "child.toml"],
        "explain": ["starter", "ANA", "2004-05", "--seed", "1", "--json"],
        "counterfactual": ["child.toml", "--histories", "20", "--seed", "1", "--no-pictures"],
        "sweep": ["starter", "--vary", "b_D=1:2:2", "--points", "4", "--histories", "10",
                  "--shard", "1/2", "--workers", "1", "--dry-run"],
        "merge": ["shard-1", "shard-2", "--out", "merged", "--no-pictures"],
        "new": ["fresh"], "schema": ["--out", "schema.json"],
        "compare": ["run", "--histories", "3", "--seed", "1"],
    }  # fmt: skip
    name = rng.choice(list(commands))
    words = [name, *commands[name]]
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(1, len(words))
        if words[at].startswith("--") and rng.random() < 0.7:
            continue
        words[at] = rng.choice(
            (*nasty.WORDS, *(str(n) for n in nasty.NUMBERS if n != 10**9), "\udcff", "--", "-x")
        )
    words = ["1000" if word == "100000" else word for word in words]  # much work is no hang
    return [word.replace("\0", "") for word in words]


def _meet_results(rng: random.Random) -> Command:
    return rng.choice(
        (["read", "run"], ["read", "run"], ["run", "starter", "--histories", "3", "--no-pictures",
                                           "--out", "run"])
    )  # fmt: skip


def _meet_sweep(rng: random.Random, folder: str) -> Command:
    if folder.startswith("shard"):
        return ["merge", "shard-1", "shard-2", "--out", "merged", "--no-pictures"]
    return rng.choice(
        (
            ["sweep", "starter", *ground.SWEEP, "--no-pictures", "--out", folder, "--resume"],
            ["merge", folder, "--out", "merged", "--no-pictures"],
        )
    )


def _spoil(rng: random.Random, path: Path) -> None:
    path.write_bytes(nasty.spoil(rng, path.read_bytes()))


def _cells(rng: random.Random, path: Path) -> None:
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    text = io.StringIO()
    csv.writer(text).writerows(nasty.cells(rng, rows))
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))


def _json(rng: random.Random, path: Path) -> None:
    tree = json.loads(path.read_text(encoding="utf-8"))
    tree = nasty.value(rng) if rng.random() < 0.05 else nasty.edit(rng, tree, rng.choice((1, 2)))
    path.write_text(json.dumps(tree, default=str), encoding="utf-8")


def _toml(path: Path, tree: Any) -> None:
    path.write_bytes(tomlkit.dumps(tree).encode("utf-8", "surrogatepass"))


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _replace(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def _chunk(rng: random.Random, path: Path) -> None:
    table = pq.read_table(path)
    about = table.schema.metadata
    rows = rng.choice((1, 10**4, 10**7))
    columns = {
        "outcome": pa.array(np.zeros(rows, np.int32)),
        "value": pa.array(np.full(rows, rng.choice((0, -1, 2**62)), np.int64)),
        "count": pa.array(np.full(rows, rng.choice((10, 0, -5)), np.int64)),
    }
    if rng.random() < 0.3:
        columns["count"] = pa.array(["x"] * rows)
    made = pa.table(columns).replace_schema_metadata(about)
    pq.write_table(made, path, compression="zstd")


KINDS: dict[str, tuple[Kind, int, tuple[str, ...]]] = {
    "scenario: bytes": (scenario_bytes, 14, (*CHILD_FILES, "csto")),
    "scenario: values": (scenario_values, 16, CHILD_FILES),
    "table: bytes": (table_bytes, 12, ("starter", "csto")),
    "table: cells": (table_cells, 12, ("starter",)),
    "posterior: bytes": (posterior_bytes, 6, CHILD_FILES),
    "posterior: values": (posterior_values, 6, CHILD_FILES),
    "results: bytes": (results_bytes, 6, ("starter", "run")),
    "results: values": (results_values, 5, ("starter", "run")),
    "sweep: bytes": (sweep_bytes, 5, ("starter", "whole", "shard-1", "shard-2")),
    "sweep: values": (sweep_values, 5, ("starter", "whole", "shard-1", "shard-2")),
    "sweep: inputs": (sweep_inputs, 6, ("starter", "points.csv")),
    "paths": (paths, 6, (*CHILD_FILES, "run", "whole", "points.csv")),
    "bases": (bases, 3, ("starter",)),
    "huge": (huge, 3, ("starter", "run")),
    "command line": (command_line, 8, (*CHILD_FILES, "run", "shard-1", "shard-2")),
}
"""By name: what makes a case, how many in a hundred or so, and the sound things it needs."""
