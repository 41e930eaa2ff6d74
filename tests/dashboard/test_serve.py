"""`cohesion explore` before a browser comes: what it needs, where it listens, how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError

import pytest
from typer.testing import CliRunner

from alliance_cohesion.cli import app
from alliance_cohesion.dashboard import serve

from ..hearing import hear

COHESION = [sys.executable, "-c", "from alliance_cohesion.cli import main; main()"]


def call(*words: str):
    return CliRunner().invoke(app, ["explore", *words])


def test_without_the_extra_one_message_says_what_to_install(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(serve, "distribution", missing)
    done = call("--no-browser", "--port", "0")
    assert done.exit_code == 2
    assert "pip install 'alliance-cohesion[dashboard]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_port_in_use_is_said_so():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = call("--no-browser", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 2
    assert re.fullmatch(
        r"Error: 127\.0\.0\.1, port \d+: Address already in use.*--port.*\n", done.stderr
    )


def test_a_scenario_that_is_not_there_is_said_so():
    done = call("nowhere", "--no-browser", "--port", "0")
    assert done.exit_code == 2
    assert 'no scenario "nowhere"' in done.stderr


def test_it_listens_on_this_machine_alone_unless_told_otherwise():
    with serve.listen("127.0.0.1", 0) as made:
        assert made.getsockname()[0] == "127.0.0.1"
        where = serve.address("127.0.0.1", made)
        port = made.getsockname()[1]
        assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/\?token=[\w-]{{32}}", where.url)
        assert not where.open_to_others
        assert serve.address("127.0.0.1", made).token != where.token
    options = CliRunner().invoke(app, ["explore", "--help"]).stdout
    assert "default: 127.0.0.1" in " ".join(options.split())


def test_open_to_other_machines_it_warns_and_prints_the_real_address(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "prepare", lambda _: None)
    monkeypatch.setattr(serve, "run", lambda *_, **__: None)
    done = call("--host", "0.0.0.0", "--port", "0", "--no-browser")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith("Warning: other machines can reach this page.")
    assert str(tmp_path) in done.stderr
    found = re.search(r"Open http://([\w.-]+):\d+/\?token=[\w-]{32} ", done.stdout)
    assert found
    assert found[1] not in ("0.0.0.0", "127.0.0.1")
    quiet = call("--port", "0", "--no-browser")
    assert "Warning" not in quiet.stderr


def test_a_missing_script_is_noticed_at_the_start_with_the_command_that_mends_it(
    monkeypatch, tmp_path
):
    from importlib.metadata import PathDistribution

    about = tmp_path / "solara_assets-1.58.0.dist-info"
    scripts = tmp_path / "share" / "solara" / "cdn" / "pkg@1.0.0"
    for folder in (about, scripts):
        folder.mkdir(parents=True)
    (about / "METADATA").write_text("Name: solara-assets\nVersion: 1.58.0\n")
    names = [f"share/solara/cdn/pkg@1.0.0/{name}.js" for name in "ab"]
    (about / "RECORD").write_text("".join(f"{name},,\n" for name in names))
    monkeypatch.setattr(serve, "distribution", lambda _: PathDistribution(about))
    for name in names:
        (tmp_path / name).touch()
    assert serve.assets() == tmp_path / "share" / "solara" / "cdn"
    (tmp_path / names[1]).unlink()
    done = call("--no-browser", "--port", "0")
    assert done.exit_code == 2
    assert done.stderr == (
        "Error: 1 of the page's scripts are missing; put them back with: "
        f"{sys.executable} -m pip install --force-reinstall --no-deps solara-assets==1.58.0\n"
    )


def test_only_scenarios_of_the_list_are_opened(tmp_path):
    from alliance_cohesion.dashboard.desk import Desk

    (tmp_path / "private.toml").write_text("password = 1")
    desk = Desk(first="csto")
    for name in (str(tmp_path / "private.toml"), "/etc/passwd", "../csto", ""):
        with pytest.raises(ValueError, match="not in the list"):
            desk.session(name)
    assert desk.session("csto").reference == "csto"


def test_a_dropped_connection_is_forgotten_within_minutes(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "environ", {})
    serve.settle(tmp_path / "share" / "solara" / "cdn")
    assert os.environ["SOLARA_KERNEL_CULL_TIMEOUT"] == "3m"
    assert os.environ["SOLARA_ASSETS_PROXY"] == "False"


def test_the_scripts_of_the_page_are_installed_in_the_version_that_the_page_asks_for():
    pytest.importorskip("solara")
    import solara.server

    folder = serve.assets()
    template = os.path.join(os.path.dirname(solara.server.__file__), "templates/solara.html.j2")
    with open(template, encoding="utf-8") as file:
        asked = set(
            re.findall(r"{{cdn}}/((?:@\w+/solara-vuetify-app|requirejs)@[\d.]+)", file.read())
        )
    assert len(asked) == 2
    assert [place for place in asked if not (folder / place).is_dir()] == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process")
def test_ctrl_c_ends_it_without_a_traceback(tmp_path):
    words = [*COHESION, "explore", "--no-browser", "--port", "0"]
    process = subprocess.Popen(
        words,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear,
    )
    try:
        for line in process.stdout:
            if line.startswith("Open "):
                break
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert errors == "Stopped.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_starts_without_the_libraries_of_the_page():
    code = (
        "import sys; import alliance_cohesion.cli; "
        "print([m for m in ('solara', 'uvicorn', 'mesa', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
