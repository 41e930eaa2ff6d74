"""The short form: a few faults and a few mutants, and that the lists of them are sound."""

import ast

import pytest

from alliance_cohesion import __version__

from . import mutate, plant, scratch

BUGS = plant.read()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_fault_has_one_place_and_leaves_code_that_can_be_read(bug):
    text = (scratch.ROOT / bug.path).read_text(encoding="utf-8")
    assert bug.put != bug.find
    assert ast.dump(ast.parse(bug.planted(text))) != ast.dump(ast.parse(text))
    assert all((scratch.ROOT / name).exists() for name in bug.firsts)


def test_no_fault_is_listed_twice():
    assert len({bug.says for bug in BUGS}) == len(BUGS)


@pytest.mark.slow
def test_a_handful_of_planted_faults_is_caught(tmp_path):
    chosen = plant.handful(BUGS, 4, __version__)
    results = plant.count(chosen, tmp_path)
    assert {bug.says: result.outcome for bug, result in results.items()} == {
        bug.says: "caught" for bug in chosen
    }


@pytest.mark.slow
def test_a_sample_of_mutants_of_the_rules_is_noticed(tmp_path):
    found = mutate.mutate("rules", 20, tmp_path)
    assert found.tried == 20
    assert set(found.survivors) <= set(mutate.explained())
