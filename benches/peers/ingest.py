"""Text edge list to a ready graph: truereach against NetworKit, in turn.

    python ingest.py --edges FILE --truereach BINARY [--runs 5] [--threads 2]

FILE: `u v` a line, separated by one space, ids 0..n-1, directed. truereach is timed as a whole process that reads the text
and writes, syncs and renames its snapshot; NetworKit is timed inside Python around the read alone.
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
begin = time.perf_counter()
graph = networkit.graphio.EdgeListReader(' ', 0, directed=True).read(sys.argv[1])
print(time.perf_counter() - begin, graph.numberOfNodes(), graph.numberOfEdges())
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", required=True)
    parser.add_argument("--truereach", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    ours, theirs, edges = [], [], set()
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "graph.trg")
        command = [args.truereach, "ingest", args.edges, "-o", target, "--force", "--threads", str(args.threads)]
        for _ in range(args.runs):
            begin = time.perf_counter()
            text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            ours.append(time.perf_counter() - begin)
            edges.add(int(text.split("follows")[1].split()[0].replace(",", "")))
            line = subprocess.run(
                [sys.executable, "-c", NETWORKIT, args.edges, str(args.threads)],
                check=True, capture_output=True, text=True,
            ).stdout.split()
            theirs.append(float(line[0]))
            edges.add(int(line[2]))
    ratios = [b / a for a, b in zip(ours, theirs)]
    print(json.dumps({
        "edges_agree": len(edges) == 1,
        "edges": sorted(edges),
        "truereach_s": [round(x, 3) for x in ours],
        "networkit_s": [round(x, 3) for x in theirs],
        "median_truereach_s": round(statistics.median(ours), 3),
        "median_networkit_s": round(statistics.median(theirs), 3),
        "median_ratio": round(statistics.median(ratios), 2),
        "ratios": [round(x, 2) for x in ratios],
    }, indent=1))


if __name__ == "__main__":
    main()
