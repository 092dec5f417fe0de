"""Leiden's quality beside igraph's on planted networks that are ever harder to see.

    quality.py FOLDER --truereach BINARY [--mixing 0.6,0.65,0.7,0.75] [--seeds 42,43,44,45,46] [--ours "--iterations 100"]

FOLDER holds, for each mixing and seed, `lfr{mixing}-{seed}.und.el` (each tie once, ids from 0) and
`lfr{mixing}-{seed}.truth` (a line an account: its community). igraph runs `community_leiden` on modularity with its default
of 2 iterations; ours with its defaults, or as --ours says. Both are judged by score.py. A Markdown row a mixing and
entrant: mean and standard deviation over the seeds of NMI with what was planted and of modularity; and how many standard
errors of the difference of the means lie between the two.
"""

import argparse
import csv
import os
import random
import statistics
import subprocess
import tempfile

import numpy as np

import score


def igraph_leiden(edges, seed):
    import igraph

    random.seed(seed)
    graph = igraph.Graph(n=score.accounts(edges), edges=edges)
    return graph.community_leiden(objective_function="modularity", n_iterations=2).membership


def truereach_leiden(binary, path, options, seed):
    with tempfile.TemporaryDirectory() as folder:
        members = os.path.join(folder, "members.csv")
        network = ["communities", path, "--edges", "undirected", "--top", "1", "--quiet"]
        command = [binary, *network, "--rng-seed", str(seed), "--members", members, *options.split()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(members, encoding="utf-8-sig", newline="") as file:
            rows = [(int(row["account"]), int(row["community"])) for row in csv.DictReader(file)]
    return [community for _, community in sorted(rows)]


def spread(values):
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--truereach", required=True)
    parser.add_argument("--mixing", default="0.6,0.65,0.7,0.75")
    parser.add_argument("--seeds", default="42,43,44,45,46")
    parser.add_argument("--ours", default="")
    asked = parser.parse_args()
    print("| mixing | entrant | NMI | ± | modularity | ± | NMI: errors apart | modularity: errors apart |")
    print("|---|---|---|---|---|---|---|---|")
    for mixing in asked.mixing.split(","):
        found = {"truereach": [], "igraph": []}
        for seed in asked.seeds.split(","):
            path = os.path.join(asked.folder, f"lfr{mixing}-{seed}.und.el")
            edges = score.read_edges(path)
            truth = np.loadtxt(path.replace(".und.el", ".truth"), dtype=np.int64)
            for name, labels in (
                ("truereach", truereach_leiden(asked.truereach, path, asked.ours, seed)),
                ("igraph", igraph_leiden(edges, int(seed))),
            ):
                found[name].append((score.agreement(labels, truth), score.modularity(edges, labels)))
        columns = {name: [spread(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
        root = len(asked.seeds.split(",")) ** 0.5
        for name, ((nmi, nmi_sd), (quality, quality_sd)) in columns.items():
            apart = ["", ""]
            if name == "truereach":
                pairs = zip(columns["truereach"], columns["igraph"], strict=True)
                apart = [f"{score.standard_errors_apart(a, b / root, c, d / root):+.1f}" for (a, b), (c, d) in pairs]
            figures = f"{nmi:.4f} | {nmi_sd:.4f} | {quality:.5f} | {quality_sd:.5f}"
            print(f"| {mixing} | {name} | {figures} | {apart[0]} | {apart[1]} |", flush=True)


if __name__ == "__main__":
    main()
