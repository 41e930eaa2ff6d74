"""A chunk's result depends on its address alone: not on who does it, when, or with what else."""

import itertools
import os
import random

import numpy as np
import pytest

from alliance_cohesion.analysis.sweep import sweep
from alliance_cohesion.analysis.sweep.chunks import Chunk, Failure, chunks, ranges
from alliance_cohesion.analysis.sweep.merge import merge
from alliance_cohesion.analysis.sweep.outcomes import measure
from alliance_cohesion.analysis.sweep.store import SweepError, kept_plan, opened
from alliance_cohesion.analysis.sweep.tables import write_tables
from alliance_cohesion.analysis.sweep.work import do, job
from alliance_cohesion.analysis.sweep.workers import processes
from alliance_cohesion.util.processes import cores
from alliance_cohesion.util.processes import workers as worker_processes

from .sweeps import contents, plan, starter


def test_ranges_cover_all_histories_once_and_never_cross_an_extension():
    assert ranges([5, 12], 4) == [(0, 4), (4, 5), (5, 9), (9, 12)]


def test_shards_share_out_all_chunks():
    every = list(chunks(7, [10], 4))
    parts = [list(chunks(7, [10], 4, (i, 3))) for i in (1, 2, 3)]
    assert sorted(itertools.chain(*parts)) == sorted(every)
    assert len(every) == 21


def test_chunks_in_any_order_add_up_to_the_whole(tmp_path):
    made = plan(tmp_path)
    work = job(made)
    whole = do(work, Chunk(4, 0, 90), made.points[4])
    parts = [Chunk(4, a, b) for a, b in ((0, 13), (13, 50), (50, 90))]
    random.Random(1).shuffle(parts)
    sums: dict[tuple[int, int], int] = {}
    for part in parts:
        tally = do(work, part, made.points[4])
        for k, v, c in zip(tally.outcome, tally.value, tally.count, strict=True):
            sums[k, v] = sums.get((k, v), 0) + c
    assert sums == {
        (k, v): c for k, v, c in zip(whole.outcome, whole.value, whole.count, strict=True)
    }


def test_a_point_that_changes_nothing_gives_the_histories_of_a_run(tmp_path):
    made = plan(tmp_path, vary={"event:coast-2003.days": "0,5"}, histories=200)
    case = starter(tmp_path)
    data = case.run(histories=200).dataset
    out = tmp_path / "out"
    row = sweep(made, out).findings.table.iloc[0]
    end = f"by {case.scenario.clock.end}"
    for state in case.scenario.states:
        share = 1 - data["share"].sel(state=state, status="member").values[-1]
        assert row[f"{state} away {end}"] == pytest.approx(share, abs=1e-12)
    assert row[f"leavers {end}"] == pytest.approx(data["left_by"].values[-1].sum())


def test_outcomes_are_what_they_are_called_worked_by_hand(tmp_path):
    toml = "\n".join(
        f'\n[[sweep.outcome]]\nname = "{name}"\nmeasure = "{what}"\n{more}'
        for name, what, more in [
            ("away", "away", 'state = "Ostra"'),
            ("early", "away", 'state = "Ostra"\nby = 2000-05-05'),
            ("outside", "outside", 'state = "Ostra"'),
            ("left", "left", 'state = "Ostra"'),
            ("leavers", "leavers", ""),
            ("whole", "whole", ""),
            ("first", "first_exit", ""),
            ("first of Velia", "first_exit", 'state = "Velia"'),
            ("record", "record", ""),
        ]
    )
    made = plan(tmp_path, toml, vary={"b_D": "1:2:2"})
    T, N = made.record.shape
    path = np.zeros((2, T, N), np.int8)
    path[1, 1:, 1] = 1  # Ostra freezes in the second tick and comes back in the end
    path[1, -1, 1] = 0
    path[1, 5:, 2] = 2  # Velia leaves in the sixth
    record = np.zeros((T, N), np.int8)
    found = measure(path, np.zeros(N, np.int8), record, np.ones((T, N), bool), made.outcomes)
    wrong = (T - 2) + (T - 5)
    assert dict(zip((o.name for o in made.outcomes), found.tolist(), strict=True)) == {
        "away": [0, 0],
        "early": [0, 1],
        "outside": [0, 0],
        "left": [0, 1],
        "leavers": [0, 2],
        "whole": [1, 0],
        "first": [T, 1],
        "first of Velia": [T, 5],
        "record": [T * N, T * N - wrong],
    }


def test_all_points_share_the_chance_of_their_histories(tmp_path):
    made = plan(tmp_path, vary={"b_D": [2, 2.000001]}, histories=400)
    table = sweep(made, tmp_path / "out").findings.table
    assert np.abs(table.iloc[0, 2:] - table.iloc[1, 2:]).max() < 0.02


def test_processes_give_the_same_bytes_as_threads(tmp_path):
    made = plan(tmp_path)
    sweep(made, tmp_path / "threads")
    sweep(made, tmp_path / "processes", workers=processes(2))
    assert contents(tmp_path / "threads") == contents(tmp_path / "processes")


def test_shards_merged_give_the_same_bytes_as_the_whole(tmp_path):
    made = plan(tmp_path)
    sweep(made, tmp_path / "whole")
    parts = [tmp_path / f"part-{i}" for i in (1, 2, 3)]
    for i, part in enumerate(parts, start=1):
        assert sweep(made, part, shard=(i, 3)).findings is None
    again = kept_plan(parts[1])
    merge(again, parts[:2], tmp_path / "merged")
    assert not opened(tmp_path / "merged").complete
    report = merge(again, parts[2:], tmp_path / "merged")
    assert report.findings is not None
    assert contents(tmp_path / "whole") == contents(tmp_path / "merged")


def test_points_that_failed_in_any_shard_are_failures_of_the_whole(tmp_path):
    def failing(job, tasks):
        for chunk, point in tasks:
            yield Failure(chunk.point, "dry") if chunk.point in (2, 5) else do(job, chunk, point)

    made, parts = plan(tmp_path), [tmp_path / "a", tmp_path / "b"]
    failed = [
        set(sweep(made, part, shard=(i, 2), workers=failing).failures)
        for i, part in enumerate(parts, start=1)
    ]
    assert failed == [{2}, {5}]
    report = merge(made, parts, tmp_path / "merged")
    assert set(report.failures) == {2, 5}
    assert report.findings is not None


def test_shards_of_different_sweeps_are_not_merged(tmp_path):
    made, other = plan(tmp_path), plan(tmp_path, vary={"b_D": "1:2:2"})
    sweep(made, tmp_path / "a", shard=(1, 2))
    sweep(other, tmp_path / "b", shard=(2, 2))
    with pytest.raises(SweepError, match="another sweep"):
        merge(made, [tmp_path / "a", tmp_path / "b"], tmp_path / "c")


def test_an_extended_sweep_equals_a_longer_one_and_redoes_nothing(tmp_path):
    short, long = plan(tmp_path), plan(tmp_path, histories=80)
    sweep(short, tmp_path / "short")
    before = contents(tmp_path / "short")
    report = sweep(short, tmp_path / "short", extend=30)
    assert (report.kept, report.done) == (9, 9)
    sweep(long, tmp_path / "long")
    for name in ("counts.parquet", "outcomes.parquet", "outcomes.csv", "summary.json"):
        one, two = (tmp_path / out / name for out in ("short", "long"))
        assert one.read_bytes() == two.read_bytes(), name
    after = contents(tmp_path / "short")
    assert all(after[name] == before[name] for name in before if name.startswith("chunks"))


def test_memory_holds_one_chunk_and_one_point_at_a_time(tmp_path):
    made = plan(tmp_path, histories=4500)
    assert made.chunk == 2000
    sizes = []

    def watched(job, tasks):
        for chunk, point in tasks:
            sizes.append(chunk.histories)
            yield do(job, chunk, point)

    sweep(made, tmp_path / "out", workers=watched)
    assert sizes == [2000, 2000, 500] * 9


def test_means_and_errors_are_those_of_the_histories(tmp_path):
    made = plan(tmp_path, vary={"b_D": "1:2:2"}, histories=60)
    sweep(made, tmp_path / "out")
    store = opened(tmp_path / "out")
    means = write_tables(store, made, [0, 1])
    tally = store.read(Chunk(1, 0, 60), len(made.outcomes))
    k = next(k for k, o in enumerate(made.outcomes) if o.measure == "leavers")
    numbers = np.repeat(tally.value[tally.outcome == k], tally.count[tally.outcome == k])
    assert means.mean[1, k] == pytest.approx(numbers.mean())
    assert means.error[1, k] == pytest.approx(numbers.std(ddof=1) / 60**0.5)


def test_a_sweep_may_switch_rules_that_react_on_and_off(tmp_path):
    made = plan(tmp_path, vary={"alliance:responses": "record,rule"}, histories=40)
    table = sweep(made, tmp_path / "out").findings.table
    assert table["alliance:responses"].tolist() == ["record", "rule"]
    data = starter(tmp_path).run(histories=40).dataset
    assert table.iloc[0]["Velia away by 2009-12-31"] == pytest.approx(
        1 - data["share"].sel(state="Velia", status="member").values[-1]
    )


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device")])
def test_what_a_machine_lacks_is_no_failure_of_a_point(tmp_path, monkeypatch, error):
    def refuse(*_):
        raise error

    made = plan(tmp_path)
    monkeypatch.setattr("alliance_cohesion.analysis.sweep.work._do", refuse)
    with pytest.raises(type(error)):
        do(job(made), Chunk(0, 0, 1), made.points[0])


def test_a_chunk_read_without_enough_memory_is_not_called_damaged(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise MemoryError

    out = tmp_path / "out"
    sweep(plan(tmp_path), out)
    monkeypatch.setattr("alliance_cohesion.analysis.sweep.store.pq.ParquetFile", refuse)
    with pytest.raises(MemoryError):
        opened(out).read(Chunk(0, 0, 50), 1)


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
