"""The same numbers on every processor: hashes of what a run gives, under other code generation.

Each process compiles for another processor, keeps NumPy from its faster code paths, or makes the
linear algebra library take another kernel. Whatever a test or a page quotes must not move a bit.
"""

import os
import subprocess
import sys

import pytest

HASHES = """
import hashlib
import numpy as np
import alliance_cohesion as ac
from alliance_cohesion.core import replay, simulate
from alliance_cohesion.inference import fit, priors
from alliance_cohesion.inference.likelihood import Record
from alliance_cohesion.inference.record import cluster_blocks

def sha(*arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()

sim = ac.load("csto")
inputs, believed = sim.inputs, priors.default()
prior = believed.transform(believed.cube(300, 1))
made = simulate.simulate(inputs, prior, 400, 7, keep=400)
free = sim.run(300).dataset
projection = ac.load("csto-2035").run(100).dataset
print(sha(prior))
print(sha(made.status, made.path, made.alignment))
print(sha(replay.scores(inputs, prior, cluster_blocks(inputs)), *replay.trace(inputs, prior[:50])))
print(sha(free.share.values, free.alignment.values, projection.share.values))
record = Record(inputs, cluster_blocks(inputs))
sampled = fit.fit(record, believed, draws=1024)
fit._ENOUGH = 2.0  # so that tempering takes over
tempered = fit.fit(record, believed, draws=64)
for found in (sampled, tempered):
    print(sha(found.values, found.log_weights, found.held_out(), found.draws(100, 1, without=2)))
"""
NAMES = (
    "prior draws", "histories", "likelihood and trace", "run and projection",
    "importance sampling", "tempering",
)  # fmt: skip
ELSEWHERE = {
    "a processor of 2003": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
    "generic code": {"NUMBA_CPU_NAME": "generic"},
    "Haswell": {"NUMBA_CPU_NAME": "haswell", "OPENBLAS_CORETYPE": "Haswell"},
    "NumPy without its faster paths": {
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL"
        " AVX512_ICL AVX512_SPR X86_V3 X86_V4",
        "OPENBLAS_CORETYPE": "SkylakeX",
    },
}


def hashes(**environment: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HASHES], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip(NAMES, done.stdout.split(), strict=True))


@pytest.fixture(scope="module")
def here():
    return hashes()


@pytest.mark.slow
@pytest.mark.parametrize("where", ELSEWHERE)
def test_results_are_the_same_to_the_bit_on(where, here):
    assert hashes(**ELSEWHERE[where]) == here
