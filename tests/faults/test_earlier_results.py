"""Earlier results are never lost unless the user says so, whatever stops the writing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.report.folder import FolderError, ready, writing
from alliance_cohesion.scenario import write_new

MANIFEST = '{"program": "alliance-cohesion", "files": {"word.txt": ""}}'


def write(folder: Path, word: str, *, overwrite: bool = False) -> Path:
    with writing(folder, overwrite=overwrite) as place:
        (place.draft / "manifest.json").write_text(MANIFEST)
        (place.draft / "word.txt").write_text(word)
    return place.final


def word(folder: Path) -> str:
    return (folder / "word.txt").read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def out(tmp_path) -> Path:
    return write(tmp_path / "out", "older")


@pytest.fixture
def starter(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_new(tmp_path / "starter")
    return tmp_path


def run(*words: str) -> dict:
    line = ["run", "starter", "--histories", "5", "--no-pictures", "--json", *words]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_a_second_run_goes_to_a_numbered_folder_and_says_which(starter):
    first = Path(run()["results"])
    kept = (first / "manifest.json").read_bytes()
    assert [run()["results"], run()["results"]] == ["results/starter-2", "results/starter-3"]
    assert first == Path("results/starter")
    assert (first / "manifest.json").read_bytes() == kept


def test_a_run_told_to_overwrite_replaces_the_first_folder(starter):
    run()
    assert run("--seed", "9", "--overwrite")["results"] == "results/starter"
    assert names(Path("results")) == ["starter"]
    assert json.loads(Path("results/starter/manifest.json").read_text())["seed"] == 9


def test_a_folder_named_by_the_user_is_not_replaced_unless_the_user_says_so(starter):
    run("--out", "here")
    done = CliRunner().invoke(app, ["run", "starter", "--out", "here"])
    assert done.exit_code == 2
    assert done.stderr == (
        "Error: here: holds results already; add --overwrite to replace them, or choose another "
        "folder with --out\n"
    )
    assert run("--out", "here", "--overwrite")["results"] == "here"


def test_what_was_put_there_in_the_meantime_stays_and_the_results_go_beside_it(tmp_path):
    with writing(tmp_path / "out") as place:
        (place.draft / "word.txt").write_text("newer")
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "diary.txt").write_text("dear")
    assert place.final == tmp_path / "out-2"
    assert word(place.final) == "newer"
    assert names(tmp_path / "out") == ["diary.txt"]


def test_foreign_files_put_into_results_that_may_be_replaced_stay_too(out):
    with writing(out, overwrite=True) as place:
        (place.draft / "word.txt").write_text("newer")
        (out / "diary.txt").write_text("dear")
    assert place.final.name == "out-2"
    assert (out / "diary.txt").exists()
    assert word(out) == "older"


def test_results_with_a_foreign_file_are_not_overwritten(out):
    (out / "diary.txt").write_text("dear")
    with pytest.raises(FolderError, match=r"diary\.txt"):
        ready(out, overwrite=True)


def test_a_move_that_fails_puts_the_older_results_back(out, monkeypatch):
    rename = Path.rename

    def refuse(self, target):
        if (self / "word.txt").exists() and word(self) == "newer":
            raise OSError(5, "Input/output error", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(FolderError, match="the older results are still there"):
        write(out, "newer", overwrite=True)
    assert word(out) == "older"
    assert names(out.parent) == ["out"]


def test_an_interrupted_run_leaves_the_older_results_and_nothing_else(out):
    with pytest.raises(KeyboardInterrupt), writing(out, overwrite=True):
        raise KeyboardInterrupt
    assert word(out) == "older"
    assert names(out.parent) == ["out"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    assert write(tmp_path / "out", "first") == tmp_path / "out"


def test_results_can_be_read_by_whom_the_user_lets_read(tmp_path):
    (tmp_path / "usual").mkdir()
    assert write(tmp_path / "out", "x").stat().st_mode == (tmp_path / "usual").stat().st_mode
