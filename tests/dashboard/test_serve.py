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
        assert serve.url("127.0.0.1", made).startswith("http://127.0.0.1:")
    options = CliRunner().invoke(app, ["explore", "--help"]).stdout
    assert "default: 127.0.0.1" in " ".join(options.split())


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
