"""Spark beside one process, in turn in one run: supersteps of PageRank, reverse sets, with what executors held and shuffled.

    python benches/spark.py rmat20.trg            # made by: truereach generate rmat --scale 20 --edge-factor 16 -o rmat20.trg

Two workers of one core and 2 GB each on loopback (spark/cluster.py). Each figure is the median of five; the one process
runs on two threads in the same Python, with the network mapped already.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "spark"))

from cluster import SETTINGS, Cluster

import truereach as tr
from truereach import spark

RUNS = 5
ITERATIONS = 20
SETS = 4_000_000


def timed(work: Callable[[], tr.Result]) -> tuple[float, str]:
    begun = time.monotonic()
    found = work()
    return time.monotonic() - begun, found.digest


def in_turn(name: str, here: Callable[[], tr.Result], there: Callable[[], tr.Result], runs: int = RUNS) -> tuple[float, float]:
    """Median seconds of each, which must give the same."""
    here(), there()  # both warm
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        (one, digest), (other, same) = timed(here), timed(there)
        assert digest == same, f"{name}: {digest} and {same}"
        times[0].append(one)
        times[1].append(other)
    return statistics.median(times[0]), statistics.median(times[1])


def main(path: str) -> None:
    network = tr.read(path)
    with tempfile.TemporaryDirectory() as folder, Cluster(workers=2, cores=1, memory="2g") as cluster:
        config = {**SETTINGS, "spark.executor.memory": "2g", "spark.driver.memory": "2g"}
        engine = spark.connect(cluster.url, local_dir=folder, partitioned=True, config=config)
        rank = {"max_iterations": ITERATIONS, "tolerance": 1e-12, "top": 10}
        here, there = in_turn("pagerank", lambda: tr.pagerank(network, **rank, threads=2), lambda: tr.pagerank(network, **rank, engine=engine))
        done = engine.report[-1]
        print(f"PageRank, {ITERATIONS} iterations: one process {here:.3f} s, Spark {there:.2f} s, COST ratio {there / here:.1f}")
        print(f"  a superstep {done.seconds / done.supersteps:.3f} s, {done.supersteps} supersteps, {done.shuffled / done.supersteps / 2**20:.1f} MiB shuffled in each")
        shards = sorted(pathlib.Path(folder).glob("network-*/shard-*"))
        print(f"  shards of {', '.join(f'{shard.stat().st_size / 2**20:.0f} MiB' for shard in shards)} (the network: {pathlib.Path(path).stat().st_size / 2**20:.0f} MiB)")
        for peak in cluster.peak_memory():
            largest = max(peak.python.values(), default=0)
            print(f"  executor {peak.id}: its Java process held {peak.jvm / 2**20:.0f} MiB, its largest Python process {largest / 2**20:.0f} MiB")
        whole = spark.connect(engine.session, local_dir=folder)
        sets = {"all": True, "model": "wc", "samples": SETS}
        here, there = in_turn("reverse sets", lambda: tr.reach(network, **sets, threads=2), lambda: tr.reach(network, **sets, engine=whole))
        print(f"{SETS:,} reverse sets: one process {here:.2f} s, Spark {there:.2f} s, ratio {there / here:.2f}; {whole.report[-1]}")
        engine.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
