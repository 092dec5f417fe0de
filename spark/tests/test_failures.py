"""Executors and workers are killed half-way: the job ends, says the same, and the event log shows what was lost.

A kill that killed nothing, came too late or hit nobody at work fails the test.
"""

from __future__ import annotations

import atexit
import pathlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from cluster import Cluster, Loss

import truereach as tr
from truereach import spark

#: How long the Python processes of an executor are stopped before it is killed: a task is caught in them meanwhile.
HOLD = 0.5


class Progress:
    """The tasks of a session that have ended since this was made."""

    def __init__(self, session: Any) -> None:
        self._tracker = session.sparkContext.statusTracker()
        self._before = set(self._tracker.getJobIdsForGroup())

    def ended(self) -> int:
        jobs = [self._tracker.getJobInfo(job) for job in set(self._tracker.getJobIdsForGroup()) - self._before]
        stages = [self._tracker.getStageInfo(stage) for stage in {stage for job in jobs if job for stage in job.stageIds}]
        return sum(stage.numCompletedTasks for stage in stages if stage)


def survives(session: Any, job: Callable[[], bytes], kill: Callable[[], object]) -> tuple[bytes, float, float]:
    """Runs a job three times: to warm it up, undisturbed, and with a kill when half of its tasks have ended.

    Returns its digest, which was the same each time, the seconds undisturbed, and the seconds with the loss. Tasks are
    counted, for the seconds that a job takes vary several-fold on a busy machine.
    """
    wanted = job()
    begun, progress = time.monotonic(), Progress(session)
    again = job()
    undisturbed, tasks = time.monotonic() - begun, progress.ended()
    assert again == wanted

    killed: list[float] = []
    failed: list[BaseException] = []
    over = threading.Event()
    begun, progress = time.monotonic(), Progress(session)

    def half_way() -> None:
        try:
            while (ended := progress.ended()) < tasks / 2:
                assert not over.is_set(), f"{ended} tasks had ended, of {tasks}"
                time.sleep(0.005)
            kill()
            killed.append(time.monotonic() - begun)
        except BaseException as error:
            failed.append(error)

    killer = threading.Thread(target=half_way)
    killer.start()
    try:
        found = job()
        disturbed = time.monotonic() - begun
    finally:
        over.set()
        killer.join()
    assert not failed, f"the kill killed nothing: {failed[0]}"
    assert killed[0] < disturbed, f"the kill came after {killed[0]:.1f} s, and the job had ended after {disturbed:.1f} s"
    assert found == wanted
    return wanted, undisturbed, disturbed


def supersteps(session: Any) -> bytes:
    """PageRank of a cut network, some tens of supersteps."""
    network, engine = lent(session, partitioned=True, shards=2, checkpoint_every=4)
    return bytes.fromhex(tr.pagerank(network, max_iterations=24, tolerance=1e-12, engine=engine).digest)


def chunks(session: Any) -> bytes:
    """The reach of everybody by chunks of samples."""
    network, engine = lent(session)
    return bytes.fromhex(tr.reach(network, all=True, model="wc", samples=3_000_000, engine=engine).digest)


def lent(session: Any, **settings: Any) -> tuple[tr.Network, spark.Engine]:
    """A network and an engine, made once for each kind of job."""
    key = repr(settings)
    if key not in _lent:
        folder = tempfile.mkdtemp(prefix="truereach-lost-")
        atexit.register(shutil.rmtree, folder, True)
        path = pathlib.Path(folder) / "network.trg"
        tr.generate_rmat(scale=15, edge_factor=16, output=path)
        _lent[key] = (tr.read(path), spark.connect(session, local_dir=folder, **settings))
    return _lent[key]


_lent: dict[str, tuple[tr.Network, spark.Engine]] = {}

#: Jobs by name: each takes the session and gives a digest.
JOBS: dict[str, Callable[[Any], bytes]] = {"supersteps": supersteps, "chunks": chunks}
#: What one machine gives, for those jobs that have it.
ALONE: dict[str, Callable[[tr.Network], tr.Result]] = {
    "supersteps": lambda network: tr.pagerank(network, max_iterations=24, tolerance=1e-12),
    "chunks": lambda network: tr.reach(network, all=True, model="wc", samples=3_000_000),
}


@pytest.mark.parametrize("name", ALONE)
def test_one_machine_says_the_same(name: str, session: Any) -> None:
    settings: dict[str, Any] = {"partitioned": True, "shards": 2, "checkpoint_every": 4} if name == "supersteps" else {}
    network, _ = lent(session, **settings)
    assert JOBS[name](session) == bytes.fromhex(ALONE[name](network).digest)


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())
def test_an_executor_is_lost(
    job: Callable[[Any], bytes], session: Any, app: str, restored: Cluster, lost: Callable[[], list[Loss]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed: list[str] = []

    def kill() -> None:
        killed.append(restored.kill_executor(1, app, hold=HOLD).id)

    _, undisturbed, disturbed = survives(session, lambda: job(session), kill)
    tasks = lost()
    assert tasks and {task.executor for task in tasks} == set(killed), f"no task was lost with executor {killed}: {tasks}"
    with capsys.disabled():
        print(f"\n{undisturbed:.1f} s, with an executor lost {disturbed:.1f} s")


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())
def test_a_worker_is_lost(
    job: Callable[[Any], bytes], session: Any, app: str, restored: Cluster, lost: Callable[[], list[Loss]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (doomed,) = [executor for executor in restored.executors(app) if executor.worker == 1]

    def kill() -> None:
        # The worker, its executor, and the Python daemon with at least one worker.
        assert restored.kill_worker(1, app, hold=HOLD) >= 4

    _, undisturbed, disturbed = survives(session, lambda: job(session), kill)
    assert restored.workers == [0] and [executor.worker for executor in restored.executors(app)] == [0]
    tasks = lost()
    assert tasks and {task.executor for task in tasks} == {doomed.id}, f"no task was lost with executor {doomed.id}: {tasks}"
    with capsys.disabled():
        print(f"\n{undisturbed:.1f} s, with a worker of two lost {disturbed:.1f} s")


def test_a_kill_that_kills_nothing_is_a_failure(session: Any, restored: Cluster, app: str) -> None:
    with pytest.raises(AssertionError, match="killed nothing: no executor 7"):
        survives(session, lambda: b"", lambda: restored.kill_executor(7, app))

    def job() -> bytes:
        return b""

    with pytest.raises(AssertionError, match="the job had ended"):
        survives(session, job, lambda: time.sleep(0.1))


def test_answers_that_differ_are_a_failure(session: Any) -> None:
    answers = iter([b"one", b"one", b"two"])

    def job() -> bytes:
        time.sleep(0.2)
        return next(answers)

    with pytest.raises(AssertionError):
        survives(session, job, lambda: None)
