"""From a log to shards that Spark writes, to one machine's engine and to supersteps: the same network, the same bits."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import polars as pl
import pytest

import truereach as tr
from truereach import spark


@pytest.fixture(params=["numbers", "texts"])
def log(request: pytest.FixtureRequest) -> pl.DataFrame:
    """Who interacted with whose posts, how often."""
    random = np.random.default_rng(5)
    source = random.integers(0, 900, 12_000)
    target = (random.pareto(0.8, 12_000) * 3).astype(np.int64) % 900
    frame = pl.DataFrame({"source": source, "target": target}).filter(pl.col("source") != pl.col("target"))
    if request.param == "texts":
        frame = frame.with_columns(("người-" + pl.col(name).cast(pl.String)).alias(name) for name in ("source", "target"))
    return frame


def alone(log: pl.DataFrame) -> tr.Network:
    """The network of the log on one machine."""
    pairs = log.group_by("source", "target").agg(pl.len().cast(pl.Float64).alias("weight"))
    return tr.from_edges(pairs["source"], pairs["target"], weight=pairs["weight"], view="whole")


def by_id(network: tr.Network, result: tr.Result, column: str) -> list[Any]:
    names = [str(name) for name in network.names()]
    found = dict(zip([str(one) for one in result["account"]], list(result[column]), strict=True))
    return [found[name] for name in names]


def test_a_log_becomes_a_network(log: pl.DataFrame, session: Any, tmp_path: pathlib.Path) -> None:
    written = spark.edges_from_logs(session.createDataFrame(log.to_pandas()), str(tmp_path / "shards"), shards=3)
    network, one = written.snapshot.load(), alone(log)
    assert written.summary.kept == len(log)
    assert (network.accounts, network.follows, network.checksum) == (one.accounts, one.follows, one.checksum)

    engine = spark.connect(session, local_dir=str(tmp_path / "local"))
    ranked = written.snapshot.pagerank(engine, tolerance=1e-2)
    wanted = tr.pagerank(one, tolerance=1e-2, top=0)
    assert ranked.scores.tolist() == by_id(one, wanted, "pagerank")
    assert ranked.iterations == wanted.summary["iterations"] == engine.report[-1].supersteps
    assert not engine.partitioned and engine.shards is None
    labels = written.snapshot.components(engine)
    assert len(set(labels.tolist())) == len(tr.components(one, top=0)["accounts"])
    assert len(written.snapshot.labels(engine, rounds=2)) == one.accounts


def test_a_damaged_snapshot_is_refused(log: pl.DataFrame, session: Any, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "shards"
    written = spark.edges_from_logs(session.createDataFrame(log.to_pandas()), str(folder), shards=2)
    engine = spark.connect(session, local_dir=str(tmp_path / "local"))
    for name in ("shard-00001.trs", "names-00000.parquet"):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(tr.EngineError, match="does not match its checksum"):
            written.snapshot.load()
        if name.endswith(".trs"):
            with pytest.raises(tr.EngineError, match="does not match its checksum"):
                written.snapshot.components(engine)
        (folder / name).unlink()
        with pytest.raises(tr.EngineError, match=f"{name} is missing"):
            written.snapshot.load()
        (folder / name).write_bytes(data)
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(tr.EngineError, match="is no manifest"):
        spark.Snapshot(str(folder)).load()
