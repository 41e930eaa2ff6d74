"""The first call says that it compiles, and no later one does."""

import alliance_cohesion as ac
from alliance_cohesion.util.compiled import say_if_compiling

SAID = "compiling the model, once (about 10 s)\n"


def test_a_folder_without_a_compiled_model_is_told_of_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    say_if_compiling()
    assert capsys.readouterr() == ("", SAID)
    (tmp_path / "core_0a1b").mkdir()
    (tmp_path / "core_0a1b" / "randomness.fill-93.py311.nbi").touch()  # only a part of it
    say_if_compiling()
    assert capsys.readouterr() == ("", SAID)
    (tmp_path / "core_0a1b" / "simulate.walk-70.py311.nbi").touch()
    say_if_compiling()
    assert capsys.readouterr() == ("", "")


def test_a_run_leaves_the_model_that_is_looked_for(capsys):
    ac.load("csto").run(2)
    capsys.readouterr()
    say_if_compiling()
    assert capsys.readouterr() == ("", "")
