"""A seed from Python is a whole number in range, or one clear error; pools and threads work."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import alliance_cohesion as ac
from alliance_cohesion.analysis import counterfactual
from alliance_cohesion.analysis.compare import compare
from alliance_cohesion.analysis.explain import explain
from alliance_cohesion.core.agents import AllianceModel
from alliance_cohesion.core.randomness import checked_seed
from alliance_cohesion.scenario import write_new

NO_SEEDS = [1.9, 1.0, -1, "1", True, None, 2**63, float("nan"), np.float64(1.0), np.bool_(True)]
JOBS = {
    "run": lambda sim, seed: sim.run(5, seed).dataset,
    "agents": lambda sim, seed: sim.run(5, seed, engine="agents").dataset,
    "draws": lambda sim, seed: sim.draws(seed),
    "explain": lambda sim, seed: explain(sim, sim.scenario.states[0], "2003", seed),
    "compare": lambda sim, seed: compare(sim, histories=5, seed=seed),
    "model": lambda sim, seed: AllianceModel(sim.inputs, sim.draws().values, 0, seed),
}

POOL = """
import multiprocessing
import sys
import alliance_cohesion as ac

def share(seed):
    return ac.load("starter").run(50, seed).dataset.share.values.tolist()

if __name__ == "__main__":
    alone = [share(seed) for seed in (1, 2)]
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert pool.map_async(share, [1, 2]).get(timeout=200) == alone
    print("the same")
"""
THREADS = """
from concurrent.futures import ThreadPoolExecutor
import alliance_cohesion as ac

def share(seed):
    return ac.load("starter").run(500, seed).dataset.share.values.tolist()

alone = [share(seed) for seed in (1, 2, 3)]
with ThreadPoolExecutor(3) as threads:
    assert list(threads.map(share, (1, 2, 3))) == alone
print("the same")
"""


@pytest.fixture(scope="module")
def sim(tmp_path_factory):
    return ac.load(write_new(tmp_path_factory.mktemp("a") / "starter"))


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, np.int64(7), np.uint8(7)])
def test_whole_numbers_of_any_make_are_seeds(seed):
    assert checked_seed(seed) == int(seed)
    assert type(checked_seed(seed)) is int


@pytest.mark.parametrize("seed", NO_SEEDS)
def test_anything_else_is_named_with_what_is_allowed(seed):
    with pytest.raises(ValueError, match=r"^seed: .* given; allowed: a whole number from 0 to 2"):
        checked_seed(seed)


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("seed", [1.9, -1, "1"])
def test_every_job_refuses_what_is_no_seed(sim, job, seed):
    with pytest.raises(ValueError, match=r"^seed: "):
        JOBS[job](sim, seed)


def test_a_counterfactual_refuses_what_is_no_seed():
    pair = counterfactual.load("counterfactuals/armenia-answered-2022")
    with pytest.raises(ValueError, match=r"^seed: "):
        counterfactual.answer(pair, 5, 1.9)


def test_a_run_keeps_the_seed_that_it_used(sim):
    data = sim.run(5, np.int64(3)).dataset
    assert data.attrs["seed"] == 3
    assert np.array_equal(data["path"], sim.run(5, 3).dataset["path"])


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_pool_of_processes_started_after_a_run_gives_the_same_numbers(tmp_path, method):
    assert said_by(POOL, tmp_path, method) == "the same\n"


def test_threads_give_the_same_numbers(tmp_path):
    assert said_by(THREADS, tmp_path) == "the same\n"


def said_by(program: str, place: Path, *words: str) -> str:
    write_new(place / "starter")
    (place / "many.py").write_text(program)
    line = [sys.executable, "many.py", *words]
    done = subprocess.run(line, cwd=place, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
