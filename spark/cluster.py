"""A Spark standalone cluster on this machine: a master and workers on loopback, from the jars that pyspark brings.

    with Cluster(workers=2, cores=1, memory="2g") as cluster:
        SparkSession.builder.master(cluster.url)...

    python spark/cluster.py --workers 2 -- COMMAND …

The command sees the cluster's address as TRUEREACH_SPARK. Nothing is left running when the block or the command ends,
nor when this process is killed. It can kill an executor or a worker, and says how much memory they held at their peak.
"""

from __future__ import annotations

import argparse
import atexit
import dataclasses
import importlib.util
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType, TracebackType

JAVA = 17
#: How long a master or a worker may take to come up.
PATIENCE = 120.0
#: How often memory is looked at. Peaks of single processes come from the kernel, and are missed by nothing.
EVERY = 0.1

MARK = "TRUEREACH_CLUSTER"
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"

#: Settings with which the loss of an executor or a worker is noticed at once, and tried again in seconds.
SETTINGS = {
    "spark.task.maxFailures": "4",
    "spark.executor.heartbeatInterval": "2s",
    "spark.network.timeout": "20s",
    "spark.network.timeoutInterval": "5s",
    "spark.standalone.executorRemoveDelayOnDisconnection": "0s",
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "1s",
}

# Dies with the process that started it, whatever that dies of; checked again, for it may be dead by now.
LAUNCH = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "
    "os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execvp(sys.argv[2], sys.argv[2:])"
)

DAEMON = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true"]


def java() -> str | None:
    """The Java that Spark would take: that of JAVA_HOME, else the one on the path."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(os.path.join(home, "bin", "java")) if home else shutil.which("java")


def missing() -> str | None:
    """Why no cluster can run here, in one sentence; nothing if it can."""
    if not sys.platform.startswith("linux"):
        return f"needs Linux (processes are found in /proc): this is {sys.platform}"
    program = java()
    if program is None:
        home = os.environ.get("JAVA_HOME")
        where = f"none in JAVA_HOME={home}" if home else "none"
        return f"needs Java {JAVA} or later: found {where}"
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"needs Java {JAVA} or later: {program} does not run ({error})"
    found = re.search(r'version "(\d+)(?:\.(\d+))?[^"]*"', said)
    if found is None:
        return f"needs Java {JAVA} or later: {program} tells no version"
    # Java 8 calls itself 1.8.
    version = int(found[2]) if found[1] == "1" and found[2] else int(found[1])
    if version < JAVA:
        return f"needs Java {JAVA} or later: found version {version} ({program})"
    return None


def spark_home() -> pathlib.Path:
    """Where pyspark keeps its jars."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise RuntimeError("needs pyspark: it is not installed")
    return pathlib.Path(spec.origin).parent


# ---------------------------------------------------------------------------------------------------- processes


@dataclasses.dataclass(frozen=True)
class Process:
    """A process, told from a later one of the same number by when it began."""

    pid: int
    parent: int
    begun: int

    def alive(self) -> bool:
        found = process(self.pid)
        return found is not None and found.begun == self.begun

    def send(self, number: int) -> bool:
        """Sends a signal; whether there was somebody to receive it."""
        if not self.alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


def process(pid: int) -> Process | None:
    """The process of this number, if it lives."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # The name stands in brackets and may hold anything.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else Process(pid, int(fields[1]), int(fields[19]))


def marked(mark: str) -> list[Process]:
    """Living processes that were started, directly or not, with this mark in their environment."""
    sought = f"{MARK}={mark}".encode()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            environment = pathlib.Path(f"/proc/{name}/environ").read_bytes()
        except OSError:
            continue
        # A mark of a cluster is the beginning of the marks of its parts.
        if any(one == sought or one.startswith(sought + b"/") for one in environment.split(b"\0")):
            living = process(int(name))
            if living is not None:
                found.append(living)
    return found


def words(pid: int) -> list[str]:
    """The command line of a process."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def option(said: list[str], name: str) -> str:
    """What follows an option on a command line."""
    return said[said.index(name) + 1] if name in said[:-1] else ""


def held(pid: int) -> dict[str, int]:
    """What the kernel says of a process's memory, in bytes: VmHWM, VmRSS, RssAnon and others."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return {name: int(size) * 1024 for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE)}


def sweep(find: Callable[[], list[Process]], patience: float = 10.0) -> None:
    """Kills what `find` finds until it finds nothing: a process may fork while it is looked for."""
    until = time.monotonic() + patience
    while living := find():
        for one in living:
            one.send(signal.SIGKILL)
        if time.monotonic() > until:
            raise RuntimeError(f"processes do not die: {[one.pid for one in living]}")
        time.sleep(0.01)


# ---------------------------------------------------------------------------------------------------- the cluster


@dataclasses.dataclass(frozen=True)
class Executor:
    """An executor: its Java process, and the Python processes below it (a daemon, and the workers it forks)."""

    app: str
    id: str
    worker: int
    jvm: Process
    daemons: tuple[Process, ...]
    workers: tuple[Process, ...]

    @property
    def pid(self) -> int:
        return self.jvm.pid

    @property
    def python(self) -> list[int]:
        """The numbers of the Python workers. There is one for each task that runs, and for some that have run."""
        return [one.pid for one in self.workers]


@dataclasses.dataclass
class Peak:
    """The most memory that an executor held, in bytes."""

    app: str
    id: str
    worker: int
    #: Of its Java process, as the kernel counts (VmHWM).
    jvm: int = 0
    #: Of each Python process below it (VmHWM), by number.
    python: dict[int, int] = dataclasses.field(default_factory=dict)
    #: Of all at one time, sampled. What forked processes share, and pages of files, count in each.
    together: int = 0
    #: Of all at one time, sampled, without pages of files (RssAnon).
    anonymous: int = 0
    #: Of the Python processes at one time, sampled, without pages of files.
    python_anonymous: int = 0


class Cluster:
    """A master and `workers` workers on loopback, each with `cores` cores and `memory` for the heaps of its executors.

    Logs and the workers' folders go below `folder`; without one, to a temporary folder that goes with the cluster.
    """

    def __init__(
        self, workers: int = 2, cores: int = 1, memory: str = "2g", folder: str | os.PathLike[str] | None = None
    ) -> None:
        problem = missing()
        if problem is not None:
            raise RuntimeError(problem)
        self.cores, self.memory = cores, memory
        self._own = folder is None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="truereach-spark-") if folder is None else folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mark = secrets.token_hex(8)
        self._watched = threading.Event()
        self._peaks: dict[Process, Peak] = {}
        self._peaks_lock = threading.Lock()
        self._master: subprocess.Popen[bytes] | None = None
        self._workers: list[subprocess.Popen[bytes] | None] = []
        self.url = ""
        atexit.register(self.stop)
        try:
            self._start(workers)
        except BaseException:
            self.stop()
            raise

    def _start(self, workers: int) -> None:
        master = "org.apache.spark.deploy.master.Master"
        # However many executors are killed, the master starts others.
        settings = ["-Dspark.master.rest.enabled=false", "-Dspark.deploy.maxExecutorRetries=-1"]
        self._master = self._launch("master", [*settings, master, "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"])
        self.url = self._said("master", self._master, r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")[1]
        self._said("master", self._master, r"New state: ALIVE")
        for index in range(workers):
            self._workers.append(self._worker(index))
        for index in range(workers):
            self._registered(index)
        threading.Thread(target=self._watch, name="memory of executors", daemon=True).start()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self, name: str, said: list[str]) -> subprocess.Popen[bytes]:
        """Starts a Java process of the cluster, with a log of its own: what an earlier one said would mislead."""
        home = spark_home()
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_SCALA_VERSION": "2.13",
            "SPARK_LOCAL_IP": "127.0.0.1",
            MARK: f"{self.mark}/{name}",
        }
        # These would give the daemons other settings than are asked for here.
        for other in ("SPARK_CONF_DIR", "SPARK_MASTER_OPTS", "SPARK_WORKER_OPTS", "SPARK_DAEMON_JAVA_OPTS", "SPARK_LOCAL_DIRS"):
            environment.pop(other, None)
        program = java() or "java"
        command = [program, *DAEMON, "-cp", f"{home}/jars/*", *said]
        with open(self._log(name), "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-c", LAUNCH, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=self.folder,
            )

    def _log(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.log"

    def _said(self, name: str, started: subprocess.Popen[bytes], pattern: str) -> re.Match[str]:
        """Waits until a log says something."""
        until = time.monotonic() + PATIENCE
        while True:
            ended = started.poll() is not None
            text = self._log(name).read_text(errors="replace")
            found = re.search(pattern, text)
            if found is not None:
                return found
            if ended or time.monotonic() > until:
                how = f"ended with {started.returncode}" if ended else f"did not come up in {PATIENCE:.0f} s"
                raise RuntimeError(f"the {name} {how}:\n" + "\n".join(text.splitlines()[-15:]))
            time.sleep(0.02)

    def _worker(self, index: int) -> subprocess.Popen[bytes]:
        name = f"worker-{index}"
        worker = "org.apache.spark.deploy.worker.Worker"
        options = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
        options += ["--cores", str(self.cores), "--memory", self.memory, "--work-dir", str(self.folder / name)]
        return self._launch(name, [worker, *options, self.url])

    def _registered(self, index: int) -> None:
        started = self._workers[index]
        assert started is not None
        self._said(f"worker-{index}", started, r"Successfully registered with master")

    @property
    def workers(self) -> list[int]:
        """Which workers live."""
        return [index for index, one in enumerate(self._workers) if one is not None and one.poll() is None]

    def restore(self) -> None:
        """Starts the workers that were killed again."""
        gone = [index for index in range(len(self._workers)) if index not in self.workers]
        for index in gone:
            self._workers[index] = self._worker(index)
        for index in gone:
            self._registered(index)

    def executors(self, app: str | None = None) -> list[Executor]:
        """The executors that live, of one application or of all, by worker and age."""
        every = marked(self.mark)
        below: dict[int, list[Process]] = {}
        for one in every:
            below.setdefault(one.parent, []).append(one)
        index = {started.pid: at for at, started in enumerate(self._workers) if started is not None}
        found = []
        for one in every:
            said = words(one.pid)
            if EXECUTOR not in said or (app is not None and option(said, "--app-id") != app):
                continue
            daemons = [child for child in below.get(one.pid, []) if "pyspark.daemon" in words(child.pid)]
            forked = [child for daemon in daemons for child in below.get(daemon.pid, [])]
            worker = index.get(one.parent, -1)
            found.append(Executor(option(said, "--app-id"), option(said, "--executor-id"), worker, one, tuple(daemons), tuple(forked)))
        return sorted(found, key=lambda executor: (executor.worker, executor.jvm.begun))

    def ready(self, app: str | None = None, patience: float = PATIENCE) -> list[Executor]:
        """Waits until each living worker has an executor, and says which."""
        until = time.monotonic() + patience
        while True:
            found = self.executors(app)
            if {executor.worker for executor in found} >= set(self.workers):
                return found
            if time.monotonic() > until:
                raise RuntimeError(f"{len(found)} executors of {len(self.workers)} after {patience:.0f} s")
            time.sleep(0.05)

    def hold(self, executor: Executor, seconds: float, patience: float = PATIENCE) -> None:
        """Stops the Python processes of an executor for good, once there is a worker among them, and waits.

        A task that runs there cannot end any more, and one that is given to it cannot either: a kill that follows
        hits a task, however short tasks are.
        """
        until = time.monotonic() + patience
        while not executor.workers:
            if time.monotonic() > until:
                raise RuntimeError(f"no Python worker in executor {executor.id} after {patience:.0f} s")
            time.sleep(0.01)
            same = [one for one in self.executors(executor.app) if one.jvm == executor.jvm]
            if not same:
                raise RuntimeError(f"executor {executor.id} died by itself")
            executor = same[0]
        for one in (*executor.daemons, *executor.workers):
            one.send(signal.SIGSTOP)
        time.sleep(seconds)

    def kill_executor(self, index: int = 0, app: str | None = None, hold: float = 0.0) -> Executor:
        """Kills the executor of this index and its Python processes; the worker lives and starts another.

        With `hold`, a task was surely running: see there. A RuntimeError if there was nothing to kill.
        """
        living = self.executors(app)
        if index >= len(living):
            raise RuntimeError(f"no executor {index} to kill: {len(living)} live")
        chosen = living[index]
        if hold > 0:
            self.hold(chosen, hold)
        below = next((one for one in self.executors(app) if one.jvm == chosen.jvm), chosen)
        if not chosen.jvm.send(signal.SIGKILL):
            raise RuntimeError(f"executor {index} died by itself")
        for one in (*below.daemons, *below.workers):
            one.send(signal.SIGKILL)
        return below

    def kill_worker(self, index: int = 0, app: str | None = None, hold: float = 0.0) -> int:
        """Kills a whole worker with its executors and their Python processes; how many processes died.

        With `hold`, a task was surely running: see there. A RuntimeError if it was dead already, or had no executor.
        """
        started = self._workers[index]
        if started is None or started.poll() is not None:
            raise RuntimeError(f"no worker {index} to kill: it is dead")
        living = [executor for executor in self.executors(app) if executor.worker == index]
        if not living:
            raise RuntimeError(f"worker {index} has no executor")
        if hold > 0:
            self.hold(living[0], hold)
        mark = f"{self.mark}/worker-{index}"
        doomed = marked(mark)
        # The worker first, so that it starts no other executor. Its executor may end by itself when it sees that.
        started.kill()
        started.wait()
        sweep(lambda: marked(mark))
        return len(doomed)

    def _watch(self) -> None:
        while not self._watched.wait(EVERY):
            self._look()

    def _look(self) -> None:
        for executor in self.executors():
            parts = {one.pid: held(one.pid) for one in (executor.jvm, *executor.daemons, *executor.workers)}
            python = {pid: part for pid, part in parts.items() if pid != executor.pid}
            with self._peaks_lock:
                peak = self._peaks.setdefault(executor.jvm, Peak(executor.app, executor.id, executor.worker))
                peak.jvm = max(peak.jvm, parts[executor.pid].get("VmHWM", 0))
                for pid, part in python.items():
                    peak.python[pid] = max(peak.python.get(pid, 0), part.get("VmHWM", 0))
                peak.together = max(peak.together, sum(part.get("VmRSS", 0) for part in parts.values()))
                peak.anonymous = max(peak.anonymous, sum(part.get("RssAnon", 0) for part in parts.values()))
                peak.python_anonymous = max(peak.python_anonymous, sum(part.get("RssAnon", 0) for part in python.values()))

    def peak_memory(self, app: str | None = None) -> list[Peak]:
        """The most memory that each executor held since it was started or `forget_peaks` was called, dead ones too."""
        self._look()
        with self._peaks_lock:
            peaks = [dataclasses.replace(peak, python=dict(peak.python)) for peak in self._peaks.values()]
        return [peak for peak in peaks if app is None or peak.app == app]

    def forget_peaks(self) -> None:
        """Begins to count anew: samples as well as, where the kernel lets us, VmHWM."""
        for executor in self.executors():
            for one in (executor.jvm, *executor.daemons, *executor.workers):
                try:
                    pathlib.Path(f"/proc/{one.pid}/clear_refs").write_text("5")
                except OSError:
                    pass
        with self._peaks_lock:
            self._peaks.clear()

    def stop(self) -> None:
        """Ends everything that was started, and what that started. Does nothing the second time."""
        self._watched.set()
        started = [one for one in [*self._workers, self._master] if one is not None]
        for one in started:
            one.kill()
        for one in started:
            one.wait()
        sweep(lambda: marked(self.mark))
        self._workers, self._master = [], None
        if self._own:
            shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)


# ---------------------------------------------------------------------------------------------------- event logs


@dataclasses.dataclass(frozen=True)
class Loss:
    """A task that was lost with its executor."""

    executor: str
    stage: int
    task: int
    reason: str


def losses(folder: str | os.PathLike[str]) -> list[Loss]:
    """The `ExecutorLostFailure`s in the event logs of a folder (spark.eventLog.dir), of one file or rolling.

    Logs have to be written with spark.eventLog.compress=false. A log is complete up to the end of the last job, a
    moment after it.
    """
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or path.name.startswith((".", "appstatus")):
            continue
        if path.suffix in (".zstd", ".lz4", ".lzf", ".snappy"):
            raise ValueError(f"{path}: is compressed; set spark.eventLog.compress=false")
        for line in path.read_text(errors="replace").splitlines():
            if '"ExecutorLostFailure"' not in line or not line.endswith("}"):
                continue
            event = json.loads(line)
            reason = event.get("Task End Reason", {})
            if event.get("Event") == "SparkListenerTaskEnd" and reason.get("Reason") == "ExecutorLostFailure":
                lost = Loss(str(reason["Executor ID"]), event["Stage ID"], event["Task Info"]["Task ID"], str(reason.get("Loss Reason")))
                found.append(lost)
    return found


# ---------------------------------------------------------------------------------------------------- the command


def environment(cluster: Cluster) -> Mapping[str, str]:
    """What a program needs to use the cluster: its address, loopback, and the same Python on both sides."""
    return {"TRUEREACH_SPARK": cluster.url, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}


def interrupted(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs a command with a Spark cluster of this machine, told as TRUEREACH_SPARK.")
    parser.add_argument("--workers", type=int, default=2, help="how many workers (2)")
    parser.add_argument("--cores", type=int, default=1, help="cores of each (1)")
    parser.add_argument("--memory", default="2g", help="memory of each for the heaps of its executors (2g)")
    parser.add_argument("--folder", help="where logs go and workers work; by default a temporary folder, removed at the end")
    parser.add_argument("--check", action="store_true", help="only tell why there can be no cluster here, and fail, if so")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    said = parser.parse_args()
    problem = missing()
    if said.check:
        print(problem or "", end="\n" if problem else "")
        return 1 if problem else 0
    command = said.command[1:] if said.command[:1] == ["--"] else said.command
    if not command:
        parser.error("expected a command after --")
    if problem is not None:
        parser.error(problem)
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    with Cluster(said.workers, said.cores, said.memory, said.folder) as cluster:
        # With the mark it goes with the cluster, and all that it started, if this process is told to end.
        running = subprocess.Popen(command, env={**os.environ, **environment(cluster), MARK: cluster.mark})
        return running.wait()


if __name__ == "__main__":
    sys.exit(main())
