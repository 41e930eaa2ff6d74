"""A command started in somebody else's folder takes neither code nor settings from it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.scenario import write_new
from alliance_cohesion.util import compiled

MAIN = "from alliance_cohesion.cli import main\nif __name__ == '__main__':\n    main()\n"
PLANTED = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with a scenario, and beside it the command as it is installed."""
    write_new(tmp_path / "here" / "starter")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "cohesion.py").write_text(MAIN)
    return tmp_path / "here"


def cohesion(place: Path, *words: str, **settings: str) -> subprocess.CompletedProcess:
    line = [sys.executable, str(place.parent / "bin" / "cohesion.py"), *words]
    given = {**os.environ, **settings}
    return subprocess.run(line, cwd=place, env=given, capture_output=True, text=True, timeout=300)


def run(place: Path, **settings: str) -> subprocess.CompletedProcess:
    done = cohesion(place, "run", "starter", "--histories", "5", "--out", "out", **settings)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("words", [["run", "starter"], ["sweep", "starter", "--vary", "b_D=1,2"]])
def test_settings_for_numba_in_the_folder_stop_the_command_in_one_line(place, words):
    (place / ".numba_config.yaml").write_text("cache_dir: /tmp/cache\n")
    done = cohesion(place, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: .numba_config.yaml in this folder lets whoever wrote it")
    assert len(done.stderr.splitlines()) == 1
    assert sorted(path.name for path in place.iterdir()) == [".numba_config.yaml", "starter"]


def test_from_python_they_are_an_error_before_numba_is_loaded(place):
    (place / ".numba_config.yaml").write_text("cache_dir: /tmp/cache\n")
    code = (
        "import sys, alliance_cohesion\n"
        "try:\n    alliance_cohesion.load('starter')\n"
        "except RuntimeError as error:\n    print('numba' in sys.modules, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("False .numba_config.yaml in this folder")


@pytest.mark.parametrize("name", ["multiprocessing", "numpy", "numba", "matplotlib"])
def test_modules_in_the_folder_are_not_imported_not_even_by_workers(place, name):
    (place / f"{name}.py").write_text(PLANTED)
    done = cohesion(
        place, "sweep", "starter", "--vary", "b_D=1,2", "--histories", "5", "--workers", "2",
        "--no-pictures",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (place / "ran").exists()


@pytest.mark.parametrize(
    "settings",
    [b"text.usetex: True\nsavefig.dpi: 20\nfont.family: None\n", b"backend: none\n", b"\xff\xfe"],
    ids=["TeX and an unknown font", "an unknown backend", "no text"],
)  # fmt: skip
def test_a_matplotlibrc_of_the_folder_changes_no_picture(place, settings):
    run(place)
    (place / "matplotlibrc").write_bytes(settings)
    (place / "out").rename(place / "usual")
    assert "matplotlibrc" not in run(place).stderr
    for picture in (place / "usual" / "pictures").iterdir():
        assert (place / "out" / "pictures" / picture.name).read_bytes() == picture.read_bytes()


def test_an_unknown_backend_and_a_style_of_the_users_change_no_picture(place, tmp_path):
    run(place)
    (place / "out").rename(place / "usual")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "matplotlibrc").write_text("text.usetex: True\nfigure.dpi: 30\n")
    run(place, MPLBACKEND="nonsense", MPLCONFIGDIR=str(tmp_path / "own"))
    for picture in (place / "usual" / "pictures").iterdir():
        assert (place / "out" / "pictures" / picture.name).read_bytes() == picture.read_bytes()


def test_from_python_pictures_do_not_follow_the_users_style_and_leave_it_alone(place):
    import matplotlib

    import alliance_cohesion as ac
    from alliance_cohesion.report import run as results

    sim = ac.load(place / "starter")
    data = sim.run(5)
    usual = results.write(data, place / "usual")
    with matplotlib.rc_context({"text.usetex": True, "savefig.dpi": 20}):
        other = results.write(data, place / "other")
        assert matplotlib.rcParams["text.usetex"] is True
    for picture in (usual / "pictures").iterdir():
        assert (other / "pictures" / picture.name).read_bytes() == picture.read_bytes()


def test_characters_that_the_font_lacks_are_named(place):
    for file in (place / "starter").iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace("Velia", "日本"), encoding="utf-8")
    done = run(place)
    assert done.stderr == (
        "Note: DejaVu Sans, the font of the pictures, lacks 日 本; boxes stand for them. "
        "Write names in another script.\n"
    )
    assert "lacks 日 本" in (place / "out" / "report.html").read_text(encoding="utf-8")


def test_names_in_scripts_that_the_font_has_raise_no_note(place):
    for file in (place / "starter").iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("Velia", "Հայաստան").replace("Ostra", "საქართველო"), encoding="utf-8"
        )
    assert run(place).stderr == ""


def test_a_long_list_of_errors_shows_the_first_twenty(place):
    table = place / "starter" / "events.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    broken = [f"x{k},someday {k},{','.join([''] * (head.count(',') - 1))}" for k in range(50)]
    table.write_text("\n".join([head, *rows, *broken]) + "\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["run", str(place / "starter")])
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "Error: and 34 more problems"


@pytest.fixture
def unset(monkeypatch, tmp_path):
    """As if Numba were not loaded, with a home of one's own."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.delitem(sys.modules, "numba")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_compiled_code_is_kept_where_the_user_alone_can_write(unset):
    compiled.keep_compiled_code()
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    assert folder.is_relative_to(unset)
    assert {p.stat().st_mode & 0o077 for p in (folder, folder.parent)} == {0}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("which", "mode"), [("own", 0o770), ("code", 0o720), ("cache", 0o777)])
def test_a_folder_that_others_can_write_to_or_exchange_is_not_used(unset, which, mode):
    compiled.keep_compiled_code()
    code = Path(os.environ.pop("NUMBA_CACHE_DIR"))
    {"code": code, "own": code.parent, "cache": unset}[which].chmod(mode)
    compiled.keep_compiled_code()
    assert not Path(os.environ["NUMBA_CACHE_DIR"]).is_relative_to(unset)


def test_a_folder_that_the_user_names_is_left_alone(unset, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere")
    compiled.keep_compiled_code()
    assert os.environ["NUMBA_CACHE_DIR"] == "/somewhere"
    assert not unset.exists()
