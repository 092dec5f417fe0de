"""Logs summed by Spark: the edges, weights and ids of one machine, to the bit."""

from __future__ import annotations

import io
import json
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

pytest.importorskip("pyspark", reason="SKIPPED: PySpark is not installed")

import truereach as tr
from truereach.spark import _logs, _numbered, _rows
from truereach.spark._exp2 import exp2
from truereach.spark._store import Store

from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession, functions as F

# Workers cannot import a test.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

START = 1_767_225_600_000
DAY = 86_400_000
VERB = ("source", "target", "kind", "time", "weight", "sign", "time_unit", "kinds", "since", "until", "half_life", "at")


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        SparkSession.builder.master("local[2]")
        .appName("logs")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "Asia/Ho_Chi_Minh")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def names_of(ids: str, numbers: np.ndarray[Any, Any]) -> pa.Array:
    """Accounts of a kind: numbers, numbers written as texts, or texts of any script."""
    if ids == "numbers":
        return pa.array(numbers.astype(np.int64))
    if ids == "digits":
        return pa.array([str(int(number) * 7**15 % 2**64) if number else str(2**64 - 1) for number in numbers])
    texts = ("anh", "Anh", "30", "4", "007", "é", "e\u0301", "😀", "😀😀", "\uffee", "một tên rất dài của một người", "a b", "z'\"")
    return pa.array([f"{texts[int(number) % len(texts)]}{'' if number < len(texts) else number}" for number in numbers])


def log(ids: str, rows: int = 4000, accounts: int = 90, seed: int = 1, times: str = "us") -> pa.Table:
    """Random rows with everything a log may hold: repeats, self rows, nulls, ages on both sides of a moment."""
    random = np.random.default_rng(seed)

    def holes(column: pa.Array, share: float) -> pa.Array:
        return pa.compute.if_else(pa.array(random.random(rows) < share), pa.scalar(None, column.type), column)

    ends = [holes(names_of(ids, (random.random(rows) ** 2 * accounts).astype(int)), 0.02) for _ in range(2)]
    kinds = np.array(["like", "Likes ", "RT", "share", "comment", "view", "\u00a0FAV", "nothing", ""])
    at = START + (random.random(rows) * 90 * DAY).astype(np.int64)
    moments = {
        "us": pa.array(at * 1000 + 999, pa.timestamp("us", "UTC")),
        "naive": pa.array(at * 1000 - 4_000_000_000_000_000, pa.timestamp("us")),
        "date": pa.array(at // DAY, pa.int32()).cast(pa.date32()),
        "s": pa.array(at // 1000),
        "micro": pa.array(at * 1000 + 1),
    }
    return pa.table(
        {
            "source": ends[0],
            "target": ends[1],
            "kind": holes(pa.array(kinds[random.integers(0, len(kinds), rows)]), 0.03),
            "time": holes(moments[times], 0.03),
            "weight": holes(pa.array(np.where(random.random(rows) < 0.02, np.nan, random.normal(1, 3, rows))), 0.02),
            "stance": holes(pa.array(np.array(["+", "for", "NEG ", "-0.5", "2e3", "neu", "0"])[random.integers(0, 7, rows)]), 0.1),
        }
    )


def one_machine(table: pa.Table, folder: pathlib.Path, **asked: Any) -> pa.Table:
    path = folder / "log.parquet"
    pa.parquet.write_table(table, path)
    said = tr.aggregate([path], output=folder / "edges.parquet", force=True, **asked)
    assert said is not None
    return pa.parquet.read_table(folder / "edges.parquet")


def frame(spark: SparkSession, table: pa.Table, folder: pathlib.Path) -> DataFrame:
    pa.parquet.write_table(table, folder / "rows.parquet")
    return spark.read.parquet(str(folder / "rows.parquet"))


def columns(table: pa.Table) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Everything said of a pair, weights by their bits."""
    held = {name: table.column(name) for name in table.column_names}
    for name in ("first", "last"):
        if name in held:
            held[name] = held[name].cast(pa.int64())
    held["weight"] = pa.array(held["weight"].to_numpy().view(np.int64))
    rest = [held[name].to_pylist() for name in table.column_names if name not in ("source", "target")]
    ends = zip((str(name) for name in held["source"].to_pylist()), (str(name) for name in held["target"].to_pylist()), strict=True)
    return dict(zip(ends, zip(*rest, strict=True), strict=True))


def stand_in(bounds: list[int], index: int, follower: Any, followed: Any, weight: Any) -> bytes:
    """Edges as they come, where the engine would make a shard of them."""
    out = io.BytesIO()
    order = np.lexsort((followed, follower))
    np.savez(out, follower=follower[order], followed=followed[order], weight=weight[order])
    return out.getvalue()


def written(df: DataFrame, path: pathlib.Path, shards: int = 3, force: bool = False, **asked: Any) -> _logs.Written:
    parameters = _logs._asked(df, **{name: asked.get(name) for name in VERB})
    return _logs._write(df, parameters, path.as_uri(), shards, force, stand_in)


def read_back(path: pathlib.Path) -> tuple[pa.Array, dict[tuple[int, int], int]]:
    """The names and the edges of shards that `stand_in` made; every edge stands with both its ends."""
    manifest = json.loads((path / "manifest.json").read_text())
    bounds = manifest["bounds"]
    edges: dict[tuple[int, int], int] = {}
    for index, shard in enumerate(manifest["shards"]):
        held = np.load(io.BytesIO((path / shard["file"]).read_bytes()))
        assert len((path / shard["file"]).read_bytes()) == shard["bytes"]
        own = [(held[end] >= bounds[index]) & (held[end] < bounds[index + 1]) for end in ("follower", "followed")]
        assert (own[0] | own[1]).all()
        for u, v, bits in zip(held["follower"].tolist(), held["followed"].tolist(), held["weight"].view(np.int64).tolist(), strict=True):
            edges[u, v] = bits
    tables = [pa.parquet.read_table(path / names["file"]) for names in manifest["names"]]
    names = pa.concat_tables(tables).column("name").combine_chunks() if tables else pa.array([], pa.uint64())
    assert [len(table) for table in tables] == [bounds[at + 1] - bounds[at] for at in range(len(bounds) - 1)]
    return names, edges


ASKED: list[dict[str, Any]] = [
    {},
    {"kinds": {"like": 1, "share": 5.5}},
    {"since": "2026-01-20", "until": "2026-03-01T00:00:00.123+07:00"},
    {"half_life": 30.0},
    {"kinds": "view=0.1,comment=3", "since": "2026-01-30", "half_life": 7.5, "at": "2026-03-20", "weight": "none"},
    {"half_life": 0.013, "sign": "none"},
]


@pytest.mark.parametrize(("which", "ids"), list(zip(range(len(ASKED)), ["numbers", "digits", "texts"] * 2, strict=True)))
def test_pairs_and_ids_are_those_of_one_machine(spark: SparkSession, tmp_path: pathlib.Path, which: int, ids: str) -> None:
    table, asked = log(ids, seed=which + 1), ASKED[which]
    expected = one_machine(table, tmp_path, **asked)
    df = frame(spark, table, tmp_path)
    assert columns(_logs.sum_logs(df, **asked).toArrow()) == columns(expected)

    made = written(df, tmp_path / "shards", **asked)
    names, edges = read_back(tmp_path / "shards")
    assert len(names) == made.summary.accounts and len(edges) == made.summary.pairs == len(expected)
    order = names.to_pylist()
    assert order == sorted(order, key=lambda name: name if isinstance(name, int) else name.encode())
    assert (names.type == pa.uint64()) == (expected.schema.field("source").type == pa.uint64())
    place = {name: at for at, name in enumerate(order)}
    ends = zip(expected["source"].to_pylist(), expected["target"].to_pylist(), strict=True)
    bits = expected["weight"].to_numpy().view(np.int64).tolist()
    assert edges == {(place[u], place[v]): weight for (u, v), weight in zip(ends, bits, strict=True)}
    # And those of the network that is made of the same edges.
    network = tr.from_edges("source", "target", table=expected, weight="weight")
    assert [str(name) for name in (network.names().tolist() if ids != "texts" else network.names())] == [str(name) for name in order]


def test_rows_left_out_are_counted_by_the_first_reason(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    rows: list[tuple[Any, Any, Any, Any, Any]] = [
        (1, 2, "like", 100, 1.0),
        (1, 2, "RT", 200, 2.0),
        (1, 1, "like", 100, 1.0),
        (None, 2, "like", 100, 1.0),
        (1, None, "view", 100, 1.0),
        (1, 2, None, 100, 1.0),
        (1, 2, "like", None, None),
        (1, 2, "like", 5000, 1.0),
        (1, 2, "like", 100, None),
        (-1, 2, "view", 100, 1.0),
    ]
    df = spark.createDataFrame(rows, "fan bigint, creator int, action string, ts bigint, value double")
    asked = {"time": "ts", "kinds": {"like": 1, "share": 3}, "until": 1000, "half_life": 1e9}
    made = written(df, tmp_path / "shards", **asked)
    left = {"undated": 1, "outside": 1, "unweighted": 1, "other_kind": 3, "null_id": 1, "self": 1}
    assert made.summary == _logs.Summary(10, 2, left, 1, 2, 1_000_000, made.summary.columns)
    assert made.summary.columns["source"] == ("fan", "its name is a word for who interacted")
    assert made.summary.columns["time"] == ("ts", "--time says so")


def test_the_same_digest_for_any_number_of_shards_and_partitions(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    df = frame(spark, log("texts", accounts=700), tmp_path)
    digests, edges = set(), []
    for shards, partitions in ((1, 1), (4, 7), (1000, 3)):
        path = tmp_path / f"{shards}"
        spark.conf.set("spark.sql.shuffle.partitions", partitions)
        made = written(df.repartition(partitions).orderBy(F.rand(shards)), path, shards=shards)
        assert len(made.manifest.shards) == min(shards, -(-made.summary.accounts // 64))
        digests.add(made.manifest.digest)
        edges.append(read_back(path))
    spark.conf.set("spark.sql.shuffle.partitions", 2)
    assert len(digests) == 1 and edges[0] == edges[1] == edges[2]
    # What stands there stays, unless it is to be replaced; then no file of it is left.
    with pytest.raises(FileExistsError, match="force"):
        written(df, tmp_path / "1")
    (tmp_path / "1000" / "notes.txt").write_text("mine")
    written(df, tmp_path / "1000", shards=1, force=True)
    assert sorted(os.listdir(tmp_path / "1000")) == ["manifest.json", "names-00000.parquet", "notes.txt", "shard-00000.trs"]


@pytest.mark.parametrize("ids", ["numbers", "texts"])
def test_names_that_no_worker_can_hold_give_the_same_ids(
    spark: SparkSession, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, ids: str
) -> None:
    sums = _rows.summed(df := frame(spark, log(ids, rows=500), tmp_path), _logs._asked(df, **dict.fromkeys(VERB)))
    found = []
    for held, size in ((10_000, 2**20), (0, 2**20), (10_000, 0)):
        monkeypatch.setattr(_numbered, "_HELD_BYTES", size)
        with _numbered.Numbered(sums, Store(str(tmp_path / "sums")), held=held) as numbered:
            names = sorted(zip(*(column.to_pylist() for column in numbered.names().toArrow().columns), strict=True))
            u, v, weight = (column.to_numpy() for column in numbered.edges().toArrow().columns)
            digest = tr._truereach.edges_digest(u.astype(np.uint32), v.astype(np.uint32), weight)
            found.append((names, digest, numbered.accounts))
        assert not (tmp_path / "sums").exists()
    assert found[0] == found[1] == found[2] and [at for _, at in found[0][0]] == list(range(found[0][2]))


def test_a_log_without_rows_is_a_snapshot_without_accounts(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    df = frame(spark, log("numbers", rows=10).slice(0, 0), tmp_path)
    for empty in (df, spark.createDataFrame([], "source string, target string")):
        made = written(empty, tmp_path / "shards", force=True)
        assert (made.summary.rows, made.summary.pairs, made.manifest.bounds) == (0, 0, [0])
    with pytest.raises(tr.InputError, match="none in the whole log"):
        written(df, tmp_path / "other", half_life=3)


def test_powers_of_two_are_those_of_the_engine(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    random = np.random.default_rng(3)
    # Every row a pair, with weights so large that no bit of the power is lost.
    age = (random.random(4000) * random.choice([0.001, 1, 40], 4000) * 1e9).astype(np.int64)
    ends = pa.array(np.arange(4000))
    table = pa.table({"source": ends, "target": pa.array(np.full(4000, 5000)), "time": pa.array(-age), "weight": np.full(4000, 3e8)})
    asked = {"half_life": 1e9 / 86_400_000, "at": 0, "time_unit": "ms"}
    df = frame(spark, table, tmp_path)
    assert columns(_logs.sum_logs(df, **asked).toArrow()) == columns(one_machine(table, tmp_path, **asked))
    x = -np.concatenate([random.random(500) * 1100, np.arange(1080) / 1.0, [0.0]])
    found = spark.createDataFrame(pa.table({"x": x})).select("x", exp2(F.col("x")).alias("y")).toArrow()
    x, y = found["x"].to_numpy(), found["y"].to_numpy()
    assert np.all(np.abs(y - np.exp2(x)) <= np.spacing(np.exp2(x)))
    assert np.all(y[x == np.floor(x)] == np.exp2(x[x == np.floor(x)]))


@pytest.mark.parametrize(("times", "unit"), [("naive", None), ("date", None), ("s", None), ("micro", "us")])
def test_times_of_every_type(spark: SparkSession, tmp_path: pathlib.Path, times: str, unit: Any) -> None:
    table = log("numbers", rows=300, times=times)
    asked = {"half_life": 20.0, "time_unit": unit, "weight": "none"}
    expected = one_machine(table, tmp_path, **asked)
    assert columns(_logs.sum_logs(frame(spark, table, tmp_path), **asked).toArrow()) == columns(expected)


def test_sums_that_do_not_fit_64_bits_are_summed_again(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    table = log("numbers", rows=2000, accounts=6)
    weight = pa.compute.add(pa.compute.multiply(table["weight"], 1e8), 0.25)
    table = table.set_column(4, "weight", weight)
    expected = columns(one_machine(table, tmp_path))
    df = frame(spark, table, tmp_path)
    assert columns(_logs.sum_logs(df, wide=True).toArrow()) == expected
    written(df, tmp_path / "shards")
    assert sorted(read_back(tmp_path / "shards")[1].values()) == sorted(said[1] for said in expected.values())
    with pytest.raises(_rows.TooWide):
        _rows.said(lambda: _logs.sum_logs(df).toArrow())


def test_what_makes_no_sense_is_refused_before_the_job(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    ids = "source bigint, target bigint"
    for schema, asked, says in (
        ("a bigint, b bigint, c bigint", {}, "--source: which column of the log says who interacted"),
        (ids, {"weight": "w"}, "--weight: the log has no column w"),
        (ids, {"kinds": {"like": 1}}, "--kinds: needs a column"),
        (ids, {"half_life": 1.0}, "--half-life: needs a column"),
        (f"{ids}, time timestamp", {"half_life": 0.0}, "--half-life: must be more than 0 days"),
        (f"{ids}, time timestamp", {"since": "soon"}, '--since: "soon" is not a time'),
        (f"{ids}, time timestamp", {"since": 5, "until": 5}, "--since: is not before --until"),
        (f"{ids}, time timestamp", {"at": 5}, "--at: says from when half-lives count back"),
        (f"{ids}, kind string", {"kinds": "RT=1,retweet=2"}, "--kinds: names share twice"),
        ("source double, target bigint", {}, 'column "source": expected account ids'),
        (f"{ids}, time string", {}, 'column "time": expected timestamps, dates or whole numbers, found values of type string'),
        (f"{ids}, weight array<double>", {}, 'column "weight": expected weights: numbers'),
        (ids, {"target": "source"}, "--target: is the same column as --source"),
    ):
        with pytest.raises((tr.ParameterError, tr.InputError)) as error:
            _logs.sum_logs(spark.createDataFrame([], schema), **asked)
        assert says in str(error.value)
    with pytest.raises(tr.ParameterError, match="shards: expected"):
        written(spark.createDataFrame([], ids), tmp_path / "shards", shards=0)


def test_values_that_are_none_end_the_job_with_a_sentence(spark: SparkSession, tmp_path: pathlib.Path) -> None:
    for schema, row, says in (
        ("source bigint, target bigint", (1, -6), 'column "target": expected account ids: whole numbers from 0, or texts, found -6'),
        ("source bigint, target bigint, time bigint", (1, 2, 1_767_225_600_000), "hint: say what the numbers count: --time-unit ms"),
        ("source string, target int, weight double", ("a", 2, float("inf")), 'column "weight": expected a finite weight'),
        ("source int, target int, weight double", (1, 2, 1e30), "weights must stay below 2^58"),
        ("source int, target int, sign string", (1, 2, "maybe"), 'column "sign": expected a sign: a number, + or -'),
    ):
        with pytest.raises(tr.InputError) as error:
            written(spark.createDataFrame([row], schema), tmp_path / "shards")
        assert says in str(error.value)
    assert not [*(tmp_path / "shards").rglob("*")]


def test_kinds_have_the_names_that_the_engine_gives_them(tmp_path: pathlib.Path) -> None:
    every = [name for kind, others in _rows._KINDS.items() for name in (kind, *others)]
    path = tmp_path / "kinds.parquet"
    ends = pa.array(range(len(every)))
    pa.parquet.write_table(pa.table({"from": ends, "to": pa.array([1000] * len(every)), "type": every}), path)
    for kind, others in _rows._KINDS.items():
        tr.aggregate([path], output=tmp_path / "edges.parquet", kinds={kind: 1}, force=True)
        kept = pa.parquet.read_table(tmp_path / "edges.parquet")["source"].to_pylist()
        assert [every[at] for at in sorted(kept)] == [kind, *others]
        assert {_rows.canonical_kind(f" {name.upper()}") for name in (kind, *others)} == {kind}
