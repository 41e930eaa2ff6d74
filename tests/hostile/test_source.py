"""What no module of the package does: run text, or load an object from a file."""

import ast
import re

import pytest

from tests.test_house import MODULES, name, offences, tree

CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "unsafe_load", "read_pickle"}
METHODS = {"compile", "eval", "exec"}  # harmless as methods: re.compile
ROOMS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "code"}
WORDS = re.compile(r"shell\s*=\s*True|allow_pickle\s*=\s*True|yaml\.load\b")


def called(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call):
            does = node.func
            plain = isinstance(does, ast.Name)
            called = does.id if isinstance(does, ast.Name) else getattr(does, "attr", "")
            if called in CALLS and (plain or called not in METHODS):
                yield node.lineno, called


def imported(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]


def test_no_module_runs_text_as_a_program():
    assert not offences(lambda module: list(called(module)))


def test_no_module_loads_objects_from_files():
    assert not offences(lambda module: sorted(ROOMS & set(imported(module))))


def test_no_module_asks_for_a_shell_or_for_pickles():
    def asked(module):
        return WORDS.findall(module.read_text(encoding="utf-8"))

    assert not offences(asked)


def test_no_module_starts_another_program():
    started = {"subprocess", "pty", "pexpect"}
    assert not offences(lambda module: sorted(started & set(imported(module))))


@pytest.mark.parametrize(
    "line", ["eval(x)", "os.system(x)", "__import__(x)", "pandas.read_pickle(x)"]
)
def test_the_checks_above_see_what_they_look_for(line, tmp_path):
    module = tmp_path / "bad.py"
    module.write_text(line, encoding="utf-8")
    assert list(called(module))


def test_modules_were_looked_at():
    assert "scenario/files.py" in {name(module) for module in MODULES}
