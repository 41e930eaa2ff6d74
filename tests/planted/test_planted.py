"""The short form: a few faults and a few mutants, and that the lists of them are sound."""

import ast

import pytest

from alliance_cohesion import __version__

from . import compiled, mutate, plant, scratch

BUGS = plant.read()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.says)
def test_a_fault_has_one_place_and_leaves_code_that_can_be_read(bug):
    text = (scratch.ROOT / bug.path).read_text(encoding="utf-8")
    assert bug.put != bug.find
    assert ast.dump(ast.parse(bug.planted(text))) != ast.dump(ast.parse(text))
    assert all((scratch.ROOT / name).exists() for name in bug.firsts)


def test_no_fault_is_listed_twice():
    assert len({bug.says for bug in BUGS}) == len(BUGS)


def test_compiled_code_of_whoever_calls_a_faulty_function_is_put_away():
    root = scratch.ROOT / compiled.PACKAGE
    found = {path.relative_to(root).as_posix() for path in
             compiled.importers(root, root / "rules.py")}  # fmt: skip
    assert {"rules.py", "tick.py", "ensemble.py", "counterfactual/histories.py"} <= found
    assert "scenario/dates.py" not in found


def test_compiled_code_put_away_comes_back_in_place_of_what_was_compiled_since(tmp_path):
    package = tmp_path / compiled.PACKAGE
    (package / "__pycache__").mkdir(parents=True)
    (package / "rules.py").write_text("from numba import njit")
    (package / "tick.py").write_text("from . import rules")
    (package / "other.py").write_text("")
    for name in ("rules", "tick", "other"):
        (package / "__pycache__" / f"{name}.f-1.nbi").write_text("sound")
    compiled.set_aside(tmp_path, f"{compiled.PACKAGE}/other.py")
    left = {path.name for path in (package / "__pycache__").iterdir()}
    assert left == {"rules.f-1.nbi", "tick.f-1.nbi"}
    compiled.put_back(tmp_path)
    compiled.set_aside(tmp_path, f"{compiled.PACKAGE}/rules.py")
    left = {path.name for path in (package / "__pycache__").iterdir()}
    assert left == {"other.f-1.nbi"}
    (package / "__pycache__" / "tick.g-9.nbi").write_text("faulty")
    (package / "__pycache__" / "tick.f-1.nbi").write_text("faulty")
    compiled.put_back(tmp_path)
    back = {path.name: path.read_text() for path in (package / "__pycache__").iterdir()}
    assert back == {f"{name}.f-1.nbi": "sound" for name in ("rules", "tick", "other")}


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
