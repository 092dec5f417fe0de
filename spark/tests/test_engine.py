"""Every job on Spark against the same on one machine: equal to the bit, again and again, however the work was cut.

Jobs run on R-MAT of scale 18 and on a market. Each is repeated ten times on the smaller network: a race would show as an
unequal digest.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import truereach as tr
from truereach.spark import Engine

REPEATS = 10
Jobs = dict[str, tuple[str, dict[str, Any]]]
#: Chunks of sampling, every worker with the whole network.
REPLICATED: Jobs = {
    "reach of all": ("reach", {"all": True, "model": "wc", "samples": 65_536}),
    "reach of creators": ("reach", {"model": "wc", "rho": "0.2", "worlds": 512}),
    "portfolio pool": ("select", {"model": "wc", "rho": "0.2", "count": 5, "samples": 32_768}),
}
#: Supersteps, the network cut.
PARTITIONED: Jobs = {
    "pagerank": ("pagerank", {"tolerance": 1e-2}),
    "pagerank, personalised": ("pagerank", {"tolerance": 1e-2}),
    "tunkrank": ("tunkrank", {"model": "wc", "rho": "0.2", "method": "sweeps", "tolerance": 1e-1}),
    "components": ("components", {}),
    "label propagation": ("communities", {"method": "cdlp", "iterations": 3}),
    "overlap": ("overlap", {"pairs": True, "accounts_are_people": True}),
    "reach of all": ("reach", {"all": True, "model": "wc", "rho": "0.2", "samples": 16_384}),
}


def parameters(name: str, given: dict[str, Any], network: pathlib.Path) -> dict[str, Any]:
    """With the creators that a job is about: the most followed."""
    creators = [str(one) for one in tr.pagerank(network, top=8, max_iterations=3, tolerance=1.0)["account"]]
    if name == "pagerank, personalised":
        return {**given, "personal": {creator: at + 1.0 for at, creator in enumerate(creators)}}
    if name in ("reach of creators", "overlap"):
        return {**given, "creators": creators}
    return given


def ask(verb: str, network: pathlib.Path, given: dict[str, Any], engine: Engine | None) -> tr.Result:
    answer: tr.Result = getattr(tr, verb)(network, **given, engine=engine)
    return answer


def equal(name: str, jobs: Jobs, network: pathlib.Path, engine: Engine, repeats: int) -> None:
    verb, given = jobs[name]
    given = parameters(name, given, network)
    wanted = ask(verb, network, given, None)
    for _ in range(repeats):
        before = len(engine.report)
        found = ask(verb, network, given, engine)
        assert len(engine.report) > before, "nothing was shared out"
        assert found.digest == wanted.digest
    assert found.to_arrow().equals(wanted.to_arrow())
    print(f"{name}: {engine.report[-1]}")


@pytest.mark.parametrize("name", REPLICATED)
def test_replicated_on_rmat18(name: str, rmat18: pathlib.Path, engine_replicated: Engine) -> None:
    equal(name, REPLICATED, rmat18, engine_replicated, 1)


@pytest.mark.parametrize("name", REPLICATED)
def test_replicated_on_a_market_ten_times(name: str, market: pathlib.Path, engine_replicated: Engine) -> None:
    equal(name, REPLICATED, market, engine_replicated, REPEATS)


@pytest.mark.parametrize("name", PARTITIONED)
def test_partitioned_on_rmat18(name: str, rmat18: pathlib.Path, engine_partitioned: Engine) -> None:
    equal(name, PARTITIONED, rmat18, engine_partitioned, 1)


@pytest.mark.parametrize("name", PARTITIONED)
def test_partitioned_on_a_market_ten_times(name: str, market: pathlib.Path, engine_partitioned: Engine) -> None:
    equal(name, PARTITIONED, market, engine_partitioned, REPEATS)


@pytest.mark.parametrize("shards", [1, 5])
def test_any_number_of_shards(shards: int, market: pathlib.Path, session: Any, tmp_path: pathlib.Path) -> None:
    from truereach import spark

    engine = spark.connect(session, local_dir=str(tmp_path), partitioned=True, shards=shards, checkpoint_every=5)
    for name in ("pagerank", "reach of all"):
        equal(name, PARTITIONED, market, engine, 1)


def test_cells_of_a_plan(market: pathlib.Path, engine_replicated: Engine, tmp_path: pathlib.Path) -> None:
    """Overlaps of many portfolios, and a grid of seeds and models, as cells."""
    top = [str(one) for one in tr.pagerank(market, top=12)["account"]]
    portfolios = [",".join(top[at : at + 4]) for at in range(0, 9, 3)]
    plans = {
        "overlap": f'verb = "overlap"\nnetworks = ["{market}"]\n[grid]\ncreators = {portfolios}\n[fixed]\naccounts-are-people = true\n',
        "reach": f'verb = "reach"\nnetworks = ["{market}"]\nseeds = [1, 2]\n[fixed]\ncreators = "{top[0]}"\nworlds = 64\n'
        '[grid]\nmodel = ["wc", "ic:0.02"]\n',
    }
    for name, text in plans.items():
        plan = tmp_path / f"{name}.toml"
        plan.write_text(text.replace("'", '"'))
        here, there = tmp_path / f"{name}-here.csv", tmp_path / f"{name}-there.csv"
        tr.run(plan, output=here)
        before = len(engine_replicated.report)
        tr.run(plan, output=there, engine=engine_replicated)
        assert len(engine_replicated.report) > before
        assert here.read_bytes() == there.read_bytes()


def test_a_network_in_memory(engine_replicated: Engine) -> None:
    network = tr.from_edges([1, 2, 3, 4, 4, 5, 6], [0, 0, 0, 1, 0, 4, 4], view="whole")
    wanted = tr.reach(network, all=True, model="ic:0.3", samples=4096)
    found = tr.reach(network, all=True, model="ic:0.3", samples=4096, engine=engine_replicated)
    assert found.digest == wanted.digest


def test_the_command_line_says_the_same(market: pathlib.Path, cluster: Any, tmp_path: pathlib.Path) -> None:
    """`truereach … --engine URL` prints what it prints without."""
    import subprocess
    import sys

    program = os.environ.get("TRUEREACH_PROGRAM")
    if program is None:
        pytest.skip("TRUEREACH_PROGRAM names no program")
    environment = {**os.environ, "TRUEREACH_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    words = [program, "rank", "pagerank", "--tolerance=1e-2", "--format=json", str(market)]
    alone = subprocess.run(words, capture_output=True, check=True)
    url = f"local[2]?partitioned&shards=3&local-dir={tmp_path}"
    shared = subprocess.run([*words, "--engine", url], capture_output=True, env=environment)
    assert shared.returncode == 0, shared.stderr.decode()
    assert shared.stdout == alone.stdout
    explained = subprocess.run([*words, "--engine", f"{url}&explain"], capture_output=True, env=environment)
    assert explained.returncode == 0 and b"supersteps over 3 shards" in explained.stdout, explained
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    missing = subprocess.run([*words, "--engine", url], capture_output=True, env={**environment, "TRUEREACH_PYTHON": str(bare)})
    assert missing.returncode == 1 and b"hint: install the Python package" in missing.stderr, missing
    refused = subprocess.run([program, "info", str(market), "--engine", "local[2]"], capture_output=True)
    assert refused.returncode == 2 and b"share their work out" in refused.stderr


def test_what_nobody_shares_is_said(market: pathlib.Path, engine_replicated: Engine) -> None:
    with pytest.raises(tr.EngineError, match="partitioned=True"):
        tr.pagerank(market, engine=engine_replicated)
    with pytest.warns(UserWarning, match="it ran here"):
        tr.overlap(market, creators=[str(tr.pagerank(market, top=1)["account"][0])], engine=engine_replicated)


Spoil = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda parts: [parts[0][:-1] + bytes([parts[0][-1] ^ 1]), *parts[1:]], "checksum"),
        (lambda parts: [*parts[:-1], parts[0]], "came back twice"),
        (lambda parts: parts[1:], "did not come back"),
        (lambda parts: [*parts, parts[0]], "came back twice"),
        (lambda parts: [parts[0][:40], *parts[1:]], "broken"),
    ],
)
@pytest.mark.parametrize("how", ["chunks", "supersteps"])
def test_bad_parts_are_rejected_by_the_driver(
    how: str, spoil: Spoil, says: str, market: pathlib.Path, engine_replicated: Engine, engine_partitioned: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    method = {"chunks": "_compute", "supersteps": "_supersteps"}[how]
    original = getattr(Engine, method)
    monkeypatch.setattr(Engine, method, lambda *given: spoil(original(*given)))
    with pytest.raises(tr.EngineError, match=says):
        if how == "chunks":
            tr.reach(market, all=True, model="wc", samples=4096, engine=engine_replicated)
        else:
            tr.components(market, engine=engine_partitioned)
