"""The same chunks on a real Dask scheduler and two workers, started from the command line."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from alliance_cohesion.analysis.sweep import sweep
from alliance_cohesion.analysis.sweep.cluster import cluster
from alliance_cohesion.analysis.sweep.store import SweepError, opened

from .sweeps import contents, plan

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

        def start(*words: str) -> subprocess.Popen:
            log = stack.enter_context((tmp_path / f"{words[0]}.log").open("ab"))
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words], stdout=log, stderr=log, cwd=tmp_path
            )
            stack.callback(process.wait, 30)
            stack.callback(process.kill)
            return process

        port = address.rpartition(":")[2]
        start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

        def worker(threads: int = 1) -> subprocess.Popen:
            return start(
                "worker", address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard",
                "--local-directory", str(tmp_path / "dask"),
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
    time.sleep(2)
    with pytest.raises(SweepError, match="no workers"):
        sweep(made, tmp_path / "a", workers=cluster(address, patience=2))
    with pytest.raises(SweepError, match="no Dask scheduler answers"):
        sweep(made, tmp_path / "b", workers=cluster(f"tcp://127.0.0.1:{free_port()}", patience=2))
    with pytest.raises(SweepError, match="no Dask scheduler answers"):
        sweep(made, tmp_path / "c", workers=cluster("nonsense://x", patience=2))
    assert not opened(tmp_path / "a").complete
    shutil.rmtree(tmp_path / "a")
