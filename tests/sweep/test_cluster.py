"""The same chunks on a real Dask scheduler and two workers, started from the command line."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

import alliance_cohesion
from alliance_cohesion.analysis.sweep import SweepError, sweep
from alliance_cohesion.analysis.sweep.folder import opened
from alliance_cohesion.analysis.sweep.workers import cluster
from alliance_cohesion.util import shipped

from .sweeps import contents, plan

HERE = Path(alliance_cohesion.__file__).parents[1]
distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    # Dask leaves closing its streams to the collector.
    pytest.mark.filterwarnings("ignore"),
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def scheduler(tmp_path):
    """The address of a scheduler, and what starts a worker of it."""
    address = f"tcp://127.0.0.1:{free_port()}"
    with ExitStack() as stack:

        def start(*words: str, **variables: str) -> subprocess.Popen:
            log = stack.enter_context((tmp_path / f"{words[0]}.log").open("ab"))
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                stdout=log,
                stderr=log,
                cwd=tmp_path,
                env=os.environ | variables,
            )
            stack.callback(process.wait, 30)
            stack.callback(process.kill)
            return process

        port = address.rpartition(":")[2]
        start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

        def worker(threads: int = 1, python_path: Path = HERE) -> subprocess.Popen:
            return start(
                "worker", address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard",
                "--local-directory", str(tmp_path / "dask"), PYTHONPATH=str(python_path),
            )  # fmt: skip

        yield address, worker


def test_a_cluster_gives_the_same_bytes_as_one_process(tmp_path, scheduler):
    address, worker = scheduler
    worker(1)
    worker(2)
    made = plan(tmp_path, histories=400)
    sweep(made, tmp_path / "one")
    sweep(made, tmp_path / "cluster", workers=cluster(address))
    assert contents(tmp_path / "one") == contents(tmp_path / "cluster")


def test_a_notebook_whose_event_loop_runs_can_use_a_cluster(tmp_path, scheduler):
    address, worker = scheduler
    worker()
    made = plan(tmp_path)

    async def cell() -> None:
        sweep(made, tmp_path / "cluster", workers=cluster(address))

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop of an earlier test's browser
        thread.submit(asyncio.run, cell()).result()
    sweep(made, tmp_path / "one")
    assert contents(tmp_path / "one") == contents(tmp_path / "cluster")


def test_a_worker_of_a_cluster_may_die(tmp_path, scheduler):
    address, worker = scheduler
    first = worker()
    made = plan(tmp_path, histories=3000)
    done = 0

    def kill(histories: int) -> None:
        nonlocal done
        done += 1
        if done == 1:
            worker()  # a second, that has been sent nothing when the first dies
        if done == 3:
            first.send_signal(signal.SIGKILL)

    sweep(made, tmp_path / "cluster", workers=cluster(address), progress=kill)
    sweep(made, tmp_path / "one")
    assert contents(tmp_path / "one") == contents(tmp_path / "cluster")


def test_a_scheduler_without_workers_or_none_at_all_ends_in_a_message(tmp_path, scheduler):
    address, _ = scheduler
    made = plan(tmp_path)
    wait_for(address)
    with pytest.raises(SweepError, match="no workers"):
        sweep(made, tmp_path / "a", workers=cluster(address, first=2))
    with pytest.raises(SweepError, match="no Dask scheduler answers"):
        sweep(made, tmp_path / "b", workers=cluster(f"tcp://127.0.0.1:{free_port()}", patience=2))
    with pytest.raises(SweepError, match="no Dask scheduler answers"):
        sweep(made, tmp_path / "c", workers=cluster("nonsense://x", patience=2))
    assert not opened(tmp_path / "a").manifest["complete"]
    shutil.rmtree(tmp_path / "a")


def wait_for(address: str) -> None:
    host, _, port = address.removeprefix("tcp://").partition(":")
    deadline = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_port_that_is_no_scheduler_is_noticed_within_fifteen_seconds(tmp_path, answer):
    made, begin = plan(tmp_path), time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    if answer:
                        kept[-1].sendall(answer)
                        kept[-1].close()

        threading.Thread(target=serve, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(SweepError, match="no Dask scheduler answers there"):
            sweep(made, tmp_path / "out", workers=cluster(address))
    assert time.monotonic() - begin < 17


def test_a_worker_with_other_rules_is_refused_by_the_name_of_the_file(tmp_path, scheduler):
    address, worker = scheduler
    package = Path(alliance_cohesion.__file__).parent
    shutil.copytree(package, tmp_path / "other" / package.name)
    for name in ("scenarios", "calibration"):
        shutil.copytree(shipped.folder(name), tmp_path / "other" / package.name / "data" / name)
    rules = tmp_path / "other" / package.name / "core" / "rules.py"
    rules.write_text(rules.read_text() + "\n# other rules, the same version\n")
    worker(python_path=tmp_path / "other")
    made = plan(tmp_path)
    with pytest.raises(SweepError, match=r"another version.*\(different: core/rules\.py\)"):
        sweep(made, tmp_path / "out", workers=cluster(address))
    assert not list((tmp_path / "out").glob("chunks/*"))


def test_the_commands_of_the_documentation_work_and_listen_on_this_machine_only(tmp_path):
    page = (HERE.parent / "docs" / "clusters.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\$ (dask .*|cohesion .*--cluster.*)$", page, re.M)
    assert [line.split()[:2] for line in shown] == [
        ["dask", "scheduler"], ["dask", "worker"], ["cohesion", "sweep"],
    ]  # fmt: skip
    port, small = str(free_port()), "csto --vary b_D=1,2 --histories 20 --no-pictures --out made"
    scheduler, worker, ours = (
        line.replace("8786", port).replace("sweeps/answers-and-rules", small).rstrip(" &")
        for line in shown
    )
    dask = [sys.executable, "-m"]
    with ExitStack() as stack:
        started = []
        for line in (scheduler, worker):
            started.append(subprocess.Popen([*dask, *line.split()], cwd=tmp_path))
            stack.callback(started[-1].wait, 30)
            stack.callback(started[-1].terminate)
        wait_for(f"tcp://127.0.0.1:{port}")
        words = [*dask, "alliance_cohesion", *ours.split()[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        roots = [psutil.Process(process.pid) for process in started]
        family = [child for root in roots for child in (root, *root.children(recursive=True))]
        ports = [c for child in family for c in child.net_connections("tcp")]
        listening = [c.laddr.ip for c in ports if c.status == psutil.CONN_LISTEN]
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "outcomes.csv").exists()
    assert len(listening) >= 4
    assert set(listening) == {"127.0.0.1"}
