"""Logs of interactions summed to one edge a pair: polars and truereach in turn.

    aggregate.py FOLDER --truereach BINARY [--rows 100000000] [--ids numbers|texts] [--work sums|times|window] [--runs 5]

Makes a log in FOLDER if it is not there (R-MAT pairs of scale 20, some often, most rarely; row groups of 700,000 rows, zstd) and
sums it: `sums` asks both for rows and the sum of weights a pair, `times` for the first and last time too, `window` for the rows of
nine days in the middle. Polars does the group-by alone (scan, group_by, collect; the better of its engines is kept), in any order
of pairs; truereach sorts them by names and writes them. Each run is a process of its own: seconds are of the call for polars and
of the whole process for truereach, memory is the most that the process held. Answers are compared before times are printed.
"""

import argparse
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SCALE = 20
DAY = 86_400_000
START = 1_767_225_600_000  # 2026-01-01
DAYS = 90
GROUP = 700_000
WINDOW = ("2026-02-10", "2026-02-19")


def rmat(rng, count, a=0.57, b=0.19, c=0.19):
    source, target = np.zeros(count, np.uint32), np.zeros(count, np.uint32)
    for bit in range(SCALE):
        drawn = rng.random(count, dtype=np.float32)
        source |= (drawn >= a + b).astype(np.uint32) << bit
        target |= (((drawn >= a) & (drawn < a + b)) | (drawn >= a + b + c)).astype(np.uint32) << bit
    return source, target


def generate(path, rows, ids):
    """Rows draw among `rows / 3` pairs, the first of them more often."""
    rng = np.random.default_rng(1)
    parts = [rmat(rng, 1 << SCALE) for _ in range(max(1, rows // 3 >> SCALE))]
    source, target = (np.concatenate([part[end] for part in parts]) for end in (0, 1))
    numbers = rng.permutation(1 << SCALE).astype(np.int64)
    if ids == "texts":
        names = pa.array([f"user_{number}" for number in numbers])
    else:
        names = pa.array(numbers * 7919 + 100_000_000)
    kinds = pa.array(["view", "like", "comment", "share"])
    writer = None
    for start in range(0, rows, GROUP):
        count = min(GROUP, rows - start)
        pairs = (rng.random(count) ** 1.6 * len(source)).astype(np.int64)
        moments = START + (start + np.sort(rng.integers(0, count, count))) * (DAYS * DAY // rows)
        kind = rng.choice(4, count, p=[0.7, 0.2, 0.07, 0.03]).astype(np.int32)
        table = pa.table(
            {
                "source": names.take(pa.array(source[pairs])),
                "target": names.take(pa.array(target[pairs])),
                "kind": pa.DictionaryArray.from_arrays(pa.array(kind), kinds),
                "timestamp": pa.array(moments, pa.timestamp("ms")),
                "weight": pa.array(rng.integers(1, 200, count) / 100),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=GROUP)
    writer.close()


def polars(log, engine, work):
    """The group-by alone; prints what it found and how long it took."""
    import polars as pl

    wanted = [pl.len().alias("count"), pl.col("weight").sum()]
    if work == "times":
        wanted += [pl.col("timestamp").min().alias("first"), pl.col("timestamp").max().alias("last")]
    began = time.perf_counter()
    frame = pl.scan_parquet(log)
    if work == "window":
        since, until = (pl.lit(day).str.to_datetime("%Y-%m-%d", time_unit="ms") for day in WINDOW)
        frame = frame.filter((pl.col("timestamp") >= since) & (pl.col("timestamp") < until))
    found = frame.group_by("source", "target").agg(wanted).collect(engine=engine)
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Who interacts with their own posts is no pair: truereach leaves these rows out.
    print(json.dumps({"seconds": seconds, "MiB": memory, **totals(found.filter(pl.col("source") != pl.col("target")))}))


def totals(frame):
    return {"pairs": frame.height, "rows": int(frame["count"].sum()), "weight": float(frame["weight"].sum())}


def process(command, environment):
    """Runs a command; its output, seconds of wall time and most memory in MiB."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **environment}, text=True)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"failed: {shlex.join(map(str, command))}")
    return output, seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--truereach", default="truereach")
    parser.add_argument("--ours", help="another command of ours, with {log} and {out}")
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--ids", choices=["numbers", "texts"], default="numbers")
    parser.add_argument("--work", choices=["sums", "times", "window"], default="sums")
    parser.add_argument("--engines", default="streaming,in-memory")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    log = asked.folder / f"log-{asked.ids}-{asked.rows}.parquet"
    if asked.child:
        return polars(log, asked.child, asked.work)
    if not log.exists():
        generate(log, asked.rows, asked.ids)
    out = asked.folder / "edges.parquet"
    ours = asked.ours or f"{shlex.quote(asked.truereach)} aggregate {{log}} -o {{out}} --force --quiet"
    if not asked.ours:
        ours += f" --threads {asked.threads} --sign none"
        ours += {"sums": " --time none", "times": "", "window": f" --since {WINDOW[0]} --until {WINDOW[1]}"}[asked.work]
    ours = [part.format(log=log, out=out) for part in shlex.split(ours)]
    environment = {"POLARS_MAX_THREADS": str(asked.threads)}
    engines = asked.engines.split(",")
    kept = {who: ([], []) for who in ["truereach", *engines]}
    found = {}
    for turn in range(asked.runs):
        _, seconds, memory = process(ours, {})
        kept["truereach"][0].append(seconds)
        kept["truereach"][1].append(memory)
        if turn == 0 and out.exists():
            import polars as pl

            found["truereach"] = totals(pl.read_parquet(out, columns=["count", "weight"]))
            out.unlink()
        for engine in engines:
            # An engine that is far behind the other is not asked again.
            if turn and min(kept[engine][0]) > 1.5 * min(min(kept[other][0]) for other in engines):
                continue
            output, _, _ = process([sys.executable, __file__, *sys.argv[1:], "--child", engine], environment)
            answer = json.loads(output)
            kept[engine][0].append(answer.pop("seconds"))
            kept[engine][1].append(answer.pop("MiB"))
            found[engine] = answer
    for who, answer in found.items():
        first = found[engines[0]]
        same = (answer["pairs"], answer["rows"]) == (first["pairs"], first["rows"])
        if not same or abs(answer["weight"] - first["weight"]) > 1e-6 * abs(first["weight"]):
            sys.exit(f"{who} found {answer}, {engines[0]} {first}")
    best = min(engines, key=lambda engine: statistics.median(kept[engine][0]))
    for who, (seconds, memory) in kept.items():
        line = {"who": who, "seconds": statistics.median(seconds), "all": seconds, "MiB": statistics.median(memory)}
        print(json.dumps({**line, **found.get(who, {})}))
    (mine, held), (theirs, theirs_held) = kept["truereach"], kept[best]
    ratios = sorted(a / b for a, b in zip(mine, theirs, strict=False))
    print(
        f"truereach / polars {best}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) of the seconds, "
        f"{statistics.median(held) / statistics.median(theirs_held):.2f} of the memory"
    )


if __name__ == "__main__":
    main()
