"""The wheel carries what it needs: installed elsewhere, it runs the main job."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from this tree."""
    out = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


def call(*words: object, cwd: Path | None = None) -> str:
    done = subprocess.run([*map(str, words)], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_carries_scenarios_and_calibration(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    data = "alliance_cohesion/data"
    for file in ("scenarios/csto/scenario.toml", "scenarios/csto/events.csv"):
        assert f"{data}/{file}" in names
    assert f"{data}/calibration/priors.toml" in names
    assert "alliance_cohesion/scenario/starter/events.csv" in names


def test_an_installed_copy_runs_the_main_job_far_from_the_source(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place, with_pip=True)
    windows = sys.platform == "win32"
    python = place / ("Scripts/python.exe" if windows else "bin/python")
    call(python, "-m", "pip", "install", "--no-deps", wheel)
    # The libraries of this environment, so that nothing is fetched; a path file in there, such
    # as that of an editable install, is not followed.
    own = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    found = call(python, "-c", "import alliance_cohesion as a; print(a.__file__)", cwd=elsewhere)
    assert Path(found.strip()).resolve().is_relative_to(place.resolve())
    words = ("run", "csto", "--histories", "50", "--no-pictures")
    command = python.parent / "cohesion"
    assert "50 simulated histories" in call(command, *words, cwd=elsewhere)
    assert "50 simulated histories" in call(
        python, "-m", "alliance_cohesion", *words, cwd=elsewhere
    )
    assert (elsewhere / "results" / "csto" / "manifest.json").is_file()
