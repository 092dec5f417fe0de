"""R-MAT to a ready graph: truereach against NetworKit, in turn.

    python generate.py --truereach BINARY [--scale 20] [--runs 5] [--threads 2]

Graph500's chances (.57, .19, .19, .05), edge factor 16. truereach is timed as a whole process that draws the follows, permutes
the ids, sorts them both ways, merges repeats, and writes, syncs and renames its snapshot; NetworKit is timed inside Python around
`RmatGenerator(…).generate()` alone, which draws and builds an undirected graph, unsorted, with repeats, ids not permuted.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

NETWORKIT = """
import sys, time, networkit
networkit.setNumberOfThreads(int(sys.argv[2]))
networkit.setSeed(int(sys.argv[3]), True)
begin = time.perf_counter()
graph = networkit.generators.RmatGenerator(int(sys.argv[1]), 16, .57, .19, .19, .05).generate()
print(time.perf_counter() - begin, graph.numberOfNodes(), graph.numberOfEdges())
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truereach", required=True)
    parser.add_argument("--scale", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    ours, theirs, drawn = [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "graph.trg")
        command = [args.truereach, "generate", "rmat", "--scale", str(args.scale), "-o", target, "--force"]
        for seed in range(1, args.runs + 1):
            begin = time.perf_counter()
            text = subprocess.run(
                command + ["--rng-seed", str(seed), "--threads", str(args.threads)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            ours.append(time.perf_counter() - begin)
            drawn.add(int(text.split(" drawn")[0].split()[-1].replace(",", "")))
            line = subprocess.run(
                [sys.executable, "-c", NETWORKIT, str(args.scale), str(args.threads), str(seed)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
            theirs.append(float(line[0]))
            drawn.add(int(line[2]))
    ratios = [b / a for a, b in zip(ours, theirs)]
    print(
        json.dumps(
            {
                "draws_agree": len(drawn) == 1,
                "drawn": sorted(drawn),
                "truereach_s": [round(x, 3) for x in ours],
                "networkit_s": [round(x, 3) for x in theirs],
                "median_truereach_s": round(statistics.median(ours), 3),
                "median_networkit_s": round(statistics.median(theirs), 3),
                "median_ratio": round(statistics.median(ratios), 2),
                "ratios": [round(x, 2) for x in ratios],
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
