"""What runs in a worker's Python: chunks of a verb, supersteps on a shard. Everything comes as arguments, so that any worker
can do it again."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import _truereach
from .._truereach import EngineError
from ._store import Store, local_write, shard_name

if TYPE_CHECKING:
    import pyarrow as pa

#: The network or shard that this process has open: one, so that it holds no more than its share.
_open: dict[str, Any] = {}

#: The local folders that this process may write to: looked at once each.
_writable: set[str] = set()


def ready(version: str, local_dir: str) -> None:
    """Refuses to work as another version, or without a disk; makes collections of garbage cheap.

    After every task Spark collects garbage over all that Python's libraries ever made, which takes longer than a small task.
    """
    if version != _truereach.__version__:
        raise EngineError(
            f"a worker has truereach {_truereach.__version__}, and the driver has {version}\n"
            "  hint: install the same version everywhere: equal results are promised of equal versions"
        )
    if local_dir not in _writable:
        local_write(os.path.join(local_dir, ".writable"), b"")
        gc.collect()
        gc.freeze()
        _writable.add(local_dir)


def held(path: str) -> _truereach.Network:
    """A network, mapped once a process."""
    try:
        about = os.stat(path)
    except OSError:
        raise EngineError(f"there is no {path} on a worker\n  hint: put the network where every worker finds it under this name") from None
    key = f"{path} {about.st_mtime_ns} {about.st_size}"
    found = _open.get(key)
    if not isinstance(found, _truereach.Network):
        _open.clear()
        found = _open[key] = _truereach.read(["--", path], options(0, None))
    return found


def shard(store: Store, index: int, checksum: int, local_dir: str) -> _truereach.Shard:
    """A shard, mapped until this process gets another."""
    key = f"{store.address}#{index}"
    found = _open.get(key)
    if not isinstance(found, _truereach.Shard):
        _open.clear()
        path = store.fetch(shard_name(index), local_dir, checksum)
        found = _open[key] = _truereach.Shard(path)
        if found.index != index:
            raise EngineError(f"{path} is shard {found.index}, and shard {index} was meant")
    return found


def options(seed: int, memory: str | None) -> dict[str, Any]:
    """One thread a task: Spark has given the others to other tasks."""
    return {"seed": seed, "threads": 1, "memory": memory, "progress": None}


@dataclass(frozen=True)
class Asked:
    """A verb whose chunks are asked for."""

    words: list[str]
    #: The network's snapshot; nothing: the words name it.
    network: str | None
    folder: str
    seed: int
    small_cells: bool
    memory: str | None


@dataclass(frozen=True)
class Chunks:
    """Computes groups of chunks, a group a task."""

    asked: Asked
    question: int
    work: str
    groups: list[list[bytes]]
    local_dir: str
    version: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        ready(self.version, self.local_dir)
        asked = self.asked
        if os.path.isdir(asked.folder):
            os.chdir(asked.folder)
        for batch in batches:
            for number in batch.column(0).to_pylist():
                network = None if asked.network is None else held(asked.network)
                parts = _truereach.chunks(
                    asked.words, network, asked.small_cells, options(asked.seed, asked.memory), self.question, self.work,
                    self.groups[number],
                )
                for part in parts:
                    yield pa.RecordBatch.from_arrays([pa.array([part], pa.binary())], ["part"])


@dataclass(frozen=True)
class Superstep:
    """One superstep of a job on every shard."""

    job: str
    network: int
    store: Store
    #: Of each shard: bytes and checksum.
    shards: list[tuple[int, int]]
    #: What the driver says of each shard's accounts: the name of a file in the store, and its checksum, or the bytes.
    given: list[tuple[str, int] | bytes]
    local_dir: str
    version: str
    #: Whether the job is done, and results are asked for.
    ends: bool = False

    def inbox(self, batches: Iterable[pa.RecordBatch]) -> tuple[int, list[bytes]]:
        """The shard that messages are for, and the messages."""
        to: set[int] = set()
        sealed: list[bytes] = []
        for batch in batches:
            to.update(batch.column("to").to_pylist())
            sealed += [one.as_buffer().to_pybytes() for one in batch.column("sealed") if one.is_valid]
        if len(to) != 1:
            raise EngineError(f"messages for {len(to)} shards came to one task, and one was meant")
        return to.pop(), sealed

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        ready(self.version, self.local_dir)
        index, sealed = self.inbox(batches)
        mapped = shard(self.store, index, self.shards[index][1], self.local_dir)
        given = self.given[index]
        if not isinstance(given, bytes):
            name, checksum = given
            with open(self.store.fetch(name, self.local_dir, checksum), "rb") as file:
                given = file.read()
            if _truereach.digest(given) != checksum:
                raise EngineError(f"{self.store.address}/{name} does not match its checksum")
        if self.ends:
            sent = [(index, index, 0, True, mapped.result(self.job, self.network, given, sealed))]
        else:
            sent = mapped.superstep(self.job, self.network, given, sealed)
        # A batch a message: none is copied into a larger one.
        for to, by, step, done, message in sent:
            numbers = [pa.array([number], pa.int32()) for number in (to, by, step)]
            columns = [*numbers, pa.array([done]), pa.array([message], pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, ["to", "from", "step", "done", "sealed"])
