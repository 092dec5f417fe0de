"""Spark as the hands of a verb: the driver's Rust plans and folds, Rust in Spark's tasks computes, Spark stores, shuffles and
tries again."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import _truereach
from .._truereach import EngineError, Network
from ._errors import cause
from ._store import Manifest, Store, shard_name
from ._worker import Asked, Chunks, Superstep

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: The oldest Java that Spark 4 runs on.
JAVA = 17
#: Tasks to each core, where chunks are independent: enough that an uneven one does not keep the others waiting.
TASKS = 2
#: What the driver says of a shard goes with the task up to so many bytes, and through the store beyond.
INLINE = 1 << 16
#: Bytes that a shard takes in a worker while it computes, at most: an edge in both directions, an account with state, what it
#: hears and tells.
EDGE, WEIGHTED, ACCOUNT = 16, 32, 96

MESSAGES = "to int, from int, step int, done boolean, sealed binary"
#: Bytes that one message may have: Spark and Arrow count them in 31 bits.
LARGEST = 2**31 - 2**20
#: Bytes of an account that a shard keeps from one superstep to the next, at most.
KEPT = 24


@dataclass
class Done:
    """Work that was done elsewhere."""

    work: str
    #: `chunks`, or `supersteps`.
    how: str
    tasks: int
    seconds: float
    #: Bytes that went from task to task, and back to the driver.
    shuffled: int = 0
    returned: int = 0
    supersteps: int = 0
    #: Bytes that went from shard to shard in one superstep; the rest of what is shuffled is what shards keep.
    crossing: int = 0

    def __str__(self) -> str:
        size = f"{_size(self.shuffled)} shuffled, " if self.how == "supersteps" else ""
        steps = f"{self.supersteps} supersteps of " if self.how == "supersteps" else ""
        return f"{self.work}: {steps}{self.tasks} tasks, {self.seconds:.2f} s, {size}{_size(self.returned)} back"


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def _bytes(text: str) -> int:
    """A size as Spark writes it: 2g, 512m, 1024 (MiB where nothing is said of executors)."""
    found = re.fullmatch(r"(\d+)\s*([kmgt]?)i?b?", text.strip().lower())
    if found is None:
        raise EngineError(f"{text!r} is no amount of memory\n  hint: write 2g or 512m")
    unit = {"": 2, "k": 1, "m": 2, "g": 3, "t": 4}[found[2]]
    return int(found[1]) << 10 * unit


def java() -> str:
    """The Java that Spark will run on."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which(os.path.join(home, "bin", "java")) if home else shutil.which("java")
    hint = f"\n  hint: install Java {JAVA} (Debian: openjdk-{JAVA}-jre-headless), or set JAVA_HOME"
    if program is None:
        where = f"none in JAVA_HOME={home}" if home else "none"
        raise EngineError(f"Spark needs Java {JAVA} or later: found {where}{hint}")
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"Spark needs Java {JAVA} or later: {program} does not run: {error}{hint}") from None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < JAVA:
        raise EngineError(f"Spark needs Java {JAVA} or later: found version {found[1] if found else 'unknown'} ({program}){hint}")
    return program


@dataclass
class Engine:
    """Spark, ready to work. Made by :func:`connect`."""

    session: SparkSession
    #: Where workers keep copies, on a disk of each one's own.
    local_dir: str
    #: A folder that the driver and every worker see.
    store: Store
    #: Whether networks are cut into shards.
    partitioned: bool
    #: Into how many; nothing: one for each core that the workers have when the first is cut.
    shards: int | None
    #: After so many supersteps what shards keep is written to the store: a loss costs at most these again.
    checkpoint_every: int
    #: Memory of a task, in bytes; nothing: its part of an executor's.
    memory: int | None
    #: Whether the session was made here, and ends with the engine.
    owned: bool
    #: Only say what would be done.
    explain: bool = False
    #: What was done, the latest last.
    report: list[Done] = field(default_factory=list)
    #: What would be done.
    plan: list[str] = field(default_factory=list)
    _asked: Asked | None = None
    _stored: dict[int, Store] = field(default_factory=dict)
    _checksums: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    # ------------------------------------------------------------------------------------------ the face

    @property
    def cores(self) -> int:
        """Tasks that run at one time."""
        return max(1, int(self.session.sparkContext.defaultParallelism))

    @property
    def task_memory(self) -> int:
        """Bytes that a task may take."""
        if self.memory is not None:
            return self.memory
        context = self.session.sparkContext
        if str(context.master).startswith("local"):
            # Tasks of the driver's own machine share what it has.
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES") // self.cores
        executors = max(1, int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1)
        whole = _bytes(context.getConf().get("spark.executor.memory", "1g") or "1g")
        return whole // max(1, self.cores // executors)

    def stop(self) -> None:
        """Ends the session, if it was made here."""
        if self.owned:
            self.session.stop()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(
        self, words: list[str], network: Network | None, small_cells: bool, options: Mapping[str, Any]
    ) -> tuple[list[Any], str, list[str], str | None]:
        """Asks a verb; what it hands to others is computed by Spark."""
        path = None if network is None or self.partitioned or self.explain else self._snapshot(network)
        before = len(self.report)
        with self._asking(Asked(words, path, os.getcwd(), options["seed"], small_cells, str(self.task_memory))):
            found = _truereach.ask(words, network, small_cells, dict(options), self)
        if len(self.report) == before:
            warnings.warn(f"nothing of {words[0]} was shared out with these parameters: it ran here", stacklevel=4)
        return found

    def command(self, words: list[str]) -> int:
        """Runs a command line; its exit code."""
        asked, seed = words[1:], 1
        for at, word in enumerate(asked):
            if word == "--":
                break
            if word == "--rng-seed" and at + 1 < len(asked):
                seed = _seed(asked[at + 1])
            elif word.startswith("--rng-seed="):
                seed = _seed(word.removeprefix("--rng-seed="))
        small = "--small-cells" in asked
        with self._asking(Asked(_verb(asked), None, os.getcwd(), seed, small, str(self.task_memory))):
            return _truereach.command(words, self)

    @contextlib.contextmanager
    def _asking(self, asked: Asked) -> Iterator[None]:
        if self._asked is not None:
            raise EngineError("one verb at a time: this engine is at work\n  hint: connect a second one")
        self._asked = asked
        self.plan.clear()
        try:
            yield
        finally:
            self._asked = None

    def _snapshot(self, network: Network) -> str:
        """A snapshot of the network that workers can map."""
        paths = [os.fspath(path) for path in network.paths]
        if len(paths) == 1 and paths[0].endswith(".trg") and os.path.isfile(paths[0]):
            return paths[0]
        name = f"{network.checksum}.trg"
        there = self.store.local(name)
        if there is not None:
            os.makedirs(os.path.dirname(there), exist_ok=True)
            network.store(there, {"seed": 0, "threads": None, "memory": None, "progress": None})
            return there
        raise EngineError(
            f"a network in memory cannot be mapped by workers from {self.store.address}\n"
            "  hint: write it as a snapshot (tr.export, truereach ingest) to a path that every worker sees"
        )

    @contextlib.contextmanager
    def lent(self, network: int, store: Store, shards: int) -> Iterator[None]:
        """Takes a network that is stored already for one that this engine has cut."""
        before = self.shards, self.partitioned
        self._stored[network], self.shards, self.partitioned = store, shards, True
        try:
            yield
        finally:
            self.shards, self.partitioned = before
            del self._stored[network]

    # ------------------------------------------------------------------------------------------ called by the driver's Rust

    def _compute(self, question: int, work: str, chunks: list[bytes]) -> list[bytes] | None:
        """Chunks as tasks: the parts that came back, sealed, in any order."""
        if not chunks or self._asked is None:
            return None
        tasks = min(len(chunks), TASKS * self.cores)
        ends = [len(chunks) * at // tasks for at in range(tasks + 1)]
        groups = [chunks[one:other] for one, other in zip(ends, ends[1:], strict=False)]
        name = work.rsplit(" ", 1)[0]
        if self.explain:
            self.plan.append(
                f"{name}: {len(chunks)} chunks in {tasks} tasks on {self.cores} cores; every worker maps the whole network, "
                f"and has {_size(self.task_memory)} a task; nothing is shuffled, what chunks give comes to the driver"
            )
            raise EngineError("explained, nothing was computed")
        begun = time.monotonic()
        kernel = Chunks(self._asked, question, work, groups, self.local_dir, _truereach.__version__)
        with self._failing():
            rows = self.session.range(0, tasks, 1, tasks).mapInArrow(kernel, "part binary").toArrow()
        parts = [one.as_py() for one in rows.column(0)]
        self.report.append(Done(name, "chunks", tasks, time.monotonic() - begun, returned=sum(map(len, parts))))
        return parts

    def _cut(self, job: str, accounts: int, edges: int, weighted: bool) -> int | None:
        """Into how many shards a network is cut for a job; nothing if it is left whole."""
        name = json.loads(job)["kernel"]
        if not self.partitioned:
            raise EngineError(f"{name} is done in supersteps over shards\n  hint: connect(…, partitioned=True), on the command line ?partitioned")
        if self.shards is None:
            self.shards = self.cores
        memory = self.task_memory
        need = ((WEIGHTED if weighted else EDGE) * edges + ACCOUNT * accounts) // self.shards
        if self.explain:
            self.plan.append(
                f"{name}: supersteps over {self.shards} shards of about {_size(need)}, on {self.cores} cores with {_size(memory)} a "
                f"task; at most {_size(8 * accounts * min(self.shards, max(1, edges // max(1, accounts))))} shuffled a superstep, "
                f"kept in the store every {self.checkpoint_every} supersteps"
            )
            raise EngineError("explained, nothing was computed")
        least = max(-(-need * self.shards // memory), -(-KEPT * accounts // LARGEST))
        if least > self.shards:
            raise EngineError(
                f"too little memory: a shard takes about {_size(need)} and a task has {_size(memory)}\n"
                f"  hint: cut the network into {least} shards or more (shards=), or give workers more memory (spark.executor.memory)"
            )
        return self.shards

    def _folder(self, network: int, bounds: list[int]) -> Store:
        if network in self._stored:
            return self._stored[network]
        return self.store.inner(f"network-{network:016x}-{len(bounds) - 1}")

    def _is_stored(self, network: int, bounds: list[int]) -> bool:
        store = self._folder(network, bounds)
        return store.has("manifest.json") and Manifest.of(store).bounds == bounds

    def _store_shard(self, network: int, bounds: list[int], index: int, data: bytes) -> None:
        self._folder(network, bounds).write(shard_name(index), data)
        self._checksums[network, index] = (len(data), _truereach.digest(data))

    def _store_manifest(self, network: int, bounds: list[int], edges: int, weighted: bool) -> None:
        shards = [self._checksums.pop((network, index)) for index in range(len(bounds) - 1)]
        made = Manifest(bounds[-1], edges, weighted, bounds, network, shards)
        self._folder(network, bounds).write("manifest.json", made.text())

    def _supersteps(self, job: str, network: int, bounds: list[int], given: list[bytes]) -> list[bytes]:
        """Supersteps until the job is done: the sealed result of each shard."""
        store = self._folder(network, bounds)
        manifest = Manifest.of(store)
        run = uuid.uuid4().hex
        told: list[tuple[str, int] | bytes] = []
        for index, data in enumerate(given):
            if len(data) <= INLINE:
                told.append(data)
            else:
                checksum = _truereach.digest(data)
                name = f"given-{checksum:016x}-{index:05d}"
                if not store.has(name):
                    store.write(name, data)
                told.append((name, checksum))
        kernel = Superstep(job, network, store, manifest.shards, told, self.local_dir, _truereach.__version__)
        try:
            with self._failing():
                return self._until_done(kernel, run)
        finally:
            self.store.inner(f"checkpoint-{run}").remove()
            for one in told:
                if not isinstance(one, bytes):
                    store.forget(one[0])

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """What Spark raises becomes the sentence behind it; who interrupts, interrupts the tasks too."""
        try:
            yield
        except Exception as error:
            raise cause(error) from None
        except BaseException:
            self.session.sparkContext.cancelAllJobs()
            raise

    def _until_done(self, kernel: Superstep, run: str) -> list[bytes]:
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        begun = time.monotonic()
        count = len(kernel.shards)
        found = Done(json.loads(kernel.job)["kernel"], "supersteps", count, 0.0)
        with self._without_replanning():
            messages = self._first(count)
            done, rounds, folder = False, 0, self.store.inner(f"checkpoint-{run}")
            while not done:
                observation = Observation()
                # Few at first: jobs that end soon end at once, and a superstep after the end is one for nothing.
                for _ in range(min(self.checkpoint_every, 2 << rounds)):
                    messages = messages.repartitionById(count, "to").mapInArrow(kernel, MESSAGES)
                crossing = F.when(F.col("to") != F.col("from"), F.length("sealed")).otherwise(0)
                messages = messages.observe(
                    observation, F.min(F.col("done").cast("int")).alias("done"), F.max("step").alias("step"),
                    F.sum(crossing).alias("crossing"), F.sum(F.length("sealed")).alias("all"),
                )
                path = folder.inner(str(rounds))
                messages.write.option("compression", "none").parquet(path.spark)
                said = observation.get
                done, before = said["done"] == 1, found.supersteps
                found.supersteps = int(said["step"])
                if not done:
                    # The last superstep of a round stands for the others.
                    found.crossing = int(said["crossing"] or 0)
                    found.shuffled += int(said["all"] or 0) * (found.supersteps - before)
                else:
                    found.shuffled += (int(said["all"] or 0) + found.crossing) * (found.supersteps - before)
                messages = self.session.read.parquet(path.spark)
                if rounds > 0:
                    folder.inner(str(rounds - 1)).remove()
                rounds += 1
            ends = Superstep(**{**kernel.__dict__, "ends": True})
            rows = messages.repartitionById(count, "to").mapInArrow(ends, MESSAGES).select("sealed").toArrow()
        parts = [one.as_py() for one in rows.column(0)]
        found.returned = sum(map(len, parts))
        found.seconds = time.monotonic() - begun
        self.report.append(found)
        return parts

    def _first(self, count: int) -> DataFrame:
        """One row a shard, before anything was told."""
        from pyspark.sql import functions as F

        empty = F.lit(None).cast("binary").alias("sealed")
        own = F.col("id").cast("int")
        step = F.lit(0).alias("step")
        return self.session.range(0, count, 1, count).select(own.alias("to"), own.alias("from"), step, F.lit(False).alias("done"), empty)

    @contextlib.contextmanager
    def _without_replanning(self) -> Iterator[None]:
        """Spark plans a chain of supersteps once: to plan it again after each costs more than a superstep. And it reads messages
        one by one: its batches hold thousands of rows, in more bytes than they can count."""
        wanted = {"spark.sql.adaptive.enabled": "false", "spark.sql.parquet.enableVectorizedReader": "false"}
        before = {name: self.session.conf.get(name) for name in wanted}
        for name, value in wanted.items():
            self.session.conf.set(name, value)
        try:
            yield
        finally:
            for name, old in before.items():
                self.session.conf.set(name, str(old))


def _seed(text: str) -> int:
    """A seed; what is none is left to the command line, which says so."""
    return int(text) if text.isdecimal() else 1


def _verb(words: list[str]) -> list[str]:
    """The words of a command line without those that say how it runs."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*kept, word, *rest]
        if word in ("--threads", "--rng-seed", "--memory"):
            next(rest, None)
        elif word not in ("--quiet", "-q", "--small-cells") and not word.startswith(("--threads=", "--rng-seed=", "--memory=")):
            kept.append(word)
    return kept


def connect(
    spark: str | SparkSession,
    *,
    partitioned: bool = False,
    shards: int | None = None,
    local_dir: str | None = None,
    store: str | None = None,
    checkpoint_every: int = 8,
    explain: bool = False,
    config: Mapping[str, str] | None = None,
) -> Engine:
    """Spark as the engine of verbs.

    Parameters
    ----------
    spark
        The address of a cluster (spark://HOST:PORT), local[N], or a session.
    partitioned
        Cut networks into shards, for those that no worker can hold. Else every worker maps the whole network.
    shards
        Into how many [default: one for each core that the workers have when the first network is cut].
    local_dir
        A folder on each worker's own disk, for copies [default: truereach-USER in the folder of temporary files].
    store
        A folder that the driver and every worker see, for shards and checkpoints: a path, s3://, gs://, hdfs:// [default:
        local_dir, which is right on one machine].
    checkpoint_every
        Supersteps between two checkpoints.
    explain
        Only say what would be done: in the engine's `plan`.
    config
        Settings of Spark, where it is an address.
    """
    java()
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineError("pyspark is not installed\n  hint: pip install 'truereach[spark]'") from None
    if checkpoint_every < 1 or (shards is not None and shards < 1):
        raise EngineError("shards and checkpoint_every must be at least 1")
    folder = local_dir or os.path.join(tempfile.gettempdir(), f"truereach-{getpass.getuser()}")
    owned = isinstance(spark, str)
    if isinstance(spark, str) and not re.fullmatch(r"spark://[^/\s]+:\d+|local(\[[\d*, ]+\])?|local-cluster\[[\d, ]+\]|yarn|k8s://\S+", spark):
        raise EngineError(f"{spark!r} is no address of Spark\n  hint: write spark://HOST:PORT, local[2], yarn or k8s://HOST")
    if owned and SparkSession.getActiveSession() is not None:
        raise EngineError("this process has a Spark session already, with settings of its own\n  hint: connect(session), or stop it first")
    session = _session(spark, config or {}) if isinstance(spark, str) else spark
    if not isinstance(session, SparkSession):
        raise EngineError("expected a classic Spark session: Spark Connect has no tasks of its own to give")
    context = session.sparkContext
    made = Engine(session, folder, Store(store or folder), partitioned, shards, checkpoint_every, None, owned, explain)
    if owned:
        context.setLogLevel("ERROR")
    return made


def _session(address: str, config: Mapping[str, str]) -> SparkSession:
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(address).appName("truereach")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.driver.maxResultSize": "0",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.python.worker.reuse": "true",
        "spark.sql.parquet.compression.codec": "uncompressed",
        "spark.io.compression.codec": "lz4",
    }
    if address.startswith("local") or "127.0.0.1" in address or "localhost" in address:
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    for name, value in {**settings, **config}.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise cause(error) from None
