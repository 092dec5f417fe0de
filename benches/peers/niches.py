"""Niches side by side: accounts labelled one in twenty, everybody else told by us, networkx and scikit-network.

    niches.py FOLDER --truereach BINARY [--draws 5]

FOLDER holds musae-facebook, musae-github, lastfm-asia: edges and targets as they are published. Each draw is a seed of the
labelled accounts, the same for all. Accuracy and Brier score are of the accounts that were not labelled; means over draws. Seconds
are of the whole process for us (open, learn, write), of the call alone for peers.
"""

import argparse
import csv
import gzip
import subprocess
import tempfile
import time
from pathlib import Path

import networkx
import numpy as np
import scipy.sparse as sparse
from sknetwork.classification import DiffusionClassifier, NNClassifier, PageRankClassifier, Propagation

SETS = {
    "lastfm-asia": ("lastfm_asia_edges.csv.gz", "lastfm_asia_target.csv"),
    "musae-facebook": ("facebook_edges.csv.gz", "facebook_target.csv.gz"),
    "musae-github": ("git_edges.csv.gz", "git_target.csv.gz"),
}


def rows(path):
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path) as file:
        return list(csv.reader(file))[1:]


def load(folder, name):
    """Edges, and the label of each account as a number."""
    edges, targets = (rows(Path(folder) / name / file) for file in SETS[name])
    edges = np.array([row[:2] for row in edges], dtype=int)
    names = sorted({row[-1] for row in targets})
    labels = np.empty(len(targets), dtype=int)
    for row in targets:
        labels[int(row[0])] = names.index(row[-1])
    return edges[edges[:, 0] != edges[:, 1]], labels


def ours(binary, work, labels, seeds, threads):
    with open(work / "seeds.csv", "w") as file:
        file.write("account,niche\n" + "".join(f"{seed},{labels[seed]}\n" for seed in seeds))
    begun = time.perf_counter()
    learn = [
        binary,
        "niche",
        "learn",
        work / "m.trg",
        "--seeds",
        work / "seeds.csv",
        "--threads",
        str(threads),
        "--quiet",
    ]
    subprocess.run(learn, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begun
    export = [binary, "export", work / "m.niches.trg", "--part", "accounts", "--quiet"]
    lines = list(csv.reader(subprocess.run(export, check=True, capture_output=True, text=True).stdout.splitlines()))
    given = np.zeros((len(labels), labels.max() + 1))
    columns = [(at, int(head[6:])) for at, head in enumerate(lines[0]) if head.startswith("niche:")]
    for line in lines[1:]:
        for at, niche in columns:
            given[int(line[0]), niche] = float(line[at])
    return given, seconds


def networkx_pagerank(edges, labels, seeds):
    """PageRank from the seeds of each niche, times its part of the labels, shared out."""
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(labels)))
    graph.add_edges_from(map(tuple, edges))
    given = np.zeros((len(labels), labels.max() + 1))
    begun = time.perf_counter()
    for niche in range(given.shape[1]):
        own = [int(seed) for seed in seeds if labels[seed] == niche]
        if own:
            ranks = networkx.pagerank(graph, personalization=dict.fromkeys(own, 1.0), tol=1e-9, max_iter=500)
            given[:, niche] = len(own) * np.array([ranks[v] for v in range(len(labels))])
    return given, time.perf_counter() - begun


def sknetwork(classifier, adjacency, labels, seeds):
    known = np.full(len(labels), -1)
    known[seeds] = labels[seeds]
    begun = time.perf_counter()
    given = classifier().fit(adjacency, labels=known).predict_proba()
    seconds = time.perf_counter() - begun
    given = given.toarray() if sparse.issparse(given) else np.asarray(given)
    # Labels that no seed shows are no columns.
    whole = np.zeros((len(labels), labels.max() + 1))
    whole[:, : given.shape[1]] = given
    return whole, seconds


def score(given, labels, seeds):
    sums = given.sum(1, keepdims=True)
    parts = np.bincount(labels[seeds], minlength=given.shape[1]) / len(seeds)
    given = np.where(sums > 0, given / np.where(sums > 0, sums, 1), parts)
    rest = np.setdiff1d(np.arange(len(labels)), seeds)
    truth = np.eye(given.shape[1])[labels]
    return (given.argmax(1) == labels)[rest].mean(), ((given - truth) ** 2).sum(1)[rest].mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--truereach", required=True)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    print("| network | who | accuracy | Brier | seconds |\n|---|---|---|---|---|")
    for name in SETS:
        edges, labels = load(asked.folder, name)
        ones = np.ones(len(edges))
        adjacency = sparse.csr_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(len(labels),) * 2)
        adjacency = ((adjacency + adjacency.T) > 0).astype(float)
        results = {}
        with tempfile.TemporaryDirectory() as work:
            work = Path(work)
            with open(work / "edges.csv", "w") as file:
                file.write("from,to\n" + "".join(f"{a},{b}\n" for a, b in edges))
            ingest = [
                asked.truereach,
                "ingest",
                work / "edges.csv",
                "--edges",
                "undirected",
                "-o",
                work / "m.trg",
                "--quiet",
            ]
            subprocess.run(ingest, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for draw in range(asked.draws):
                seeds = np.sort(np.random.default_rng(draw).choice(len(labels), len(labels) // 20, replace=False))
                answers = {
                    "truereach": ours(asked.truereach, work, labels, seeds, asked.threads),
                    "networkx pagerank": networkx_pagerank(edges, labels, seeds),
                }
                for classifier in (DiffusionClassifier, PageRankClassifier, Propagation, NNClassifier):
                    answers[f"scikit-network {classifier.__name__}"] = sknetwork(classifier, adjacency, labels, seeds)
                for who, (given, seconds) in answers.items():
                    results.setdefault(who, []).append((*score(given, labels, seeds), seconds))
        for who, each in results.items():
            accuracy, brier, seconds = np.mean(each, 0)
            print(f"| {name} | {who} | {accuracy:.4f} | {brier:.4f} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
