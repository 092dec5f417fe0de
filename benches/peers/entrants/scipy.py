"""scipy.sparse: the text read by pandas, kernels of scipy, one thread."""

import os

import numpy as np
import pandas as pd
from scipy import sparse

PACKAGE = "scipy"
THREADED = set()
NOTES = {
    "ingest": "pandas.read_csv and csr_matrix: one direction",
    "open": "load_npz, not compressed: one direction, copied into memory",
    "pagerank": "our loop over scipy's product; the transpose is made while loading",
}


def matrix(graph):
    rows = pd.read_csv(graph.path, sep=" ", header=None, dtype=np.int32, engine="c").to_numpy()
    n = int(rows.max()) + 1
    source, target = rows[:, 0], rows[:, 1]
    if graph.undirected:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
    return sparse.csr_matrix((np.ones(len(source), dtype=np.float32), (source, target)), shape=(n, n))


def load(graph):
    follows = matrix(graph)
    follows.data = follows.data.astype(np.float64)
    return follows, follows.T.tocsr()


def ingest(graph, _):
    read = matrix(graph)
    return lambda: {"accounts": read.shape[0], "edges": read.nnz // (2 if graph.undirected else 1)}


def saved(graph):
    path = os.path.join(graph.scratch, "graph.npz")
    sparse.save_npz(path, matrix(graph), compressed=False)
    return path


def reopen(path, _):
    read = sparse.load_npz(path)
    return lambda: {"accounts": read.shape[0], "edges": read.nnz}


def pagerank(handle, options):
    follows, into = handle
    n = follows.shape[0]
    degree = np.diff(follows.indptr)
    dangling = degree == 0
    share = np.divide(1.0, degree, out=np.zeros(n), where=~dangling)
    score = np.full(n, 1 / n)
    for iterations in range(1, 501):
        after = into @ (score * share)
        after *= options.damping
        after += (options.damping * score[dangling].sum() + 1 - options.damping) / n
        change = np.abs(after - score).sum()
        score = after
        if change < options.tolerance:
            break
    return lambda: {"scores": score, "iterations": iterations}


def components(handle, _):
    count, label = sparse.csgraph.connected_components(handle[0], directed=True, connection="weak")
    return lambda: {"components": count, "largest": int(np.bincount(label).max())}
