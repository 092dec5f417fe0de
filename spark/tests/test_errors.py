"""What can be wrong around Spark, and what is said of it: never a wrong number."""

from __future__ import annotations

import os
import pathlib
from typing import Any

import pytest

import truereach as tr
from truereach import spark
from truereach.spark import _engine, _worker


@pytest.fixture
def cut(session: Any, tmp_path: pathlib.Path, market: pathlib.Path) -> spark.Engine:
    """An engine that has cut the market into its store."""
    engine = spark.connect(session, local_dir=str(tmp_path), partitioned=True, shards=2)
    tr.components(market, engine=engine)
    return engine


def shards(engine: spark.Engine) -> list[pathlib.Path]:
    return sorted(pathlib.Path(engine.store.address).glob("network-*/shard-*.trs"))


def test_a_missing_shard(cut: spark.Engine, market: pathlib.Path) -> None:
    shards(cut)[1].unlink()
    with pytest.raises(tr.EngineError, match=r"shard-00001.trs is missing on .*\n  hint"):
        tr.components(market, engine=cut)


def test_a_shard_whose_checksum_fails(cut: spark.Engine, market: pathlib.Path) -> None:
    file = shards(cut)[0]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.unlink()
    file.write_bytes(bytes(data))
    with pytest.raises(tr.EngineError, match="does not match its checksum"):
        tr.components(market, engine=cut)


def test_a_shard_of_another_place(cut: spark.Engine, market: pathlib.Path) -> None:
    first, second = shards(cut)
    data = second.read_bytes()
    first.unlink()
    first.write_bytes(data)
    with pytest.raises(tr.EngineError, match="does not match its checksum"):
        tr.components(market, engine=cut)


def test_another_version(cut: spark.Engine, market: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(_worker.Superstep):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **{**named, **({"version": "9.9.9"} if "version" in named else {})})
            object.__setattr__(self, "version", "9.9.9")

    monkeypatch.setattr(_engine, "Superstep", Other)
    with pytest.raises(tr.EngineError, match=r"a worker has truereach .*, and the driver has 9\.9\.9"):
        tr.components(market, engine=cut)


def test_too_little_memory(session: Any, tmp_path: pathlib.Path, market: pathlib.Path) -> None:
    engine = spark.connect(session, local_dir=str(tmp_path), partitioned=True, shards=2)
    engine.memory = 1 << 16
    with pytest.raises(tr.EngineError, match=r"too little memory: a shard takes about .*\n  hint: cut the network into \d+ shards"):
        tr.components(market, engine=engine)
    with pytest.raises(tr.EngineError, match="may be used"):
        whole = spark.connect(session, local_dir=str(tmp_path))
        whole.memory = 1 << 16
        tr.reach(market, all=True, model="wc", samples=4096, engine=whole)


def test_no_local_disk(session: Any, tmp_path: pathlib.Path, market: pathlib.Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    engine = spark.connect(session, local_dir=str(tmp_path / "file" / "inside"), store=str(tmp_path / "store"))
    with pytest.raises(tr.EngineError, match=r"no local disk: cannot write .*\n  hint: local_dir"):
        tr.reach(market, all=True, model="wc", samples=4096, engine=engine)


def test_a_store_nobody_can_write(session: Any, market: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    engine = spark.connect(session, local_dir=str(tmp_path), store=str(tmp_path / "file" / "inside"), partitioned=True)
    with pytest.raises(tr.EngineError, match="store: cannot write"):
        tr.components(market, engine=engine)
    engine = spark.connect(session, local_dir=str(tmp_path), store="nowhere://at/all", partitioned=True)
    with pytest.raises(tr.EngineError, match="store: cannot open 'nowhere://at/all"):
        tr.components(market, engine=engine)


def test_another_network_under_the_same_name(
    session: Any, tmp_path: pathlib.Path, market: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.trg"
    tr.generate_ba(people=500, output=other)
    engine = spark.connect(session, local_dir=str(tmp_path))
    monkeypatch.setattr(spark.Engine, "_snapshot", lambda self, network: str(other))
    with pytest.raises(tr.EngineError, match="another network under this name"):
        tr.reach(market, all=True, model="wc", samples=4096, engine=engine)
    monkeypatch.setattr(spark.Engine, "_snapshot", lambda self, network: str(tmp_path / "gone.trg"))
    with pytest.raises(tr.EngineError, match=r"there is no .*gone\.trg on a worker"):
        tr.reach(market, all=True, model="wc", samples=4096, engine=engine)


def test_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(tr.EngineError, match=r"Spark needs Java 17 or later: found none in JAVA_HOME=.*\n  hint: install Java 17"):
        spark.connect("local[1]")
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\necho \'openjdk version "11.0.2"\' >&2\n')
    old.chmod(0o755)
    with pytest.raises(tr.EngineError, match="found version 11"):
        spark.connect("local[1]")
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tr.EngineError, match="found none\n"):
        spark.connect("local[1]")


def test_an_address_that_is_none() -> None:
    with pytest.raises(tr.EngineError, match="no address of Spark"):
        spark.connect("localhost")


def test_explained(session: Any, market: pathlib.Path, tmp_path: pathlib.Path) -> None:
    engine = spark.connect(session, local_dir=str(tmp_path), partitioned=True, shards=4, explain=True)
    with pytest.raises(tr.EngineError, match="nothing was computed"):
        tr.pagerank(market, engine=engine)
    assert "supersteps over 4 shards" in engine.plan[0] and "shuffled a superstep" in engine.plan[0]
    assert not os.listdir(tmp_path)
