"""Scenarios of users at which sweeps were wrong: each against an independent run, or by hand."""

import csv
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis.sweep import make_plan, merge, sweep
from alliance_cohesion.scenario import ScenarioError, write_new

from .sweeps import contents

HISTORIES = 300


@pytest.fixture
def my(tmp_path, monkeypatch) -> Path:
    """A folder with the starter scenario `my`."""
    monkeypatch.chdir(tmp_path)
    write_new(tmp_path / "my")
    return tmp_path


def child(name: str, *changes: str, base: str = "my") -> None:
    """A scenario file that rests on another."""
    text = f'name = "{name}"\nbase = "{base}"\nrewrite = "r"\n'
    text += "".join(f'[[change]]\nreason = "r"\n{change}\n' for change in changes)
    Path(f"{name}.toml").write_text(text)


def add_row(text: str) -> None:
    """A row of the starter's events."""
    file = Path("my/events.csv")
    header = next(csv.reader(file.read_text().splitlines()))
    given = dict(part.split("=", 1) for part in text.split(";"))
    cells = {"confidence": "high", "source": "s", "description": "d"} | given
    file.write_text(file.read_text().rstrip("\n") + "\n" +
                    ",".join(cells.get(key, "") for key in header) + "\n")  # fmt: skip


def outcomes_of_a_run(scenario: str) -> dict[str, float]:
    """The usual outcomes of a scenario, counted from the histories of `run`."""
    sim = ac.load(scenario)
    data = sim.run(histories=HISTORIES).dataset
    path = data["path"].values
    n, T, states = path.shape
    found = {}
    leavers, nobody, first_exits = 0, 0, 0.0
    for history in path:
        exits = []
        for i in range(states):
            before = sim.inputs.initial[i]
            for t in range(T):
                if before == 0 and history[t, i] != 0:
                    exits.append((i, t))
                before = history[t, i]
        leavers += len({i for i, _ in exits})
        nobody += not exits
        first_exits += min((t for _, t in exits), default=T) / 4
    end = sim.scenario.clock.end
    found[f"nobody has left by {end}"] = nobody / n
    found[f"leavers by {end}"] = leavers / n
    found["years to the first exit"] = first_exits / n
    for i, state in enumerate(sim.scenario.states):
        found[f"{state} frozen on {end}"] = (path[:, -1, i] == 1).mean()
        found[f"{state} out on {end}"] = (path[:, -1, i] == 2).mean()
    entry, record = sim.inputs.drivers.entry, sim.inputs.record[sim.inputs.drivers.first :]
    steps = sim.inputs.drivers.first + np.arange(T)
    decides = steps[:, None] > entry[None]
    found["share of the record"] = (path == record)[:, decides].mean()
    return found


def at_points(scenario: str, name: str, values: str) -> list[dict[str, float]]:
    made = make_plan(ac.load(scenario), vary={name: values}, histories=HISTORIES)
    table = sweep(made, Path("out")).findings.table
    return [dict(row) for _, row in table.drop(columns=name).iterrows()]


def test_a_point_that_moves_an_accession_gives_what_a_run_gives(my):
    add_row("id=karth-in;kind=status;actor=Karth;date=2000-06-15;strength=member")
    shift = 'action = "shift"\nwhere = { id = "karth-in" }\ndays = 1000'
    child("later", f'name = "n"\n{shift}')
    found = at_points("my", "event:karth-in.days", "0,1000")
    for row, scenario in zip(found, ("my", "later.toml"), strict=True):
        assert row == pytest.approx(outcomes_of_a_run(scenario), abs=1e-12)
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("members", "absent"),
    [
        (["Velia", "Karth", "Ostra"], []),
        (["Ostra", "Velia"], ["Karth"]),
        (["Hill Bands", "Ostra", "Velia"], ["Karth", "Hill Bands"]),
    ],
)
def test_a_point_with_other_members_gives_what_a_run_gives(my, members, absent):
    child("other", f'name = "n"\naction = "alliance"\nset = {{ members = {json.dumps(members)} }}')
    found = at_points("other.toml", "change:n", "on,off")
    for row, scenario in zip(found, ("other.toml", "my"), strict=True):
        told = outcomes_of_a_run(scenario)
        told = {key: told[key] for key in told if not key.startswith(tuple(absent or "-"))}
        assert row == pytest.approx(told, abs=1e-12)
    notes = json.loads(Path("out/summary.json").read_text())["notes"]
    assert sorted(absent) == sorted(s for s in ("Karth", "Hill Bands") if s in str(notes))


def test_an_outcome_of_a_state_that_is_no_member_at_some_points_is_refused(my):
    child("no", 'name = "n"\naction = "alliance"\nset = { members = ["Ostra", "Velia"] }')
    outcome = [{"measure": "left", "state": "Karth"}]
    with pytest.raises(ScenarioError, match='"Karth", no member at some points; allowed: Ostra, V'):
        make_plan(ac.load("no.toml"), vary={"change:n": "on,off"}, outcome=outcome)


def test_a_scenario_that_borrows_a_table_can_be_swept(my):
    shutil.copytree("my", "bor")
    file = Path("bor/scenario.toml")
    text = file.read_text().replace('events = "events.csv"', 'events = ["../my/events.csv"]')
    file.write_text(text)
    Path("bor/events.csv").unlink()
    assert at_points("bor", "b_D", "1,2") == at_points_again("my", "b_D", "1,2")


def at_points_again(*words: str) -> list[dict[str, float]]:
    shutil.rmtree("out")
    return at_points(*words)


def test_a_shipped_scenario_with_a_list_of_tables_can_be_swept():
    assert len(make_plan(ac.load("cis-charter"), vary={"b_D": "1,2"}).points) == 2


@pytest.mark.parametrize("layout", ["base beside", "two folders of one name", "tables in a folder"])
def test_shards_of_ordinary_layouts_are_merged(my, layout):
    scenario = {"base beside": "beside.toml", "two folders of one name": "q2/alliance"}.get(
        layout, "my"
    )
    if layout == "base beside":
        child("beside")
    elif layout == "two folders of one name":
        Path("q1").mkdir()
        shutil.move("my", "q1/alliance")
        Path("q2/alliance").mkdir(parents=True)
        change = 'name = "p"\naction = "drop"\nwhere = { id = "coast-2003" }'
        child("q2", change, base="../../q1/alliance")
        shutil.move("q2.toml", "q2/alliance/scenario.toml")
    else:
        Path("my/data").mkdir()
        for name in ("events", "indicators"):
            shutil.move(f"my/{name}.csv", f"my/data/{name}.csv")
        file = Path("my/scenario.toml")
        text = file.read_text()
        for name in ("events", "indicators"):
            text = text.replace(f'"{name}.csv"', f'"data/{name}.csv"')
        file.write_text(text)
    made = make_plan(ac.load(scenario), vary={"b_D": "1:6:40"}, histories=20)
    sweep(made, "whole")
    for i in (1, 2):
        sweep(made, f"shard-{i}", shard=(i, 2))
    assert merge([Path("shard-1"), Path("shard-2")], Path("merged")).findings
    assert contents(Path("merged")) == contents(Path("whole"))
    again = json.loads(Path("merged/manifest.json").read_text())["again"]
    copied = ac.load(Path("merged") / shlex.split(again)[2])
    assert copied.run(histories=50).dataset.equals(ac.load(scenario).run(histories=50).dataset)


def test_a_region_is_the_one_that_is_shown(my):
    pytest.importorskip("ema_workbench")
    child("prim")
    made = make_plan(
        ac.load("prim.toml"),
        design="latin", points=40, histories=60,
        vary={"b_D": "0:4", "alliance:first_renewal": ["act", "automatic"]},
        outcome=[{"name": "velia", "measure": "frozen_or_out", "state": "Velia"}],
        interest={"outcome": "velia", "above": 0.4},
    )  # fmt: skip
    box = sweep(made, "out").findings.regions[0]
    assert list(box["limits"]) == ["alliance:first_renewal"]
    with Path("out/outcomes.csv").open() as file:
        inside = [r for r in csv.DictReader(file) if r["alliance:first_renewal"] == "act"]
    cases = sum(float(row["velia"]) > 0.4 for row in inside)
    everywhere = json.loads(Path("out/summary.json").read_text())["points"]
    assert (box["cases"], box["points"]) == (cases, len(inside))
    assert 0 < cases < len(inside) == 20
    assert (box["density"], box["mass"]) == (cases / 20, 20 / everywhere)


def test_an_id_with_brackets_is_a_name_and_no_pattern(my):
    file = Path("my/events.csv")
    file.write_text(file.read_text().replace("coast-2003", "coast[2003].v1"))
    made = make_plan(ac.load("my"), vary={"event:coast[2003].v1.days": "0,30"}, histories=20)
    assert made.points == ((0.0,), (30.0,))
    made = make_plan(ac.load("my"), vary={"event:coast[2003]*.present": "on,off"}, histories=20)
    assert len(made.points) == 2
    with pytest.raises(ScenarioError, match="no row matches"):
        make_plan(ac.load("my"), vary={"event:coast[0-9].v1.days": "0,30"})


FORKS = """
import multiprocessing, sys, threading
import alliance_cohesion as ac
from alliance_cohesion.analysis.sweep import make_plan, sweep
from alliance_cohesion.analysis.sweep.workers import processes
from pathlib import Path

def share(seed):
    return float(ac.load("my").run(histories=200, seed=seed).dataset.share.values[-1, 2, 0])

if __name__ == "__main__":
    expected = share(1)
    plan = make_plan(ac.load("my"), vary={"b_D": "1:6:40"}, histories=20)
    sweep(plan, "one", workers=processes(2))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(share, [1, 1]) == [expected] * 2
    found = []
    threads = [threading.Thread(target=lambda: found.append(share(1))) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert found == [expected] * 3
    print("done")
"""


def test_worker_processes_and_threads_work_after_a_run(my):
    Path("forks.py").write_text(FORKS)
    done = subprocess.run([sys.executable, "forks.py"], capture_output=True, text=True, timeout=240)
    assert done.stdout == "done\n", done.stderr
