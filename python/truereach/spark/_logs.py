"""Logs of interactions of any size, summed by Spark to weighted edges and written as a sharded snapshot."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from .. import _truereach
from .._call import Values, whole
from ._numbered import Numbered
from ._snapshot import Snapshot
from ._store import Manifest, Store, names_name, shard_name
from ._rows import Asked, Summed, TooWide, ask, latest, said, summed

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import Column, DataFrame

#: Makes a shard of the edges that touch it: bounds, its number, follower, followed, weight.
MakeShard: TypeAlias = Callable[
    [list[int], int, npt.NDArray[np.uint32], npt.NDArray[np.uint32], "npt.NDArray[np.float64] | None"], bytes
]
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Summary:
    """What became of the rows of a log.

    Attributes
    ----------
    rows, kept
        Rows of the log, and those that count.
    left
        Rows that do not, by the first reason that holds: undated, outside, unweighted, other_kind, null_id, self.
    pairs, accounts
        Edges, and accounts that take part in one.
    at
        The moment from which half-lives count back, in milliseconds since 1970.
    columns
        Column by what it was taken for, and why.
    """

    rows: int
    kept: int
    left: dict[str, int]
    pairs: int
    accounts: int
    at: int | None
    columns: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Written:
    """A sharded snapshot as it was written: where, its manifest, and what became of the rows."""

    path: str
    manifest: Manifest
    summary: Summary

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot, to load it or to work on it."""
        return Snapshot(self.path)


def edges_from_logs(
    df: DataFrame,
    path: str,
    *,
    source: str | None = None,
    target: str | None = None,
    kind: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    sign: str | None = None,
    time_unit: Literal["s", "ms", "us", "min", "h", "d"] | None = None,
    kinds: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    half_life: float | None = None,
    at: str | float | None = None,
    shards: int = 8,
    force: bool = False,
) -> Written:
    """Sums a log of who interacted with whose posts to one weighted edge a pair, and writes them as a sharded snapshot.

    The edges, their weights to the bit and the ids of accounts are those of `truereach.aggregate` on the same rows,
    whatever the number of shards, partitions and workers: a row's weight is rounded to the nearest 2^-32, and these add
    up as whole numbers. Ids are the places of names in sorted order: by number where all are whole numbers, else by the
    bytes of their texts.

    Parameters
    ----------
    df
        Rows: who, whom, and what else the columns below say.
    path
        A folder, or the URI of one that pyarrow and Spark can write to and every worker sees: file, s3, gs, hdfs. What is
        worked out on the way lies in a folder `sums-…` in it, which is removed at the end; of a driver that was killed it
        stays.
    source
        Column of who interacted, so who heard [default: by its name: source, user_id, from, follower, …]
    target
        Column of whose post it was [default: by its name: target, creator, to, followee, author, …]
    kind
        Column of what was done, for kinds [default: by its name: type, kind, action, …]
    time
        Column of the time, or none [default: by its name: time, timestamp, date, …]; timestamps, dates or whole numbers
    weight
        Column of a weight, or none [default: by its name: weight, value, …]; numbers
    sign
        Column of a sign, for or against, or none [default: by its name: sign, stance, sentiment, …]: looked at, and left
        out of the weight; [`sum_logs`] counts signs
    time_unit
        What a bare number in the time column counts [default: s]
    kinds
        Only these kinds, with their weights, as {"like": 1, "share": 5} [default: all, each row 1]
    since
        Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970)
    until
        Only rows before this time
    half_life
        Days after which a row counts half
    at
        The moment from which half-lives count back [default: until, else the latest time in the log]
    shards
        Parts of the snapshot: each owns the accounts of a range of ids, a multiple of 64; fewer where there are too few.
    force
        Replace the snapshot if it exists
    """
    asked = _asked(df, source, target, kind, time, weight, sign, time_unit, kinds, since, until, half_life, at)
    return _write(df, asked, path, shards, force, _truereach.make_shard)


def sum_logs(
    df: DataFrame,
    *,
    source: str | None = None,
    target: str | None = None,
    kind: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    sign: str | None = None,
    time_unit: Literal["s", "ms", "us", "min", "h", "d"] | None = None,
    kinds: Values | None = None,
    since: str | float | None = None,
    until: str | float | None = None,
    half_life: float | None = None,
    at: str | float | None = None,
    wide: bool = False,
) -> DataFrame:
    """The edges of a log as a table that Spark has yet to work out: what `truereach.aggregate` writes to a Parquet file.

    Columns: source, target, count, weight, and where the log has them positive, negative, first, last (milliseconds
    since 1970). Parameters are those of [`edges_from_logs`].

    Parameters
    ----------
    wide
        Sums of more than 64 bits, for weights of which some sum reaches 2^31. Without it such a log ends in an error.
    """
    asked = _asked(df, source, target, kind, time, weight, sign, time_unit, kinds, since, until, half_life, at)
    return summed(df, asked, wide=wide, extras=True).pairs()


def _asked(
    df: DataFrame,
    source: str | None,
    target: str | None,
    kind: str | None,
    time: str | None,
    weight: str | None,
    sign: str | None,
    time_unit: str | None,
    kinds: Values | None,
    since: str | float | None,
    until: str | float | None,
    half_life: float | None,
    at: str | float | None,
) -> Asked:
    """The parameters, checked, with the moment from which half-lives count back."""
    asked = ask(
        df,
        {
            "source": ("text", source),
            "target": ("text", target),
            "kind": ("text", kind),
            "time": ("text", time),
            "weight": ("text", weight),
            "sign": ("text", sign),
            "time-unit": ("text", time_unit),
            "kinds": ("comma", kinds),
            "since": ("text", since),
            "until": ("text", until),
            "half-life": ("number", half_life),
            "at": ("text", at),
        },
    )
    if asked.half_life is not None and asked.at is None:
        asked = asked.counted_back_from(said(lambda: latest(df, asked)))
    return asked


def _write(df: DataFrame, asked: Asked, path: str, shards: int, force: bool, make: MakeShard) -> Written:
    shards = whole("shards", shards)
    if not 1 <= shards < 2**20:
        raise _truereach.ParameterError(f"shards: expected a number from 1 to 2**20 - 1, found {shards}")
    folder = Store(str(path))
    _prepare(folder, force)
    try:
        try:
            return said(lambda: _written(df, summed(df, asked), asked, folder, shards, make))
        except TooWide:
            return said(lambda: _written(df, summed(df, asked, wide=True), asked, folder, shards, make))
    except BaseException:
        _clear(folder)
        raise


def _written(df: DataFrame, sums: Summed, asked: Asked, folder: Store, shards: int, make: MakeShard) -> Written:
    """Works the sums out once, numbers the accounts, and writes shards, names and last the manifest."""
    with Numbered(sums, folder.inner(f"sums-{uuid.uuid4().hex}")) as numbered:
        rows, accounts = numbered.rows, numbered.accounts
        bounds = shard_bounds(accounts, shards)
        files = _shards(numbered.edges(), bounds, folder, make)
        names = _names(numbered.names(), bounds, folder, numbered.numbers)
    digest = (sum(file.digest for file in files) + _truereach.accounts_digest(accounts)) % 2**64
    manifest = Manifest(
        accounts, rows["pairs"], True, bounds, digest, [(file.size, file.checksum) for file in files],
        [(file.size, file.checksum) for file in names],
    )  # fmt: skip
    folder.write(MANIFEST, manifest.text())
    left: dict[str, int] = rows["left"]
    columns = {role: (asked.names[role], asked.why[role]) for role in asked.columns}
    summary = Summary(
        rows["kept"] + sum(left.values()), rows["kept"], left, rows["pairs"], accounts,
        asked.at if asked.half_life is not None else None, columns,
    )  # fmt: skip
    return Written(folder.address, manifest, summary)


def shard_bounds(accounts: int, shards: int) -> list[int]:
    """The first id of each shard, and the number of accounts: multiples of 64, the last excepted."""
    each = max(64, -(-accounts // shards) + 63 & ~63)
    return [*range(0, accounts, each), accounts]


def _shards(edges: DataFrame, bounds: list[int], folder: Store, make: MakeShard) -> list[_File]:
    """Writes a file a shard of the edges that touch its accounts."""
    from pyspark import TaskContext
    from pyspark.sql import functions as F

    shards = len(bounds) - 1
    if shards == 0:
        return []
    each = bounds[1] if shards > 1 else max(bounds[1], 1)

    def shard(end: str) -> Column:
        return F.floor(F.col(end) / F.lit(each)).cast("int")

    def write(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        held = TaskContext.get()
        index = held.partitionId() if held is not None else 0
        ends: list[list[npt.NDArray[Any]]] = [[], [], []]
        for batch in batches:
            for column, kept, type_ in zip((0, 1, 2), ends, (np.uint32, np.uint32, np.float64), strict=True):
                kept.append(batch.column(column).to_numpy(zero_copy_only=False).astype(type_))
        follower, followed, weight = (
            np.concatenate(kept) if kept else np.empty(0, type_)
            for kept, type_ in zip(ends, (np.uint32, np.uint32, np.float64), strict=True)
        )
        made = make(bounds, index, follower, followed, weight)
        own = (follower >= bounds[index]) & (follower < bounds[index + 1])
        file = shard_name(index)
        folder.write(file, made)
        yield _told(pyarrow, index, made, _truereach.edges_digest(follower[own], followed[own], weight[own]))

    # An edge goes to the shards of both its ends, once where they are one.
    both = F.array_distinct(F.array(shard("follower"), shard("followed")))
    dealt = edges.select(F.explode(both).alias("shard"), "follower", "followed", "weight")
    dealt = dealt.repartitionById(shards, "shard").select("follower", "followed", "weight")
    return _listed(dealt.mapInArrow(write, _TOLD).collect())


def _names(names: DataFrame, bounds: list[int], folder: Store, numbers: bool) -> list[_File]:
    """Writes the names of a shard's accounts, in the order of their ids, to a Parquet file beside it."""
    from pyspark import TaskContext
    from pyspark.sql import functions as F

    shards = len(bounds) - 1
    if shards == 0:
        return []
    each = bounds[1] if shards > 1 else max(bounds[1], 1)

    def write(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow
        import pyarrow.parquet

        held = TaskContext.get()
        index = held.partitionId() if held is not None else 0
        listed = list(batches)
        texts = pyarrow.chunked_array([batch.column(0) for batch in listed], listed[0].schema.field(0).type)
        column = texts.cast(pyarrow.uint64() if numbers else pyarrow.large_string())
        out = pyarrow.BufferOutputStream()
        pyarrow.parquet.write_table(pyarrow.table({"name": column}), out)
        made = out.getvalue().to_pybytes()
        file = names_name(index)
        folder.write(file, made)
        yield _told(pyarrow, index, made, 0)

    dealt = names.withColumn("shard", F.floor(F.col("id") / F.lit(each)).cast("int")).repartitionById(shards, "shard")
    return _listed(dealt.sortWithinPartitions("id").select("name").mapInArrow(write, _TOLD).collect())


#: What a task tells of a file that it wrote. Digests have no sign, and Spark no number without one: they go as texts.
_TOLD = "index int, bytes bigint, checksum string, digest string"


@dataclass(frozen=True)
class _File:
    """A file that a task wrote."""

    size: int
    checksum: int
    #: Of the edges in it.
    digest: int


def _told(pyarrow: Any, index: int, made: bytes, digest: int) -> pyarrow.RecordBatch:
    checksum = _truereach.digest(made)
    columns = [
        pyarrow.array([index], pyarrow.int32()), pyarrow.array([len(made)], pyarrow.int64()),
        pyarrow.array([f"{checksum:016x}"]), pyarrow.array([f"{digest:016x}"]),
    ]  # fmt: skip
    return pyarrow.RecordBatch.from_arrays(columns, ["index", "bytes", "checksum", "digest"])


def _listed(rows: list[Any]) -> list[_File]:
    """What the tasks told, by shard."""
    rows.sort(key=lambda row: row["index"])
    return [_File(row["bytes"], int(row["checksum"], 16), int(row["digest"], 16)) for row in rows]


def _prepare(store: Store, force: bool) -> None:
    """Refuses a folder that holds a snapshot already, unless that is to be replaced."""
    if store.has(MANIFEST):
        if not force:
            raise FileExistsError(f"{store.address} exists\n  hint: force=True replaces it")
        _clear(store)


def _clear(store: Store) -> None:
    """Takes away the files of a snapshot, and nothing else; first its manifest, without which the rest is none."""
    ours = re.compile(r"(manifest\.json|shard-\d{5,}\.trs|names-\d{5,}\.parquet)(\.[0-9a-f]{32}\.part)?")
    for name in sorted(filter(ours.fullmatch, store.listed()), key=lambda name: name != MANIFEST):
        store.forget(name)
