"""Accounts of a log's pairs to dense ids: their places among the sorted names, as one machine has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .. import _truereach
from ._rows import REASONS, Summed
from ._store import Store

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import Column, DataFrame

#: Dense ids are 32 bits wide, as many as `MAX_ACCOUNTS` of the engine.
MAX_ACCOUNTS = 2**32 - 1
#: Names, or words of 64 numbers, that the driver may sort and every worker hold to number edges. More are sorted by Spark,
#: and edges and names meet by a shuffle.
_HELD = 10_000_000
#: Bytes of names that are texts, likewise: Spark's driver takes a GiB of results by default.
_HELD_BYTES = 2**28
#: How a number is written that may be an account, and the largest.
NUMBER, LARGEST = r"\A(0|[1-9][0-9]{0,19})\z", str(2**64 - 1)


class Numbered:
    """The pairs of a log, worked out once and kept in a folder, and the dense ids of their accounts.

    The folder is one that every worker sees, so what is kept survives the worker that wrote it; `close` removes it. It is
    kept as Parquet and not by Spark's own persistence, whose blocks cost several times as much to write and read.
    """

    def __init__(self, sums: Summed, folder: Store, held: int = _HELD) -> None:
        self._folder, self._held, self._texts = folder, held, sums.texts
        self._all: DataFrame | None = None
        self._ranked: DataFrame | None = None
        #: Whether all names are numbers.
        self.numbers = not sums.texts
        self._accounts: int | None = None
        #: Words of 64 numbers from the least account to the largest.
        self._span = 0
        #: Whether every worker may hold the names.
        self._light = False
        try:
            self._pairs, self.rows = self._worked_out(sums)
        except BaseException:
            self.close()
            raise

    def _worked_out(self, sums: Summed) -> tuple[DataFrame, dict[str, Any]]:
        """The pairs, and how many they are, with the rows that count and those left out by reason."""
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        nobody = F.col("source") == (F.lit("") if sums.texts else F.lit(-1))
        reason = F.when(nobody, F.col("target").cast("int"))
        left = [F.sum(F.when(reason == at, F.col("count"))).alias(name) for at, name in enumerate(REASONS)]
        kept = F.sum(F.when(~nobody, F.col("count"))).alias("kept")
        ends = [F.col("source"), F.col("target")]
        span = [] if sums.texts else [
            F.min(F.when(~nobody, F.least(*ends))).alias("least"), F.max(F.when(~nobody, F.greatest(*ends))).alias("largest"),
        ]  # fmt: skip
        seen = Observation()
        table = sums.table.observe(seen, kept, F.count_if(~nobody).alias("pairs"), *left, *span)
        pairs = self._kept("pairs", table.where(~nobody).select("source", "target", "weight"))
        found = {name: int(value or 0) for name, value in seen.get.items()}
        if span:
            self._span = (found["largest"] >> 6) - (found["least"] >> 6) + 1
        return pairs, {"kept": found["kept"], "pairs": found["pairs"], "left": {name: found[name] for name in REASONS}}

    def _kept(self, name: str, table: DataFrame) -> DataFrame:
        """A table worked out, and read from the folder from then on."""
        path = self._folder.inner(name).spark
        # Nearly every value is another one: dictionaries would be built for nothing.
        table.write.option("parquet.enable.dictionary", "false").option("compression", "none").parquet(path)
        return table.sparkSession.read.schema(table.schema).parquet(path)

    def _given(self, name: str, table: pyarrow.Table) -> DataFrame:
        """A table of this process, as Spark reads it from the folder: several times faster than one that is sent to it."""
        import pyarrow
        import pyarrow.parquet

        out, file = pyarrow.BufferOutputStream(), f"{name}.parquet"
        pyarrow.parquet.write_table(table, out, use_dictionary=False, compression="none")
        self._folder.write(file, out.getvalue().to_pybytes())
        return self._pairs.sparkSession.read.parquet(self._folder.inner(file).spark)

    @property
    def accounts(self) -> int:
        """How many accounts take part in an edge."""
        self.names()
        return self._accounts or 0

    def names(self) -> DataFrame:
        """The accounts that take part in an edge: `name` and its dense `id`."""
        from pyspark.sql import functions as F

        if self._all is not None:
            return self._all
        if not self._texts:
            words = self._words()
            if words is not None:
                bits = F.transform(F.sequence(F.lit(0), F.lit(63)), lambda bit: F.when(_bit(F.col("bits"), bit), bit))
                each = words.select("word", "bits", "before", F.explode(F.array_compact(bits)).alias("bit"))
                name = F.col("word") * 64 + F.col("bit")
                self._all = each.select(name.alias("name"), _rank("bits", F.col("bit")).alias("id"))
                return self._all
        every = self._pairs.select(F.explode(F.array("source", "target")).alias("name")).distinct()
        names = self._kept("names", every)
        size, number = F.lit(8), F.lit(True)
        if self._texts:
            size = F.octet_length("name")
            number = F.col("name").rlike(NUMBER) & ((size < 20) | (F.col("name") <= LARGEST))
        found = names.agg(F.count(F.lit(1)), F.coalesce(F.sum(size), F.lit(0)), F.coalesce(F.bool_and(number), F.lit(True))).collect()[0]
        self._count(found[0])
        self.numbers = bool(found[2])
        self._light = found[0] <= self._held and found[1] <= _HELD_BYTES
        # Of numbers as texts, without leading zeros, the longer is the larger.
        by = ["size", "name"] if self._texts and self.numbers else ["name"]
        names = names.select("name", size.alias("size"))
        self._all = self._ranked_here(names, by) if self._light else self._ranked_there(names, by)
        return self._all

    def _ranked_here(self, names: DataFrame, by: list[str]) -> DataFrame:
        """Names and their places in sorted order, sorted by this process."""
        import pyarrow
        from pyarrow import compute

        table = names.select(*by).toArrow()
        name = table.column("name")
        if self._texts:
            # As many bytes as there are may be in one piece.
            name = name.cast(pyarrow.large_string())
        name = name.take(compute.sort_indices(table, sort_keys=[(key, "ascending") for key in by]))
        return self._given("ranked", pyarrow.table({"name": name, "id": np.arange(len(name))}))

    def _ranked_there(self, names: DataFrame, by: list[str]) -> DataFrame:
        """Names and their places in sorted order, sorted by Spark: for more than a process should hold."""
        from pyspark.sql import functions as F

        # A place is a partition and a place within it: as many names stand before it as the partitions before hold.
        placed = self._kept("placed", names.sort(*by).select("name", F.monotonically_increasing_id().alias("place")))
        part = F.shiftright("place", 33).cast("int")
        sizes = {int(row[0]): int(row[1]) for row in placed.groupBy(part).count().collect()}
        starts = [0]
        for at in range(max(sizes, default=-1) + 1):
            starts.append(starts[-1] + sizes.get(at, 0))
        start = F.get(F.array(*[F.lit(start).cast("bigint") for start in starts]), part)
        return placed.select("name", (start + F.col("place").bitwiseAND(F.lit(2**33 - 1))).alias("id"))

    def _count(self, accounts: int) -> None:
        if accounts > MAX_ACCOUNTS:
            hint = "ids are 32 bits wide; split the network by platform or country"
            raise _truereach.InputError(f"accounts: at most {MAX_ACCOUNTS}, found {accounts}\n  hint: {hint}")
        self._accounts = accounts

    def _words(self) -> DataFrame | None:
        """Which numbers are accounts: 64 of them a `word`, as `bits`, and how many accounts stand `before` it.

        Nothing where numbers are far apart.
        """
        import pyarrow
        from pyspark.sql import functions as F

        if self._span > self._held:
            return None
        if self._ranked is None:
            name = F.explode(F.array("source", "target")).alias("name")
            bit = F.call_function("shiftleft", F.lit(1).cast("bigint"), _low(F.col("name")))
            word = F.shiftright("name", 6).alias("word")
            # Few tasks: in each, most numbers fall into words that it has, and little is left to shuffle.
            pairs = self._pairs.coalesce(self._pairs.sparkSession.sparkContext.defaultParallelism)
            table = pairs.select(name).groupBy(word).agg(F.bit_or(bit).alias("bits")).toArrow()
            place, bits = table.column("word").to_numpy(), table.column("bits").to_numpy()
            order = np.argsort(place)
            place, bits = place[order], bits[order]
            counts = np.bitwise_count(bits.view(np.uint64)).astype(np.int64)
            self._count(int(counts.sum()))
            ranked = pyarrow.table({"word": place, "bits": bits, "before": np.cumsum(counts) - counts})
            self._ranked = self._given("words", ranked)
        return self._ranked

    def edges(self) -> DataFrame:
        """The edges by dense ids: `follower`, `followed`, `weight`."""
        from pyspark.sql import functions as F

        names, edges = self.names(), self._pairs
        ends = (("source", "follower"), ("target", "followed"))
        words = None if self._texts else self._words()
        if words is not None:
            for name, end in ends:
                held = F.broadcast(words)
                edges = edges.withColumn("word", F.shiftright(name, 6)).join(held, "word")
                edges = edges.withColumn(end, _rank("bits", _low(F.col(name)))).drop("word", "bits", "before")
            return edges.select("follower", "followed", "weight")
        if self._light:
            names = F.broadcast(names)
        for name, end in ends:
            edges = edges.join(names.select(F.col("name").alias(name), F.col("id").alias(end)), name)
        return edges.select("follower", "followed", "weight")

    def close(self) -> None:
        """Gives back what was kept."""
        self._folder.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _low(number: Column) -> Column:
    """The place of a number within its word."""
    from pyspark.sql import functions as F

    return number.bitwiseAND(F.lit(63)).cast("int")


def _bit(bits: Column, at: Column) -> Column:
    from pyspark.sql import functions as F

    return F.call_function("shiftright", bits, at).bitwiseAND(F.lit(1)) == 1


def _rank(bits: str, at: Column) -> Column:
    """How many accounts are smaller than the one at this place of its word."""
    from pyspark.sql import functions as F

    below = F.bitwise_not(F.call_function("shiftleft", F.lit(-1).cast("bigint"), at))
    return F.col("before") + F.bit_count(F.col(bits).bitwiseAND(below))
