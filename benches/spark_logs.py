"""Logs summed by Spark: how long rows take to become weighted edges with dense ids, beside Spark's own group-by.

    python benches/spark_logs.py DATA --rows 100000000 --times 3

DATA is a folder for the rows (about 2 GB for 100M, kept and used again) and for Spark's own files. Both sides read the
same Parquet files and write to Spark's sink that keeps nothing ("noop"):

- plain: groupBy(source, target).agg(sum(weight)), in floating point, with the names as they are;
- sums: the same rows checked and summed exactly, with counts, first and last times (`sum_logs`), names as they are;
- ours: the same sums, accounts numbered in the order of their names, edges by dense ids (`edges_from_logs` without files).

They run in turn, and the median of each is compared, in seconds that pass and in seconds of processors: the second hardly
depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import time
from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from truereach.spark import _logs, _numbered, _rows, _store


def session(data: pathlib.Path, memory: str) -> SparkSession:
    """Two cores of this machine, nothing shown or listened to beyond it."""
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", memory)
        .config("spark.local.dir", str(data / "spark"))
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    return made


def called(id: F.Column, ids: str) -> F.Column:  # type: ignore[name-defined]
    """An account by its number, by one of 19 digits as platforms give them out, or by a text."""
    far = F.xxhash64(id).bitwiseAND(F.lit(2**60 - 1)) + F.lit(10**18)
    return {"numbers": id, "far": far, "texts": F.concat(F.lit("user_"), F.lower(F.hex(far)))}[ids]


def rows(spark: SparkSession, count: int, ids: str) -> DataFrame:
    """A log: 0.4 pairs a row, the first far more often than the last; of 5M people, few of 300,000 creators in most."""

    def unit(column: str, salt: int) -> F.Column:  # type: ignore[name-defined]
        return F.pmod(F.xxhash64(column, F.lit(salt)), F.lit(2**53)).cast("double") / float(2**53)

    kinds = F.array(*[F.lit(kind) for kind in ("like", "like", "like", "comment", "share", "view")])
    log = spark.range(0, count, 1, 40)
    log = log.withColumn("pair", F.floor(F.pow(unit("id", 1), F.lit(1.5)) * (0.4 * count)))
    return log.select(
        called(F.floor(F.pow(unit("pair", 6), F.lit(1.5)) * 5_000_000), ids).alias("source"),
        called(F.floor(F.pow(unit("pair", 7), F.lit(3.0)) * 300_000 + 5_000_000), ids).alias("target"),
        F.element_at(kinds, (F.floor(unit("id", 3) * 6) + 1).cast("int")).alias("kind"),
        F.timestamp_seconds(F.lit(1_767_225_600) + F.floor(unit("id", 4) * 7_776_000)).alias("time"),
        (F.floor(unit("id", 5) * 8) / 4.0).alias("weight"),
    )


def processors(spark: SparkSession) -> float:
    """Seconds that processors worked for Spark so far."""
    pid = spark._jvm.java.lang.ProcessHandle.current().pid()  # type: ignore[union-attr]
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sink(table: DataFrame) -> None:
    table.write.format("noop").mode("overwrite").save()


def ours(log: DataFrame, folder: pathlib.Path, **asked: object) -> str:
    """Rows to edges by dense ids, and what became of the rows."""
    names = ("source", "target", "kind", "time", "weight", "sign", "time_unit", "kinds", "since", "until", "half_life", "at")
    parameters = _logs._asked(log, **{name: asked.get(name) for name in names})  # type: ignore[arg-type]
    started = time.perf_counter()
    with _numbered.Numbered(_rows.summed(log, parameters), _store.Store(str(folder))) as numbered:
        found = numbered.rows
        summed = time.perf_counter() - started
        accounts = numbered.accounts
        named = time.perf_counter() - started - summed
        sink(numbered.edges())
        joined = time.perf_counter() - started - summed - named
    return f"{found['kept']:,} rows, {found['pairs']:,} pairs, {accounts:,} accounts; sums {summed:.1f} s, names {named:.1f} s, ids {joined:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--ids", choices=("numbers", "far", "texts"), default="numbers", help="what accounts are called by")
    parser.add_argument("--memory", default="6g")
    parser.add_argument("--faded", action="store_true", help="with kinds and a half-life too, on both sides")
    given = parser.parse_args()
    spark = session(given.data, given.memory)
    path = given.data / f"{given.ids}-{given.rows}.parquet"
    if not (path / "_SUCCESS").exists():
        rows(spark, given.rows, given.ids).write.mode("overwrite").parquet(str(path))
    log = spark.read.parquet(str(path))
    weight, asked = F.col("weight"), {}
    if given.faded:
        kind = F.when(F.col("kind") == "like", 1.0).when(F.col("kind") == "comment", 3.0).when(F.col("kind") == "share", 5.0)
        age = (F.lit(1_775_000_000) - F.unix_seconds("time")).cast("double")
        weight = weight * kind * F.pow(F.lit(2.0), -F.greatest(age, F.lit(0.0)) / (30 * 86_400.0))
        asked = {"kinds": {"like": 1, "comment": 3, "share": 5}, "half_life": 30.0, "at": 1_775_000_000}
    plain = log.groupBy("source", "target").agg(F.sum(weight))
    sides: dict[str, Callable[[], str | None]] = {"plain": lambda: sink(plain), "sums": lambda: sink(_logs.sum_logs(log, **asked)), "ours": lambda: ours(log, given.data / "sums", **asked)}
    taken: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
    for at in range(given.times):
        for side, work in sides.items():
            started, worked = time.perf_counter(), processors(spark)
            found = work()
            taken[side].append((time.perf_counter() - started, processors(spark) - worked))
            print(f"{at + 1} {side:6} {taken[side][-1][0]:7.1f} s {taken[side][-1][1]:7.1f} s of processors  {found or ''}", flush=True)
    median = {side: [statistics.median(column) for column in zip(*times, strict=True)] for side, times in taken.items()}
    print(f"\n{'side':6} {'median':>8} {'processors':>11} {'rows/s':>12}")
    for side, (passed, worked) in median.items():
        print(f"{side:6} {passed:6.1f} s {worked:9.1f} s {given.rows / passed:12,.0f}")
    for side in ("sums", "ours"):
        ratios = [one / plain for one, plain in zip(median[side], median["plain"], strict=True)]
        print(f"{side} / plain: {ratios[0]:.2f} of time, {ratios[1]:.2f} of processors")
    spark.stop()


if __name__ == "__main__":
    main()
