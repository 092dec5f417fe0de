"""The cluster itself: what it says is missing, what it counts, and that nothing stays behind."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import cluster as module
import pytest
from cluster import Cluster, losses, marked, missing

SCRIPT = pathlib.Path(module.__file__)


def java_that_says(folder: pathlib.Path, says: str) -> str:
    program = folder / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    program.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("says", "wanted"),
    [
        ('openjdk version "17.0.15" 2025-04-15', None),
        ('openjdk version "21" 2023-09-19', None),
        ('java version "1.8.0_291"', "found version 8 "),
        ('openjdk version "11.0.2" 2019-01-15', "found version 11 "),
        ("no", "tells no version"),
    ],
)
def test_what_is_missing(says: str, wanted: str | None, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", java_that_says(tmp_path, says))
    found = missing()
    assert found == wanted if wanted is None or found is None else wanted in found and "needs Java 17" in found


def test_no_java(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing() == "needs Java 17 or later: found none"


def test_losses_are_read_from_logs_of_one_file_and_rolling_ones(tmp_path: pathlib.Path) -> None:
    def event(reason: dict[str, Any]) -> str:
        said = {"Event": "SparkListenerTaskEnd", "Stage ID": 3, "Task Info": {"Task ID": 9}, "Task End Reason": reason}
        return json.dumps(said) + "\n"

    lost = {"Reason": "ExecutorLostFailure", "Executor ID": "1", "Exit Caused By App": True, "Loss Reason": "killed"}
    text = event({"Reason": "Success"}) + event({"Reason": "ExceptionFailure", "Description": '"ExecutorLostFailure"'})
    (tmp_path / "app-1").write_text(text + event(lost))
    rolling = tmp_path / "eventlog_v2_app-2"
    rolling.mkdir()
    (rolling / "appstatus_app-2.inprogress").touch()
    # The last line of a log that is being written may be half there.
    (rolling / "events_1_app-2").write_text(event({**lost, "Executor ID": "2"}) + event(lost)[:-4])
    assert [(one.executor, one.stage, one.task, one.reason) for one in losses(tmp_path)] == [
        ("1", 3, 9, "killed"),
        ("2", 3, 9, "killed"),
    ]
    (rolling / "events_2_app-2.zstd").touch()
    with pytest.raises(ValueError, match="compressed"):
        losses(tmp_path)


def test_memory_is_counted(session: Any, app: str, cluster: Cluster) -> None:
    size = 200 << 20

    def hold(batches: Any) -> Any:
        held = b"\1" * size
        time.sleep(0.5)
        yield from batches if held else ()

    session.range(2, numPartitions=2).mapInArrow(lambda batches: batches, "id long").count()
    cluster.forget_peaks()
    before = {peak.id: peak for peak in cluster.peak_memory(app)}
    session.range(2, numPartitions=2).mapInArrow(hold, "id long").count()
    peaks = {peak.id: peak for peak in cluster.peak_memory(app)}
    assert len(peaks) == 2
    # One executor may have been given both tasks, before or now: the other may have no Python at all.
    most = {at: max(peak.python.values(), default=0) for at, peak in peaks.items()}
    grown = [held - max(before[at].python.values(), default=0) for at, held in most.items()]
    assert max(grown) > 0.9 * size, grown
    assert all(peak.together >= peak.anonymous > peak.python_anonymous for peak in peaks.values())


def until_gone(marks: list[str], patience: float = 20.0) -> bool:
    until = time.monotonic() + patience
    while any(marked(mark) for mark in marks):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(missing() is not None, reason=missing() or "")
def test_nothing_stays_behind(tmp_path: pathlib.Path) -> None:
    """After an exception, after a command, and after a kill that nobody can catch."""
    with pytest.raises(ZeroDivisionError), Cluster(workers=1, memory="512m") as started:
        mark, folder = started.mark, started.folder
        assert len(marked(mark)) == 2
        1 / 0
    assert not marked(mark) and not folder.exists()

    said = tmp_path / "said"
    command = f"echo $TRUEREACH_SPARK $TRUEREACH_CLUSTER >{said}; sleep 60 & [ -f {tmp_path}/wait ] && sleep 60; exit 7"
    run = [sys.executable, str(SCRIPT), "--workers", "1", "--memory", "512m", "--folder", str(tmp_path / "cluster"), "--", "sh", "-c", command]
    assert subprocess.run(run).returncode == 7
    url, mark = said.read_text().split()
    assert url.startswith("spark://127.0.0.1:") and not marked(mark)

    (tmp_path / "wait").touch()
    said.unlink()
    running = subprocess.Popen(run)
    while not said.exists() or not said.read_text():
        assert running.poll() is None
        time.sleep(0.05)
    mark = said.read_text().split()[1]
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    # The command itself is not the cluster's to end when nobody is left to end it.
    for one in marked(mark):
        if "sleep" in module.words(one.pid) or "sh" in module.words(one.pid):
            one.send(signal.SIGKILL)
    assert until_gone([mark])
