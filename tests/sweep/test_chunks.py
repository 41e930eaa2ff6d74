"""A chunk's result depends on the chunk alone: not on who does it, when, or with what else."""

import csv
import itertools
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_cohesion.analysis.sweep import SweepError, merge, sweep, work
from alliance_cohesion.analysis.sweep.folder import opened
from alliance_cohesion.analysis.sweep.outcomes import measure
from alliance_cohesion.analysis.sweep.plan import Chunk, chunks
from alliance_cohesion.analysis.sweep.work import do, job
from alliance_cohesion.analysis.sweep.workers import processes
from alliance_cohesion.util.processes import cores
from alliance_cohesion.util.processes import workers as worker_processes

from .sweeps import contents, plan, starter

PLAN = {"chunk": [3, 4], "points": {"count": 7}}


def test_chunks_cover_all_points_and_histories_once_and_never_cross_an_extension():
    every = chunks(PLAN, [5, 12], (1, 1))
    assert {(c.first, c.last) for c in every} == {(0, 3), (3, 6), (6, 7)}
    assert [(c.start, c.stop) for c in every[:4]] == [(0, 4), (4, 5), (5, 9), (9, 12)]
    assert sum(c.histories for c in every) == 7 * 12


def test_shards_share_out_all_chunks():
    parts = [chunks(PLAN, [10], (i, 4)) for i in (1, 2, 3, 4)]
    assert sorted(itertools.chain(*parts)) == chunks(PLAN, [10], (1, 1))
    assert [len(part) for part in parts] == [3, 2, 2, 2]


def test_chunks_in_any_order_add_up_to_the_whole(tmp_path):
    made = plan(tmp_path)
    work_ = job(made)
    whole = do(work_, (Chunk(3, 5, 0, 90), made.points[3:5])).counts
    parts = [Chunk(4, 5, 50, 90), Chunk(4, 5, 0, 13), Chunk(3, 4, 0, 90), Chunk(4, 5, 13, 50)]
    counts = pd.concat(do(work_, (c, made.points[c.first : c.last])).counts for c in parts)
    keys = ["point", "outcome", "value"]
    added, whole = (t.groupby(keys)["histories"].sum() for t in (counts, whole))
    pd.testing.assert_series_equal(added, whole)


def test_a_point_that_changes_nothing_gives_the_histories_of_a_run(tmp_path):
    made = plan(tmp_path, vary={"event:coast-2003.days": "0,5"}, histories=200)
    sim = starter(tmp_path)
    data = sim.run(histories=200).dataset
    row = sweep(made, tmp_path / "out").findings.table.iloc[0]
    end = sim.scenario.clock.end
    for state in sim.scenario.states:
        shares = data["share"].sel(state=state).values[-1]
        assert row[f"{state} frozen on {end}"] == pytest.approx(shares[1], abs=1e-12)
        assert row[f"{state} out on {end}"] == pytest.approx(shares[2], abs=1e-12)
    assert row[f"leavers by {end}"] == pytest.approx(data["left_by"].values[-1].sum())


def test_outcomes_are_what_they_are_called_worked_by_hand(tmp_path):
    toml = "\n".join(
        f'\n[[sweep.outcome]]\nname = "{name}"\nmeasure = "{what}"\n{more}'
        for name, what, more in [
            ("either", "frozen_or_out", 'state = "Ostra"'),
            ("early", "frozen_or_out", 'state = "Ostra"\nby = 2000-05-05'),
            ("frozen", "frozen", 'state = "Ostra"\nby = 2000-05-05'),
            ("out", "out", 'state = "Ostra"\nby = 2000-05-05'),
            ("out too", "out", 'state = "Velia"'),
            ("left", "left", 'state = "Ostra"'),
            ("leavers", "leavers", ""),
            ("nobody", "nobody_left", ""),
            ("first", "first_exit", ""),
            ("first of Velia", "first_exit", 'state = "Velia"'),
            ("record", "record", ""),
        ]
    )
    made = plan(tmp_path, toml, vary={"b_D": "1:2:2"})
    sim = starter(tmp_path)
    T, N = len(sim.inputs.decided), 3
    path = np.zeros((2, T, N), np.int8)
    path[1, 1:, 1] = 1  # Ostra freezes in the second quarter and comes back in the end
    path[1, -1, 1] = 0
    path[1, 5:, 2] = 2  # Velia leaves in the sixth
    record = np.zeros((len(sim.inputs.steps), N), np.int8)
    entered = sim.inputs.drivers._replace(entry=np.full(N, -1))
    inputs = replace(sim.inputs, initial=np.zeros(N, np.int8), record=record, drivers=entered)
    found = measure(path, inputs, 0, made.outcomes)
    wrong = (T - 2) + (T - 5)
    years = T / 4
    assert dict(zip((o.name for o in made.outcomes), found.tolist(), strict=True)) == {
        "either": [0, 0],
        "early": [0, 1],
        "frozen": [0, 1],
        "out": [0, 0],
        "out too": [0, 1],
        "left": [0, 1],
        "leavers": [0, 2],
        "nobody": [1, 0],
        "first": [years, 0.25],
        "first of Velia": [years, 1.25],
        "record": [1, (T * N - wrong) / (T * N)],
    }


def test_exits_of_a_projection_count_from_the_end_of_the_record_on(tmp_path):
    starter(tmp_path)
    file = tmp_path / "starter" / "scenario.toml"
    clock = "end = 2009-12-31\nknown_until = 2004-12-31"
    file.write_text(file.read_text().replace("end = 2009-12-31", clock, 1))
    made = plan(tmp_path, vary={"b_D": [0.5]}, histories=300)
    found = sweep(made, tmp_path / "out").findings.table
    assert "record" not in [outcome.measure for outcome in made.outcomes]
    file.write_text(file.read_text() + "\n[parameters.fixed]\nb_D = 0.5\n")
    whole = starter(tmp_path).run(histories=300).dataset["path"].values
    path = whole[:, 19:]  # from the end of 2004 on
    left = (path[:, :-1] == 0) & (path[:, 1:] != 0)
    quarters = np.where(left.any((1, 2)), left.any(2).argmax(1), 20)
    assert found["leavers by 2009-12-31"][0] == pytest.approx(left.any(1).sum(1).mean())
    assert found["nobody has left by 2009-12-31"][0] == (~left.any((1, 2))).mean()
    assert found["years to the first exit"][0] == pytest.approx(quarters.mean() / 4)
    assert 0 < quarters.mean() < 20


def test_all_points_share_the_random_numbers_of_their_histories(tmp_path):
    made = plan(tmp_path, vary={"b_D": [2, 2.000001]}, histories=400)
    table = sweep(made, tmp_path / "out").findings.table
    assert np.abs(table.iloc[0, 1:] - table.iloc[1, 1:]).max() < 0.02


def test_processes_give_the_same_bytes_as_one(tmp_path):
    made = plan(tmp_path)
    sweep(made, tmp_path / "one")
    sweep(made, tmp_path / "two", workers=processes(2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_shards_merged_give_the_same_bytes_as_the_whole(tmp_path):
    made = plan(tmp_path)
    sweep(made, tmp_path / "whole")
    parts = [tmp_path / f"part-{i}" for i in (1, 2, 3)]
    for i, part in enumerate(parts, start=1):
        assert sweep(made, part, shard=(i, 3)).findings is None
    report = merge(parts[:2], tmp_path / "merged")
    assert (report.done, report.missing, report.findings) == (6, 3, None)
    assert not opened(tmp_path / "merged").manifest["complete"]
    assert merge(parts[2:], tmp_path / "merged").findings is not None
    assert contents(tmp_path / "whole") == contents(tmp_path / "merged")


@pytest.fixture
def dry(monkeypatch):
    """Points at which the model fails."""
    points = {2, 5}
    measured = work._measured

    def fails(job, chunk, point, threads):
        if chunk.first in points:
            raise ValueError("the well is dry")
        return measured(job, chunk, point, threads)

    monkeypatch.setattr(work, "_measured", fails)
    return points


def test_points_that_failed_in_any_shard_are_failures_of_the_whole(tmp_path, dry):
    made, parts = plan(tmp_path), [tmp_path / "a", tmp_path / "b"]
    failed = [set(sweep(made, part, shard=(i, 2)).failures) for i, part in enumerate(parts, 1)]
    assert failed == [{2}, {5}]
    assert merge(parts[:1], tmp_path / "merged").missing == 4
    report = merge(parts[1:], tmp_path / "merged")
    assert set(report.failures) == {2, 5}
    assert report.findings is not None
    dry.clear()
    sweep(made, parts[0], shard=(1, 2), resume=True)
    assert set(merge(parts, tmp_path / "merged").failures) == {5}


def test_a_point_that_fails_in_a_later_chunk_is_a_failure_too(tmp_path, monkeypatch):
    measured = work._measured

    def fails(job, chunk, point, threads):
        if chunk.first == 2 and chunk.start >= 20:
            raise ValueError("the well is dry")
        return measured(job, chunk, point, threads)

    monkeypatch.setattr(work, "_measured", fails)
    findings = sweep(replace(plan(tmp_path), chunk=(1, 20)), tmp_path / "out").findings
    assert set(findings.failures) == {2}
    assert 2 not in findings.table.index
    assert len(findings.table) == 8


def test_merging_again_mends_a_damaged_chunk_from_a_shard_that_has_it_whole(tmp_path):
    made, parts = plan(tmp_path), [tmp_path / "part-1", tmp_path / "part-2"]
    for i, part in enumerate(parts, start=1):
        sweep(made, part, shard=(i, 2))
    merge(parts, tmp_path / "merged")
    whole = contents(tmp_path / "merged")
    next((tmp_path / "merged" / "chunks").iterdir()).write_bytes(b"half a chunk")
    assert merge(parts, tmp_path / "merged").done == 1
    assert contents(tmp_path / "merged") == whole


def test_shards_of_different_sweeps_are_not_merged(tmp_path):
    made, other = plan(tmp_path), plan(tmp_path, vary={"b_D": "1:2:2"})
    sweep(made, tmp_path / "a", shard=(1, 2))
    sweep(other, tmp_path / "b", shard=(2, 2))
    with pytest.raises(SweepError, match=r"another sweep \(different: points: .*variables"):
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_an_extended_sweep_equals_a_longer_one_and_redoes_nothing(tmp_path):
    short, long = plan(tmp_path), plan(tmp_path, histories=80)
    sweep(short, tmp_path / "short")
    before = contents(tmp_path / "short")
    report = sweep(short, tmp_path / "short", extend=30)
    assert (report.kept, report.done) == (9, 9)
    sweep(long, tmp_path / "long")
    for name in ("outcomes.parquet", "outcomes.csv", "summary.json"):
        one, two = (tmp_path / out / name for out in ("short", "long"))
        assert one.read_bytes() == two.read_bytes(), name
    after = contents(tmp_path / "short")
    assert all(after[name] == before[name] for name in before if name.startswith("chunks"))


def test_memory_holds_one_chunk_at_a_time(tmp_path):
    made = plan(tmp_path, histories=4500)
    sizes = []

    def watched(job, tasks):
        for task in tasks:
            sizes.append(task[0].histories)
            yield do(job, task)

    sweep(made, tmp_path / "out", workers=watched)
    assert sizes == [2000, 2000, 500] * 9


def test_means_errors_and_quantiles_are_those_of_the_histories(tmp_path):
    made = plan(tmp_path, vary={"b_D": "1:2:2"}, histories=60)
    sweep(made, tmp_path / "out")
    counts = opened(tmp_path / "out").read(Chunk(1, 2, 0, 60)).counts
    table = pd.read_parquet(tmp_path / "out" / "outcomes.parquet")
    for outcome in made.outcomes:
        own = counts[counts["outcome"] == outcome.name]
        numbers = np.sort(np.repeat(own["value"], own["histories"]).to_numpy())
        row = table[(table["point"] == 1) & (table["outcome"] == outcome.name)].iloc[0]
        assert row["histories"] == len(numbers) == 60
        assert row["mean"] == pytest.approx(numbers.mean())
        assert row["standard_error"] == pytest.approx(numbers.std(ddof=1) / 60**0.5)
        assert (row["q05"], row["q50"], row["q95"]) == (numbers[2], numbers[29], numbers[56])
        if outcome.measure == "first_exit":
            assert row["never"] == (numbers == 10).mean() > 0


def test_a_table_of_outcomes_holds_numbers_in_full(tmp_path):
    made = plan(tmp_path, vary={"b_D": [1 / 3, 2.0000000001]}, histories=30)
    findings = sweep(made, tmp_path / "out").findings
    with (tmp_path / "out" / "outcomes.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header[1:] == list(findings.table.columns)
    assert [[float(cell) for cell in row[1:]] for row in rows] == findings.table.values.tolist()
    assert [row[1] for row in rows] == ["0.3333333333333333", "2.0000000001"]


def test_a_sweep_may_switch_rules_that_react_on_and_off(tmp_path):
    made = plan(tmp_path, vary={"alliance:responses": "record,rule"}, histories=40)
    table = sweep(made, tmp_path / "out").findings.table
    assert table["alliance:responses"].tolist() == ["record", "rule"]
    data = starter(tmp_path).run(histories=40).dataset
    assert table["Velia out on 2009-12-31"][0] == pytest.approx(
        data["share"].sel(state="Velia").values[-1, 2]
    )


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device")])
def test_what_a_machine_lacks_is_no_failure_of_a_point(tmp_path, monkeypatch, error):
    def refuse(*_):
        raise error

    made = plan(tmp_path)
    monkeypatch.setattr(work, "_measured", refuse)
    with pytest.raises(type(error)):
        do(job(made), (Chunk(0, 1, 0, 1), made.points[:1]))


def test_a_chunk_read_without_enough_memory_is_not_called_damaged(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise MemoryError

    out = tmp_path / "out"
    sweep(plan(tmp_path), out)
    monkeypatch.setattr("alliance_cohesion.analysis.sweep.folder.pq.ParquetFile", refuse)
    with pytest.raises(MemoryError):
        opened(out).has(Chunk(0, 1, 0, 50))


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a system with masks")
def test_workers_are_as_many_as_the_cores_that_the_process_may_use():
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert cores() == 1
        with worker_processes(None, int) as pool:
            assert pool._max_workers == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert cores() == len(allowed)
