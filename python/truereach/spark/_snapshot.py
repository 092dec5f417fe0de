"""A network that is stored in shards: loaded into one machine, or worked on without anybody who holds it whole."""

from __future__ import annotations

import json
import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .. import _truereach
from .._network import from_edges
from .._truereach import EngineError
from ._store import Manifest, Store, names_name, shard_name

if TYPE_CHECKING:
    import pyarrow

    from ._engine import Engine


@dataclass(frozen=True)
class Ranked:
    """PageRank of every account, in the order of their ids."""

    scores: npt.NDArray[np.float64]
    iterations: int
    #: Proven distance to the exact scores, summed over all accounts.
    error_bound: float
    converged: bool


@dataclass(frozen=True)
class Snapshot:
    """A folder with a manifest, shards and the names of their accounts, as :func:`edges_from_logs` writes it.

    Its methods give arrays in the order of ids (4 or 8 bytes an account in the driver, which holds nothing else); `names`
    says who they are. They equal the results of the loaded network to the bit.
    """

    path: str

    @cached_property
    def manifest(self) -> Manifest:
        """What it is made of."""
        return Manifest.of(Store(self.path))

    def names(self, shard: int) -> pyarrow.ChunkedArray:
        """The names of a shard's accounts, in the order of their ids."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        data = self._file(names_name(shard), self.manifest.names[shard][1])
        return pq.read_table(pa.BufferReader(data)).column(0)

    def load(self) -> _truereach.Network:
        """The network on this machine: what `from_edges` makes of the same edges, to the bit."""
        import pyarrow as pa

        columns: list[list[npt.NDArray[Any]]] = [[], [], []]
        for index, (_, checksum) in enumerate(self.manifest.shards):
            with tempfile.NamedTemporaryFile(suffix=".trs") as file:
                file.write(self._file(shard_name(index), checksum))
                file.flush()
                shard = _truereach.Shard(file.name)
                if shard.index != index:
                    raise EngineError(f"{self.path}/{shard_name(index)} is shard {shard.index}")
                for column, kept in zip(shard.edges(), columns, strict=True):
                    if column is not None:
                        kept.append(column)
        follower, followed = (np.concatenate([*kept, np.empty(0, np.uint32)]) for kept in columns[:2])
        weight = np.concatenate(columns[2]) if columns[2] else None
        if not self.manifest.names:
            return from_edges(follower, followed, weight=weight, view="whole", accounts=self.manifest.accounts)
        listed = [self.names(index) for index in range(len(self.manifest.shards))]
        names = pa.chunked_array([chunk for one in listed for chunk in one.chunks])
        return from_edges(names.take(pa.array(follower)), names.take(pa.array(followed)), weight=weight, view="whole")

    def pagerank(
        self, engine: Engine, *, damping: float = 0.85, tolerance: float = 1e-9, max_iterations: int = 1000
    ) -> Ranked:
        """PageRank with uniform teleport, in supersteps."""
        wanted = json.dumps({"damping": damping, "tolerance": tolerance, "max_iterations": max_iterations})
        with self._lent(engine):
            return Ranked(*_truereach.stored_pagerank(engine, self.manifest.digest, self._about, wanted))

    def components(self, engine: Engine) -> npt.NDArray[np.uint32]:
        """Of each account the smallest account of its weak component, in supersteps."""
        with self._lent(engine):
            return _truereach.stored_labels(engine, self.manifest.digest, self._about, None)

    def labels(self, engine: Engine, rounds: int = 10) -> npt.NDArray[np.uint32]:
        """Communities by label propagation (CDLP), in supersteps."""
        if rounds < 1:
            raise EngineError("rounds must be at least 1")
        with self._lent(engine):
            return _truereach.stored_labels(engine, self.manifest.digest, self._about, rounds)

    @property
    def _about(self) -> tuple[list[int], int, bool]:
        return self.manifest.bounds, self.manifest.follows, self.manifest.weighted

    def _lent(self, engine: Engine) -> AbstractContextManager[None]:
        return engine.lent(self.manifest.digest, Store(self.path), len(self.manifest.shards))

    def _file(self, name: str, checksum: int) -> bytes:
        data = Store(self.path).read(name)
        if _truereach.digest(data) != checksum:
            raise EngineError(f"{self.path}/{name} does not match its checksum\n  hint: it was damaged after it was written")
        return data
