"""No command needs a network: each runs where no address but the machine's own can be reached."""

import os
import subprocess
import sys

import pytest

FORBID = """
import socket

def refuse(self, address, *more):
    raise AssertionError(f"a command wants the network: {address}")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.create_connection = lambda address, *a, **k: refuse(None, address)
socket.getaddrinfo = socket.gethostbyname = lambda host, *a, **k: refuse(None, host)
"""
COMMANDS = {
    "run": "run csto --histories 40 --no-pictures --out out",
    "explain": "explain csto ARM 2024-02 --out out",
    "counterfactual": "counterfactual armenia-arms --histories 40 --out out",
    "sweep": "sweep csto --vary gamma=0:1 --design latin --points 2 --histories 20 --out out",
    "compare": "compare csto --histories 40",
}


@pytest.fixture
def offline(tmp_path):
    """What an interpreter is started with in which every socket refuses to connect."""
    (tmp_path / "sitecustomize.py").write_text(FORBID, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path}


def call(offline, tmp_path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=offline, capture_output=True, text=True
    )


def test_a_connection_is_refused_where_these_tests_run(offline, tmp_path):
    done = call(
        offline, tmp_path, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"
    )
    assert "wants the network" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_without_a_network(command, offline, tmp_path):
    done = call(offline, tmp_path, "-m", "alliance_cohesion", *COMMANDS[command].split())
    assert done.returncode == 0, done.stderr
    assert "wants the network" not in done.stdout + done.stderr
