"""Two arrays of numbers to a ready directed graph, in turn: truereach, igraph, NetworKit.

    python from_edges.py FOLDER [--scale 20] [--type i64] [--order random] [--runs 5] [--threads 2] [--accounts]
        [--binary BINARY]

Makes the arrays once and keeps them in FOLDER: R-MAT rows (.57, .19, .19, edge factor 16) that differ, between different
accounts, in random order, or sorted, which suits the peers. Each run is a process of its own that loads the arrays, then
times the call alone; so its peak of memory is that of the call, over what stood before it, arrays among that. Ours gives
both directions, sorted, without repeats, and renames ids to those that are there; the peers are told how many accounts
there are, hold both directions, sort nothing and merge nothing. igraph is given its table of two columns ready made, and
that table counts as its arrays. A good part of the peers' time is their way from arrays to numbers, which is the
question here: it is no measure of their graphs alone.

Ours runs through the Python package; with --binary, through a program called as BINARY SRC DST RUNS THREADS ACCOUNTS that
prints {"seconds", "cpu", "peak", "accounts", "edges"}. --accounts tells ours the number of accounts too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

import numpy as np

# Resets the peak that /proc tells, and the two figures of it.
MEMORY = """
import json, sys, time
import numpy as np
def status(key):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))
src, dst, n, threads = np.load(sys.argv[1]), np.load(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
"""
BEGIN = """
with open("/proc/self/clear_refs", "w") as file:
    file.write("5")
before, cpu, begin = status("VmRSS"), time.process_time(), time.perf_counter()
"""
END = """
seconds, cpu, peak = time.perf_counter() - begin, time.process_time() - cpu, status("VmHWM") - before
print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "accounts": accounts(), "edges": edges()}))
"""
WORKERS = {
    "igraph": MEMORY
    + "import igraph\ntable = np.column_stack((src, dst)).astype(np.int64)\ndel src, dst\n"
    + BEGIN
    + "graph = igraph.Graph(n, edges=table, directed=True)"
    + END.replace("accounts()", "graph.vcount()").replace("edges()", "graph.ecount()"),
    "networkit": MEMORY
    + "import networkit\nnetworkit.setNumberOfThreads(threads)\n"
    + BEGIN
    + "graph = networkit.GraphFromCoo((src, dst), n=n, directed=True)"
    + END.replace("accounts()", "graph.numberOfNodes()").replace("edges()", "graph.numberOfEdges()"),
    "truereach": MEMORY
    + "import truereach as tr\ngiven = {'accounts': n} if sys.argv[5] == 'accounts' else {}\n"
    + BEGIN
    + "graph = tr.from_edges(src, dst, threads=threads, **given)"
    + END.replace("accounts()", "graph.accounts").replace("edges()", "graph.follows"),
}


def rmat(scale, seed=1):
    """Rows of an R-MAT graph that differ, between different accounts, in random order."""
    random = np.random.default_rng(seed)
    count = 16 << scale
    rows = np.zeros(count, dtype=np.uint64)
    for _ in range(scale):
        chance = random.random(count, dtype=np.float32)
        source = chance >= 0.76
        target = ((chance >= 0.57) & ~source) | (chance >= 0.95)
        rows = (rows << np.uint64(1)) | (source.astype(np.uint64) << np.uint64(32)) | target.astype(np.uint64)
    rows = np.unique(rows)
    rows = rows[rows >> np.uint64(32) != rows & np.uint64(0xFFFFFFFF)]
    random.shuffle(rows)
    return rows >> np.uint64(32), rows & np.uint64(0xFFFFFFFF)


def arrays(folder, scale, kind, order):
    """The files of both columns, made where they are not there."""
    paths = [os.path.join(folder, f"rmat{scale}.{side}.{order}.{kind}.npy") for side in ("src", "dst")]
    if not all(os.path.exists(path) for path in paths):
        columns = rmat(scale)
        if order == "sorted":
            by_row = np.lexsort(columns[::-1])
            columns = [column[by_row] for column in columns]
        for path, column in zip(paths, columns):
            np.save(path, column.astype({"i64": np.int64, "u32": np.uint32}[kind]))
    return paths


def once(name, paths, args):
    n = str(1 << args.scale)
    if name == "truereach" and args.binary:
        command = [args.binary, *paths, "1", str(args.threads), n if args.accounts else "-"]
    else:
        given = "accounts" if args.accounts else "-"
        command = [sys.executable, "-c", WORKERS[name], *paths, n, str(args.threads), given]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--type", choices=("i64", "u32"), default="i64")
    parser.add_argument("--order", choices=("random", "sorted"), default="random")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--binary")
    parser.add_argument("--accounts", action="store_true")
    args = parser.parse_args()
    paths = arrays(args.folder, args.scale, args.type, args.order)
    rows = np.load(paths[0], mmap_mode="r").shape[0]
    runs = {name: [] for name in WORKERS}
    for _ in range(args.runs):
        for name in WORKERS:
            runs[name].append(once(name, paths, args))
    edges = {name: {run["edges"] for run in runs[name]} for name in runs}
    if any(found != {rows} for found in edges.values()):
        raise SystemExit(f"not the same graph: {rows} rows, {edges}")
    held = {name: 2 * rows * (8 if args.type == "i64" or name == "igraph" else 4) for name in runs}
    for name, found in runs.items():
        seconds = [run["seconds"] for run in found]
        ratios = [run["seconds"] / ours["seconds"] for run, ours in zip(found, runs["truereach"])]
        accounts = found[0]["accounts"]
        row = {
            "name": name,
            "rows": rows,
            "type": args.type,
            "order": args.order,
            "threads": args.threads,
            "median": round(statistics.median(seconds), 4),
            "seconds": [round(second, 4) for second in seconds],
            "cpu": round(statistics.median(run["cpu"] for run in found), 4),
            "times ours": round(statistics.median(ratios), 2),
            "range": [round(min(ratios), 2), round(max(ratios), 2)],
            "peak MiB": round(max(run["peak"] for run in found) / 2**20, 1),
            "arrays MiB": round(held[name] / 2**20, 1),
            "accounts": accounts,
        }
        if name == "truereach":
            row["16 (n + 1) + 8 m MiB"] = round((16 * (accounts + 1) + 8 * rows) / 2**20, 1)
        print(json.dumps(row))


if __name__ == "__main__":
    main()
